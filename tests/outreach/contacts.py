"""What the tests of contacts, stories and follow-ups share."""

from outreach.models import ContactNote, FollowUp
from tests.emptying import empty
from tests.factories import municipality
from tests.kulturmetropol.test_export import body_of
from tests.pages import parse, text


def nobody_has_called() -> None:
    empty(FollowUp, ContactNote)


def key(name: str) -> str:
    return str(municipality(name).pk)


def exported(client, url: str) -> list[str]:
    return body_of(client.get(url)).decode("utf-8-sig").splitlines()


def overview_rows(client) -> dict[str, str]:
    """By municipality what the row says, in the order of the page."""
    rows = parse(client.get("/kontakter/kommuner/")).iterfind(".//tbody/tr")
    return {text(row.find("./th/a")): text(row) for row in rows}
