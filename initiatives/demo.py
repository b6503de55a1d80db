"""Loads the made-up indicators, what they showed, and key figures."""

from typing import Any

from agreements.loading import Loader, ParentGoneError

from .models import Indicator, Initiative, KeyFigure, Measurement


def load_measuring(loader: Loader, content: dict[str, list[dict[str, Any]]]) -> None:
    """`content` is what stands in demo-measuring.toml: each indicator with its measurements, and the key figures."""
    for row in content["indicator"]:
        measurements = row.pop("measurements")
        loader.load(Indicator, [row | {"initiatives": _found(loader, row)}])
        loader.load(Measurement, [_measurement(row["key"], **each) for each in measurements])
    loader.load(KeyFigure, content["key_figure"])


def _found(loader: Loader, row: dict[str, Any]) -> list[Any]:
    """The row's initiatives, but for those that have been deleted since they were loaded."""
    found = []
    for key in row.get("initiatives", []):
        try:
            found.append(loader.find(Initiative, key, row=row["key"]))
        except ParentGoneError:
            continue
    return found


def _measurement(indicator: str, *, on: Any, **values: Any) -> dict[str, Any]:
    place = values.get("municipality", "region")
    return {"key": f"{indicator}-{place}-{on}", "indicator": indicator, "measured_on": on, **values}
