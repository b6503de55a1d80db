from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.generic import DetailView, TemplateView

from agreements.models import Membership, Municipality
from kulturmetropol.forms import number
from kulturmetropol.views import CreatePage, DetailPage, ListPage, RecordPage, UpdatePage
from outreach import invitations, matching, talkingpoints
from outreach.actions import visits as actions
from outreach.coverage import Coverage
from outreach.filters import visits as filters
from outreach.forms import visits as forms
from outreach.models import Ambassador, OnboardingCase, Visit

BEST = 3  # suggestions that are shown at once; the others are folded


class VisitList(ListPage):
    model = Visit
    filterset_class = filters.VisitFilter
    export_columns = [
        ("kulturregion", "culture_region.name"),
        ("kommunekode", "host.code"),
        ("kommune", "host.name"),
        ("udvalg", "body.name"),
        ("dato", "held_on"),
        ("tid", "starts_at"),
        ("sted", "place"),
        ("status", "get_status_display"),
        ("årsag", "status_reason"),
        ("ambassadører_fra", "ambassadors.municipality.name"),
        ("ambassadører", "ambassadors.who"),
        ("sekretariatet_med", "secretariat_supports"),
        ("udbytte", "outcome"),
    ]

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .coming_first(timezone.localdate())
            .select_related("host", "body__municipality")
            .prefetch_related("ambassadors__municipality", "ambassadors__person")
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(today=timezone.localdate(), **kwargs)


class VisitDetail(DetailPage):
    model = Visit

    def get_queryset(self):
        return super().get_queryset().select_related("host", "body__municipality", "culture_region")

    def get_context_data(self, **kwargs):
        visit, user, today = self.object, self.request.user, timezone.localdate()
        ambassadors = list(visit.ambassadors.select_related("municipality", "person"))
        ranked = []
        if visit.is_ahead:
            ranked = matching.suggestions(visit, today, without={each.municipality_id for each in ambassadors})
        kwargs.setdefault("promise_form", forms.PromiseForm(user=user))
        return super().get_context_data(
            today=today,
            steps=actions.steps(visit, today),
            way=actions.way(visit),
            changed=actions.status_row(visit),
            ambassadors=[(each, matching.warning(visit.host, each.municipality)) for each in ambassadors],
            best=ranked[:BEST],
            others=ranked[BEST:],
            case=OnboardingCase.objects.visible_to(user)
            .open()
            .filter(agreement__culture_region=visit.culture_region_id, municipality=visit.host_id)
            .first(),
            is_member=Membership.objects.filter(
                agreement__culture_region=visit.culture_region_id, municipality=visit.host_id
            )
            .on(today)
            .exists(),
            promises=visit.follow_ups.select_related("owner"),
            mails=list(invitations.sent(visit).values()),
            **kwargs,
        )


class VisitCreate(CreatePage):
    model = Visit
    form_class = forms.VisitForm
    initial_from = {"kommune": "host", "udvalg": "body", "dato": "held_on"}


class VisitUpdate(UpdatePage):
    """`?regnskab` proposes talking points from the ambassadors' accounts, after what is written already."""

    model = Visit
    form_class = forms.VisitForm

    def get_initial(self):
        initial = super().get_initial()
        if "regnskab" in self.request.GET and self.request.method == "GET":
            drafted = talkingpoints.draft(self.object, timezone.localdate())
            initial["talking_points"] = "\n\n".join(filter(None, [self.object.talking_points, drafted]))
        return initial


class VisitAction(VisitDetail):
    """Something done on the page of a visit; it comes back to the page."""

    http_method_names = ["post"]

    def get_object(self, queryset=None):
        visit = super().get_object(queryset)
        self.require_editor(visit)
        return visit

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.object = self.get_object()
        try:
            return self.act(self.object)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(self.object)

    def act(self, visit: Visit) -> HttpResponse:
        raise NotImplementedError


class VisitStep(VisitAction):
    def act(self, visit: Visit) -> HttpResponse:
        step = actions.STEPS.get(self.request.POST.get("skridt", ""))
        if step is None or step.after == Visit.Status.CANCELLED:  # cancelling asks why, on a page of its own
            raise ValidationError(_("Choose what is to be done with the visit."))
        visit = actions.take_step(visit=visit, step=step, version=number(self.request.POST.get("version", "")))
        words = {"visit": visit, "status": visit.get_status_display().lower()}
        messages.success(self.request, _("“%(visit)s” is now %(status)s.") % words)
        return redirect(visit)


class VisitChoose(VisitAction):
    def act(self, visit: Visit) -> HttpResponse:
        municipality = Municipality.objects.filter(pk=number(self.request.POST.get("kommune", ""))).first()
        if municipality is None:
            raise ValidationError(_("Choose a municipality."))
        ambassador, new = actions.choose(visit=visit, municipality=municipality)
        done = _("%(municipality)s is chosen. Say who comes when the municipality has told.")
        if not new:
            done = _("%(municipality)s is chosen already.")
        messages.success(self.request, done % {"municipality": municipality})
        return redirect(ambassador)


class VisitPromise(VisitAction):
    def act(self, visit: Visit) -> HttpResponse:
        form = forms.PromiseForm(self.request.POST, user=self.request.user)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(promise_form=form))
        actions.promise(visit=visit, **form.cleaned_data)
        messages.success(self.request, _("The promise is to be followed up."))
        return redirect(f"{visit.get_absolute_url()}#promises")


class VisitFormPage(RecordPage, DetailView):
    """A page about one visit with a form of its own."""

    model = Visit

    def get_queryset(self):
        return super().get_queryset().select_related("host", "body__municipality", "culture_region")

    def get_object(self, queryset=None):
        visit = super().get_object(queryset)
        self.require_editor(visit)
        return visit

    def refused(self, form, error: ValidationError) -> HttpResponse:
        """The form once more, on top of the visit as it is now."""
        form.add_error(None, error.messages)
        self.object = self.get_object()
        form.data["version"] = str(self.object.version)
        return self.render_to_response(self.get_context_data(form=form))


class VisitCancel(VisitFormPage):
    template_name_suffix = "_cancel"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        visit = self.get_object()
        if refusal := actions.why_not(visit, actions.STEPS["aflys"], timezone.localdate()):
            messages.error(request, refusal)
            return redirect(visit)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        kwargs.setdefault("form", forms.CancelForm(initial={"version": self.object.version}))
        return super().get_context_data(**kwargs)

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.object = visit = self.get_object()
        form = forms.CancelForm(request.POST)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        try:
            actions.take_step(
                visit=visit,
                step=actions.STEPS["aflys"],
                version=form.cleaned_data["version"] or 0,
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as error:
            return self.refused(form, error)
        if invitations.sent(visit):
            messages.success(request, _("The visit is cancelled. Tell those who were invited."))
            return redirect("visit_invite", visit.pk)
        messages.success(request, _("The visit is cancelled."))
        return redirect(visit)


class VisitInvite(VisitFormPage):
    """Invitations, and when the visit is moved or cancelled the word of it."""

    template_name_suffix = "_invite"

    def get_context_data(self, **kwargs):
        visit, today = self.object, timezone.localdate()
        recipients = invitations.recipients(visit, today)
        unnamed = visit.ambassadors.filter(person=None).select_related("municipality")
        latest = invitations.sent(visit)
        revision = invitations.revision(visit)
        current = invitations.sent(visit, revision)
        if "form" not in kwargs:
            kwargs["form"] = forms.InvitationForm(
                recipients=recipients,
                initial={
                    "version": revision,
                    "people": self.chosen(recipients, latest, current),
                    "subject": invitations.subject(visit, again=bool(latest) and not current),
                    "text": invitations.text(visit),
                },
            )
        return super().get_context_data(
            unreachable=[each for each in recipients if not each.person.email],
            unnamed=[each.municipality for each in unnamed],
            mails=list(latest.values()),
            current=list(current.values()),
            cancelled=visit.status == Visit.Status.CANCELLED,
            **kwargs,
        )

    def chosen(self, recipients, latest, current) -> list[str]:
        """All who have not been told; of a cancelled visit those who were invited."""
        cancelled = self.object.status == Visit.Status.CANCELLED
        keys = [each.person.pk for each in recipients if each.person.pk in latest or not cancelled]
        return [str(key) for key in keys if key not in current]

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.object = visit = self.get_object()
        recipients = invitations.recipients(visit, timezone.localdate())
        form = forms.InvitationForm(request.POST, recipients=recipients)
        if form.is_valid() and form.cleaned_data["version"] != (revision := invitations.revision(visit)):
            form.add_error(None, _("The visit has been changed in the meantime. See whether the text still fits."))
            form.data["version"] = str(revision)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        data = form.cleaned_data
        new = actions.invite(
            visit=visit, people=data["people"], subject=data["subject"], text=data["text"], user=self.request.user
        )
        if new:
            done = ngettext("The mail goes to %(count)d person.", "The mail goes to %(count)d people.", len(new))
            messages.success(request, done % {"count": len(new)})
        else:
            messages.warning(request, _("They have had this mail already. Nothing was sent."))
        return redirect(visit)


class CoveragePage(RecordPage, TemplateView):
    """Where the region has been, as a map and as a table."""

    model = Visit
    template_name_suffix = "_coverage"

    def get(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.require_reader()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        coverage = Coverage(self.request.user, timezone.localdate())
        return super().get_context_data(map=coverage.map, rows=coverage.rows(), **kwargs)


class AmbassadorCreate(CreatePage):
    model = Ambassador
    form_class = forms.AmbassadorCreateForm
    initial_from = {"besoeg": "visit", "kommune": "municipality"}


class AmbassadorUpdate(UpdatePage):
    model = Ambassador
    form_class = forms.AmbassadorForm
