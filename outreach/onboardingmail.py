"""What the mail of an invitation proposes to say, and the calendar entry that goes with it. Both are in Danish."""

from __future__ import annotations

from datetime import date, datetime
from email.utils import parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from agreements.danish import in_a_row, official_name
from agreements.models import Person
from kulturmetropol import ics

from .models import Invitation


def subject(invitation: Invitation) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        what = what_it_is(invitation)
        if invitation.day:
            what = f"{what}, {date_format(invitation.day)}"
        return _("Invitation: %(what)s") % {"what": what}


def text(invitation: Invitation, recipients: list[Person], sender) -> str:
    """`sender` is the user whose name stands below; answers go to the case's owner, or to the sender."""
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(
            "emails/invitation.txt",
            {
                "names": in_a_row([person.name for person in recipients]),
                "region": invitation.region,
                "municipality": official_name(invitation.case.municipality.name),
                "inviter": invitation.case.invited_by,
                "what": what_it_is(invitation),
                "when": _when(invitation),
                "place": _place(invitation),
                "fee": invitation.fee,
                "answer_to": invitation.case.owner or sender,
                "sender": sender,
            },
        ).strip()


def calendar(invitation: Invitation) -> str:
    """The text of an .ics file; empty where no day is known."""
    if not invitation.day:
        return ""
    with translation.override(settings.LANGUAGE_CODE):
        entry = ics.Entry(
            key=f"invitation-{invitation.pk}",
            title=what_it_is(invitation),
            starts=_starts(invitation, invitation.day),
            path="",
            place=_place(invitation),
            changed=timezone.now(),
        )
        organizer = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        return ics.invitation(entry, sequence=0, organizer=organizer).decode()


def what_it_is(invitation: Invitation) -> str:
    """«KMK-møde: KMK», «Konference: Unge og kultur»."""
    name = invitation.meeting.body if invitation.meeting else invitation.activity or invitation.title
    return f"{invitation.get_kind_display()}: {name}"


def _starts(invitation: Invitation, day: date) -> date | datetime:
    meeting = invitation.meeting
    if meeting and meeting.starts_at:
        return datetime.combine(day, meeting.starts_at, timezone.get_default_timezone())
    return day


def _when(invitation: Invitation) -> str:
    """«Torsdag den 3. december 2026 kl. 10.00»"""
    if not invitation.day:
        return ""
    words = {"weekday": date_format(invitation.day, "l").capitalize(), "day": date_format(invitation.day)}
    meeting = invitation.meeting
    if meeting and meeting.starts_at:
        return _("%(weekday)s %(day)s at %(time)s") % {**words, "time": time_format(meeting.starts_at)}
    return _("%(weekday)s %(day)s") % words


def _place(invitation: Invitation) -> str:
    known = invitation.meeting or invitation.activity
    return known.place if known else ""
