"""Who is invited to a visit, what the mail proposes to say, and the calendar entry that goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from email.utils import parseaddr

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from agreements import outbox
from agreements.danish import official_name
from agreements.models import OutgoingMail, Person, Post
from kulturmetropol import ics

from .models import OnboardingCase, Visit


@dataclass
class Recipient:
    """Somebody who may be invited; `roles` say as what, in words."""

    person: Person
    roles: list[str] = field(default_factory=list)

    def __str__(self):
        return f"{self.person} ({', '.join(self.roles)})"


def recipients(visit: Visit, today: date) -> list[Recipient]:
    """The ambassadors, the chair of the committee, the contact persons of the onboarding case; each person once."""
    found: dict[int, Recipient] = {}
    for person, role in _people(visit, today):
        found.setdefault(person.pk, Recipient(person)).roles.append(role)
    return list(found.values())


def _people(visit: Visit, today: date) -> Iterable[tuple[Person, str]]:
    for ambassador in visit.ambassadors.filter(person__isnull=False).select_related("person", "municipality"):
        yield ambassador.person, _("ambassador, %(municipality)s") % {"municipality": ambassador.municipality}
    if visit.body_id:
        chairs = Post.objects.current(today).filter(body=visit.body_id, kind=Post.Kind.CHAIR)
        for post in chairs.select_related("person").order_by("person__name"):
            yield post.person, _("chair, %(body)s") % {"body": visit.body}
    cases = OnboardingCase.objects.open().filter(
        agreement__culture_region=visit.culture_region_id, municipality=visit.host_id
    )
    for person in Person.objects.filter(onboarding_cases__in=cases).distinct():
        yield person, _("contact person, %(municipality)s") % {"municipality": visit.host}


# --- what was sent ----------------------------------------------------------------------------------------------------


def revision(visit: Visit) -> int:
    """The version of the visit in which what invited people are told became what it is: the sequence of calendars."""
    told = ("held_on", "starts_at", "place", "host", "body")
    rows = visit.history.order_by("-history_id").values_list("version", "status", *told)
    now = (visit.status == Visit.Status.CANCELLED, *(getattr(visit, _column(name)) for name in told))
    since = visit.version
    for version, status, *values in rows:
        if (status == Visit.Status.CANCELLED, *values) != now:
            break
        since = version
    return since


def _column(name: str) -> str:
    return Visit._meta.get_field(name).attname


def key(visit: Visit, person: int, revision: int) -> str:
    return f"visit-{visit.pk}-person-{person}-{revision}"


def sent(visit: Visit, revision: int | None = None) -> dict[int, OutgoingMail]:
    """The latest mail about the visit to each person, by the person's id; with a revision, of that one."""
    found = {}
    mails = OutgoingMail.objects.filter(key__startswith=f"visit-{visit.pk}-person-").order_by("pk")
    for mail in mails.defer("body", "calendar"):
        person, its_revision = map(int, mail.key.split("-")[3:])
        if revision in (None, its_revision):
            found[person] = mail
    return found


# --- what is sent -----------------------------------------------------------------------------------------------------


def title(visit: Visit) -> str:
    where = official_name(visit.host.name)
    if visit.body:
        where = _("%(body)s in %(municipality)s") % {"body": visit.body.name, "municipality": where}
    return _("%(region)s visits %(where)s") % {"region": visit.culture_region, "where": where}


def subject(visit: Visit, *, again: bool) -> str:
    """In Danish, as the texts of mails are; `again`: some have had an earlier one."""
    with translation.override(settings.LANGUAGE_CODE):
        plain = outbox.one_line(f"{title(visit)}, {date_format(visit.held_on)}")
        if visit.status == Visit.Status.CANCELLED:
            return _("Cancelled: %(what)s") % {"what": plain}
        return _("Changed: %(what)s") % {"what": plain} if again else plain


def text(visit: Visit) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        words = {"what": title(visit), "when": when(visit), "where": visit.place, "reason": visit.status_reason}
        if visit.status == Visit.Status.CANCELLED:
            lines = [_("The visit is cancelled: %(what)s, %(when)s.") % words, _("Reason: %(reason)s") % words]
        else:
            lines = [_("%(what)s on %(when)s.") % words]
            if visit.place:
                lines.append(_("Place: %(where)s") % words)
            lines += [_("From us come:") + "\n" + "\n".join(f"- {each}" for each in _travellers(visit))]
        last = _("The file takes the visit out of your calendar.")
        if visit.status != Visit.Status.CANCELLED:
            last = _("The file puts the visit into your calendar.")
        greeting = _("Kind regards") + "\n" + _("The secretariat, %(region)s") % {"region": visit.culture_region}
        return "\n\n".join([_("Hello"), *lines, last, greeting])


def when(visit: Visit) -> str:
    """«tirsdag den 8. december 2026 kl. 16.30»"""
    words = {"weekday": date_format(visit.held_on, "l"), "day": date_format(visit.held_on)}
    if not visit.starts_at:
        return _("%(weekday)s %(day)s") % words
    return _("%(weekday)s %(day)s at %(time)s") % {**words, "time": time_format(visit.starts_at)}


def _travellers(visit: Visit) -> list[str]:
    found = [
        f"{each.person}, {each.municipality}"
        if each.person
        else _("%(municipality)s (name follows)") % {"municipality": each.municipality}
        for each in visit.ambassadors.select_related("person", "municipality")
    ]
    return found + ([_("the secretariat")] if visit.secretariat_supports else []) or [_("(not decided yet)")]


def entry(visit: Visit, *, path: str = "", changed: datetime | None = None) -> ics.Entry:
    """The visit in a calendar; without `path` for people who may not open its page."""
    cancelled = visit.status == Visit.Status.CANCELLED
    starts: date | datetime = visit.held_on
    if visit.starts_at:
        starts = datetime.combine(visit.held_on, visit.starts_at, timezone.get_default_timezone())
    return ics.Entry(
        key=f"visit-{visit.pk}",
        title=_("Cancelled: %(what)s") % {"what": title(visit)} if cancelled else title(visit),
        starts=starts,
        path=path,
        place=visit.place,
        cancelled=cancelled,
        changed=changed,
    )


def calendar(visit: Visit, revision: int) -> str:
    with translation.override(settings.LANGUAGE_CODE):
        organizer = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
        told = entry(visit, changed=timezone.now())
        return ics.invitation(told, sequence=revision, organizer=organizer).decode()
