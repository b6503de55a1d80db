"""A memo as an item of a committee's agenda, under the headings of its municipality: to copy into their system."""

from __future__ import annotations

from typing import Any

import nh3
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from agreements.models import Municipality
from outreach.models import AgendaLayout, Memo

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "h3", "h4", "table", "caption", "thead", "tbody", "tr", "th", "td"}
TAGS |= {"a", "blockquote", "sub", "sup"}
ATTRIBUTES = {"a": {"href"}, "th": {"scope", "colspan"}, "td": {"colspan"}, "li": {"value"}}
# the item's own headings are of level two
LOWER = {"<h2": "<h3", "</h2": "</h3", "<h3": "<h4", "</h3": "</h4"}


def body(page: str) -> str:
    """What stands below the head of a memo's page, without its pictures and what explains them (`aside`): their figures
    stand beside them in words."""
    _head, _end, rest = page.partition("</header>")
    text, _end, _foot = rest.rpartition("</main>")
    for old, new in reversed(LOWER.items()):
        text = text.replace(old, new)
    return nh3.clean(
        text, tags=TAGS, clean_content_tags={"svg", "aside", "style", "script"}, attributes=ATTRIBUTES, link_rel=None
    ).strip()


def layout_for(memo: Memo) -> AgendaLayout:
    """The municipality's own headings, or the usual ones."""
    place, region = memo.place, memo.agreement.culture_region
    own = AgendaLayout.objects.filter(culture_region=region, municipality=place).first()
    return own or AgendaLayout(culture_region=region, municipality=place or Municipality())


def item(memo: Memo, said: dict[str, Any], text: str, language: str) -> list[tuple[str, SafeString]]:
    """The headings and what stands under each. `text` is `body` of the memo's page, `said` its payload."""
    context = {"memo": memo, "agreement": memo.agreement, "said": said, "text": mark_safe(text)}  # noqa: S308
    with translation.override(language):
        return [
            (heading, render_to_string("outreach/agenda_part.html", {**context, "part": part}))
            for part, heading in layout_for(memo).headings
        ]
