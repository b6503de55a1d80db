"""How an indicator is going, worked out from its measurements: never stored, and never averaged over unlike indicators.

A figure of one municipality stands alone: baseline and goal of an indicator are the whole region's. Where only
municipalities have figures, the region has none; how many municipalities have some is told, and no sum is invented.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from django.db.models import Count, F, Window, prefetch_related_objects
from django.db.models.functions import RowNumber
from django.utils.functional import cached_property
from django.utils.translation import pgettext_lazy

from agreements.models import Municipality

from .models import Indicator, Measurement, ResultTarget


class Movement(StrEnum):
    FORWARD = "forward"
    BACKWARD = "backward"
    UNCHANGED = "unchanged"

    @property
    def word(self) -> str:
        return MOVEMENT_WORDS[self]


MOVEMENT_WORDS = {
    Movement.FORWARD: pgettext_lazy("progress", "progress"),
    Movement.BACKWARD: pgettext_lazy("progress", "setback"),
    Movement.UNCHANGED: pgettext_lazy("progress", "unchanged"),
}


def share_of_way(baseline: Decimal | None, goal: Decimal | None, value: Decimal | None) -> Decimal | None:
    """How much of the way from baseline to goal has been gone: 0 at the baseline, 1 at the goal.

    Below 0 where it has gone backwards, above 1 where it has gone past the goal; None where there is no such way.
    """
    if baseline is None or goal is None or value is None or baseline == goal:
        return None
    return (value - baseline) / (goal - baseline)


def movement(trend: str, before: Decimal, value: Decimal, level: Decimal) -> Movement:
    """Which way a figure has moved, as the desired trend sees it. `level` is what is to be kept, where that is it."""
    if trend == Indicator.Trend.KEEP:
        gained = abs(before - level) - abs(value - level)
    else:
        gained = value - before if trend == Indicator.Trend.UP else before - value
    if gained == 0:
        return Movement.UNCHANGED
    return Movement.FORWARD if gained > 0 else Movement.BACKWARD


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last where it has no such day. The last day leads to the last day."""
    count = day.year * 12 + day.month - 1 + months
    year, month = count // 12, count % 12 + 1
    last = monthrange(year, month)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, month, last if is_last else min(day.day, last))


def months_between(earlier: date, later: date) -> int:
    """Whole months from one day to the other."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months if months_later(earlier, months) <= later else months - 1


def is_stale(measured_on: date, interval_months: int, day: date) -> bool:
    """Whether a figure is older on `day` than the months there are to be between measurements."""
    return day > months_later(measured_on, interval_months)


@dataclass(frozen=True)
class Progress:
    """An indicator on a day, for the whole region or one municipality. `before` is the measurement before `latest`."""

    indicator: Indicator
    day: date
    municipality: Municipality | None = None
    latest: Measurement | None = None
    before: Measurement | None = None
    municipalities_measured: int = 0

    @property
    def value(self) -> Decimal | None:
        return self.latest.value if self.latest else None

    @property
    def words(self) -> str:
        return self.latest.note if self.latest and self.indicator.is_in_words else ""

    @property
    def baseline(self) -> Decimal | None:
        return None if self.municipality else self.indicator.baseline

    @property
    def goal(self) -> Decimal | None:
        return None if self.municipality else self.indicator.target_value

    @property
    def share(self) -> Decimal | None:
        return share_of_way(self.baseline, self.goal, self.value)

    @property
    def percent(self) -> int | None:
        """The share in whole percent, cut off and not rounded: 100 is said once the goal is reached, and not before."""
        return None if self.share is None else int((self.share * 100).to_integral_value("ROUND_FLOOR"))

    @property
    def is_behind_baseline(self) -> bool:
        return self.share is not None and self.share < 0

    @property
    def compared_with(self) -> tuple[Decimal, date] | None:
        """The figure that came before the latest and its day: the measurement before, else the baseline."""
        if self.before and self.before.value is not None:
            return self.before.value, self.before.measured_on
        if self.baseline is not None and self.latest and self.indicator.baseline_on < self.latest.measured_on:
            return self.baseline, self.indicator.baseline_on
        return None

    @property
    def movement(self) -> Movement | None:
        """Which way the figure has moved since the one before it; None where there is nothing to compare."""
        if self.value is None or self.compared_with is None:
            return None
        before, _day = self.compared_with
        level = next((each for each in (self.goal, self.baseline) if each is not None), before)
        return movement(self.indicator.desired_trend, before, self.value, level)

    @property
    def age_months(self) -> int | None:
        return months_between(self.latest.measured_on, self.day) if self.latest else None

    @property
    def is_stale(self) -> bool:
        """Older than the indicator's interval. Once the agreement has ended nobody is expected to measure on."""
        if not self.latest:
            return False
        expected_until = min(self.day, self.indicator.target.area.agreement.ends_on)
        return is_stale(self.latest.measured_on, self.indicator.interval_months, expected_until)

    @cached_property
    def bar(self) -> Bar | None:
        return bar(self.value, self.baseline, self.goal)


def latest_measurements(
    indicators: Iterable[Indicator], day: date, municipality: Municipality | None = None
) -> dict[int, list[Measurement]]:
    """The latest measurement of each indicator by `day` and the one before it, by the indicator's key. One query."""
    by_key = {each.pk: each for each in indicators}
    newest_first = Window(RowNumber(), partition_by=F("indicator"), order_by=F("measured_on").desc())
    rows = (
        Measurement.objects.filter(indicator__in=by_key)
        .by(day)
        .of_place(municipality)
        .annotate(place=newest_first)
        .filter(place__lte=2)
        .select_related("entered_by", "municipality")
        .order_by("-measured_on")
    )
    found: dict[int, list[Measurement]] = defaultdict(list)
    for row in rows:
        row.indicator = by_key[row.indicator_id]
        found[row.indicator_id].append(row)
    return found


def progress_of(indicators: Sequence[Indicator], day: date, municipality: Municipality | None = None) -> list[Progress]:
    """The progress of each indicator, in their order. Two queries; the indicators come with their agreement."""
    latest = latest_measurements(indicators, day, municipality)
    elsewhere = {} if municipality else _municipalities_measured(indicators, day)
    return [
        Progress(
            indicator=each,
            day=day,
            municipality=municipality,
            latest=next(iter(latest.get(each.pk, [])), None),
            before=next(iter(latest.get(each.pk, [])[1:]), None),
            municipalities_measured=elsewhere.get(each.pk, 0),
        )
        for each in indicators
    ]


def progress_by_municipality(indicator: Indicator, day: date) -> list[Progress]:
    """The indicator's progress in each municipality that has been measured, in the order of the alphabet. One query."""
    rows = (
        indicator.measurements.by(day)
        .filter(municipality__isnull=False)
        .select_related("municipality", "entered_by")
        .order_by("municipality__sort_order", "-measured_on")
    )
    by_place: dict[Municipality, list[Measurement]] = defaultdict(list)
    for row in rows:
        row.indicator = indicator
        by_place[row.municipality].append(row)
    return [
        Progress(indicator=indicator, day=day, municipality=place, latest=own[0], before=next(iter(own[1:]), None))
        for place, own in by_place.items()
    ]


def attach_progress(targets: Sequence[ResultTarget], day: date) -> None:
    """Gives each result target its `progress`: a list, one for each of its indicators. Three queries in all.

    The targets come with their area and its agreement.
    """
    prefetch_related_objects(targets, "indicators")
    indicators = [indicator for target in targets for indicator in target.indicators.all()]
    found = {each.indicator.pk: each for each in progress_of(indicators, day)}
    for target in targets:
        target.progress = [found[indicator.pk] for indicator in target.indicators.all()]


def _municipalities_measured(indicators: Iterable[Indicator], day: date) -> dict[int, int]:
    keys = [each.pk for each in indicators]
    rows = Measurement.objects.filter(indicator__in=keys, municipality__isnull=False).by(day)
    return dict(rows.order_by().values_list("indicator").annotate(count=Count("municipality", distinct=True)))


# --- pictures ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bar:
    """A bar from nothing to the figure, in percent of its track, as SVG attributes want them.

    `goal` is left out where the track ends with it.
    """

    start: str | None
    width: str | None
    baseline: str | None
    goal: str | None
    lost_start: str | None
    lost_width: str | None


def bar(value: Decimal | None, baseline: Decimal | None, goal: Decimal | None) -> Bar | None:
    """The track holds 0, the figure, the baseline and the goal. What was lost since the baseline is its own stretch."""
    known = [each for each in (value, baseline, goal) if each is not None]
    if not known:
        return None
    low, high = min([Decimal(0), *known]), max([Decimal(0), *known])
    scale = _scale(low, high if high > low else low + 1)
    share = share_of_way(baseline, goal, value)
    fill = sorted([scale(Decimal(0)), scale(value)]) if value is not None else None
    lost = sorted([scale(value), scale(baseline)]) if share is not None and share < 0 else None
    return Bar(
        start=_percent(fill[0]) if fill else None,
        width=_percent(fill[1] - fill[0]) if fill else None,
        baseline=None if baseline is None else _percent(scale(baseline)),
        goal=None if goal in (None, high) else _percent(scale(goal)),
        lost_start=_percent(lost[0]) if lost else None,
        lost_width=_percent(lost[1] - lost[0]) if lost else None,
    )


@dataclass(frozen=True)
class Point:
    x: str
    y: str
    measurement: Measurement


@dataclass(frozen=True)
class TrendLine:
    """The measurements of one place over time, in percent of the picture. `segments` are pairs of points."""

    points: list[Point]
    segments: list[tuple[Point, Point]]
    baseline: str | None
    goal: str | None
    first_day: date
    last_day: date
    goal_is_above: bool


def trend_line(indicator: Indicator, measurements: Iterable[Measurement]) -> TrendLine | None:
    """A picture of at least two figures, from the first of all days known to the last; None where there are fewer."""
    measured = sorted((each for each in measurements if each.value is not None), key=lambda each: each.measured_on)
    if len(measured) < 2:
        return None
    levels = [each for each in (indicator.baseline, indicator.target_value) if each is not None]
    values = [*levels, *[each.value for each in measured]]
    room = (max(values) - min(values)) / 8 or Decimal(1)
    height = _scale(max(values) + room, min(values) - room)  # upside down: SVG counts from the top
    days = [each.measured_on for each in measured]
    days += [each for each in (indicator.baseline_on, indicator.target_on) if each]
    width = _scale(Decimal(min(days).toordinal()), Decimal(max(days).toordinal()), margin=1)
    points = [
        Point(_percent(width(Decimal(each.measured_on.toordinal()))), _percent(height(each.value)), each)
        for each in measured
    ]
    return TrendLine(
        points=points,
        segments=list(pairwise(points)),
        baseline=None if indicator.baseline is None else _percent(height(indicator.baseline)),
        goal=None if indicator.target_value is None else _percent(height(indicator.target_value)),
        first_day=min(days),
        last_day=max(days),
        goal_is_above=len(levels) < 2 or levels[1] >= levels[0],
    )


def _scale(low: Decimal, high: Decimal, margin: int = 0):
    """A function from values between `low` and `high` to percent, with so many percent left free at both ends."""
    return lambda value: margin + (value - low) / (high - low) * (100 - 2 * margin)


def _percent(value: Decimal) -> str:
    return f"{value:.2f}%"
