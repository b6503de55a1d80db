"""No address is written to from another site, and reading an address writes nothing.

Sources: OWASP Cross-Site Request Forgery Prevention Cheat Sheet, OWASP WSTG-SESS-05.
"""

import re

import pytest
from django.conf import settings
from django.http import HttpResponseForbidden
from django.test import Client

from tests.kulturmetropol.test_access import TABLE

from . import site

WITHOUT_TOKEN = {
    "newsletter_unsubscribe": "a mail program unsubscribes with one click (RFC 8058); the address is signed",
}
# what reading may write
WRITTEN_BY_READING = {
    "django_session": "messages that have been shown, and when one was last here",
    "cache": "how often one has asked",
    "usersessions_usersession": "when one was last here, and from where",
    "agreements_auditevent": "who fetched personal data",
}


def refuse(request, reason=""):
    return HttpResponseForbidden()


@pytest.mark.once
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_every_address_wants_the_token_of_its_form(cast, settings, method):
    settings.CSRF_FAILURE_VIEW = "tests.attacks.test_csrf.refuse"  # the page is the same for all
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.admin)
    paths = {each.name: site.example_path(each) for each in site.patterns()}
    # the check is the same for all methods that write
    if method != "post":
        paths = {name: paths[name] for name in sorted(paths)[::20]}
    answers = {name: getattr(client, method)(path).status_code for name, path in paths.items()}
    refused = {403} if method == "post" else {403, 405}
    assert {name for name, status in answers.items() if status not in refused} <= set(WITHOUT_TOKEN)


@pytest.mark.parametrize(
    ("token", "headers"),
    [
        ("", {}),
        ("x" * 64, {}),
        ("x" * 32, {}),
        ("another's", {}),
        ("own", {"origin": "https://evil.example"}),
        ("own", {"origin": "null"}),
        ("own", {"origin": "http://testserver.evil.example"}),
        ("own", {"origin": "http://testserver:81"}),
    ],
)
def test_a_token_is_ones_own_and_comes_from_the_portal(log_in, cast, token, headers):
    client, other = Client(enforce_csrf_checks=True), log_in(cast.staff)
    client.force_login(cast.admin)

    def token_of(each: Client) -> str:
        return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', each.get("/maalgrupper/opret/").text)[1]

    given = {"own": token_of(client), "another's": token_of(other)}.get(token, token)
    typed = {"name": "x", "csrfmiddlewaretoken": given}
    assert client.post("/maalgrupper/opret/", typed, headers=headers).status_code == 403
    good = client.post("/maalgrupper/opret/", typed | {"csrfmiddlewaretoken": token_of(client)})
    assert good.status_code in {200, 302}


def test_the_cookie_of_the_session_is_not_sent_from_other_sites(cast):
    assert settings.SESSION_COOKIE_SAMESITE == settings.CSRF_COOKIE_SAMESITE == "Lax"
    assert settings.SESSION_COOKIE_HTTPONLY


@pytest.mark.once
def test_reading_an_address_writes_nothing(log_in, cast):
    admin = log_in(cast.admin)
    found = []
    for name in TABLE:
        with site.undone():
            url = site.address(name)
            with site.writes() as tables:
                admin.get(url)
        found += [f"{name} writes {table}" for table in sorted(tables - set(WRITTEN_BY_READING))]
    assert found == []
