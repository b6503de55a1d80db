"""The terms of Danish municipal councils, and with them of committees and their chairs.

Elections are held on the third Tuesday of November of 2021 and every fourth year before and after; the term begins on
1 January after and lasts four years.
"""

from dataclasses import dataclass
from datetime import date

YEARS = 4
KNOWN = 2021  # a year with an election
TUESDAY = 1


@dataclass(frozen=True)
class Term:
    elected_on: date
    starts_on: date
    ends_on: date


def election_day(year: int) -> date:
    """The third Tuesday of November."""
    first = date(year, 11, 1)
    return date(year, 11, 1 + (TUESDAY - first.weekday()) % 7 + 14)


def last_election(day: date) -> date:
    """The last election before `day`; on the day itself people still vote."""
    year = day.year - (day.year - KNOWN) % YEARS
    return election_day(year) if election_day(year) < day else election_day(year - YEARS)


def term_after(elected_on: date) -> Term:
    year = elected_on.year
    return Term(elected_on, date(year + 1, 1, 1), date(year + YEARS, 12, 31))


def term_of(day: date) -> Term:
    """The term that runs on `day`."""
    year = day.year - 1 - (day.year - 1 - KNOWN) % YEARS
    return term_after(election_day(year))
