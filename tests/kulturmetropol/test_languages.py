"""Danish and English: who chooses, what follows the choice, and that no page mixes them."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from xml.etree.ElementTree import Element

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.utils import timezone, translation

from initiatives.forms.measuring import FigureField
from kulturmetropol import digest
from kulturmetropol.accounts.models import User
from kulturmetropol.amounts import AmountField, kroner
from tests.factories.doing import ActivityFactory
from tests.factories.outreach import FollowUpFactory, StatusNoteFactory
from tests.kulturmetropol.test_access import TABLE, address
from tests.pages import all_of_class, form_data, heading, notices, offered, parse, send, text

pytestmark = pytest.mark.once


def texts_of(response, tag: str) -> list[str]:
    return [text(each) for each in parse(response).iter(tag)]


def language(response) -> str | None:
    return parse(response).get("lang")


def test_a_user_chooses_and_is_met_in_that_language_everywhere(staff, log_in, cast):
    assert (heading(staff.get("/indsatser/")), language(staff.get("/"))) == ("Indsatser", "da")
    chosen = staff.post("/sprog/", {"language": "en", "tilbage": "/indsatser/?q=kor"})
    assert chosen.url == "/indsatser/?q=kor"
    cast.staff.refresh_from_db()
    assert cast.staff.language == "en"
    elsewhere = log_in(cast.staff)
    page = elsewhere.get("/indsatser/")
    assert (heading(page), language(page)) == ("Initiatives", "en")
    assert "Title (descending)" in texts_of(page, "option")
    assert language(elsewhere.get("/findes-ikke/")) == "en"
    assert language(Client().get("/log-ind/")) == "da"  # nothing of it stays with the next who asks
    assert send(elsewhere, "/min-profil/", language="da").url == "/min-profil/"
    assert notices(elsewhere.get("/min-profil/"))[0] == "Dine indstillinger er gemt."
    assert staff.post("/sprog/", {"language": "xx", "tilbage": "https://ond.example/"}).url == "/"


def test_a_reader_has_a_language_and_no_daily_mail(log_in, cast):
    chair = log_in(cast.chair)
    assert offered(chair.get("/min-profil/"), "wants_digest") == []
    send(chair, "/min-profil/", language="en", wants_digest="on")
    cast.chair.refresh_from_db()
    assert (cast.chair.language, cast.chair.wants_digest) == ("en", False)


def test_outside_a_cookie_remembers(db):
    note = StatusNoteFactory(status="published", published_on=timezone.localdate(), text="Unge på scenen.")
    client = Client(headers={"accept-language": "en"})
    page = client.get(note.public_path)
    assert language(page) == "da"
    assert "csrftoken" not in page.cookies  # it is in everybody's cache
    (link,) = [each for each in parse(page).iter("a") if text(each) == "English"]
    assert heading(client.get(link.get("href"))) == "Sprog"
    assert client.post("/sprog/", {"language": "en", "tilbage": note.public_path}).url == note.public_path
    page = client.get(note.public_path)
    assert (language(page), "Cookie" in page["Vary"]) == ("en", True)
    assert [(each.get("lang"), text(each)) for each in all_of_class(parse(page), "public-text")] == [
        ("da", "Unge på scenen.")
    ]
    assert [language(client.get(url)) for url in ("/log-ind/", "/persondata/", "/findes-ikke/")] == ["en"] * 3
    client.cookies["language"] = "xx"
    assert language(client.get("/log-ind/")) == "da"


def test_a_mail_is_in_the_language_of_its_receiver(cast, mailoutbox):
    User.objects.filter(pk=cast.staff.pk).update(language="en")
    client = Client()
    for email in (cast.staff.email, cast.chair.email, "ingen@herlev.example"):
        client.post("/glemt-adgangskode/", {"email": email})
    client.post("/sprog/", {"language": "en"})
    client.post("/glemt-adgangskode/", {"email": "ingen@herlev.example"})
    assert [message.subject for message in mailoutbox] == [
        "Choose a new password",
        "Vælg en ny adgangskode",
        "Ingen konto har din adresse",
        "Ingen konto har din adresse",
    ]
    FollowUpFactory(due_on=timezone.localdate(), owner=cast.staff)
    cast.staff.refresh_from_db()
    assert re.fullmatch(r"\d+ things? needs? you", digest.post(cast.staff, timezone.localdate()).subject)


def test_amounts_are_read_and_written_as_the_language_does():
    with translation.override("en"):
        assert AmountField().clean("1,234.50") == Decimal("1234.50")
        assert FigureField().clean("1,234.5") == Decimal("1234.5")
        assert kroner(Decimal("1234.5")) == "DKK\u00a01,234.50"
        with pytest.raises(
            ValidationError, match=r"with a point before the øre and commas between thousands: 1,234.50"
        ):
            AmountField().clean("1234,5")
    with translation.override("da"):
        assert AmountField().clean("1.234,50") == Decimal("1234.50")
        assert kroner(Decimal("1234.5")) == "1.234,50\u00a0kr."


def test_days_are_read_and_written_as_the_language_does(staff, cast):
    activity = ActivityFactory(held_on="2021-03-06")
    User.objects.filter(pk=cast.staff.pk).update(language="en")
    for typed in ("07-03-2021", "7/3-2021", "2021-03-07"):
        assert send(staff, f"/aktiviteter/{activity.pk}/rediger/", held_on=typed).status_code == 302
    page = staff.get(f"/aktiviteter/{activity.pk}/rediger/")
    assert form_data(page)["held_on"] == "07-03-2021"
    assert "7 March 2021" in text(parse(staff.get(f"/aktiviteter/{activity.pk}/")))


# --- no page mixes them -----------------------------------------------------------------------------------------------

GAP = re.compile(r"%\(\w+\)[a-z]|\{[^}]*\}")
WORD = re.compile(r"[^\W\d_]{3,}")
SPOKEN = ("alt", "aria-label", "aria-description", "placeholder", "title", "data-label")


def catalogue() -> tuple[set[str], re.Pattern, re.Pattern]:
    """What is said in Danish and never in English; the Danish of it that has gaps; and all that is said in English."""
    with (settings.BASE_DIR / "kulturmetropol/locale/da/LC_MESSAGES/django.po").open("rb") as file:
        messages = [message for message in read_po(file, locale="da") if message.id]
    english = {each for message in messages for each in forms(message.id)}
    danish = {each for message in messages for each in forms(message.string)} - english
    return {each.casefold() for each in danish}, pattern(filter(GAP.search, danish)), pattern(english)


def pattern(texts: Iterable[str]) -> re.Pattern:
    """Fits any of the texts, but those that are hardly more than their gaps."""
    parts = [GAP.split(each) for each in texts]
    told = [each for each in parts if len(each) == 1 or len(WORD.findall(" ".join(each))) > 1]
    return re.compile("|".join(".+?".join(map(re.escape, each)) for each in told))


def forms(given: str | tuple[str, ...]) -> list[str]:
    return [" ".join(each.split()) for each in ([given] if isinstance(given, str) else given)]


def said(element: Element, language: str = "en") -> Iterator[str]:
    """The texts of a page that are said to be in the page's own language."""
    language = element.get("lang", language)
    if language == "en" and element.tag not in {"script", "style", "textarea"}:
        yield from (element.get(name) for name in SPOKEN if element.get(name))
        yield from [element.text or "", *(child.tail or "" for child in element)]
        for child in element:
            yield from said(child, language)


# what people have written, and names, which read as words of the interface do
CONTENT = {"Fra", "Politisk styregruppe", "Sekretariat", "Sekretariatet", "personer", "netværk", "kommuner"}
CONTENT |= {
    "En historie fra Helsingør: En sang på en weekend",
    "Sagsfremstilling",
    "Indstilling",
    "Bilag",
    "Beslutning",
}
# the columns of files, the same in every language
CONTENT |= {"navn", "kulturregion"}
FILES = ("_pdf", "_preview", "_download", "_picture", "_template")
GENERIC = ("_update", "_delete", "_history", "_revert", "_deleted")  # as they are for agreements


def test_no_page_says_in_danish_what_is_english(log_in, cast):
    User.objects.update(language="en")
    client, where = log_in(cast.admin), {}
    for name, allowed in TABLE.items():
        if allowed["get"]["admin"] != 200 or name.endswith(FILES):
            continue
        if name.endswith(GENERIC) and not name.startswith("agreement_"):
            continue
        with transaction.atomic():
            response = client.get(address(name), follow=True)
            transaction.set_rollback(True)
        if response.headers["Content-Type"].startswith("text/html"):
            page = parse(response)
            assert page.get("lang") == "en", name
            where |= {" ".join(each.split()): name for each in said(page)}
    whole, danish, english = catalogue()
    suspect = {each for each in where if danish.fullmatch(each) and not english.fullmatch(each)}
    suspect |= {each for each in where if each.casefold() in whole}
    assert {each: where[each] for each in suspect - CONTENT} == {}
