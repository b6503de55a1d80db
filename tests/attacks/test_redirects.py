"""Nobody is led to another site, whatever an address or a form says about where to go next.

Sources: OWASP Unvalidated Redirects and Forwards Cheat Sheet, OWASP WSTG-CLNT-04 (see `payloads`).
"""

import re
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from tests.factories import UserFactory
from tests.factories.outreach import FollowUpFactory

from .payloads import ELSEWHERE

pytestmark = pytest.mark.once

PASSWORD = "blå-viol-i-regnvejr"


def leads_home(location: str) -> bool:
    """As a browser reads it: it leaves out tabs and line breaks, and takes a backslash for a slash."""
    plain = re.sub(r"[\t\r\n]", "", location).strip("".join(map(chr, range(0x21)))).replace("\\", "/")
    try:
        return urlsplit(urljoin("http://testserver/x/", plain))[:2] == ("http", "testserver")
    except ValueError:
        return True  # no browser goes anywhere


def leading_away(answers) -> list[str]:
    places = [each["Location"] for each in answers if each.has_header("Location")]
    return [each for each in places if not leads_home(each)]


@pytest.fixture
def user(db):
    return UserFactory(password=PASSWORD)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_logging_in_leads_home(user, mailoutbox, place):
    password = {"login": user.email, "password": PASSWORD}
    answers = [
        Client().post("/log-ind/", password | {"next": place}),
        Client().post("/log-ind/", password, query_params={"next": place}),
        Client().post("/log-ind/kode/", {"email": user.email, "next": place}),
    ]
    inside = Client()
    inside.post("/log-ind/", password)
    answers += [
        inside.get("/log-ind/", {"next": place}),
        inside.get("/konto/bekraeft/", {"next": place}),
        inside.post("/konto/bekraeft/", {"password": PASSWORD, "next": place}),
        inside.get("/adgangskode/vaelg/", {"next": place}),
        inside.post("/log-ud/", {"next": place}),
    ]
    assert [
        each["Location"] for each in answers if each.has_header("Location") and not leads_home(each["Location"])
    ] == []


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_code_by_mail_leads_home(user, mailoutbox, place):
    client = Client()
    client.post("/log-ind/kode/", {"email": user.email, "next": place})
    code = re.search(r"^ {4}(\S+)$", mailoutbox[0].body, re.MULTILINE)[1]
    response = client.post("/log-ind/kode/indtast/", {"code": code, "next": place})
    assert "_auth_user_id" in client.session
    assert leads_home(response["Location"])


@pytest.mark.parametrize("place", ELSEWHERE)
def test_buttons_lead_back_home(log_in, cast, place):
    admin, follow_up = log_in(cast.admin), FollowUpFactory()
    answers = [
        admin.post("/valgt-aftale/", {"valgt": "alle", "tilbage": place}),
        admin.post(f"/opfoelgninger/{follow_up.pk}/udfoert/", {"version": follow_up.version, "tilbage": place}),
        admin.get("/aftaler/", {"next": place, "tilbage": place}),
        admin.get(f"//evil.example/{place}"),
        admin.get("//evil.example/aftaler"),
        Client().get("//evil.example/%2e%2e"),
        Client().get("/\\evil.example/aftaler"),
    ]
    assert [
        each["Location"] for each in answers if each.has_header("Location") and not leads_home(each["Location"])
    ] == []
