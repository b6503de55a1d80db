"""What chairs and culture heads see of the status notes of their own municipality, and what they may ask for."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from agreements import access
from agreements.models import Body, Meeting
from outreach.models import StatusNote

NOTES_SHOWN = 3


@dataclass(frozen=True)
class Asking:
    """For the start page: the nearest meeting without a note, by when one would be ready, and how the notes stand."""

    committees: list[Body]
    meeting: Meeting | None
    ready_on: date | None
    with_papers: bool
    asked_for: list[StatusNote]
    published: list[StatusNote]


def own_committees(user: Any) -> QuerySet[Body]:
    """The committees of the municipalities that the user is chair or culture head of."""
    own = Q(pk__in=[])
    for region, municipality in access.roles(user).represented:
        own |= Q(culture_region=region, municipality=municipality)
    return Body.objects.filter(own, kind=Body.Kind.COMMITTEE).order_by("municipality__sort_order", "name")


def asking(user: Any, today: date) -> Asking:
    """Four queries at most."""
    committees = list(own_committees(user))
    notes = StatusNote.objects.about_chosen(user).select_related("municipality", "meeting__body__municipality")
    meeting = nearest_meeting(committees, today) if committees else None
    wished = StatusNote(meeting=meeting, requested_on=today)
    ready_on = wished.due_on
    return Asking(
        committees=committees,
        meeting=meeting,
        ready_on=ready_on,
        with_papers=bool(meeting and (meeting.held_on - ready_on).days == meeting.body.papers_days_before),
        asked_for=list(
            notes.asked_for_by(user).exclude(status=StatusNote.Status.PUBLISHED).order_by("-month")[:NOTES_SHOWN]
        ),
        published=list(notes.visible_to(user).published().order_by("-month")[:NOTES_SHOWN]),
    )


def nearest_meeting(committees: list[Body], today: date) -> Meeting | None:
    """The next meeting that nobody has asked for a note before."""
    asked = StatusNote.objects.current().filter(meeting=OuterRef("pk"))
    meetings = Meeting.objects.filter(
        ~Exists(asked), body__in=[each.pk for each in committees], status=Meeting.Status.PLANNED, held_on__gt=today
    )
    return meetings.order_by("held_on", "pk").first()
