"""Every text has its Danish, none is left over, and no template speaks past the translations. Needs no database."""

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.template.base import Lexer, TokenType

from tests.conftest import needed

pytestmark = pytest.mark.once

ROOT: Path = settings.BASE_DIR
TEXTS = Path("kulturmetropol/locale/da/LC_MESSAGES/django.po")
SOURCES = ["agreements", "initiatives", "kulturmetropol", "outreach", "templates"]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

# names are the same in every language
NAMES = {"Kulturmetropol", "PDF", "CSV", "Excel", "Google", "Mac", "Outlook", "iPhone"}
SPOKEN = {"alt", "aria-description", "aria-label", "placeholder", "title"}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
WORD = re.compile(r"[^\W\d_]{2,}")


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="da", domain="django")


def texts(catalog: Catalog) -> dict[tuple, Message]:
    return {(message.context, message.id): message for message in catalog if message.id}


@pytest.fixture(scope="module")
def danish() -> Catalog:
    return read(ROOT / TEXTS)


@pytest.fixture(scope="module")
def in_the_sources(tmp_path_factory) -> Catalog:
    """The texts that makemessages finds in a copy of the checkout that has no translations yet."""
    needed("gettext", shutil.which("xgettext"))
    copy = tmp_path_factory.mktemp("checkout")
    for name in SOURCES:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.po", "*.mo"))
    shutil.copy(ROOT / "manage.py", copy)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale=da", "--no-location"],
        cwd=copy,
        env=os.environ | {"SECRET_KEY": "en-hemmelighed", "KULTURMETROPOL_ENV_FILE": ""},
        check=True,
        capture_output=True,
    )
    return read(copy / TEXTS)


def test_no_text_is_missing_and_none_is_left_over(danish, in_the_sources):
    here, there = set(texts(danish)), set(texts(in_the_sources))
    assert {"missing": there - here, "left over": here - there} == {"missing": set(), "left over": set()}
    assert list(danish.obsolete) == []


def strings(message: Message) -> list[str]:
    return list(message.string) if message.pluralizable else [message.string]


def test_every_text_is_translated_and_certain(danish):
    assert [key for key, message in texts(danish).items() if message.fuzzy or not all(strings(message))] == []


# what is Danish in any language: money, a heading of the municipalities' papers, a column of a file
QUOTED = re.compile(r"\børe\b|Lov- og plangrundlag|“kommune”")
IS_DANISH = re.compile(r"[æøåÆØÅ]|\b(?:og|ikke|det|der|som|fra|eller|kommune|udvalg|notat|aftale|dato)\b")


def test_what_is_translated_is_english(danish):
    originals = [
        text
        for message in danish
        if message.id
        for text in ([message.id] if isinstance(message.id, str) else message.id)
    ]
    assert [text for text in originals if IS_DANISH.search(QUOTED.sub("", text))] == []


def test_placeholders_agree(danish):
    wrong = []
    for key, message in texts(danish).items():
        singular, plural = message.id if message.pluralizable else (message.id, message.id)
        *for_one, for_many = strings(message)
        fits = placeholders(for_many) == placeholders(plural)
        # the form for one may say «one» without its number
        if not fits or any(not placeholders(text) <= placeholders(singular) | placeholders(plural) for text in for_one):
            wrong.append(key)
    assert wrong == []


def placeholders(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


# --- templates --------------------------------------------------------------------------------------------------------

SILENCED = {
    "blocktranslate": "endblocktranslate",
    "blocktrans": "endblocktrans",
    "comment": "endcomment",
    "block body_class": "endblock",  # a name for the style sheet
    "verbatim": "endverbatim",
}
FILTER_WITH_WORDS = re.compile(r"""\|(?:default|default_if_none|yesno|pluralize|add|join):(["'])(.*?)\1""")


class Visible(HTMLParser):
    """Collects the text of a page and of the attributes that are spoken, with line numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self.silent = 0

    def handle_starttag(self, tag, attributes):
        self.silent += tag in {"script", "style"}
        self.found += [(self.getpos()[0], value) for name, value in attributes if name in SPOKEN and value]

    def handle_startendtag(self, tag, attributes):
        self.found += [(self.getpos()[0], value) for name, value in attributes if name in SPOKEN and value]

    def handle_endtag(self, tag):
        self.silent -= tag in {"script", "style"}

    def handle_data(self, data):
        if not self.silent:
            self.found.append((self.getpos()[0], data))


def spoken_literally(source: str) -> list[tuple[int, str]]:
    """The lines and words of a template that reach people without a translation."""
    html, until = "", None
    for token in Lexer(source).tokenize():
        name = token.contents.partition(" ")[0] if token.token_type == TokenType.BLOCK else ""
        if until:
            until = None if name == until else until
        elif token.token_type == TokenType.TEXT:
            html += token.contents
            continue
        elif token.token_type == TokenType.VAR:
            html += " ".join(words for _quote, words in FILTER_WITH_WORDS.findall(token.contents))
        else:
            until = SILENCED.get(token.contents, SILENCED.get(name))
        html += "\n" * token.contents.count("\n")  # so that line numbers stay right
    visible = Visible()
    visible.feed(html)
    return [(line, word) for line, words in visible.found for word in WORD.findall(words) if word not in NAMES]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_template_says_nothing_without_a_translation(template):
    assert spoken_literally(template.read_text(encoding="utf-8")) == []


BARE_KEY = re.compile(r"\{\{ [\w.]+(?:\.pk|_id) ?\}\}")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_a_key_in_an_address_is_not_written_as_a_number_is(template):
    """Danish writes 1.234: keys go through `unlocalize`."""
    assert BARE_KEY.findall(template.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>{% translate 'Save' %}</p>\n<p>Gem</p>", [(2, "Gem")]),
        ("{% blocktranslate %}Save\nit{% endblocktranslate %}\n<b>nu</b>", [(3, "nu")]),
        ('<img alt="Kort" src="kort.svg">', [(1, "Kort")]),
        ('<button aria-label="{% translate \'Close\' %}" class="luk">×</button>', []),
        ('{{ person|default:"ingen" }}', [(1, "ingen")]),
        ("<html lang=\"{{ code|default:'da' }}\">", []),
        ('{{ day|date:"j. F Y" }} {{ name|default:"–" }}', []),
        ("{% comment %}Hvorfor{% endcomment %}<style>p { color: red }</style>", []),
        ("<title>{{ name }} · Kulturmetropol</title> PDF", []),
    ],
)
def test_the_search_for_literal_text_finds_it(source, found):
    assert spoken_literally(source) == found
