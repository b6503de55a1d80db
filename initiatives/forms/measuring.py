from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.choosing import regions_at_hand
from agreements.models import Municipality
from initiatives.models import Indicator, Initiative, KeyFigure, Measurement, ResultTarget
from kulturmetropol.amounts import AmountField, number
from kulturmetropol.forms import RecordForm


class FigureField(AmountField):
    """A figure typed as the page's language writes it, shown without decimals that say nothing."""

    default_error_messages = {
        "invalid": _("This is no number. Write for example 1,234.5."),
        "separator": _("Write the number with a point before the decimals and commas between thousands: 1,234.5."),
    }

    def __init__(self, **kwargs):
        usual = {"max_digits": 14, "decimal_places": 2, "help_text": _("For example 18 or 1,234.5.")}
        super().__init__(**(usual | kwargs))

    def prepare_value(self, value):
        return number(value) if isinstance(value, Decimal) else value


class InitiativesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, initiative):
        return f"{initiative.area}: {initiative}"


class TargetField(forms.ModelChoiceField):
    def label_from_instance(self, target):
        return f"{target.area}: {target}"


class IndicatorField(forms.ModelChoiceField):
    def label_from_instance(self, indicator):
        unit = _("in words") if indicator.is_in_words else indicator.unit
        return f"{indicator} ({unit})" if unit else str(indicator)


class IndicatorForm(RecordForm):
    target = TargetField(queryset=ResultTarget.objects.select_related("area"), label=_("Result target"))
    baseline = FigureField(label=_("Baseline"), required=False)
    target_value = FigureField(label=_("Goal"), required=False)
    initiatives = InitiativesField(
        queryset=Initiative.objects.select_related("area"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=_("Initiatives"),
        help_text=_("Those whose work it shows."),
    )

    owner = "target"
    groups = [
        (_("The indicator"), ["target", "name", ("kind", "unit")]),
        (
            _("From where to where"),
            [("baseline", "baseline_on"), ("target_value", "target_on"), ("desired_trend", "interval_months")],
        ),
        (_("Whose work it shows"), ["initiatives"]),
    ]

    class Meta:
        model = Indicator
        fields = [
            "target",
            "name",
            "kind",
            "unit",
            "baseline",
            "baseline_on",
            "target_value",
            "target_on",
            "desired_trend",
            "interval_months",
            "initiatives",
        ]


class MeasurementForm(RecordForm):
    """Editors measure anywhere in their region, culture heads in their own municipality."""

    indicator = IndicatorField(queryset=Indicator.objects.all(), label=_("Indicator"))
    value = FigureField(label=_("Value"), required=False)

    owner = "indicator"
    owner_may_change = True
    groups = [
        (_("What was measured"), ["indicator", ("measured_on", "municipality"), "value", "note"]),
        (_("Where we know it from"), ["source"]),
    ]

    class Meta:
        model = Measurement
        fields = ["indicator", "municipality", "measured_on", "value", "note", "source"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        place = self.fields["municipality"]
        place.queryset, place.help_text = self._places(), ""
        self.fields["note"].help_text = _("For an indicator in words: how it is going.")
        if access.may_edit(self.user):
            place.empty_label = _("The whole region")
        else:
            place.required = True
            self.initial.setdefault("municipality", self._only(place.queryset))
        started = self.instance._state.adding and {"indicator", "measured_on"} <= self.initial.keys()
        if started and not self.is_bound:
            self.fields["value"].widget.attrs["autofocus"] = True

    def owners(self, queryset):
        return queryset.recordable_by(self.user)

    def _places(self):
        """The members of the user's agreements, and the municipality that already stands there."""
        if not access.may_edit(self.user):
            return Municipality.objects.filter(pk__in=[place for _region, place in access.roles(self.user).headed])
        regions = access.roles(self.user).recorded & regions_at_hand(self.user, self.named_owner)
        members = Municipality.objects.filter(memberships__agreement__culture_region__in=regions)
        return (members | Municipality.objects.filter(pk=self.instance.municipality_id)).distinct()

    def clean(self):
        cleaned = super().clean()
        indicator, place = cleaned.get("indicator"), cleaned.get("municipality")
        if indicator and "municipality" not in self.errors:
            places = {place.pk} if place else set()
            if not access.may_record(self.user, indicator.region.pk, places):
                self.add_error("municipality", _("You measure in your own municipality. Choose it."))
        return cleaned

    def save(self, commit=True):
        self.instance.entered_by = self.user
        return super().save(commit)


class KeyFigureForm(RecordForm):
    value = FigureField(label=_("Value"))

    owner = "area"
    groups = [(_("Key figure"), [("area", "year"), "name", ("value", "unit"), "source"])]

    class Meta:
        model = KeyFigure
        fields = ["area", "year", "name", "value", "unit", "source"]
