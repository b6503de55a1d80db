"""What stands in for timers in a container, and what asks whether the portal is alive."""

import os
import signal
import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.management import BaseCommand
from django.db import OperationalError
from django.utils import timezone

from agreements.models import OutgoingMail
from kulturmetropol.accounts.models import User
from kulturmetropol.management.commands import nightly, send_mail, timers
from kulturmetropol.probe import probe
from tests.factories.outreach import OutgoingMailFactory
from tests.smtp_sink import smtp_sink

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


class Rounds:
    """The pause between rounds: sets the clock on to the next of these times, and ends after the last."""

    def __init__(self, monkeypatch, *times: str):
        self.times = [datetime.fromisoformat(each).replace(tzinfo=COPENHAGEN) for each in times]
        self.waited: list[float] = []
        monkeypatch.setattr(timezone, "now", lambda: self.times[0])

    def __call__(self, seconds: float) -> bool:
        self.waited.append(seconds)
        if len(self.times) == 1:
            return True
        del self.times[0]
        return False


@pytest.fixture
def ran(cast, monkeypatch) -> list[str]:
    """The commands in the order in which they ran."""
    found: list[str] = []

    def noted(name, handle):
        def handle_and_note(self, **options):
            found.append(name)
            return handle(self, **options)

        return handle_and_note

    for module in (send_mail, nightly):
        name = module.__name__.rpartition(".")[2]
        monkeypatch.setattr(module.Command, "handle", noted(name, module.Command.handle))
    return found


def test_mail_every_minute_and_the_night_once_a_day(ran, monkeypatch, tmp_path):
    rounds = Rounds(
        monkeypatch, "2026-11-25T06:28", "2026-11-25T06:30", "2026-11-25T06:31", "2026-11-26T06:29", "2026-11-26T06:30"
    )
    timers.work(rounds, tmp_path / "alive")
    assert ran == ["send_mail", "send_mail", "nightly", "send_mail", "send_mail", "send_mail", "nightly"]
    assert rounds.waited == [60] * 5
    assert (tmp_path / "alive").exists()


def test_begun_in_the_middle_of_a_day_it_catches_up(ran, monkeypatch):
    timers.work(Rounds(monkeypatch, "2026-11-25T14:00"))
    assert ran == ["send_mail", "nightly"]


def fail(error: Exception):
    def handle(self: BaseCommand, **options):
        raise error

    return handle


def test_a_night_that_fails_stops_nothing_and_is_not_tried_all_day(ran, monkeypatch, caplog):
    monkeypatch.setattr(nightly.Command, "handle", fail(ZeroDivisionError()))
    timers.work(Rounds(monkeypatch, "2026-11-25T07:00", "2026-11-25T07:01"))
    assert ran == ["send_mail"] * 2
    assert [record.getMessage() for record in caplog.records] == ["The command nightly"]


def test_without_a_database_the_night_waits_for_it(ran, monkeypatch, caplog):
    healthy = nightly.Command.handle
    monkeypatch.setattr(nightly.Command, "handle", fail(OperationalError("adgangskode=hemmelig")))
    rounds = Rounds(monkeypatch, "2026-11-25T07:00", "2026-11-25T07:01")

    def pause(seconds: float) -> bool:
        monkeypatch.setattr(nightly.Command, "handle", healthy)
        return rounds(seconds)

    timers.work(pause)
    assert ran == ["send_mail", "send_mail", "nightly"]
    assert [record.getMessage() for record in caplog.records] == ["nightly waits for the database: OperationalError"]


def test_waiting_mail_is_sent(cast, settings):
    User.objects.update(wants_digest=False)
    OutgoingMailFactory()
    with smtp_sink() as sink:
        settings.MAILERS = sink.mailers
        timers.work(lambda seconds: True)
    assert OutgoingMail.objects.get().status == OutgoingMail.Status.SENT


@pytest.mark.once
def test_it_ends_when_it_is_told_to(tmp_path):
    """Without a database there is nothing to do, and yet it neither ends by itself nor hangs."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "timers", f"--heartbeat={tmp_path}/alive"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/tom.sqlite3", "LOG_FORMAT": "plain"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert "waits for the database" in process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 0


@pytest.mark.django_db(transaction=True)
def test_the_probe_asks_by_the_portals_own_name(cast, live_server, monkeypatch, capsys):
    monkeypatch.setenv("SITE_URL", live_server.url)
    assert (probe("healthz", live_server.url), probe("readyz", live_server.url)) == (0, 0)
    assert probe("healthz", "http://127.0.0.1:1") == 1
    assert "refused" in capsys.readouterr().err
