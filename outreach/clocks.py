"""B2, the committee clock: when each member's committee last had the region on its agenda, and when it is due again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q, QuerySet

from agreements.choosing import edited_at_hand
from agreements.models import Agreement, Body, Meeting, Membership, Municipality
from initiatives.progress import months_later

SOON = timedelta(days=28)


class State(StrEnum):
    """The most urgent first. The values stand in addresses, so they are Danish."""

    RED = "roed"
    MISSING = "mangler"
    AMBER = "gul"
    GREEN = "groen"


@dataclass(frozen=True)
class Clock:
    """How long ago a committee had the region on its agenda; of a member without a committee, that it has none."""

    membership: Membership
    committee: Body | None
    last: Meeting | None
    next: Meeting | None
    today: date

    @property
    def municipality(self) -> Municipality:
        return self.membership.municipality

    @property
    def agreement(self) -> Agreement:
        return self.membership.agreement

    @property
    def interval(self) -> int:
        """Months."""
        return self.committee.status_interval_months if self.committee else 0

    @property
    def since(self) -> date:
        """What the clock runs from: the last time on the agenda, or that the municipality became a member."""
        return self.last.held_on if self.last else self.membership.joined_on

    @property
    def due_on(self) -> date:
        return months_later(self.since, self.interval)

    @property
    def state(self) -> State:
        if self.committee is None:
            return State.MISSING
        if self.due_on < self.today:
            return State.AMBER if self.next else State.RED
        if self.due_on <= self.today + SOON and not self.next:
            return State.AMBER
        return State.GREEN

    @property
    def weeks(self) -> int:
        """Whole weeks since it was last on the agenda."""
        return max(0, (self.today - self.since).days // 7)

    @property
    def days_over(self) -> int:
        return max(0, (self.today - self.due_on).days)

    @property
    def share(self) -> float:
        """How much of the interval has passed, in percent from 0 to 100."""
        whole = (self.due_on - self.since).days or 1
        return min(100.0, max(0.0, (self.today - self.since).days / whole * 100))


def clocks(user: Any, today: date) -> list[Clock]:
    """The clocks of all members of the regions that the user edits, the most urgent first. Three queries."""
    members = _members(edited_at_hand(user), today)
    committees = _committees(members)
    meetings = _on_agenda(each for of_member in committees.values() for each in of_member)
    found = []
    for key, membership in members.items():
        for committee in committees.get(key) or [None]:
            own = meetings.get(committee.pk, []) if committee else []
            found.append(
                Clock(
                    membership=membership,
                    committee=committee,
                    last=next((each for each in reversed(own) if _is_held(each, today)), None),
                    next=next((each for each in own if _is_coming(each, today)), None),
                    today=today,
                )
            )
    return sorted(found, key=_urgency)


def unconfirmed(user: Any, today: date) -> QuerySet[Meeting]:
    """Committee meetings that were to have the region on the agenda, and of which nobody has said: it was held."""
    return (
        Meeting.objects.editable_by(user)
        .about_chosen(user)
        .filter(body__kind=Body.Kind.COMMITTEE, region_on_agenda=True, status=Meeting.Status.PLANNED, held_on__lt=today)
        .order_by("held_on", "pk")
    )


def _urgency(clock: Clock) -> tuple:
    name = clock.committee.name if clock.committee else ""
    return list(State).index(clock.state), clock.due_on, clock.municipality.sort_order, name


type Key = tuple[int, int]  # culture region, municipality


def _members(regions: set[int], today: date) -> dict[Key, Membership]:
    """The memberships of today in agreements that go on; of a municipality in two of them the earlier one."""
    memberships = (
        Membership.objects.on(today)
        .filter(agreement__culture_region__in=regions)
        .exclude(agreement__status=Agreement.Status.ENDED)
        .select_related("agreement", "municipality")
        .order_by("joined_on", "pk")
    )
    found: dict[Key, Membership] = {}
    for each in memberships:
        found.setdefault((each.agreement.culture_region_id, each.municipality_id), each)
    return found


def _committees(members: Iterable[Key]) -> dict[Key, list[Body]]:
    wanted = Q(pk__in=[])
    for region, municipality in members:
        wanted |= Q(culture_region=region, municipality=municipality)
    found: dict[Key, list[Body]] = {}
    for each in Body.objects.filter(wanted, kind=Body.Kind.COMMITTEE).order_by("name"):
        found.setdefault((each.culture_region_id, each.municipality_id), []).append(each)
    return found


def _on_agenda(committees: Iterable[Body]) -> dict[int, list[Meeting]]:
    """By committee its meetings with the region on the agenda that are not cancelled, the earliest first."""
    meetings = (
        Meeting.objects.filter(body__in=[each.pk for each in committees], region_on_agenda=True)
        .exclude(status=Meeting.Status.CANCELLED)
        .order_by("held_on", "pk")
    )
    found: dict[int, list[Meeting]] = {}
    for each in meetings:
        found.setdefault(each.body_id, []).append(each)
    return found


def _is_held(meeting: Meeting, today: date) -> bool:
    return meeting.status == Meeting.Status.HELD and meeting.held_on <= today


def _is_coming(meeting: Meeting, today: date) -> bool:
    return meeting.status == Meeting.Status.PLANNED and meeting.held_on >= today
