"""A user's calendar: subscribed to by a secret address, and always exactly what the user may see today."""

from datetime import date, datetime, time, timedelta
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
from django.core.signing import Signer
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from icalendar import Calendar

from agreements.models import CultureRegion, Meeting, Post, Submission
from initiatives.models import Activity, Milestone
from kulturmetropol.accounts.models import CalendarSecret, User
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MeetingFactory,
    municipality,
)
from tests.pages import all_of_class, notices, parse, text

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def address(client) -> str:
    """The calendar's address, as the page shows it; made first where there is none."""
    page = client.get("/kalender/")
    if b"calendar-address" not in page.content:
        page = client.post("/kalender/ny-adresse/", follow=True)
    (field,) = [each for each in parse(page).iter("input") if each.get("id") == "calendar-address"]
    return field.get("value")


def fetch(url: str) -> Calendar:
    """As a calendar does it: without logging in."""
    response = Client().get(url.removeprefix("http://testserver"))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def events(url: str) -> dict[str, object]:
    return {str(each["UID"]): each for each in fetch(url).walk("VEVENT")}


def titles(url: str) -> list[str]:
    return [str(each["SUMMARY"]) for each in events(url).values()]


def test_a_meeting_with_a_time(staff):
    meeting = MeetingFactory(
        body=BodyFactory(name="Styregruppen"), held_on=date(2021, 7, 1), starts_at=time(16, 30),
        place="Rødovre Rådhus, sal 2", announcement="alle møder\r\nhinanden; ja",
    )  # fmt: skip
    url = address(staff)
    event = events(url)[f"meeting-{meeting.pk}@testserver"]
    assert str(event["SUMMARY"]) == "Styregruppen"
    assert event.start == datetime(2021, 7, 1, 16, 30, tzinfo=COPENHAGEN)
    assert event.end == datetime(2021, 7, 1, 18, 30, tzinfo=COPENHAGEN)
    assert str(event["LOCATION"]) == "Rødovre Rådhus, sal 2"
    link = f"http://testserver{meeting.get_absolute_url()}"
    assert str(event["URL"]) == link
    assert str(event["DESCRIPTION"]).splitlines() == ["alle møder", "hinanden; ja", "", link]
    assert event["STATUS"] == "CONFIRMED"
    raw = fetch(url).to_ical().decode()
    assert "DTSTART;TZID=Europe/Copenhagen:20210701T163000" in raw
    assert [str(zone["TZID"]) for zone in fetch(url).walk("VTIMEZONE")] == ["Europe/Copenhagen"]


def test_a_day_without_a_time_lasts_all_day(staff):
    meeting = MeetingFactory(held_on=date(2021, 12, 31))
    event = events(address(staff))[f"meeting-{meeting.pk}@testserver"]
    assert (event.start, event.end) == (date(2021, 12, 31), date(2022, 1, 1))
    assert event["TRANSP"] == "TRANSPARENT"


def test_a_cancelled_meeting_is_said_to_be_so(staff):
    meeting = MeetingFactory(body=BodyFactory(name="Styregruppen"), status=Meeting.Status.CANCELLED)
    event = events(address(staff))[f"meeting-{meeting.pk}@testserver"]
    assert (str(event["SUMMARY"]), event["STATUS"]) == ("Aflyst: Styregruppen", "CANCELLED")


def test_activities_and_milestones(staff):
    area = InitiativeAreaFactory(name="Prøveområdet")
    initiative = InitiativeFactory(title="Kor på torvet", area=area)
    activity = Activity.objects.create(initiative=initiative, title="Fællessang", held_on=date(2021, 5, 1))
    activity.municipalities.set([municipality("Køge"), municipality("Rødovre")])
    open_one = Milestone.objects.create(area=area, title="Plan klar", due_on=date(2021, 6, 1))
    reached = Milestone.objects.create(area=area, title="I gang", due_on=date(2021, 4, 1), reached_on=date(2021, 3, 1))
    found = events(address(staff))
    sung = found[f"activity-{activity.pk}@testserver"]
    assert (str(sung["SUMMARY"]), sung.start, str(sung["LOCATION"])) == (
        "Fællessang", date(2021, 5, 1), "Køge, Rødovre",
    )  # fmt: skip
    assert str(sung["DESCRIPTION"]).splitlines()[:2] == ["Kor på torvet", "Køge, Rødovre"]
    assert str(found[f"milestone-{open_one.pk}@testserver"]["SUMMARY"]) == "Milepæl: Plan klar"
    assert str(found[f"milestone-{reached.pk}@testserver"]["SUMMARY"]) == "Nået: I gang"


def test_the_states_deadlines_of_every_agreement(staff):
    agreement = AgreementFactory(name="Ny aftale", starts_on=date(2033, 1, 1), ends_on=date(2034, 12, 31))
    for kind in Submission.Kind.values[:3]:
        Submission.objects.create(agreement=agreement, kind=kind, year=2033, handed_in_on=date(2034, 9, 1))
    Submission.objects.create(agreement=agreement, kind="accounts", year=2034, handed_in_on=date(2035, 9, 1))
    found = events(address(staff))
    mine = {uid: each for uid, each in found.items() if uid.startswith(f"deadline-{agreement.pk}-")}
    assert {uid: (str(each["SUMMARY"]), each.start) for uid, each in mine.items()} == {
        f"deadline-{agreement.pk}-20340301@testserver": (
            "Frist til staten: afsluttende evaluering, 2034", date(2034, 3, 1),
        ),
        f"deadline-{agreement.pk}-20340915@testserver": (
            "Afleveret: årlig status, nøgletal og revideret regnskab, 2033", date(2034, 9, 15),
        ),
        f"deadline-{agreement.pk}-20350915@testserver": (
            "Frist til staten: årlig status og nøgletal, 2034", date(2035, 9, 15),
        ),
    }  # fmt: skip


def test_a_moved_meeting_keeps_its_name_and_says_when_it_was_moved(staff):
    meeting = MeetingFactory(held_on=date(2021, 2, 3))
    url = address(staff)
    before = events(url)[f"meeting-{meeting.pk}@testserver"]
    moved_at = timezone.now() + timedelta(hours=1)
    meeting.held_on = date(2021, 2, 10)
    meeting._history_date = moved_at
    meeting.save()
    after = events(url)[f"meeting-{meeting.pk}@testserver"]
    assert (before.start, after.start) == (date(2021, 2, 3), date(2021, 2, 10))
    assert moved_at.replace(microsecond=0) == after.DTSTAMP


def test_each_sees_what_they_may_see_today_and_nothing_else(log_in, cast):
    MeetingFactory(body=BodyFactory(name="Zzgruppen"))
    assert "Zzgruppen" in titles(address(log_in(cast.chair)))
    assert "Zzgruppen" in titles(address(log_in(cast.culture_head)))
    assert titles(address(log_in(cast.outsider))) == []


def test_a_term_that_ends_empties_the_calendar(log_in, cast):
    url = address(log_in(cast.chair))
    assert len(titles(url)) > 10
    Post.objects.filter(person__user=cast.chair).update(ends_on=timezone.localdate() - timedelta(1))
    assert titles(url) == []
    Post.objects.filter(person__user=cast.chair).update(ends_on=None)
    User.objects.filter(pk=cast.chair.pk).update(is_active=False)
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize("who", ["guest", "former_chair", "nobody"])
def test_who_reads_nothing_has_no_calendar(log_in, cast, who):
    client = log_in(getattr(cast, who))
    assert client.get("/kalender/").status_code == 404
    assert client.post("/kalender/ny-adresse/").status_code == 404
    assert not CalendarSecret.objects.exists()


def test_strangers_log_in_first(client, db):
    assert client.get("/kalender/").url == f"/log-ind/?next={quote('/kalender/')}"


def test_a_new_address_closes_the_old_one(staff, log_in, cast):
    other = address(log_in(cast.admin))
    old = address(staff)
    assert address(staff) == old
    page = staff.post("/kalender/ny-adresse/", follow=True)
    assert notices(page) == ["Din kalender har fået en ny adresse. Den gamle er lukket."]
    new = address(staff)
    assert new != old
    assert Client().get(old).status_code == 404
    assert Client().get(new).status_code == 200
    assert Client().get(other).status_code == 200
    assert CalendarSecret.objects.count() == 2


def test_reading_the_page_makes_no_address(staff):
    assert staff.get("/kalender/").status_code == 200
    assert staff.get("/kalender/ny-adresse/").status_code == 405
    assert not CalendarSecret.objects.exists()


@pytest.mark.parametrize(
    "wrong", ["x", ".", "a.b", "æ.ø", "%00.a", "{key}", "{key}.", "{key}.x", "{key}.{forged}", "{address}x"]
)
def test_a_wrong_address_is_not_found(staff, wrong):
    url = address(staff)
    key = CalendarSecret.objects.get().key
    forged = Signer(key="other", sep=".", salt="kulturmetropol.calendar").signature(key)
    path = wrong.format(key=key, forged=forged, address=url.rpartition("/")[2].removesuffix(".ics"))
    assert Client().get(f"/kalender/{path}.ics").status_code == 404


def test_a_calendar_that_asks_again_gets_only_news(staff):
    url = address(staff)
    client = Client()
    first = client.get(url)
    assert first["Cache-Control"] == "private, max-age=900"
    again = client.get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    MeetingFactory()
    assert client.get(url, headers={"if-none-match": first["ETag"]}).status_code == 200
    assert client.head(url).status_code == 200
    assert client.post(url).status_code == 405


def test_as_many_queries_for_many_entries_as_for_few(staff):
    url = address(staff)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            fetch(url)
        return len(captured)

    def make() -> None:
        agreement = AgreementFactory()
        Submission.objects.create(agreement=agreement, kind="status", year=2025, handed_in_on=date(2026, 9, 1))
        area = InitiativeAreaFactory(agreement=agreement)
        Milestone.objects.create(area=area, title="Skridt", due_on=date(2026, 1, 1))
        activity = Activity.objects.create(
            initiative=InitiativeFactory(area=area), title="Aktivitet", held_on=date(2026, 1, 1)
        )
        activity.municipalities.add(municipality("Køge"))
        MeetingFactory(starts_at=time(10))

    make()
    few = queries()
    for _n in range(20):
        make()
    assert queries() == few


def test_the_page_shows_what_comes_and_how_to_subscribe(staff):
    soon = timezone.localdate() + timedelta(days=1)
    MeetingFactory(body=BodyFactory(name="Zzgruppen"), held_on=soon, starts_at=time(9, 5), place="Salen")
    url = address(staff)
    page = parse(staff.get("/kalender/"))
    assert [link.get("href") for link in page.iter("a") if text(link) == "Åbn i min kalender"] == [
        url.replace("http://", "webcal://")
    ]
    first = next(each for each in all_of_class(page, "rows"))
    assert text(next(first.iter("a"))) == "Zzgruppen"
    assert "kl. 09.05 · Salen" in text(next(first.iter("li")))


def test_what_came_last_when_nothing_comes(log_in, cast):
    outsider = log_in(cast.outsider)
    assert "Der står ikke noget i den endnu." in text(parse(outsider.get("/kalender/")))
    region = CultureRegion.objects.get(slug="vest")
    AgreementFactory(culture_region=region, starts_on=date(2013, 1, 1), ends_on=date(2016, 12, 31))
    page = parse(outsider.get("/kalender/"))
    assert "Der er ikke planlagt noget. Det sidste var" in [text(each) for each in page.iter("h2")]
    (rows,) = all_of_class(page, "rows")
    assert [text(link) for link in rows.iter("a")] == [
        "Frist til staten: årlig status, nøgletal og revideret regnskab, 2016",
        "Frist til staten: årlig status, nøgletal og revideret regnskab, 2015",
        "Frist til staten: afsluttende evaluering, 2016",
        "Frist til staten: årlig status, nøgletal og revideret regnskab, 2014",
        "Frist til staten: årlig status, nøgletal og revideret regnskab, 2013",
    ]
