"""The matrix in a real browser: with the keyboard, with the mouse, and with two people at one cell."""

import pytest
from playwright.sync_api import expect

from initiatives.models import Participation
from tests.browser.looking import assert_accessible

pytestmark = pytest.mark.browser

KOEGE = "Køge, Syng dig stærk"
HALSNAES = "Halsnæs, Syng dig stærk"


def held(code: str) -> Participation:
    return Participation.objects.get(initiative__title="Syng dig stærk", municipality__code=code)


def test_a_participation_from_march_on_with_the_keyboard_alone(page, log_in_as, cast):
    log_in_as(cast.staff)
    page.goto("/hvem-er-med/?aar=2022")
    page.get_by_role("link", name="Ishøj, Syng dig stærk").focus()
    page.keyboard.press("ArrowDown")
    cell = page.get_by_role("link", name=KOEGE)
    expect(cell).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("link", name="Køge, Kulturvitaminer")).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Køge – Syng dig stærk")
    expect(dialog.get_by_label("Deltager")).to_be_focused()
    assert_accessible(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.type("31-02-2022")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    dialog.get_by_label("Fra", exact=True).fill("1-3-2022")
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(cell).to_be_focused()
    expect(cell).to_contain_text("fra 01-03-22")
    expect(page.get_by_text("“Køge: Syng dig stærk” er gemt.")).to_be_visible()
    assert (held("0259").role, str(held("0259").starts_on)) == ("partner", "2022-03-01")


def test_a_dialog_is_left_without_saving(page, log_in_as, cast):
    log_in_as(cast.staff)
    page.goto("/hvem-er-med/")
    page.get_by_role("link", name=HALSNAES).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Partner").check()
    dialog.get_by_role("link", name="Fortryd").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name=HALSNAES)).to_be_focused()
    assert held("0260").role == "lead"


def test_two_people_at_one_cell(page, log_in_as, cast):
    log_in_as(cast.staff)
    page.goto("/hvem-er-med/")
    page.get_by_role("link", name=HALSNAES).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Deltager").check()
    other = held("0260")
    Participation.objects.filter(pk=other.pk).update(role="partner", version=other.version + 1)
    dialog.get_by_role("button", name="Gem").click()
    dialog.get_by_text("Vælg for hvert felt, hvilken udgave der skal gælde").wait_for()
    assert_accessible(page)
    dialog.get_by_role("radio", name="Den andens").check()
    dialog.get_by_role("button", name="Gem").click()
    expect(dialog).to_be_hidden()
    assert held("0260").role == "partner"


def test_without_scripts_a_cell_is_a_page(chromium, live_server, log_in_as, page, cast):
    log_in_as(cast.staff)
    plain = chromium.new_context(java_script_enabled=False, base_url=live_server.url, locale="da-DK")
    plain.add_cookies(page.context.cookies())
    tab = plain.new_page()
    tab.goto("/hvem-er-med/?aar=2022")
    tab.get_by_role("link", name=KOEGE).click()
    tab.get_by_label("Leder").check()
    tab.get_by_role("button", name="Gem").click()
    tab.wait_for_url("**/hvem-er-med/?aar=2022#*")
    plain.close()
    assert held("0259").role == "lead"
