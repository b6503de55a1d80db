"""The style sheets of the pages: values come from tokens.css, and classes and rules go together."""

import re
from pathlib import Path

import crispy_bootstrap5
import pytest
from django.conf import settings

from kulturmetropol.staticfiles import STYLESHEETS

pytestmark = pytest.mark.once

FOLDER = Path(settings.BASE_DIR)
SHEETS = {name: (FOLDER / "static" / name).read_text(encoding="utf-8") for name in STYLESHEETS}
LITERALS = {
    "a colour": r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(",
    "a shadow": r"box-shadow|text-shadow|drop-shadow",
    "a size of text": r"\bfont(?:-size)?:(?! var\(| inherit| \d00 var\(|.*(?:pt|em);)[^;]*;",
    "a radius": r"border-radius:(?! var\(| 50%| 0)[^;]*;",
    "room": r"^\s*(?:margin|padding|gap|row-gap|column-gap)[a-z-]*:[^;]*?\d(?:rem|px)",
    "a duration": r"\b(?:transition|animation)[a-z-]*:(?! var\(| none)[^;]*;",
}
HOOKS = {"movement"}  # tests hold on to it
NOT_SHOWN = {
    "components/initiative_doing.html",  # two lists that are shown, with what the database knows of them
    "components/passkey_scripts.html",  # nothing to see
    "components/passkey_trouble.html",  # there once a script has failed
}
APPS = ("kulturmetropol", "agreements", "initiatives", "outreach")


def without_comments(text: str) -> str:
    return re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)


def test_values_come_from_the_tokens():
    found = [
        f"{name}: {what}: {match[0].strip()}"
        for name, text in SHEETS.items()
        if name != "css/tokens.css"
        for what, pattern in LITERALS.items()
        for match in re.finditer(pattern, without_comments(text), re.MULTILINE)
    ]
    assert found == []


def test_tokens_are_used_and_known():
    text = without_comments("".join(SHEETS.values()))
    known = set(re.findall(r"(--[\w-]+):", text))
    used = set(re.findall(r"var\((--[\w-]+)", text))
    assert (known - used, used - known) == (set(), set())


def test_files_are_short_and_all_are_served():
    assert {name: lines for name, text in SHEETS.items() if (lines := text.count("\n")) > 500} == {}
    there = {f"css/{path.name}" for path in (FOLDER / "static/css").glob("*.css")}
    assert there == {*STYLESHEETS, "css/memo.css"}


def test_each_class_is_used_and_each_used_one_has_a_rule():
    styled = set(re.findall(r"\.([a-z][\w-]*)", without_comments("".join(SHEETS.values())), re.IGNORECASE))
    templates = {path: path.read_text(encoding="utf-8") for path in (FOLDER / "templates").rglob("*.html")}
    crispy = Path(crispy_bootstrap5.__file__).parent
    others = [*(FOLDER / "static/js").glob("*.js"), *crispy.rglob("*.html")]
    others += [path for app in APPS for path in (FOLDER / app).rglob("*.py")]
    text = "\n".join([*templates.values(), *(path.read_text(encoding="utf-8") for path in others)])
    begun = tuple(re.findall(r"[\w-]+-(?=\{\{)", text))  # cell-{{ held.role }}
    assert {name for name in styled - set(re.findall(r"[\w-]+", text)) if not name.startswith(begun)} == set()

    pages = "\n".join(html for path, html in templates.items() if not {"memos", "emails"} & set(path.parts))
    pages = re.sub(r"\{%.*?%\}|[\w-]*\{\{.*?\}\}[\w-]*", " ", pages)
    written = {name for names in re.findall(r'\bclass="([^"]*)"', pages) for name in names.split()}
    assert written - styled == HOOKS


def included(name: str, found: set[str]) -> set[str]:
    """The template and all that it includes, by their names."""
    if name not in found:
        found.add(name)
        for each in re.findall(r'\{% include "([^"]+)"', (FOLDER / "templates" / name).read_text(encoding="utf-8")):
            included(each, found)
    return found


def test_page_of_components_shows_each_of_them():
    shown = included("styleguide/page.html", set()) | included("base.html", set())
    there = {f"components/{path.name}" for path in (FOLDER / "templates/components").glob("*.html")}
    assert there - shown == NOT_SHOWN
