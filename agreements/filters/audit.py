import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.filters.regional import AdminFilter
from agreements.models import AuditEvent
from agreements.models.audit import users_of
from kulturmetropol.accounts.models import User
from kulturmetropol.filters import Order


def people(request):
    """Who belongs to the regions that the user administers; all, for superusers."""
    if request.user.is_superuser:
        return User.objects.all()
    belongs = Q()
    for users in users_of(access.roles(request.user).administered):
        belongs |= Q(pk__in=users)
    return User.objects.filter(belongs)


class AuditEventFilter(AdminFilter):
    emne = django_filters.ChoiceFilter(
        method="of_topic",
        choices=[(name, title) for name, (title, _kinds) in AuditEvent.TOPICS.items()],
        label=_("Topic"),
    )
    art = django_filters.ChoiceFilter(field_name="kind", choices=AuditEvent.Kind, label=_("Event"))
    person = django_filters.ModelChoiceFilter(method="about_somebody", queryset=people, label=_("Person"))
    fra = django_filters.DateFilter(field_name="at", lookup_expr="date__gte", label=_("From"))
    til = django_filters.DateFilter(field_name="at", lookup_expr="date__lte", label=_("To"))
    sorter = Order(tid=("at", _("Time")), haendelse=("kind", _("Event")), hvem=("by_name", _("Who")))
    search_fields = ("about", "by_name", "subject__name")

    class Meta:
        model = AuditEvent
        fields: list[str] = []

    def in_region(self, queryset, name, value):
        return queryset.filter(region=value)

    def of_topic(self, queryset, name, value):
        return queryset.filter(kind__in=AuditEvent.TOPICS[value][1])

    def about_somebody(self, queryset, name, value):
        return queryset.about_somebody(value)
