import django_filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter
from agreements.models import OutgoingMail
from agreements.models.outbox import Trouble
from kulturmetropol.filters import Order


class OutgoingMailFilter(RegionalFilter):
    status = django_filters.ChoiceFilter(choices=OutgoingMail.Status, label=_("Status"))
    problem = django_filters.ChoiceFilter(choices=Trouble, method="in_trouble", label=_("Trouble"))
    sorter = Order(
        oprettet=("created_at", _("Created")),
        modtager=("recipient", _("To")),
        emne=("subject", _("Subject")),
    )
    search_fields = ("recipient", "subject")

    class Meta:
        model = OutgoingMail
        fields: list[str] = []

    def in_trouble(self, queryset, name, value):
        return queryset.in_trouble(value, timezone.now())
