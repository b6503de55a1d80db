from datetime import timedelta

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.models import Person
from kulturmetropol.accounts.models import User
from kulturmetropol.forms import RecordForm, form_helper, plain_line_breaks
from outreach.actions.contacts import DAYS_TO_FOLLOW_UP, ToDo
from outreach.models import ContactNote, Encounter, FollowUp, NetworkEvent


class RegionForm(RecordForm):
    """A form that asks for the culture region only where the user works in several."""

    owner = "culture_region"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        region = self.fields["culture_region"]
        if self._only(region.queryset):
            region.widget = forms.HiddenInput()


def workers(user: User, held: int | None = None):
    """Whom the user may give work to, the user as well, and who has it already."""
    known = Q(pk__in=access.colleagues(user).values("pk")) | Q(pk__in=[user.pk, held])
    return User.objects.filter(known).order_by("name", "email")


def not_a_colleague(owner: User | None, region) -> bool:
    return bool(owner and region) and not access.may_edit(owner, region.pk)


NO_COLLEAGUE = _("This person does not work in the secretariat of the culture region.")


class NetworkEventForm(RegionForm):
    participants = forms.ModelMultipleChoiceField(
        queryset=Person.objects.all(), widget=forms.CheckboxSelectMultiple, required=False, label=_("Who goes")
    )

    groups = [(_("The event"), ["culture_region", "name", ("starts_on", "ends_on"), "place", "participants", "note"])]

    class Meta:
        model = NetworkEvent
        fields = ["culture_region", "name", "starts_on", "ends_on", "place", "participants", "note"]
        help_texts = {"ends_on": _("Empty: it lasts one day.")}


class EncounterForm(RecordForm):
    owner = "event"
    groups = [(_("Whom one met"), ["event", "municipality", "whom", "text"])]

    class Meta:
        model = Encounter
        fields = ["event", "municipality", "whom", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}


class ContactNoteForm(RegionForm):
    groups = [
        (_("The contact"), ["culture_region", ("municipality", "contacted_on"), ("kind", "person"), "text"]),
    ]

    class Meta:
        model = ContactNote
        fields = ["culture_region", "municipality", "contacted_on", "kind", "person", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        if self.instance.kind == ContactNote.Kind.STORY:
            kind.disabled = True  # the portal has sent it
        else:
            kind.choices = [choice for choice in ContactNote.Kind.choices if choice[0] != ContactNote.Kind.STORY]

    def clean_contacted_on(self):
        day = self.cleaned_data["contacted_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(gettext("This day is still to come. A contact is written down afterwards."))
        return day


class ContactNoteCreateForm(ContactNoteForm):
    """The contact and, where something is to follow from it, what, by when and by whom."""

    follow_up_text = forms.CharField(
        max_length=FollowUp._meta.get_field("text").max_length,
        required=False,
        label=_("What is to be done"),
        help_text=_("Empty: nothing is to follow."),
    )
    follow_up_due_on = forms.DateField(required=False, label=_("Due on"))
    follow_up_owner = forms.ModelChoiceField(queryset=User.objects.none(), required=False, label=_("Who does it"))

    groups = [
        *ContactNoteForm.groups,
        (_("Follow-up"), ["follow_up_text", ("follow_up_due_on", "follow_up_owner")]),
    ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        self.fields["follow_up_owner"].queryset = workers(self.user)
        self.initial.setdefault("contacted_on", today)
        self.initial["follow_up_due_on"] = today + timedelta(days=DAYS_TO_FOLLOW_UP)
        self.initial["follow_up_owner"] = self.user.pk

    def clean(self):
        cleaned = super().clean()
        typed = {"follow_up_due_on", "follow_up_owner"} & set(self.changed_data) - set(self.errors)
        if not cleaned.get("follow_up_text"):
            if typed and "follow_up_text" not in self.errors:
                self.add_error("follow_up_text", gettext("Say what is to be done, or leave the follow-up as it was."))
            return cleaned
        if not cleaned.get("follow_up_due_on") and "follow_up_due_on" not in self.errors:
            self.add_error("follow_up_due_on", gettext("Say by when it is to be done."))
        if not_a_colleague(cleaned.get("follow_up_owner"), cleaned.get("culture_region")):
            self.add_error("follow_up_owner", NO_COLLEAGUE)
        return cleaned

    @property
    def to_do(self) -> ToDo | None:
        cleaned = self.cleaned_data
        if not cleaned["follow_up_text"]:
            return None
        return {
            "text": cleaned["follow_up_text"],
            "due_on": cleaned["follow_up_due_on"],
            "owner": cleaned["follow_up_owner"],
        }


ORIGINS = ("visit", "contact", "meeting", "encounter")


class FollowUpForm(RegionForm):
    """What it comes from is chosen by where it is made, and stays."""

    groups = [(_("Follow-up"), ["culture_region", "text", ("due_on", "owner"), "municipality", *ORIGINS])]

    class Meta:
        model = FollowUp
        fields = ["culture_region", "text", "due_on", "owner", "municipality", *ORIGINS]
        widgets = dict.fromkeys(ORIGINS, forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = workers(self.user, self.instance.owner_id)
        if self.instance._state.adding:
            self.initial.setdefault("owner", self.user.pk)
            self.initial.setdefault("due_on", timezone.localdate() + timedelta(days=DAYS_TO_FOLLOW_UP))

    def clean(self):
        cleaned = super().clean()
        owner = cleaned.get("owner")
        if owner != self.instance.owner and not_a_colleague(owner, cleaned.get("culture_region")):
            self.add_error("owner", NO_COLLEAGUE)
        return cleaned


class WithAddress(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj):
        return f"{obj}, {obj.email}"


class StoryMailForm(forms.Form):
    """The mail that tells a culture head of a story. `sent` has when each of the `heads` got it before, by their id."""

    people = WithAddress(
        queryset=Person.objects.none(),
        label=_("To"),
        error_messages={"required": _("Choose who is to get the story.")},
    )
    again = forms.BooleanField(required=False, label=_("Send it once more to those who have had it"))
    sending = forms.UUIDField(widget=forms.HiddenInput)
    subject = forms.CharField(max_length=200, label=_("Subject"))
    text = forms.CharField(max_length=30_000, widget=forms.Textarea(attrs={"rows": 16}), label=_("The mail's text"))

    def __init__(self, *args, heads, sent, **kwargs):
        super().__init__(*args, **kwargs)
        if self.is_bound:
            self.data = plain_line_breaks(self.data)
        self.fields["people"].queryset = heads
        self.sent = sent
        if not sent:
            del self.fields["again"]
        self.helper = form_helper((_("The mail"), [name for name in self.fields if name != "sending"] + ["sending"]))

    def clean(self):
        cleaned = super().clean()
        had_it = [each for each in cleaned.get("people", ()) if each.pk in self.sent]
        if had_it and not cleaned.get("again") and "again" in self.fields:
            names = ", ".join(f"{each} ({date_format(self.sent[each.pk], 'SHORT_DATE_FORMAT')})" for each in had_it)
            message = gettext("%(names)s has had the story. Tick this to send it once more.") % {"names": names}
            self.add_error("again", message)
        return cleaned
