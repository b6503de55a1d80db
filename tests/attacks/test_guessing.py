"""Passwords, codes, links and addresses that are guessed, by one sender and by many; and asking for too much.

Sources: OWASP Authentication, Credential Stuffing Prevention and Denial of Service Cheat Sheets, OWASP WSTG-ATHN-03.
"""

import re
from itertools import cycle

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kulturmetropol import brakes
from outreach.actions.memos import issue
from outreach.models import Subscription
from tests.factories import MemoFactory, UserFactory
from tests.factories.outreach import SubscriptionFactory
from tests.kulturmetropol.test_export import body_of
from tests.pages import heading

EMAIL, PASSWORD = "ase.oestergaard@herlev.example", "blå-viol-i-regnvejr"
COMMON = ["123456", "password", "Sommer2026!", "kulturmetropol", "kodeord1", PASSWORD.upper(), PASSWORD + " ", ""]
# as the same mailbox may be written
SPELLINGS = [EMAIL, EMAIL.upper(), f" {EMAIL}", f"{EMAIL}\t", EMAIL.title(), f"{EMAIL}\n"]
# by which an attacker would be somebody else at each attempt
HEADERS = ["x-forwarded-for", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip", "forwarded", "via"]


@pytest.fixture
def user(db):
    return UserFactory(email=EMAIL, password=PASSWORD)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.mark.once
@pytest.mark.parametrize("header", HEADERS)
def test_passwords_are_guessed_in_vain(user, header):
    """However the address is written, from wherever one says one comes, with a new browser each time."""
    for number, (spelling, password) in enumerate(zip(cycle(SPELLINGS), COMMON, strict=False)):
        client = Client()
        typed = {"login": spelling, "password": password}
        client.post("/log-ind/", typed, headers={header: f"10.0.{number}.1"})
        assert not is_in(client)
    client = Client()
    client.post("/log-ind/", {"login": EMAIL, "password": PASSWORD}, headers={header: "10.9.9.9"})
    assert not is_in(client)


@pytest.mark.once
def test_a_list_of_stolen_passwords_is_stopped_at_the_place(user):
    """One attempt for each of many people: no address is closed, the place is."""
    stolen = [(f"nr{number}@herlev.example", "gættet-kodeord-1") for number in range(40)]
    statuses = [Client().post("/log-ind/", {"login": email, "password": word}).status_code for email, word in stolen]
    assert statuses.count(429) >= 10
    assert Client().post("/log-ind/", {"login": EMAIL, "password": PASSWORD}).status_code == 429


@pytest.mark.once
@pytest.mark.parametrize(
    "guess", ["", "AAAA-AAAA", "0000-0000", "*", "%", "' OR 1=1 --", "\x00", "null", "A" * 5000, "[]", "true"]
)
def test_a_code_by_mail_is_not_guessed(user, mailoutbox, guess):
    client = Client()
    client.post("/log-ind/kode/", {"email": EMAIL})
    code = re.search(r"^ {4}(\S+)$", mailoutbox[0].body, re.MULTILINE)[1]
    for _attempt in range(4):
        client.post("/log-ind/kode/indtast/", {"code": guess})
        assert not is_in(client)
    if guess:
        client.post("/log-ind/kode/indtast/", {"code": code})
        assert not is_in(client)


@pytest.mark.once
@pytest.mark.parametrize(
    "key", ["set-password", "abc-def", "0-0", "a" * 3000, "%00", "cmq8tr-" + "0" * 32, "' OR 1=1 --"]
)
def test_a_link_to_a_new_password_is_not_guessed(user, key):
    for uid in ("1", "0", "zz", "'", "a" * 300):
        client = Client()
        response = client.get(f"/glemt-adgangskode/{uid}-{key}/", follow=True)
        assert response.status_code in {200, 404, 429}
        assert heading(response) != "Vælg en ny adgangskode"
        typed = {"password1": "ny-adgangskode-her", "password2": "ny-adgangskode-her"}
        client.post(f"/glemt-adgangskode/{uid}-{key}/", typed, follow=True)
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def guessed(salt: str) -> list[str]:
    key = "0" * 50
    signer = signing.Signer(key=key, salt=salt)
    return [
        "x",
        "1",
        "1:x",
        signer.sign("1"),
        signing.dumps({"pk": 1}, key=key, salt=salt),
        signing.dumps(1),
        "a" * 3000,
        "..",
        "%00",
        "' OR 1=1 --",
    ]


def test_links_of_the_newsletter_are_not_guessed(db):
    subscription = SubscriptionFactory()
    before = Subscription.objects.count()
    for verb in ("bekraeft", "afmeld"):
        for guess in guessed("outreach.newsletter"):
            client = Client()
            client.get(f"/offentligt/nyhedsbrev/{verb}/{guess}/")
            client.post(f"/offentligt/nyhedsbrev/{verb}/{guess}/")
    now = Subscription.objects.get(pk=subscription.pk)
    assert now.confirmed_at == subscription.confirmed_at
    assert Subscription.objects.count() == before


def test_addresses_of_calendars_and_invitations_are_not_guessed(db):
    for guess in guessed("kalender"):
        guess = guess.replace("/", "")
        assert Client().get(f"/kalender/{guess}.ics").status_code == 404
        response = Client().get(f"/velkommen/{guess}/", follow=True)
        assert response.status_code in {404, 429}


COSTLY = {
    "search": lambda client: client.get("/soeg/", {"q": "kor"}),
    "export": lambda client: client.get("/maalgrupper/", {"format": "csv"}),
    "import": lambda client: client.post("/importer/personer/", {"file": SimpleUploadedFile("a.csv", b"navn\r\n")}),
}


@pytest.mark.parametrize("cost", COSTLY)
def test_asking_for_much_waits_for_the_next_minute(log_in, cast, monkeypatch, cost):
    minute = [1]
    monkeypatch.setattr(brakes, "this_minute", lambda: minute[0])
    monkeypatch.setitem(brakes.PER_MINUTE, cost, 3)
    admin, other = log_in(cast.admin), log_in(cast.staff)
    statuses = [COSTLY[cost](admin).status_code for _attempt in range(5)]
    assert statuses == [200] * 3 + [429] * 2
    response = COSTLY[cost](admin)
    assert (heading(response), response["Retry-After"]) == ("Vent et øjeblik", "60")
    assert COSTLY[cost](other).status_code == 200
    assert admin.get("/maalgrupper/").status_code == 200
    minute[0] += 1
    assert COSTLY[cost](admin).status_code == 200


def test_documents_wait_too(staff, monkeypatch):
    """Those that have to be made: an issued memo is handed out as it is stored."""
    monkeypatch.setitem(brakes.PER_MINUTE, "pdf", 1)
    monkeypatch.setattr(brakes, "this_minute", lambda: 1)
    memo, stored = MemoFactory(), MemoFactory()
    issue(memo=stored, by=None, version=stored.version)
    assert [staff.get(f"/notater/{stored.pk}/pdf/").status_code for _attempt in range(3)] == [200] * 3
    url = f"/notater/{memo.pk}/pdf/"
    first = staff.get(url)
    assert (body_of(first) if first.streaming else first.content).startswith(b"%PDF")
    assert staff.get(url).status_code == 429
