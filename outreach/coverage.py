"""Where the region has been: how each municipality stands to it, and when it was last visited."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Max, Min, Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.choosing import edited_at_hand
from agreements.models import Membership, Municipality
from agreements.tilemap import MEMBER, OTHER, Standing, TileMap, counted, member_count, tiles

from .models import ContactNote, Encounter, OnboardingCase, Visit

ONBOARDING, VISITED = "onboarding", "visited"
RECENT = timedelta(days=2 * 365)


@dataclass(frozen=True)
class Row:
    """One municipality's visits: the latest that was held, the nearest that is ahead, and how many were held."""

    municipality: Municipality
    standing: Standing
    last_on: date | None
    next_on: date | None
    held: int
    days_since: int | None


class Coverage:
    """What the regions that the user edits have done about each municipality. Six queries."""

    def __init__(self, user, today: date) -> None:
        regions = edited_at_hand(user)
        self._today = today
        self._members = set(
            Membership.objects.editable_by(user).about_chosen(user).on(today).values_list("municipality_id", flat=True)
        )
        self._stages = _stages(regions)
        self._contacted_on = _contacts(regions)
        self._visits = _visits(regions, today)
        self.tiles = tiles(self._standings(), Standing(OTHER, _("not yet contacted")))

    def _standings(self) -> dict[int, Standing]:
        known = {*self._members, *self._stages, *self._contacted_on, *self._visits}
        return {key: self._standing(key) for key in known}

    def _standing(self, key: int) -> Standing:
        """Of what a municipality is the most: a member, in onboarding, visited, or at least contacted."""
        if key in self._members:
            return Standing(MEMBER, _("member"))
        stage = self._stages.get(key)
        if stage and stage not in OnboardingCase.CLOSED:
            words = _("in onboarding: %(stage)s") % {"stage": str(OnboardingCase.Stage(stage).label).lower()}
            return Standing(ONBOARDING, words)
        last_on, next_on, _held = self._visits.get(key, NO_VISITS)
        if last_on and last_on > self._today - RECENT:
            return Standing(VISITED, _("visited %(day)s") % {"day": date_format(last_on)})
        if next_on:
            return Standing(VISITED, _("visit planned %(day)s") % {"day": date_format(next_on)})
        if day := max(filter(None, [last_on, self._contacted_on.get(key)]), default=None):
            return Standing(VISITED, _("contacted %(day)s") % {"day": date_format(day)})
        return Standing(VISITED, _("contacted"))

    def rows(self) -> list[Row]:
        """Members, and whoever the region has to do with: those never visited first, then the longest ago."""
        rows = [self._row(tile.municipality, tile.standing) for tile in self.tiles if tile.standing.kind != OTHER]
        return sorted(rows, key=lambda row: row.last_on or date.min)

    def _row(self, municipality: Municipality, standing: Standing) -> Row:
        last_on, next_on, held = self._visits.get(municipality.pk, NO_VISITS)
        days = (self._today - last_on).days if last_on else None
        return Row(municipality, standing, last_on, next_on, held, days)

    @property
    def map(self) -> TileMap:
        return TileMap(self.tiles, list(self._legend()))

    def _legend(self) -> Iterator[Standing]:
        count = counted(self.tiles)
        yield Standing(MEMBER, member_count(count[MEMBER]))
        yield Standing(ONBOARDING, _("%(count)s in onboarding") % {"count": count[ONBOARDING]})
        yield Standing(
            VISITED,
            ngettext("%(count)s visited or contacted", "%(count)s visited or contacted", count[VISITED])
            % {"count": count[VISITED]},
        )
        yield Standing(
            OTHER,
            ngettext("%(count)s not yet contacted", "%(count)s not yet contacted", count[OTHER])
            % {"count": count[OTHER]},
        )


NO_VISITS: tuple[date | None, date | None, int] = (None, None, 0)


def _stages(regions: Collection[int]) -> dict[int, str]:
    """The stage of each municipality's latest onboarding case."""
    cases = OnboardingCase.objects.filter(agreement__culture_region__in=regions).order_by("interested_on", "pk")
    return dict(cases.values_list("municipality", "stage"))


def _contacts(regions: Collection[int]) -> dict[int, date]:
    """When somebody of each municipality was last met or talked to."""
    notes = ContactNote.objects.filter(culture_region__in=regions).order_by().values_list("municipality")
    met = Encounter.objects.filter(event__culture_region__in=regions).order_by().values_list("municipality")
    found: dict[int, date] = dict(notes.annotate(day=Max("contacted_on")))
    for key, day in met.annotate(day=Max("event__starts_on")):
        found[key] = max(day, found.get(key, day))
    return found


def _visits(regions: Collection[int], today: date) -> dict[int, tuple[date | None, date | None, int]]:
    """Of each host that has any: the latest day of a visit held, the nearest of one ahead, and how many were held."""
    held = Q(status=Visit.Status.HELD)
    visits = Visit.objects.filter(culture_region__in=regions).exclude(status=Visit.Status.CANCELLED)
    return {
        host: (last_on, next_on, count)
        for host, last_on, next_on, count in visits.order_by()
        .values_list("host")
        .annotate(
            last_on=Max("held_on", filter=held),
            next_on=Min("held_on", filter=Q(status__in=Visit.AHEAD, held_on__gte=today)),
            count=Count("pk", filter=held),
        )
    }
