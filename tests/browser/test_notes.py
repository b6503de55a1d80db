"""A status note as it is written in a browser: its length while one types, and the button that copies it."""

import pytest

from outreach.models import StatusNote

pytestmark = pytest.mark.browser


def test_the_length_follows_what_is_typed_and_the_text_is_copied(page, log_in_as, cast):
    note = StatusNote.objects.get(status="draft")
    log_in_as(cast.staff)
    page.goto(f"{note.get_absolute_url()}rediger/")
    rows = page.locator("#lengths li")
    page.get_by_label("Tekst").fill("🎵 Sang\ni Køge")
    assert rows.filter(has_text="Facebook").locator("[data-used]").inner_text() == "13"
    page.get_by_label("Tekst").fill("æ" * 1201)
    assert [rows.nth(place).locator("[data-used]").inner_text() for place in range(4)] == ["1.201"] * 4
    too_long = [rows.nth(place).locator("[data-word]").is_visible() for place in range(4)]
    assert too_long == [True, False, True, True]
    page.get_by_role("button", name="Gem").click()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopiér teksten").click()
    page.get_by_role("button", name="Kopieret").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "æ" * 1201
