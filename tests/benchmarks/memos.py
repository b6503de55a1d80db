"""What a download of a memo costs, and how much faster two workers are: `make bench-memos`. Exits with 1 when a limit
is broken.

A download is paired with a bare view that reads the same bytes from the database and returns them, behind the same
middleware and login, in one process, round by round; the figure is the median of the rounds' ratios, in time of the
processor. How it compares to a view that has the bytes in memory is printed beside it.

A run of 98 is paired with the same run on two workers, each from a copy of the same database. The time of a run is that
from its start until its last worker ends, less the time that workers waited for a processor which others had: on an
idle machine that is the time on the clock, which is printed too.
"""

import logging
import os
import shutil
import statistics
import sys
import tempfile
import time
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
        user = an_editor()
        rows = [*downloads(user), workers(user, Path(folder))]
    print(f"{'name':58} {'median (quartiles)':>20} {'limit':>8}  ok")
    for name, shown, limit, ok in rows:
        print(f"{name:58} {shown:>20} {limit:>8}  {'yes' if ok else 'NO'}")
    return int(not all(ok for *_row, ok in rows))


def an_editor():
    from agreements.models import CultureRegion, RoleGrant
    from kulturmetropol.accounts.models import User

    user = User.objects.create_user("bench@kulturmetropolen.example", name="Bench")
    RoleGrant.objects.create(user=user, culture_region=CultureRegion.objects.get(), role="staff")
    return user


def spread(ratios: list[float]) -> str:
    found = sorted(ratios)
    return f"{statistics.median(found):.2f} ({found[len(found) // 4]:.2f}-{found[-1 - len(found) // 4]:.2f})"


# --- downloads --------------------------------------------------------------------------------------------------------


def downloads(user, rounds: int = ROUNDS) -> list[tuple]:
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
        timed = [[fetch(address) for address in addresses] for _ in range(rounds)]
    finally:
        del urls.urlpatterns[: len(bare)]
        clear_url_caches()
    milliseconds = [1000 * statistics.median(column) for column in zip(*timed, strict=True)]
    print("a download {:.2f} ms of the processor, bare {:.2f} ms, from memory {:.2f} ms".format(*milliseconds))
    beside_stored = [mine / theirs for mine, theirs, _memory in timed]
    beside_memory = [mine / theirs for mine, _stored, theirs in timed]
    return [
        (
            "a download / a bare view that returns the stored bytes",
            spread(beside_stored),
            f"<= {DOWNLOAD_LIMIT}",
            statistics.median(beside_stored) <= DOWNLOAD_LIMIT,
        ),
        ("a download / a bare view with the bytes in memory", spread(beside_memory), "-", True),
    ]


# --- workers ----------------------------------------------------------------------------------------------------------


def workers(user, folder: Path) -> tuple:
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
    fair, clock = ([pair[1][which] / pair[2][which] for pair in pairs] for which in (0, 1))
    one, two = (statistics.median(pair[count][0] for pair in pairs) for count in (1, 2))
    print(f"a run of 98: {one:.1f} s on one worker, {two:.1f} s on two; faster by the clock alone: {spread(clock)}")
    median = statistics.median(fair)
    return "a run of 98 on one worker / on two", spread(fair), f">= {WORKERS_LIMIT}", median >= WORKERS_LIMIT


def start_run(user) -> None:
    from agreements.models import Municipality
    from outreach.actions import runs
    from outreach.models import MemoRun
    from tests.factories import MemoRunFactory

    recipients = [runs.Recipient(each) for each in Municipality.objects.all()]
    assert len(recipients) == 98
    runs.start(run=MemoRunFactory.build(), recipients=recipients, by=user)
    assert MemoRun.objects.count() == 1


def run_on(count: int, kept: Path, database: Path) -> tuple[float, float]:
    """The seconds of a run on so many workers: without the waits for a processor, and by the clock."""
    from django.db import connection

    from outreach.models import MemoRunItem

    connection.close()
    for end in ("-wal", "-shm"):
        Path(f"{database}{end}").unlink(missing_ok=True)
    shutil.copy(kept, database)
    started = time.monotonic()
    found = [a_worker(f"worker-{number}", started) for number in range(count)]
    taken = [tuple(map(float, os.read(pipe, 100).split())) for _key, pipe in found]
    for key, pipe in found:
        os.waitpid(key, 0)
        os.close(pipe)
    assert MemoRunItem.objects.filter(memo=None).count() == 0
    return max(clock - waited for clock, waited in taken), max(clock for clock, _waited in taken)


def a_worker(name: str, started: float) -> tuple[int, int]:
    """A process that works until nothing is free, and then says when it ended and how long it waited."""
    from django.db import connection

    from outreach.actions import runs
    from outreach.models import MemoRun

    run = MemoRun.objects.get().pk
    connection.close()
    mine, theirs = os.pipe()
    key = os.fork()
    if key:
        os.close(theirs)
        return key, mine
    try:
        runs.work(run=run, worker=name)
        os.write(theirs, f"{time.monotonic() - started} {waited_for_processor()}".encode())
    finally:
        os._exit(0)


def waited_for_processor() -> float:
    """Seconds in which this process could have run and another one did; none where the system does not say."""
    try:
        return int(Path("/proc/self/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


if __name__ == "__main__":
    sys.exit(main())
