"""The result targets of an agreement with their progress, as plain data: the whole region's and one municipality's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from agreements.models import Agreement, Municipality
from initiatives.models import Indicator, Measurement, ResultTarget
from initiatives.progress import Movement, Progress, attach_progress, progress_of

from . import freshness

Figure = freshness.Figure
SHOWN_POINTS = 12  # of the line of earlier figures


def targets_of(agreement: Agreement) -> list[ResultTarget]:
    return list(
        ResultTarget.objects.filter(area__agreement=agreement)
        .select_related("area__agreement")
        .order_by("area__position", "position")
    )


def results(targets: Sequence[ResultTarget], day: date, place: Municipality | None = None) -> list[dict[str, Any]]:
    """Each target with its indicators; with `place`, also what they show there. Five queries.

    The targets come with their area and its agreement.
    """
    attach_progress(targets, day)
    indicators = [each.indicator for target in targets for each in target.progress]
    own = progress_of(indicators, day, place) if place else []
    local = {each.indicator.pk: each for each in own if each.latest}
    earlier = _history(indicators, day)
    return [
        {
            "area": target.area.name,
            "text": target.text,
            "indicators": [
                indicator_figure(each)
                | {"history": earlier[each.indicator.pk], "local": local_figure(local.get(each.indicator.pk))}
                for each in target.progress
            ],
        }
        for target in targets
    ]


def indicator_figure(progress: Progress) -> Figure:
    indicator = progress.indicator
    return freshness.measured(progress) | {
        "baseline": progress.baseline,
        "baseline_on": indicator.baseline_on,
        "goal": progress.goal,
        "goal_on": indicator.target_on,
        "trend": indicator.desired_trend,
        "percent": progress.percent,
        "behind": progress.is_behind_baseline,
        **_moved(progress),
        "municipalities": progress.municipalities_measured,
    }


def local_figure(progress: Progress | None) -> Figure | None:
    """What the indicator shows in one municipality: baseline and goal are the whole region's."""
    return progress and freshness.measured(progress) | {"place": str(progress.municipality)} | _moved(progress)


def _moved(progress: Progress) -> dict[str, Any]:
    value, day = progress.compared_with or (None, None)
    return {
        "movement": str(progress.movement) if progress.movement else "",
        "movement_word": str(progress.movement.word) if progress.movement else "",
        "before": {"value": value, "as_of": day} if day else None,
    }


def _history(indicators: Sequence[Indicator], day: date) -> dict[int, list[dict[str, Any]]]:
    """What the whole region's figures were, the oldest first."""
    found = defaultdict(list)
    rows = Measurement.objects.filter(indicator__in=indicators, value__isnull=False).by(day).of_place(None)
    for indicator, on, value in rows.order_by("measured_on").values_list("indicator", "measured_on", "value"):
        found[indicator].append({"as_of": on, "value": value})
    return defaultdict(list, {key: points[-SHOWN_POINTS:] for key, points in found.items()})


def all_figures(found: list[dict[str, Any]]) -> list[Figure]:
    """The figures of the results: the region's, then each municipality's own."""
    shown = [each for target in found for each in target["indicators"]]
    return [*shown, *[each["local"] for each in shown if each["local"]]]


def counted_by_movement(found: list[dict[str, Any]], area: str) -> dict[str, int]:
    """Of how many indicators of an area the figure moves which way, and how many have never been measured."""
    counts = {each.value: 0 for each in Movement} | {"unmeasured": 0}
    for target in found:
        for each in target["indicators"] if target["area"] == area else []:
            if each["movement"]:
                counts[each["movement"]] += 1
            elif not each["as_of"]:
                counts["unmeasured"] += 1
    return counts
