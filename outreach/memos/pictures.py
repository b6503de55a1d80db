"""The pictures of a memo, as numbers that its SVG templates draw: made of the payload when it is rendered.

Sideways everything is in per cent, up and down in pixels, as in initiatives/charts.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from agreements import tilemap
from agreements.models import Municipality
from initiatives.progress import Bar, TrendLine, bar, trend_line

HIGHEST = 44  # pixels of the highest column


def progress_bar(figure: dict[str, Any]) -> Bar | None:
    return bar(figure["value"], figure["baseline"], figure["goal"])


def progress_line(figure: dict[str, Any]) -> TrendLine | None:
    """What was measured over time, with baseline and goal; None of fewer than two measurements."""
    indicator = SimpleNamespace(
        baseline=figure["baseline"],
        baseline_on=figure["baseline_on"],
        target_value=figure["goal"],
        target_on=figure["goal_on"],
    )
    return trend_line(
        indicator,  # type: ignore[arg-type]
        [SimpleNamespace(value=each["value"], measured_on=each["as_of"]) for each in figure["history"]],  # type: ignore[misc]
    )


@dataclass(frozen=True)
class Column:
    x: str
    width: str
    y: int
    height: int


def columns(counts: Sequence[int]) -> list[Column]:
    """One for each count that is not 0, the highest as high as there is room; they stand on a common ground."""
    top, width = max([1, *counts]), Decimal(100) / max(1, len(counts))
    heights = [max(2, round(HIGHEST * count / top)) if count else 0 for count in counts]
    return [
        Column(f"{(place + Decimal('0.2')) * width:.2f}%", f"{width * Decimal('0.6'):.2f}%", HIGHEST - height, height)
        for place, height in enumerate(heights)
        if height
    ]


def member_map(members: Iterable[dict[str, str]]) -> tilemap.TileMap:
    """Denmark in tiles, the members marked. Two queries, of the register, which no page changes."""
    codes = [each["code"] for each in members]
    return tilemap.of_members(set(Municipality.objects.filter(code__in=codes).values_list("pk", flat=True)))
