"""The verbs of the list of measures."""

from django.db import transaction
from django.db.models import Q

from agreements.models import AgendaItem, Meeting
from outreach.models import MeasureList


@transaction.atomic
def put_on_agenda(*, measure_list: MeasureList, meeting: Meeting) -> AgendaItem:
    """Make the list an item of the agenda of `meeting`, which may be a new one that is not saved yet.

    A meeting that has the list already keeps its one item, and a body that meets on the day gets no second meeting.
    """
    held = MeasureList._base_manager.select_for_update().get(pk=measure_list.pk)
    meeting = _saved(meeting)
    Meeting._base_manager.select_for_update().get(pk=meeting.pk)  # whoever adds an item meanwhile takes another place
    item = meeting.agenda_items.filter(Q(pk=held.agenda_item_id) | Q(title=held.title)).first()
    if item is None:
        item = AgendaItem(meeting=meeting, title=held.title, presentation=held.introduction)
        item.full_clean()
        item.save(force_insert=True)
    if held.agenda_item_id != item.pk:
        held.agenda_item = item
        held.version += 1  # a form that somebody has open on the list meets a conflict
        held.save(update_fields=["agenda_item", "version"])
    return item


def _saved(meeting: Meeting) -> Meeting:
    if meeting.pk:
        return meeting
    planned = meeting.body.meetings.filter(held_on=meeting.held_on, status=Meeting.Status.PLANNED).first()
    if planned is None:
        meeting.save(force_insert=True)
    return planned or meeting
