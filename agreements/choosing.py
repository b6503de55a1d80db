"""Which agreement a user works with for now, among those that the user may see.

Most installations have one region with one agreement, and nothing is to choose. Where there are several, lists, start
pages and forms are about the chosen one; what belongs to no agreement, such as people and bodies, is about its region.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.apps import apps

from agreements import access

if TYPE_CHECKING:
    from agreements.models import Agreement, CultureRegion
    from kulturmetropol.accounts.models import User

BY_STATUS = ["signed", "negotiation", "draft", "ended"]


@dataclass(frozen=True)
class Choice:
    """An agreement with its region; a region that has no agreement yet stands alone."""

    region: CultureRegion
    agreement: Agreement | None = None

    def __str__(self) -> str:
        return str(self.agreement or self.region)

    @property
    def key(self) -> str:
        return f"{self.region.pk}-{self.agreement.pk}" if self.agreement else f"{self.region.pk}-"


@dataclass
class Choices:
    """What one user can choose among, read from the database once."""

    user: User

    @cached_property
    def all(self) -> list[Choice]:
        """By region; of each region the agreement that work goes on under first."""
        regions = list(apps.get_model("agreements", "CultureRegion").objects.visible_to(self.user))
        by_region: dict[int, list[Agreement | None]] = {}
        for each in apps.get_model("agreements", "Agreement").objects.visible_to(self.user):
            by_region.setdefault(each.culture_region_id, []).append(each)
        found = []
        for region in regions:
            found += [Choice(region, each) for each in by_region.get(region.pk, [None])]
        return sorted(found, key=lambda each: (regions.index(each.region), *_usualness(each)))

    @property
    def by_region(self) -> list[tuple[CultureRegion, list[Choice]]]:
        return [(region, list(group)) for region, group in groupby(self.all, key=lambda each: each.region)]

    @property
    def has_several(self) -> bool:
        return len(self.all) > 1

    @property
    def of_several_regions(self) -> bool:
        return len({each.region.pk for each in self.all}) > 1

    @cached_property
    def chosen(self) -> Choice | None:
        """What the user has chosen and still sees; else the agreement that work goes on under. None: there is none."""
        if not self.has_several:
            return self.all[0] if self.all else None
        chosen = apps.get_model("agreements", "ChosenAgreement").objects.filter(user=self.user).first()
        return (chosen and self.find(chosen.key)) or min(self.all, key=_usualness)

    def find(self, key: str) -> Choice | None:
        return next((each for each in self.all if each.key == key), None)

    def of(self, record: Any) -> Choice | None:
        """Where a record of a region belongs; None where the user does not see it."""
        if not hasattr(record, "belongs_to"):
            return None
        region, agreement = record.belongs_to
        for each in self.all:
            if each.region == region and agreement in (None, each.agreement):
                return each if agreement else Choice(region)
        return None


def _usualness(choice: Choice) -> tuple[int, int]:
    """The newest agreement that is signed comes first; one that is begun for later must not take its place yet."""
    agreement = choice.agreement
    if agreement is None:
        return len(BY_STATUS), 0
    return BY_STATUS.index(agreement.status), -agreement.starts_on.toordinal()


def choices(user: Any) -> Choices:
    """Read once in a request: they are kept on the user object, as the roles are."""
    if not hasattr(user, "_choices"):
        user._choices = Choices(user)
    return user._choices


def edited_at_hand(user: Any) -> set[int]:
    """The ids of the regions that the user edits, as far as the chosen agreement is about them."""
    return access.roles(user).edited & regions_at_hand(user)


def regions_at_hand(user: Any, record: Any = None) -> set[int]:
    """The ids of the regions that a form is about: of `record`'s, else of the chosen one; all, where it is only one."""
    options = choices(user)
    choice = (record and options.of(record)) or options.chosen
    return {choice.region.pk} if choice else set()
