"""The checker of layouts finds what it is to find."""

import pytest

from tests import pdf_layout

pytestmark = pytest.mark.once

DAYS = '<meta name="dcterms.created" content="2020-11-06"><meta name="dcterms.modified" content="2020-11-06">'
LINE = "<p>Et afsnit på en linje.</p>"
LONG = "Et langt afsnit, der fylder mange linjer. " * 14


def page(body: str) -> str:
    return (
        f'<!doctype html><html lang="da"><head><title>Prøve</title>{DAYS}</head><body><main>{body}</main></body></html>'
    )


def filled(height: int, body: str) -> str:
    """A page on which so many millimetres are taken, and then the body."""
    return page(f'{LINE}<div style="height: {height}mm"></div>{body}')


def test_a_plain_document_has_no_faults():
    html = page("<h1>Overskrift</h1>" + LINE * 200)
    assert pdf_layout.faults(html) == []
    assert pdf_layout.page_count(html) > 4


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<h2 style="break-after: page">Sidst på siden</h2>' + LINE, "page 1: ends with “Sidst på siden”"),
        ('<p class="lead-in" style="break-after: page">Her er:</p>' + LINE, "page 1: ends with “Her er:”"),
        (LINE + '<div style="break-after: page"></div><div style="break-before: page"></div>', "page 2: nothing on it"),
    ],
)
def test_what_ends_a_page(body, fault):
    assert pdf_layout.faults(page(body)) == [fault]


def test_a_table_whose_header_stands_alone():
    table = f"<table><thead><tr><th>Hoved</th></tr></thead></table><div style='break-before: page'>{LINE}</div>"
    assert pdf_layout.faults(page(table)) == ["page 1: ends with “Hoved”"]


def test_a_row_that_is_torn():
    table = f"<table><tr><td>{LINE * 6}</td></tr></table>"
    (fault,) = pdf_layout.faults(filled(222, table))
    assert fault == "page 2: a row is torn before “Et afsnit på en linje.”"
    kept = table.replace("<tr>", '<tr style="break-inside: avoid">')
    assert pdf_layout.faults(filled(222, kept)) == []


def test_a_single_line_of_a_paragraph():
    room = range(206, 246, 2)
    loose = f'<p style="orphans: 1; widows: 1">{LONG}</p>'
    found = [fault for height in room for fault in pdf_layout.faults(filled(height, loose))]
    assert any(fault.startswith("page 1: a single line, “Et langt afsnit") for fault in found)
    assert any(fault.startswith("page 2: a single line, “") for fault in found)
    assert [fault for height in room for fault in pdf_layout.faults(filled(height, f"<p>{LONG}</p>"))] == []
