"""Markup in an address, in a header or in what a form refuses is text on the page that answers.

Sources: OWASP Cross Site Scripting Prevention Cheat Sheet, OWASP WSTG-INPV-01 (see `payloads`).
"""

import pytest
from django.test import Client

from tests.factories import UserFactory
from tests.kulturmetropol.test_access import TABLE, address

from . import site
from .markup import faults
from .payloads import MARKUP, MARKUP_IN_ADDRESS, SQL

# pages about one record that read nothing from their address but its key
ABOUT_ONE = ("_detail", "_update", "_delete", "_revert")


@pytest.mark.once
def test_no_parameter_of_any_page_becomes_markup(log_in, cast):
    """Every parameter that any view reads, at every address at once; the page must not break either."""
    admin, names, found = log_in(cast.admin), set(site.parameters()) - {"format"}, []
    admin.raise_request_exception = False
    hostile = dict.fromkeys(names, f"{MARKUP}{SQL[0]}") | {MARKUP[:80]: "x"}
    for name in TABLE:
        if not name.endswith(ABOUT_ONE):
            with site.undone():
                response = admin.get(address(name), hostile, follow=True)
            if response.status_code >= 500:
                found.append(f"{name}: {response.status_code} {response.exc_info and response.exc_info[1]!r}")
            elif site.is_page(response):
                found += [f"{name}: {fault}" for fault in faults(response)]
    assert "\n".join(found) == ""


@pytest.mark.once
@pytest.mark.parametrize("payload", MARKUP_IN_ADDRESS)
def test_the_search_and_the_way_in_show_what_was_typed_as_text(log_in, cast, payload):
    for client, url, name in [
        (Client(), "/log-ind/", "next"),
        (Client(), "/log-ind/kode/", "next"),
        (Client(), "/glemt-adgangskode/", "next"),
        (log_in(cast.admin), "/soeg/", "q"),
        (log_in(cast.guest), "/soeg/", "q"),
        (log_in(cast.chair), "/aktiviteter/", "q"),
    ]:
        assert faults(client.get(url, {name: payload}, follow=True)) == []
    typed = {"login": payload, "email": payload, "password": payload, "next": payload, "code": payload}
    for url in ("/log-ind/", "/log-ind/kode/", "/glemt-adgangskode/", "/offentligt/kulturmetropolen/nyhedsbrev/"):
        assert faults(Client().post(url, typed, follow=True)) == []


@pytest.mark.once
@pytest.mark.parametrize("payload", MARKUP_IN_ADDRESS)
def test_pages_that_refuse_show_nothing_of_the_address_as_markup(log_in, cast, payload):
    refusals = [
        (log_in(cast.admin).get(f"/{payload}/"), 404),
        (log_in(cast.admin).get(f"/kommuner/{payload.replace('/', '')}/"), 404),
        (log_in(cast.chair).get("/aftaler/opret/", {"x": payload}), 403),
        (log_in(cast.admin).post("/aftaler/", {"x": payload}), 405),
        (Client().get("/log-ind/", headers={"host": "evil.example"}), 400),
        (Client(enforce_csrf_checks=True).post("/log-ind/", {"login": payload}), 403),
        (Client().get(f"/offentligt/nyhedsbrev/bekraeft/{payload.replace('/', '')}/"), None),
        (Client().get(f"/kalender/{payload.replace('/', '')}.ics"), 404),
    ]
    for response, status in refusals:
        assert response.status_code == (status or response.status_code)
        assert response.status_code < 500
        if site.is_page(response):
            assert faults(response) == []


def test_a_browser_that_calls_itself_markup_is_text_among_ones_places(cast):
    client = Client(headers={"user-agent": MARKUP, "referer": f"http://testserver/{MARKUP[:100]}"})
    user = UserFactory(password="blå-viol-i-regnvejr")
    client.post("/log-ind/", {"login": user.email, "password": "blå-viol-i-regnvejr"})
    response = client.get("/konto/enheder/")
    assert response.status_code == 200
    assert faults(response) == []
