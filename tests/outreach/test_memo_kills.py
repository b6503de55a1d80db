"""The process is killed (kill -9) at random moments of issuing: every memo is absent or whole, and a run ends well.

Half of the kills come from outside after a random time, half hit the process at a random statement to the database, so
that the few milliseconds of the transaction get their share. A handful here; `make test-kills` does 200 of them.
"""

import os
import random
import select
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from datetime import date, timedelta
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from agreements.models import AuditEvent, Municipality, OutgoingMail
from outreach.actions import memos, runs
from outreach.actions.runs import Recipient
from outreach.models import IssuedMemo, Memo, MemoRun, MemoRunItem
from tests.factories import MemoFactory
from tests.outreach.runs import new_run, results

pytestmark = pytest.mark.django_db(transaction=True)

KILLS = int(os.environ.get("KILLS", "12"))
SEED = int(os.environ.get("KILLS_SEED", "2026"))
READERS = 2  # of the cast, whom a memo to the committee of Rødovre is told to
MINUTE = timedelta(seconds=61)
DONE, BROKEN = 0, 1
PATIENCE = 60  # seconds


def child(work, dies_at: int | None) -> int:
    """A process that does the work; it kills itself at that statement, where one is given."""
    connection.close()
    key = os.fork()
    if key:
        return key
    status = BROKEN
    try:
        with connection.execute_wrapper(Killer(dies_at)) if dies_at else connection.cursor():
            work()
        status = DONE
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


class Killer:
    """Around each statement: dies before or after the given one, by turns."""

    def __init__(self, at: int) -> None:
        self.left = at

    def __call__(self, execute, sql, params, many, context):
        self.left -= 1
        if self.left == 0 and self.at_once:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = execute(sql, params, many, context)
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    @property
    def at_once(self) -> bool:
        return os.getpid() % 2 == 0


def killed(key: int) -> bool:
    """Whether it died of the kill, and not because its work was done. Fails when it ends in another way, or never."""
    ended = (0, 0)

    def has_ended() -> bool:
        nonlocal ended
        ended = os.waitpid(key, os.WNOHANG)
        return ended[0] == key

    wait_until(has_ended)
    status = os.waitstatus_to_exitcode(ended[1])
    assert status in (DONE, -signal.SIGKILL)
    return status != DONE


def strike(chance: random.Random, works: list, duration: float, statements: int) -> int:
    """Starts a process for each work and kills them all, each at a moment of its own. Returns how many were hit."""
    hits, timed = 0, []
    for work in works:
        if chance.random() < 0.5:
            hits += killed(child(work, chance.randint(1, statements)))
        else:
            timed.append((time.monotonic() + chance.uniform(0, duration), child(work, None)))
    for moment, key in sorted(timed):
        time.sleep(max(0, moment - time.monotonic()))
        os.kill(key, signal.SIGKILL)
        hits += killed(key)
    wait_until(server_is_quiet)
    return hits


def server_is_quiet() -> bool:
    """PostgreSQL may still carry out what it was told by somebody who is dead."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        return cursor.fetchone() is None


def cost(work) -> tuple[float, int]:
    """How many seconds the work takes, and how many statements."""
    start = time.monotonic()
    with CaptureQueriesContext(connection) as captured:
        work()
    return time.monotonic() - start, len(captured)


def assert_absent_or_whole() -> None:
    assert memos.faults() == []
    assert IssuedMemo.objects.exclude(memo__status="issued").count() == 0
    events = AuditEvent.objects.filter(kind=AuditEvent.Kind.MEMO_ISSUED).count()
    assert events == IssuedMemo.objects.count()
    items = MemoRunItem.objects.exclude(memo=None)
    assert items.filter(memo__document=None).count() == 0
    assert Memo.objects.filter(municipality__isnull=False).count() == items.count()  # of a run there is never a draft


def issue_one() -> Memo:
    memo = Memo.objects.get(status="draft")
    memos.issue(memo=memo, by=None, version=memo.version)
    return memo


def test_issuing_is_killed_at_random_moments(cast):
    chance = random.Random(SEED)
    MemoFactory()
    duration, statements = cost(issue_one)
    hits = 0
    while hits < KILLS // 3:
        if not Memo.objects.filter(status="draft").exists():
            MemoFactory()
        hits += strike(chance, [issue_one], 1.2 * duration, statements)
        assert_absent_or_whole()
        assert OutgoingMail.objects.filter(key__startswith="memo-").count() == READERS * IssuedMemo.objects.count()
    print(f"{hits} kills of issuing, {IssuedMemo.objects.count()} memos issued meanwhile")


def test_a_run_of_98_is_killed_at_random_moments_and_ends_well(cast):
    chance, hits, ended = random.Random(SEED), 0, 0
    run = run_to_all(cast, date(2020, 1, 1))
    duration, statements = cost(lambda: runs.work(run=run.pk, worker="first", seconds=0.001))
    wanted = KILLS - KILLS // 3
    while hits < wanted:
        works = [lambda run=run, worker=worker: runs.work(run=run.pk, worker=worker) for worker in ("a", "b")]
        hits += strike(chance, works[: wanted - hits], 2 * duration, 2 * statements)
        assert_absent_or_whole()
        a_minute_passes()
        run.refresh_from_db()
        if run.status == "done":
            ended += 1
            assert_each_has_one(run)
            run = run_to_all(cast, date(2020, 1, 1) + timedelta(days=ended))
    before = run.items.exclude(memo=None).count()
    if KILLS < 100:  # those that no worker had at hand are left out: they would only take time
        run.items.waiting().filter(claimed_by="").delete()
    runs.work(run=run.pk, worker="c")
    run.refresh_from_db()
    assert run.status == "done"
    assert_each_has_one(run)
    assert_absent_or_whole()
    print(f"{hits} kills of runs of 98; {before} of the last run's were issued meanwhile, {ended} runs before it ended")


def run_to_all(cast, day: date) -> MemoRun:
    everybody = [Recipient(each) for each in Municipality.objects.all()]
    assert len(everybody) == 98
    return runs.start(run=new_run(date=day), recipients=everybody, by=cast.staff)


def a_minute_passes() -> None:
    """Leases end, and tasks that have not been heard of are dead. What is hit in every round is not given up for it."""
    MemoRunItem.objects.update(claimed_at=F("claimed_at") - MINUTE, attempts=0)
    DBTaskResult.objects.running().update(started_at=F("started_at") - MINUTE)


def assert_each_has_one(run: MemoRun) -> None:
    """Each municipality exactly one memo of the run, and in each series numbers from one without gap or double."""
    items = run.items.select_related("memo")
    assert Memo.objects.filter(date=run.date, run_item=None, municipality__isnull=False).count() == 0
    assert [each.error for each in items if each.error] == []
    got = Counter(Memo.objects.filter(date=run.date, run_item__run=run).values_list("municipality", flat=True))
    assert got == Counter({each.municipality_id: 1 for each in items})
    numbers: dict[str, list[int]] = {}
    for series, number in IssuedMemo.objects.order_by("series", "number").values_list("series", "number"):
        numbers.setdefault(series, []).append(number)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


# --- the worker itself ------------------------------------------------------------------------------------------------


def environment() -> dict[str, str]:
    database = connection.settings_dict
    url = f"sqlite:///{database['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{database['USER']}@{quote(database['HOST'], safe='')}:{database['PORT']}/{database['NAME']}"
    given = {name: os.environ[name] for name in ("PATH", "HOME", "SECRET_KEY", "KULTURMETROPOL_ENV_FILE")}
    return given | {"DATABASE_URL": url, "SITE_URL": "https://testserver", "LOG_FORMAT": "plain"}


def worker(*arguments: str, **options) -> subprocess.Popen:
    command = [sys.executable, "manage.py", "worker", *arguments]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment(), stderr=subprocess.PIPE, **options)


def server() -> subprocess.Popen:
    """As `make run` has it, with the worker beside it, but that it serves nothing, until its standard input ends."""
    start = "bootstrap.PYTHON = sys.executable; bootstrap.serve(['-c', 'import sys; sys.stdin.read()'], 'testserver')"
    command = [sys.executable, "-c", f"import sys; from kulturmetropol import bootstrap; {start}"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment(), **pipes)


def wait_until(happens) -> None:
    ends = time.monotonic() + PATIENCE
    while not happens():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_a_worker_that_is_killed_is_followed_by_that_of_a_server_which_goes_on(cast):
    places = Municipality.objects.order_by("sort_order")[:6]
    run = runs.start(run=new_run(), recipients=[Recipient(each) for each in places], by=cast.staff)
    first = worker(start_new_session=True)
    wait_until(lambda: run.items.exclude(memo=None).exists())
    os.killpg(first.pid, signal.SIGKILL)
    first.wait(timeout=PATIENCE)
    assert_absent_or_whole()
    a_minute_passes()
    second = server()
    wait_until(lambda: MemoRun.objects.get(pk=run.pk).status == "done")
    second.communicate(timeout=PATIENCE)  # ends when the worker has ended, too, which holds the pipe
    assert second.returncode == 0
    assert results(run) == {each.name: "1" for each in places}
    assert_absent_or_whole()


def test_its_processes_end_with_a_worker_however_it_ends(cast):
    told = worker("--with-server", stdin=subprocess.PIPE)
    told.communicate(timeout=PATIENCE)  # closes what the server holds; the pipe ends when the last of them is gone
    assert told.returncode == 0
    killed = worker()
    assert select.select([killed.stderr], [], [], PATIENCE)[0]  # one of them says that it starts
    killed.kill()
    killed.communicate(timeout=PATIENCE)


def test_a_child_counts_as_killed_only_when_it_was(cast):
    assert killed(child(lambda: os.kill(os.getpid(), signal.SIGKILL), None))
    assert not killed(child(lambda: None, None))
    with pytest.raises(AssertionError):
        killed(child(lambda: 1 / 0, None))
