import django_filters
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements import access
from agreements.filters.regional import RegionalFilter, municipality_filter
from initiatives.models import Story
from kulturmetropol.filters import Order
from outreach.models import ContactNote, FollowUp, NetworkEvent


class NetworkEventFilter(RegionalFilter):
    tid = django_filters.ChoiceFilter(
        method="at_time", choices=[("kommende", _("Coming")), ("tidligere", _("Past"))], label=_("When")
    )
    sorter = Order(
        navn=("name", _("Name")),
        dato=("starts_on", _("Date")),
        sted=("place", _("Place")),
        samtaler=("encounter_count", _("Encounters")),
    )
    search_fields = ("name", "place", "note", "participants__name", "encounters__whom")

    class Meta:
        model = NetworkEvent
        fields: list[str] = []

    def search(self, queryset, name, value):
        """An event is found once, however many of its people and encounters fit."""
        found = super().search(NetworkEvent.objects.order_by(), name, value)
        return queryset.filter(pk__in=found.values("pk"))

    def at_time(self, queryset, name, value):
        today = timezone.localdate()
        coming = Q(starts_on__gte=today) | Q(ends_on__gte=today)
        past = Q(starts_on__lt=today) & (Q(ends_on__isnull=True) | Q(ends_on__lt=today))
        return queryset.filter(coming if value == "kommende" else past)


class ContactNoteFilter(RegionalFilter):
    kommune = municipality_filter()
    hvordan = django_filters.ChoiceFilter(field_name="kind", choices=ContactNote.Kind, label=_("How"))
    fra = django_filters.DateFilter(field_name="contacted_on", lookup_expr="gte", label=_("From"))
    til = django_filters.DateFilter(field_name="contacted_on", lookup_expr="lte", label=_("To"))
    sorter = Order(
        dato=("contacted_on", _("Date")),
        kommune=("municipality__sort_order", _("Municipality")),
        hvordan=("kind", _("How")),
        med=("person__name", _("With")),
    )
    search_fields = ("municipality__name", "person__name", "text", "story__title")

    class Meta:
        model = ContactNote
        fields: list[str] = []


class FollowUpFilter(RegionalFilter):
    hvem = django_filters.ChoiceFilter(
        method="by_whom", choices=[("mine", pgettext_lazy("whose", "Mine"))], label=_("Mine or everybody's")
    )
    ansvarlig = django_filters.ModelChoiceFilter(
        field_name="owner", queryset=lambda request: access.colleagues(request.user), label=_("Who does it")
    )
    kommune = municipality_filter()
    status = django_filters.ChoiceFilter(
        method="by_state",
        choices=[("aabne", _("Open")), ("over", _("Overdue")), ("udfoert", _("Done"))],
        label=_("Status"),
    )
    sorter = Order(
        frist=("due_on", _("Due on")),
        tekst=("text", _("What is to be done")),
        kommune=("municipality__sort_order", _("Municipality")),
        ansvarlig=("owner__name", _("Who does it")),
        udfoert=("done_on", _("Done")),
    )
    search_fields = ("text", "municipality__name", "owner__name")

    class Meta:
        model = FollowUp
        fields: list[str] = []

    def by_whom(self, queryset, name, value):
        return queryset.filter(owner=self.request.user)

    def by_state(self, queryset, name, value):
        if value == "over":
            return queryset.due_before(timezone.localdate())
        return queryset.filter(done_on__isnull=value == "aabne")


class UnsentStoryFilter(RegionalFilter):
    kommune = municipality_filter()
    search_fields = ("title", "text", "municipality__name")

    class Meta:
        model = Story
        fields: list[str] = []
