from typing import Any

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.models import Document, OutgoingMail, Person
from agreements.outbox import SUBJECT_LENGTH
from initiatives.models import Activity
from kulturmetropol.accounts.models import User
from kulturmetropol.forms import RecordForm, form_helper, plain_line_breaks
from outreach.actions.onboarding import still_to_come
from outreach.models import GatePassage, Invitation, OnboardingCase

Stage = OnboardingCase.Stage
TEXT_LENGTH = 10_000

DATE_LABELS = {
    Stage.IDENTIFIED: _("Identified on"),
    Stage.CONTACTED: _("Contacted on"),
    Stage.INVITED: _("Invited on"),
    Stage.TAKING_PART: _("Took part for the first time on"),
    Stage.COMMITTEE: _("The committee recommended it on"),
    Stage.COUNCIL: _("The council decided on"),
    Stage.JOINED: _("Joined on"),
}
# these days stand in a paper; of the others today is a good guess
FROM_PAPERS = (Stage.COMMITTEE, Stage.COUNCIL)


class NotInFuture:
    """Mixed into forms whose days tell what has taken place: `past` names them."""

    past: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()  # type: ignore[misc]
        for name in self.past:
            if cleaned.get(name) and cleaned[name] > timezone.localdate():
                self.add_error(name, still_to_come())  # type: ignore[attr-defined]
        return cleaned


class OnboardingCaseForm(NotInFuture, RecordForm):
    contacts = forms.ModelMultipleChoiceField(
        queryset=Person.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        label=_("Contact persons"),
        help_text=_("People of the municipality. You can add new ones on the page of the case."),
    )

    owner = "agreement"
    past = ("interested_on",)
    groups = [
        (_("Who is interested"), ["agreement", ("municipality", "interested_on"), "invited_by", "contacts"]),
        (_("How it goes on"), ["owner", ("next_step", "next_step_on"), "decision_deadline"]),
        (_("Note"), ["note"]),
    ]

    class Meta:
        model = OnboardingCase
        fields = [
            "agreement",
            "municipality",
            "interested_on",
            "invited_by",
            "contacts",
            "owner",
            "next_step",
            "next_step_on",
            "decision_deadline",
            "note",
        ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        colleagues = Q(pk__in=access.colleagues(self.user).values("pk")) | Q(pk=self.instance.owner_id)
        self.fields["owner"].queryset = User.objects.filter(colleagues)
        if self.instance._state.adding:
            # whose people to offer is not known before the municipality is
            del self.fields["contacts"]
            self.helper.layout[0].fields.remove("contacts")
            self.initial.setdefault("interested_on", timezone.localdate())
            self.initial.setdefault("owner", self.user.pk)
        else:
            self.fields["contacts"].queryset = self._offered()
            self.fields["municipality"].disabled = True

    def owners(self, queryset):
        return queryset.administered_by(self.user)

    def _offered(self):
        """Those who hold no post elsewhere: the people of the municipality, and those of whom no post is known."""
        place = self.instance.municipality_id
        return Person.objects.filter(
            Q(posts__isnull=True)
            | Q(posts__municipality=place)
            | Q(posts__body__municipality=place)
            | Q(onboarding_cases=self.instance),
            culture_region=self.instance.region.pk,
        ).distinct()

    def clean(self):
        cleaned = super().clean()
        agreement, owner = cleaned.get("agreement"), cleaned.get("owner")
        if agreement and owner and not access.may_edit(owner, agreement.culture_region_id):
            self.add_error("owner", _("This person does not work in the secretariat of the culture region."))
        return cleaned


class MoveForm(RecordForm):
    """What moves a case: it carries the version of the case, and the transition itself checks the rest."""

    owner = "case"

    def __init__(self, *args, case: OnboardingCase, **kwargs):
        self.case = case
        super().__init__(*args, **kwargs)
        self.initial["version"] = case.version

    def validate_constraints(self):
        """Left to the transition: whoever is late is told what has happened, not that a row is there already."""


class GateForm(MoveForm):
    council_case_number = forms.CharField(
        max_length=40, label=_("The council's case number"), help_text=_("As in the council's minutes.")
    )
    member_from = forms.DateField(required=False, label=_("Member from"), help_text=_("Empty: from the day it joined."))

    class Meta:
        model = GatePassage
        fields = ["passed_on", "document", "note"]

    extras = {Stage.COUNCIL: ["council_case_number"], Stage.JOINED: ["member_from"]}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        gate = self.instance.gate
        extra = self.extras.get(gate, [])
        for name in {"council_case_number", "member_from"} - set(extra):
            del self.fields[name]
        self.fields["passed_on"].label = DATE_LABELS[gate]
        if self.instance._state.adding and gate not in FROM_PAPERS:
            self.initial["passed_on"] = timezone.localdate()
        self.fields["document"].queryset = Document.objects.filter(culture_region=self.case.region.pk)
        self.helper = form_helper((self.instance.get_gate_display(), [("passed_on", *extra), "document", "note"]))
        self.helper.render_hidden_fields = True


class CorrectionForm(NotInFuture, GateForm):
    """A gate that has been passed, with the version of its own."""

    past = ("passed_on",)
    extras = {Stage.COUNCIL: ["council_case_number"]}

    def __init__(self, *args, instance: GatePassage, **kwargs):
        super().__init__(*args, instance=instance, case=instance.case, **kwargs)
        self.initial["version"] = instance.version
        self.initial.setdefault("council_case_number", instance.case.council_case_number)


class CaseForm(MoveForm):
    """A transition that writes no record of its own."""

    class Meta:
        model = OnboardingCase
        fields: list[str] = []

    def _post_clean(self):
        """There is nothing of the case in the form to check."""


class ReasonForm(CaseForm):
    reason = forms.CharField(max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), label=_("Reason"))

    groups = [("", ["reason"])]


class ContactForm(CaseForm):
    name = forms.CharField(max_length=150, label=_("Name"))
    email = forms.EmailField(required=False, label=_("E-mail"), help_text=_("Invitations are sent to it."))

    groups = [(_("Contact person"), ["name", "email"])]


class InvitationForm(NotInFuture, RecordForm):
    owner = "case"
    past = ("sent_on", "answered_on")
    new_groups = [
        (_("What it is to"), ["case", "kind", "meeting", "activity", ("title", "takes_place_on")]),
        (_("Terms"), ["fee", "note"]),
    ]
    sent_group = (_("Sent and answered"), ["sent_on", ("answer", "answered_on")])

    class Meta:
        model = Invitation
        fields = [
            "case",
            "kind",
            "meeting",
            "activity",
            "title",
            "takes_place_on",
            "fee",
            "note",
            "sent_on",
            "answer",
            "answered_on",
        ]
        labels = {"note": _("Note to ourselves")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        today = timezone.localdate()
        case, meeting, activity = (self.fields[name] for name in ("case", "meeting", "activity"))
        case.queryset = case.queryset.select_related("municipality", "agreement")
        own = Q(body__municipality__isnull=True, held_on__gte=today)
        meeting.queryset = meeting.queryset.filter(own | Q(pk=self.instance.meeting_id)).order_by("held_on")
        activity.queryset = Activity.objects.visible_to(self.user).filter(
            Q(held_on__gte=today) | Q(pk=self.instance.activity_id)
        )
        groups = self.new_groups
        if self.instance._state.adding:
            for name in ("sent_on", "answer", "answered_on"):
                del self.fields[name]
        else:
            groups = [*groups, self.sent_group]
            if OutgoingMail.objects.filter(key__startswith=f"invitation-{self.instance.pk}-").exists():
                self.fields["sent_on"].disabled = True
                self.fields["sent_on"].help_text = _("The portal sent it.")
            else:
                self.fields["sent_on"].help_text = _("Fill it in yourself when it was sent in another way.")
        self.helper = form_helper(*groups)
        self.helper.render_hidden_fields = True


class SendForm(forms.Form):
    """The mail of an invitation, as it is proposed and as it is sent."""

    subject = forms.CharField(max_length=SUBJECT_LENGTH, label=_("Subject"))
    text = forms.CharField(max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 16}), label=_("Text"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["data-limit"] = field.widget.attrs.pop("maxlength")
        if self.is_bound:
            self.data = plain_line_breaks(self.data)
        self.helper = form_helper((_("Mail"), ["subject", "text"]))
