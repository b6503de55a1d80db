"""A session that somebody else chose is never one's own, and one that has ended stays ended.

Sources: OWASP Session Management Cheat Sheet, OWASP WSTG-SESS-03 (fixation), -06 (logging out), -07.
"""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests.factories import UserFactory

PASSWORD = "blå-viol-i-regnvejr"
COOKIE = settings.SESSION_COOKIE_NAME


@pytest.fixture
def user(db):
    return UserFactory(password=PASSWORD)


def by_password(client, user, mailoutbox):
    client.post("/log-ind/", {"login": user.email, "password": PASSWORD})


def by_code(client, user, mailoutbox):
    client.post("/log-ind/kode/", {"email": user.email})
    code = re.search(r"^ {4}(\S+)$", mailoutbox[-1].body, re.MULTILINE)[1]
    client.post("/log-ind/kode/indtast/", {"code": code})


def known_key() -> str:
    """Of a session that the attacker began, and the portal knows."""
    attacker = Client()
    attacker.get("/log-ind/")
    session = attacker.session
    session["planted"] = "1"
    session.save()
    return session.session_key


def stranger(key: str):
    client = Client()
    client.cookies[COOKIE] = key
    return client.get("/konto/")


@pytest.mark.parametrize("enter", [by_password, by_code])
@pytest.mark.parametrize("plant", [known_key, lambda: "a" * 32, lambda: "x", lambda: "../" * 8, lambda: "a" * 4000])
def test_a_planted_session_is_nobodys(user, mailoutbox, enter, plant):
    planted = plant()
    victim = Client()
    victim.cookies[COOKIE] = planted
    enter(victim, user, mailoutbox)
    assert victim.get("/konto/").status_code == 200
    assert victim.cookies[COOKIE].value != planted
    assert stranger(planted).status_code == 302
    assert not Session.objects.filter(session_key=planted).exists()


@pytest.mark.parametrize("name", ["session", "sessionid", "__Host-session", "PHPSESSID", "session_key"])
def test_no_session_comes_by_address_or_form(user, name):
    owner = Client()
    by_password(owner, user, [])
    key = owner.session.session_key
    assert Client().get("/konto/", {name: key}).status_code == 302
    assert Client().post("/konto/", {name: key}).status_code in {302, 405}
    assert Client().get("/konto/", headers={"authorization": f"Bearer {key}", f"x-{name}": key}).status_code == 302


def test_logging_out_ends_the_session_everywhere_it_was_copied_to(user):
    client = Client()
    by_password(client, user, [])
    key = client.session.session_key
    assert stranger(key).status_code == 200
    client.post("/log-ud/")
    assert stranger(key).status_code == 302
    assert not Session.objects.filter(session_key=key).exists()
    assert client.cookies[COOKIE].value == "" or client.get("/konto/").status_code == 302


def test_who_never_logs_in_leaves_no_rows_behind(user):
    """Wrong logins keep nothing; what a code, an invitation or a lost form keeps is gone after an hour."""
    Client().post("/log-ind/", {"login": user.email, "password": "forkert"})
    assert not Session.objects.exists()
    Client().post("/log-ind/kode/", {"email": "ukendt@herlev.example"})
    Client().post("/indsatser/opret/", {"title": "Tabt?"})
    Client().get("/velkommen/et-link/")
    assert Session.objects.count() == 3
    assert not Session.objects.filter(expire_date__gt=timezone.now() + timedelta(hours=1)).exists()


def test_nobody_becomes_another_by_what_a_session_held_before(user):
    """The next one to log in in the same browser finds nothing of the one before."""
    client = Client()
    by_password(client, user, [])
    session = client.session
    session["kept"] = "of the first"
    session.save()
    other = UserFactory(password=PASSWORD)
    client.post("/log-ud/")
    by_password(client, other, [])
    assert client.session["_auth_user_id"] == str(other.pk)
    assert "kept" not in client.session
