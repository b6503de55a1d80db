"""axe finds nothing by the rules of WCAG 2.2 AA, and nothing scrolls sideways, on every page of `places`."""

from itertools import batched

import pytest

from tests.browser.looking import SCREENS, look
from tests.browser.places import PLACES
from tests.kulturmetropol.access_table import TABLE

# Each page is looked at on one of the screens, in turns; `make screens` looks at each of them on all.
LOOKS = [(place, SCREENS[number % len(SCREENS)]) for number, place in enumerate(PLACES)]
PART = 40

# what answers with a page to somebody; a conflict is one
PAGES = {name for name, answers in TABLE.items() if {200, 409} & set(answers["get"].values())}
# files, and what answers machines
PAGES -= {"document_download", "story_picture", "import_template", "memo_pdf", "measurelist_pdf", "healthz", "readyz"}
TWINS = {
    "create": "the form of `update`, with nothing in it",
    "delete": "one template for all kinds",
    "deleted": "one template for all kinds",
    "history": "one template for all kinds",
    "revert": "one template for all kinds",
}


@pytest.mark.browser
@pytest.mark.once
@pytest.mark.long
@pytest.mark.parametrize("looks", list(batched(LOOKS, PART)), ids=lambda looks: looks[0][0].who or "outside")
def test_nothing_is_wrong_with(page, cast, live_server, looks):
    page.on("dialog", lambda dialog: dialog.accept())  # forms that were filled in are left
    assert [fault for place, screen in looks for fault in look(page, place, screen, cast, live_server.url)] == []


@pytest.mark.once
@pytest.mark.django_db
def test_every_page_of_the_table_is_looked_at(cast):
    seen = {place.name(cast) for place in PLACES}
    unseen = PAGES - seen
    assert {name for name in unseen if name.rpartition("_")[2] not in TWINS} == set()
    assert {
        name for name in unseen if name.endswith("_create") and name.replace("create", "update") not in seen
    } == set()
    assert set(TWINS) <= {name.rpartition("_")[2] for name in seen}
