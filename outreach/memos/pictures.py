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
from initiatives import charts
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


@dataclass(frozen=True)
class OverTime:
    """One area's activities or attendance. `words` says every column that is drawn."""

    is_attendance: bool
    panel: charts.Panel
    most: str
    ticks: list[charts.Tick]
    words: str


def over_time(said: dict[str, Any] | None, area: str) -> list[OverTime]:
    """The activities of an area and their attendance, on the scale of all areas; nothing where there are none."""
    own = said and next((each for each in said["areas"] if each["name"] == area), None)
    if not said or not own:
        return []
    found = []
    for key in ("activities", "attendance"):
        highest = max(max(each[key]) for each in said["areas"])
        drawn = charts.panels([area], said["periods"], [own[key]], highest=highest)
        if drawn and any(own[key]):
            counts = zip(said["periods"], own[key], strict=True)
            words = ", ".join(f"{name} {charts.in_figures(count)}" for name, count in counts if count)
            ticks = charts.ticks(charts.periods(said["first"], said["last"]))
            found.append(OverTime(key == "attendance", drawn.panels[0], drawn.most, ticks, words))
    return found


FILLS = ("#0d4a63", "#8fb3c2", "#e1e6ea")  # the state, the municipalities, others


def income_bars(incomes: list[dict[str, Any]]) -> list[tuple[dict[str, Any], list[tuple[str, str, str]]]]:
    """Each year with its parts: where each begins, how wide it is, and its fill."""
    most = max((each["total"] for each in incomes), default=0) or 1
    found = []
    for year in incomes:
        start, parts = Decimal(0), []
        for amount, fill in zip(year["amounts"], FILLS, strict=True):
            if amount:
                parts.append((f"{start:.2f}%", f"{amount * 100 / most:.2f}%", fill))
                start += amount * 100 / most
        found.append((year, parts))
    return found


def share_bars(economy: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    """What the municipality gives and gets, each as wide as its part; the largest part fills the width."""
    figures = [economy["contribution"], *economy["counts"], economy["inhabitants"]]
    known = [each for each in figures if each["per_cent"] is not None]
    most = max((each["per_cent"] for each in known), default=0) or 1
    return [(each, f"{each['per_cent'] * 100 / most:.2f}%") for each in known]


def member_map(members: Iterable[dict[str, str]]) -> tilemap.TileMap:
    """Denmark in tiles, the members marked. Two queries, of the register, which no page changes."""
    codes = [each["code"] for each in members]
    return tilemap.of_members(set(Municipality.objects.filter(code__in=codes).values_list("pk", flat=True)))
