"""Where one is logged in: listed, and ended, by oneself alone."""

import time

import pytest
from django.conf import settings
from django.test import Client

from kulturmetropol.accounts.sessions import device
from tests.counting import queries
from tests.factories import UserFactory
from tests.pages import all_of_class, notices, parse, text

EMAIL, PASSWORD = "ase.oestergaard@herlev.example", "blå-viol-i-regnvejr"
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile Safari/604.1"


@pytest.fixture
def user(db):
    return UserFactory(email=EMAIL, password=PASSWORD)


def log_in(agent: str, email: str = EMAIL) -> Client:
    client = Client(headers={"user-agent": agent})
    assert client.post("/log-ind/", {"login": email, "password": PASSWORD}).url == "/"
    return client


def listed(client: Client) -> list[str]:
    (rows,) = all_of_class(parse(client.get("/konto/enheder/")), "rows")
    return [text(row.find("./div/p")) for row in rows.iterfind("./li")]


def buttons(client: Client) -> list[str]:
    forms = parse(client.get("/konto/enheder/")).iter("form")
    return [form.get("action") for form in forms if "/enheder/" in form.get("action", "")]


def test_places_are_listed_the_newest_first(user):
    windows, phone = log_in(EDGE), log_in(SAFARI)
    assert listed(windows) == ["Safari på iPhone", "Edge på Windows · her, nu"]
    assert listed(phone) == ["Safari på iPhone · her, nu", "Edge på Windows"]
    phone.post("/log-ud/")
    assert listed(windows) == ["Edge på Windows · her, nu"]


def test_one_place_is_ended_from_another(user):
    windows, phone, other = log_in(EDGE), log_in(SAFARI), log_in("")
    assert listed(windows)[0] == "Ukendt browser"
    assert windows.post(buttons(windows)[1]).url == "/konto/enheder/"
    assert phone.get("/").url == "/log-ind/?next=/"
    assert other.get("/").status_code == 200
    assert notices(windows.get("/konto/enheder/")) == ["Du er logget ud dér."]


def test_all_other_places_are_ended_at_once(user):
    here, *others = [log_in(EDGE) for _number in range(3)]
    here.post("/konto/enheder/")
    assert notices(here.get("/konto/enheder/")) == ["Du er logget ud 2 andre steder."]
    assert [each.get("/").url for each in others] == ["/log-ind/?next=/"] * 2
    assert here.get("/").status_code == 200


def test_nobody_ends_anothers_session(user):
    UserFactory(email="bo@herlev.example", password=PASSWORD)
    mine, _also_mine, theirs = log_in(EDGE), log_in(SAFARI), log_in(EDGE, "bo@herlev.example")
    (address,) = buttons(mine)
    assert theirs.post(address).status_code == 404
    theirs.post("/konto/enheder/")
    assert len(listed(mine)) == 2


def test_a_new_password_ends_the_others(user):
    here, other = log_in(EDGE), log_in(SAFARI)
    here.post(
        "/adgangskode/", {"oldpassword": PASSWORD, "password1": "grøn-hest-på-taget", "password2": "grøn-hest-på-taget"}
    )
    assert listed(here) == ["Edge på Windows · her, nu"]
    assert other.get("/").url == "/log-ind/?next=/"


def test_a_place_that_has_paused_too_long_is_none(user, monkeypatch):
    log_in(EDGE)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + settings.SESSION_PAUSE_READING + 60)
    phone = log_in(SAFARI)
    assert listed(phone) == ["Safari på iPhone · her, nu"]


def test_some_minutes_after_logging_in_one_confirms_who_one_is_before_ending_others(user, monkeypatch):
    here, other = log_in(EDGE), log_in(SAFARI)
    (address,) = [each for each in buttons(here) if each.endswith("/log-ud/")]
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 20 * 60)
    for asked in ("/konto/enheder/", address):
        response = here.post(asked)
        assert response.url.startswith("/konto/bekraeft/?next=")
        assert other.get("/").status_code == 200
    here.post(response.url, {"password": PASSWORD})
    assert other.get("/").url == "/log-ind/?next=/"


@pytest.mark.parametrize("page", ["/konto/totrin/", "/konto/adgangsnoegler/"])
def test_who_changes_the_second_step_is_offered_to_end_the_others(user, page):
    here, other = log_in(EDGE), log_in(SAFARI)
    (form,) = [each for each in parse(here.get(page)).iter("form") if "/enheder/" in each.get("action", "")]
    assert text(form) == "Log ud alle andre steder"
    here.post(form.get("action"))
    assert other.get("/").url == "/log-ind/?next=/"


def test_the_list_asks_as_often_for_one_place_as_for_many(user):
    here = log_in(EDGE)
    for_one = queries(here, "/konto/enheder/")
    for _number in range(4):
        log_in(SAFARI)
    assert queries(here, "/konto/enheder/") == for_one


@pytest.mark.parametrize(
    ("agent", "found"),
    [
        (EDGE, ("Edge", "Windows")),
        (SAFARI, ("Safari", "iPhone")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", ("Firefox", "Linux")),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", ("Chrome", "Android")),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/19 Safari/605.1.15", ("Safari", "Mac")),
        ("<script>alert(1)</script>", ("", "")),
        ("", ("", "")),
    ],
)
def test_browsers_are_called_what_people_call_them(agent, found):
    assert device(agent) == found
