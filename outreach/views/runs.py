"""Memos to many: who gets what, how far it is, and what became of each."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from agreements.models import Agreement
from kulturmetropol.views import RACED, CreatePage, DetailPage, HistoryPage, ListPage, RecordPage
from outreach import memos
from outreach.actions import runs as actions
from outreach.actions.memos import draft_sections
from outreach.filters.runs import MemoRunFilter
from outreach.forms.runs import MemoRunForm, RecipientsForm
from outreach.memos import freshness
from outreach.models import Memo, MemoRun
from outreach.recipients import places
from outreach.views.memos import CaseOfficers


class MemoRunList(ListPage):
    model = MemoRun
    filterset_class = MemoRunFilter
    export_columns = [
        ("aftale", "agreement.name"),
        ("type", "get_kind_display"),
        ("dato", "date"),
        ("sagsnummer", "case_number"),
        ("sagsbehandler", "case_officer"),
        ("startet", "created_at"),
        ("status", "get_status_display"),
        ("notater", "total"),
        ("udsendt", "issued"),
        ("mislykket", "failed"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("agreement", "created_by").with_counts()


class MemoRunDetail(DetailPage):
    """How far the run is. Who looks at it brings a run on whose workers have died."""

    model = MemoRun

    def get_queryset(self):
        return super().get_queryset().select_related("agreement__culture_region", "created_by", "status_by")

    def get_context_data(self, **kwargs):
        actions.go_on(self.object)
        items = list(
            self.object.items.select_related("municipality", "committee")
            .annotate(number=F("memo__document__number"), is_failed=~Q(error=""))
            .order_by("-is_failed", "municipality__sort_order")
        )
        issued, failed = sum(each.memo_id is not None for each in items), sum(each.is_failed for each in items)
        return super().get_context_data(
            items=items,
            issued=issued,
            failed=failed,
            waiting=len(items) - issued - failed,
            is_stuck=actions.waits_for_a_worker(self.object, timezone.now()),
            **kwargs,
        )


class MemoRunHistory(HistoryPage):
    """To read: a run moves by its buttons, and is never taken back."""

    model = MemoRun

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs) | {"editable": False}


class MemoRunCreate(CaseOfficers, CreatePage):
    """Asks what to issue, then shows who would get it and what to think of, then starts."""

    model = MemoRun
    form_class = MemoRunForm
    initial_from = {"aftale": "agreement"}

    def get_initial(self):
        today = timezone.localdate()
        return {"date": today, **self._proposed_sections(today), **super().get_initial()}

    def _proposed_sections(self, today):
        """As a single memo proposes them, where there is but one agreement to write about."""
        agreements = Agreement.objects.editable_by(self.request.user).about_chosen(self.request.user)[:2]
        if len(agreements) != 1:
            return {}
        memo = Memo(agreement=agreements[0], date=today)
        draft_sections(memo)
        return {name: getattr(memo, name) for name in ("situation", "situation_included")}

    def get_context_data(self, **kwargs):
        return super().get_context_data(chosen=RecipientsForm.chosen(self.request.POST), **kwargs)

    def form_valid(self, form):
        if "tilbage" in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        run, is_told = form.instance, "start" in self.request.POST
        found = places(run, form.cleaned_data["to"])
        recipients = RecipientsForm(self.request.POST if is_told else None, places=found, before=self.request.POST)
        if is_told and recipients.is_valid():
            try:
                self.object = actions.start(run=run, recipients=recipients.recipients(), by=self.request.user)
            except ValidationError as error:
                recipients.add_error(None, ValidationError(error.messages))
            except IntegrityError:
                recipients.add_error(None, RACED)
            else:
                messages.success(self.request, _("The memos are being issued. You may leave this page."))
                return redirect(self.object)
        stale = stale_figures(run, recipients.recipients())
        context = self.get_context_data(form=recipients, run_form=form, run=run, stale=stale)
        return render(self.request, "outreach/memorun_preview.html", context)


def stale_figures(run: MemoRun, recipients: list[actions.Recipient]) -> list[freshness.Stale]:
    """The old figures of the memos to those recipients."""
    written = {each.municipality: actions.memo_to(each, run) for each in recipients}
    return freshness.stale_in_any(
        {place: freshness.stale(memo, memos.payload(memo)) for place, memo in written.items()}
    )


class MemoRunStep(RecordPage, View):
    """A button: pause, resume, cancel, try again."""

    model = MemoRun
    http_method_names = ["post"]
    verb = ""

    VERBS: dict[str, tuple[Callable[..., bool], str]] = {
        "pause": (actions.pause, gettext_lazy("The run is paused. No further memo is issued until it goes on.")),
        "resume": (actions.resume, gettext_lazy("The run goes on.")),
        "cancel": (actions.cancel, gettext_lazy("The run is cancelled. What is issued stays issued.")),
        "retry": (actions.retry, gettext_lazy("What failed is tried again.")),
    }

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(self.get_queryset(), pk=pk)
        self.require_editor(run)
        act, done = self.VERBS[self.verb]
        try:
            if act(run=run, by=request.user):
                messages.success(request, done)
            else:
                messages.warning(request, _("The run has moved on in the meantime. Look at how far it is."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect(run)
