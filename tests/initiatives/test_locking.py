"""What is locked can be neither made, changed, moved, deleted nor brought back, and says who can unlock it."""

from datetime import date

import pytest

from initiatives.models import Measurement
from tests.factories import the_agreement
from tests.factories.measuring import IndicatorFactory, MeasurementFactory
from tests.pages import all_of_class, errors, form_data, notices, parse, refused, send

REASON = (
    "Tallene til og med 31-12-2021 er låst. "
    "De, der må redigere aftalen “Kulturmetropolen 2021-2024”, kan låse dem op der."
)


@pytest.fixture
def locked(db) -> Measurement:
    """A measurement of the last day that is locked."""
    measurement = MeasurementFactory(indicator__name="Korsangere", measured_on=date(2021, 12, 31), value=5)
    lock(date(2021, 12, 31))
    return measurement


def lock(day: date | None) -> None:
    agreement = the_agreement()
    agreement.figures_locked_until = day
    agreement.save()


def test_an_editor_of_the_agreement_locks_and_unlocks(staff, locked):
    url = f"/aftaler/{the_agreement().pk}/rediger/"
    send(staff, url, figures_locked_until="30-06-2021")
    assert the_agreement().figures_locked_until == date(2021, 6, 30)
    send(staff, f"/maalinger/{locked.pk}/rediger/", value="6")
    locked.refresh_from_db()
    assert locked.value == 6
    send(staff, url, figures_locked_until="")
    assert the_agreement().figures_locked_until is None


def test_nothing_is_made_in_what_is_locked(staff, locked):
    url = f"/maalinger/opret/?indikator={locked.indicator.pk}"
    for day in ("31-12-2021", "01-01-2021"):
        assert refused(staff, url, value="7", measured_on=day) == [f"Målt: {REASON}"]
    send(staff, url, value="7", measured_on="01-01-2022")
    assert list(Measurement.objects.filter(indicator=locked.indicator).values_list("value", flat=True)) == [7, 5]


def test_what_is_locked_is_not_opened_for_editing(staff, locked):
    response = staff.get(f"/maalinger/{locked.pk}/rediger/", follow=True)
    assert response.redirect_chain == [(f"/maalinger/{locked.pk}/", 302)]
    assert notices(response) == [REASON, REASON]
    assert "Rediger" not in [each.text for each in all_of_class(parse(response), "btn")]


def test_a_form_that_was_open_when_it_was_locked_keeps_what_was_typed(staff, locked):
    lock(None)
    url = f"/maalinger/{locked.pk}/rediger/"
    opened = form_data(staff.get(url))
    lock(date(2021, 12, 31))
    for typed in ({"value": "9"}, {"measured_on": "01-02-2022", "value": "9"}):
        response = staff.post(url, opened | typed)
        assert response.status_code == 200
        assert form_data(response) == opened | typed
        assert errors(response) == [f"Målt: {REASON}"]
    locked.refresh_from_db()
    assert (locked.value, locked.measured_on) == (5, date(2021, 12, 31))


def test_nothing_is_moved_into_what_is_locked(staff, locked):
    later = MeasurementFactory(indicator=locked.indicator, measured_on=date(2022, 1, 1))
    assert refused(staff, f"/maalinger/{later.pk}/rediger/", measured_on="30-12-2021") == [f"Målt: {REASON}"]
    other = IndicatorFactory()
    assert refused(staff, f"/maalinger/{later.pk}/rediger/", measured_on="30-12-2021", indicator=str(other.pk)) == [
        f"Målt: {REASON}"
    ]


def test_what_is_locked_is_not_deleted(staff, locked):
    url = f"/maalinger/{locked.pk}/slet/"
    asked = staff.get(url)
    assert notices(asked) == [REASON]
    assert parse(asked).find(".//main//form") is None
    refusal = staff.post(url)
    assert (refusal.status_code, notices(refusal)) == (409, [REASON])
    assert Measurement.objects.filter(pk=locked.pk).exists()


def test_what_was_deleted_does_not_come_back_into_what_is_locked(staff, locked):
    lock(None)
    staff.post(f"/maalinger/{locked.pk}/slet/")
    lock(date(2021, 12, 31))
    action = parse(staff.get("/maalinger/slettede/")).find(".//ul[@class='rows']//form").get("action")
    assert notices(staff.post(action, follow=True)) == [
        f"“Korsangere, hele regionen, 31-12-2021” kan ikke hentes tilbage: {REASON}"
    ]
    assert not Measurement.objects.filter(pk=locked.pk).exists()
