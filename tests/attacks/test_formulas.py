"""Text that a spreadsheet would run comes out of every export as text, and comes in as text.

Source: OWASP CSV Injection (see `payloads`).
"""

import csv
import io

from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, models, transaction
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from agreements.models import Person
from kulturmetropol.accounts.models import User
from tests.kulturmetropol.test_access import RECORDS, TABLE
from tests.kulturmetropol.test_export import body_of
from tests.pages import parse, text

from .payloads import FORMULAS

OPENING = tuple("=+-@\t\r\n＝＋－＠")
OURS = ("agreements", "initiatives", "outreach", "accounts")


def write_formulas() -> int:
    """Every text of every row is a formula, where no rule of the database forbids it."""
    written = 0
    for model in apps.get_models():
        if model._meta.app_label not in OURS or model.__name__.startswith("Historical") or model._meta.proxy:
            continue
        texts = [
            field
            for field in model._meta.concrete_fields
            if isinstance(field, models.CharField | models.TextField)
            and not field.choices
            and not field.primary_key
            and (model is not User or field.name == "name")
        ]
        for record in model._base_manager.all()[:60]:
            for field in texts:
                formula = f"{FORMULAS[(written + record.pk) % len(FORMULAS)]}{record.pk}"
                try:
                    with transaction.atomic():
                        model._base_manager.filter(pk=record.pk).update(**{field.name: formula[: field.max_length]})
                    written += 1
                except DatabaseError:
                    pass
    return written


def is_number(text: str) -> bool:
    return text.replace(",", "", 1).lstrip("-").isdecimal()


def test_no_cell_of_any_export_is_a_formula(log_in, cast):
    admin = log_in(cast.admin)
    # files are offered by lists, and by pages that are one
    places = {
        name: reverse(name)
        for name in TABLE
        if name.endswith("_list") or name in {"contact_overview", "visit_coverage", "subscription_missing"}
    }
    for kind, make in RECORDS.items():
        if f"{kind}_list" in places:
            try:
                with transaction.atomic():
                    make()
            except DatabaseError:
                pass  # one is there already
    assert write_formulas() > 500
    found, told = [], 0
    for name, url in places.items():
        cache.clear()
        response = admin.get(url, {"aftale": "", "format": "csv"})
        if not response.headers.get("Content-Type", "").startswith("text/csv"):
            continue
        rows = list(csv.reader(io.StringIO(body_of(response).decode("utf-8-sig"), newline=""), delimiter=";"))
        cells = [cell for row in rows[1:] for cell in row]
        found += [f"{name}: {cell!r}" for cell in cells if cell.startswith(OPENING) and not is_number(cell)]
        told += sum(cell.startswith("'") for cell in cells)
        book = load_workbook(io.BytesIO(body_of(admin.get(url, {"aftale": "", "format": "xlsx"}))))
        found += [
            f"{name}: {cell.coordinate} {cell.value!r}"
            for row in book.active.iter_rows(min_row=2)
            for cell in row
            if cell.data_type == "f" or (isinstance(cell.value, str) and cell.value.startswith(OPENING))
        ]
    assert "\n".join(found[:20]) == ""
    assert told > 100


def test_a_formula_comes_in_as_text(log_in, cast):
    """From CSV as it was typed, but for the apostrophe that an export puts in front; from XLSX nothing is computed."""
    admin = log_in(cast.admin)
    lines = io.StringIO()
    writer = csv.writer(lines, delimiter=";")
    writer.writerow(["kulturregion", "navn", "e-mail"])
    names = [f"{formula} x5s{number}" for number, formula in enumerate(FORMULAS)]  # the apostrophe makes two alike
    writer.writerows(["Kulturmetropolen", name, ""] for name in names)
    response = admin.post("/importer/personer/", {"file": SimpleUploadedFile("a.csv", lines.getvalue().encode())})
    admin.post(response.url, {"gem": ""})
    typed = {name.replace("\r\n", "\n").strip(" ").removeprefix("'") for name in names}
    assert set(Person.objects.filter(name__contains="x5s").values_list("name", flat=True)) == typed
    book = Workbook()
    book.active.append(["kulturregion", "navn", "e-mail"])
    book.active.append(["Kulturmetropolen", "=1+1", ""])
    output = io.BytesIO()
    book.save(output)
    page = admin.post("/importer/personer/", {"file": SimpleUploadedFile("a.xlsx", output.getvalue())}, follow=True)
    assert "Række 2 navn Cellen er tom." in text(parse(page))
