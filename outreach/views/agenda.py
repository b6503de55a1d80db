"""The headings of each municipality's agenda items, and a memo under them."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.generic import DetailView

from kulturmetropol.views import CreatePage, DetailPage, ListPage, UpdatePage
from outreach import memos
from outreach.filters.agenda import AgendaLayoutFilter
from outreach.forms.agenda import AgendaLayoutForm
from outreach.memos.item import item, layout_for
from outreach.models import AgendaLayout

from .memos import MemoPage

PARTS = ["core", "presentation", "recommendation", "law", "economy", "timetable", "annexes", "decision"]


class AgendaLayoutList(ListPage):
    model = AgendaLayout
    filterset_class = AgendaLayoutFilter
    export_columns = [
        ("kommunekode", "municipality.code"),
        ("kommune", "municipality.name"),
        *[(f"{part}", part) for part in PARTS],
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("municipality", "culture_region")


class AgendaLayoutDetail(DetailPage):
    model = AgendaLayout


class AgendaLayoutCreate(CreatePage):
    model = AgendaLayout
    form_class = AgendaLayoutForm
    initial_from = {"kommune": "municipality", "kulturregion": "culture_region"}


class AgendaLayoutUpdate(UpdatePage):
    model = AgendaLayout
    form_class = AgendaLayoutForm


class MemoItem(MemoPage, DetailView):
    """The memo as it is pasted into a committee's agenda: of an issued one the text that was issued."""

    template_name_suffix = "_item"

    def get(self, request, *args, **kwargs) -> HttpResponse:
        self.object = memo = self.get_object()
        may_edit = memo.is_editable_by(request.user)
        if memo.is_withdrawn and not may_edit:
            return redirect(memo)
        if memo.is_draft:
            said = memos.payload(memo)
            text = memos.body(said)
        else:
            said, text = memo.document.payload, memo.document.html
        return self.render_to_response(
            self.get_context_data(
                parts=item(memo, said, text, memos.LANGUAGE),
                layout=layout_for(memo),
                editable_layout=bool(memo.place) and may_edit,
            )
        )
