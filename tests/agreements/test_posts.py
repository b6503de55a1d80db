"""Posts and what an election does to them, and the meeting plan of a year."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements import actions, elections
from agreements.models import Document, Person, Post
from tests.emptying import empty
from tests.factories import (
    BodyFactory,
    CommitteeFactory,
    MeetingFactory,
    PersonFactory,
    municipality,
)
from tests.pages import all_of_class, heading, notices, parse, records, refused, send, text

# --- posts and elections ----------------------------------------------------------------------------------------------


def test_elections_are_held_on_the_third_tuesday_of_november():
    assert [elections.election_day(year) for year in (2017, 2021, 2025, 2029)] == [
        date(2017, 11, 21),
        date(2021, 11, 16),
        date(2025, 11, 18),
        date(2029, 11, 20),
    ]
    assert elections.last_election(date(2025, 11, 18)) == date(2021, 11, 16)
    assert elections.last_election(date(2025, 11, 19)) == date(2025, 11, 18)
    assert elections.last_election(date(2024, 5, 1)) == date(2021, 11, 16)
    assert elections.term_of(date(2025, 12, 31)) == elections.Term(
        date(2021, 11, 16), date(2022, 1, 1), date(2025, 12, 31)
    )
    assert elections.term_of(date(2026, 1, 1)).ends_on == date(2029, 12, 31)


@pytest.fixture
def committee(db):
    empty(Post)
    return CommitteeFactory(name="Udvalget")


def post(name: str, committee, **fields) -> Post:
    values = {"kind": "chair", "body": committee, "starts_on": date(2022, 1, 1), "ends_on": date(2025, 12, 31)}
    return Post.objects.create(person=PersonFactory(name=name), **(values | fields))


@pytest.fixture
def after_the_election(monkeypatch):
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date(2025, 12, 1))


def to_confirm(client) -> list[str]:
    return [
        text(row.find("div/p/a")) for row in parse(client.get("/poster/bekraeft/")).iterfind(".//ul[@class='rows']/li")
    ]


def test_posts_that_the_election_ended_wait_for_a_word(staff, committee, after_the_election):
    post("Med slutdato", committee)
    post("Uden slutdato", committee, kind="member", ends_on=None)
    post("Fratrådt før valget", committee, ends_on=date(2024, 6, 30))
    post("Aftalt længere", committee, ends_on=date(2026, 6, 30))
    post("Kulturchef", None, kind="culture_head", municipality=municipality("Køge"), ends_on=None)
    renewed = post("Fornyet", committee)
    Post.objects.create(person=renewed.person, kind="chair", body=committee, starts_on=date(2026, 1, 1))
    assert to_confirm(staff) == ["Med slutdato", "Uden slutdato"]
    assert notices(staff.get("/poster/")) == ["2 poster sluttede med kommunalvalget. Bekræft, hvem der fortsætter"]
    assert "2 poster udløb med kommunalvalget" in text(parse(staff.get("/i-dag/")).find(".//main"))


def test_nobody_is_asked_before_the_election(staff, committee, monkeypatch):
    post("Formand", committee)
    monkeypatch.setattr(timezone, "localdate", lambda *_args: date(2025, 11, 18))
    response = staff.get("/poster/bekraeft/")
    assert text(all_of_class(parse(response), "empty")[0]) == "Der er intet at bekræfte."


def test_who_goes_on_has_a_new_post_in_the_new_term(staff, committee, after_the_election):
    old = post("Formand", committee, ends_on=None)
    response = staff.post("/poster/bekraeft/", {"post": old.pk, "fortsaetter": ""}, follow=True)
    assert notices(response) == ["Formand, Formand fortsætter i den nye valgperiode."]
    assert list(old.person.posts.order_by("starts_on").values_list("kind", "body", "starts_on", "ends_on")) == [
        ("chair", committee.pk, date(2022, 1, 1), date(2025, 12, 31)),
        ("chair", committee.pk, date(2026, 1, 1), date(2029, 12, 31)),
    ]
    again = staff.post("/poster/bekraeft/", {"post": old.pk, "fortsaetter": ""}, follow=True)
    assert notices(again) == ["Der er allerede taget stilling til denne post."]
    assert old.person.posts.count() == 2


def test_who_does_not_go_on_is_asked_about_no_more(staff, committee, after_the_election):
    old = post("Formand", committee, ends_on=None)
    staff.post("/poster/bekraeft/", {"post": old.pk, "sluttet": ""})
    old.refresh_from_db()
    assert (old.ends_on, old.not_continued, old.version) == (date(2025, 12, 31), True, 2)
    assert old.history.count() == 2
    assert parse(staff.get("/poster/bekraeft/")).findall(".//ul[@class='rows']/li/form") == []
    assert actions.continue_post(post=old, today=date(2025, 12, 1)) is None
    assert actions.end_post(post=old, today=date(2025, 12, 1)) is False


def test_only_editors_confirm_and_only_their_own(log_in, cast, committee, after_the_election):
    old = post("Formand", committee)
    names = ["staff", "outsider", "guest", "nobody"]
    assert [log_in(getattr(cast, name)).get("/poster/bekraeft/").status_code for name in names] == [200, 200, 404, 404]
    log_in(cast.outsider).post("/poster/bekraeft/", {"post": old.pk, "sluttet": ""})
    old.refresh_from_db()
    assert old.not_continued is False


def test_readers_may_not_confirm(log_in, cast):
    assert log_in(cast.chair).get("/poster/bekraeft/").status_code == 403


def test_a_politicians_post_ends_with_the_term(staff, committee):
    person = PersonFactory(name="Ny Formand")
    response = send(
        staff, f"/poster/opret/?person={person.pk}&organ={committee.pk}", kind="chair", starts_on="01-03-2023"
    )
    assert response.url == f"/personer/{person.pk}/"
    assert person.posts.get().ends_on == date(2025, 12, 31)
    assert "Formand, Udvalget, Køge" in text(parse(staff.get(f"/personer/{person.pk}/")))


def test_a_culture_heads_post_has_no_end_of_itself(staff):
    person = PersonFactory()
    url = f"/poster/opret/?person={person.pk}&kommune={municipality('Køge').pk}"
    send(staff, url, kind="culture_head", starts_on="01-03-2023")
    assert person.posts.get().ends_on is None


def test_faults_of_posts(staff, committee):
    url = f"/poster/opret/?person={PersonFactory().pk}"
    koege = str(municipality("Køge").pk)
    assert refused(staff, url, kind="chair", municipality=koege, starts_on="01-03-2023") == [
        "Organ: Vælg det organ, som personen er formand for eller medlem af."
    ]
    assert refused(
        staff, url, kind="culture_head", municipality=koege, body=str(committee.pk), starts_on="01-03-2023"
    ) == ["En post er enten i et organ eller i en kommune."]
    assert refused(staff, url, kind="chair", body=str(committee.pk), starts_on="01-03-2023", ends_on="01-03-2022") == [
        "Perioden slutter, før den begynder. Se de to datoer efter."
    ]


def test_the_list_of_posts_is_filtered_and_costs_few_queries(staff, committee):
    def queries(url: str = "/poster/") -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(url).status_code == 200
        return len(captured)

    post("Ny", committee, starts_on=timezone.localdate() - timedelta(days=1), ends_on=None)
    queries()
    few = queries()
    for number in range(30):
        post(f"Gammel {number}", committee, starts_on=date(2018, 1, 1), ends_on=date(2021, 12, 31))
    assert queries() == few
    assert records(staff.get("/poster/?tid=nu&art=chair&kommune=0259")) == ["Ny"]
    assert len(records(staff.get("/poster/?tid=tidligere"))) == 25


# --- the meeting plan -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "proposed"),
    [
        (date(2026, 2, 5), date(2027, 2, 11)),  # Thursday of week 6; 2026 has 53 weeks
        (date(2025, 2, 6), date(2026, 2, 5)),
        (date(2020, 12, 30), date(2021, 12, 29)),  # week 53 has no like
        (date(2021, 1, 1), date(2022, 1, 7)),
        (date(2024, 1, 1), date(2025, 1, 6)),
        (date(2025, 12, 31), date(2026, 12, 30)),
    ],
)
def test_a_day_is_proposed_on_the_same_weekday_of_the_next_year(day, proposed):
    found = actions.same_day_next_year(day)
    assert (found, found.weekday(), found.year) == (proposed, day.weekday(), day.year + 1)


@pytest.fixture
def body(db):
    body = BodyFactory(name="KMK 3")
    MeetingFactory(body=body, held_on=date(2025, 2, 6), starts_at="10:00", place="Køge", status="held", minutes="Ord")
    MeetingFactory(body=body, held_on=date(2025, 5, 8), status="cancelled")
    MeetingFactory(body=body, held_on=date(2025, 9, 4))
    return body


def test_a_plan_is_shown_first_and_then_made(staff, body):
    url = f"/organer/{body.pk}/moedeplan/2025/"
    assert "Lav mødeplan for 2026 efter 2025" in text(parse(staff.get(f"/organer/{body.pk}/")))
    response = staff.get(url)
    assert heading(response) == "Mødeplan for 2026"
    fields = [each for each in parse(response).iter("input") if each.get("name", "").endswith("held_on")]
    assert [each.get("value") for each in fields] == ["05-02-2026", "03-09-2026"]
    assert body.meetings.count() == 3

    first, second = [each.get("name").removesuffix("-held_on") for each in fields]
    data = {
        f"{first}-include": "on",
        f"{first}-held_on": "12-02-2026",
        f"{second}-include": "on",
        f"{second}-held_on": "03-09-2026",
    }
    made = staff.post(url, data, follow=True)
    assert notices(made) == ["2 møder er planlagt."]
    planned = body.meetings.filter(held_on__year=2026).order_by("held_on")
    assert [(each.held_on, each.place, each.status, each.minutes) for each in planned] == [
        (date(2026, 2, 12), "Køge", "planned", ""),
        (date(2026, 9, 3), "", "planned", ""),
    ]
    assert [each.history.count() for each in planned] == [1, 1]

    again = staff.post(url, data, follow=True)
    assert notices(again) == [
        "0 møder er planlagt.",
        "Hvor organet allerede har et møde den dag, er der ikke oprettet et til.",
    ]
    assert planned.count() == 2
    assert "der er allerede et møde" in text(parse(staff.get(url)))


def test_a_day_that_makes_no_sense_is_refused_and_nothing_is_made(staff, body):
    url = f"/organer/{body.pk}/moedeplan/2025/"
    first, second = [str(each.pk) for each in body.meetings.exclude(status="cancelled").order_by("held_on")]
    data = {f"{first}-include": "on", f"{first}-held_on": "31-02-2026", f"{second}-held_on": "not asked"}
    response = staff.post(url, data)
    assert notices(response) == [
        "Der er ikke gemt noget endnu 31-02-2026: Datoen findes ikke i kalenderen. "
        "Skriv dag-måned-år, for eksempel 06-11-2020."
    ]
    assert notices(staff.post(url, data | {f"{first}-held_on": "05-02-2027"})) == [
        "Der er ikke gemt noget endnu 05-02-2027: Planen er for 2026."
    ]
    assert body.meetings.count() == 3


def test_who_may_plan(log_in, cast, body):
    names = ["staff", "chair", "outsider", "guest"]
    url = f"/organer/{body.pk}/moedeplan/2025/"
    assert [log_in(getattr(cast, name)).get(url).status_code for name in names] == [200, 403, 404, 404]
    assert log_in(cast.staff).get(f"/organer/{body.pk}/moedeplan/1900/").status_code == 404
    assert log_in(cast.staff).get(f"/organer/{body.pk}/moedeplan/999999999/").status_code == 404


def test_the_demo_has_something_to_govern(db):
    assert {"Agnete Fjordby", "Frode Åkjær"} <= set(Person.objects.values_list("name", flat=True))
    assert Document.objects.filter(shared_with_guests=True).exists()
