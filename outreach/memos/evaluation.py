"""The final evaluation: what the agreement promised, what was measured, and what was done over the whole period."""

from collections import defaultdict
from datetime import date
from typing import Any

from django.db.models import Prefetch

from agreements import economy
from agreements.models import Agreement
from initiatives.models import Indicator, Initiative, ResultTarget, Story
from initiatives.yearly import AreaYear, period_status
from outreach.models import Memo

from .annual import AGENCY, foundation, members, used_of
from .counting import of_area, over_time
from .freshness import of_year, portal_records
from .results import results


def gather(memo: Memo) -> dict[str, Any]:
    """From the agreement's first day to the memo's date, or to the agreement's last day where that comes first."""
    agreement = memo.agreement
    first, last = agreement.starts_on, max(agreement.starts_on, min(agreement.ends_on, memo.date))
    targets, stories = _targets(agreement, last), _stories(agreement, last)
    return {
        "recipient": AGENCY,
        "due_on": date(agreement.ends_on.year, 3, 1),
        "first": first,
        "last": last,
        "members": members(agreement, first, last),
        "foundation": foundation(agreement),
        "areas": [
            _area(each, targets[each.area.pk], stories[each.area.pk], memo.date)
            for each in period_status(agreement, first, last)
        ],
        "over_time": over_time(agreement, first, last),
        "incomes": _incomes(agreement, last),
        "accounts": [
            {"year": year, **used_of(used), **_counted(year, last)}
            for year, used in economy.accounts_by_year(agreement)
            if year <= last.year
        ],
    }


def _area(found: AreaYear, targets: list[dict[str, Any]], stories: list[Story], day: date) -> dict[str, Any]:
    return {
        "name": found.area.name,
        "purpose": found.area.purpose,
        "targets": targets,
        "figures": of_area(found, day),
        "stories": [
            {
                "title": each.title,
                "municipality": each.municipality.name,
                "published_on": each.published_on,
                "text": each.text,
            }
            for each in stories
        ],
    }


def _targets(agreement: Agreement, day: date) -> dict[int, list[dict[str, Any]]]:
    """By the area's key its result targets: what each promised, who worked for it, and how its indicators moved."""
    targets = list(
        ResultTarget.objects.filter(area__agreement=agreement)
        .select_related("area__agreement")
        .prefetch_related(
            Prefetch("initiatives", Initiative.objects.order_by("title")),
            Prefetch("indicators", Indicator.objects.select_related("target__area__agreement").order_by("name")),
        )
        .order_by("area__position", "position")
    )
    found = defaultdict(list)
    for target, result in zip(targets, results(targets, day), strict=True):
        found[target.area_id].append(result | {"initiatives": [_initiative(each) for each in target.initiatives.all()]})
    return found


def _initiative(initiative: Initiative) -> dict[str, Any]:
    return {
        "title": initiative.title,
        "status": str(initiative.get_status_display()),
        "status_reason": initiative.status_reason.removesuffix("."),  # it stands in brackets
        "starts_on": initiative.starts_on,
        "ends_on": initiative.ends_on,
    }


def _stories(agreement: Agreement, last: date) -> dict[int, list[Story]]:
    found = defaultdict(list)
    stories = Story.objects.filter(initiative__area__agreement=agreement, published_on__lte=last)
    for story in stories.select_related("initiative", "municipality").order_by("published_on", "pk"):
        found[story.initiative.area_id].append(story)
    return found


def _incomes(agreement: Agreement, last: date) -> list[dict[str, Any]]:
    """What each kind of payer gave in each year."""
    return [
        {
            "year": each.year,
            "amounts": [amount for _payer, _word, amount in each.cells],
            "total": each.total,
            **_counted(each.year, last),
        }
        for each in economy.income(agreement)
        if each.year <= last.year
    ]


def _counted(year: int, last: date) -> dict[str, Any]:
    return {"as_of": of_year(year, last), "source": portal_records()}
