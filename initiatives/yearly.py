"""The key figures of a year, by initiative area, as the state asks for them: gathered from what is registered.

What nobody has registered is None, never 0. A fixed number of queries, however much there is.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Max, OuterRef, Prefetch, Q, Subquery, Sum

from agreements.models import Agreement

from .models import Activity, Indicator, Initiative, InitiativeArea, KeyFigure, Measurement, Participation


@dataclass
class AreaYear:
    """`measured`: each indicator with its latest measurement up to the end of the year, or None."""

    area: InitiativeArea
    activities: int | None = None
    attendance: int | None = None
    uncounted: int = 0
    last_activity_on: date | None = None
    municipalities: int | None = None
    running: int | None = None
    measured: list[tuple[Indicator, Measurement | None]] = field(default_factory=list)
    key_figures: list[KeyFigure] = field(default_factory=list)


def year_status(agreement: Agreement, year: int) -> list[AreaYear]:
    """Each area of the agreement, in order. Eight queries."""
    return period_status(agreement, date(year, 1, 1), date(year, 12, 31))


def period_status(agreement: Agreement, first: date, last: date) -> list[AreaYear]:
    """The same of the days from `first` to `last`, of key figures the whole years."""
    years = (first.year, last.year)
    areas = agreement.areas.order_by("position").prefetch_related(
        Prefetch("key_figures", KeyFigure.objects.filter(year__range=years).order_by("name", "year"))
    )
    found = {area.pk: AreaYear(area, key_figures=list(area.key_figures.all())) for area in areas}
    _count_activities(agreement, first, last, found)
    _count_municipalities(agreement, first, last, found)
    _count_running(agreement, first, last, found)
    _find_measurements(agreement, last, found)
    return list(found.values())


def _count_activities(agreement: Agreement, first: date, last: date, found: dict[int, AreaYear]) -> None:
    rows = (
        Activity.objects.filter(initiative__area__agreement=agreement, held_on__range=(first, last))
        .order_by()
        .values("initiative__area")
        .annotate(
            held=Count("pk"),
            attendance_sum=Sum("attendance"),
            uncounted=Count("pk", filter=Q(attendance__isnull=True)),
            latest=Max("held_on"),
        )
    )
    for row in rows:
        area = found[row["initiative__area"]]
        area.activities, area.attendance = row["held"], row["attendance_sum"]
        area.uncounted, area.last_activity_on = row["uncounted"], row["latest"]


def _count_municipalities(agreement: Agreement, first: date, last: date, found: dict[int, AreaYear]) -> None:
    """Municipalities where something was held, and those that took part in an initiative: each once."""
    held = Activity.municipalities.through.objects.filter(
        activity__initiative__area__agreement=agreement, activity__held_on__range=(first, last)
    )
    taking_part = Participation.objects.filter(
        Q(starts_on__isnull=True) | Q(starts_on__lte=last),
        Q(ends_on__isnull=True) | Q(ends_on__gte=first),
        initiative__area__agreement=agreement,
    )
    involved = defaultdict(set)
    for area, municipality in [
        *held.values_list("activity__initiative__area", "municipality").distinct(),
        *taking_part.order_by().values_list("initiative__area", "municipality").distinct(),
    ]:
        involved[area].add(municipality)
    for area, municipalities in involved.items():
        found[area].municipalities = len(municipalities)


def _count_running(agreement: Agreement, first: date, last: date, found: dict[int, AreaYear]) -> None:
    """Initiatives that ran at some time of the year: neither still planned nor cancelled."""
    rows = (
        Initiative.objects.filter(area__agreement=agreement)
        .order_by()
        .values("area")
        .annotate(
            running=Count(
                "pk",
                filter=Q(status__in=["running", "paused", "completed"])
                & (Q(starts_on__isnull=True) | Q(starts_on__lte=last))
                & (Q(ends_on__isnull=True) | Q(ends_on__gte=first)),
            )
        )
    )
    for row in rows:
        found[row["area"]].running = row["running"]


def _find_measurements(agreement: Agreement, last: date, found: dict[int, AreaYear]) -> None:
    """The whole region's latest, or where the region has none the latest of a municipality, which then is named."""
    latest = Measurement.objects.filter(indicator=OuterRef("pk"), measured_on__lte=last)
    indicators = list(
        Indicator.objects.filter(target__area__agreement=agreement)
        .select_related("target")
        .annotate(
            latest=Subquery(
                latest.alias(is_local=Q(municipality__isnull=False))
                .order_by("is_local", "-measured_on", "-pk")
                .values("pk")[:1]
            )
        )
        .order_by("target__position", "name")
    )
    measurements = Measurement.objects.select_related("municipality").in_bulk(
        [indicator.latest for indicator in indicators if indicator.latest]
    )
    for indicator in indicators:
        found[indicator.target.area_id].measured.append((indicator, measurements.get(indicator.latest)))
