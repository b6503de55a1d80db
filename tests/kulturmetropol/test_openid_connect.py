"""Logging in at one's municipality: against a real OpenID provider on this machine, over real connections."""

import json
import logging
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import jwt
import oidc_provider_mock
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from jwt.algorithms import RSAAlgorithm

from kulturmetropol.accounts.models import User
from tests.factories import UserFactory
from tests.kulturmetropol.test_database import run
from tests.pages import heading, parse, text

EMAIL = "ase@herlev.example"
LOGIN = "/log-ind/med/herlev/"
METADATA, TOKEN = "/.well-known/openid-configuration", "/oauth2/token"


@pytest.fixture(scope="module")
def provider():
    logging.getLogger("oidc_provider_mock").setLevel(logging.ERROR)
    with oidc_provider_mock.run_server_in_thread(require_client_registration=True) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def herlev(provider, settings):
    """Herlev's provider, which knows the portal as a client with a secret."""
    registered = requests.post(
        f"{provider}/oauth2/clients",
        json={
            "redirect_uris": [f"http://testserver{LOGIN}svar/"],
            "token_endpoint_auth_method": "client_secret_post",
        },
        timeout=5,
    ).json()
    app = {
        "provider_id": "herlev",
        "name": "Herlev Kommune",
        "client_id": registered["client_id"],
        "secret": registered["client_secret"],
        "settings": {
            "server_url": provider,
            "hosts": [],
            "domains": ["herlev.example"],
            "oauth_pkce_enabled": True,
            "token_auth_method": "client_secret_post",
        },
    }
    given = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {**given, "APPS": [app]}}
    return app


def at_the_provider(provider: str, client: Client, claims: dict, *, action: str = "", **query: str) -> str:
    """Goes to the provider and logs in there as somebody with these claims; the address that it sends one back to."""
    requests.put(f"{provider}/users/{claims['sub']}", json=claims, timeout=5).raise_for_status()
    away = client.get(LOGIN, query)
    assert away.status_code == 302
    assert away.url.startswith(f"{provider}/oauth2/authorize?")
    answer = requests.post(away.url, data={"sub": claims["sub"], "action": action}, allow_redirects=False, timeout=5)
    return answer.headers["Location"].removeprefix("http://testserver")


def claims(**changed) -> dict:
    return {"sub": "ase-1", "email": EMAIL, "email_verified": True, **changed}


@pytest.fixture
def user(db):
    return UserFactory(email=EMAIL, name="Åse")


def test_the_municipality_vouches_for_an_address_and_opens_its_account(provider, herlev, user):
    client = Client()
    page = parse(client.get("/log-ind/?next=/soeg/%3Fq%3Dkor"))
    (link,) = [each for each in page.iter("a") if text(each) == "Log ind med Herlev Kommune"]
    assert link.get("href") == f"{LOGIN}?next=/soeg/%3Fq%3Dkor"
    back = at_the_provider(provider, client, claims(), next="/soeg/?q=kor")
    assert client.get(back).url == "/soeg/?q=kor"
    assert client.session["_auth_user_id"] == str(user.pk)
    assert client.get("/soeg/?q=kor").status_code == 200


def test_the_address_may_be_in_any_case(provider, herlev, user):
    client = Client()
    client.get(at_the_provider(provider, client, claims(email="Ase@Herlev.Example")))
    assert client.session["_auth_user_id"] == str(user.pk)


@pytest.mark.parametrize(
    "changed",
    [
        {"sub": "ny", "email": "ny@herlev.example"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": "ase@anden.example"},
        {"email": "ase@sub.herlev.example"},
        {"email": "ase@anden.example@herlev.example.anden.example"},
        {"email": ""},
    ],
    ids=str,
)
def test_nobody_else_comes_in_and_no_account_is_made(provider, herlev, user, changed):
    UserFactory(email="ase@anden.example")
    UserFactory(email="ase@sub.herlev.example")
    before = User.objects.count()
    client = Client()
    response = client.get(at_the_provider(provider, client, claims(**changed)))
    assert (response.status_code, heading(response)) == (403, "Du har ingen konto her")
    assert "_auth_user_id" not in client.session
    assert User.objects.count() == before


def test_a_claim_of_being_verified_must_be_there(provider, herlev, user):
    client = Client()
    said = {"sub": "uden", "email": EMAIL}
    assert client.get(at_the_provider(provider, client, said)).status_code == 403


def test_a_closed_account_stays_closed(provider, herlev, user):
    User.objects.filter(pk=user.pk).update(is_active=False)
    client = Client()
    assert client.get(at_the_provider(provider, client, claims())).url == "/log-ind/lukket/"
    assert "_auth_user_id" not in client.session


def test_the_second_factor_is_asked_for_here_too(provider, herlev, user):
    user.authenticator_set.create(type="totp", data={"secret": "x"})
    client = Client()
    assert client.get(at_the_provider(provider, client, claims())).url == "/log-ind/totrin/"


def test_the_password_is_left_as_it_is(provider, herlev, user):
    user.set_password("blå-viol-i-regnvejr")
    user.save()
    client = Client()
    client.get(at_the_provider(provider, client, claims()))
    user.refresh_from_db()
    assert user.check_password("blå-viol-i-regnvejr")
    assert not user.socialaccount_set.exists()


def test_an_answer_belongs_to_the_browser_that_asked(provider, herlev, user):
    back = at_the_provider(provider, Client(), claims())
    stranger = Client()
    response = stranger.get(back)
    assert (response.status_code, heading(response)) == (401, "Din kommunes login virkede ikke")
    assert "_auth_user_id" not in stranger.session


def test_an_answer_is_taken_once(provider, herlev, user):
    client = Client()
    back = at_the_provider(provider, client, claims())
    client.get(back)
    client.post("/log-ud/")
    assert client.get(back).status_code == 401


def test_who_says_no_at_the_provider_is_told_so(provider, herlev, user):
    client = Client()
    response = client.get(at_the_provider(provider, client, claims(), action="deny"))
    assert heading(client.get(response.url)) == "Du er ikke logget ind"


def test_the_address_cannot_change_what_is_asked_for(provider, herlev, user):
    query = {"process": "connect", "scope": "admin", "auth_params": "redirect_uri=https://snyd.example/"}
    client = Client()
    client.force_login(UserFactory(email="bo@herlev.example"))
    back = at_the_provider(provider, client, claims(), **query)
    assert back.startswith(f"{LOGIN}svar/")
    client.get(back)
    assert client.session["_auth_user_id"] == str(user.pk)
    assert not user.socialaccount_set.exists()


@pytest.mark.parametrize("wanted", ["https://snyd.example/", "//snyd.example/", "javascript:alert(1)"])
def test_one_never_lands_outside(provider, herlev, user, wanted):
    client = Client()
    assert client.get(at_the_provider(provider, client, claims(), next=wanted)).url == "/"


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_sites_link_logs_nobody_in(provider, herlev, user, site):
    response = Client().get(LOGIN, headers={"sec-fetch-site": site})
    assert response.url == "/log-ind/"
    assert Client().get(LOGIN, headers={"sec-fetch-site": "same-origin"}).url.startswith(provider)


def test_such_a_session_lasts_a_working_day(provider, herlev, user, monkeypatch):
    client = Client()
    client.get(at_the_provider(provider, client, claims()))
    now = time.time()
    for hours, status in [(6, 200), (11, 200), (13, 302)]:
        monkeypatch.setattr(time, "time", lambda hours=hours: now + hours * 60 * 60)
        assert client.get("/").status_code == status


# --- what the provider says is checked --------------------------------------------------------------------------------


class Between:
    """A server between the portal and the provider, which changes what the provider answers: `changes[path]`."""

    def __init__(self, provider: str):
        self.changes: dict = {}
        between = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                got = requests.request(
                    self.command, provider + self.path, data=body, headers=dict(self.headers), timeout=5
                )
                change = between.changes.get(self.path.partition("?")[0])
                answer = change(got.json()) if change else got.json()
                self.send_response(302 if isinstance(answer, str) else got.status_code)
                self.send_header("Content-Type", "application/json")
                if isinstance(answer, str):
                    self.send_header("Location", answer)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            do_POST = do_GET  # noqa: N815

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def between(provider, herlev):
    between = Between(provider)
    herlev["settings"]["server_url"] = between.address
    # people go to the provider itself
    herlev["settings"]["hosts"] = [provider.removeprefix("http://")]
    between.changes[METADATA] = lambda answer: answer | {"authorization_endpoint": f"{provider}/oauth2/authorize"}
    # the tokens are signed anew, by a key that the provider's list of keys then holds
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = json.loads(RSAAlgorithm.to_jwk(key.public_key()))
    between.changes["/jwks"] = lambda _answer: {"keys": [public | {"kid": "k", "alg": "RS256", "use": "sig"}]}
    between.key = key
    yield between
    between.server.shutdown()
    between.server.server_close()


def signed(key, algorithm="RS256", **changed):
    """Changes a token answer: its ID token says something else, and is signed by this key."""

    def change(answer: dict) -> dict:
        said = jwt.decode(answer["id_token"], options={"verify_signature": False})
        said = {name: value for name, value in {**said, **changed}.items() if value is not None}
        return answer | {"id_token": jwt.encode(said, key, algorithm=algorithm, headers={"kid": "k"})}

    return change


def login_by(between, provider) -> Client:
    client = Client()
    response = client.get(at_the_provider(provider, client, claims()))
    if response.status_code != 302:
        assert heading(response) == "Din kommunes login virkede ikke"
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_token_with_all_that_it_must_have_is_taken(provider, between, user):
    between.changes[TOKEN] = signed(between.key, iss=between.address)
    assert is_in(login_by(between, provider))


@pytest.mark.parametrize(
    "said",
    [
        {"nonce": "0" * 64},
        {"nonce": None},
        {"iss": "https://anden.example"},
        {"iss": None},
        {"aud": "en-anden-portal"},
        {"aud": None},
        {"exp": 1_700_000_000},
    ],
    ids=str,
)
def test_a_token_that_says_something_else_is_not(provider, between, user, said):
    between.changes[TOKEN] = signed(between.key, **{"iss": between.address, **said})
    assert not is_in(login_by(between, provider))


def test_a_token_signed_by_another_key_is_not(provider, between, user):
    forger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    between.changes[TOKEN] = signed(forger, iss=between.address)
    assert not is_in(login_by(between, provider))


@pytest.mark.parametrize(("algorithm", "key"), [("none", None), ("HS256", "x" * 32)])
def test_a_token_without_a_real_signature_is_not(provider, between, user, algorithm, key):
    between.changes[TOKEN] = signed(key, algorithm, iss=between.address)
    assert not is_in(login_by(between, provider))


def test_a_token_that_cannot_be_read_is_not(provider, between, user):
    between.changes[TOKEN] = lambda answer: answer | {"id_token": "a.b"}
    assert not is_in(login_by(between, provider))


@pytest.mark.parametrize(
    "changed",
    [
        {"issuer": "https://anden.example"},
        {"issuer": ""},
        {"token_endpoint": "https://anden.example/token"},
        {"userinfo_endpoint": "https://anden.example/userinfo"},
        {"jwks_uri": "https://anden.example/jwks"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
    ids=str,
)
def test_metadata_that_lead_elsewhere_are_not_followed(between, user, changed):
    between.changes[METADATA] = lambda answer: answer | changed
    response = Client().get(LOGIN)
    assert (response.status_code, heading(response)) == (503, "Din kommunes login virkede ikke")


def test_no_redirect_is_followed(provider, between, user):
    between.changes[TOKEN] = lambda _answer: f"{between.address}/oauth2/token/et-andet-sted"
    assert not is_in(login_by(between, provider))


def test_a_silent_provider_is_no_fault_of_the_user(herlev, db):
    herlev["settings"]["server_url"] = "http://127.0.0.1:1"
    response = Client().get(LOGIN)
    assert (response.status_code, heading(response)) == (503, "Din kommunes login virkede ikke")


def test_a_provider_that_is_not_there_is_not_found(herlev, db):
    assert Client().get("/log-ind/med/ukendt/").status_code == 404


PROVIDERS = (
    '[{"id": "herlev", "name": "Herlev", "server_url": "%s", "client_id": "portal", "domains": ["Herlev.example"]}]'
)


@pytest.mark.parametrize(
    ("environment", "fault"),
    [
        ({"OIDC_PROVIDERS": PROVIDERS % "https://id.example"}, "Set the environment variable OIDC_SECRET_HERLEV."),
        (
            {"OIDC_PROVIDERS": PROVIDERS % "http://id.example", "OIDC_SECRET_HERLEV": "x"},
            "OIDC_PROVIDERS: the server_url of herlev is not https://.",
        ),
        (
            {"OIDC_PROVIDERS": '[{"id": "herlev", "domains": []}]', "OIDC_SECRET_HERLEV": "x"},
            "OIDC_PROVIDERS: herlev has no client_id, domains, name, server_url.",
        ),
        ({"OIDC_PROVIDERS": "herlev"}, "OIDC_PROVIDERS is not a list of objects as JSON."),
        ({"OIDC_PROVIDERS": '{"id": 1}'}, "OIDC_PROVIDERS is not a list of objects as JSON."),
    ],
)
def test_what_is_missing_in_the_environment_is_said(environment, fault):
    result = run("manage.py", "check", SITE_URL="https://portal.example", **environment)
    assert (result.returncode, result.stderr) == (1, f"{fault}\n")
