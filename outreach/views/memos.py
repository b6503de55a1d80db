import logging
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.generic import DetailView

from agreements.models import Meeting, Post
from kulturmetropol import brakes
from kulturmetropol.pdf import printable
from kulturmetropol.spreadsheets import DANISH_LETTERS
from kulturmetropol.views import CreatePage, DetailPage, ListPage, RecordPage, UpdatePage
from outreach import memos, submissions
from outreach.actions import memos as actions
from outreach.filters import memos as filters
from outreach.forms import memos as forms
from outreach.memos import freshness
from outreach.memos.fitting import agreement_of
from outreach.memos.kinds import CHOICES
from outreach.models import IssuedMemo, Memo
from outreach.views.notes import opened_on

logger = logging.getLogger(__name__)

MOVED_ON = gettext_lazy("Somebody else has saved the memo in the meantime. Look at it, then try again.")


class MemoPage(RecordPage):
    model = Memo

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related(
                "agreement__culture_region", "committee__municipality", "municipality", "meeting__body__municipality"
            )
        )


class MemoList(ListPage):
    model = Memo
    filterset_class = filters.MemoFilter
    export_columns = [
        ("aftale", "agreement.name"),
        ("udvalg", "committee.name"),
        ("kommunekode", "place.code"),
        ("kommune", "place.name"),
        ("dato", "date"),
        ("sagsnummer", "case_number"),
        ("sagsbehandler", "case_officer"),
        ("type", "get_kind_display"),
        ("status", "get_status_display"),
        ("nummer", "document.number"),
    ]

    def get_queryset(self):
        memos = (
            super()
            .get_queryset()
            .select_related(
                "committee__municipality",
                "municipality",
                "meeting__body__municipality",
                "agreement",
                "document",
                "replacement",
            )
        )
        return memos.defer("document__pdf", "document__payload", "document__html")


def memo_warnings(memo: Memo, said: dict[str, Any]) -> dict[str, Any]:
    """What the author is to know before the memo is issued: signs that are not printed, and figures that are old."""
    return {"unprintable": memos.signs_without_print(said), "stale": freshness.stale(memo, said)}


class MemoDetail(MemoPage, DetailPage):
    def get_context_data(self, **kwargs):
        memo, may_edit = self.object, self.object.is_editable_by(self.request.user)
        warnings = memo_warnings(memo, memos.payload(memo)) if memo.is_draft else {}
        context = super().get_context_data(may_edit=may_edit, **warnings, **kwargs)
        return context if may_edit and not memo.replaced_by else context | {"locked": ""}


class CaseOfficers:
    """Offers the names of case officers that are known: of people in the post, and of earlier memos."""

    def get_context_data(self, **kwargs):
        user = self.request.user
        in_post = (
            Post.objects.visible_to(user).filter(kind=Post.Kind.CASE_OFFICER).values_list("person__name", flat=True)
        )
        of_memos = Memo.objects.visible_to(user).values_list("case_officer", flat=True)
        return super().get_context_data(case_officers=sorted({*in_post, *of_memos[:200]}), **kwargs)


class MemoCreate(CaseOfficers, CreatePage):
    model = Memo
    form_class = forms.MemoCreateForm
    initial_from = {
        "aftale": "agreement",
        "udvalg": "committee",
        "kommune": "municipality",
        "moede": "meeting",
        "aar": "year",
    }

    def get(self, request, *args, **kwargs):
        if request.GET.get("slags") in Memo.Kind:
            return super().get(request, *args, **kwargs)
        context = {
            "choices": CHOICES,
            "list_url": self.list_url(),
            "verbose_name_plural": Memo._meta.verbose_name_plural,
        }
        return render(request, "outreach/memo_kinds.html", context)

    def get_form_kwargs(self):
        kind = self.request.GET.get("slags")
        return super().get_form_kwargs() | {"instance": Memo(kind=kind if kind in Memo.Kind else Memo.Kind.STATUS)}

    def get_initial(self):
        """The case officer and the case number are those of the newest memo of the kind, or the officer is the user;
        a meeting's agreement is the one that it is held under."""
        initial = super().get_initial()
        if "meeting" in initial and "agreement" not in initial:
            meeting = Meeting.objects.editable_by(self.request.user).filter(pk=initial["meeting"]).first()
            if meeting and (held_under := agreement_of(meeting)):
                initial["agreement"] = held_under.pk
        alike = Memo.objects.editable_by(self.request.user).filter(kind=self.request.GET.get("slags"))
        if "agreement" in initial:
            alike = alike.filter(agreement=initial["agreement"])
        newest = alike.order_by("-date", "-pk").values("case_officer", "case_number").first()
        own = {"case_officer": self.request.user.name}
        return {"date": timezone.localdate(), **(newest or own), **initial}

    def form_valid(self, form):
        actions.draft_sections(form.instance)
        return super().form_valid(form)

    def get_success_url(self):
        return f"{self.object.get_absolute_url()}rediger/"


class MemoUpdate(MemoPage, CaseOfficers, UpdatePage):
    form_class = forms.MemoForm


class EditorsPage(MemoPage):
    """A page about one memo for those who may edit it."""

    def get_memo(self) -> Memo:
        memo = get_object_or_404(self.get_queryset(), pk=self.kwargs["pk"])
        self.require_editor(memo)
        return memo


@method_decorator(xframe_options_sameorigin, name="dispatch")
@method_decorator(
    csp_override(
        {"default-src": [CSP.NONE], "style-src": [CSP.SELF], "font-src": [CSP.SELF], "frame-ancestors": [CSP.SELF]}
    ),
    name="dispatch",
)
class MemoPreview(EditorsPage, View):
    """The memo as a page: as it is saved, or, when a form is posted, as it would be. Nothing is saved."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._preview(self.get_memo())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = forms.MemoForm(request.POST, instance=self.get_memo(), user=request.user)
        if form.is_valid():
            return self._preview(form.instance)
        return render(request, "outreach/memos/preview_errors.html", {"form": form})

    def _preview(self, memo: Memo) -> HttpResponse:
        return HttpResponse(printable(memos.memo_html(memos.payload(memo), on_screen=True)))


class MemoDownload(MemoPage, View):
    """The document byte for byte as it was issued; of a draft, for those who may edit it, a PDF that says it is one."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if stored := Memo.objects.stored_for(request.user, pk):
            day, committee, place, number, sha256, pdf = stored
            if sha256 == IssuedMemo.hash_of(pdf):
                return pdf_response(request, name_of_file(day, f"{place} {committee or ''}", number), bytes(pdf))
        return self.get_other(request, pk)

    def get_other(self, request: HttpRequest, pk: int) -> HttpResponse:
        memo = get_object_or_404(self.get_queryset().select_related("document"), pk=pk)
        may_edit = memo.is_editable_by(request.user)
        if memo.is_draft:
            return brakes.wait(request, "pdf") or self.made_anew(memo)
        if memo.is_withdrawn and not may_edit:
            return redirect(memo)
        if not memo.document.is_intact:
            logger.error("Memo %s: the stored PDF is not the one that was issued", memo.pk)
            return render(request, "outreach/memo_broken.html", {"memo": memo}, status=500)
        return pdf_response(request, file_name(memo), bytes(memo.document.pdf))

    def made_anew(self, memo: Memo) -> HttpResponse:
        return pdf_response(self.request, file_name(memo), memos.memo_pdf(memos.payload(memo)))


def pdf_response(request: HttpRequest, name: str, pdf: bytes) -> HttpResponse:
    disposition = "attachment" if "hent" in request.GET else "inline"
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'{disposition}; filename="{name}"'},
    )


class MemoIssue(EditorsPage, DetailView):
    """Shows what is to be issued and what to think of first; issues when told so."""

    template_name_suffix = "_issue"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        memo = self.get_memo()
        if not memo.is_draft:
            messages.info(request, _("The memo is issued already."))
            return redirect(memo)
        return self.show(memo)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        memo = self.get_memo()
        try:
            document = actions.issue(memo=memo, by=request.user, version=opened_on(request))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(memo)
        if document is None:
            memo = self.get_memo()
            if not memo.is_draft:
                return self.get(request, pk)
            messages.warning(request, MOVED_ON)
            return self.show(memo, status=409)
        messages.success(request, _("The memo is issued as no. %(number)s.") % {"number": document.number})
        return redirect(memo)

    def show(self, memo: Memo, status: int = 200) -> HttpResponse:
        self.object, said = memo, memos.payload(memo)
        handed_in = [kind.label for kind in submissions.kinds_of(memo, said)]
        context = self.get_context_data(said=said, handed_in=handed_in, **memo_warnings(memo, said))
        return self.render_to_response(context, status=status)


class MemoCorrect(EditorsPage, View):
    """Begins the memo that is to replace an issued one, or goes on with it."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        memo = self.get_memo()
        try:
            correction = actions.correct(memo=memo, today=timezone.localdate())
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(memo)
        return redirect("memo_update" if correction.is_draft else "memo_detail", correction.pk)


class MemoWithdraw(EditorsPage, DetailView):
    """Withdraws with a reason. What was typed stays when somebody else has saved in the meantime."""

    template_name_suffix = "_withdraw"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.get_memo(), forms.WithdrawMemoForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        memo, form = self.get_memo(), forms.WithdrawMemoForm(request.POST)
        if not form.is_valid():
            return self.show(memo, form)
        try:
            reason = form.cleaned_data["reason"]
            if actions.withdraw(memo=memo, by=request.user, version=opened_on(request), reason=reason):
                messages.success(request, _("The memo is withdrawn."))
                return redirect(memo)
            form.add_error(None, MOVED_ON)
        except ValidationError as error:
            form.add_error(None, error)
        return self.show(self.get_memo(), form, status=409)

    def show(self, memo: Memo, form: forms.WithdrawMemoForm, status: int = 200) -> HttpResponse:
        self.object = memo
        return self.render_to_response(self.get_context_data(form=form), status=status)


def file_name(memo: Memo) -> str:
    """notat-2020-11-06-roedovre-kultur-og-fritidsudvalget.pdf, and of an issued one with its number before the end."""
    called = CALLED.get(memo.kind, "notat")
    place = f"{memo.place or ''} {memo.committee.name if memo.committee else ''}".strip() or memo.addressee
    return name_of_file(memo.date, place, None if memo.is_draft else memo.document.number, called)


CALLED = {Memo.Kind.AGENDA: "dagsorden", Memo.Kind.MINUTES: "referat"}


def name_of_file(day: date, place: str, number: int | None, called: str = "notat") -> str:
    end = "" if number is None else f"-nr-{number}"
    return f"{called}-{day:%Y-%m-%d}-{slugify(place.translate(DANISH_LETTERS))}{end}.pdf"
