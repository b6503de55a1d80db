"""The page of a run follows it without being loaded anew."""

import re

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from kulturmetropol.accounts.lifetime import SEEN
from outreach.actions import runs
from tests.browser.conftest import DESKTOP
from tests.outreach.runs import started, work_off

pytestmark = pytest.mark.browser


@pytest.fixture(params=[DESKTOP], ids=["desktop-light"])
def screen(request) -> dict:
    return request.param


def test_the_bar_follows_the_run_to_its_end(page, log_in_as, cast):
    run = started("Herlev", "Køge")
    log_in_as(cast.staff)
    page.goto(run.get_absolute_url())
    page.evaluate("window.sameDocument = true")
    bar = page.get_by_role("progressbar", name="Så langt er den")
    expect(bar).to_have_attribute("value", "0")
    runs.work(run=run.pk, worker="test", seconds=0.001)
    with page.expect_request(lambda request: request.headers.get("x-asks-itself") == "1"):
        expect(bar).to_have_attribute("value", "1")
    expect(page.get_by_role("row", name="Herlev")).to_contain_text("Notat nr. 1")
    work_off()
    expect(page.get_by_role("status")).to_have_text("Udsendelsen er færdig.")
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    assert page.evaluate("window.sameDocument")


def test_who_is_logged_out_while_it_runs_is_told_so(page, log_in_as, cast):
    run = started("Herlev")
    log_in_as(cast.staff)
    page.goto(run.get_absolute_url())
    for session in Session.objects.all():
        kept = SessionStore(session.session_key)
        kept[SEEN] -= 13 * 60 * 60
        kept.save()
    expect(page).to_have_url(re.compile("/log-ind/"))
    expect(page.get_by_text("Du blev logget ud efter en pause.")).to_be_visible()
