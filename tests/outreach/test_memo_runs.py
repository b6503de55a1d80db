"""The same memo to many: who gets it, what becomes of each, and that a run goes on whatever stops it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.tasks import TaskContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from agreements.models import AuditEvent, Body, CultureRegion, OutgoingMail
from outreach.actions import runs
from outreach.actions.memos import faults
from outreach.actions.runs import Recipient
from outreach.models import IssuedMemo, Memo, MemoRun, MemoRunItem
from outreach.todo import runs as todo
from tests.factories import CommitteeFactory, InitiativeFactory, MemoFactory, municipality
from tests.outreach.runs import new_run, results, started, status, work_off

OTHERS = timedelta(seconds=61)  # longer than a lease


@pytest.fixture
def two(cast) -> MemoRun:
    return started("Herlev", "Køge")


def later(run: MemoRun) -> None:
    """A minute passes: what was leased by workers that have died is free, and their tasks are known to be dead."""
    for item in run.items.exclude(claimed_at=None):
        MemoRunItem.objects.filter(pk=item.pk).update(claimed_at=item.claimed_at - OTHERS)
    for task in DBTaskResult.objects.running():
        DBTaskResult.objects.filter(pk=task.pk).update(started_at=task.started_at - OTHERS)


def test_each_municipality_gets_its_own_memo_once(cast, two):
    assert (status(two), results(two)) == ("running", {"Herlev": "", "Køge": ""})
    work_off()
    assert (status(two), results(two)) == ("done", {"Herlev": "1", "Køge": "1"})
    for item in two.items.select_related("memo__document"):
        assert (item.memo.place, item.memo.status) == (item.municipality, "issued")
        assert item.memo.document.payload["recipient"]["municipality"] == item.municipality.name
        assert item.memo.document.issued_by == cast.staff
    assert faults() == []
    assert AuditEvent.objects.filter(kind=AuditEvent.Kind.MEMO_ISSUED).count() == 2


def test_a_committee_gets_the_memo_where_one_is_chosen_and_is_told(cast):
    committee = Body.objects.get(name="Kultur- og Fritidsudvalget")
    run = runs.start(run=new_run(), recipients=[Recipient(committee.municipality, committee)], by=cast.staff)
    work_off()
    memo = run.items.get().memo
    assert (memo.committee, memo.municipality) == (committee, None)
    told = OutgoingMail.objects.filter(key__startswith=f"memo-{memo.pk}-").values_list("recipient", flat=True)
    assert set(told) == {cast.chair.email, cast.culture_head.email}


def test_numbers_go_on_from_memos_before(cast):
    memo = MemoFactory(committee=None, municipality=municipality("Køge"))
    runs.memos.issue(memo=memo, by=None, version=1)
    run = started("Herlev", "Køge")
    work_off()
    assert results(run) == {"Herlev": "1", "Køge": "2"}
    assert faults() == []


def test_sections_stand_in_all_of_them(cast):
    run = started("Herlev", "Køge", opening="Kære **udvalg**", opening_included=True, closing="Skrevet, men ude")
    work_off()
    for item in run.items.all():
        assert item.memo.document.payload["sections"] == {"opening": "Kære **udvalg**"}


def test_one_that_fails_stops_no_other_and_is_tried_again(cast):
    InitiativeFactory(title="音楽")  # in the data of the memo, but not in its text
    unprintable = CommitteeFactory(municipality=municipality("Herlev"), name="Udvalget for 漢字")
    places = [Recipient(municipality("Herlev"), unprintable), Recipient(municipality("Køge"))]
    run = runs.start(run=new_run(), recipients=places, by=cast.staff)
    work_off()
    assert (status(run), results(run)) == (
        "done",
        {"Herlev": "Notatets skrifttype mangler disse tegn: 字 漢. Skriv dem på en anden måde.", "Køge": "1"},
    )
    assert Memo.objects.filter(committee=unprintable).count() == 0
    (line,) = todo.todos(cast.staff)
    assert (line.title, line.url) == ("1 kommune fik ikke sit notat", run.get_absolute_url())
    Body.objects.filter(pk=unprintable.pk).update(name="Udvalget for kultur")
    assert runs.retry(run=run, by=cast.admin)
    assert (status(run), run.status_by) == ("running", cast.admin)
    work_off()
    assert (status(run), results(run)) == ("done", {"Herlev": "1", "Køge": "1"})
    assert list(todo.todos(cast.staff)) == []
    assert not runs.retry(run=run, by=cast.staff)


def test_what_does_not_fit_the_municipality_is_told(cast):
    run = started("Aarhus", "Køge", kind="municipality", date=date(2022, 2, 1))
    work_off()
    fault = "Aarhus er ikke medlem af Kulturmetropolen 2021-2024, så der er ingen status at give."
    assert results(run) == {"Aarhus": fault, "Køge": "1"}


def test_what_nobody_thought_of_is_told_and_logged(cast, two, caplog, monkeypatch):
    make = runs.memos.memos.memo_pdf

    def broken(said, page):
        if said["recipient"]["municipality"] == "Herlev":
            raise ZeroDivisionError
        return make(said, page)

    with monkeypatch.context() as patch:
        patch.setattr(runs.memos.memos, "memo_pdf", broken)
        work_off()
    assert results(two) == {"Herlev": "Der skete en uventet fejl. Loggen fortæller hvilken.", "Køge": "1"}
    assert "ZeroDivisionError" in caplog.text
    assert runs.retry(run=two, by=cast.staff)
    work_off()
    assert results(two) == {"Herlev": "1", "Køge": "1"}


def test_a_paused_run_issues_nothing_until_it_goes_on(cast, two):
    assert runs.pause(run=two, by=cast.admin)
    assert not runs.pause(run=two, by=cast.admin)
    work_off()
    assert (status(two), two.status_by, results(two)) == ("paused", cast.admin, {"Herlev": "", "Køge": ""})
    assert runs.resume(run=two, by=cast.staff)
    assert not runs.resume(run=two, by=cast.staff)
    work_off()
    assert (status(two), results(two)) == ("done", {"Herlev": "1", "Køge": "1"})


def during(monkeypatch, act) -> None:
    """Does something while the first memo is being rendered."""
    make, done = runs.memos.memos.memo_pdf, []

    def busy(said, page):
        if not done:
            done.append(True)
            act()
        return make(said, page)

    monkeypatch.setattr(runs.memos.memos, "memo_pdf", busy)


@pytest.mark.parametrize(("verb", "after"), [(runs.pause, "paused"), (runs.cancel, "cancelled")])
def test_what_is_at_hand_when_a_run_stops_is_not_issued(cast, two, monkeypatch, verb, after):
    during(monkeypatch, lambda: verb(run=two, by=cast.staff))
    work_off()
    assert (status(two), results(two)) == (after, {"Herlev": "", "Køge": ""})
    assert (Memo.objects.count(), IssuedMemo.objects.count()) == (0, 0)
    runs.resume(run=two, by=cast.staff)
    work_off()
    numbers = {"paused": "1", "cancelled": ""}[after]
    assert results(two) == {"Herlev": numbers, "Køge": numbers}


def test_what_is_cancelled_stays_so(cast, two):
    runs.work(run=two.pk, worker="a", seconds=0.001)
    assert runs.cancel(run=two, by=cast.staff)
    for verb in (runs.resume, runs.pause, runs.retry, runs.cancel):
        assert not verb(run=two, by=cast.staff)
    work_off()
    assert (status(two), results(two)) == ("cancelled", {"Herlev": "1", "Køge": ""})


def test_who_loses_the_lease_issues_nothing(cast, two, monkeypatch):
    """The first worker is so slow that its item is taken over and issued by another one."""

    def overtake():
        later(two)
        runs.work(run=two.pk, worker="another")

    during(monkeypatch, overtake)
    runs.work(run=two.pk, worker="slow")
    assert (status(two), results(two)) == ("done", {"Herlev": "1", "Køge": "1"})
    assert (Memo.objects.count(), IssuedMemo.objects.count()) == (2, 2)


def test_an_item_is_leased_to_one(two):
    first = runs.claim(run=two.pk, worker="a")
    second = runs.claim(run=two.pk, worker="b")
    assert {first.municipality.name, second.municipality.name} == {"Herlev", "Køge"}
    assert runs.claim(run=two.pk, worker="c") is None
    later(two)
    again = runs.claim(run=two.pk, worker="c")
    assert (again.pk, again.attempts) == (first.pk, 2)


def test_a_run_whose_workers_died_goes_on(cast, two):
    (first, second) = DBTaskResult.objects.ready()
    for task in (first, second):
        task.claim("dead")
        runs.claim(run=two.pk, worker=str(task.pk))
    assert runs.go_on(two) == 0  # for all one knows they are at it
    later(two)
    assert runs.go_on_all() == 1
    assert runs.go_on_all() == 0
    assert DBTaskResult.objects.failed().count() == DBTaskResult.objects.ready().count() == 2
    work_off()
    assert (status(two), results(two)) == ("done", {"Herlev": "1", "Køge": "1"})


def test_what_kills_its_worker_again_and_again_fails_at_last(cast, two):
    MemoRunItem.objects.filter(municipality__name="Herlev").update(attempts=runs.TRIES)
    work_off()
    assert results(two) == {"Herlev": "Arbejdet blev afbrudt 10 gange. Se i loggen.", "Køge": "1"}


def test_a_long_run_queues_up_behind_others(cast, two, monkeypatch):
    monkeypatch.setattr(runs, "SLICE", 0.001)
    first = DBTaskResult.objects.ready().first()
    first.claim("test")
    runs.drain.call(TaskContext(task_result=first.task_result), two.pk)
    assert sorted(results(two).values()) == ["", "1"]
    assert DBTaskResult.objects.ready().count() == 2
    work_off()
    assert results(two) == {"Herlev": "1", "Køge": "1"}


def test_no_municipality_is_in_a_run_twice(two):
    with pytest.raises(IntegrityError), transaction.atomic():
        MemoRunItem.objects.create(run=two, municipality=municipality("Køge"), committee=CommitteeFactory())
    memo = MemoFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        two.items.update(memo=memo)
    with pytest.raises(IntegrityError), transaction.atomic():
        two.items.filter(municipality=municipality("Køge")).update(memo=memo, error="Nej")


def test_the_same_is_not_started_twice(cast, two):
    with pytest.raises(ValidationError, match="er allerede ved at blive udsendt til mange"):
        started("Ishøj")
    work_off()
    assert status(started("Ishøj")) == "running"


def test_a_committee_of_elsewhere_is_refused(cast):
    foreign = CommitteeFactory(culture_region=CultureRegion.objects.get(slug="vest"))
    for recipient in (Recipient(foreign.municipality, foreign), Recipient(municipality("Herlev"), CommitteeFactory())):
        with pytest.raises(ValidationError):
            runs.start(run=new_run(), recipients=[recipient], by=cast.staff)
    with pytest.raises(ValidationError, match="Vælg mindst én kommune"):
        runs.start(run=new_run(), recipients=[], by=cast.staff)
    assert MemoRun.objects.count() == 0


def test_results_of_tasks_are_forgotten_in_time(two):
    work_off()
    assert runs.forget_results(timezone.now()) == 0
    assert runs.forget_results(timezone.now() + timedelta(days=15)) == DBTaskResult.objects.count() + 2


def test_the_day_of_the_memo_is_the_runs(cast):
    run = started("Herlev", date=date(2024, 2, 1))
    work_off()
    assert run.items.get().memo.date == date(2024, 2, 1)
