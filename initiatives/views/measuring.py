from django.utils import timezone

from initiatives import progress
from initiatives.filters import measuring as filters
from initiatives.forms import measuring as forms
from initiatives.imports import MEASUREMENT_COLUMNS, MeasurementImport
from initiatives.models import Indicator, KeyFigure, Measurement
from kulturmetropol.views import CreatePage, DetailPage, ListPage, UpdatePage


class IndicatorList(ListPage):
    model = Indicator
    filterset_class = filters.IndicatorFilter
    export_columns = [
        ("aftale", "target.area.agreement.name"),
        ("indsatsområde", "target.area.name"),
        ("resultatmål", "target.text"),
        ("navn", "name"),
        ("art", "get_kind_display"),
        ("enhed", "unit"),
        ("udgangspunkt", "baseline"),
        ("udgangspunkt målt", "baseline_on"),
        ("mål", "target_value"),
        ("skal være nået", "target_on"),
        ("ønsket udvikling", "get_desired_trend_display"),
        ("måneder mellem målinger", "interval_months"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("target__area__agreement")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        for each in progress.progress_of(context["object_list"], timezone.localdate()):
            each.indicator.progress = each
        return context


class IndicatorDetail(DetailPage):
    model = Indicator

    def get_queryset(self):
        return super().get_queryset().select_related("target__area__agreement__culture_region")

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        measurements = self.object.measurements.of_place(None).select_related("entered_by")
        return super().get_context_data(
            progress=progress.progress_of([self.object], today)[0],
            measurements=measurements,
            line=progress.trend_line(self.object, measurements),
            by_municipality=progress.progress_by_municipality(self.object, today),
            initiatives=self.object.initiatives.select_related("manager"),
            measurable=Measurement.is_creatable_by(self.request.user),
            **kwargs,
        )


class IndicatorCreate(CreatePage):
    model = Indicator
    form_class = forms.IndicatorForm
    initial_from = {"maal": "target", "indsats": "initiatives"}


class IndicatorUpdate(UpdatePage):
    model = Indicator
    form_class = forms.IndicatorForm


class MeasurementList(ListPage):
    model = Measurement
    filterset_class = filters.MeasurementFilter
    export_columns = MEASUREMENT_COLUMNS
    import_kind = MeasurementImport

    def get_queryset(self):
        return super().get_queryset().select_related("indicator__target__area", "municipality", "entered_by")


class MeasurementDetail(DetailPage):
    model = Measurement

    def get_queryset(self):
        related = ("indicator__target__area__agreement__culture_region", "municipality", "entered_by")
        return super().get_queryset().select_related(*related)


class MeasurementCreate(CreatePage):
    model = Measurement
    form_class = forms.MeasurementForm
    initial_from = {"indikator": "indicator", "dato": "measured_on", "kilde": "source", "kommune": "municipality"}
    next_keeps = ("indicator", "measured_on", "source")


class MeasurementUpdate(UpdatePage):
    model = Measurement
    form_class = forms.MeasurementForm


class KeyFigureList(ListPage):
    model = KeyFigure
    filterset_class = filters.KeyFigureFilter
    export_columns = [
        ("aftale", "area.agreement.name"),
        ("indsatsområde", "area.name"),
        ("år", "year"),
        ("navn", "name"),
        ("værdi", "value"),
        ("enhed", "unit"),
        ("kilde", "source"),
    ]

    def get_queryset(self):
        return super().get_queryset().select_related("area")


class KeyFigureDetail(DetailPage):
    model = KeyFigure


class KeyFigureCreate(CreatePage):
    model = KeyFigure
    form_class = forms.KeyFigureForm
    initial_from = {"omraade": "area", "aar": "year"}


class KeyFigureUpdate(UpdatePage):
    model = KeyFigure
    form_class = forms.KeyFigureForm
