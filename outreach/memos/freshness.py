"""How old the figures of a memo are, and where they are from: each has a date and a source, and a stale one is marked.

A figure is a dict with `key`, `label`, `value`, `unit`, `as_of`, `source`, `stale` and `months`, its age; a kind may
add to it. Wherever it stands in a payload, it is found there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.danish import in_a_row
from agreements.models import Municipality
from initiatives.progress import Progress, is_stale, months_between
from outreach.models import Memo

Figure = dict[str, Any]
YEARLY = 12  # months: what is paid by the year, and the register's inhabitants
USUAL_INTERVAL = 3  # months between status on the agenda, where the committee is not known


def figure(
    *,
    key: str,
    label: str,
    value: Decimal | int | None,
    as_of: date,
    source: str,
    day: date,
    unit: str = "",
    interval: int | None = None,
) -> Figure:
    """A figure as it stands on `day`. Without an interval of months it does not grow old: it was counted that day."""
    return {
        "key": key,
        "label": label,
        "value": value,
        "unit": unit,
        "as_of": as_of,
        "source": source,
        "stale": value is not None and interval is not None and is_stale(as_of, interval, day),
        "months": max(0, months_between(as_of, day)),
    }


def measured(progress: Progress) -> Figure:
    """What an indicator shows; its date is None where nobody has measured."""
    latest, place = progress.latest, progress.municipality
    return {
        "key": f"indicator-{progress.indicator.pk}" + (f"-{place.code}" if place else ""),
        "label": progress.indicator.name,
        "value": progress.value,
        "unit": progress.indicator.unit,
        "as_of": latest.measured_on if latest else None,
        "source": latest.source if latest else "",
        "stale": progress.is_stale,
        "months": progress.age_months,
        "words": progress.words,
    }


def interval_of(memo: Memo) -> int:
    """In how many months something new is expected of what is registered as it happens: the committee's interval."""
    return memo.committee.status_interval_months if memo.committee else USUAL_INTERVAL


def portal_records() -> str:
    """The source of what the portal itself counts."""
    return _("registered in the portal")


def of_year(year: int, day: date) -> date:
    """The date of money, which is counted by the year: its end, or `day` while the year goes on."""
    return min(date(year, 12, 31), day)


def counted_members(memo: Memo, count: int) -> Figure:
    """How many municipalities are members on the memo's date."""
    return figure(
        key="members",
        label=_("members"),
        value=count,
        as_of=memo.date,
        source=_("the registered memberships"),
        day=memo.date,
    )


def figures(said: Any) -> Iterator[Figure]:
    """Every figure in a payload, in its order."""
    if isinstance(said, dict):
        if "as_of" in said and "stale" in said:
            yield said
        said = list(said.values())
    if isinstance(said, list):
        for each in said:
            yield from figures(each)


@dataclass(frozen=True)
class Stale:
    """A figure that is older than its interval, for the author; `url` is where a newer one is written.

    `where` names the municipalities in whose memos it is old, where it is not so in all that are looked at.
    """

    label: str
    as_of: date
    months: int
    url: str
    where: str = ""


def stale(memo: Memo, said: dict[str, Any]) -> list[Stale]:
    """The stale figures of a memo, each once, the oldest first."""
    found = {each["key"]: each for each in figures(said) if each["stale"]}
    return [
        Stale(each["label"], each["as_of"], each["months"], _renewal(memo, each["key"]))
        for each in sorted(found.values(), key=lambda each: each["as_of"])
    ]


def stale_in_any(found: Mapping[Municipality, list[Stale]]) -> list[Stale]:
    """The stale figures of the memos to several municipalities, each once, the oldest first."""
    alike: dict[tuple[str, date], dict[Municipality, Stale]] = defaultdict(dict)
    for place, figures in found.items():
        for each in figures:
            alike[each.label, each.as_of][place] = each
    return [
        replace(
            next(iter(each.values())),
            where="" if len(each) == len(found) else in_a_row(place.name for place in each),
            **({"url": ""} if len({stale.url for stale in each.values()}) > 1 else {}),
        )
        for _figure, each in sorted(alike.items(), key=lambda item: item[0][1])
    ]


def _renewal(memo: Memo, key: str) -> str:
    kind, _dash, rest = key.partition("-")
    if kind == "indicator":
        indicator, _dash, code = rest.partition("-")
        of_place = {"kommune": memo.place.pk} if code and memo.place else {}
        return f"{reverse('measurement_create')}?{urlencode({'indikator': indicator, **of_place})}"
    if kind in ("contribution", "state"):
        return f"{reverse('contribution_create')}?{urlencode({'aftale': memo.agreement_id})}"
    if kind in ("activities", "attendance", "stories") and memo.place:
        page = "story_create" if kind == "stories" else "activity_create"
        return f"{reverse(page)}?{urlencode({'kommune': memo.place.pk})}"
    return ""
