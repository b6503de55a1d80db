"""A form that is sent after the session has run out: the page says so, and logging in leads back to the form."""

import pytest
from django.test import Client

from initiatives.models import Initiative
from tests.browser.conftest import PASSWORD
from tests.kulturmetropol.test_login_mail import code_in
from tests.pages import heading, notices, parse, text

LOGGED_OUT = "Du var logget ud, så der er ikke gemt noget endnu. Log ind, så kommer du tilbage, hvor du var."


@pytest.fixture
def staff_with_password(cast):
    cast.staff.set_password(PASSWORD)
    cast.staff.save()
    return {"login": cast.staff.email, "password": PASSWORD}


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/indsatser/opret/?omraade=2", "/indsatser/opret/?omraade=2"),  # where the form stood
        ("", "/indsatser/opret/"),
        ("https://evil.example/indsatser/", "/indsatser/opret/"),
        ("//evil.example/", "/indsatser/opret/"),
        ("javascript:alert(1)", "/indsatser/opret/"),
    ],
)
def test_login_after_an_expired_post_leads_back_to_the_form(client, staff_with_password, referer, back):
    response = client.post("/indsatser/opret/", {"title": "Tabt?"}, headers={"referer": referer})
    assert response.status_code == 302
    page = client.get(response.url)
    assert notices(page) == [LOGGED_OUT]
    (next_page,) = {each.get("value") for each in parse(page).iter("input") if each.get("name") == "next"}
    assert client.post(response.url, {**staff_with_password, "next": next_page}).url == back
    assert client.get(back).status_code == 200
    assert not Initiative.objects.filter(title="Tabt?").exists()


def test_buttons_that_only_send_lead_back_to_their_page(client, db):
    page = "http://testserver/aftaler/1/"
    response = client.post("/formaal/1/flyt/", {"op": ""}, headers={"referer": page})
    assert response.url == "/log-ind/?next=/aftaler/1/"


TYPED = {"title": "Tabt?", "description": "Linje <b>et</b>\nlinje to", "area": "12", "password": "hemmeligt", "x": ""}


def shown(response) -> list[str]:
    return ["".join(each.itertext()) for each in parse(response).iter("textarea")]


def test_without_scripts_what_was_typed_is_shown_once_more(client, staff_with_password):
    response = client.post("/indsatser/opret/", TYPED)
    assert shown(client.get(response.url)) == ["Tabt?\n\nLinje <b>et</b>\nlinje to"]
    client.post(response.url, staff_with_password)
    assert "typed" not in client.session
    assert client.session.get_expiry_age() > 13 * 24 * 60 * 60


def test_a_login_by_code_lasts_as_long_as_any_other(client, staff_with_password, mailoutbox):
    """What was typed is kept for an hour, the session that follows is not."""
    client.post("/indsatser/opret/", TYPED)
    client.post("/log-ind/kode/", {"email": staff_with_password["login"]})
    client.post("/log-ind/kode/indtast/", {"code": code_in(mailoutbox[0])})
    assert client.session.get_expiry_age() > 13 * 24 * 60 * 60


def test_so_it_is_where_the_form_was_open_for_too_long(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.staff)
    assert shown(client.post("/indsatser/opret/", TYPED)) == ["Tabt?\n\nLinje <b>et</b>\nlinje to"]


def test_who_only_wanted_to_read_is_told_nothing(client, db):
    response = client.get("/indsatser/")
    assert response.url == "/log-ind/?next=/indsatser/"
    assert notices(client.get(response.url)) == []


def test_a_form_from_before_another_login_says_how_to_go_on(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.staff)
    response = client.post("/indsatser/opret/", {"title": "Tabt?"})
    assert response.status_code == 403
    assert heading(response) == "Formularen har været åben for længe"
    assert [link.get("href") for link in parse(response).iter("a") if text(link) == "Åbn formularen igen"] == [
        "/indsatser/opret/"
    ]
