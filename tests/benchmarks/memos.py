"""What a download of a memo costs, and how much faster two workers are: `make bench-memos`. Exits with 1 when a limit
is broken.

A download is paired with a bare view that reads the same bytes from the database and returns them, behind the same
middleware and login, in one process, round by round; the figure is the median of the rounds' ratios, in time of the
processor. An editor downloads, and the chair of the committee that the memo is for. How it compares to a view that has
the bytes in memory is printed beside it.

A run of 98 is paired with the same run on two workers, each from a copy of the same database. The time of a run is that
on the clock, from its start until its last worker ends: so two processors have to be idle, and the load of the machine
before it begins is printed.
"""

import logging
import os
import shutil
import statistics
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from .pdf import seconds, set_up_django

ROUNDS = 30
REQUESTS = 20
RUNS = int(os.environ.get("RUNS", "5"))
DOWNLOAD_LIMIT = 1.25
WORKERS_LIMIT = 1.7

type Row = tuple[str, str, bool]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        set_up_django(folder)
        logging.disable(logging.CRITICAL)
        from django.conf import settings

        settings.ALLOWED_HOSTS = ["testserver"]
        settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        print(f"the machine's load is {os.getloadavg()[0]:.1f}, on {os.cpu_count()} processors")
        editor = an_editor()
        rows = [*downloads(editor, "an editor"), *downloads(a_chair(), "a chair"), workers(editor, Path(folder))]
    print(f"{'name':64} {'median (quartiles)':>20} {'limit':>8}  ok")
    for name, shown, limit, ok in rows:
        print(f"{name:64} {shown:>20} {limit:>8}  {'yes' if ok else 'NO'}")
    return int(not all(ok for *_row, ok in rows))


def an_editor():
    from agreements.models import CultureRegion, RoleGrant
    from kulturmetropol.accounts.models import User

    user = User.objects.create_user("bench@kulturmetropolen.example", name="Bench")
    RoleGrant.objects.create(user=user, culture_region=CultureRegion.objects.get(), role="staff")
    return user


def a_chair():
    from agreements.models import Person, Post
    from kulturmetropol.accounts.models import User
    from tests.factories import MemoFactory

    user = User.objects.create_user("chair@kulturmetropolen.example", name="Chair")
    committee = MemoFactory.build().committee
    person = Person.objects.create(culture_region=committee.culture_region, name="Chair", user=user)
    Post.objects.create(person=person, kind="chair", body=committee, starts_on=date(2018, 1, 1))
    return user


def spread(ratios: list[float]) -> str:
    found = sorted(ratios)
    return f"{statistics.median(found):.2f} ({found[len(found) // 4]:.2f}-{found[-1 - len(found) // 4]:.2f})"


# --- downloads --------------------------------------------------------------------------------------------------------


def downloads(user, who: str) -> list[Row]:
    from django.http import HttpResponse
    from django.test import Client
    from django.urls import clear_url_caches, path

    from kulturmetropol import urls
    from outreach.actions.memos import issue
    from outreach.models import IssuedMemo
    from tests.factories import MemoFactory

    memo = MemoFactory()
    pdf = bytes(issue(memo=memo, by=None, version=memo.version).pdf)

    def stored(request, pk):
        found = IssuedMemo.objects.values_list("pdf", flat=True).get(memo=pk)
        return HttpResponse(bytes(found), content_type="application/pdf")

    def in_memory(request, pk):
        return HttpResponse(pdf, content_type="application/pdf")

    bare = [path("bare/stored/<int:pk>/", stored), path("bare/memory/<int:pk>/", in_memory)]
    urls.urlpatterns[:0] = bare
    clear_url_caches()
    try:
        client = Client()
        client.force_login(user)
        addresses = [f"/notater/{memo.pk}/pdf/", f"/bare/stored/{memo.pk}/", f"/bare/memory/{memo.pk}/"]

        def fetch(address: str) -> float:
            def all_of_them():
                for _ in range(REQUESTS):
                    assert client.get(address).content == pdf

            return seconds(all_of_them) / REQUESTS

        for address in addresses * 2:
            fetch(address)
        timed = [[fetch(address) for address in addresses] for _ in range(ROUNDS)]
    finally:
        del urls.urlpatterns[: len(bare)]
        clear_url_caches()
    milliseconds = [1000 * statistics.median(column) for column in zip(*timed, strict=True)]
    shown = "download {:.2f} ms of the processor, bare {:.2f} ms, from memory {:.2f} ms".format(*milliseconds)
    print(f"{who}: {shown}")
    beside_stored = [mine / theirs for mine, theirs, _memory in timed]
    beside_memory = [mine / theirs for mine, _stored, theirs in timed]
    return [
        (
            f"a download by {who} / a bare view of the stored bytes",
            spread(beside_stored),
            f"<= {DOWNLOAD_LIMIT}",
            statistics.median(beside_stored) <= DOWNLOAD_LIMIT,
        ),
        (f"a download by {who} / a bare view with the bytes in memory", spread(beside_memory), "-", True),
    ]


# --- workers ----------------------------------------------------------------------------------------------------------


def workers(user, folder: Path) -> Row:
    from django.db import connection

    start_run(user)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    database = Path(connection.settings_dict["NAME"])
    kept = folder / "kept.sqlite3"
    shutil.copy(database, kept)
    pairs = []
    for number in range(RUNS + 1):
        order = (1, 2) if number % 2 else (2, 1)
        pairs.append({count: run_on(count, kept, database) for count in order})
    pairs = pairs[1:]  # the first one warms up
    ratios = [pair[1] / pair[2] for pair in pairs]
    one, two = (statistics.median(pair[count] for pair in pairs) for count in (1, 2))
    print(f"a run of 98: {one:.1f} s on one worker, {two:.1f} s on two")
    ok = statistics.median(ratios) >= WORKERS_LIMIT
    return "a run of 98 on one worker / on two", spread(ratios), f">= {WORKERS_LIMIT}", ok


def start_run(user) -> None:
    from agreements.models import Municipality
    from outreach.actions import runs
    from outreach.models import MemoRun
    from tests.factories import MemoRunFactory

    recipients = [runs.Recipient(each) for each in Municipality.objects.all()]
    assert len(recipients) == 98
    runs.start(run=MemoRunFactory.build(), recipients=recipients, by=user)
    assert MemoRun.objects.count() == 1


def run_on(count: int, kept: Path, database: Path) -> float:
    """The seconds of a run on so many workers, by the clock."""
    from django.db import connection

    from outreach.models import MemoRunItem

    connection.close()
    for end in ("-wal", "-shm"):
        Path(f"{database}{end}").unlink(missing_ok=True)
    shutil.copy(kept, database)
    started = time.monotonic()
    for key in [a_worker(f"worker-{number}") for number in range(count)]:
        assert os.waitpid(key, 0)[1] == 0
    seconds_taken = time.monotonic() - started
    assert MemoRunItem.objects.filter(memo=None).count() == 0
    return seconds_taken


def a_worker(name: str) -> int:
    """A process that works until nothing is free."""
    from django.db import connection

    from outreach.actions import runs
    from outreach.models import MemoRun

    run = MemoRun.objects.get().pk
    connection.close()
    key = os.fork()
    if key:
        return key
    status = 1
    try:
        runs.work(run=run, worker=name)
        status = 0
    finally:
        os._exit(status)


if __name__ == "__main__":
    sys.exit(main())
