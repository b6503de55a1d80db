"""An app on the phone, recovery codes, and who must have a second factor."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from kulturmetropol.accounts.models import User
from tests.pages import errors, heading, notices, parse, text

PASSWORD = "blå-viol-i-regnvejr"
WRONG_CODE = "Kode: Koden er ikke rigtig, eller også er den brugt eller for gammel."


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """Stands still in the middle of a half minute: no code grows old between being shown and being typed."""
    middle = time.time() // 30 * 30 + 15
    monkeypatch.setattr(time, "time", lambda: middle)


@pytest.fixture
def user(cast):
    cast.staff.set_password(PASSWORD)
    cast.staff.save()
    return cast.staff


def enter(user) -> tuple[Client, str]:
    client = Client()
    response = client.post("/log-ind/", {"login": user.email, "password": PASSWORD, "next": "/indsatser/"})
    return client, response.url


def totp(secret: str) -> str:
    """The code of this half minute, as RFC 6238 has it."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def shown_secret(client: Client) -> str:
    return parse(client.get("/konto/totrin/app/")).find(".//input[@id='totp-secret']").get("value")


@pytest.fixture
def app(user, django_capture_on_commit_callbacks):
    """The user's browser and the secret in the user's app."""
    client, _url = enter(user)
    secret = shown_secret(client)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/konto/totrin/app/", {"code": totp(secret)})
    assert response.url == "/konto/totrin/koder/"
    return client, secret


def next_half_minute(monkeypatch) -> None:
    later = time.time() + 30
    monkeypatch.setattr(time, "time", lambda: later)


def recovery_codes(client: Client) -> list[str]:
    return parse(client.get("/konto/totrin/koder/")).find(".//textarea").text.split()


def test_an_app_is_set_up_and_then_asked_for(app, user, mailoutbox):
    _client, secret = app
    assert mailoutbox[-1].subject == "Der er sat en app op til din konto"
    client, url = enter(user)
    assert url == "/log-ind/totrin/"
    assert client.get("/").url == "/log-ind/?next=/"
    assert heading(client.get(url)) == "Et trin mere"
    assert errors(client.post(url, {"code": "000000"})) == [WRONG_CODE]
    assert client.post(url, {"code": totp(secret)}).url == "/indsatser/"


def test_a_wrong_code_does_not_set_it_up(user):
    client, _url = enter(user)
    secret = shown_secret(client)
    response = client.post("/konto/totrin/app/", {"code": "000000"})
    assert errors(response) == [
        "Koden, som appen viser: Koden er ikke rigtig, eller også er den brugt eller for gammel."
    ]
    assert parse(response).find(".//input[@id='totp-secret']").get("value") == secret
    assert not Authenticator.objects.exists()


def test_a_code_of_the_app_works_once(app, user):
    _client, secret = app
    code = totp(secret)
    first, url = enter(user)
    assert first.post(url, {"code": code}).url == "/indsatser/"
    second, url = enter(user)
    assert errors(second.post(url, {"code": code})) == [WRONG_CODE]


def test_an_old_code_does_not_work(app, user, monkeypatch):
    _client, secret = app
    code = totp(secret)
    next_half_minute(monkeypatch)
    client, url = enter(user)
    assert errors(client.post(url, {"code": code})) == [WRONG_CODE]


def test_guessing_codes_is_stopped(app, user):
    _client, secret = app
    client, url = enter(user)
    for _attempt in range(5):
        assert errors(client.post(url, {"code": "000000"})) == [WRONG_CODE]
    too_many = ["Kode: For mange forsøg. Vent fem minutter, og prøv igen."]
    assert errors(client.post(url, {"code": totp(secret)})) == too_many
    again, url = enter(user)
    assert errors(again.post(url, {"code": totp(secret)})) == too_many


def test_a_recovery_code_works_once(app, user):
    client, _secret = app
    first, *others = recovery_codes(client)
    assert len({first, *others}) == 10
    entering, url = enter(user)
    assert entering.post(url, {"code": first}).url == "/indsatser/"
    again, url = enter(user)
    assert errors(again.post(url, {"code": first})) == [WRONG_CODE]
    assert recovery_codes(client) == others
    assert client.get("/konto/totrin/koder/hent/").text.split() == others


def test_new_recovery_codes_replace_the_old(app, django_capture_on_commit_callbacks, mailoutbox):
    client, _secret = app
    old = recovery_codes(client)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post("/konto/totrin/koder/nye/").url == "/konto/totrin/koder/"
    assert not set(old) & set(recovery_codes(client))
    assert mailoutbox[-1].subject == "Din konto har fået nye nødkoder"


def test_the_database_alone_makes_no_codes(app):
    _client, secret = app
    for authenticator in Authenticator.objects.all():
        kept = authenticator.data.get("secret") or authenticator.data["seed"]
        assert secret not in kept
        assert kept.startswith("gAAAA")


def test_a_new_secret_key_still_opens_what_the_former_closed(app, user, settings):
    _client, secret = app
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "en ny hemmelighed, lang nok til at holde"
    client, url = enter(user)
    assert client.post(url, {"code": totp(secret)}).url == "/indsatser/"


def test_a_code_by_mail_is_no_way_around_it(app, user, mailoutbox):
    client = Client()
    client.post("/log-ind/kode/", {"email": user.email})
    code = mailoutbox[-1].body.split("    ")[1].split()[0]
    assert client.post("/log-ind/kode/indtast/", {"code": code}).url == "/log-ind/totrin/"


def test_the_app_is_removed(app, user, mailoutbox):
    client, _secret = app
    assert client.post("/konto/totrin/app/fjern/").url == "/konto/totrin/"
    assert mailoutbox[-1].subject == "Appen er fjernet fra din konto"
    assert enter(user)[1] == "/indsatser/"
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize(
    "url",
    ["/konto/totrin/app/", "/konto/totrin/app/fjern/", "/konto/totrin/koder/nye/", "/konto/adgangsnoegler/tilfoej/"],
)
def test_some_minutes_after_logging_in_one_confirms_that_it_is_oneself(user, monkeypatch, url):
    if url.endswith("fjern/"):
        Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    client = Client()
    client.post("/log-ind/", {"login": user.email, "password": PASSWORD})
    if url.endswith("fjern/"):
        client.force_login(user)
    later = time.time() + 301
    monkeypatch.setattr(time, "time", lambda: later)
    response = client.get(url)
    assert response.url == f"/konto/bekraeft/?next={url.replace('/', '%2F')}"
    page = client.get(response.url)
    assert heading(page) == "Bekræft, at det er dig"
    assert errors(client.post(response.url, {"password": "forkert", "next": url})) == [
        "Adgangskode: Adgangskoden er ikke rigtig."
    ]
    assert client.post(response.url, {"password": PASSWORD, "next": url}).url == url
    assert client.get(url).status_code == 200


# --- who must have one ------------------------------------------------------------------------------------------------


@pytest.fixture
def asked_for(settings):
    settings.SECOND_FACTOR_REQUIRED = True


@pytest.mark.parametrize("role", ["staff", "admin", "outsider", "outside_admin"])
@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("get", "/"),
        ("get", "/indsatser/"),
        ("post", "/indsatser/opret/"),
        ("get", "/konto/"),
        ("post", "/adgangskode/"),
    ],
)
def test_who_edits_comes_nowhere_without_a_second_factor(asked_for, log_in, cast, role, method, url):
    client = log_in(getattr(cast, role))
    response = getattr(client, method)(url)
    assert response.url == "/konto/totrin/"
    page = client.get(response.url)
    assert heading(page) == "Log ind i to trin"
    assert notices(page) == ["Sæt først en app eller en adgangsnøgle op. Det kræves af alle, der redigerer her."]


@pytest.mark.parametrize("url", ["/konto/totrin/", "/konto/totrin/app/", "/konto/adgangsnoegler/tilfoej/"])
def test_the_pages_that_set_it_up_are_open(asked_for, staff, url):
    assert staff.get(url).status_code == 200


def test_logging_out_and_static_files_are_open(asked_for, staff):
    assert staff.get("/static/css/tokens.css").status_code == 200
    assert staff.post("/log-ud/").url == "/log-ind/"


@pytest.mark.parametrize("role", ["chair", "culture_head", "guest", "nobody"])
def test_others_are_not_asked(asked_for, log_in, cast, role):
    assert log_in(getattr(cast, role)).get("/").status_code == 200


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_with_a_second_factor_all_is_open(asked_for, staff, cast, kind):
    Authenticator.objects.create(user=cast.staff, type=kind, data={})
    assert staff.get("/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(asked_for, staff, cast):
    Authenticator.objects.create(user=cast.staff, type="recovery_codes", data={})
    assert staff.get("/").url == "/konto/totrin/"


def test_setting_it_up_opens_the_portal(asked_for, user):
    client, url = enter(user)
    assert client.get(url).url == "/konto/totrin/"
    assert client.post("/konto/totrin/app/", {"code": totp(shown_secret(client))}).url == "/konto/totrin/koder/"
    assert len(recovery_codes(client)) == 10
    assert client.get("/indsatser/").status_code == 200


def test_my_account_says_how_things_stand(app, cast):
    client, _secret = app
    notes = [text(each) for each in parse(client.get("/konto/")).iter("p")]
    assert "Slået til: En adgangskode alene giver ikke adgang." in notes
    other = Client()
    other.force_login(cast.chair)
    assert "Slået fra." in [text(each) for each in parse(other.get("/konto/")).iter("p")]
    assert User.objects.get(pk=cast.chair.pk).email in other.get("/konto/").text
