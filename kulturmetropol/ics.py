"""Calendars in iCalendar's form (RFC 5545), built from plain entries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from icalendar import STATUS, TRANSP, Calendar, Event, vDuration

PRODID = "-//Kulturmetropol//Portal//DA"
REFRESHED_EVERY = timedelta(hours=6)
LENGTH = timedelta(hours=2)  # nobody registers when a meeting ends; a calendar has to show something


@dataclass(frozen=True)
class Entry:
    """Something on a day, or at a time when `starts` is an aware datetime.

    `key` names it for ever, so that a calendar moves it instead of doubling it. `path` is its page in the portal, empty
    for readers who may not open it; `changed` when it was saved last.
    """

    key: str
    title: str
    starts: date | datetime
    path: str
    place: str = ""
    text: str = ""
    cancelled: bool = False
    changed: datetime | None = None

    @property
    def day(self) -> date:
        return self.starts.date() if isinstance(self.starts, datetime) else self.starts


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """The entries as the text of a calendar that people subscribe to. The same entries give the same bytes."""
    built = Calendar.new(
        name=name,
        prodid=PRODID,
        uid=f"portal@{_host()}",
        method="PUBLISH",
        refresh_interval=REFRESHED_EVERY,
        subcomponents=[_event(each) for each in entries],
    )
    # what calendars knew before RFC 7986
    built.add("X-WR-TIMEZONE", settings.TIME_ZONE)
    built.add("X-PUBLISHED-TTL", vDuration(REFRESHED_EVERY))
    built.add_missing_timezones()
    return built.to_ical()


def invitation(entry: Entry, *, sequence: int, organizer: str) -> bytes:
    """One entry as a file to send by mail: a calendar puts it in, moves it by a higher `sequence`, or takes it out.

    `organizer` is an e-mail address. Nobody answers by it.
    """
    event = _event(entry)
    event.add("SEQUENCE", sequence)
    event.add("ORGANIZER", f"mailto:{organizer}")
    built = Calendar.new(prodid=PRODID, method="CANCEL" if entry.cancelled else "PUBLISH", subcomponents=[event])
    built.add_missing_timezones()
    return built.to_ical()


def _event(entry: Entry) -> Event:
    starts = timezone.localtime(entry.starts) if isinstance(entry.starts, datetime) else entry.starts
    all_day = not isinstance(starts, datetime)
    url = f"{settings.SITE_URL}{entry.path}" if entry.path else None
    return Event.new(
        uid=f"{entry.key}@{_host()}",
        stamp=(entry.changed or datetime.combine(entry.day, datetime.min.time(), UTC)).replace(microsecond=0),
        summary=entry.title,
        start=starts,
        end=starts + (timedelta(days=1) if all_day else LENGTH),
        location=entry.place or None,
        description="\n\n".join(filter(None, [entry.text, url])) or None,
        url=url,
        status=STATUS.CANCELLED if entry.cancelled else STATUS.CONFIRMED,
        transparency=TRANSP.TRANSPARENT if all_day else TRANSP.OPAQUE,
    )


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
