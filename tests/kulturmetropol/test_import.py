"""Spreadsheets on their way in: checked without writing, each fault by row and column, then all rows or none."""

import io
import os
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from openpyxl import Workbook

from agreements.models import Person
from initiatives.models import Activity, Initiative, Measurement
from kulturmetropol import importing, importpages
from kulturmetropol.packed import MAX_UNPACKED_BYTES
from tests.emptying import empty
from tests.factories import InitiativeFactory, kulturmetropolen, the_agreement
from tests.kulturmetropol.test_export import body_of
from tests.pages import all_of_class, errors, heading, notices, parse, text


@pytest.fixture(autouse=True)
def files(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def csv_file(*lines: str, encoding: str = "utf-8-sig") -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def xlsx_file(*rows: list) -> bytes:
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def send(client, kind: str, content: bytes, name: str = "rækker.csv"):
    return client.post(f"/importer/{kind}/", {"file": SimpleUploadedFile(name, content)}, follow=True)


def faults(response) -> list[tuple[str, ...]]:
    """The table of faults: row, column, what is wrong."""
    return [tuple(text(cell).removeprefix("Række ") for cell in row) for row in parse(response).iterfind(".//tbody/tr")]


def figures(response) -> dict[str, str]:
    (found,) = all_of_class(parse(response), "figures")
    return {text(each.find("dt")): text(each.find("dd")) for each in found}


def address(response) -> str:
    return response.redirect_chain[-1][0]


def confirm(client, checked):
    return client.post(address(checked), {"gem": ""})


def bring_in(client, kind: str, content: bytes, **options) -> list[str]:
    """Checks and writes the file, and gives what the portal says in the end."""
    return notices(client.get(confirm(client, send(client, kind, content, **options)).url))


@pytest.fixture
def sangen(db) -> Initiative:
    empty(Activity, Measurement)
    return InitiativeFactory(title="Sangen")


# --- people: what all kinds of file have in common --------------------------------------------------------------------


def test_a_check_writes_nothing_and_the_confirmation_writes_all(staff):
    checked = send(staff, "personer", csv_file("navn;e-mail", "Åse Ærø;aase@herlev.example", "Bo;"))
    assert heading(checked) == "Hvad filen rummer"
    assert figures(checked) == {"rækker": "2", "nye": "2", "findes i forvejen": "0"}
    assert faults(checked) == []
    assert not Person.objects.filter(name="Åse Ærø").exists()

    response = confirm(staff, checked)
    assert response.url == "/personer/"
    assert notices(staff.get("/personer/")) == ["2 rækker er hentet ind."]
    person = Person.objects.get(name="Åse Ærø")
    assert (person.email, person.culture_region) == ("aase@herlev.example", kulturmetropolen())


def test_what_was_imported_has_a_history(staff, cast):
    bring_in(staff, "personer", csv_file("navn", "Åse Ærø"))
    (row,) = Person.objects.get(name="Åse Ærø").history.all()
    assert (row.history_type, row.history_user) == ("+", cast.staff)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "Filen er tom."),
        (b"\xef\xbb\xbf\r\n \r\n", "Filen er tom."),
        (csv_file("navn;e-mail"), "Filen har en første række, men ingen rækker under den."),
        (
            csv_file("navn,e-mail", "Bo,bo@herlev.example"),
            "Kolonnerne er adskilt af komma. Gem filen som CSV med semikolon eller som .xlsx.",
        ),
        (
            csv_file("navn\te-mail", "Bo\tbo@herlev.example"),
            "Kolonnerne er adskilt af tabulator. Gem filen som CSV med semikolon eller som .xlsx.",
        ),
        (csv_file("fornavn;efternavn", "Bo;Ek"), "Den første række mangler disse kolonner: navn."),
        (csv_file("navn;e-mail;Navn", "Bo;;Bo"), "Den første række har den samme kolonne mere end én gang: navn."),
        (
            csv_file("navn;e-mail", "Ek; Bo;bo@herlev.example"),
            "Række 2 har flere celler end den første række. Mangler en tekst med semikolon anførselstegn?",
        ),
        (
            csv_file("navn;e-mail", '"Bo;bo@herlev.example'),
            "Filen kan ikke læses som CSV: Et anførselstegn mangler eller står et forkert sted.",
        ),
        (b"%PDF-1.7\n\x00\x01\x02", "Det her er ikke et regneark. Vælg en CSV-fil eller en Excel-fil (.xlsx)."),
        (b"PK\x03\x04 something", "Det her er ikke et regneark. Vælg en CSV-fil eller en Excel-fil (.xlsx)."),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
            "Det her er en gammel eller beskyttet Excel-fil. Gem den som .xlsx eller som CSV.",
        ),
    ],
)
def test_a_file_that_cannot_be_read_says_why(staff, content, message):
    response = send(staff, "personer", content)
    assert errors(response) == [f"Fil: {message}"]


def packed(parts: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def test_packed_files_that_are_no_spreadsheet_or_too_large_are_refused(staff):
    nothing = "Fil: Det her er ikke et regneark. Vælg en CSV-fil eller en Excel-fil (.xlsx)."
    assert errors(send(staff, "personer", packed({"word/document.xml": b"<a/>"}))) == [nothing]
    bomb = packed({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b"0" * (MAX_UNPACKED_BYTES + 1)})
    assert len(bomb) < 300_000
    assert errors(send(staff, "personer", bomb)) == [
        "Fil: Pakket ud er filen for stor. Gem den som CSV, eller del den."
    ]
    assert errors(send(staff, "personer", packed({"xl/workbook.xml": b"<a/>"}))) == [
        "Fil: Excel-filen er beskadiget og kan ikke læses. Gem den en gang til."
    ]


def test_entities_in_a_spreadsheet_are_not_blown_up(staff):
    good = xlsx_file(["navn"], ["Bo"])
    with zipfile.ZipFile(io.BytesIO(good)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    parts["xl/worksheets/sheet1.xml"] = (
        f'<!DOCTYPE worksheet [<!ENTITY a0 "ha">{laughs}]>'
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row></sheetData></worksheet>'
    ).encode()
    assert errors(send(staff, "personer", packed(parts))) == [
        "Fil: Excel-filen er beskadiget og kan ikke læses. Gem den en gang til."
    ]


def test_too_large_and_too_long_files_are_refused(staff, monkeypatch):
    assert errors(send(staff, "personer", b"x" * (importing.MAX_BYTES + 1))) == [
        "Fil: Filen er større end 20 MB. Del den."
    ]
    monkeypatch.setattr(importing, "MAX_ROWS", 3)
    assert errors(send(staff, "personer", csv_file("navn", "A", "B", "C"))) == [
        "Fil: Filen har mere end 3 rækker. Del den."
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_danish_letters_are_read_in_every_usual_encoding(staff, encoding):
    assert bring_in(staff, "personer", csv_file("navn;e-mail", "Åse Ærø;", encoding=encoding)) == [
        "1 række er hentet ind."
    ]
    assert Person.objects.filter(name="Åse Ærø").exists()


def test_each_fault_is_named_by_row_and_column(staff):
    checked = send(
        staff,
        "personer",
        csv_file("navn;e-mail;kulturregion", "Bo;bo@herlev;", "", ";x@herlev.example;", "Ea;;Vest", "Bo;;", "Bo;;"),
    )
    assert faults(checked) == [
        ("2", "e-mail", "Indtast en gyldig e-mail-adresse."),
        ("4", "navn", "Cellen er tom."),
        ("5", "kulturregion", "Kulturregionen “Vest” kendes ikke."),
        ("7", "–", "Rækken siger det samme som række 6."),
    ]
    assert notices(checked) == ["4 fejl blev fundet Intet er skrevet. Ret filen, og send den igen."]
    assert confirm(staff, checked).url == address(checked)
    assert not Person.objects.filter(name="Bo").exists()


def test_unknown_columns_are_told_and_passed_over(staff):
    checked = send(staff, "personer", csv_file("navn;telefon", "Bo;12 34 56 78"))
    assert notices(checked) == ["Disse kolonner kendes ikke og bliver ikke læst: telefon"]


def test_a_checked_file_is_its_owners_alone_and_for_a_day(staff, log_in, cast, files):
    checked = send(staff, "personer", csv_file("navn", "Bo"))
    other = log_in(cast.admin)
    gone = other.post(address(checked), {"gem": ""}, follow=True)
    assert notices(gone) == ["Filen er her ikke længere. Send den igen."]
    wrong_kind = staff.get(address(checked).replace("personer", "aktiviteter"), follow=True)
    assert notices(wrong_kind) == ["Filen er her ikke længere. Send den igen."]
    assert not Person.objects.filter(name="Bo").exists()

    yesterday = (timezone.now() - timedelta(days=1, minutes=1)).timestamp()
    for file in files.rglob("*.*"):
        os.utime(file, (yesterday, yesterday))
    assert notices(staff.get(address(checked), follow=True)) == ["Filen er her ikke længere. Send den igen."]
    send(other, "personer", csv_file("navn", "Ea"))
    assert len([file for file in files.rglob("*.*") if file.is_file()]) == 2  # the new one's rows and state


def test_a_file_can_be_thrown_away_and_nothing_stays(staff, files):
    checked = send(staff, "personer", csv_file("navn", "Bo"))
    thrown = staff.post(address(checked), {"kasser": ""}, follow=True)
    assert notices(thrown) == ["Filen er kasseret. Intet er skrevet."]
    assert [file for file in files.rglob("*") if file.is_file()] == []


def test_confirming_twice_writes_once(staff):
    checked = send(staff, "personer", csv_file("navn", "Bo"))
    confirm(staff, checked)
    confirm(staff, checked)
    assert Person.objects.filter(name="Bo").count() == 1


def test_what_changed_since_the_check_is_met_by_a_new_check(staff):
    InitiativeFactory(title="Sangen")
    checked = send(staff, "aktiviteter", csv_file("indsats;titel;dato;kommuner", "Sangen;Kor;01-03-2022;Køge"))
    the_agreement().__class__.objects.update(figures_locked_until=date(2022, 12, 31))
    again = staff.get(confirm(staff, checked).url)
    assert notices(again) == ["Noget har ændret sig siden kontrollen. Intet er skrevet; kontrollér igen."]
    assert heading(again) == "Filen kontrolleres"
    assert Activity.objects.filter(title="Kor").count() == 0
    ((row, column, _message),) = faults(staff.post(address(checked), follow=True))
    assert (row, column) == ("2", "dato")


# --- who --------------------------------------------------------------------------------------------------------------


def test_rows_of_another_region_are_out_of_reach(log_in, cast, sangen):
    checked = send(
        log_in(cast.outsider), "aktiviteter", csv_file("indsats;titel;dato;kommuner", "Sangen;Kor;01-03-2022;Køge")
    )
    assert faults(checked) == [("2", "indsats", "Indsatsen “Sangen” kendes ikke.")]


@pytest.mark.parametrize("url", ["/importer/", "/importer/personer/", "/importer/personer/skabelon.csv"])
def test_who_may_import(log_in, cast, url):
    users = ["staff", "admin", "outsider", "chair", "culture_head", "guest", "former_chair"]
    assert [log_in(getattr(cast, user)).get(url).status_code for user in users] == [200, 200, 200, 403, 403, 404, 404]


def test_the_page_names_the_columns_and_gives_an_empty_file(staff):
    assert heading(staff.get("/importer/personer/")) == "Hent ind: Personer"
    assert body_of(staff.get("/importer/personer/skabelon.csv")) == "\ufeffnavn;e-mail;kulturregion\r\n".encode()
    assert staff.get("/importer/ukendt/").status_code == 404
    assert importpages.KINDS.keys() == {"aktiviteter", "maalinger", "personer", "kommuner"}
