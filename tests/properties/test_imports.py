"""Whatever a file holds, an import says what is wrong with it, or writes it; and what is exported comes in again."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from kulturmetropol.importing import Row, UnreadableFileError, read_rows
from kulturmetropol.importpages import KINDS
from kulturmetropol.spreadsheets import csv_text, plain_text
from tests.attacks import site
from tests.properties import ANYTHING, HOSTILE, examples

LIKELY = st.sampled_from(
    ["Kulturmetropolen", "Rødovre", "0175", "Køge | Rødovre", "01-02-2021", "12", "1234,5", "ja", "x", "-1", "1e9"]
)
CELL = st.one_of(LIKELY, ANYTHING, HOSTILE)


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows(rows)
    return text.getvalue().encode()


def as_xlsx(rows: list[list[str]]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append([ILLEGAL_CHARACTERS_RE.sub("", cell)[:32_000] for cell in row])
    book.save(file)
    return file.getvalue()


@pytest.mark.parametrize("form", [as_csv, as_xlsx])
@pytest.mark.parametrize("kind", KINDS)
def test_no_row_breaks_an_import(log_in, cast, settings, tmp_path, kind, form):
    settings.MEDIA_ROOT = tmp_path
    cast.admin.is_superuser = True  # some kinds are for those who run the portal
    cast.admin.save()
    admin = log_in(cast.admin)
    names = [column.name for column in KINDS[kind].columns]

    @examples(6)
    @given(rows=st.lists(st.lists(CELL, min_size=len(names), max_size=len(names)), min_size=1, max_size=3))
    def send(rows):
        with site.undone():
            file = SimpleUploadedFile("a.csv", form([names, *rows]))
            response = admin.post(f"/importer/{kind}/", {"file": file})
            assert response.status_code in {200, 302}
            if response.status_code == 302:
                assert admin.get(response.url).status_code == 200
                assert admin.post(response.url, {"gem": ""}).status_code == 302

    send()


@pytest.mark.once
@examples(100)
@given(
    start=st.sampled_from([b"", b"PK\x03\x04", b"\xff\xfe", b"\xef\xbb\xbf", b"navn;x\r\n"]),
    content=st.binary(max_size=200),
)
def test_any_bytes_are_rows_or_no_spreadsheet(start, content):
    try:
        for number, cells in read_rows(io.BytesIO(start + content)):
            assert number > 0
            assert all(isinstance(cell, str) for cell in cells)
    except UnreadableFileError:
        pass


@pytest.mark.once
@examples(150)
@given(text=ANYTHING | HOSTILE)
def test_a_cell_is_read_or_has_a_fault(text):
    for read in ("day", "decimal", "count", "many", "text"):
        row = Row(1, {"x": text})
        value = getattr(row, read)("x")
        assert value is None or not row.faults
        assert read in {"many", "text"} or bool(text) == (value is not None or bool(row.faults))


@pytest.mark.once
@examples(150)
@given(day=st.dates(), number=st.decimals(-(10**12), 10**12, places=2), count=st.integers(0, 10**9 - 1), text=ANYTHING)
def test_what_goes_out_comes_in_again(day, number, count, text):
    row = Row(1, {"day": csv_text(day), "number": csv_text(number), "count": csv_text(count)})
    assert (row.day("day"), row.decimal("number"), row.count("count")) == (day, number + Decimal(0), count)
    assert row.faults == []
    assert plain_text(csv_text(text)) == text
