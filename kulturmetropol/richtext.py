"""What people write in Markdown, as HTML that is safe on a page and in a PDF."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

# Raw HTML stays text; pictures and code have no place in a memo.
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(
    ["image", "html_block", "html_inline", "code"]
)
_TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "a", "h2", "h3"}
_SCHEMES = {"http", "https", "mailto"}


def to_html(text: str, *, heading: int = 3) -> SafeString:
    """HTML of a Markdown text: paragraphs, emphasis, lists, quotes, links to the web and by mail, headings.

    Every heading becomes an `h2` or `h3`, as `heading` says, so that the order of headings on the page has no gap.
    """
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{heading}"
    html = _markdown.renderer.render(tokens, _markdown.options, {})
    return mark_safe(nh3.clean(html, tags=_TAGS, attributes={"a": {"href"}}, url_schemes=_SCHEMES))  # noqa: S308


def is_empty(text: str) -> bool:
    """Whether nothing of the text would be seen: white space, or marks of Markdown with no words."""
    return not nh3.clean(to_html(text), tags=set()).strip()
