"""Looking at a page: what axe finds by the rules of WCAG 2.2 AA, and whether it fits, on screens of each kind."""

from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import axe_playwright_python
from django.conf import settings
from playwright.sync_api import Page

from kulturmetropol.accounts.models import User
from tests.browser.places import Place
from tests.conftest import Cast, session_key

# A page is looked at in all of their combinations: in turns by the tests, one after the other by `make screens`.
LANGUAGES = ["da", "en"]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
SCHEMES = ["light", "dark"]

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    # what passed is not described, node by node, and style sheets are not fetched once more
    "resultTypes": ["violations"],
    "reporter": "no-passes",
    "selectors": False,
    "elementRef": False,
    "preload": False,
}


@dataclass(frozen=True)
class Screen:
    language: str
    size: str
    scheme: str

    def __str__(self) -> str:
        return f"{self.language}-{self.size}-{self.scheme}"

    def show(self, page: Page) -> None:
        width, height = SIZES[self.size]
        if page.viewport_size != {"width": width, "height": height}:
            page.set_viewport_size({"width": width, "height": height})
        # without motion, as colours on their way from light to dark are neither
        page.emulate_media(color_scheme=self.scheme, reduced_motion="reduce")


SCREENS = [Screen(*each) for each in product(LANGUAGES, SIZES, SCHEMES)]


def faults(page: Page) -> list[str]:
    """What axe finds, by its rule and the tag, and whether the page scrolls sideways."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found = page.evaluate("rules => axe.run(rules).then(found => found.violations)", RULES)
    lines = [f"{each['id']}: {node['html']}" for each in found for node in each["nodes"]]
    return lines if fits(page) else [*lines, "it scrolls sideways"]


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def assert_accessible(page: Page) -> None:
    assert faults(page) == [], page.url


def open_place(page: Page, place: Place, screen: Screen, cast: Cast, site: str) -> str:
    """In a browser that knows nothing but who asks, and in which language. Says so where it is not what was meant."""
    address = place.url(cast)
    if place.then:
        screen = replace(screen, language="da")  # what is done there goes by the words on the page
    cookies = {settings.LANGUAGE_COOKIE_NAME: screen.language}
    if place.who:
        user = getattr(cast, place.who)
        User.objects.filter(pk=user.pk).update(language=screen.language)
        cookies[settings.SESSION_COOKIE_NAME] = session_key(user)
    page.context.clear_cookies()
    page.context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
    screen.show(page)
    status = page.goto(address).status
    if place.then:
        place.then(page)
    return "" if status == place.status else f"it answers {status}"


def look(page: Page, place: Place, screen: Screen, cast: Cast, site: str) -> list[str]:
    """What is wrong with a page on a screen."""
    wrong = open_place(page, place, screen, cast, site)
    return [told(page, place, screen, fault) for fault in ([wrong] if wrong else faults(page))]


def told(page: Page, place: Place, screen: Screen, fault: str) -> str:
    return f"{page.url} ({place.who or 'outside'}, {screen}): {fault}"
