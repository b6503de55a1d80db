"""What changed since the recipient's last memo: each memo carries what the next one is compared with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from agreements.models import Membership
from initiatives.models import Initiative
from outreach.models import IssuedMemo, Memo

from .freshness import Figure

ENDED = (Initiative.Status.COMPLETED, Initiative.Status.CANCELLED)


def previous(memo: Memo) -> dict[str, Any] | None:
    """Number, date and comparable data of the last memo of the kind to the same recipient under the agreement.

    One that was withdrawn or replaced is none; a correction is compared with the memo before the one it replaces.
    One query.
    """
    issued = Memo.objects.issued().filter(
        kind=memo.kind, agreement=memo.agreement, committee=memo.committee, municipality=memo.municipality
    )
    documents = IssuedMemo.objects.filter(memo__in=issued.exclude(pk=memo.pk).values("pk"))
    if memo.replaces_id:
        documents = documents.exclude(memo=memo.replaces_id).filter(number__lt=memo.replaces.document.number)
    found = documents.order_by("-number").values("number", "memo__date", "payload__comparable").first()
    if found is None:
        return None
    return {"number": found["number"], "date": found["memo__date"], "comparable": found["payload__comparable"] or {}}


def comparable(memo: Memo, members: Iterable[Membership], figures: Iterable[Figure]) -> dict[str, Any]:
    """What the next memo to the same recipient is compared with. One query."""
    initiatives = Initiative.objects.filter(area__agreement=memo.agreement).select_related("area")
    return {
        "members": [{"code": each.municipality.code, "name": each.municipality.name} for each in members],
        "initiatives": [
            {"id": each.pk, "title": each.title, "area": each.area.name, "status": each.status} for each in initiatives
        ],
        "figures": [
            {name: each[name] for name in ("key", "label", "value", "unit", "as_of", "source")}
            | {"words": each.get("words", "")}
            for each in figures
            if each["as_of"]
        ],
    }


def changes(before: dict[str, Any] | None, now: dict[str, Any], figures: Iterable[Figure]) -> dict[str, Any] | None:
    """What is new in `now`, beside the memo before; None where there is none that it can be compared with.

    `figures` are those of `now`, with all that is told of them.
    """
    if before is None or not before["comparable"]:
        return None
    then = before["comparable"]
    found = {
        "new_members": _without(now["members"], then["members"], "code"),
        "members_who_left": _without(then["members"], now["members"], "code"),
        **_initiatives(then["initiatives"], now["initiatives"]),
        "figures": _figures(then["figures"], figures),
    }
    return {"number": before["number"], "date": before["date"], "nothing": not any(found.values()), **found}


def _without(rows: list[dict], others: list[dict], key: str) -> list[str]:
    known = {each[key] for each in others}
    return [each["name"] for each in rows if each[key] not in known]


def _initiatives(then: list[dict], now: list[dict]) -> dict[str, list[dict[str, str]]]:
    """New ones, those that have ended or are gone, and those whose status is another one without having ended."""
    before, present = {each["id"]: each for each in then}, {each["id"]: each for each in now}
    shared = [(before[each["id"]], each) for each in now if each["id"] in before]
    moved = [(old, new) for old, new in shared if old["status"] != new["status"]]
    return {
        "new_initiatives": [_told(each) for each in now if each["id"] not in before],
        "ended_initiatives": [
            *[_told(new) for _old, new in moved if new["status"] in ENDED],
            *[_told(each) | {"status": ""} for each in then if each["id"] not in present],
        ],
        "moved_initiatives": [
            _told(new) | {"before": _name(old["status"])} for old, new in moved if new["status"] not in ENDED
        ],
    }


def _told(initiative: dict[str, Any]) -> dict[str, str]:
    return {"title": initiative["title"], "area": initiative["area"], "status": _name(initiative["status"])}


def _name(status: str) -> str:
    return str(Initiative.Status(status).label)


def _figures(then: list[dict], now: Iterable[Figure]) -> list[dict[str, Any]]:
    """Each figure that is another one, with the one `before`; one that nobody had is new.

    A figure measured anew with the same result has not moved.
    """
    before = {each["key"]: _read(each) for each in then}
    found = []
    for each in now:
        old = before.get(each["key"])
        shown = each["value"], each.get("words", "")
        if each["as_of"] and (old is None or shown != (old["value"], old["words"])):
            found.append(each | {"before": old})
    return found


def _read(figure: dict[str, Any]) -> dict[str, Any]:
    """What a stored payload says of a figure: it has texts for numbers and dates."""
    value = figure["value"]
    return {
        "value": None if value is None else Decimal(value),
        "words": figure["words"],
        "as_of": date.fromisoformat(figure["as_of"]),
    }
