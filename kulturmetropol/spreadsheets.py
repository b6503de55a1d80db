"""Lists as files for a spreadsheet: CSV the way a Danish Excel reads it, and XLSX. What goes out can come in again.

Column names are Danish and stable whatever the reader's language is. Text that a spreadsheet would take for a formula
gets an apostrophe in front; `plain_text` takes it away again.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile
from typing import Any

from django.db import models
from django.dispatch import Signal
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.encoding import force_str
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

type Row = Iterable[Any]
type Columns = Sequence[tuple[str, str]]

# that a list has gone out as a file: `request`; `name` of the list; `records` in it, a query or a list; `columns`, as
# far as they are paths from a record; `is_personal` where that is known and the paths do not tell
exported = Signal()

LANGUAGE = "da"
BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DATE_FORMAT, DATETIME_FORMAT, TIME_FORMAT = "%d-%m-%Y", "%d-%m-%Y %H.%M", "%H.%M"
MANY = " | "  # between the values of one cell: names hold commas and semicolons
CHUNK = 500
DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})

# Apostrophes in front of such a sign count as well: each export adds one, each import takes one away.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


def harmless(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain_text(text: str) -> str:
    """The text as it was before `harmless`."""
    return text[1:] if _GUARDED.match(text) else text


def csv_text(value: Any) -> str:
    """One value as it stands in a CSV file: decimals with a comma, dates as 06-11-2020, yes and no as words."""
    match value:
        case None:
            return ""
        case bool():
            return "ja" if value else "nej"
        case int():
            return str(value)
        case float() | Decimal():
            return f"{value:f}".replace(".", ",")
        case datetime():
            return _local(value).strftime(DATETIME_FORMAT)
        case date():
            return f"{value:%d-%m-}{value.year:04}"
        case time():
            return value.strftime(TIME_FORMAT)
        case list() | tuple():
            return harmless(MANY.join(map(force_str, value)))
        case _:
            return harmless(force_str(value))


def csv_response(name: str, header: Sequence[str], rows: Iterable[Row]) -> StreamingHttpResponse:
    """The rows as `name`.csv, sent while they are read: semicolons, UTF-8 with a byte order mark, CR LF."""
    return StreamingHttpResponse(
        _csv_chunks(header, rows), content_type="text/csv; charset=utf-8", headers=_attachment(f"{name}.csv")
    )


def xlsx_response(name: str, header: Sequence[str], rows: Iterable[Row]) -> FileResponse:
    """The rows as `name`.xlsx: numbers and dates as such, all else as text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Ark1")
    sheet.freeze_panes = "A2"
    for number, column in enumerate(header, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = max(14, len(column) + 4)
    sheet.append([_xlsx_cell(sheet, column, bold=True) for column in header])
    with translation.override(LANGUAGE):
        for row in rows:
            sheet.append([_xlsx_cell(sheet, value) for value in row])
    file = TemporaryFile()  # noqa: SIM115 - the response closes it once it is sent
    book.save(file)
    file.seek(0)
    return FileResponse(file, content_type=XLSX, headers=_attachment(f"{name}.xlsx"))


FORMATS = {"csv": csv_response, "xlsx": xlsx_response}


def export(queryset: models.QuerySet, columns: Columns, *, format: str, name: str) -> HttpResponseBase:
    """The records as a file. Each column is a name and a path from the record: `municipality.code`, `get_kind_display`.

    A path over many records, such as `municipalities.code`, gives all their values in one cell. Related records are
    fetched along: so many queries for a file of any length, and one more for each path over many per 2000 rows.
    """
    one, many = _relations(queryset.model, [path for _name, path in columns])
    if one:
        queryset = queryset.select_related(*one)
    records = queryset.prefetch_related(*many).iterator(chunk_size=2000)
    rows = ([value_at(record, path) for _name, path in columns] for record in records)
    return FORMATS[format](file_name(name), [column for column, _path in columns], rows)


def value_at(record: Any, path: str) -> Any:
    """What stands at the end of the path; None where a step is empty, a list where a step is over many."""
    value: Any = record
    for position, step in enumerate(steps := path.split(".")):
        value = getattr(value, step, None)
        if hasattr(value, "all"):
            rest = ".".join(steps[position + 1 :])
            return [value_at(each, rest) if rest else each for each in value.all()]
        if callable(value):
            value = value()
        if value is None:
            return None
    return value


def file_name(name: str) -> str:
    """`Indsatsområder` on 6 November 2020: `indsatsomraader-2020-11-06`."""
    return f"{slugify(name.translate(DANISH_LETTERS))}-{timezone.localdate():%Y-%m-%d}"


def _relations(model: type[models.Model], paths: Iterable[str]) -> tuple[list[str], list[str]]:
    """Query paths to the related records that the paths go over: to one each, and to many."""
    one: set[str] = set()
    many: set[str] = set()
    for path in paths:
        at: Any = model
        walked: list[str] = []
        over_many = False
        for step in path.split("."):
            field = next((each for each in at._meta.get_fields() if each.name == step and each.is_relation), None)
            if field is None:
                break
            over_many = over_many or bool(field.many_to_many or field.one_to_many)
            walked.append(step)
            at = field.related_model
        if walked:
            (many if over_many else one).add("__".join(walked))
    return sorted(one), sorted(many)


class _Line:
    """What `csv.writer` writes to: it hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _csv_chunks(header: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    writer = csv.writer(_Line(), delimiter=";", lineterminator="\r\n")
    chunk = BOM + writer.writerow([csv_text(column) for column in header])
    rows = iter(rows)
    while chunk:
        yield chunk
        # the reader's own language must not change the file, nor Danish stay on between two pieces of it
        with translation.override(LANGUAGE):
            chunk = "".join([writer.writerow([csv_text(value) for value in row]) for row in islice(rows, CHUNK)])


def _xlsx_cell(sheet: Any, value: Any, *, bold: bool = False) -> WriteOnlyCell:
    match value:
        case bool() | None | list() | tuple() | time():
            value = csv_text(value) or None
        case datetime():
            value = _local(value).replace(tzinfo=None)
        case int() | float() | Decimal() | date():
            pass
        case _:
            value = harmless(ILLEGAL_CHARACTERS_RE.sub("", force_str(value))) or None
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl takes text that starts with = for a formula
        cell.number_format = "@"
    elif isinstance(value, datetime):
        cell.number_format = "dd-mm-yyyy hh:mm"
    elif isinstance(value, date):
        cell.number_format = "dd-mm-yyyy"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": content_disposition_header(True, name), "X-Content-Type-Options": "nosniff"}
