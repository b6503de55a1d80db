"""What people write in Markdown, as HTML that is safe on a page and in a PDF."""

import html
from collections.abc import Iterable, Iterator

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Raw HTML stays text; pictures and code have no place in a memo, and nothing that is typed vanishes as a reference.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["image", "html_block", "html_inline", "code", "fence", "backticks", "reference"]
)
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "div", "blockquote", "a", "h2", "h3"}
_ATTRIBUTES = {"a": {"href"}, "li": {"value"}}
_SCHEMES = {"http", "https", "mailto"}


def to_html(text: str, *, heading: int = 3) -> SafeString:
    """HTML of a Markdown text: paragraphs, emphasis, lists, quotes, links to the web and by mail, headings.

    Every heading becomes an `h2` or `h3`, as `heading` says, so that the order of headings on the page has no gap.
    """
    tokens = list(_with_item_bodies(_markdown.parse(text)))
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{heading}"
        elif token.type == "list_item_open" and token.info:
            # the number that was typed: "20. november" and then "5. december" are dates, not items 20 and 21
            token.attrs = {"value": token.info}
    rendered = _markdown.renderer.render(tokens, _markdown.options, {})
    clean = nh3.clean(rendered, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, url_relative="deny")
    return mark_safe(clean)  # noqa: S308


def is_empty(text: str) -> bool:
    """Whether nothing of the text would be seen: white space, or marks of Markdown with no words."""
    words = html.unescape(nh3.clean(to_html(text), tags=set()))
    return not any(sign.isprintable() and not sign.isspace() for sign in words)


def _with_item_bodies(tokens: Iterable[Token]) -> Iterator[Token]:
    """Each list item's content in a `div`: in a PDF, the item's number and its body are told apart by it."""
    for token in tokens:
        if token.type == "list_item_close":
            yield Token("item_body_close", "div", -1)
        yield token
        if token.type == "list_item_open":
            yield Token("item_body_open", "div", 1)
