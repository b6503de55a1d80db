"""The made-up programme of a trial portal: who takes part, what took place, its stories and milestones."""

from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from agreements.loading import Loader, ParentGoneError, municipality, read
from initiatives.models import Activity, Milestone, Participation, Story, TargetGroup
from kulturmetropol import pictures


def load_target_groups(loader: Loader, folder: Path) -> None:
    loader.load(TargetGroup, read(folder / "kulturmetropolen.toml")["target_group"])


def load_doing(loader: Loader, folder: Path) -> None:
    content = read(folder / "demo-doing.toml")
    for initiative, places in content["participations"].items():
        loader.load(Participation, [_participation(initiative, *place) for place in places])
    for series in content["series"]:
        _load_series(loader, series)
    loader.load(Milestone, content["milestone"])
    loader.load(Story, [_with_picture(loader, folder, row) for row in content["story"]])


def _participation(initiative: str, code: str, role: str, starts_on=None, ends_on=None) -> dict[str, Any]:
    return {
        "key": f"{initiative}-med-{code}",
        "initiative": initiative,
        "municipality": code,
        "role": role,
        "starts_on": starts_on,
        "ends_on": ends_on,
    }


def _load_series(loader: Loader, series: dict[str, Any]) -> None:
    """A series is held on several days: each day with its attendance is an activity; without, nobody has counted."""
    key, held = series.pop("key"), series.pop("held")
    codes, groups = series.pop("municipalities"), series.pop("target_groups", [])
    try:
        target_groups = [loader.find(TargetGroup, group, row=key) for group in groups]
    except ParentGoneError:
        return
    many = {"municipalities": [municipality(code, row=key) for code in codes], "target_groups": target_groups}
    for day, *attendance in held:
        row = {"key": f"{key}-{day}", "held_on": day, "attendance": attendance[0] if attendance else None}
        loader.load(Activity, [row | series | many])


def _with_picture(loader: Loader, folder: Path, row: dict[str, Any]) -> dict[str, Any]:
    if "picture" not in row or row["key"] in loader.known:
        return row
    file = ContentFile((folder / "pictures" / row["picture"]).read_bytes(), name=row["picture"])
    return row | {"picture": pictures.clean(file)}
