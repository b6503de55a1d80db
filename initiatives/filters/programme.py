import django_filters
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter, visible
from agreements.models import Municipality, Person
from initiatives.models import Initiative, InitiativeArea, Participation, ResultTarget
from kulturmetropol.filters import Order


class InitiativeAreaFilter(RegionalFilter):
    sorter = Order(
        plads=("position", _("Position")),
        navn=("name", _("Name")),
    )
    search_fields = ("name", "purpose")

    class Meta:
        model = InitiativeArea
        fields: list[str] = []


class ResultTargetFilter(RegionalFilter):
    omraade = django_filters.ModelChoiceFilter(field_name="area", queryset=visible(InitiativeArea), label=_("Area"))
    sorter = Order(
        maal=("text", _("Result target")),
        omraade=("area__position", _("Area")),
        indsatser=("initiative_count", _("Initiatives")),
    )
    search_fields = ("text", "area__name")

    class Meta:
        model = ResultTarget
        fields: list[str] = []


class InitiativeFilter(RegionalFilter):
    omraade = django_filters.ModelChoiceFilter(field_name="area", queryset=visible(InitiativeArea), label=_("Area"))
    status = django_filters.ChoiceFilter(choices=Initiative.Status, label=_("Status"))
    tovholder = django_filters.ModelChoiceFilter(field_name="manager", queryset=visible(Person), label=_("Manager"))
    kommune = django_filters.ModelChoiceFilter(
        to_field_name="code",
        queryset=Municipality.objects.all(),
        method="taken_part_in",
        label=_("Municipality takes part"),
    )
    fra = django_filters.DateFilter(method="running_since", label=_("From"))
    til = django_filters.DateFilter(method="running_until", label=_("To"))
    sorter = Order(
        titel=("title", _("Title")),
        omraade=("area__position", _("Area")),
        status=("status", _("Status")),
        start=("starts_on", _("Start")),
    )
    search_fields = ("title", "summary", "description", "manager__name")

    class Meta:
        model = Initiative
        fields: list[str] = []

    @staticmethod
    def after(day):
        return Q(ends_on__isnull=True) | Q(ends_on__gte=day)

    @staticmethod
    def before(day):
        return Q(starts_on__isnull=True) | Q(starts_on__lte=day)

    def taken_part_in(self, queryset, name, municipality):
        """Of a municipality the period is that of its taking part, not the initiative's own."""
        first, last = self.form.cleaned_data["fra"], self.form.cleaned_data["til"]
        taking_part = Participation.objects.filter(
            self.after(first) if first else Q(),
            self.before(last) if last else Q(),
            initiative=OuterRef("pk"),
            municipality=municipality,
        )
        return queryset.filter(Exists(taking_part))

    def running_since(self, queryset, name, day):
        return queryset if self.form.cleaned_data["kommune"] else queryset.filter(self.after(day))

    def running_until(self, queryset, name, day):
        return queryset if self.form.cleaned_data["kommune"] else queryset.filter(self.before(day))
