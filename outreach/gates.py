"""The way in as a picture: a line of gates, and at each the municipalities whose last gate it is.

Everything is in pixels from the left, so that the picture is as wide on a phone as in a column of a desktop's page.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from outreach.models import OnboardingCase
from outreach.onboarding import Card, board

LEFT = 26  # pixels to the right of the line of gates
NAME = 30  # from a gate to what stands under its name
TILE, STEP = 28, 34  # a municipality's side; from one to the next
ACROSS = 7  # those that are in time, in one row


@dataclass(frozen=True)
class Tile:
    """A municipality. One that is late has a row of its own, for the words that say so."""

    card: Card
    x: int
    y: int

    @property
    def is_late(self) -> bool:
        return self.card.state.level == "stop"


@dataclass(frozen=True)
class Gate:
    gate: OnboardingCase.Stage
    y: int
    tiles: list[Tile] = field(default_factory=list)


@dataclass(frozen=True)
class Gates:
    gates: list[Gate]
    height: int

    @property
    def is_empty(self) -> bool:
        return not any(gate.tiles for gate in self.gates)


def gates(cases: Iterable[OnboardingCase], today: date) -> Gates:
    """The cases as `onboarding.with_what_they_wait_for` gets them; those paused or declined stand at no gate."""
    found, y = [], 0
    for column in board(cases, today).columns:
        late = [card for card in column.cards if card.state.level == "stop"]
        others = [card for card in column.cards if card.state.level != "stop"]
        tiles = [Tile(card, LEFT, y + NAME + row * STEP) for row, card in enumerate(late)]
        under = y + NAME + len(late) * STEP
        for place, card in enumerate(others):
            row, across = divmod(place, ACROSS)
            tiles.append(Tile(card, LEFT + across * STEP, under + row * STEP))
        found.append(Gate(column.gate, y, tiles))
        y = max([y + NAME, *[tile.y + STEP + 4 for tile in tiles]])
    return Gates(found, y)
