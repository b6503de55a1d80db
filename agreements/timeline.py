"""The time line of an agreement, as numbers that an SVG template draws: meetings, milestones, what the state waits for.

Sideways everything is in per cent, so that the picture fits phone and desktop; up and down it is in pixels. Per cents
are texts: a template would write numbers the Danish way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .deadlines import Deadline
from .models import Agreement, Meeting

LANE = 50  # pixels from one lane to the next
TODAY = 18  # pixels for the word above today's line
DONE, LATE, AHEAD = "reached", "late", "ahead"  # as the signs of milestones are called


@dataclass(frozen=True)
class Event:
    """Something on a day: the lane it stands in, what it is, where it is read about, its state, and that in a word."""

    lane: str
    day: date
    name: str
    url: str
    state: str
    word: str


@dataclass(frozen=True)
class Mark:
    """The events of one lane and day."""

    x: str
    state: str
    words: str


@dataclass(frozen=True)
class Lane:
    name: str
    y: int
    marks: list[Mark]
    count: int


@dataclass(frozen=True)
class Year:
    """Where a year begins, and where its name stands."""

    name: str
    x: str
    middle: str


@dataclass(frozen=True)
class Timeline:
    """`today` is None when it lies outside. The agreement `ends` before the picture: it owes something afterwards."""

    lanes: list[Lane]
    events: list[Event]
    years: list[Year]
    today: str | None
    ends: str
    after: str
    height: int


def of_meetings(meetings: Iterable[Meeting], today: date) -> list[Event]:
    return [
        Event(str(each.body), each.held_on, str(each.body), each.get_absolute_url(), *_of_meeting(each, today))
        for each in meetings
    ]


def _of_meeting(meeting: Meeting, today: date) -> tuple[str, str]:
    if meeting.status == Meeting.Status.HELD:
        return DONE, str(Meeting.Status.HELD.label)
    return (LATE, _("Not confirmed")) if meeting.held_on < today else (AHEAD, str(Meeting.Status.PLANNED.label))


def of_milestones(milestones: Iterable[Any]) -> list[Event]:
    lane = _("Milestones")
    return [
        Event(lane, each.due_on, f"{each.area}: {each}", each.get_absolute_url(), each.state, str(each.state.label))
        for each in milestones
    ]


def of_deadlines(deadlines: Iterable[Deadline], today: date) -> list[Event]:
    lane, found = _("The state's deadlines"), []
    for each in deadlines:
        state = DONE if each.submission else LATE if each.is_overdue(today) else AHEAD
        word = {DONE: _("Handed in"), LATE: _("Not handed in"), AHEAD: _("Ahead")}[state]
        url = reverse("agreement_deadlines", args=[each.agreement.pk])
        found.append(Event(lane, each.due_on, f"{each.kind.label}, {each.year}", url, state, word))
    return found


def timeline(agreement: Agreement, lanes: Sequence[Sequence[Event]], today: date) -> Timeline:
    """Each of the lanes that has events, from the first day of the agreement to its last day or its last event."""
    lanes = [sorted(each, key=lambda event: event.day) for each in lanes if each]
    events = sorted((event for lane in lanes for event in lane), key=lambda event: event.day)
    first = agreement.starts_on
    last = max([agreement.ends_on, *[event.day for event in events]])
    last = date(last.year, 12, 31)
    days = (last - first).days or 1

    def share(day: date) -> float:
        return min(max((day - first).days / days, 0), 1)

    def at(day: date) -> str:
        return f"{100 * share(day):.2f}%"

    top = TODAY if first <= today <= last else 0
    return Timeline(
        lanes=[_lane(events, top + place * LANE, at) for place, events in enumerate(lanes)],
        events=events,
        years=[_year(max(date(year, 1, 1), first), at) for year in range(first.year, last.year + 1)],
        today=at(today) if top else None,
        ends=at(agreement.ends_on),
        after=f"{100 * (1 - share(agreement.ends_on)):.2f}%",
        height=top + len(lanes) * LANE,
    )


def _year(begin: date, at: Callable[[date], str]) -> Year:
    middle = begin + (date(begin.year, 12, 31) - begin) / 2
    return Year(str(begin.year), at(begin), at(middle))


def _lane(events: list[Event], y: int, at: Callable[[date], str]) -> Lane:
    """Those of one day are one mark, which is as late as the latest of them."""
    marks = []
    for day, group in groupby(events, key=lambda event: event.day):
        together = list(group)
        states = {event.state for event in together}
        state = next(each for each in (LATE, AHEAD, DONE) if each in states)
        said = ", ".join(dict.fromkeys(f"{event.name} ({event.word.lower()})" for event in together))
        marks.append(Mark(at(day), state, f"{date_format(day)}: {said}"))
    return Lane(events[0].lane, y, marks, len(events))
