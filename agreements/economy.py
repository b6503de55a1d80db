"""What the agreement's money comes to: by year and payer, and what was budgeted, used and is left."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _

from kulturmetropol.amounts import ØRE

from .models import Agreement, Contribution

Payer = Contribution.Payer
WORDS = {
    Payer.STATE: _("The state"),
    Payer.MUNICIPALITY: _("The municipalities"),
    Payer.OTHER: _("Other parties"),
}
SUMS = {"budgeted": Sum("budget"), "spent": Sum("used"), "open_lines": Count("pk", filter=Q(used__isnull=True))}


@dataclass(frozen=True)
class Part:
    """One payer's part of a year. `start` and `width` place it in the bar: per cent of the year that got most."""

    payer: Payer
    amount: Decimal
    start: Decimal
    width: Decimal

    @property
    def word(self) -> str:
        return str(WORDS[self.payer])

    @property
    def fill(self) -> int:
        """Which of the picture's fills is the payer's: 1, 2, 3."""
        return list(Payer).index(self.payer) + 1


@dataclass(frozen=True)
class IncomeYear:
    year: int
    cells: list[tuple[Payer, str, Decimal | None]]  # each payer, its word and amount; None: nothing is registered
    parts: list[Part]
    total: Decimal


@dataclass(frozen=True)
class Used:
    """Budget and use of one year or source. `used` is None when no line says it; `open_lines` do not say it yet."""

    budget: Decimal
    used: Decimal | None
    open_lines: int

    @property
    def rest(self) -> Decimal | None:
        return None if self.used is None else self.budget - self.used

    @property
    def per_cent(self) -> Decimal | None:
        return None if self.used is None or not self.budget else self.used * 100 / self.budget


def income(agreement: Agreement) -> list[IncomeYear]:
    """What each payer gave in each year, first to last; one query."""
    rows = agreement.contributions.order_by().values("year", "payer").annotate(total=Sum("amount"))
    by_year: dict[int, dict[str, Decimal]] = defaultdict(dict)
    for row in rows:
        by_year[row["year"]][row["payer"]] = Decimal(row["total"]).quantize(ØRE)
    most = max((sum(amounts.values()) for amounts in by_year.values()), default=Decimal(0))
    return [_income_year(year, by_year[year], Decimal(most)) for year in sorted(by_year)]


def _income_year(year: int, amounts: dict[str, Decimal], most: Decimal) -> IncomeYear:
    parts, start = [], Decimal(0)
    for payer in Payer:
        if amounts.get(payer):
            width = amounts[payer] * 100 / most
            parts.append(Part(payer, amounts[payer], start, width))
            start += width
    cells = [(payer, str(word), amounts.get(payer)) for payer, word in WORDS.items()]
    return IncomeYear(year, cells, parts, sum(amounts.values(), Decimal(0)))


def accounts_by_year(agreement: Agreement) -> list[tuple[int, Used]]:
    """One query."""
    rows = agreement.account_lines.order_by("year").values("year").annotate(**SUMS)
    return [(row["year"], _as_used(row)) for row in rows]


@dataclass(frozen=True)
class UsedBar:
    """One year's budget and use; the widths are per cent of the longest of all bars."""

    year: int
    used: Used
    budget_width: Decimal
    used_width: Decimal


def used_bars(years: list[tuple[int, Used]]) -> list[UsedBar]:
    most = max((max(each.budget, each.used or 0) for _year, each in years), default=0) or 1
    # what came in again makes a use below 0, which has no bar
    return [
        UsedBar(year, each, each.budget * 100 / most, max(each.used or Decimal(0), Decimal(0)) * 100 / most)
        for year, each in years
    ]


def accounts_by_source(agreement: Agreement, year: int) -> list[tuple[Payer, str, Used]]:
    """The accounts of one year, by whose money it is, with its word; one query."""
    rows = agreement.account_lines.filter(year=year).order_by().values("funded_by").annotate(**SUMS)
    found = {row["funded_by"]: _as_used(row) for row in rows}
    return [(payer, str(word), found[payer]) for payer, word in WORDS.items() if payer in found]


def together(all_used: list[Used]) -> Used | None:
    """The sum; None where there is nothing to sum."""
    if not all_used:
        return None
    known = [each.used for each in all_used if each.used is not None]
    return Used(
        budget=sum((each.budget for each in all_used), Decimal(0)),
        used=sum(known, Decimal(0)) if known else None,
        open_lines=sum(each.open_lines for each in all_used),
    )


def _as_used(row) -> Used:
    spent = None if row["spent"] is None else Decimal(row["spent"]).quantize(ØRE)
    return Used(Decimal(row["budgeted"]).quantize(ØRE), spent, row["open_lines"])


def of_lines(lines) -> Used | None:
    """The sum over a list of account lines, whatever they are of; one query."""
    row = lines.order_by().aggregate(**SUMS)
    return None if row["budgeted"] is None else _as_used(row)
