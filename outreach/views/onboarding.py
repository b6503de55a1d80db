from typing import Any

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView, FormView

from agreements import users
from agreements.models import Document, Membership, RoleGrant, UserInvitation
from agreements.models.papers import in_order
from kulturmetropol.forms import number
from kulturmetropol.views import RACED, CreatePage, DetailPage, HistoryPage, ListPage, RecordPage, UpdatePage
from outreach import onboarding, onboardingmail
from outreach.actions import onboarding as actions
from outreach.filters import onboarding as filters
from outreach.forms import onboarding as forms
from outreach.models import ContactNote, GatePassage, Invitation, OnboardingCase, Visit

NOTES_SHOWN = 5


class OnboardingCaseList(ListPage):
    """The board, with a column for each gate, and the same as a table."""

    model = OnboardingCase
    filterset_class = filters.OnboardingCaseFilter
    export_columns = [
        ("aftale", "agreement.name"),
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        ("indbyggere", "municipality.population"),
        ("trin", "get_stage_display"),
        ("begrundelse", "stage_reason"),
        ("interesseret_siden", "interested_on"),
        ("inviterer", "get_invited_by_display"),
        ("næste_skridt", "next_step"),
        ("næste_skridt_dato", "next_step_on"),
        ("ansvarlig", "owner.name"),
        ("beslutningsfrist", "decision_deadline"),
        ("beslutning_dato", "council_decided_on"),
        ("beslutning_sagsnummer", "council_case_number"),
    ]

    def get_queryset(self):
        return onboarding.with_what_they_wait_for(super().get_queryset())

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        # `object_list` is a page by now; before it was the filtered list, or nothing where the filter makes no sense
        board = onboarding.board(self.object_list, today)
        context = super().get_context_data(board=board, today=today, **kwargs)
        shown = list(context["object_list"])
        onboarding.attach_cards(shown, today)
        return context | {"object_list": shown}


class OnboardingCaseDetail(DetailPage):
    model = OnboardingCase

    def get_queryset(self):
        return onboarding.with_what_they_wait_for(super().get_queryset()).select_related("agreement__culture_region")

    def get_context_data(self, **kwargs):
        case, today, user = self.object, timezone.localdate(), self.request.user
        in_region = {"culture_region": case.region}
        return super().get_context_data(
            today=today,
            card=onboarding.card(case, today),
            due=onboarding.waits_for(case, today),
            steps=onboarding.steps(case),
            move=onboarding.next_move(case),
            verb=onboarding.VERBS.get(onboarding.next_move(case)),
            draft=onboarding.draft_of(case),
            contacts=case.contacts.all(),
            documents=in_order(Document.objects.filter(shared_with_guests=True, **in_region)),
            guests=guests_of(case).select_related("user").order_by("user__name"),
            invited_guests=UserInvitation.objects.administered_by(user)
            .open()
            .filter(municipality=case.municipality_id, **in_region),
            visits=Visit.objects.visible_to(user).filter(host=case.municipality_id, **in_region)[:NOTES_SHOWN],
            notes=ContactNote.objects.visible_to(user)
            .filter(municipality=case.municipality_id, **in_region)
            .select_related("person")[:NOTES_SHOWN],
            membership=Membership.objects.filter(
                agreement=case.agreement_id, municipality=case.municipality_id, left_on__isnull=True
            ).first(),
            passages=case.passages.select_related("document", "entered_by"),
            **kwargs,
        )


def guests_of(case: OnboardingCase):
    return RoleGrant.objects.filter(
        culture_region=case.region, municipality=case.municipality_id, role=RoleGrant.Role.GUEST
    )


class OnboardingCaseCreate(CreatePage):
    model = OnboardingCase
    form_class = forms.OnboardingCaseForm
    initial_from = {"aftale": "agreement", "kommune": "municipality", "dato": "interested_on"}

    def form_valid(self, form: Any) -> HttpResponse:
        values = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            self.object = actions.begin_case(user=self.request.user, **values)
        except ValidationError as error:
            return self.form_invalid(with_errors(form, error))
        except IntegrityError:
            return self.raced(form)
        return self.saved()


class OnboardingCaseUpdate(UpdatePage):
    model = OnboardingCase
    form_class = forms.OnboardingCaseForm


def with_errors(form: Any, error: ValidationError) -> Any:
    """The form with what a transition refused, each message at its field where the form has it."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    for name, faults in by_field.items():
        form.add_error(name if name in form.fields else None, faults)
    return form


# --- what moves a case ------------------------------------------------------------------------------------------------


class MovePage(RecordPage, FormView):
    """A transition of a case. Where somebody else was first, the form comes back with what has happened."""

    model = OnboardingCase
    template_name_suffix = "_move"
    title, lead, button = "", "", ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.object = self.get_object()
        self.require_editor(self.object)
        if request.method == "GET" and (reason := self.why_not()):
            messages.error(request, reason)
            return redirect(self.object)
        return super().dispatch(request, *args, **kwargs)

    def get_object(self) -> OnboardingCase:
        cases = self.get_queryset().select_related("municipality", "agreement__culture_region")
        return get_object_or_404(cases, pk=self.kwargs["pk"])

    def why_not(self) -> str:
        """Why the case cannot be moved like this, in words; empty when it can."""
        return self.object.why_closed()

    def get_form_kwargs(self) -> dict[str, Any]:
        return {
            **super().get_form_kwargs(),
            "user": self.request.user,
            "case": self.object,
            "instance": self.instance(),
        }

    def instance(self) -> Any:
        return self.object

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = {"title": self.title, "lead": self.lead, "button": self.button}
        return super().get_context_data(object=self.object, **words, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.get_form()
        valid = form.is_valid()
        if form.cleaned_data.get("version") != self.object.version:
            return self.outrun(form)
        return self.form_valid(form) if valid else self.form_invalid(form)

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            done = self.move(form.opened_on, form.cleaned_data)
        except ValidationError as error:
            return self.form_invalid(with_errors(form, error))
        except IntegrityError:
            form.add_error(None, RACED)
            return self.form_invalid(form)
        if not done:
            return self.outrun(form)
        messages.success(self.request, self.done())
        return redirect(self.object)

    def move(self, version: int, values: dict[str, Any]) -> Any:
        raise NotImplementedError

    def done(self) -> str:
        return _("%(municipality)s: %(stage)s.") % {
            "municipality": self.object.municipality,
            "stage": self.object.get_stage_display(),
        }

    def outrun(self, form: Any) -> HttpResponse:
        """Nothing is done; what was typed stands, and may be sent once more on top of what the case is now."""
        self.object = self.get_object()
        form.data = form.data.copy()
        form.data["version"] = str(self.object.version)
        context = self.get_context_data(form=form, moved=self.object.history.latest(), reason=self.why_not())
        return self.render_to_response(context, status=409)


class PassGate(MovePage):
    form_class = forms.GateForm

    def get_object(self) -> OnboardingCase:
        if self.kwargs["gate"] not in onboarding.VERBS:
            raise Http404
        return super().get_object()

    def why_not(self) -> str:
        return self.object.why_not_pass(self.kwargs["gate"])

    def instance(self) -> GatePassage:
        return GatePassage(case=self.object, gate=self.kwargs["gate"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        gate = OnboardingCase.Stage(self.kwargs["gate"])
        self.title = self.button = onboarding.VERBS[gate]
        return super().get_context_data(gate=gate, passage=self.object.passages.filter(gate=gate).first(), **kwargs)

    def move(self, version: int, values: dict[str, Any]) -> Any:
        values = {name: value for name, value in values.items() if name != "version"}
        return actions.pass_gate(
            case=self.object, version=version, gate=self.kwargs["gate"], user=self.request.user, **values
        )


class DeclineCase(MovePage):
    form_class = forms.ReasonForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.title = _("%(municipality)s declines") % {"municipality": self.object.municipality}
        self.lead = _("The case is closed, and the municipality's guests lose their access. The case stays readable.")
        self.button = _("Close the case")
        return super().get_context_data(**kwargs)

    def move(self, version: int, values: dict[str, Any]) -> Any:
        return actions.decline(case=self.object, version=version, reason=values["reason"], user=self.request.user)


class PauseCase(MovePage):
    form_class = forms.ReasonForm

    def why_not(self) -> str:
        if self.object.stage == OnboardingCase.Stage.PAUSED:
            return _("The case is paused already.")
        return super().why_not()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.title = _("Pause the case of %(municipality)s") % {"municipality": self.object.municipality}
        self.lead = _("Nothing is due in it until it is resumed. Guests keep their access.")
        self.button = _("Pause the case")
        return super().get_context_data(**kwargs)

    def move(self, version: int, values: dict[str, Any]) -> Any:
        return actions.pause(case=self.object, version=version, reason=values["reason"])


class ResumeCase(MovePage):
    form_class = forms.CaseForm

    def why_not(self) -> str:
        return "" if self.object.stage == OnboardingCase.Stage.PAUSED else _("The case is not paused.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        gate = OnboardingCase.Stage(self.object.last_gate())
        self.title = _("Resume the case of %(municipality)s") % {"municipality": self.object.municipality}
        self.lead = _("It goes on at the last gate it passed: %(gate)s.") % {"gate": gate.label}
        self.button = _("Resume the case")
        return super().get_context_data(**kwargs)

    def move(self, version: int, values: dict[str, Any]) -> Any:
        return actions.resume(case=self.object, version=version)


class AddContact(MovePage):
    form_class = forms.ContactForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.title = _("New contact person in %(municipality)s") % {"municipality": self.object.municipality}
        self.button = _("Add the contact person")
        return super().get_context_data(**kwargs)

    def move(self, version: int, values: dict[str, Any]) -> Any:
        self.person = actions.add_contact(case=self.object, version=version, name=values["name"], email=values["email"])
        return self.person

    def done(self) -> str:
        return _("%(person)s is a contact person of the case.") % {"person": self.person}


class GatePassageUpdate(UpdatePage):
    """A correction of what was written of a gate."""

    model = GatePassage
    form_class = forms.CorrectionForm

    def get_queryset(self):
        return super().get_queryset().select_related("case__municipality", "case__agreement__culture_region")

    def form_valid(self, form: Any) -> HttpResponse:
        number = form.cleaned_data.get("council_case_number", "")
        try:
            if actions.correct_passage(passage=form.instance, version=form.opened_on, council_case_number=number):
                self.object = form.instance
                return self.saved()
        except ValidationError as error:
            return self.form_invalid(with_errors(form, error))
        return self.conflict()


class GatePassageHistory(HistoryPage):
    """To read: a passage is corrected, never taken back, for its case has gone on since."""

    model = GatePassage

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"editable": False}


class EndGuestAccess(RecordPage, DetailView):
    """Asks before a guest of the case's municipality loses the access."""

    model = OnboardingCase
    template_name_suffix = "_guest"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.object = self.get_object()
        self.require_editor(self.object)
        self.grant = get_object_or_404(guests_of(self.object).select_related("user"), pk=kwargs["grant"])
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(guest=self.grant.user, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        users.take_role(grant=self.grant, by=request.user)
        messages.success(request, _("%(guest)s no longer has access.") % {"guest": self.grant.user})
        return redirect(self.object)


# --- invitations ------------------------------------------------------------------------------------------------------


class InvitationCreate(CreatePage):
    model = Invitation
    form_class = forms.InvitationForm
    initial_from = {"sag": "case", "moede": "meeting", "aktivitet": "activity"}

    def get_success_url(self) -> str:
        """On to what it is written for."""
        return reverse("invitation_send", args=[self.object.pk])


class InvitationUpdate(UpdatePage):
    model = Invitation
    form_class = forms.InvitationForm


class SendInvitation(RecordPage, FormView):
    """The mail as it will go out: to whom, and what it says."""

    model = Invitation
    template_name_suffix = "_send"
    form_class = forms.SendForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        invitations = self.get_queryset().select_related(
            "case__municipality",
            "case__agreement__culture_region",
            "case__owner",
            "meeting__body__municipality",
            "activity",
        )
        self.object = get_object_or_404(invitations, pk=kwargs["pk"])
        self.require_editor(self.object)
        if self.object.sent_on:
            return self.sent_before()
        return super().dispatch(request, *args, **kwargs)

    def sent_before(self) -> HttpResponse:
        messages.warning(self.request, _("The invitation has been sent already. Nothing is sent twice."))
        return redirect(self.object)

    def get_initial(self) -> dict[str, Any]:
        people = actions.recipients(self.object.case)
        return {
            "subject": onboardingmail.subject(self.object),
            "text": onboardingmail.text(self.object, people, self.request.user),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case = self.object.case
        return super().get_context_data(
            object=self.object,
            recipients=actions.recipients(case),
            without_address=case.contacts.filter(email=""),
            **kwargs,
        )

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            sent = actions.send_invitation(
                invitation=self.object,
                subject=form.cleaned_data["subject"],
                body=form.cleaned_data["text"],
                calendar=onboardingmail.calendar(self.object),
                user=self.request.user,
            )
        except ValidationError as error:
            return self.form_invalid(with_errors(form, error))
        if not sent:
            return self.sent_before()
        done = _("The invitation is on its way to %(municipality)s.")
        messages.success(self.request, done % {"municipality": self.object.case.municipality})
        return redirect(self.object)


class AnswerInvitation(RecordPage, View):
    """Yes or no, given today, by one click."""

    model = Invitation
    ANSWERS = {"ja": Invitation.Answer.YES, "nej": Invitation.Answer.NO}

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        invitation = get_object_or_404(self.get_queryset(), pk=pk)
        self.require_editor(invitation)
        version = request.POST.get("version", "")
        answer = self.ANSWERS.get(request.POST.get("svar", ""))
        if not answer:
            raise Http404
        try:
            done = actions.record_answer(
                invitation=invitation,
                version=number(version),
                answer=answer,
                answered_on=timezone.localdate(),
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(invitation)
        if done:
            messages.success(request, _("The answer is registered."))
        else:
            told = _("Somebody else has changed the invitation meanwhile. Nothing is registered: look at it first.")
            messages.warning(request, told)
        return redirect(invitation)
