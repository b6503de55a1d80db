from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter, municipality_filter
from kulturmetropol.filters import Order
from outreach.models import Memo


class MemoFilter(RegionalFilter):
    kommune = municipality_filter("committee__municipality")
    sorter = Order(
        dato=("date", _("Date")),
        kommune=("committee__municipality__sort_order", _("Municipality")),
        jnr=("case_number", _("Case number")),
    )
    search_fields = ("committee__name", "committee__municipality__name", "case_number", "case_officer")

    class Meta:
        model = Memo
        fields: list[str] = []
