"""Which member municipalities fit a host as ambassadors, the best first, each with its reasons in figures.

A big municipality that presents something unrealistic scares a small one away, so size counts most: a factor of two
costs one point. A point is also 100 km, four visits in a year, or four times being of another region.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from math import asin, cos, log2, radians, sin, sqrt

from django.db.models import Count
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.models import Membership, Municipality

from .models import Ambassador, Visit

EARTH = 6371  # km, its mean radius
YEAR = timedelta(days=365)
MISMATCH = 2  # times as many inhabitants, or as few

POINTS_PER_KM = 1 / 100
POINTS_PER_TRIP = 1 / 4
POINTS_FOR_ANOTHER_REGION = 1 / 4


@dataclass(frozen=True)
class Candidate:
    municipality: Municipality
    trips: int  # visits that its ambassadors have been on in the last year


@dataclass(frozen=True)
class Suggestion:
    municipality: Municipality
    score: float  # the less, the better
    reasons: list[str]
    warning: str  # empty where the two are not too unlike

    @property
    def because(self) -> str:
        """«Køge passer bedst: 61.184 mod 50.520 indbyggere, samme region, 18 km»"""
        return _("%(municipality)s fits best: %(reasons)s") % {
            "municipality": self.municipality,
            "reasons": ", ".join(self.reasons[:3]),
        }


def candidates(regions: Collection[int], today: date) -> dict[int, list[Candidate]]:
    """The members of today by the id of the culture region, with how often they have travelled. Two queries."""
    trips = {
        (region, municipality): count
        for region, municipality, count in Ambassador.objects.filter(
            visit__culture_region__in=regions, visit__held_on__gt=today - YEAR, visit__held_on__lte=today
        )
        .exclude(visit__status=Visit.Status.CANCELLED)
        .order_by()
        .values_list("visit__culture_region", "municipality")
        .annotate(count=Count("visit", distinct=True))
    }
    found: dict[int, dict[int, Candidate]] = defaultdict(dict)
    memberships = Membership.objects.filter(agreement__culture_region__in=regions).on(today)
    for membership in memberships.select_related("agreement", "municipality"):
        region, municipality = membership.agreement.culture_region_id, membership.municipality
        found[region][municipality.pk] = Candidate(municipality, trips.get((region, municipality.pk), 0))
    return {region: list(members.values()) for region, members in found.items()}


def suggestions(visit: Visit, today: date, without: Collection[int] = ()) -> list[Suggestion]:
    """For one visit; `without` has the ids of municipalities that send somebody already."""
    members = candidates([visit.culture_region_id], today).get(visit.culture_region_id, [])
    return rank(visit.host, [each for each in members if each.municipality.pk not in without])


def rank(host: Municipality, members: Iterable[Candidate]) -> list[Suggestion]:
    """The best first; those that are alike by name."""
    ranked = [_suggestion(host, each) for each in members if each.municipality.pk != host.pk]
    return sorted(ranked, key=lambda each: (each.score, each.municipality.sort_order))


def warning(host: Municipality, municipality: Municipality) -> str:
    """That the two are too unlike in size, with the figures; empty where they are not."""
    figures = {
        "municipality": municipality,
        "host": host,
        "own": _number(municipality.population),
        "hosts": _number(host.population),
    }
    if municipality.population > MISMATCH * host.population:
        return _("%(municipality)s is more than twice as large as %(host)s: %(own)s against %(hosts)s inhabitants.") % (
            figures
        )
    if MISMATCH * municipality.population < host.population:
        return _("%(municipality)s is less than half as large as %(host)s: %(own)s against %(hosts)s inhabitants.") % (
            figures
        )
    return ""


def distance(one: Municipality, other: Municipality) -> float:
    """Kilometres as the crow flies, by the haversine of the two places."""
    latitudes = radians(one.latitude), radians(other.latitude)
    across = sin((latitudes[1] - latitudes[0]) / 2) ** 2
    along = sin((radians(other.longitude) - radians(one.longitude)) / 2) ** 2
    return 2 * EARTH * asin(sqrt(across + cos(latitudes[0]) * cos(latitudes[1]) * along))


def _suggestion(host: Municipality, candidate: Candidate) -> Suggestion:
    municipality = candidate.municipality
    km = distance(host, municipality)
    same_region = municipality.region == host.region
    return Suggestion(
        municipality=municipality,
        score=abs(log2(municipality.population / host.population))
        + km * POINTS_PER_KM
        + candidate.trips * POINTS_PER_TRIP
        + (0 if same_region else POINTS_FOR_ANOTHER_REGION),
        reasons=[
            _("%(own)s against %(hosts)s inhabitants")
            % {"own": _number(municipality.population), "hosts": _number(host.population)},
            _("the same region") if same_region else _("another region"),
            f"{round(km)} km",
            _trips(candidate.trips),
        ],
        warning=warning(host, municipality),
    )


def _trips(count: int) -> str:
    if not count:
        return _("has not travelled in the last year")
    return ngettext(
        "has travelled %(count)d time in the last year", "has travelled %(count)d times in the last year", count
    ) % {"count": count}


def _number(value: int) -> str:
    return number_format(value, use_l10n=True, force_grouping=True)
