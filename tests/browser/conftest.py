"""A real Chromium on a real server. A page that talks to another host, or whose console complains, fails the test."""

from urllib.parse import urlsplit
from zlib import crc32

import pytest
from django.conf import settings
from django.core.cache import cache
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import session_key

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
PHONE = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark", "has_touch": True}
PASSWORD = "fjord-lampe-kano-birk"


@pytest.fixture(scope="session")
def chromium(chromium_path) -> Browser:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def screen(request) -> dict:
    """Half of the tests are on a desktop, the others on a phone, and each is always on the same."""
    return [DESKTOP, PHONE][crc32(request.node.name.encode()) % 2]


@pytest.fixture
def page(chromium, live_server, screen, transactional_db, cast) -> Page:
    cache.clear()  # how often others have logged in before
    context = chromium.new_context(**screen, base_url=live_server.url, locale="da-DK", accept_downloads=True)
    context.set_default_timeout(10_000)
    page = context.new_page()
    strangers, complaints = [], []
    page.on("request", lambda request: strangers.append(request.url) if is_stranger(request.url, live_server) else None)
    page.on("console", lambda message: complaints.append(message.text) if is_fault(message) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert strangers == []
    assert complaints == []


def is_stranger(url: str, live_server) -> bool:
    return urlsplit(url).scheme in {"http", "https"} and not url.startswith(live_server.url)


def is_fault(message) -> bool:
    # a page that answers 4xx on purpose makes Chromium complain
    return message.type == "error" and "status of 4" not in message.text


def is_start_page(url: str) -> bool:
    return urlsplit(url).path == "/"


@pytest.fixture
def log_in_as(page, live_server):
    """A browser that has logged in before. How people do that has tests of its own."""

    def log_in(user) -> None:
        cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session_key(user), "url": live_server.url}
        page.context.add_cookies([cookie])

    return log_in


@pytest.fixture
def log_in_by_form(page):
    """Logs in as people do, and is on the start page then."""

    def log_in(user) -> None:
        user.set_password(PASSWORD)
        user.save()
        page.goto("/log-ind/")
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Adgangskode").fill(PASSWORD)
        page.get_by_role("button", name="Log ind").click()
        page.wait_for_url(is_start_page)

    return log_in
