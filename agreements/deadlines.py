"""What the state wants back from every agreement, and when. Nobody types these days in: they follow from the period.

Status, key figures and accounts of a year by 15 September of the year after; a final evaluation by 1 March of the last
year. What has been handed in is a `Submission`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from .models import Agreement, Submission

Kind = Submission.Kind
EVERY_YEAR = (Kind.STATUS, Kind.KEY_FIGURES, Kind.ACCOUNTS)


@dataclass(frozen=True)
class Deadline:
    """Something of a year that an agreement owes the state on a day, and the submission, if it has been handed in."""

    agreement: Agreement
    kind: Submission.Kind
    year: int
    due_on: date
    submission: Submission | None = None

    def is_overdue(self, today: date) -> bool:
        return self.submission is None and self.due_on < today

    def days_left(self, today: date) -> int:
        """Negative once the day has passed."""
        return (self.due_on - today).days


def deadlines(agreement: Agreement, submissions: Iterable[Submission] = ()) -> list[Deadline]:
    """All deadlines of an agreement, by day. `submissions` are those of the agreement."""
    first, last = agreement.starts_on.year, agreement.ends_on.year
    handed_in = {(each.kind, each.year): each for each in submissions}
    owed = [(kind, year, date(year + 1, 9, 15)) for year in range(first, last + 1) for kind in EVERY_YEAR]
    owed.append((Kind.EVALUATION, last, date(last, 3, 1)))
    return [
        Deadline(agreement, kind, year, due_on, handed_in.get((kind.value, year)))
        for kind, year, due_on in sorted(owed, key=lambda each: (each[2], each[1]))
    ]


@dataclass(frozen=True)
class Waiting:
    """What one agreement still owes on one day, as one thing to do."""

    agreement: Agreement
    due_on: date
    year: int
    kinds: list[Submission.Kind]
    overdue: bool
    days: int


def waiting(agreements: Iterable[Agreement], today: date) -> list[Waiting]:
    """What is not handed in, the oldest first: all that is overdue, and of each agreement the next deadline to come.

    The agreements come with their submissions prefetched.
    """
    found = []
    for agreement in agreements:
        open_ones = [each for each in deadlines(agreement, agreement.submissions.all()) if each.submission is None]
        for due_on, group in groupby(open_ones, key=lambda each: each.due_on):
            together = list(group)
            overdue = due_on < today
            kinds = [each.kind for each in together]
            found.append(Waiting(agreement, due_on, together[0].year, kinds, overdue, abs((due_on - today).days)))
            if not overdue:
                break
    return sorted(found, key=lambda each: (each.due_on, each.agreement.pk))
