"""How indicators are shown: in words, as bars and lines, and in a fixed number of queries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from initiatives.models import Indicator, Initiative, Measurement
from tests.emptying import empty
from tests.factories import municipality
from tests.factories.measuring import IndicatorFactory, KeyFigureFactory, MeasurementFactory, target
from tests.pages import all_of_class, heading, parse, text


@pytest.fixture
def indicator(db) -> Indicator:
    return IndicatorFactory(name="Korsangere", unit="sangere")


def bars(response) -> list[str]:
    return [text(each) for each in all_of_class(parse(response), "progress-figure")]


def test_the_figure_is_told_wherever_the_indicator_stands(staff, cast, indicator):
    MeasurementFactory(indicator=indicator, value=14, measured_on=date(2021, 12, 31))
    MeasurementFactory(indicator=indicator, value=18, entered_by=cast.admin, source="Kantoren")
    initiative = Initiative.objects.get(title="Ung Scene på Vestegnen")
    indicator.initiatives.add(initiative)
    words = "Nu 18 sangere. Udgangspunkt 10. Mål 30. 40 % af vejen er tilbagelagt."
    full = (
        "+ fremgang siden 31. december 2021 (14) · 40 % af vejen fra 10 · målt 30. juni 2022, admin · Kilde: Kantoren ·"
    )
    (own,) = bars(staff.get(f"/indikatorer/{indicator.pk}/"))
    assert own.startswith(f"Hele regionen 18 af 30 sangere Hele regionen {words} {full}")
    for url in (indicator.target.get_absolute_url(), initiative.get_absolute_url()):
        (bar,) = [each for each in bars(staff.get(url)) if "Korsangere" in each]
        assert bar.startswith(f"Korsangere 18 af 30 sangere Korsangere {words} {full}")
        assert bar.endswith("gammel")
    for url in ("/", indicator.target.area.get_absolute_url()):
        (bar,) = [each for each in bars(staff.get(url)) if "Korsangere" in each]
        assert bar.startswith(f"Korsangere 18 af 30 sangere Korsangere {words} + fremgang · 30-06-2022, admin ·")


def test_backwards_no_figure_and_municipal_figures_are_said(staff):
    behind = MeasurementFactory(value=4, indicator__name="Bagud").indicator
    none = IndicatorFactory(name="Intet")
    municipal = MeasurementFactory(indicator__name="Lokalt", municipality=municipality("Køge")).indicator
    said = {each.split()[0]: each for each in bars(staff.get(behind.target.get_absolute_url()))}
    assert "Det er gået tilbage fra udgangspunktet. under udgangspunktet · − tilbagegang" in said["Bagud"]
    assert said["Intet"].endswith("ingen tal Intet Ingen tal. Udgangspunkt 10. Mål 30. Ikke målt endnu.")
    assert said["Lokalt"].endswith("Ingen tal for regionen; 1 kommune har tal.")
    page = staff.get(f"/indikatorer/{municipal.pk}/")
    assert "Køge" in text(parse(page).find(".//main"))
    assert heading(staff.get(f"/indikatorer/{none.pk}/")) == "Intet"


def test_the_line_stands_beside_the_same_figures_as_a_table(staff, cast, indicator):
    for year, value in [(2021, "12"), (2022, "1234.5"), (2023, "9")]:
        MeasurementFactory(indicator=indicator, value=Decimal(value), measured_on=date(year, 1, 1))
    page = parse(staff.get(f"/indikatorer/{indicator.pk}/"))
    (line,) = all_of_class(page, "trend")
    assert [text(each) for each in line.iterfind(".//{*}circle/{*}title")] == [
        "1. januar 2021: 12 sangere",
        "1. januar 2022: 1.234,5 sangere",
        "1. januar 2023: 9 sangere",
    ]
    rows = [[text(cell) for cell in row] for row in page.findall(".//details/table/tbody/tr")]
    assert rows == [
        ["01-01-2023", "9", "–", "–"],
        ["01-01-2022", "1.234,5", "–", "–"],
        ["01-01-2021", "12", "–", "–"],
    ]


# --- speed ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def queries(staff):
    def count(url: str) -> int:
        assert staff.get(url).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            staff.get(url)
        return len(captured)

    return count


def add_indicator(initiative, day: date) -> Indicator:
    indicator = IndicatorFactory()
    indicator.initiatives.add(initiative)
    for place in (None, municipality("Køge"), municipality("Ishøj")):
        for days in (0, 40):
            MeasurementFactory(indicator=indicator, municipality=place, measured_on=day - timedelta(days=days))
    return indicator


def test_many_indicators_cost_no_more_queries_than_one(queries, db):
    empty(Measurement, Indicator)
    initiative = Initiative.objects.get(title="Ung Scene på Vestegnen")
    indicator = add_indicator(initiative, date(2022, 1, 1))
    pages = [
        "/",
        "/indikatorer/",
        "/maalinger/",
        target().get_absolute_url(),
        target().area.get_absolute_url(),
        initiative.get_absolute_url(),
        indicator.get_absolute_url(),
    ]
    few = {url: queries(url) for url in pages}
    for number in range(15):
        add_indicator(initiative, date(2022, 2, 1) + timedelta(days=number))
        day = date(2021, 1, 1) + timedelta(days=number)
        MeasurementFactory(indicator=indicator, measured_on=day)
        for place in ("Herlev", "Rødovre", "Roskilde"):
            MeasurementFactory(indicator=indicator, measured_on=day, municipality=municipality(place))
    assert {url: queries(url) for url in pages} == few


def test_thirty_key_figures_cost_no_more_queries_than_one(queries):
    few = queries("/noegletal/")
    for _n in range(30):
        KeyFigureFactory()
    assert queries("/noegletal/") == few
