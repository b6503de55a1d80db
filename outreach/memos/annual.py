"""The annual status to the Agency for Culture and Palaces: key figures by initiative area, and the year's accounts.

What nobody has registered is None, which the template says in words; it is never 0.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from agreements import economy
from agreements.danish import in_a_row
from agreements.models import Agreement, Contribution
from initiatives.models import Indicator, Measurement
from initiatives.progress import months_between
from initiatives.yearly import AreaYear, year_status
from outreach.models import Memo

from .counting import of_area, over_time
from .freshness import of_year, portal_records

PAYERS = list(Contribution.Payer)  # the state first, then the municipalities, then others
AGENCY = {"name": "Slots- og Kulturstyrelsen", "municipality": "", "municipality_code": ""}


def gather(memo: Memo) -> dict[str, Any]:
    agreement, year = memo.agreement, memo.year
    return {
        "recipient": AGENCY,
        "year": year,
        "due_on": date(year + 1, 9, 15),
        "members": members(agreement, date(year, 1, 1), date(year, 12, 31)),
        "foundation": foundation(agreement),
        "areas": [area(each, memo) for each in year_status(agreement, year)],
        "over_time": over_time(agreement, date(year, 1, 1), date(year, 12, 31)),
        **contributions(agreement, year, of_year(year, memo.date)),
        **accounts(agreement, year, of_year(year, memo.date)),
    }


def members(agreement: Agreement, first: date, last: date) -> str:
    """Those that were members on some of the days, in a row."""
    rows = agreement.memberships.filter(joined_on__lte=last).exclude(left_on__lte=first)
    return in_a_row(each.municipality.name for each in rows.select_related("municipality"))


def foundation(agreement: Agreement) -> dict[str, str]:
    """What all that the state wants back starts from."""
    return {
        "environment_analysis": agreement.environment_analysis,
        "mission": agreement.mission,
        "vision": agreement.vision,
    }


def area(found: AreaYear, memo: Memo) -> dict[str, Any]:
    return {
        "name": found.area.name,
        "purpose": found.area.purpose,
        "figures": of_area(found, memo.date),
        "indicators": [_indicator(indicator, latest, memo.year) for indicator, latest in found.measured],
    }


def _indicator(indicator: Indicator, latest: Measurement | None, year: int) -> dict[str, Any]:
    """An indicator with its latest measurement; it is stale when that was not made in the year."""
    return {
        "key": f"indicator-{indicator.pk}",
        "label": indicator.name,
        "value": latest.value if latest else None,
        "unit": indicator.unit,
        "words": latest.note if latest and latest.value is None else "",
        "as_of": latest.measured_on if latest else None,
        "source": latest.source if latest else "",
        "note": _place(latest) if latest else "",
        "stale": latest is not None and latest.measured_on.year != year,
        "months": months_between(latest.measured_on, date(year, 12, 31)) if latest else None,
    }


def _place(measurement: Measurement) -> str:
    return str(measurement.municipality or _("the whole region"))


def contributions(agreement: Agreement, year: int, as_of: date) -> dict[str, Any]:
    """What each payer gave, the municipalities in the order of the alphabet; and the sum."""
    rows = list(
        agreement.contributions.filter(year=year)
        .select_related("municipality", "other_party")
        .order_by("municipality__sort_order", "other_party__name", "kind")
    )
    rows.sort(key=lambda each: PAYERS.index(each.payer))
    return {
        "contributions": [
            {
                "payer": each.payer_name,
                "kind": str(each.get_kind_display()),
                "amount": each.amount,
                "as_of": as_of,
                "source": each.source,
            }
            for each in rows
        ],
        "contributed": sum((each.amount for each in rows), Decimal(0)) if rows else None,
    }


def accounts(agreement: Agreement, year: int, as_of: date) -> dict[str, Any]:
    """The lines of the year's accounts, and their sums by whose money it is and in all."""
    lines = sorted(
        agreement.account_lines.filter(year=year).order_by("text"), key=lambda each: PAYERS.index(each.funded_by)
    )
    by_source = economy.accounts_by_source(agreement, year)
    together = economy.together([used for _payer, _word, used in by_source])
    return {
        "account_lines": [
            {
                "text": each.text,
                "funded_by": str(economy.WORDS[Contribution.Payer(each.funded_by)]),
                "budget": each.budget,
                "used": each.used,
                "rest": None if each.used is None else each.budget - each.used,
                "as_of": as_of,
                "source": portal_records(),
            }
            for each in lines
        ],
        "accounts": [{"name": word, **used_of(used)} for _payer, word, used in by_source],
        "accounts_total": used_of(together) if together else None,
    }


def used_of(used: economy.Used) -> dict[str, Any]:
    return {"budget": used.budget, "used": used.used, "rest": used.rest, "open_lines": used.open_lines}
