"""The page of a run follows it without being loaded anew."""

import pytest
from playwright.sync_api import expect

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
    expect(bar).to_have_attribute("value", "1")
    expect(page.get_by_role("row", name="Herlev")).to_contain_text("Notat nr. 1")
    work_off()
    expect(page.get_by_role("status")).to_have_text("Udsendelsen er færdig.")
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    assert page.evaluate("window.sameDocument")
