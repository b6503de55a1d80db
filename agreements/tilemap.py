"""The picture of Denmark with one tile for each municipality: how each stands to the culture region."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import Membership, Municipality

TILE = 28  # pixels from one tile to the next
MEMBER, OTHER = "member", "other"


@dataclass(frozen=True)
class Standing:
    """`kind` says how the tile is drawn, `words` what it means for this municipality."""

    kind: str
    words: str


@dataclass(frozen=True)
class Tile:
    municipality: Municipality
    x: int
    y: int
    standing: Standing


@dataclass(frozen=True)
class TileMap:
    tiles: list[Tile]
    legend: list[Standing]

    @property
    def text(self) -> str:
        return ", ".join(each.words for each in self.legend)


def members(user) -> set[int]:
    """The ids of municipalities that are members, today, of the agreement that the user has chosen."""
    memberships = Membership.objects.visible_to(user).about_chosen(user).on(timezone.localdate())
    return set(memberships.values_list("municipality_id", flat=True))


def tiles(standings: Mapping[int, Standing], other: Standing) -> list[Tile]:
    """All 98, each with its standing by the municipality's id; those that have none stand as `other`."""
    return [
        Tile(each, each.tile_column * TILE, each.tile_row * TILE, standings.get(each.pk, other))
        for each in Municipality.objects.all()
    ]


def counted(tiles: list[Tile]) -> Counter[str]:
    """How many tiles there are of each kind."""
    return Counter(each.standing.kind for each in tiles)


def member_count(count: int) -> str:
    return ngettext("%(count)s member", "%(count)s members", count) % {"count": count}


def of_members(members: set[int]) -> TileMap:
    """Who is a member and who is not."""
    standing = Standing(MEMBER, _("member"))
    drawn = tiles(dict.fromkeys(members, standing), Standing(OTHER, _("not a member")))
    legend = [Standing(MEMBER, member_count(counted(drawn)[MEMBER])), Standing(OTHER, _("not members"))]
    return TileMap(drawn, legend)
