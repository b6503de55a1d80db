"""The status of a year: what is gathered for the state, by initiative area."""

from datetime import date
from decimal import Decimal

import pytest

from initiatives.models import Activity, Participation
from initiatives.yearly import year_status
from tests.counting import queries
from tests.factories import (
    AgreementFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    ResultTargetFactory,
    municipality,
)
from tests.factories.economy import AccountLineFactory
from tests.factories.measuring import IndicatorFactory, KeyFigureFactory, MeasurementFactory
from tests.pages import all_of_class, parse, text


@pytest.fixture
def agreement(db):
    return AgreementFactory(name="Aftalen 2025-2028")


@pytest.fixture
def area(agreement):
    return InitiativeAreaFactory(agreement=agreement, name="Sang")


def activity(initiative, day: date, *names: str, attendance: int | None = None) -> None:
    made = Activity.objects.create(initiative=initiative, title="Kor", held_on=day, attendance=attendance)
    made.municipalities.set([municipality(name) for name in names])


def figures(area) -> tuple:
    return (area.activities, area.attendance, area.uncounted, area.municipalities, area.running)


def test_what_is_gathered_from_a_year(agreement, area):
    initiative = InitiativeFactory(area=area, status="running", starts_on=date(2025, 1, 1), ends_on=date(2026, 12, 31))
    InitiativeFactory(area=area, status="planned")
    InitiativeFactory(area=area, status="completed", starts_on=date(2026, 1, 1))
    activity(initiative, date(2025, 1, 1), "Køge", "Herlev", attendance=10)
    activity(initiative, date(2025, 12, 31), "Køge")
    activity(initiative, date(2026, 1, 1), "Ishøj", attendance=500)
    Participation.objects.create(initiative=initiative, municipality=municipality("Herlev"))
    Participation.objects.create(initiative=initiative, municipality=municipality("Rødovre"), ends_on=date(2025, 1, 1))
    Participation.objects.create(initiative=initiative, municipality=municipality("Furesø"), starts_on=date(2026, 1, 1))
    InitiativeAreaFactory(agreement=agreement)
    assert [figures(each) for each in year_status(agreement, 2025)] == [
        (2, 10, 1, 3, 1),
        (None, None, 0, None, None),
    ]
    assert [figures(each) for each in year_status(agreement, 2027)] == [
        (None, None, 0, 2, 1),
        (None, None, 0, None, None),
    ]


def test_the_latest_measurement_up_to_the_end_of_the_year(agreement, area):
    target = ResultTargetFactory(area=area)
    regional = IndicatorFactory(target=target, name="A")
    local = IndicatorFactory(target=target, name="B")
    IndicatorFactory(target=target, name="C")
    MeasurementFactory(indicator=regional, measured_on=date(2025, 3, 1), value=Decimal(1))
    MeasurementFactory(indicator=regional, measured_on=date(2025, 12, 31), value=Decimal(2))
    MeasurementFactory(indicator=regional, measured_on=date(2026, 1, 1), value=Decimal(3))
    koege = municipality("Køge")
    MeasurementFactory(indicator=regional, measured_on=date(2025, 12, 31), value=Decimal(4), municipality=koege)
    MeasurementFactory(indicator=local, measured_on=date(2025, 6, 1), value=Decimal(5), municipality=koege)
    (found,) = year_status(agreement, 2025)
    assert [(indicator.name, measurement and measurement.value) for indicator, measurement in found.measured] == [
        ("A", Decimal(2)),
        ("B", Decimal(5)),
        ("C", None),
    ]


def test_the_page_of_a_year(staff, agreement, area):
    initiative = InitiativeFactory(area=area, status="running")
    activity(initiative, date(2025, 5, 3), "Køge", attendance=1234)
    activity(initiative, date(2025, 5, 2), "Køge")
    indicator = IndicatorFactory(target=ResultTargetFactory(area=area), name="Korsangere", unit="sangere")
    MeasurementFactory(indicator=indicator, measured_on=date(2024, 6, 30), value=Decimal("12.5"), source="Optælling")
    KeyFigureFactory(area=area, year=2025, name="Frivillige", value=Decimal(40), unit="timer")
    KeyFigureFactory(area=area, year=2026, name="Næste år", value=Decimal(1))
    AccountLineFactory(agreement=agreement, year=2025, budget=Decimal("100"), used=Decimal("60"))
    AccountLineFactory(agreement=agreement, year=2025, funded_by="municipality", budget=Decimal("50"))
    page = parse(staff.get(f"/aftaler/{agreement.pk}/aarsstatus/2025/"))
    own, money = [text(each) for each in all_of_class(page, "panel")]
    assert own == (
        "Sang afholdte aktiviteter seneste 3. maj 2025 2 afholdte aktiviteter, Sang"
        " deltagere 1 aktivitet uden tal 1.234 kommuner med 1 indsatser i gang 1 indsatser i gang, Sang"
        " Indikatorer Korsangere Hele regionen, 30. juni 2024 · ikke målt i året · Optælling 12,5 sangere"
        " Nøgletal skrevet i hånden Frivillige 40 timer"
    )
    assert money == (
        "Årets regnskab Alle regnskabslinjer Budget, forbrug og rest efter, hvis penge det er"
        " Finansieret af Budget Forbrugt Tilbage"
        " Staten 100,00 kr. 60,00 kr. 40,00 kr. Kommunerne 50,00 kr. ingen tal ingen tal"
        " I alt 150,00 kr. 60,00 kr. 90,00 kr. 1 linje siger ikke endnu, hvad der er brugt."
    )


def test_an_empty_year_has_no_figures(staff, agreement, area):
    page = parse(staff.get(f"/aftaler/{agreement.pk}/aarsstatus/2026/"))
    assert [text(each) for each in all_of_class(page, "missing")] == ["ingen tal"] * 4
    assert "Ingen for dette år." in text(page)
    assert "Der er ikke registreret regnskabslinjer." in text(page)


def test_a_year_outside_the_agreement_is_not_there(log_in, cast, agreement):
    staff = log_in(cast.staff)
    answers = [
        staff.get(f"/aftaler/{agreement.pk}/aarsstatus/{year}/").status_code for year in (2024, 2025, 2028, 2029)
    ]
    assert answers == [404, 200, 200, 404]
    assert log_in(cast.chair).get(f"/aftaler/{agreement.pk}/aarsstatus/2025/").status_code == 200
    assert log_in(cast.outsider).get(f"/aftaler/{agreement.pk}/aarsstatus/2025/").status_code == 404


def test_much_to_gather_costs_no_more_queries(staff, agreement):
    def fill() -> None:
        area = InitiativeAreaFactory(agreement=agreement)
        for _n in range(3):
            initiative = InitiativeFactory(area=area, status="running")
            activity(initiative, date(2025, 5, 3), "Køge", attendance=4)
            Participation.objects.create(initiative=initiative, municipality=municipality("Køge"))
            indicator = IndicatorFactory(target=ResultTargetFactory(area=area))
            MeasurementFactory(indicator=indicator, measured_on=date(2025, 6, 30))
            MeasurementFactory(indicator=indicator, municipality=municipality("Køge"), measured_on=date(2025, 6, 30))
            KeyFigureFactory(area=area, year=2025)
            AccountLineFactory(agreement=agreement, year=2025)

    url = f"/aftaler/{agreement.pk}/aarsstatus/2025/"
    fill()
    few = queries(staff, url)
    for _n in range(6):
        fill()
    assert queries(staff, url) == few
