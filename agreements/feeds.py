"""What stands in a user's calendar of this app: meetings, and what the state wants back."""

from datetime import datetime
from itertools import groupby

from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from kulturmetropol.history import last_saved
from kulturmetropol.ics import Entry

from .deadlines import deadlines
from .models import Agreement, Meeting


def entries(user) -> list[Entry]:
    return [*_meetings(user), *_deadlines(user)]


def _meetings(user):
    for meeting in Meeting.objects.visible_to(user).annotate(changed=last_saved(Meeting)):
        cancelled = meeting.status == Meeting.Status.CANCELLED
        starts = meeting.held_on
        if meeting.starts_at:
            starts = datetime.combine(meeting.held_on, meeting.starts_at, timezone.get_default_timezone())
        yield Entry(
            key=f"meeting-{meeting.pk}",
            title=_("Cancelled: %(what)s") % {"what": meeting.body} if cancelled else str(meeting.body),
            starts=starts,
            path=meeting.get_absolute_url(),
            place=meeting.place,
            text=meeting.announcement,
            cancelled=cancelled,
            changed=meeting.changed,
        )


def _deadlines(user):
    """Each agreement's deadlines, those of one day and year as one entry."""
    agreements = Agreement.objects.visible_to(user).annotate(changed=last_saved(Agreement))
    for agreement in agreements.prefetch_related("submissions"):
        owed = deadlines(agreement, agreement.submissions.all())
        for (due_on, year), group in groupby(owed, key=lambda each: (each.due_on, each.year)):
            together = list(group)
            missing = [str(each.kind.label).lower() for each in together if each.submission is None]
            what = get_text_list(missing or [str(each.kind.label).lower() for each in together], _("and"))
            title = _("Deadline to the state: %(what)s, %(year)s") if missing else _("Handed in: %(what)s, %(year)s")
            handed_in = [each.submission.handed_in_on for each in together if each.submission]
            yield Entry(
                key=f"deadline-{agreement.pk}-{due_on:%Y%m%d}",
                title=title % {"what": what, "year": year},
                starts=due_on,
                path=reverse("agreement_deadlines", args=[agreement.pk]),
                text=str(agreement),
                changed=max([agreement.changed, *map(_midnight, handed_in)]) if agreement.changed else None,
            )


def _midnight(day):
    return datetime.combine(day, datetime.min.time(), timezone.get_default_timezone())
