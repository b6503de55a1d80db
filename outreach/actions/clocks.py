"""The verbs of the committee clock: what sets it."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.models import Body, Meeting
from kulturmetropol import history


@transaction.atomic
def put_on_agenda(*, committee: Body, day: date, status: str = Meeting.Status.PLANNED) -> Meeting:
    """The committee's meeting on the day, with the region on its agenda. It is made where there is none.

    Raises `ValidationError` where the day's meeting is cancelled.
    """
    Body._base_manager.select_for_update().get(pk=committee.pk)  # two at once make one meeting
    meetings = list(committee.meetings.filter(held_on=day).order_by("pk"))
    meeting = next((each for each in meetings if each.status != Meeting.Status.CANCELLED), None)
    if meeting is None and meetings:
        raise ValidationError(
            _("The meeting on %(day)s is cancelled. Open the meeting, if it is held after all.")
            % {"day": date_format(day)}
        )
    if meeting is None:
        meeting = Meeting(body=committee, held_on=day, status=status, region_on_agenda=True)
        meeting.save(force_insert=True)
        return meeting
    is_held = Meeting.Status.HELD in (meeting.status, status)
    wanted = Meeting.Status.HELD if is_held else meeting.status
    if not meeting.region_on_agenda or meeting.status != wanted:
        meeting.region_on_agenda, meeting.status = True, wanted
        meeting.version += 1  # a form that somebody has open on the meeting meets a conflict
        meeting.save(update_fields=["region_on_agenda", "status", "version"])
    return meeting


def log_meeting(*, committee: Body, day: date, today: date) -> Meeting:
    """That the region was on the committee's agenda, or that it will be; doing so again changes nothing.

    Raises `ValidationError` where the day's meeting is cancelled.
    """
    status = Meeting.Status.HELD if day <= today else Meeting.Status.PLANNED
    return put_on_agenda(committee=committee, day=day, status=status)


@transaction.atomic
def confirm_meeting(*, meeting: Meeting, version: int, held: bool) -> bool:
    """Say of a planned meeting whose day has passed whether it was held. False when somebody has saved it since."""
    if meeting.status != Meeting.Status.PLANNED or not history.claim(meeting, version):
        return False
    meeting.status = Meeting.Status.HELD if held else Meeting.Status.CANCELLED
    meeting.save(update_fields=["status", "version"])
    return True
