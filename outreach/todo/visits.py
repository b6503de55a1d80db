"""What a visit needs before it and after it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from agreements.choosing import edited_at_hand
from kulturmetropol.todo import SOON, Todo
from outreach import matching
from outreach.models import Visit

READY = timedelta(days=7)  # before the visit: who travels is known, and the host has confirmed
TOLD = timedelta(days=7)  # after the visit: what came of it is written


def todos(user, today: date) -> list[Todo]:
    """Two queries, and two more about candidates where somebody is missing."""
    regions = edited_at_hand(user)
    visits = Visit.objects.filter(culture_region__in=regions).select_related("host")
    kinds = Visit.Status
    soon = today + READY + timedelta(days=SOON)
    open_ones = visits.filter(
        Q(status__in=[kinds.PLANNED, kinds.OFFERED], held_on__lte=soon)
        | Q(status=kinds.CONFIRMED, held_on__lt=today)
        | Q(status=kinds.HELD, outcome="")
    )
    return [*_without_ambassador(visits, regions, today), *map(_what_is_open, open_ones)]


def _without_ambassador(visits, regions, today: date) -> Iterator[Todo]:
    missing = list(visits.ahead().filter(held_on__gte=today).without_ambassador())
    members = matching.candidates(regions, today) if missing else {}
    for visit in missing:
        best = matching.rank(visit.host, members.get(visit.culture_region_id, []))[:1]
        yield Todo(
            key=f"visit-{visit.pk}-ambassador",
            title=_("Visit to %(host)s lacks an ambassador") % {"host": visit.host},
            note=best[0].because if best else _on(visit),
            due_on=visit.held_on - READY,
            url=f"{visit.get_absolute_url()}#ambassadors",
            verb=pgettext("ambassador", "Choose"),
        )


def _what_is_open(visit: Visit) -> Todo:
    words, note, page = {"host": visit.host}, _on(visit), visit.get_absolute_url()
    if visit.status == Visit.Status.HELD:
        title = _("What came of the visit to %(host)s?") % words
        write = f"{reverse('visit_update', args=[visit.pk])}#id_outcome"
        return Todo(f"visit-{visit.pk}-outcome", title, note, visit.held_on + TOLD, write, _("Write it"))
    if visit.status == Visit.Status.CONFIRMED:
        title = _("Was the visit to %(host)s held?") % words
        return Todo(f"visit-{visit.pk}-held", title, note, visit.held_on, page, _("See the visit"))
    title = _("Visit to %(host)s is not confirmed") % words
    return Todo(f"visit-{visit.pk}-confirm", title, note, visit.held_on - READY, page, _("See the visit"))


def _on(visit: Visit) -> str:
    return _("Tour-de-Kommune, %(day)s") % {"day": date_format(visit.held_on)}
