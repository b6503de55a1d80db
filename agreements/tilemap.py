"""The picture of Denmark with one tile for each municipality: who is in."""

from collections.abc import Collection
from dataclasses import dataclass

from django.utils import timezone

from .models import Membership, Municipality

TILE = 28  # pixels from one tile to the next


@dataclass(frozen=True)
class Tile:
    municipality: Municipality
    x: int
    y: int
    is_member: bool


def members(user) -> set[int]:
    """The ids of municipalities that are members, today, of the agreement that the user has chosen."""
    memberships = Membership.objects.visible_to(user).about_chosen(user).on(timezone.localdate())
    return set(memberships.values_list("municipality_id", flat=True))


def tiles(members: Collection[int]) -> list[Tile]:
    return [
        Tile(each, each.tile_column * TILE, each.tile_row * TILE, each.pk in members)
        for each in Municipality.objects.all()
    ]
