import django_filters
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter
from agreements.models import Municipality
from kulturmetropol.filters import Order
from outreach.models import StatusNote


class StatusNoteFilter(RegionalFilter):
    kommune = django_filters.ModelChoiceFilter(
        field_name="municipality",
        to_field_name="code",
        queryset=lambda request: Municipality.objects.filter(
            pk__in=StatusNote.objects.visible_to(request.user).values("municipality")
        ),
        label=_("Municipality"),
    )
    status = django_filters.ChoiceFilter(choices=StatusNote.Status.choices, label=_("Status"))
    fra = django_filters.DateFilter(field_name="month", lookup_expr="gte", label=_("From"))
    til = django_filters.DateFilter(field_name="month", lookup_expr="lte", label=_("To"))
    sorter = Order(
        maaned=("month", _("Month")),
        kommune=("municipality__sort_order", _("Municipality")),
        moede=("meeting__held_on", _("Meeting")),
        offentliggjort=("published_on", _("Published")),
    )
    search_fields = ("text", "municipality__name")

    class Meta:
        model = StatusNote
        fields: list[str] = []
