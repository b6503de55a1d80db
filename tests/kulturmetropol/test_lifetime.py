"""How long one stays logged in: not through a long pause, and not for ever."""

import time

import pytest
from django.test import Client

from kulturmetropol.accounts.lifetime import BEGAN, SEEN
from tests.kulturmetropol.test_expiry import LOGGED_OUT
from tests.pages import notices

HOUR = 60 * 60
DAY = 24 * HOUR
PAUSED = "Du blev logget ud efter en pause. Log ind, så kommer du tilbage, hvor du var."


@pytest.fixture
def clock(monkeypatch):
    """Sets the clock to so many seconds after the test began."""
    began = time.time()

    def at(seconds: int) -> None:
        monkeypatch.setattr(time, "time", lambda: began + seconds)

    at(0)
    return at


def is_in(client: Client) -> bool:
    return client.get("/").status_code == 200


@pytest.mark.parametrize(
    ("name", "pause"),
    [("staff", 12 * HOUR), ("admin", 12 * HOUR), ("chair", 3 * DAY), ("culture_head", 3 * DAY), ("guest", 3 * DAY)],
)
def test_a_long_pause_ends_it(clock, cast, log_in, name, pause):
    client = log_in(getattr(cast, name))
    clock(pause - 60)
    assert is_in(client)
    clock(2 * pause - 120)
    assert is_in(client)
    clock(3 * pause)
    assert not is_in(client)
    assert "_auth_user_id" not in client.session


def test_one_is_told_why_and_led_back(clock, staff):
    clock(13 * HOUR)
    response = staff.get("/indsatser/?q=kor")
    assert response.url == "/log-ind/?next=/indsatser/%3Fq%3Dkor"
    assert notices(staff.get(response.url)) == [PAUSED]


def test_a_form_is_told_what_became_of_it(clock, staff):
    clock(13 * HOUR)
    response = staff.post("/indsatser/opret/", {"title": "Tabt?"})
    assert notices(staff.get(response.url)) == [LOGGED_OUT]


def test_two_weeks_are_the_longest(clock, cast, log_in):
    client = log_in(cast.chair)
    for day in range(2, 15, 2):
        clock(day * DAY - 60)
        assert is_in(client)
    clock(14 * DAY + 60)
    assert not is_in(client)


def test_who_stops_editing_has_the_others_time(clock, cast, staff):
    cast.staff.role_grants.all().delete()
    clock(2 * DAY)
    assert is_in(staff)


def test_a_session_from_before_begins_now(clock, staff):
    session = staff.session
    del session[BEGAN], session[SEEN]
    session.save()
    clock(30 * DAY)
    assert is_in(staff)
    clock(31 * DAY)
    assert not is_in(staff)


def test_a_page_writes_nothing_within_five_minutes(clock, staff):
    seen = staff.session[SEEN]
    clock(4 * 60)
    assert is_in(staff)
    assert staff.session[SEEN] == seen
    clock(6 * 60)
    assert is_in(staff)
    assert staff.session[SEEN] == seen + 6 * 60


def test_a_page_that_asks_by_itself_keeps_nobody_logged_in(clock, staff):
    clock(11 * HOUR)
    assert staff.get("/", headers={"X-Asks-Itself": "1"}).status_code == 200
    clock(13 * HOUR)
    assert not is_in(staff)


def test_what_is_sent_counts_whatever_it_says_of_itself(clock, staff):
    clock(11 * HOUR)
    staff.post("/", headers={"X-Asks-Itself": "1"})
    clock(13 * HOUR)
    assert is_in(staff)


def test_public_pages_know_nobody_after_the_pause(clock, staff):
    clock(13 * HOUR)
    staff.get("/healthz")
    assert "_auth_user_id" in staff.session  # nobody asked
    assert "Log ud" not in staff.get("/log-ind/").text
    assert "_auth_user_id" not in staff.session
