"""How the pages of a PDF are laid out: what stands alone at the foot of one, and what is torn over two.

Read from WeasyPrint's boxes of the finished pages, of the HTML that the PDF is made of.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from weasyprint import HTML
from weasyprint.formatting_structure import boxes

from kulturmetropol.pdf import STATIC, StaticFetcher, _style, printable

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
FEWEST_LINES = 2  # of a paragraph, on each page that it stands on


@dataclass(frozen=True)
class Leaf:
    """A line or a picture: where it ends on its page, and the elements around it, from the outermost to its own."""

    bottom: float
    around: tuple[Any, ...]
    text: str

    @property
    def leads_on(self) -> bool:
        """Whether it only announces what comes after it: a heading, a table's header, a line that ends with a colon."""
        tags = {element.tag for element in self.around}
        announces = "lead-in" in (self.around[-1].get("class") or "").split()
        return bool(tags & HEADINGS or "thead" in tags or announces)


def faults(html: str) -> list[str]:
    """In words, with the page: headings at its foot, rows and paragraphs that are torn, pages with nothing on them."""
    pages = [list(_leaves(page)) for page in _pages(html)]
    return [*_ends(pages), *_torn_rows(pages), *_torn_paragraphs(pages)]


def page_count(html: str) -> int:
    return len(_pages(html))


@functools.lru_cache(maxsize=1)
def _pages(html: str) -> list[boxes.PageBox]:
    fonts, stylesheet = _style()
    source = HTML(string=printable(html), url_fetcher=StaticFetcher(), base_url=STATIC)
    return [page._page_box for page in source.render(stylesheets=[stylesheet], font_config=fonts).pages]


def _leaves(box: boxes.Box, around: tuple[Any, ...] = ()) -> Iterator[Leaf]:
    box = getattr(box, "_box", box)  # of what is positioned
    if isinstance(box, boxes.MarginBox):
        return
    if box.element is not None and box.element not in around:
        around = (*around, box.element)
    if isinstance(box, boxes.LineBox):
        yield Leaf(box.position_y + box.height, around, _text(box))
    elif isinstance(box, boxes.ReplacedBox):
        yield Leaf(box.position_y + box.margin_height(), around, "")
    elif isinstance(box, boxes.ParentBox):
        for child in box.children:
            yield from _leaves(child, around)


def _text(box: boxes.Box) -> str:
    if isinstance(box, boxes.TextBox):
        return box.text
    return "".join(map(_text, box.children)) if isinstance(box, boxes.ParentBox) else ""


def _ends(pages: list[list[Leaf]]) -> Iterator[str]:
    for number, leaves in enumerate(pages, start=1):
        if not leaves:
            yield f"page {number}: nothing on it"
            continue
        lowest = max(leaf.bottom for leaf in leaves)
        last = [leaf for leaf in leaves if leaf.bottom > lowest - 1]  # side by side, as the cells of a row
        if all(leaf.leads_on for leaf in last):
            yield f"page {number}: ends with “{last[0].text}”"


def _torn_rows(pages: list[list[Leaf]]) -> Iterator[str]:
    """Headers are repeated, and a row that is longer than a page is told to break."""
    first_page: dict[Any, int] = {}
    told = set()
    for number, leaves in enumerate(pages, start=1):
        for leaf in leaves:
            tags = {element.tag for element in leaf.around}
            row = next((element for element in leaf.around if element.tag == "tr"), None)
            if row is None or "thead" in tags or "long" in (row.get("class") or ""):
                continue
            if first_page.setdefault(row, number) != number and row not in told:
                told.add(row)
                yield f"page {number}: a row is torn before “{leaf.text}”"


def _torn_paragraphs(pages: list[list[Leaf]]) -> Iterator[str]:
    lines: dict[Any, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for number, leaves in enumerate(pages, start=1):
        for leaf in leaves:
            if leaf.text and "thead" not in {element.tag for element in leaf.around}:
                lines[leaf.around[-1]][number].append(leaf.text)
    for of_page in lines.values():
        ends = [(number, of_page[number]) for number in {min(of_page), max(of_page)}]
        for number, found in ends if len(of_page) > 1 else []:
            if len(found) < FEWEST_LINES:
                yield f"page {number}: a single line, “{found[0]}”"
