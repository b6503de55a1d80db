"""`make screens`: a picture of every page on every screen, in var/screens, and what axe finds on each of them.

One looks through the pictures; faults are printed, and end it with status 1.
"""

import re
from itertools import batched, groupby
from pathlib import Path

import pytest

from tests.browser.looking import SCREENS, faults, open_place, told
from tests.browser.places import PLACES, Place
from tests.browser.test_accessibility import PAGES, TWINS
from tests.kulturmetropol import test_access

pytestmark = pytest.mark.browser

FOLDER = Path(__file__).resolve().parents[2] / "var" / "screens"


@pytest.mark.parametrize("places", list(batched(enumerate(PLACES), 20)), ids=lambda places: str(places[0][0]))
def test_places(page, cast, live_server, places):
    assert look_at_all(page, cast, live_server.url, places) == []


@pytest.mark.parametrize("name", sorted(name for name in PAGES if name.rpartition("_")[2] in TWINS))
def test_twins(page, cast, live_server, name):
    """What tests leave out as it is alike: of a new record each."""
    place = Place("admin", lambda cast: test_access.address(name), status=test_access.TABLE[name]["get"]["admin"])
    assert look_at_all(page, cast, live_server.url, [(999, place)]) == []


def look_at_all(page, cast, site, places) -> list[str]:
    page.on("dialog", lambda dialog: dialog.accept())  # forms that were filled in are left
    found = []
    for number, place in places:
        for _language, screens in groupby(SCREENS, lambda screen: screen.language):
            found += look_at(page, place, list(screens), cast, site, number)
    return found


def look_at(page, place, screens, cast, site, number) -> list[str]:
    """The page is opened once in a language: width and colours are changed while it stands open."""
    wrong = open_place(page, place, screens[0], cast, site)
    found = [told(page, place, screens[0], wrong)] if wrong else []
    for screen in screens:
        screen.show(page)
        found += [told(page, place, screen, fault) for fault in faults(page)]
        page.screenshot(path=FOLDER / str(screen) / f"{number:03}-{title(page, place)}.png", full_page=True)
    return found


def title(page, place) -> str:
    words = [place.who or "outside", *re.findall(r"\w+", re.sub("^https?://[^/]+", "", page.url))]
    return "-".join([*words, place.then.__name__ if place.then else ""])[:80].strip("-")
