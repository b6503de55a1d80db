"""What stands on every answer: nothing that somebody saw who was logged in is kept, and text says its signs."""

import pytest
from django.test import Client

from outreach.models import MeasureList
from tests.factories import UserFactory
from tests.factories.governance import DocumentFactory

NO_STORE = "private, no-store"


@pytest.mark.parametrize(
    "url", ["/", "/indsatser/", "/indsatser/?format=csv", "/indsatser/?format=xlsx", "/personer/", "/findes-ikke/"]
)
def test_what_is_seen_by_who_is_logged_in_is_not_kept(staff, url):
    assert staff.get(url).headers["Cache-Control"] == NO_STORE


def test_nor_are_pdfs_and_documents(staff):
    pdf = staff.get(f"/tiltag/liste/{MeasureList.objects.first().pk}/pdf/")
    assert (pdf.headers["Content-Type"], pdf.headers["Cache-Control"]) == ("application/pdf", NO_STORE)
    document = staff.get(f"/dokumenter/{DocumentFactory().pk}/hent/")
    assert (document.status_code, document.headers["Cache-Control"]) == (200, NO_STORE)


def test_static_files_stay_with_the_browser(staff):
    assert staff.get("/static/css/tokens.css").headers["Cache-Control"] == "max-age=600, public"


def test_who_is_not_logged_in_has_nothing_to_hide(db):
    assert "Cache-Control" not in Client().get("/indsatser/").headers


def test_logging_out_has_the_browser_forget(staff):
    assert staff.post("/log-ud/").headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("url", ["/", "/healthz", "/log-ind/", "/min-profil/"])
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PROPFIND"])
def test_no_other_methods(staff, url, method):
    response = staff.generic(method, url)
    assert (response.status_code, response.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("/healthz", "text/plain; charset=utf-8"),
        ("/", "text/html; charset=utf-8"),
        ("/indsatser/?format=csv", "text/csv; charset=utf-8"),
        ("/static/css/tokens.css", 'text/css; charset="utf-8"'),
    ],
)
def test_text_says_its_signs(staff, url, kind):
    assert staff.get(url).headers["Content-Type"] == kind


def test_cookies_are_for_the_server_alone(db):
    client, user = Client(), UserFactory(password="blå-viol-i-regnvejr")
    client.get("/log-ind/")
    client.post("/log-ind/", {"login": user.email, "password": "blå-viol-i-regnvejr"})
    assert client.cookies.keys() == {"csrftoken", "session"}
    for cookie in client.cookies.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")


def test_a_feed_without_https_is_refused_and_not_led_on(db, settings):
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/kalender/et.hemmeligt.ics")
    assert (response.status_code, response.text) == (403, "Denne adresse virker kun med https://.")
    assert Client().get("/kalender/et.hemmeligt.ics", secure=True).status_code == 404
    assert Client().get("/indsatser/").status_code == 301


@pytest.mark.parametrize("url", ["/log-ind/", "/", "/findes-ikke/", "/personer/?format=csv"])
def test_cameras_and_the_like_stay_shut_and_passkeys_work(staff, url):
    policy = dict(each.split("=") for each in staff.get(url).headers["Permissions-Policy"].split(", "))
    assert {name for name, allowed in policy.items() if allowed == "(self)"} == {
        "clipboard-write",
        "publickey-credentials-create",
        "publickey-credentials-get",
    }
    assert {policy[name] for name in ("camera", "microphone", "geolocation", "payment", "usb")} == {"()"}
