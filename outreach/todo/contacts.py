"""What the secretariat's contacts ask for: follow-ups, municipalities that nobody has talked to, stories not sent."""

from datetime import date, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kulturmetropol.todo import Todo
from outreach import contacts
from outreach.models import FollowUp
from outreach.models.contacts import SOON


def todos(user, today: date) -> list[Todo]:
    return [*_follow_ups(user, today), *_silent(user, today), *_stories(user, today)]


def _follow_ups(user, today):
    follow_ups = FollowUp.objects.editable_by(user).about_chosen(user).due_before(today + timedelta(days=SOON + 1))
    for each in follow_ups.select_related("municipality"):
        yield Todo(
            key=f"followup-{each.pk}",
            title=each.text,
            note=str(each.municipality or ""),
            due_on=each.due_on,
            url=each.get_absolute_url(),
            verb=_("Follow up"),
            owner=each.owner_id,
        )


def _silent(user, today):
    for line in contacts.overview(user, today):
        if not (line.is_member and line.is_silent):
            continue
        last = line.last.contacted_on if line.last else None
        due_on = (last or line.since) + contacts.LONGEST_SILENCE
        if due_on >= today:
            continue  # a new member has 90 days as well
        yield Todo(
            key=f"contact-{line.region.pk}-{line.municipality.pk}-{last or 'never'}",
            title=_("Get in touch with %(municipality)s") % {"municipality": line.municipality},
            note=_("Last contact %(days)d days ago") % {"days": line.days} if last else _("No contact is logged"),
            due_on=due_on,
            url=f"{reverse('contactnote_create')}?kommune={line.municipality.pk}",
            verb=_("Log a contact"),
        )


def _stories(user, today):
    waiting = contacts.unsent_stories(user, today).filter(published_on__lt=today - contacts.LONGEST_WAIT)
    days = list(waiting.values_list("published_on", flat=True))
    if days:
        title = ngettext(
            "%(count)d story waits for its culture head", "%(count)d stories wait for their culture head", len(days)
        )
        yield Todo(
            key="unsent-stories",
            title=title % {"count": len(days)},
            note=_("Published, and not sent to the municipality"),
            due_on=days[0] + contacts.LONGEST_WAIT,
            url=reverse("unsent_stories"),
            verb=_("Send stories"),
        )
