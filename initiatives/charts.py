"""Pictures of what took place and of what is planned, as numbers that an SVG template draws.

Sideways everything is in per cent, so that a picture fits phone and desktop while its text keeps its size; up and down
it is in pixels. Per cents are texts: a template would write numbers the Danish way.
"""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from initiatives.models import Activity, InitiativeArea, Milestone
from initiatives.progress import months_later

BARS = 46  # pixels of the highest bar
ABOVE_BARS = 28  # pixels for the name of the area
PANEL = ABOVE_BARS + BARS + 14  # pixels from one area to the next
MOST_MONTHS = 12  # with more, the bars are quarters
MOST_QUARTERS = 24  # with more, they are years


def in_figures(value: int) -> str:
    return number_format(value, force_grouping=True)


def percent(share: float) -> str:
    return f"{100 * share:.2f}%"


@dataclass(frozen=True)
class Tick:
    """A mark on the axis of time."""

    at: str
    label: str


class Step(StrEnum):
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class Period:
    """A month, a quarter or a year, from its first to its last day."""

    step: Step
    first: date

    @property
    def last(self) -> date:
        return months_later(self.first, MONTHS[self.step]) - timedelta(days=1)

    @property
    def quarter(self) -> int:
        return (self.first.month + 2) // 3

    @property
    def name(self) -> str:
        if self.step == Step.MONTH:
            return date_format(self.first, "F Y")
        words = {"quarter": self.quarter, "year": self.first.year}
        return str(self.first.year) if self.step == Step.YEAR else _("Q%(quarter)d %(year)d") % words


MONTHS = {Step.MONTH: 1, Step.QUARTER: 3, Step.YEAR: 12}


def periods(first: date, last: date) -> list[Period]:
    """All from the first to the last day, as short as there is room for."""
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    quarters = (last.year - first.year) * 4 + (last.month + 2) // 3 - (first.month + 2) // 3 + 1
    if months <= MOST_MONTHS:
        step, start = Step.MONTH, first.replace(day=1)
    elif quarters <= MOST_QUARTERS:
        step, start = Step.QUARTER, date(first.year, first.month - (first.month - 1) % 3, 1)
    else:
        step, start = Step.YEAR, date(first.year, 1, 1)
    found = [start]
    while (after := months_later(found[-1], MONTHS[step])) <= last:
        found.append(after)
    return [Period(step, each) for each in found]


def ticks(periods: Sequence[Period]) -> list[Tick]:
    """The name of each month; of quarters the year, in the middle of those that are shown of it."""
    width = 1 / len(periods)
    if periods[0].step == Step.MONTH:
        names = [date_format(each.first, "M").rstrip(".") for each in periods]
        return [Tick(percent((place + 0.5) * width), name) for place, name in enumerate(names)]
    found = []
    for year, group in groupby(enumerate(periods), key=lambda each: each[1].first.year):
        places = [place for place, _period in group]
        found.append(Tick(percent((sum(places) / len(places) + 0.5) * width), str(year)))
    return found


@dataclass(frozen=True)
class Bar:
    x: str
    width: str
    y: int
    height: int
    label: str


@dataclass(frozen=True)
class Panel:
    """One area's bars, under its name. They stand on the `ground`; the highest of all areas reaches to the `top`."""

    area: Any
    total: str
    y: int
    bars: list[Bar]

    @property
    def top(self) -> int:
        return self.y + ABOVE_BARS

    @property
    def ground(self) -> int:
        return self.top + BARS


@dataclass(frozen=True)
class Panels:
    """The areas one under the other, on one scale: `most` is the number at the top of each."""

    panels: list[Panel]
    most: str

    @property
    def height(self) -> int:
        return len(self.panels) * PANEL


def panels(
    areas: Sequence[Any], names: Sequence[str], values: Sequence[Sequence[int]], *, highest: int = 0
) -> Panels | None:
    """Of each area a number in each period, whose names are given; None where all are 0.

    `highest` is the highest number of what stands beside it on the same scale.
    """
    highest = max([highest, *(value for row in values for value in row)])
    if not highest:
        return None
    most, width = _round_up(highest), 1 / len(names)
    found = []
    for place, (area, row) in enumerate(zip(areas, values, strict=True)):
        bars = []
        for column, (name, value) in enumerate(zip(names, row, strict=True)):
            if value:
                height = max(1, round(BARS * value / most))
                y = place * PANEL + ABOVE_BARS + BARS - height
                x, wide = percent((column + 0.14) * width), percent(0.72 * width)
                bars.append(Bar(x, wide, y, height, f"{area}, {name}: {in_figures(value)}"))
        found.append(Panel(area, in_figures(sum(row)), place * PANEL, bars))
    return Panels(found, in_figures(most))


def _round_up(value: int) -> int:
    """The next of 1, 2, 3, 5, 10, 20, 30, 50, 100 …"""
    step = 1
    while True:
        for top in (step, 2 * step, 3 * step, 5 * step):
            if value <= top:
                return top
        step *= 10


@dataclass(frozen=True)
class Counted:
    """What took place period by period: of each area, in the order of `periods`."""

    areas: list[InitiativeArea]
    periods: list[Period]
    activities: list[list[int]]
    attendance: list[list[int]]
    uncounted: int  # activities of which nobody knows the attendance


def counted(activities: QuerySet[Activity], period: tuple[date, date] | None = None) -> Counted | None:
    """What took place, of the activities given; None where there are none. Two queries, however many there are.

    From the first activity to the last, or in all of the period that is given, which holds them.
    """
    rows = list(
        Activity.objects.filter(pk__in=activities.order_by().values("pk"))
        .order_by()
        .annotate(month=TruncMonth("held_on"))
        .values("month", "initiative__area")
        .annotate(held=Count("pk"), people=Sum("attendance"), counted=Count("attendance"))
        .order_by("month")
    )
    if not rows:
        return None
    columns = periods(*(period or (rows[0]["month"], rows[-1]["month"])))
    starts = [each.first for each in columns]
    areas = list(InitiativeArea.objects.filter(pk__in={row["initiative__area"] for row in rows}))
    of_area = {area.pk: place for place, area in enumerate(areas)}
    held, people = ([[0] * len(columns) for _area in areas] for _measure in range(2))
    for row in rows:
        place, column = of_area[row["initiative__area"]], bisect(starts, row["month"]) - 1
        held[place][column] += row["held"]
        people[place][column] += row["people"] or 0
    return Counted(areas, columns, held, people, sum(row["held"] - row["counted"] for row in rows))


@dataclass(frozen=True)
class ActivityChart:
    """Two pictures of the same periods, and what they show as a table."""

    counted: Counted
    ticks: list[Tick]
    activities: Panels
    attendance: Panels | None

    @property
    def step(self) -> Step:
        return self.counted.periods[0].step

    @property
    def rows(self) -> list[tuple[Period, list[int], int, list[int], int]]:
        """Each period with something in it: its activities by area and in all, and how many took part."""
        found = []
        for column, period in enumerate(self.counted.periods):
            held = [row[column] for row in self.counted.activities]
            people = [row[column] for row in self.counted.attendance]
            if any(held):
                found.append((period, held, sum(held), people, sum(people)))
        return found


def activity_chart(activities: QuerySet[Activity]) -> ActivityChart | None:
    found = counted(activities)
    if found is None:
        return None
    names = [each.name for each in found.periods]
    held = panels(found.areas, names, found.activities)
    assert held, "what is counted is at least one"  # noqa: S101
    return ActivityChart(found, ticks(found.periods), held, panels(found.areas, names, found.attendance))


@dataclass(frozen=True)
class Mark:
    """A milestone on the line of its area; `lane` keeps names that stand close from covering each other."""

    milestone: Milestone
    number: int
    x: str
    y: int
    label_left: bool


@dataclass(frozen=True)
class Line:
    area: InitiativeArea
    y: int
    height: int
    marks: list[Mark]

    @property
    def baseline(self) -> int:
        return self.y + 30


@dataclass(frozen=True)
class Timeline:
    lines: list[Line]
    ticks: list[Tick]
    today: str | None
    height: int


LANE = 26  # pixels from one name to the one under it
ABOVE = 34  # pixels for the name of the area
LETTER = 0.0082  # of the width: how much one letter takes on a desktop screen


def timeline(milestones: Sequence[Milestone], *, first: date, last: date, today: date) -> Timeline:
    """The milestones, in the order given, on one line for each area, from the first to the last day."""
    days = (last - first).days or 1

    def at(day: date) -> float:
        return min(max((day - first).days / days, 0), 1)

    numbered = list(enumerate(milestones, start=1))
    of_area: dict[InitiativeArea, list[tuple[int, Milestone]]] = defaultdict(list)
    for number, milestone in numbered:
        of_area[milestone.area].append((number, milestone))
    lines, y = [], 0
    for area in sorted(of_area, key=lambda each: (each.agreement_id, each.position)):
        lanes: list[float] = []  # where the last name in each lane ends
        marks = []
        for number, milestone in sorted(of_area[area], key=lambda each: each[1].due_on):
            place = at(milestone.due_on)
            room = 0.03 + LETTER * (len(milestone.title) + 4)
            left = place + room > 1
            start, end = (place - room, place + 0.02) if left else (place - 0.02, place + room)
            lane = next((lane for lane, taken in enumerate(lanes) if taken <= start), len(lanes))
            lanes[lane : lane + 1] = [end]
            marks.append(Mark(milestone, number, percent(place), y + ABOVE + lane * LANE + LANE // 2, left))
        height = ABOVE + len(lanes) * LANE + 8
        lines.append(Line(area, y, height, marks))
        y += height
    return Timeline(
        lines, _date_ticks(first, last, at), percent(at(today)) if first <= today <= last else None, max(y, 1)
    )


def _date_ticks(first: date, last: date, at) -> list[Tick]:
    """Each New Year; within one year, each quarter."""
    if first.year == last.year:
        return [
            Tick(percent(at(day)), date_format(day, "M"))
            for month in (1, 4, 7, 10)
            if (day := date(first.year, month, 1)) >= first
        ]
    return [Tick(percent(at(max(date(year, 1, 1), first))), str(year)) for year in range(first.year, last.year + 1)]
