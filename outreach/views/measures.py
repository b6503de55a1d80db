from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views import View
from django.views.generic import DetailView
from django.views.generic.edit import FormMixin

from kulturmetropol.spreadsheets import DANISH_LETTERS
from kulturmetropol.views import CreatePage, DetailPage, ListPage, RecordPage, UpdatePage, short
from outreach import measures
from outreach.actions import measures as actions
from outreach.filters import measures as filters
from outreach.forms import measures as forms
from outreach.models import Measure, MeasureList, OpenQuestion


class MeasureIndex(ListPage):
    """The measures of one agreement, as its list has them: the outward ones, then the inward ones."""

    model = Measure
    filterset_class = filters.MeasureFilter
    paginate_by = 100
    export_columns = [
        ("aftale", "list.agreement.name"),
        ("nummer", "code"),
        ("retning", "get_direction_display"),
        ("tiltag", "title"),
        ("indledning", "introduction"),
        ("punkter", "points"),
        ("status", "get_status_display"),
        ("begrundelse", "status_reason"),
        ("ansvarlig", "responsible.name"),
        ("foreslået_af", "origin.body.name"),
        ("foreslået_den", "origin.held_on"),
        ("åbne_spørgsmål", "open_count"),
    ]

    def get_queryset(self):
        is_open = Count("questions", filter=Q(questions__answer=""), distinct=True)
        return (
            super()
            .get_queryset()
            .annotate(open_count=is_open)
            .select_related("list__agreement", "responsible", "origin__body")
            .order_by(*self.model._meta.ordering)
        )

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        agreement = self.filterset.agreement
        shown = (
            MeasureList.objects.visible_to(self.request.user)
            .filter(agreement=agreement)
            .select_related("agreement__culture_region", "agenda_item__meeting__body__municipality")
            .first()
        )
        return context | {
            "agreement": agreement,
            "list": shown,
            "may_edit_list": shown and shown.is_editable_by(self.request.user),
            "unprintable": measures.signs_without_print(shown) if shown else [],
        }


class MeasureDetail(DetailPage):
    model = Measure

    def get_queryset(self):
        return (
            super()
            .get_queryset()
            .select_related("list__agreement__culture_region", "origin__body__municipality", "responsible")
        )

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            questions=self.object.questions.select_related("meeting__body__municipality"),
            runs_url=measures.where_it_runs(self.object),
            runs_count=measures.how_much_runs(self.object, self.request.user),
            **kwargs,
        )


class MeasureCreate(CreatePage):
    model = Measure
    form_class = forms.MeasureForm
    initial_from = {"liste": "list", "retning": "direction"}


class MeasureUpdate(UpdatePage):
    model = Measure
    form_class = forms.MeasureForm


class OpenQuestionCreate(CreatePage):
    model = OpenQuestion
    form_class = forms.OpenQuestionForm
    initial_from = {"tiltag": "measure"}


class OpenQuestionUpdate(UpdatePage):
    model = OpenQuestion
    form_class = forms.OpenQuestionForm


class OpenQuestionAnswer(UpdatePage):
    """A meeting's answer, with its date."""

    model = OpenQuestion
    form_class = forms.AnswerForm
    template_name_suffix = "_answer"

    def get_initial(self):
        return {} if self.object.answered_on else {"answered_on": timezone.localdate()}


class MeasureListCreate(CreatePage):
    model = MeasureList
    form_class = forms.MeasureListForm
    initial_from = {"aftale": "agreement"}


class MeasureListUpdate(UpdatePage):
    model = MeasureList
    form_class = forms.MeasureListForm


class MeasureListAgenda(FormMixin, RecordPage, DetailView):
    """Puts the list on the agenda of a coming meeting of the chairmanship."""

    model = MeasureList
    form_class = forms.AgendaForm
    template_name_suffix = "_agenda"

    def get_object(self, queryset=None):
        measure_list = super().get_object(queryset)
        self.require_editor(measure_list)
        return measure_list

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"measure_list": self.object}

    def post(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        self.object = self.get_object()
        form = self.get_form()
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form))
        item = actions.put_on_agenda(measure_list=self.object, meeting=form.cleaned_data["meeting"])
        what = {"record": short(self.object), "meeting": item.meeting}
        messages.success(request, _("“%(record)s” is on the agenda: %(meeting)s.") % what)
        return redirect(item)


class MeasureListDownload(RecordPage, View):
    """The list as a PDF, for those who may edit it."""

    model = MeasureList

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        measure_list = get_object_or_404(self.get_queryset(), pk=pk)
        self.require_editor(measure_list)
        disposition = "attachment" if "hent" in request.GET else "inline"
        name = slugify(measure_list.title.translate(DANISH_LETTERS)) or "tiltag"
        return HttpResponse(
            measures.measures_pdf(measure_list),
            content_type="application/pdf",
            headers={"Content-Disposition": f'{disposition}; filename="{name}.pdf"'},
        )
