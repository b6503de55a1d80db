"""Who tries too often is stopped, an address without an account like one with; and nobody signs up."""

from datetime import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from kulturmetropol.accounts.models import User
from tests.factories import UserFactory
from tests.pages import errors, heading

EMAIL, PASSWORD = "ase.oestergaard@herlev.example", "blå-viol-i-regnvejr"
WRONG = "E-mailadressen og adgangskoden passer ikke sammen. Se begge efter, og prøv igen."
TOO_MANY = "For mange forsøg. Vent fem minutter, og prøv igen."


@pytest.fixture
def user(db):
    return UserFactory(email=EMAIL, password=PASSWORD)


def log_in(email: str, password: str, **more):
    return Client().post("/log-ind/", {"login": email, "password": password}, **more)


@pytest.mark.parametrize("email", [EMAIL, "ukendt@herlev.example"])
def test_five_wrong_passwords_close_the_address_for_a_while(user, email):
    for _attempt in range(5):
        assert errors(log_in(email, "forkert")) == [WRONG]
    assert errors(log_in(email, "forkert")) == [TOO_MANY]
    assert errors(log_in(email.upper(), PASSWORD)) == [TOO_MANY]


def test_others_still_come_in(user):
    UserFactory(email="bo@herlev.example", password=PASSWORD)
    for _attempt in range(6):
        log_in(EMAIL, "forkert")
    assert log_in("bo@herlev.example", PASSWORD).url == "/"


def test_right_passwords_do_not_count(user):
    for _attempt in range(8):
        assert log_in(EMAIL, PASSWORD).url == "/"


def test_many_addresses_from_one_place_are_stopped_too(user):
    answers = [errors(log_in(f"nr{number}@herlev.example", "forkert"))[0] for number in range(21)]
    assert answers == [WRONG] * 20 + [TOO_MANY]


def test_a_place_is_the_client_and_not_what_it_says_of_itself(user):
    for number in range(20):
        log_in(f"nr{number}@herlev.example", "forkert", headers={"x-forwarded-for": f"10.0.0.{number}"})
    assert errors(log_in("nr@herlev.example", "forkert", headers={"x-forwarded-for": "10.9.9.9"})) == [TOO_MANY]


def test_behind_a_trusted_proxy_the_place_is_what_the_proxy_saw(user, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(20):
        log_in(f"nr{number}@herlev.example", "forkert", headers={"x-forwarded-for": f"{number}.1.1.1, 10.0.0.1"})
    assert errors(log_in("nr@herlev.example", "forkert", headers={"x-forwarded-for": "10.0.0.1"})) == [TOO_MANY]
    assert errors(log_in("nr@herlev.example", "forkert", headers={"x-forwarded-for": "10.0.0.2"})) == [WRONG]


def test_thirty_requests_in_a_minute_are_enough(user):
    for _attempt in range(30):
        log_in(EMAIL, PASSWORD)
    response = log_in(EMAIL, PASSWORD)
    assert (response.status_code, heading(response)) == (429, "For mange forsøg")


@pytest.mark.parametrize("email", [EMAIL, "ukendt@herlev.example"])
@pytest.mark.parametrize(("url", "status"), [("/log-ind/kode/", 200), ("/glemt-adgangskode/", 429)])
def test_three_mails_to_an_address_are_enough(user, url, status, email, mailoutbox):
    for _attempt in range(3):
        assert Client().post(url, {"email": email}).status_code == 302
    response = Client().post(url, {"email": email})
    assert response.status_code == status
    assert TOO_MANY in response.text or heading(response) == "For mange forsøg"
    assert len(mailoutbox) == 3


def test_all_processes_count_together(user):
    """In a table of the database, which every test starts with empty."""
    log_in(EMAIL, "forkert")
    assert cache.__class__.__module__ == "django.utils.connection"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache WHERE cache_key LIKE '%login_failed%'")
        assert cursor.fetchone()[0] == 2


def test_no_count_is_dropped_to_make_room(user):
    """Django keeps 300 entries of a cache, and lets a third of them go with the next one."""
    log_in(EMAIL, "forkert")
    ends = connection.ops.adapt_datetimefield_value(datetime(2099, 1, 1))  # noqa: DTZ001  as Django writes it
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cache")
        (before,) = cursor.fetchone()
        others = [[f"a:1:{number:04}", "x", ends] for number in range(1000)]  # before the counts in the table's order
        cursor.executemany("INSERT INTO cache (cache_key, value, expires) VALUES (%s, %s, %s)", others)
        cache.set("en-mere", 1)
        cursor.execute("SELECT count(*) FROM cache")
        assert cursor.fetchone()[0] == 1000 + before + 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_signs_up(db, method):
    before = User.objects.count()
    typed = {"email": "ny@herlev.example", "password1": PASSWORD, "password2": PASSWORD}
    response = getattr(Client(), method)("/log-ind/ingen-oprettelse/", typed)
    assert heading(response) == "Man kan ikke oprette sig selv"
    assert User.objects.count() == before


def test_logging_in_gives_the_session_a_new_key(user):
    client = Client()
    client.get("/indsatser/", follow=True)
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["session"] = session.session_key
    client.post("/log-ind/", {"login": EMAIL, "password": PASSWORD})
    assert client.session.session_key != session.session_key
    assert Client(headers={"cookie": f"session={session.session_key}"}).get("/").url == "/log-ind/?next=/"


@pytest.mark.parametrize(
    "url", ["/log-ind/", "/glemt-adgangskode/", "/konto/", "/konto/totrin/app/", "/konto/enheder/"]
)
def test_no_cache_keeps_these_pages(user, url):
    client = log_in(EMAIL, PASSWORD).client if url.startswith("/konto") else Client()
    response = client.get(url)
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
