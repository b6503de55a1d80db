"""What those who watch over the portal are told: is it alive, and is it ready."""

import json
from datetime import timedelta

import pytest
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from agreements.models import OutgoingMail
from outreach.actions.runs import drain
from tests.factories.outreach import OutgoingMailFactory
from tests.kulturmetropol.test_database import DEAD, run

WELL = {"ok": True, "why": ""}
ALL_WELL = {"database": WELL, "migrations": WELL, "storage": WELL, "mail": WELL, "tasks": WELL}


def wrong(why: str) -> dict:
    return {"ok": False, "why": why}


@pytest.fixture
def outbox_empty(cast):
    OutgoingMail.objects.all().delete()


def test_alive_asks_nothing_of_the_database(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = Client(headers={"cookie": "session=" + "k" * 32}).get("/healthz")
    assert (response.status_code, response.content, response.headers["Content-Type"]) == (
        200,
        b"ok",
        "text/plain; charset=utf-8",
    )
    assert not response.cookies


def test_ready_when_all_is_well(outbox_empty, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        response = Client().get("/readyz")
    assert (response.status_code, response.json()) == (200, {"ready": True, "checks": ALL_WELL})
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies


def not_ready() -> dict:
    """The checks that are not well."""
    response = Client().get("/readyz")
    answer = response.json()
    assert (response.status_code, answer["ready"]) == (503, False)
    return {name: check for name, check in answer["checks"].items() if check != WELL}


def test_a_migration_that_is_not_applied(outbox_empty):
    MigrationRecorder.Migration.objects.filter(app="outreach", name="0001_initial").delete()
    assert not_ready() == {"migrations": wrong("Ikke anvendt: 1. Kør `manage.py migrate`.")}


def test_files_that_cannot_be_saved(outbox_empty, settings, tmp_path):
    (tmp_path / "fil").touch()
    settings.MEDIA_ROOT = tmp_path / "fil" / "filer"
    assert not_ready() == {"storage": wrong("Filer kan ikke gemmes.")}


def test_storing_leaves_nothing_behind(outbox_empty, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "filer"
    assert Client().get("/readyz").status_code == 200
    assert list((tmp_path / "filer").iterdir()) == []


def test_mail_that_nobody_sends(outbox_empty):
    mail = OutgoingMailFactory(next_attempt_at=timezone.now() - timedelta(hours=25))
    assert Client().get("/readyz").status_code == 200
    OutgoingMail.objects.update(next_attempt_at=timezone.now() - timedelta(hours=27))
    assert not_ready() == {"mail": wrong("Post har ventet i over et døgn. Kører `manage.py send_mail`?")}
    assert mail.recipient not in Client().get("/readyz").content.decode()


def test_mail_without_a_server(outbox_empty):
    OutgoingMailFactory(error="Ingen postserver er sat op.")
    assert not_ready() == {"mail": wrong("Post venter, og der er ikke sat en postserver op.")}


def test_work_that_nobody_does(outbox_empty):
    task = drain.enqueue(0)
    assert Client().get("/readyz").status_code == 200
    DBTaskResult.objects.filter(pk=task.id).update(enqueued_at=timezone.now() - timedelta(minutes=61))
    assert not_ready() == {"tasks": wrong("Arbejde i baggrunden har ventet i over en time. Kører `manage.py worker`?")}


PROBE = """
import json
import django
django.setup()
from django.test import Client
client = Client(headers={"host": "portal.example", "cookie": "__Host-session=" + "k" * 32})
answers = [client.get(path) for path in ("/healthz", "/readyz")]
print(json.dumps([[answer.status_code, answer.content.decode()] for answer in answers]))
"""


@pytest.mark.once
@pytest.mark.parametrize("database", DEAD)
def test_a_database_that_does_not_answer_and_a_probe_without_https(database, tmp_path):
    url, reason = DEAD[database]
    result = run(
        "-c",
        PROBE,
        DATABASE_URL=url,
        SITE_URL="https://portal.example",
        FILES_ROOT=str(tmp_path),
        DJANGO_SETTINGS_MODULE="kulturmetropol.settings",
    )
    alive, (status, answer) = json.loads(result.stdout)
    assert alive == [200, "ok"]
    assert status == 503
    silent = wrong("Databasen svarer ikke, som den skal.")
    assert json.loads(answer)["checks"] == ALL_WELL | dict.fromkeys(["database", "migrations", "mail", "tasks"], silent)
    assert "secret" not in result.stdout + result.stderr
    assert reason not in answer
