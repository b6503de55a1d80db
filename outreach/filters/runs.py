import django_filters
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter
from kulturmetropol.filters import Order
from outreach.models import MemoRun


class MemoRunFilter(RegionalFilter):
    status = django_filters.ChoiceFilter(choices=MemoRun.Status, label=_("Status"))
    sorter = Order(
        startet=("created_at", _("Started")),
        dato=("date", _("Date")),
        jnr=("case_number", _("Case number")),
    )
    search_fields = ("case_number", "case_officer")

    class Meta:
        model = MemoRun
        fields: list[str] = []
