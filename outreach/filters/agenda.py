from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter
from kulturmetropol.filters import Order
from outreach.models import AgendaLayout


class AgendaLayoutFilter(RegionalFilter):
    sorter = Order(kommune=("municipality__sort_order", _("Municipality")))
    search_fields = ("municipality__name", "core", "presentation", "recommendation")

    class Meta:
        model = AgendaLayout
        fields: list[str] = []
