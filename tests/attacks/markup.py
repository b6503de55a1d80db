"""Reads a page and says what in it an attacker has made: what runs, what leads elsewhere, what is no text any more."""

import re
from html.parser import HTMLParser

from .payloads import COMPUTED, MARK

ADDRESSES = {"href", "src", "action", "formaction", "poster", "cite", "background", "data", "xlink:href", "ping"}
SCHEMES = {"http", "https", "mailto", "tel", "webcal"}
NEVER = {"object", "embed", "applet", "base", "style", "frame", "frameset", "portal"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if MARK in tag or tag in NEVER:
            self.faults.append(f"<{tag}>")
        is_ours = given.get("src", "").startswith("/static/") or given.get("type") == "application/json"
        if tag == "script" and not is_ours:
            self.faults.append("<script>")
        if tag == "iframe" and not re.match(r"/[^/\\]", given.get("src", "")):
            self.faults.append(f"<iframe src={given.get('src')!r}>")
        if tag == "meta" and "http-equiv" in given:
            self.faults.append(f"<meta http-equiv={given['http-equiv']!r}>")
        for name, value in given.items():
            if MARK in name or name.startswith("on") or name in {"style", "srcdoc", "srcset"}:
                self.faults.append(f"<{tag} {name}={value[:60]!r}>")
            if name in ADDRESSES and not _is_harmless(tag, value):
                self.faults.append(f"<{tag} {name}={value[:60]!r}>")

    def handle_comment(self, data: str) -> None:
        if MARK in data:
            self.faults.append(f"<!--{data[:60]}-->")


def _is_harmless(tag: str, value: str) -> bool:
    plain = re.sub(r"[\x00-\x20]", "", value)  # browsers pass over them
    scheme = re.match(r"([a-zA-Z][a-zA-Z0-9+.-]*):", plain)
    if scheme is None or scheme[1].lower() in SCHEMES:
        return not plain.startswith(("//evil.", "\\"))
    return tag == "img" and plain.startswith("data:image/")


def faults(response) -> list[str]:
    """What stands in the page that none of our templates writes; nothing, where all that was typed is text."""
    return faults_in(response.content.decode())


def faults_in(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return sorted({*reader.faults, *([f"a template was computed: {COMPUTED}"] if COMPUTED in html else [])})
