"""What of outreach needs somebody: each module tells of its part by `todos(user, today)`."""

from datetime import date

from kulturmetropol.todo import Todo
from outreach.clocks import Clock

from . import contacts, notes, onboarding, runs, visits


def todos(user, today: date, *, clocks: list[Clock] | None = None) -> list[Todo]:
    """`clocks` of the user, where the page has read them anyway."""
    return [
        *onboarding.todos(user, today),
        *visits.todos(user, today),
        *contacts.todos(user, today),
        *notes.todos(user, today, clocks=clocks),
        *runs.todos(user),
    ]
