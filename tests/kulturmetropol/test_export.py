"""Every list as CSV and XLSX: as filtered and sorted, all pages, harmless, in a fixed number of queries."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from kulturmetropol import spreadsheets
from tests import factories
from tests.factories import CommitteeFactory, InitiativeFactory, MeetingFactory, PersonFactory, municipality
from tests.kulturmetropol.test_lists import LISTS
from tests.pages import parse, text

EXCEL_DAY = datetime(2021, 2, 3)  # noqa: DTZ001 - a cell of Excel has no time zone


def body_of(response) -> bytes:
    return b"".join(response.streaming_content)


def csv_rows(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body_of(response).decode("utf-8-sig"), newline=""), delimiter=";"))


def xlsx_rows(response) -> list[tuple]:
    sheet = load_workbook(io.BytesIO(body_of(response))).active
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_csv_is_what_a_danish_excel_reads(staff):
    PersonFactory(name="Åse Ærø; leder", email="aase@herlev.example")
    response = staff.get("/personer/?format=csv&q=åse")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="personer-2')
    assert (
        body_of(response)
        == ('\ufeffkulturregion;navn;e-mail\r\nKulturmetropolen;"Åse Ærø; leder";aase@herlev.example\r\n').encode()
    )


def test_an_export_holds_all_pages_in_the_order_and_filter_of_the_list(staff):
    for number in range(1, 61):
        PersonFactory(name=f"Ærø {number:02}")
    PersonFactory(name="En anden")
    rows = csv_rows(staff.get("/personer/?format=csv&q=ærø&sorter=-navn&side=3"))
    assert [row[1] for row in rows] == ["navn", *[f"Ærø {number:02}" for number in range(60, 0, -1)]]
    assert [row[1] for row in xlsx_rows(staff.get("/personer/?format=xlsx&q=ærø&sorter=-navn"))] == [
        row[1] for row in rows
    ]


def test_values_are_danish_and_typed(staff):
    meeting = MeetingFactory(body=CommitteeFactory(name="Udvalg Q"), held_on=date(2021, 2, 3), place="Køge Rådhus")
    expected = ["kulturregion", "organ", "kommunekode", "kommune", "dato", "tidspunkt", "sted", "status", "hvad_sker"]
    assert csv_rows(staff.get(f"/moeder/?format=csv&organ={meeting.body.pk}")) == [
        expected,
        ["Kulturmetropolen", "Udvalg Q", "0259", "Køge", "03-02-2021", "", "Køge Rådhus", "Planlagt", ""],
    ]
    assert xlsx_rows(staff.get(f"/moeder/?format=xlsx&organ={meeting.body.pk}")) == [
        tuple(expected),
        ("Kulturmetropolen", "Udvalg Q", "0259", "Køge", EXCEL_DAY, None, "Køge Rådhus", "Planlagt", None),
    ]
    (row,) = csv_rows(staff.get("/kommuner/?format=csv&q=rødovre"))[1:]
    rodovre = municipality("Rødovre")
    assert row[0] == "0175"
    assert row[5] == str(rodovre.latitude).replace(".", ",")


def test_an_export_is_danish_in_whatever_language_one_reads(staff):
    with translation.override("en"):
        response = staff.get("/aftaler/?format=csv")
        assert csv_rows(response)[1][2] == "Underskrevet"
        assert translation.get_language() == "en"


def test_many_values_stand_in_one_cell(staff):
    target = factories.ResultTargetFactory(text="Flere bands")
    initiative = InitiativeFactory(area=target.area, title="Sangen")
    initiative.targets.add(target, factories.ResultTargetFactory(area=target.area, text="Flere kor"))
    (row,) = csv_rows(staff.get("/indsatser/?format=csv&q=sangen"))[1:]
    assert row[-1] == "Flere bands | Flere kor"


FORMULAS = ["=1+1", "+45 12", "-2", "@SUM(A1)", "\tx", "\rx", "'=1", "''=1"]
PLAIN = ["'t Hooft", "a=b", " =1", "Ærø", "5 - 3", ""]


@pytest.mark.parametrize("value", FORMULAS)
def test_text_that_looks_like_a_formula_is_made_harmless_and_comes_back(staff, value):
    assert spreadsheets.csv_text(value) == f"'{value}"
    assert spreadsheets.plain_text(f"'{value}") == value


@pytest.mark.parametrize("value", PLAIN)
def test_other_text_stays_as_it_is(value):
    assert spreadsheets.csv_text(value) == value
    assert spreadsheets.plain_text(value) == value


def test_numbers_stay_numbers():
    assert spreadsheets.csv_text(Decimal("-1234.50")) == "-1234,50"
    assert spreadsheets.csv_text(-3) == "-3"
    assert [spreadsheets.csv_text(value) for value in (True, False, None)] == ["ja", "nej", ""]
    response = spreadsheets.xlsx_response("tal", ["a", "b"], [[Decimal("-1.5"), -3], ["=1+1", "-3"]])
    assert xlsx_rows(response) == [("a", "b"), (-1.5, -3), ("'=1+1", "'-3")]


def test_a_formula_in_a_name_is_text_in_both_files(staff):
    PersonFactory(name="=HYPERLINK(1)\x07")
    assert csv_rows(staff.get("/personer/?format=csv&q=hyperlink"))[1][1] == "'=HYPERLINK(1)\x07"
    assert xlsx_rows(staff.get("/personer/?format=xlsx&q=hyperlink"))[1][1] == "'=HYPERLINK(1)"


def queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        body_of(client.get(url))
    return len(captured)


@pytest.mark.parametrize("format_", ["csv", "xlsx"])
@pytest.mark.parametrize("url", sorted({*LISTS, "/kommuner/"} - {"/post/"}))  # mail is read in the portal
def test_thirty_rows_cost_no_more_queries_than_one(staff, url, format_):
    make = LISTS.get(url)
    if make:
        make()
    few, before = (
        queries(staff, f"{url}?aftale=&format={format_}"),
        len(csv_rows(staff.get(f"{url}?aftale=&format=csv"))),
    )
    for _n in range(30 if make else 0):
        make()
    assert len(csv_rows(staff.get(f"{url}?aftale=&format=csv"))) == before + (30 if make else 0)
    assert queries(staff, f"{url}?aftale=&format={format_}") == few


def test_the_list_offers_both_files_with_its_filter(staff):
    PersonFactory(name="Bo")
    links = {text(link): link.get("href") for link in parse(staff.get("/personer/?q=bo&side=1")).iter("a")}
    assert links["Hent som CSV"] == "?q=bo&format=csv"
    assert links["Hent som Excel"] == "?q=bo&format=xlsx"
    assert "Hent som CSV" not in {text(link) for link in parse(staff.get("/personer/?q=findes-ikke")).iter("a")}


def test_nobody_gets_more_in_a_file_than_on_the_page(log_in, cast):
    PersonFactory(name="Hemmelig")
    assert log_in(cast.chair).get("/personer/?format=csv&q=hemmelig").status_code == 200
    assert csv_rows(log_in(cast.outsider).get("/personer/?format=csv&q=hemmelig")) == [
        ["kulturregion", "navn", "e-mail"]
    ]
    assert log_in(cast.guest).get("/personer/?format=csv").status_code == 404
    assert log_in(cast.chair).get("/notater/?format=csv").status_code == log_in(cast.chair).get("/notater/").status_code


def test_an_unknown_format_is_not_found_and_a_wrong_filter_gives_no_rows(staff):
    assert staff.get("/personer/?format=pdf").status_code == 404
    assert csv_rows(staff.get("/moeder/?format=csv&fra=31-02-2021"))[1:] == []
