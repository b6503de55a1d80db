"""Figures that are locked at the very moment somebody saves one: one goes first, and the other meets what it did."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction

from initiatives.models import Activity, Initiative, Measurement
from tests.factories import the_agreement
from tests.factories.measuring import MeasurementFactory
from tests.initiatives.test_locking import REASON, lock
from tests.initiatives.test_races import at_once
from tests.pages import errors, form_data, notices, send

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2021, 12, 31)


@pytest.fixture
def clients(log_in, cast):
    return [log_in(cast.staff), log_in(cast.admin)]


@pytest.fixture
def measured(cast) -> Measurement:
    return MeasurementFactory(indicator__name="Korsangere", measured_on=DAY, value=5)


@contextmanager
def meanwhile(call):
    """A call in a thread of its own that has begun, and waits, when the body of the `with` is done."""

    def make():
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        late: list[Future] = []
        yield late
        late.append(pool.submit(make))
        time.sleep(1)
        assert not late[0].done()


def test_a_measurement_that_is_saved_while_its_day_is_locked_is_refused(clients, measured):
    url = f"/maalinger/{measured.pk}/rediger/"
    opened = form_data(clients[0].get(url)) | {"value": "9"}
    with meanwhile(lambda: clients[0].post(url, opened)) as late:
        lock(DAY)
    response = late[0].result()
    assert (response.status_code, errors(response)) == (200, [f"Målt: {REASON}"])
    assert form_data(response) == opened
    measured.refresh_from_db()
    assert (measured.value, measured.version) == (5, 1)


def test_an_activity_that_is_made_while_its_day_is_locked_is_refused(clients, cast):
    initiative = Initiative.objects.get(title="Syng dig stærk")
    url = f"/aktiviteter/opret/?indsats={initiative.pk}"
    here = [str(initiative.participations.first().municipality_id)]
    opened = form_data(clients[0].get(url)) | {"title": "Kor", "held_on": "31-12-2021", "municipalities": here}
    with meanwhile(lambda: clients[0].post(url, opened)) as late:
        lock(DAY)
    assert errors(late[0].result()) == [f"Dato: {REASON}"]
    assert not Activity.objects.filter(title="Kor").exists()


def test_a_measurement_that_is_deleted_while_its_day_is_locked_stays(clients, measured):
    with meanwhile(lambda: clients[0].post(f"/maalinger/{measured.pk}/slet/")) as late:
        lock(DAY)
    response = late[0].result()
    assert (response.status_code, notices(response)) == (409, [REASON])
    assert Measurement.objects.filter(pk=measured.pk).exists()


def test_rows_that_are_imported_while_their_days_are_locked_are_not_written(clients, measured):
    rows = SimpleUploadedFile("m.csv", b"indikator;dato;v\xc3\xa6rdi\nKorsangere;30-12-2021;7\n")
    checked = clients[0].post("/importer/maalinger/", {"file": rows}).url
    with meanwhile(lambda: clients[0].post(checked, {"gem": ""}, follow=True)) as late:
        lock(DAY)
    told = notices(late[0].result())
    assert told[0] == "Noget har ændret sig siden kontrollen. Intet er skrevet; kontrollér igen."
    assert measured.indicator.measurements.get() == measured


def test_the_lock_waits_for_a_measurement_that_is_being_saved(clients, measured):
    agreement = f"/aftaler/{the_agreement().pk}/rediger/"
    locking = form_data(clients[1].get(agreement)) | {"figures_locked_until": "31-12-2021"}
    with meanwhile(lambda: clients[1].post(agreement, locking)) as late:
        send(clients[0], f"/maalinger/{measured.pk}/rediger/", value="9")
    assert late[0].result().status_code == 302
    measured.refresh_from_db()
    assert (measured.value, the_agreement().figures_locked_until) == (9, DAY)


def test_the_same_rows_imported_twice_at_once_are_written_once(clients):
    content = "indsats;titel;dato;kommuner\nSyng dig stærk;Åben øver;03-02-2022;Køge\n".encode()
    checked = [
        each.post("/importer/aktiviteter/", {"file": SimpleUploadedFile("a.csv", content)}).url for each in clients
    ]
    at_once(
        lambda: clients[0].post(checked[0], {"gem": ""}),
        lambda: clients[1].post(checked[1], {"gem": ""}),
    )
    assert Activity.objects.filter(title="Åben øver").count() == 1
