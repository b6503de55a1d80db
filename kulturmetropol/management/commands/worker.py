"""Does what waits in the background, in processes of its own that it starts anew when they die."""

import logging
import os
import select
import signal
import sys
import threading
import time
from typing import TextIO

from django.core.management.base import BaseCommand
from django.db import Error, connections
from django.utils.autoreload import DJANGO_AUTORELOAD_ENV, run_with_reloader
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker

from outreach.actions import runs

logger = logging.getLogger(__name__)

INTERVAL = 2.0  # seconds between two looks for work
LOOK_AFTER = 60  # seconds between two looks for runs whose workers have died
PAUSE = 5  # seconds before a process that has died is started anew: the database may be away


class Command(BaseCommand):
    help = "Does what waits in the background, such as memos to many. Ends after the work at hand when told to."

    def add_arguments(self, parser):
        parser.add_argument("--processes", type=int, default=2, help="how many work at once (2)")
        parser.add_argument(
            "--with-server", action="store_true", help="end when standard input closes, with the server that holds it"
        )
        parser.add_argument("--reload", action="store_true", help="one process, which reloads changed code")

    def handle(self, *, processes: int, with_server: bool, reload: bool, **options):
        if not reload:
            Crew(processes, sys.stdin if with_server else None).run()
        else:
            if with_server:
                end_with(sys.stdin.fileno())
            worker = a_worker()
            if os.environ.get(DJANGO_AUTORELOAD_ENV) == "true":
                worker.configure_signals()
                look_after_runs()
            run_with_reloader(worker.run)


class Crew:
    """The processes. They end with this one, however it ends, and this one ends when its `lifeline` closes."""

    def __init__(self, size: int, lifeline: TextIO | None) -> None:
        self.size = size
        self.lifeline = [lifeline] if lifeline else []
        self.members: set[int] = set()
        self.stopping = False
        self.held, self.mine = os.pipe()  # its end closes in the members when this process is gone

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        looked = -float(LOOK_AFTER)
        while not self.stopping:
            if time.monotonic() - looked >= LOOK_AFTER:
                looked = time.monotonic()
                look_after_runs()
            while len(self.members) < self.size:
                self.members.add(self.fork())
            self.wait(PAUSE if self.bury() else 1)
        self.tell(signal.SIGTERM)
        while self.members:
            self.members.discard(os.wait()[0])

    def stop(self, number: int, frame: object) -> None:
        if self.stopping:
            self.tell(signal.SIGKILL)  # told twice: at once. What is cut off goes on at the next start
        self.stopping = True

    def wait(self, seconds: float) -> None:
        if select.select(self.lifeline, [], [], seconds)[0]:
            self.stopping = True  # nobody ever writes: it has been closed

    def tell(self, number: int) -> None:
        for member in self.members:
            os.kill(member, number)

    def bury(self) -> int:
        """Returns how many have died."""
        count = 0
        while self.members and (dead := os.waitpid(-1, os.WNOHANG)[0]):
            self.members.discard(dead)
            count += 1
        return count

    def fork(self) -> int:
        connections.close_all()  # a connection is one process's own
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])  # for the new one it waits until it can be heard
        member = os.fork()
        if member:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
            return member
        status = 1
        try:
            os.close(self.mine)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the crew hands it on
            worker = a_worker()
            signal.signal(signal.SIGTERM, worker.shutdown)
            end_with(self.held)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
            worker.run()
            status = 0
        except SystemExit:
            status = 0
        except BaseException:
            logger.exception("A worker has died")
        finally:
            os._exit(status)


def a_worker() -> Worker:
    return Worker(
        queue_names=["*"],
        interval=INTERVAL,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=get_random_string(32),
        excluded_queue_names=[],
    )


def look_after_runs() -> None:
    try:
        runs.go_on_all()
    except Error:
        logger.exception("Runs could not be looked after")
    finally:
        connections.close_all()


def end_with(file: int) -> None:
    """This process is told to end when the other end of the pipe closes: when the process that holds it is gone."""

    def wait() -> None:
        while os.read(file, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()
