"""What timers do on a server, where there are none: mail every minute, and `nightly` in the morning."""

import logging
import signal
import threading
from collections.abc import Callable
from datetime import date, time
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, call_command
from django.db import connections
from django.utils import timezone

from kulturmetropol.database import SILENT

logger = logging.getLogger(__name__)

EVERY = 60
MORNING = time(6, 30)


class Command(BaseCommand):
    help = "Runs until it is stopped: mail every minute, `nightly` every morning. For containers, which have no timers."

    def add_arguments(self, parser):
        parser.add_argument("--heartbeat", type=Path, help="a file that is touched in each round, for a health check")

    def handle(self, *, heartbeat, **options):
        stop = threading.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: stop.set())

        def pause(seconds: float) -> bool:
            connections.close_all()  # none is held for a minute, and none that broke is used again
            return stop.wait(seconds)

        work(pause, heartbeat)


def work(pause: Callable[[float], bool], heartbeat: Path | None = None) -> None:
    """Round after round, until `pause(seconds)` is true. What fails is logged, and tried again in its time."""
    done_on: date | None = None
    while True:
        run("send_mail")
        now = timezone.localtime()
        # begun again in the middle of a day it runs once more, which does nothing twice
        if now.time() >= MORNING and done_on != now.date() and run("nightly"):
            done_on = now.date()
        if heartbeat:
            heartbeat.touch()
        if pause(EVERY):
            return


def run(command: str) -> bool:
    """Whether it has had its turn, well or not: only without a database it waits for the next round."""
    try:
        call_command(command, stdout=Quiet())
    except SILENT as error:
        logger.warning("%s waits for the database: %s", command, type(error).__name__)
        return False
    except Exception:
        logger.exception("The command %s", command)
    return True


class Quiet:
    """A round a minute would fill the log with lines that nothing happened."""

    def write(self, text: str) -> Any:
        logger.debug("%s", text.strip())
