"""Memos to many, as tests start them and work them off."""

from datetime import date

from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from agreements.models import Municipality
from kulturmetropol.accounts.models import User
from outreach.actions import runs
from outreach.actions.runs import Recipient
from outreach.models import IssuedMemo, MemoRun
from tests.factories import the_agreement

CASE = {"case_officer": "Henning Elmelund", "case_number": "20.20.00-P27-1-20"}


def new_run(**fields) -> MemoRun:
    return MemoRun(**{"agreement": the_agreement(), "date": date(2020, 11, 6), **CASE, **fields})


def started(*names: str, by: User | None = None, **fields) -> MemoRun:
    """A run to municipalities by name."""
    places = Municipality.objects.filter(name__in=names)
    assert len(places) == len(names)
    by = by or User.objects.get(email="staff@cast.example")
    return runs.start(run=new_run(**fields), recipients=[Recipient(each) for each in places], by=by)


def work_off() -> None:
    """Does all that is queued, as `manage.py worker` does, but in the connection of the test."""
    options = {"backend_name": "default", "queue_names": ["*"], "excluded_queue_names": [], "worker_id": "test"}
    worker = Worker(**options, interval=0, batch=True, startup_delay=False, max_tasks=None)
    while task := DBTaskResult.objects.ready().first():
        task.claim("test")
        worker.run_task(task)
        assert task.status == "SUCCESSFUL", task.traceback


def results(run: MemoRun) -> dict[str, str]:
    """By municipality the number of its memo, or what went wrong; empty where it waits."""
    numbers = dict(IssuedMemo.objects.values_list("memo", "number"))
    items = run.items.select_related("municipality")
    return {each.municipality.name: each.error or str(numbers.get(each.memo_id, "")) for each in items}


def status(run: MemoRun) -> str:
    run.refresh_from_db()
    return run.status
