import django_filters
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter, municipality_filter
from kulturmetropol.filters import Order
from outreach.models import Memo


class MemoFilter(RegionalFilter):
    slags = django_filters.ChoiceFilter(field_name="kind", choices=Memo.Kind, label=_("Kind"))
    status = django_filters.ChoiceFilter(choices=Memo.Status, label=_("Status"))
    kommune = municipality_filter()
    sorter = Order(
        dato=("date", _("Date")),
        kommune=("place_order", _("Municipality")),
        jnr=("case_number", _("Case number")),
    )
    search_fields = (
        "committee__name",
        "committee__municipality__name",
        "municipality__name",
        "case_number",
        "case_officer",
    )

    class Meta:
        model = Memo
        fields: list[str] = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.filters["kommune"].method = self.to_municipality
        self.queryset = self.queryset.annotate(
            place_order=Coalesce("committee__municipality__sort_order", "municipality__sort_order")
        )

    def to_municipality(self, memos, _name, place):
        return memos.filter(Q(committee__municipality=place) | Q(municipality=place))
