"""What people write in Markdown becomes harmless HTML, and nothing of it is lost or changed."""

from html.parser import HTMLParser

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kulturmetropol.richtext import is_empty, to_html

pytestmark = pytest.mark.once

ALLOWED = {
    "p": set(),
    "br": set(),
    "strong": set(),
    "em": set(),
    "ul": set(),
    "ol": set(),
    "li": {"value"},
    "div": set(),
    "blockquote": set(),
    "a": {"href", "rel"},
    "h2": set(),
    "h3": set(),
}
VOID = {"br"}
MARKS = """< > " ' ` _ ** \\ [a]( ) ![ <!-- <script> &lt; &#0; javascript: file:///etc/passwd https://a.example
    mailto:a@b.example [b]:data:x <https://a.example> <img/src=x/onerror="a()">"""
LINES = ["# ", "- ", "1. ", "> ", "---\n", "```\n", "\n", "\n\n", "    "]
SIGNS = ["\u0338", "\u202e", "\x00"]
WRITTEN = st.lists(st.sampled_from([*MARKS.split(), *LINES, *SIGNS]) | st.text(max_size=8)).map("".join) | st.text()


class Page(HTMLParser):
    """The tags and links of some HTML; `broken` when a tag is not closed in its place."""

    def __init__(self, html: str):
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.opened: list[str] = []
        self.broken = False
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.opened.append(tag)

    def handle_endtag(self, tag):
        self.broken |= not self.opened or self.opened.pop() != tag

    def handle_data(self, data):
        self.words += data

    def handle_comment(self, data):
        self.broken = True

    handle_decl = handle_pi = unknown_decl = handle_comment


@settings(deadline=None)
@given(text=WRITTEN, heading=st.sampled_from([2, 3]))
@example(text="<script>alert(1)</script>", heading=2)
@example(text="[a](javascript:alert(1)) [b](JaVaScRiPt&colon;alert(1))", heading=2)
@example(text="# a\n### b\n###### c", heading=2)
def test_any_text_becomes_allowed_html(text, heading):
    page = Page(to_html(text, heading=heading))
    assert not page.broken
    assert page.opened == []
    for tag, attributes in page.tags:
        assert set(attributes) <= ALLOWED.get(tag, {"no such tag"}), tag
        assert attributes.get("href", "https:").lower().startswith(("http:", "https:", "mailto:"))
        assert attributes.get("value", "1").isdecimal()
        assert tag not in {"h2", "h3"} - {f"h{heading}"}


@settings(deadline=None)
@given(st.text(alphabet="abc æøå<>&\"'{}%"))
def test_words_stay_as_they_are(text):
    assert Page(to_html(f"a {text}")).words.split() == ["a", *text.split()]


@settings(deadline=None)
@given(WRITTEN)
def test_any_text_is_empty_or_not(text):
    assert is_empty(text) is not any(sign.isprintable() and sign != " " for sign in Page(to_html(text)).words)


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\u00a0", "&nbsp;", "\u200b", "&shy;", "#", "# \n## ", "- \n- ", "> ", "1. ", "---", "[](x)"]
)
def test_marks_without_words_are_empty(text):
    assert is_empty(text)


@pytest.mark.parametrize("text", ["a", "- a", "<script>", "![](x)", "&", "0", "```", "**", "[note]: https://a.example"])
def test_what_would_be_seen_is_not_empty(text):
    assert not is_empty(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**fed** og *kursiv*", "<p><strong>fed</strong> og <em>kursiv</em></p>"),
        ("en\nto", "<p>en<br> to</p>"),
        ("# Stor\n\n#### Lille", "<h3>Stor</h3> <h3>Lille</h3>"),
        ("> citat", "<blockquote> <p>citat</p> </blockquote>"),
        ("- a\n- b", "<ul> <li> <div>a</div></li> <li> <div>b</div></li> </ul>"),
        ("`kode`", "<p>`kode`</p>"),
        ("![x](file:///etc/passwd)", "<p>![x](file:///etc/passwd)</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        (
            "[a](https://a.example) [b](mailto:b@b.example)",
            '<p><a href="https://a.example" rel="noopener noreferrer">a</a>'
            ' <a href="mailto:b@b.example" rel="noopener noreferrer">b</a></p>',
        ),
        (
            "[a](/notater/) [b](//b.example) [c](#c)",
            '<p><a rel="noopener noreferrer">a</a> <a rel="noopener noreferrer">b</a>'
            ' <a rel="noopener noreferrer">c</a></p>',
        ),
    ],
)
def test_markdown(text, html):
    assert " ".join(to_html(text).split()) == html


def test_numbers_stay_as_typed():
    """Paragraphs that begin with a date look like a list to Markdown; the second is no 21 November."""
    page = Page(to_html("20. november mødes vi.\n\n5. december rejser vi."))
    assert [attributes["value"] for tag, attributes in page.tags if tag == "li"] == ["20", "5"]
