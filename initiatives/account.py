"""Kommunens regnskab: what one municipality gives and gets under one agreement in a period.

Pure reading with a fixed number of queries, whatever there is to count. What nobody has registered is None, never 0:
no attendance where no activity was counted, no contribution where none is written down.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery, Sum

from agreements.models import Agreement, Contribution, Municipality
from kulturmetropol.amounts import ØRE

from .models import Activity, Measurement, Participation, ResultTarget, Story

Payer = Contribution.Payer


@dataclass(frozen=True)
class Part:
    """What one municipality has of something, and what all municipalities have together."""

    own: Decimal | int | None
    all: Decimal | int | None

    @classmethod
    def counted(cls, own: int, all: int) -> Part:
        """Of rows: where nobody has any, nothing is registered yet, and there is no figure."""
        return cls(own, all) if all else cls(None, None)

    @property
    def per_cent(self) -> Decimal | None:
        """From 0 to 100; None where there is nothing to have a part of, or where no figure is registered."""
        return None if self.own is None or not self.all else Decimal(self.own) * 100 / Decimal(self.all)


@dataclass(frozen=True)
class Account:
    agreement: Agreement
    municipality: Municipality
    first: date
    last: date

    participations: Part
    leads: int
    activities: Part  # an activity in several municipalities counts in each of them
    attendance: Part
    uncounted: int  # activities whose attendance nobody has counted
    last_activity_on: date | None
    stories: Part
    last_story_on: date | None
    targets: list[ResultTarget]  # all of the agreement, each with `is_touched`
    measurement_count: int
    measurements: list[Measurement]  # the latest of each indicator
    contribution: Part
    contribution_sources: list[str]
    state_money: Decimal | None
    state_sources: list[str]
    other_money: Decimal | None
    inhabitants: Part

    @property
    def years(self) -> str:
        first, last = self.first.year, self.last.year
        return str(first) if first == last else f"{first}-{last}"

    @cached_property
    def touched(self) -> int | None:
        """How many result targets the municipality's initiatives work towards; None where nobody takes part yet."""
        if self.participations.own is None or not self.targets:
            return None
        return sum(target.is_touched for target in self.targets)  # type: ignore[attr-defined]

    @property
    def per_inhabitant(self) -> Decimal | None:
        own = self.contribution.own
        return None if own is None else (Decimal(own) / self.municipality.population).quantize(ØRE)

    @property
    def others_per_krone(self) -> Decimal | None:
        """What the state, the other municipalities and other parties put in for each krone of the municipality's."""
        own, everybody = self.contribution.own, self.contribution.all
        if not own or everybody is None:
            return None
        others = everybody - own + (self.state_money or 0) + (self.other_money or 0)
        return (Decimal(others) / Decimal(own)).quantize(ØRE)


def account(*, agreement: Agreement, municipality: Municipality, first: date, last: date, today: date) -> Account:
    """The account of the days from `first` to `last`, of money the whole years. `today`: later stories are not out yet.

    Nine queries.
    """
    mine = Q(municipality=municipality)
    taking_part = Participation.objects.filter(_overlapping(first, last), initiative__area__agreement=agreement)
    part = taking_part.aggregate(
        own=Count("pk", filter=mine), all=Count("pk"), leads=Count("pk", filter=mine & Q(role=Participation.Role.LEAD))
    )
    held = Activity.municipalities.through.objects.filter(
        activity__initiative__area__agreement=agreement, activity__held_on__range=(first, last)
    ).aggregate(
        own=Count("pk", filter=mine),
        all=Count("pk"),
        own_attendance=Sum("activity__attendance", filter=mine),
        all_attendance=Sum("activity__attendance"),
        uncounted=Count("pk", filter=mine & Q(activity__attendance__isnull=True)),
        latest=Max("activity__held_on", filter=mine),
    )
    told = Story.objects.filter(
        initiative__area__agreement=agreement, published_on__range=(first, min(last, today))
    ).aggregate(own=Count("pk", filter=mine), all=Count("pk"), latest=Max("published_on", filter=mine))
    measured = Measurement.objects.filter(
        mine, indicator__target__area__agreement=agreement, measured_on__range=(first, last)
    )
    money = _money(agreement, municipality, first, last)
    return Account(
        agreement=agreement,
        municipality=municipality,
        first=first,
        last=last,
        participations=Part.counted(part["own"], part["all"]),
        leads=part["leads"],
        activities=Part.counted(held["own"], held["all"]),
        attendance=Part(held["own_attendance"], held["all_attendance"]),
        uncounted=held["uncounted"],
        last_activity_on=held["latest"],
        stories=Part.counted(told["own"], told["all"]),
        last_story_on=told["latest"],
        targets=_targets(agreement, taking_part.filter(mine)),
        measurement_count=measured.count(),
        measurements=_latest(measured),
        contribution=Part(money.get("own"), money.get(Payer.MUNICIPALITY)),
        contribution_sources=_sources(agreement, first, last, municipality=municipality),
        state_money=money.get(Payer.STATE),
        state_sources=_sources(agreement, first, last, payer=Payer.STATE),
        other_money=money.get(Payer.OTHER),
        inhabitants=Part(
            municipality.population,
            agreement.memberships.filter(Q(left_on__isnull=True) | Q(left_on__gt=first), joined_on__lte=last).aggregate(
                all=Sum("municipality__population")
            )["all"],
        ),
    )


def _overlapping(first: date, last: date) -> Q:
    return (Q(starts_on__isnull=True) | Q(starts_on__lte=last)) & (Q(ends_on__isnull=True) | Q(ends_on__gte=first))


def _targets(agreement: Agreement, taking_part) -> list[ResultTarget]:
    """All of the agreement; touched are those that an initiative with the municipality in it works towards."""
    through = ResultTarget.initiatives.through.objects
    touching = through.filter(resulttarget=OuterRef("pk"), initiative__in=taking_part.values("initiative"))
    return list(
        ResultTarget.objects.filter(area__agreement=agreement)
        .select_related("area")
        .annotate(is_touched=Exists(touching))
        .order_by("area__position", "position")
    )


def _latest(measured) -> list[Measurement]:
    latest = measured.filter(indicator=OuterRef("indicator")).order_by("-measured_on").values("pk")[:1]
    return list(
        measured.filter(pk=Subquery(latest))
        .select_related("indicator__target__area", "entered_by")
        .order_by("indicator__target__area__position", "indicator__target__position", "indicator__name")
    )


def _of_years(agreement: Agreement, first: date, last: date):
    return agreement.contributions.filter(year__range=(first.year, last.year)).order_by()


def _money(agreement: Agreement, municipality: Municipality, first: date, last: date) -> dict[str, Decimal]:
    """What each kind of payer gave, and under «own» what the municipality gave; what is not there is not registered."""
    rows = (
        _of_years(agreement, first, last)
        .values("payer")
        .annotate(total=Sum("amount"), own=Sum("amount", filter=Q(municipality=municipality)))
    )
    found = {}
    for row in rows:
        found[row["payer"]] = Decimal(row["total"]).quantize(ØRE)
        if row["own"] is not None:
            found["own"] = Decimal(row["own"]).quantize(ØRE)
    return found


def _sources(agreement: Agreement, first: date, last: date, **payer) -> list[str]:
    rows = _of_years(agreement, first, last).filter(**payer).exclude(source="")
    return list(rows.values_list("source", flat=True).distinct().order_by("source"))
