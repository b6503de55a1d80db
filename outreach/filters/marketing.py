import django_filters
from django.utils.translation import gettext_lazy as _

from agreements.filters.regional import RegionalFilter
from kulturmetropol.filters import Order
from outreach.models import SocialLink, Subscription
from outreach.models.marketing import STATES


class SocialLinkFilter(RegionalFilter):
    kanal = django_filters.ChoiceFilter(field_name="channel", choices=SocialLink.Channel, label=_("Channel"))
    sorter = Order(kanal=("channel", _("Channel")), adresse=("url", _("Address")))
    search_fields = ("url",)

    class Meta:
        model = SocialLink
        fields: list[str] = []


class SubscriptionFilter(RegionalFilter):
    stand = django_filters.ChoiceFilter(
        choices=[("confirmed", _("Confirmed")), ("waiting", _("Not confirmed")), ("unsubscribed", _("Unsubscribed"))],
        method="by_state",
        label=_("State"),
    )
    sorter = Order(
        mail=("email", _("E-mail")),
        bedt=("requested_at", _("Asked on")),
        bekraeftet=("confirmed_at", _("Confirmed on")),
    )
    search_fields = ("email",)

    class Meta:
        model = Subscription
        fields: list[str] = []

    def by_state(self, queryset, name, value):
        return queryset.filter(STATES[value])
