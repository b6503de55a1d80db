import django_filters
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter, visible
from agreements.models import Municipality
from initiatives.models import Indicator, InitiativeArea, KeyFigure, Measurement, ResultTarget
from kulturmetropol.filters import Order


class IndicatorFilter(RegionalFilter):
    omraade = django_filters.ModelChoiceFilter(
        field_name="target__area", queryset=visible(InitiativeArea), label=_("Area")
    )
    maal = django_filters.ModelChoiceFilter(
        field_name="target", queryset=visible(ResultTarget), label=_("Result target")
    )
    art = django_filters.ChoiceFilter(field_name="kind", choices=Indicator.Kind, label=_("Kind"))
    sorter = Order(
        navn=("name", _("Name")),
        omraade=("target__area__position", _("Area")),
        frist=("target_on", _("To be reached on")),
    )
    search_fields = ("name", "unit", "target__text")

    class Meta:
        model = Indicator
        fields: list[str] = []


class MeasurementFilter(RegionalFilter):
    indikator = django_filters.ModelChoiceFilter(
        field_name="indicator", queryset=visible(Indicator), label=_("Indicator")
    )
    omraade = django_filters.ModelChoiceFilter(
        field_name="indicator__target__area", queryset=visible(InitiativeArea), label=_("Area")
    )
    kommune = django_filters.ModelChoiceFilter(
        field_name="municipality",
        to_field_name="code",
        queryset=Municipality.objects.all(),
        null_label=_("The whole region"),
        null_value="region",
        label=_("Municipality"),
    )
    fra = django_filters.DateFilter(field_name="measured_on", lookup_expr="gte", label=_("From"))
    til = django_filters.DateFilter(field_name="measured_on", lookup_expr="lte", label=_("To"))
    sorter = Order(
        dato=("measured_on", _("Date")),
        indikator=("indicator__name", _("Indicator")),
        kommune=("municipality__sort_order", _("Municipality")),
        vaerdi=("value", _("Value")),
    )
    search_fields = ("indicator__name", "note", "source", "municipality__name")

    class Meta:
        model = Measurement
        fields: list[str] = []


class KeyFigureFilter(RegionalFilter):
    omraade = django_filters.ModelChoiceFilter(field_name="area", queryset=visible(InitiativeArea), label=_("Area"))
    aar = django_filters.NumberFilter(field_name="year", label=_("Year"))
    sorter = Order(
        aar=("year", _("Year")),
        omraade=("area__position", _("Area")),
        navn=("name", _("Name")),
    )
    search_fields = ("name", "unit", "source")

    class Meta:
        model = KeyFigure
        fields: list[str] = []
