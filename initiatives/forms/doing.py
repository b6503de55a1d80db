from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.choosing import regions_at_hand
from agreements.models import Municipality
from initiatives.models import Activity, Milestone, Participation, Story, TargetGroup
from kulturmetropol.forms import RecordForm
from kulturmetropol.keeping import KeepsFile
from kulturmetropol.pictures import PictureField

NO_MEMBERS = _("No municipality is a member yet. Register the memberships first.")


class CapitalisedChoices(forms.ModelMultipleChoiceField):
    """Checkboxes; the names of target groups are words of a sentence, with a small first letter."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj):
        label = str(obj)
        return label[:1].upper() + label[1:]


class TargetGroupForm(RecordForm):
    owner = "culture_region"
    groups = [(_("Target group"), ["culture_region", "name"])]

    class Meta:
        model = TargetGroup
        fields = ["culture_region", "name"]


class ActivityForm(RecordForm):
    municipalities = forms.ModelMultipleChoiceField(
        queryset=Municipality.objects.all(), widget=forms.CheckboxSelectMultiple, label=_("Municipalities")
    )
    target_groups = CapitalisedChoices(queryset=TargetGroup.objects.all(), required=False, label=_("Target groups"))

    owner = "initiative"
    owner_may_change = True
    groups = [
        (_("What took place"), ["initiative", "title", ("held_on", "place"), "municipalities"]),
        (_("Who came"), ["attendance", "target_groups", "note"]),
    ]

    class Meta:
        model = Activity
        fields = [
            "initiative",
            "title",
            "held_on",
            "place",
            "municipalities",
            "attendance",
            "target_groups",
            "note",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["initiative"].queryset = self.fields["initiative"].queryset.select_related("area")
        self.fields["municipalities"].queryset = self._offered()
        if self.instance._state.adding and not self.initial.get("municipalities"):
            self.initial["municipalities"] = self._proposed()
        if not self.initial.get("municipalities") and not self.fields["municipalities"].queryset.exists():
            self.fields["municipalities"].help_text = NO_MEMBERS

    def owners(self, queryset):
        return queryset.recordable_by(self.user)

    def _offered(self):
        """The members of the regions that the user edits; to culture heads the own municipality; what is chosen."""
        roles = access.roles(self.user)
        here = regions_at_hand(self.user, self.named_owner)
        offered = Q(memberships__agreement__culture_region__in=roles.edited & here)
        offered |= Q(pk__in=[municipality for region, municipality in roles.headed if region in here])
        if self.instance.pk:
            offered |= Q(activities=self.instance)
        return Municipality.objects.filter(pk__in=Municipality.objects.filter(offered).values("pk"))

    def _proposed(self):
        """The only one there is, or those who take part in the initiative on the day."""
        offered = self.fields["municipalities"].queryset
        if len(first_two := offered[:2]) == 1:
            return list(first_two)
        initiative = self.initial.get("initiative")
        if not initiative:
            return []
        taking_part = Participation.objects.visible_to(self.user).filter(initiative=initiative)
        if day := self._day():
            taking_part = taking_part.on(day)
        return list(offered.filter(pk__in=taking_part.values("municipality")))

    def _day(self):
        try:
            return self.fields["held_on"].clean(self.initial.get("held_on"))
        except forms.ValidationError:
            return None

    def clean(self):
        cleaned = super().clean()
        initiative, places = cleaned.get("initiative"), cleaned.get("municipalities")
        if initiative and places:
            keys = {each.pk for each in places}
            if not access.may_record(self.user, initiative.region.pk, keys):
                self.add_error("municipalities", _("You may record what took place in your own municipality alone."))
        return cleaned


class ParticipationForm(RecordForm):
    """What stands in one cell of the matrix. An empty role: the municipality does not take part."""

    role = forms.TypedChoiceField(
        choices=[("", _("Does not take part")), *Participation.Role.choices],
        required=False,
        widget=forms.RadioSelect,
        label=_("Role"),
    )

    owner = "initiative"
    groups = [("", ["role", ("starts_on", "ends_on")])]

    class Meta:
        model = Participation
        fields = ["role", "starts_on", "ends_on"]
        help_texts = {
            "starts_on": _("Empty: from the initiative's start. Otherwise for example 01-03-2021."),
            "ends_on": _("Empty: to the initiative's end."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            self.initial["version"] = 0  # an empty cell; whoever fills it first makes version 1

    @property
    def is_empty(self) -> bool:
        return not self.cleaned_data["role"]

    def validate_constraints(self):
        if self.cleaned_data.get("role"):
            super().validate_constraints()


class StoryForm(KeepsFile):
    picture = PictureField(required=False, label=_("Picture"))
    remove_picture = forms.BooleanField(required=False, label=_("Remove the picture"))

    file_field = "picture"
    owner = "initiative"
    owner_may_change = True
    groups = [
        (_("The story"), ["initiative", "municipality", "title", "text", "published_on"]),
        (_("Picture"), ["picture", "remove_picture", "picture_text"]),
    ]

    class Meta:
        model = Story
        fields = ["initiative", "municipality", "title", "text", "picture", "picture_text", "published_on"]
        help_texts = {"text": _("Markdown: **bold**, *italic*, - list.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["initiative"].queryset = self.fields["initiative"].queryset.select_related("area")
        here = regions_at_hand(self.user, self.named_owner)
        self.fields["municipality"].queryset = Municipality.objects.filter(
            pk__in=Municipality.objects.filter(
                Q(memberships__agreement__culture_region__in=access.roles(self.user).edited & here)
                | Q(pk=self.instance.municipality_id)
            ).values("pk")
        )
        if not self.instance.picture:
            del self.fields["remove_picture"]
            self.helper.layout[1].fields.remove("remove_picture")

    @property
    def changed_data(self):
        """A file cannot be shown as «mine» and sent once more, so a conflict is about the other fields."""
        return [name for name in super().changed_data if name not in {"picture", "remove_picture"}]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("remove_picture") and not self.files.get("picture"):
            cleaned["picture"] = False
        if cleaned.get("picture") and not cleaned.get("picture_text") and not self._is_stale():
            self.add_error("picture_text", _("Describe the picture for those who cannot see it."))
        return cleaned

    def validate_constraints(self):
        """Not on top of somebody else's picture, which its text belongs to: that is a conflict, and shown as one."""
        if not self._is_stale():
            super().validate_constraints()

    def _is_stale(self):
        return self.cleaned_data.get("version") != self.instance.version


class MilestoneForm(RecordForm):
    owner = "area"
    owner_may_change = True
    groups = [(_("Milestone"), ["area", "title", ("due_on", "reached_on"), "note"])]

    class Meta:
        model = Milestone
        fields = ["area", "title", "due_on", "reached_on", "note"]
