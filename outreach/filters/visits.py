import django_filters
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter, municipality_filter
from kulturmetropol.filters import Order
from outreach.models import Visit


class YearsWithVisits(django_filters.ChoiceFilter):
    """Offers the years in which there are visits that the user may see."""

    @property
    def field(self):
        if not hasattr(self, "_field"):
            days = Visit.objects.visible_to(self.parent.request.user).dates("held_on", "year", order="DESC")
            self.extra["choices"] = [(str(day.year), str(day.year)) for day in days]
        return super().field


class VisitFilter(RegionalFilter):
    status = django_filters.ChoiceFilter(choices=Visit.Status.choices, label=_("Status"))
    kommune = municipality_filter("host")
    aar = YearsWithVisits(field_name="held_on", lookup_expr="year", label=_("Year"))
    sorter = Order(
        dato=("held_on", _("Date")),
        kommune=("host__sort_order", _("Municipality")),
        status=("status", _("Status")),
    )
    search_fields = ("host__name", "body__name", "place", "talking_points", "outcome")

    class Meta:
        model = Visit
        fields: list[str] = []
