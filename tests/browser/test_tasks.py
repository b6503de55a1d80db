"""Three things people come for, with the keyboard alone, in few steps. `pytest -s` prints how many."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from agreements.models import OutgoingMail
from initiatives.models import Activity
from outreach.actions.memos import issue
from outreach.models import OnboardingCase
from tests.browser.conftest import PASSWORD
from tests.factories import MemoFactory

pytestmark = [pytest.mark.browser, pytest.mark.once]


class Keyboard:
    """Counts the keys that are pressed beside what is written."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1

    def press_access_key(self, letter: str) -> None:
        """With Alt, as Chromium reads it from the system; Playwright's own keys leave the letter out."""
        key = {"key": letter, "code": f"Key{letter.upper()}", "windowsVirtualKeyCode": ord(letter.upper())}
        session = self.page.context.new_cdp_session(self.page)
        for kind, text in (("rawKeyDown", ""), ("char", letter), ("keyUp", "")):
            event = {"type": kind, "modifiers": 1, "text": text, "unmodifiedText": text, **key}
            session.send("Input.dispatchKeyEvent", event)
        self.pressed += 1

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)

    def go_to(self, target, most: int = 60) -> None:
        """By Tab, from where one is."""
        for _press in range(most):
            self.press("Tab")
            if target.evaluate("each => each === document.activeElement"):
                return
        pytest.fail(f"{most} times Tab do not lead to {target}")


@pytest.fixture
def keyboard(page):
    return Keyboard(page)


def test_staff_enter_an_activity_and_see_it_in_the_account(page, keyboard, log_in_as, cast):
    log_in_as(cast.staff)
    page.goto("/kommuner/0165/regnskab/")
    figure = page.locator("dl.figures > div", has_text="Aktiviteter").locator("dd")
    before = int(figure.first.inner_text().split()[0])
    page.goto("/aktiviteter/")
    keyboard.press_access_key("n")
    page.wait_for_url("**/aktiviteter/opret/")
    page.locator("[name=initiative]:focus").wait_for()
    keyboard.write("Syng dig")
    keyboard.press("Tab")
    keyboard.write("Kor på torvet")
    keyboard.press("Tab")
    keyboard.write("10-3-2022")
    keyboard.press("Tab")
    keyboard.write("Albertslund Rådhus")
    keyboard.press("Tab", "Space", "Enter")
    page.get_by_text("“Kor på torvet” er gemt.").wait_for()
    link = page.locator(".page-head").get_by_role("link", name="Albertslund")
    keyboard.go_to(link)
    keyboard.press("Enter")
    page.wait_for_url("**/kommuner/0165/regnskab/**")
    assert int(figure.first.inner_text().split()[0]) == before + 1
    assert Activity.objects.filter(title="Kor på torvet", place="Albertslund Rådhus").exists()
    print(f"An activity in the account: {keyboard.pressed} keys")
    assert keyboard.pressed <= 12


def test_a_chair_goes_from_the_mail_to_the_pdf(page, keyboard, cast, mailoutbox):
    cast.chair.set_password(PASSWORD)
    cast.chair.save()
    memo = MemoFactory()
    issue(memo=memo, by=cast.staff, version=memo.version)
    body = OutgoingMail.objects.get(recipient=cast.chair.email).body
    page.goto(re.search(r"^https?://[^/]+(/\S+)$", body, re.MULTILINE)[1])
    keyboard.go_to(page.get_by_label("E-mail"))
    keyboard.write(cast.chair.email)
    keyboard.press("Tab")
    keyboard.write(PASSWORD)
    keyboard.press("Enter")
    page.wait_for_url(f"**{memo.get_absolute_url()}")
    keyboard.pressed, steps = 0, 1  # the memo's page
    keyboard.press("Tab", "Enter")
    keyboard.go_to(page.get_by_role("link", name="Hent PDF"))
    with page.expect_download() as download:
        keyboard.press("Enter")
    steps += 1
    assert download.value.suggested_filename.endswith(".pdf")
    print(f"From the mail to the PDF: {steps} steps after logging in, {keyboard.pressed} keys")
    assert steps <= 2


def test_an_admin_records_the_decision_of_a_council(page, keyboard, log_in_as, cast):
    case = OnboardingCase.objects.get(municipality__name="Gribskov")
    OnboardingCase.objects.filter(pk=case.pk).update(stage=OnboardingCase.Stage.COMMITTEE)
    log_in_as(cast.admin)
    screens = []
    page.on("load", lambda shown: screens.append(shown.url))
    page.goto("/indslusning/")
    keyboard.press("Tab", "Enter")
    keyboard.go_to(page.locator("main").get_by_role("link", name="Gribskov").first)
    keyboard.press("Enter")
    page.wait_for_url(f"**{case.get_absolute_url()}")
    keyboard.press("Tab", "Enter")
    keyboard.go_to(page.get_by_role("link", name="Registrér kommunalbestyrelsens beslutning"))
    keyboard.press("Enter")
    page.wait_for_url("**/port/council/")
    assert len(screens) <= 3
    keyboard.press("Tab", "Enter")
    keyboard.go_to(page.get_by_label("Kommunalbestyrelsen besluttede det"))
    keyboard.press("Control+a")
    keyboard.write(f"{timezone.localdate() - timedelta(days=1):%d-%m-%Y}")
    keyboard.go_to(page.get_by_label("Kommunalbestyrelsens sagsnummer"))
    keyboard.write("26/1234")
    print(f"A decision of a council: {len(screens)} screens, {keyboard.pressed + 1} keys")
    keyboard.press("Enter")
    page.locator(".notice-success").wait_for()
    assert OnboardingCase.objects.get(pk=case.pk).council_case_number == "26/1234"
