"""Danish and English: who chooses, what follows the choice, and that no page mixes them."""

import re
from datetime import date
from decimal import Decimal

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core import mail
from django.test import Client

from kulturmetropol.accounts.models import User
from tests.factories import AgreementFactory
from tests.factories.economy import ContributionFactory
from tests.kulturmetropol.test_access import TABLE, address
from tests.pages import errors, form_data, heading, notices, parse, records, send, text

pytestmark = pytest.mark.once

BRACES = re.compile(r"%\(\w+\)[a-z]|\{[^}]*\}")
SPOKEN = ("alt", "aria-label", "aria-description", "placeholder", "title", "data-label")


def catalogue() -> tuple[dict[str, str], re.Pattern]:
    """The Danish texts that are no English ones, with their English; as they stand, and as a pattern of those with gaps."""
    path = settings.BASE_DIR / "kulturmetropol/locale/da/LC_MESSAGES/django.po"
    with path.open("rb") as file:
        pairs = [
            (" ".join(danish.split()), " ".join(english.split()))
            for message in read_po(file, locale="da")
            if message.id
            for danish, english in zip(
                message.string if message.pluralizable else [message.string],
                message.id if message.pluralizable else [message.id],
                strict=True,
            )
        ]
    english = {each.casefold() for _danish, each in pairs}
    danish = {danish: each for danish, each in pairs if danish.casefold() not in english}
    gaps = [each for each in danish if BRACES.search(each) and len(re.findall(r"\w{3,}", BRACES.sub("", each))) > 1]
    patterns = (".+?".join(map(re.escape, BRACES.split(each))) for each in gaps)
    return {each.casefold(): of for each, of in danish.items()}, re.compile("|".join(f"(?:{each})" for each in patterns))


def said(element, language: str = "en"):
    """The texts of a page that are said to be in the page's own language."""
    language = element.get("lang", language)
    if language == "en" and element.tag not in {"script", "style", "textarea"}:
        yield from (element.get(name) for name in SPOKEN if element.get(name))
        yield from [element.text or "", *(child.tail or "" for child in element)]
        for child in element:
            yield from said(child, language)


def test_no_page_says_in_danish_what_is_english(log_in, cast):
    User.objects.update(language="en")
    client, danish, found = log_in(cast.admin), None, {}
    whole, pattern = catalogue()
    for name in TABLE:
        if TABLE[name]["get"]["admin"] != 200:
            continue
        response = client.get(address(name))
        if "text/html" not in response.headers["Content-Type"]:
            continue
        page = parse(response)
        assert page.get("lang") == "en", name
        words = {" ".join(each.split()) for each in said(page)} - {""}
        if wrong := sorted(each for each in words if each.casefold().rstrip(":") in whole or pattern.fullmatch(each)):
            found[name] = wrong
    assert found == {}
