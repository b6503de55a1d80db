"""What needs somebody: the one form in which every app tells what is due and what is late."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

SOON = 7  # days
DAYS_COUNTED = 90  # from then on lateness is told in months


class Urgency(StrEnum):
    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True)
class Todo:
    """One thing to do: what, why, by when, where, and as a verb on a button. `key` names it for ever.

    `owner` is the id of the user whose it is; None: everybody's in the secretariat.
    """

    key: str
    title: str
    note: str
    due_on: date
    url: str
    verb: str
    owner: int | None = None

    def urgency(self, today: date) -> Urgency:
        days = (self.due_on - today).days
        if days < 0:
            return Urgency.OVERDUE
        return Urgency.SOON if days <= SOON else Urgency.LATER

    def when(self, today: date) -> str:
        """«3 dage over», «4 mdr. over», «i dag», «på mandag», «20. nov.»."""
        return lateness(self.due_on, today)


def lateness(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days <= -DAYS_COUNTED:
        return _("%(months)d months over") % {"months": -days // 30}
    if days < 0:
        return ngettext("%(days)d day over", "%(days)d days over", -days) % {"days": -days}
    if days == 0:
        return _("today")
    if days == 1:
        return _("tomorrow")
    if days <= SOON:
        return _("on %(weekday)s") % {"weekday": date_format(due_on, "l")}
    day = date_format(due_on, "SHORT_DAY_FORMAT")
    return day if due_on.year == today.year else f"{day} {due_on.year}"
