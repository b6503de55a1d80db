"""The list of measures on the chairmanship's agenda: put there once, reached from there."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from agreements.models import AgendaItem, Body, Meeting
from outreach.models import MeasureList
from tests.factories import BodyFactory, CultureRegionFactory, MeetingFactory, kulturmetropolen
from tests.initiatives.test_races import at_once
from tests.pages import errors, form_data, notices, offered, parse, refused, send

TODAY = timezone.localdate()
TITLE = "Mulige tiltag i processen mod 2021-24"


@pytest.fixture
def the_list(cast) -> MeasureList:
    return MeasureList.objects.get(title=TITLE)


@pytest.fixture
def url(the_list) -> str:
    return f"/tiltag/liste/{the_list.pk}/dagsorden/"


def chairmanship() -> Body:
    return Body.objects.get(culture_region=kulturmetropolen(), kind="chairmanship")


def coming(days: int = 30, **fields) -> Meeting:
    return MeetingFactory(body=chairmanship(), held_on=TODAY + timedelta(days=days), **fields)


def of_the_list() -> list[AgendaItem]:
    return list(AgendaItem.objects.filter(title=TITLE).order_by("pk"))


def test_the_list_is_put_on_the_agenda_once(staff, the_list, url):
    Meeting.objects.filter(body=chairmanship()).update(status="cancelled")
    meeting = coming()
    AgendaItem.objects.create(meeting=meeting, position=1, title="Velkomst")
    for _press in range(2):
        response = send(staff, url)
        (item,) = of_the_list()
        assert response.url == f"/moeder/{meeting.pk}/#agendaitem-{item.pk}"
    assert (item.position, item.presentation) == (2, the_list.introduction)
    the_list.refresh_from_db()
    assert the_list.agenda_item == item
    assert notices(staff.get("/"))[0] == f"“{TITLE}” er på dagsordenen: {meeting}."


def test_the_meeting_and_the_list_lead_to_each_other(staff, log_in, cast, the_list, url):
    meeting = coming()
    send(staff, url, meeting=str(meeting.pk))

    def links(client, address: str) -> set[str]:
        return {link.get("href") for link in parse(client.get(address)).iter("a")}

    (item,) = of_the_list()
    assert f"/moeder/{meeting.pk}/#agendaitem-{item.pk}" in links(staff, "/tiltag/")
    own = {the_list.get_absolute_url(), f"/tiltag/liste/{the_list.pk}/pdf/?hent"}
    assert own <= links(staff, f"/moeder/{meeting.pk}/")
    assert links(log_in(cast.chair), f"/moeder/{meeting.pk}/").isdisjoint(own)  # the list is the secretariat's


def test_a_new_meeting_is_made_for_it_once(staff, the_list, url):
    day = TODAY + timedelta(days=40)
    for _press in range(2):
        send(staff, url, meeting="", held_on=f"{day:%d-%m-%Y}")
        meeting = Meeting.objects.get(body=chairmanship(), held_on=day)
        assert [(each.meeting, each.position) for each in of_the_list()] == [(meeting, 1)]
    assert (meeting.status, meeting.place) == ("planned", "")


def test_a_list_comes_on_one_agenda_after_the_other(staff, the_list, url):
    first, second = coming(30), coming(60)
    for meeting in (first, second, first):
        send(staff, url, meeting=str(meeting.pk))
    items = {each.meeting: each for each in of_the_list()}
    assert list(items) == [first, second]
    the_list.refresh_from_db()
    assert the_list.agenda_item == items[first]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"meeting": ""}, "Dato for det nye møde: Skriv datoen for det nye møde, eller vælg et planlagt."),
        (
            {"held_on": f"{TODAY + timedelta(days=9):%d-%m-%Y}"},
            "Dato for det nye møde: Vælg et planlagt møde eller et nyt, ikke begge dele.",
        ),
        (
            {"meeting": "", "held_on": f"{TODAY - timedelta(days=1):%d-%m-%Y}"},
            "Dato for det nye møde: Datoen er passeret. En liste sættes på dagsordenen for et kommende møde.",
        ),
        (
            {"meeting": "", "held_on": "31-02-2027"},
            "Dato for det nye møde: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
        ),
    ],
)
def test_a_meeting_that_makes_no_sense_is_refused(staff, url, typed, message):
    coming()
    assert refused(staff, url, **typed) == [message]
    assert of_the_list() == []


def test_only_planned_meetings_of_the_chairmanship_are_offered(staff, url):
    Meeting.objects.filter(body=chairmanship()).delete()
    planned = coming(10)
    others = [
        coming(20, status="cancelled"),
        MeetingFactory(body=chairmanship(), held_on=TODAY - timedelta(days=1)),
        MeetingFactory(held_on=TODAY + timedelta(days=5)),
        MeetingFactory(
            body=BodyFactory(kind="chairmanship", culture_region=CultureRegionFactory()),
            held_on=TODAY + timedelta(days=5),
        ),
    ]
    assert offered(staff.get(url), "meeting") == ["", str(planned.pk)]
    for meeting in others:
        (message,) = errors(staff.post(url, {"meeting": meeting.pk}))
        assert message.startswith("Møde: Marker en gyldig valgmulighed.")
    assert of_the_list() == []


def test_without_coming_meetings_the_day_is_asked_for_alone(staff, url):
    Meeting.objects.filter(body=chairmanship()).update(status="cancelled")
    assert form_data(staff.get(url)) == {"held_on": ""}
    assert refused(staff, url) == ["Dato for det nye møde: Skriv datoen for det nye møde, eller vælg et planlagt."]


def test_a_region_without_a_chairmanship_is_told(staff, url):
    Meeting.objects.filter(body=chairmanship()).delete()
    chairmanship().delete()
    message = "Kulturregionen har intet formandskab blandt sine organer. Opret det først."
    assert message in staff.get(url).content.decode()
    assert refused(staff, url, held_on=f"{TODAY:%d-%m-%Y}") == [message]


def test_an_item_that_is_deleted_takes_the_list_off_the_agenda(staff, the_list, url):
    send(staff, url, meeting=str(coming().pk))
    (item,) = of_the_list()
    staff.post(f"/dagsordenspunkter/{item.pk}/slet/")
    the_list.refresh_from_db()
    assert the_list.agenda_item is None
    assert "Sæt på dagsordenen" in staff.get("/tiltag/").content.decode()


def test_putting_on_the_agenda_meets_a_form_that_is_open(staff, log_in, cast, the_list, url):
    edit = f"/tiltag/liste/{the_list.pk}/rediger/"
    opened = form_data(staff.get(edit))
    send(log_in(cast.admin), url, meeting=str(coming().pk))
    response = staff.post(edit, opened | {"title": "Nye tiltag"})
    assert response.status_code == 409
    assert staff.post(edit, form_data(response)).status_code == 302
    the_list.refresh_from_db()
    assert (the_list.title, the_list.agenda_item.title) == ("Nye tiltag", TITLE)


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_the_same_moment_make_one_meeting_and_one_item(log_in, cast, url):
    day = TODAY + timedelta(days=50)
    clients = [log_in(cast.staff), log_in(cast.admin)]
    typed = {"meeting": "", "held_on": f"{day:%d-%m-%Y}"}
    answers = at_once(*[partial(client.post, url, typed) for client in clients])
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Meeting.objects.filter(body=chairmanship(), held_on=day).count() == 1
    assert len(of_the_list()) == 1
