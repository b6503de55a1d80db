"""Pictures of what took place and of what is planned, as numbers that an SVG template draws.

Sideways everything is in per cent, so that a picture fits phone and desktop while its text keeps its size; up and down
it is in pixels. Per cents are texts: a template would write numbers the Danish way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.formats import date_format

from initiatives.models import Activity, InitiativeArea, Milestone

HEIGHT = 140  # pixels of the highest bar
MOST_MONTHS = 48  # with more, the bars are years


def percent(share: float) -> str:
    return f"{100 * share:.2f}%"


@dataclass(frozen=True)
class Bar:
    """A part of a column: one area's share of it."""

    x: str
    width: str
    y: int
    height: int
    area: InitiativeArea
    label: str


@dataclass(frozen=True)
class Tick:
    """A mark on an axis; `at` in per cent on the axis of time, in pixels on the other."""

    at: str | int
    label: str


@dataclass
class Period:
    """A month, or a year where there are many months: what took place in it, by the id of the area."""

    first: date
    name: str
    activities: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    attendance: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    @property
    def total(self) -> int:
        return sum(self.activities.values())

    @property
    def people(self) -> int:
        return sum(self.attendance.values())


@dataclass(frozen=True)
class Bars:
    """One picture: bars in columns, with the marks of the axis that they are measured on."""

    bars: list[Bar]
    scale: list[Tick]


@dataclass(frozen=True)
class ActivityChart:
    """`by_year`: the columns are years and not months. `uncounted`: activities of which nobody knows the attendance."""

    areas: list[InitiativeArea]
    periods: list[Period]
    ticks: list[Tick]
    activities: Bars
    attendance: Bars
    by_year: bool
    uncounted: int

    @property
    def rows(self) -> list[tuple[Period, list[int]]]:
        """The same as a table: each period with something in it, and its activities by area."""
        return [
            (period, [period.activities[area.pk] for area in self.areas]) for period in self.periods if period.total
        ]


def activity_chart(activities: QuerySet[Activity]) -> ActivityChart | None:
    """What took place month by month and area by area, of the activities given; None where there are none.

    Two queries, however many activities there are.
    """
    found = list(
        Activity.objects.filter(pk__in=activities.order_by().values("pk"))
        .order_by()
        .annotate(month=TruncMonth("held_on"))
        .values("month", "initiative__area")
        .annotate(number=Count("pk"), people=Sum("attendance"), counted=Count("attendance"))
        .order_by("month")
    )
    if not found:
        return None
    periods, by_year = _periods(found[0]["month"], found[-1]["month"])
    of_month = {(each.first.year, 1 if by_year else each.first.month): each for each in periods}
    for row in found:
        period = of_month[row["month"].year, 1 if by_year else row["month"].month]
        period.activities[row["initiative__area"]] += row["number"]
        period.attendance[row["initiative__area"]] += row["people"] or 0
    areas = list(InitiativeArea.objects.filter(pk__in={row["initiative__area"] for row in found}))
    return ActivityChart(
        areas=areas,
        periods=periods,
        ticks=_month_ticks(periods, by_year=by_year),
        activities=_bars(areas, periods, [period.activities for period in periods]),
        attendance=_bars(areas, periods, [period.attendance for period in periods]),
        by_year=by_year,
        uncounted=sum(row["number"] - row["counted"] for row in found),
    )


def _periods(first: date, last: date) -> tuple[list[Period], bool]:
    """Every month from first to last, or every year; and which of the two."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    if count > MOST_MONTHS:
        return [Period(date(year, 1, 1), str(year)) for year in range(first.year, last.year + 1)], True
    months = [divmod(first.year * 12 + first.month - 1 + step, 12) for step in range(count)]
    days = [date(year, month + 1, 1) for year, month in months]
    return [Period(day, date_format(day, "F Y")) for day in days], False


def _month_ticks(periods: Sequence[Period], *, by_year: bool) -> list[Tick]:
    """A name under every column while there is room, then under the first one of each year."""
    width = 1 / len(periods)
    if by_year or len(periods) <= 12:
        names = [each.name if by_year else date_format(each.first, "M").rstrip(".") for each in periods]
        return [Tick(percent((place + 0.5) * width), name) for place, name in enumerate(names)]
    return [
        Tick(percent((place + 0.5) * width), str(each.first.year))
        for place, each in enumerate(periods)
        if each.first.month == 1 or (place == 0 and each.first.month < 10)
    ]


def _bars(areas: Sequence[InitiativeArea], periods: Sequence[Period], columns: Sequence[dict[int, int]]) -> Bars:
    top = _round_up(max(sum(column.values()) for column in columns))
    width = 1 / len(columns)
    bars = []
    for place, (period, column) in enumerate(zip(periods, columns, strict=True)):
        below = 0
        for area in areas:
            value = column[area.pk]
            # heights between rounded edges, so that parts of a column touch without a gap
            y, edge = (HEIGHT - round(HEIGHT * each / top) for each in (below + value, below))
            if edge > y:
                label = f"{period.name}, {area}: {value}"
                bars.append(Bar(percent((place + 0.14) * width), percent(0.72 * width), y, edge - y, area, label))
            below += value
    return Bars(bars, [Tick(0, str(top)), Tick(HEIGHT // 2, f"{top / 2:g}".replace(".", ","))])


def _round_up(value: int) -> int:
    """The next of 2, 4, 10, 20, 40, 100 …: its half is whole, too."""
    step = 1
    while True:
        for top in (2 * step, 4 * step, 10 * step):
            if value <= top:
                return top
        step *= 10


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
