"""What status notes and the committees' clocks ask for: texts to write and publish, red clocks, meetings to confirm."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kulturmetropol.todo import Todo
from outreach.clocks import Clock, State, unconfirmed
from outreach.clocks import clocks as clocks_of
from outreach.models import StatusNote


def todos(user, today: date, *, clocks: list[Clock] | None = None) -> list[Todo]:
    clocks = clocks_of(user, today) if clocks is None else clocks
    return [*_notes(user, today), *_red_clocks(clocks), *_unconfirmed(user, today)]


def _notes(user, today: date) -> Iterator[Todo]:
    notes = (
        StatusNote.objects.editable_by(user)
        .about_chosen(user)
        .select_related("municipality", "meeting__body__municipality")
    )
    for note in notes.waiting():
        is_approved = note.status == StatusNote.Status.APPROVED
        yield Todo(
            key=f"statusnote-{note.pk}",
            title=_("Status for the committee in %(municipality)s, meeting on %(day)s")
            % {
                "municipality": note.municipality,
                "day": date_format(note.meeting.held_on, "MONTH_DAY_FORMAT"),
            },
            note=_("Approved, not published") if is_approved else note.get_status_display(),
            due_on=note.due_on,
            url=note.get_absolute_url(),
            verb=_("Publish") if is_approved else _("Write the status"),
        )
    for note in notes.filter(status=StatusNote.Status.APPROVED, meeting__isnull=True):
        yield Todo(
            key=f"statusnote-{note.pk}",
            title=_("Status for %(municipality)s, %(month)s")
            % {"municipality": note.municipality, "month": date_format(note.month, "F Y")},
            note=_("Approved, not published"),
            due_on=today,
            url=note.get_absolute_url(),
            verb=_("Publish"),
        )


def _red_clocks(clocks: list[Clock]) -> Iterator[Todo]:
    for clock in clocks:
        if clock.state == State.RED:
            yield Todo(
                key=f"clock-{clock.committee.pk}-{clock.due_on}",
                title=_("Get on the agenda of %(committee)s") % {"committee": clock.committee},
                note=_last(clock),
                due_on=clock.due_on,
                url=f"{reverse('memo_create')}?slags=municipality"
                f"&aftale={clock.agreement.pk}&udvalg={clock.committee.pk}",
                verb=_("Write a memo"),
            )


def _last(clock: Clock) -> str:
    if clock.last is None:
        return _("Has never been on the agenda")
    return ngettext("Last %(weeks)d week ago", "Last %(weeks)d weeks ago", clock.weeks) % {"weeks": clock.weeks}


def _unconfirmed(user, today: date) -> Iterator[Todo]:
    for meeting in unconfirmed(user, today):
        yield Todo(
            key=f"meeting-held-{meeting.pk}",
            title=_("Was the meeting of %(committee)s held?") % {"committee": meeting.body},
            note=date_format(meeting.held_on),
            due_on=meeting.held_on,
            url=f"{reverse('clock_list')}#unconfirmed",
            verb=_("Confirm"),
        )
