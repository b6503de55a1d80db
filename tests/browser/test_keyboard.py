"""The keyboard alone, a page four times as large, and what a system asks for: forced colours, no motion."""

import pytest

from initiatives.models import Initiative
from tests.browser.looking import fits

pytestmark = [pytest.mark.browser, pytest.mark.once]

MAIN_PAGES = ["/", "/i-dag/", "/aktiviteter/", "/aktiviteter/opret/", "/hvem-er-med/", "/ure/"]
# what has the focus, one after the other, and what is the matter with it
WATCH = """() => {
  window.passed = [];
  addEventListener("keyup", () => {
    const target = document.activeElement;
    if (target === document.body) return;
    const box = target.getBoundingClientRect();
    const { outlineStyle, outlineWidth } = getComputedStyle(target);
    const seen = box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0;
    const marked = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
    const what = target.outerHTML.slice(0, 120);
    window.passed.push({ what, fault: !seen ? "is not seen" : !marked ? "has no outline" : "" });
  });
}"""
REACHABLE = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary, iframe")].filter(
  (each) => !each.disabled && each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true })
    && !(each.type === "radio" && each.form?.querySelector(`[name="${each.name}"]:checked`) !== each)
).length"""


@pytest.fixture
def staff_page(page, log_in_as, cast):
    log_in_as(cast.staff)
    return page


def test_tab_leads_through_each_page_and_out_of_it(staff_page):
    staff_page.emulate_media(reduced_motion="reduce")  # what has the focus is scrolled to at once
    for address in MAIN_PAGES:
        staff_page.goto(address)
        staff_page.evaluate(WATCH)
        count = staff_page.evaluate(REACHABLE)
        for _press in range(count + 1):
            staff_page.keyboard.press("Tab")
        passed = staff_page.evaluate("window.passed")
        assert [each for each in passed if each["fault"]] == [], address
        assert len(passed) >= count, address  # none was passed over, and none was a trap
        assert any("skip-link" in each["what"] for each in passed), address


def test_the_menu_opens_folds_and_closes(staff_page):
    staff_page.goto("/")
    fold = staff_page.locator(".nav-fold summary").first
    for key, opened in (("Enter", True), ("Space", False)):
        fold.press(key)
        assert (fold.evaluate("each => each.parentElement.open")) is opened
    staff_page.set_viewport_size({"width": 390, "height": 844})
    staff_page.locator("a.menu-button[href='#menu']").press("Enter")
    staff_page.keyboard.press("Tab")
    assert staff_page.evaluate("document.activeElement.closest('.menu') !== null")
    staff_page.locator(".menu-close").press("Enter")
    assert not staff_page.locator(".menu").is_visible()


def test_the_search_is_one_key_away(staff_page):
    staff_page.goto("/indsatser/")
    staff_page.evaluate("document.activeElement.blur()")
    staff_page.keyboard.press("/")
    staff_page.keyboard.type("unges musik/kultur")
    staff_page.keyboard.press("Enter")
    staff_page.get_by_role("heading", name="Fundet for “unges musik/kultur”").wait_for()


def test_pages_fit_at_four_times_their_size(staff_page):
    """1280 pixels at 400 % are 320."""
    staff_page.set_viewport_size({"width": 320, "height": 256})
    own = Initiative.objects.first().get_absolute_url()
    addresses = [own, f"{own}rediger/", f"{own}historik/", "/tiltag/", "/indslusning/", "/besoeg/daekning/"]
    for address in [*MAIN_PAGES, *addresses, "/notater/opret/?slags=status", "/kommuner/0175/regnskab/", "/hjaelp/"]:
        staff_page.goto(address)
        assert fits(staff_page), address


# how long anything on the page would move, and what would be the longest
MOVING = """() => [...document.querySelectorAll("*")].flatMap((each) => ["", "::before", "::after"].flatMap((part) => {
  const { animationName, animationDuration, transitionDuration } = getComputedStyle(each, part);
  const lasts = [animationName === "none" ? "0s" : animationDuration, transitionDuration].map(
    (all) => Math.max(...all.split(",").map(parseFloat)));
  return Math.max(...lasts) > 0.01 ? [each.outerHTML.slice(0, 120)] : [];
}))"""


def test_forced_colours_and_reduced_motion_are_honoured(staff_page):
    staff_page.emulate_media(forced_colors="active", reduced_motion="reduce")
    for address in MAIN_PAGES:
        staff_page.goto(address)
        assert staff_page.evaluate(MOVING) == [], address
    staff_page.evaluate("document.activeElement.blur()")
    staff_page.evaluate(WATCH)
    for _press in range(12):
        staff_page.keyboard.press("Tab")
    assert [each for each in staff_page.evaluate("window.passed") if each["fault"]] == []
    current = staff_page.locator(".nav-item[aria-current]").first
    assert current.evaluate("each => getComputedStyle(each).fontWeight") == "600"  # its tint is gone
    staff_page.goto("/aktiviteter/opret/")
    field = staff_page.locator("[name=title]")
    assert field.evaluate("each => parseFloat(getComputedStyle(each).borderTopWidth)") >= 1
