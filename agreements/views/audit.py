"""The audit log, for admins to read. Nothing here changes it: only reading it as a file adds to it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404

from agreements import access
from agreements.filters.audit import AuditEventFilter
from agreements.models import AuditEvent, Person
from kulturmetropol.views import ListPage


class AuditEventList(ListPage):
    model = AuditEvent
    filterset_class = AuditEventFilter
    export_columns = [
        ("tidspunkt", "at"),
        ("hændelse", "get_kind_display"),
        ("hvem", "by_name"),
        ("om_hvem", "subject.name"),
        ("hvad", "about"),
        ("rækker", "rows"),
        ("kulturregion", "region.name"),
        ("anmodning", "request_id"),
    ]

    def require_reader(self) -> None:
        """It is there for readers to know of, and for admins to read."""
        if not access.may_read(self.request.user):
            raise Http404
        if not access.may_administer(self.request.user):
            raise PermissionDenied

    def get_queryset(self):
        return super().get_queryset().select_related("subject", "region")

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        events = list(context["object_list"])
        people = Person.objects.visible_to(self.request.user).in_bulk({each.person_id for each in events} - {None})
        return context | {
            "rows": [(each, people.get(each.person_id)) for each in events],
            "topics": [(name, title) for name, (title, _kinds) in AuditEvent.TOPICS.items()],
            "topic": self.request.GET.get("emne", ""),
            "several_regions": len(access.roles(self.request.user).administered) > 1,
        }
