"""Rows of a spreadsheet on their way in: read, checked without writing anything, then written all or none.

An app describes what it takes in as an `Import`. Every fault has a row, a column and a sentence for people.
"""

import csv
import io
import json
import re
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from typing import IO, Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _
from openpyxl import load_workbook

from kulturmetropol.database import plan_anew
from kulturmetropol.packed import is_too_large
from kulturmetropol.spreadsheets import MANY, csv_text, plain_text

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 60
FAULTS_KEPT = 200
BATCH = 1000

type Cells = dict[str, str]
type Record = Any


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; the message says why and what to do."""


@dataclass(frozen=True)
class Column:
    name: str
    explanation: Any
    required: bool = False


@dataclass(frozen=True)
class Fault:
    row: int
    column: str
    message: str


class Row:
    """One row: its cells by column name, read as what they are to be. What cannot be read becomes a fault."""

    def __init__(self, number: int, cells: Cells) -> None:
        self.number = number
        self.cells = cells
        self.faults: list[Fault] = []

    def fault(self, column: str, message: str) -> None:
        self.faults.append(Fault(self.number, column, message))

    def text(self, column: str, *, required: bool = False) -> str:
        value = self.cells.get(column, "")
        if required and not value:
            self.fault(column, _("The cell is empty."))
        return value

    def many(self, column: str) -> list[str]:
        """The values of a cell that holds several."""
        return [part.strip() for part in self.text(column).split(MANY.strip()) if part.strip()]

    def day(self, column: str, *, required: bool = False) -> date | None:
        value = self.text(column, required=required)
        if not value:
            return None
        for pattern in (r"(?P<d>\d{1,2})-(?P<m>\d{1,2})-(?P<y>\d{4})", r"(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})"):
            if match := re.fullmatch(pattern, value, re.ASCII):
                try:
                    return date(int(match["y"]), int(match["m"]), int(match["d"]))
                except ValueError:
                    self.fault(column, _("“%(value)s” is no date of the calendar.") % {"value": value})
                    return None
        self.fault(column, _("“%(value)s” is no date. Write day-month-year, as 06-11-2020.") % {"value": value})
        return None

    def decimal(self, column: str, *, required: bool = False) -> Decimal | None:
        """A decimal with a comma. A point is refused: 1.234 can be read in two ways."""
        value = self.text(column, required=required).replace("−", "-")
        if not value:
            return None
        if re.fullmatch(r"-?[0-9]{1,20}(,[0-9]{1,20})?", value):
            return Decimal(value.replace(",", "."))
        if re.fullmatch(r"-?[0-9.,]*[0-9][0-9.,]*", value):
            message = _("“%(value)s” is not read as a number. Write decimals with a comma and no point, as 1234,5.")
        else:
            message = _("“%(value)s” is no number.")
        self.fault(column, message % {"value": value})
        return None

    def count(self, column: str, *, required: bool = False) -> int | None:
        """A whole number from 0 up."""
        value = self.text(column, required=required)
        if not value:
            return None
        if re.fullmatch(r"[0-9]{1,9}", value):
            return int(value)
        self.fault(column, _("“%(value)s” is no whole number. Write it in digits alone, as 1234.") % {"value": value})
        return None

    def one_of[T](self, column: str, value: str, known: dict[str, T], *, what: str) -> T | None:
        """What is known under this name, whatever its capitals; the fault proposes the nearest name."""
        found = known.get(value.casefold())
        if found is None:
            near = get_close_matches(value.casefold(), list(known), n=1, cutoff=0.75)
            hint = _(" Did you mean “%(near)s”?") % {"near": known[near[0]]} if near else ""
            self.fault(column, _("%(what)s “%(value)s” is not known.") % {"what": what, "value": value} + hint)
        return found


class Import(ABC):
    """What one kind of file holds, and how a row becomes a record. One object serves one user and one reading."""

    do_not_call_in_templates = True  # pages show what the class says of itself

    slug: ClassVar[str]
    title: ClassVar[Any]
    explanation: ClassVar[Any] = ""
    columns: ClassVar[tuple[Column, ...]]
    passed_over: ClassVar[frozenset[str]] = frozenset()  # columns of an export that other columns say better
    list_name: ClassVar[str]  # the URL name of the list that shows what came of it

    def __init__(self, user: Any) -> None:
        self.user = user

    @classmethod
    @abstractmethod
    def is_allowed(cls, user: Any) -> bool: ...

    @abstractmethod
    def read(self, row: Row) -> Record:
        """An unsaved record, as far as the row can be read."""

    @abstractmethod
    def key(self, record: Record) -> list[Any]:
        """What makes two rows the same one, as JSON can hold it."""

    @abstractmethod
    def is_there(self, record: Record, row: Row) -> bool:
        """Whether the same record is saved already; one that differs is a fault of the row."""

    @classmethod
    @abstractmethod
    def lock(cls, user: Any) -> None:
        """Let two people who write the same kind of rows do so one after the other."""

    @abstractmethod
    def save(self, records: list[Record]) -> None: ...

    def table(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, Cells]]:
        """The rows below the header by column name. Raises `UnreadableFileError`."""
        names = next(rows, (0, []))[1]
        header = [name.strip().casefold() for name in names]
        missing = [column.name for column in self.columns if column.required and column.name not in header]
        if missing:
            one_column = len(header) == 1
            hint = _(" The columns must be separated by semicolons.") if one_column else ""
            raise UnreadableFileError(_("The first row lacks these columns: %s.") % ", ".join(missing) + hint)
        doubled = sorted({name for name in header if name and header.count(name) > 1})
        if doubled:
            raise UnreadableFileError(_("The first row has the same column more than once: %s.") % ", ".join(doubled))
        return by_name(header, rows)


def by_name(header: list[str], rows: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, Cells]]:
    for number, cells in rows:
        if any(cells[len(header) :]):
            message = _("Row %d has more cells than the first row. Does a text with a semicolon lack quotation marks?")
            raise UnreadableFileError(message % number)
        yield number, {name: value for name, value in zip(header, cells, strict=False) if name and value}


# --- reading ----------------------------------------------------------------------------------------------------------


def read_rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV or XLSX file with their numbers as a spreadsheet counts them, empty ones left out.

    What a cell holds is text as `spreadsheets` writes it, freed of the apostrophe before a formula. What kind of
    file it is, its content says, not its name. Raises `UnreadableFileError`.
    """
    start = file.read(8)
    file.seek(0)
    if not start:
        raise UnreadableFileError(_("The file is empty."))
    if start.startswith(b"PK\x03\x04"):
        rows = _xlsx_rows(file)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFileError(_("This is an old or protected Excel file. Save it as .xlsx or as CSV."))
    else:
        rows = _csv_rows(_decoded(file.read()))
    some = False
    for number, cells in enumerate(rows, start=1):
        if len(cells) > MAX_COLUMNS:
            raise UnreadableFileError(_("The file has more than %d columns.") % MAX_COLUMNS)
        texts = [plain_text(cell.strip(" \u00a0").replace("\r\n", "\n")) for cell in cells]
        if any(texts):
            some = True
            yield number, texts
        if number > MAX_ROWS:
            raise UnreadableFileError(_("The file has more than %d rows. Split it.") % MAX_ROWS)
    if not some:
        raise UnreadableFileError(_("The file is empty."))


def _decoded(data: bytes) -> str:
    """UTF-8 or UTF-16 as their marks say, else what older Danish programs write, Windows' Latin-1."""
    try:
        text = data.decode("utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if re.search(r"[\x00-\x08\x0e-\x1f\ufffd]", text):
        raise UnreadableFileError(_("This is no spreadsheet. Choose a CSV file or an Excel file (.xlsx)."))
    return text


def _csv_rows(text: str) -> Iterator[list[str]]:
    top = text.lstrip().split("\n", maxsplit=5)[:5]
    for sign, name in ((",", _("comma")), ("\t", _("tab"))):
        if ";" not in "".join(top) and sign in top[0]:
            message = _("The columns are separated by %s. Save the file as CSV with semicolons, or as .xlsx.")
            raise UnreadableFileError(message % name)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    except csv.Error as error:
        message = _("The file cannot be read as CSV: a quotation mark is missing or stands in the wrong place.")
        raise UnreadableFileError(message) from error


def _xlsx_rows(file: IO[bytes]) -> Iterator[list[str]]:
    nothing = _("This is no spreadsheet. Choose a CSV file or an Excel file (.xlsx).")
    try:
        with zipfile.ZipFile(file) as packed:
            names, too_large = set(packed.namelist()), is_too_large(packed)
    except zipfile.BadZipFile as error:
        raise UnreadableFileError(nothing) from error
    if "xl/workbook.xml" not in names:
        raise UnreadableFileError(nothing)
    if too_large:
        raise UnreadableFileError(_("Unpacked, the file is too large. Save it as CSV, or split it."))
    try:
        book = load_workbook(file, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()  # what a file says of its size may be wrong
        for row in sheet.iter_rows(values_only=True):
            yield [_xlsx_text(value) for value in row]
    except UnreadableFileError:
        raise
    except Exception as error:  # openpyxl raises whatever a broken file makes it stumble over
        raise UnreadableFileError(_("The Excel file is damaged and cannot be read. Save it once more.")) from error


def _xlsx_text(value: Any) -> str:
    match value:
        case str():
            return value
        case float():
            return csv_text(Decimal(repr(value)).normalize())
        case datetime() if value.time() == time():
            return csv_text(value.date())
        case _:
            return csv_text(value)


# --- checking and writing ---------------------------------------------------------------------------------------------


@dataclass
class Report:
    """What a check has found so far. `seen` holds the key of each good row, with the row's number."""

    checked: int = 0
    new: int = 0
    same: int = 0
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Report":
        return cls(**data | {"faults": [Fault(**fault) for fault in data["faults"]]})


def check(importer: Import, rows: Iterable[tuple[int, Cells]], report: Report) -> list[Record]:
    """Checks the rows on top of the report; writes nothing. Gives the records that are good and new."""
    records = []
    for number, cells in rows:
        row = Row(number, cells)
        record = importer.read(row)
        is_there = False
        if not row.faults:
            key = json.dumps(importer.key(record), ensure_ascii=False)
            first = report.seen.setdefault(key, number)
            if first != number:
                row.fault("", _("The row says the same as row %d.") % first)
            else:
                is_there = importer.is_there(record, row)
        report.checked += 1
        if row.faults:
            report.fault_count += len(row.faults)
            report.faults += row.faults[: FAULTS_KEPT - len(report.faults)]
        elif is_there:
            report.same += 1
        else:
            report.new += 1
            records.append(record)
    return records


class FaultsFoundError(Exception):
    """Rows that were good when they were checked are so no longer."""


def write(kind: type[Import], user: Any, rows: Iterable[tuple[int, Cells]]) -> Report:
    """Checks the rows once more and writes all that are new, in one transaction. Raises `FaultsFoundError`."""
    report = Report()
    with transaction.atomic():
        kind.lock(user)
        importer = kind(user)  # reads what is saved, which stays as it is from here on
        records = check(importer, rows, report)
        if report.fault_count:
            raise FaultsFoundError
        importer.save(records)
    return report


def clean(record: models.Model, row: Row, columns: dict[str, str]) -> None:
    """Checks the record by its model's rules; a fault stands at the column that `columns` gives for the field."""
    exclude = {each.name for each in record._meta.fields if each.name not in columns or each.is_relation}
    try:
        record.clean_fields(exclude=exclude)
        record.clean()
    except ValidationError as error:
        for name, messages in error.message_dict.items():
            row.fault(columns.get(name, ""), " ".join(messages))


def create_with_history(records: list[Record], many: dict[str, list[list[models.Model]]], user: Any) -> None:
    """Saves new records with their history in few queries.

    `many` gives, by many-to-many field, what each record is to hold.
    """
    if not records:
        return
    model = type(records[0])
    model._base_manager.bulk_create(records, batch_size=BATCH)
    history_rows = model.history.bulk_history_create(records, batch_size=BATCH, default_user=user)
    written = [model, type(history_rows[0])]
    for name, held in many.items():
        relation = model._meta.get_field(name)
        own, other = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
        links = [
            relation.remote_field.through(**{own: record.pk, other: each.pk})
            for record, those in zip(records, held, strict=True)
            for each in those
        ]
        relation.remote_field.through._base_manager.bulk_create(links, batch_size=BATCH)
        history_of = {record.pk: row for record, row in zip(records, history_rows, strict=True)}
        kept = getattr(type(history_rows[0]), name).model
        kept.objects.bulk_create(
            [
                kept(
                    id=link.pk,
                    history=history_of[getattr(link, own)],
                    **{own: getattr(link, own), other: getattr(link, other)},
                )
                for link in links
            ],
            batch_size=BATCH,
        )
        written += [relation.remote_field.through, kept]
    if len(records) > BATCH:
        plan_anew(*written)
