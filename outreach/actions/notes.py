"""The verbs of status notes: drafting, the steps from draft to published page, and asking for one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.models import Body
from kulturmetropol import history
from kulturmetropol.accounts.models import User
from outreach import drafting
from outreach.actions.clocks import put_on_agenda
from outreach.models import StatusNote

Status = StatusNote.Status

DRAFTED = "drafted"  # why a save was made, in the history: the text is the machine's
LONGEST_AHEAD = timedelta(days=366)
STEPS = {
    "approve": (Status.APPROVED, StatusNote.BEING_WRITTEN),
    "publish": (Status.PUBLISHED, (Status.APPROVED,)),
    "withdraw": (Status.WITHDRAWN, (*StatusNote.UNPUBLISHED, Status.PUBLISHED)),
    "reopen": (Status.DRAFT, (Status.APPROVED, Status.WITHDRAWN)),
}


def fill_with_draft(note: StatusNote, today: date) -> list[str]:
    """Put the draft into a note that is about to be saved; what its author should know."""
    drafted = drafting.draft(region=note.culture_region, municipality=note.municipality, month=note.month, today=today)
    note.text = drafted.text
    note._change_reason = DRAFTED  # type: ignore[attr-defined]
    begin(note)
    return drafted.remarks


def begin(note: StatusNote) -> None:
    """What was asked for and has a text is a draft."""
    if note.status == Status.REQUESTED and note.text:
        note.status = Status.DRAFT


def is_written_by_person(note: StatusNote) -> bool:
    """Whether somebody has changed what the last draft said, or written the text from nothing."""
    drafts = note.history.filter(history_change_reason=DRAFTED, text=note.text)
    return bool(note.text) and not drafts.exists()


@transaction.atomic
def redraft(*, note: StatusNote, version: int, today: date) -> list[str] | None:
    """Write the text anew; what the author should know. None, and nothing done, when somebody has saved since."""
    if not history.claim(note, version):
        return None
    if locked := note.why_locked():
        raise ValidationError(locked)
    remarks = fill_with_draft(note, today)
    note.save(update_fields=["text", "status", "version"])
    return remarks


@transaction.atomic
def step(*, note: StatusNote, verb: str, version: int, today: date, reason: str = "") -> bool:
    """Take the note on by one of `STEPS`. False, and nothing done, when somebody has saved since.

    Raises `ValidationError` where the step does not lead on from where the note is.
    """
    if not history.claim(note, version):
        return False
    status, sources = STEPS[verb]
    if note.status not in sources:
        raise ValidationError(
            _("The status note is “%(status)s”, so this can no longer be done.") % {"status": note.get_status_display()}
        )
    note.status = status
    note.status_reason = reason.strip() if status == Status.WITHDRAWN else ""
    if status == Status.PUBLISHED:
        note.published_on = today
    elif status == Status.DRAFT:
        note.published_on = None
    note.validate_constraints()
    note.save(update_fields=["status", "status_reason", "published_on", "version"])
    return True


def ask(*, user: User, committee: Body, day: date, today: date) -> StatusNote:
    """Ask the secretariat for a status note before a committee's meeting, which is made where it is not there yet.

    Raises `ValidationError` where the day has come, or where there is one for the meeting or the month already.
    """
    if day <= today:
        raise ValidationError(
            _("The meeting is to lie after today: a status note is ready the day before at the latest.")
        )
    if day > today + LONGEST_AHEAD:
        raise ValidationError(_("The meeting is more than a year ahead. Ask when it draws near."))
    try:
        return _ask(user, committee, day, today)
    except IntegrityError:  # somebody else has asked at the very same moment
        raise ValidationError(_already(today)) from None


@transaction.atomic
def _ask(user: User, committee: Body, day: date, today: date) -> StatusNote:
    meeting = put_on_agenda(committee=committee, day=day)
    month = today.replace(day=1)
    notes = StatusNote.objects.current().filter(
        culture_region=committee.culture_region_id, municipality=committee.municipality_id
    )
    if notes.filter(meeting=meeting).exists():
        raise ValidationError(_("There is already a status note for this meeting."))
    asked: dict[str, Any] = {"meeting": meeting, "requested_by": user, "requested_on": today}
    note = notes.select_for_update(of=("self",)).filter(month=month).first()
    if note is None:
        note = StatusNote(
            culture_region=committee.culture_region,
            municipality=committee.municipality,
            month=month,
            status=Status.REQUESTED,
            **asked,
        )
        note.save(force_insert=True)
        return note
    if note.status == Status.PUBLISHED:
        raise ValidationError(_("The status note of this month is published already. Use its text."))
    if note.meeting_id:
        raise ValidationError(_already(today))
    for name, value in asked.items():
        setattr(note, name, value)
    note.version += 1
    note.save(update_fields=[*asked, "version"])
    return note


def _already(today: date) -> str:
    return _("A status note for %(month)s has been asked for already, for another meeting.") % {
        "month": date_format(today, "F Y")
    }
