from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override

from agreements.models import Post
from kulturmetropol.pdf import printable
from kulturmetropol.views import CreatePage, DetailPage, ListPage, RecordPage, UpdatePage
from outreach import memos
from outreach.actions import memos as actions
from outreach.filters import memos as filters
from outreach.forms import memos as forms
from outreach.models import Memo


class MemoList(ListPage):
    model = Memo
    filterset_class = filters.MemoFilter
    export_columns = [
        ("aftale", "agreement.name"),
        ("udvalg", "committee.name"),
        ("kommunekode", "committee.municipality.code"),
        ("kommune", "committee.municipality.name"),
        ("dato", "date"),
        ("sagsnummer", "case_number"),
        ("sagsbehandler", "case_officer"),
        ("type", "get_kind_display"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("committee__municipality", "agreement")


class MemoDetail(DetailPage):
    model = Memo

    def get_context_data(self, **kwargs):
        return super().get_context_data(unprintable=memos.signs_without_print(self.object), **kwargs)


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
    initial_from = {"aftale": "agreement", "udvalg": "committee"}

    def get_initial(self):
        return {"date": timezone.localdate(), **super().get_initial()}

    def form_valid(self, form):
        actions.draft_sections(form.instance)
        return super().form_valid(form)

    def get_success_url(self):
        return f"{self.object.get_absolute_url()}rediger/"


class MemoUpdate(CaseOfficers, UpdatePage):
    model = Memo
    form_class = forms.MemoForm


class MemoDocument(RecordPage, View):
    """A memo's document, for those who may edit it."""

    model = Memo

    def get_object(self) -> Memo:
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
class MemoPreview(MemoDocument):
    """The memo as a page: as it is saved, or, when a form is posted, as it would be. Nothing is saved."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._preview(self.get_object())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = forms.MemoForm(request.POST, instance=self.get_object(), user=request.user)
        if form.is_valid():
            return self._preview(form.instance)
        return render(request, "outreach/memos/preview_errors.html", {"form": form})

    def _preview(self, memo: Memo) -> HttpResponse:
        with translation.override(memos.LANGUAGE):
            context = {**memos.memo_context(memo), "on_screen": True}
            return HttpResponse(printable(render_to_string(memos.TEMPLATE.format(kind=memo.kind), context)))


class MemoDownload(MemoDocument):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        memo = self.get_object()
        disposition = "attachment" if "hent" in request.GET else "inline"
        return HttpResponse(
            memos.memo_pdf(memo),
            content_type="application/pdf",
            headers={"Content-Disposition": f'{disposition}; filename="{file_name(memo)}"'},
        )


DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})


def file_name(memo: Memo) -> str:
    """notat-2020-11-06-roedovre-kultur-og-fritidsudvalget.pdf"""
    place = f"{memo.committee.municipality} {memo.committee.name}".translate(DANISH_LETTERS)
    return f"notat-{memo.date:%Y-%m-%d}-{slugify(place)}.pdf"
