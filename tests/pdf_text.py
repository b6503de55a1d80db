"""What a PDF says, as assistive technology hears it: by the tags, in the order of the structure tree.

Page footers stand in no tag, so they are not heard; a table's header is repeated on each page and heard once.
"""

import io
import re

from pypdf import PdfReader
from pypdf.generic import DictionaryObject

BLOCKS = {"/P", "/H1", "/H2", "/H3", "/LI", "/BlockQuote", "/TH", "/TD", "/TR", "/Table", "/L", "/Div", "/Part"}
SENTENCE_END = re.compile(r"(?<=[.!?]) (?=[A-ZÆØÅ])")


def text(pdf: bytes) -> str:
    """One line for each paragraph, heading, list item and table cell."""
    return "\n".join(words for _tag, words in elements(pdf))


def sentences(text: str) -> list[str]:
    return [sentence for line in text.splitlines() for sentence in SENTENCE_END.split(normalised(line)) if sentence]


def elements(pdf: bytes) -> list[tuple[str, str]]:
    """Tag and text of each paragraph, heading, list item and table cell: `("H1", "Notat om: Status")`."""
    reader = PdfReader(io.BytesIO(pdf))
    walk = _Walk({page.indirect_reference.idnum: marked_text(page) for page in reader.pages})
    walk.visit(reader.root_object["/StructTreeRoot"])
    return [(tag.lstrip("/"), words) for tag, words in walk.found]


def page_texts(pdf: bytes) -> list[str]:
    """All text on each page, tagged or not, as the eye meets it."""
    return [normalised(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]


def marked_text(page) -> dict[int, str]:
    """The page's tagged texts by their number (MCID)."""
    texts: dict[int, str] = {}
    stack: list[int | None] = []

    def mark(operator, operands, *_matrices):
        if operator in (b"BMC", b"BDC"):
            stack.append(operands[1]["/MCID"] if operator == b"BDC" else None)
        elif operator == b"EMC":
            stack.pop()

    def keep(words, *_state):
        if stack and stack[-1] is not None:
            texts[stack[-1]] = texts.get(stack[-1], "") + words

    page.extract_text(visitor_operand_before=mark, visitor_text=keep)
    return texts


def normalised(text: str) -> str:
    return " ".join(text.split())


class _Walk:
    """Goes through the structure tree; text belongs to the nearest block around it."""

    def __init__(self, pages: dict[int, dict[int, str]]):
        self.pages = pages
        self.found: list[tuple[str, str]] = []
        self.heads_heard: list[list[tuple[str, str]]] = []
        self.words = ""

    def visit(self, element: DictionaryObject, block: str = "") -> None:
        tag = element.get("/S", "")
        is_block = tag in BLOCKS
        if is_block:
            self.end(block)
        start = len(self.found)
        for kid in element.get("/K", []):
            kid = kid.get_object()
            if isinstance(kid, int):
                self.words += self.pages[element.raw_get("/Pg").idnum].get(kid, "")
            elif kid.get("/Type") != "/OBJR":
                self.visit(kid, tag if is_block else block)
        if is_block:
            self.end(tag)
        if tag == "/THead":
            self.hear_once(start)

    def end(self, block: str) -> None:
        if words := normalised(self.words):
            self.found.append((block, words))
        self.words = ""

    def hear_once(self, start: int) -> None:
        head = self.found[start:]
        if head in self.heads_heard:
            del self.found[start:]
        self.heads_heard.append(head)
