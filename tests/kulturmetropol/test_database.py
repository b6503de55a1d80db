"""A database that is not there: a page in Danish, one line on the command line. And how each database is set up."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction

from kulturmetropol.accounts.models import User
from tests.pages import heading

DEAD = {
    "a server that does not listen": (
        "postgres://nobody:secret@127.0.0.1:1/nothing",
        'connection to server at "127.0.0.1", port 1 failed: Connection refused',
    ),
    "a folder that is not there": ("sqlite:////findes/ikke/portal.sqlite3", "unable to open database file"),
    "a file where a folder should be": ("sqlite:////dev/null/portal.sqlite3", "unable to open database file"),
}

VISIT = """
import json, sys
import django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
from django.test import Client
client = Client(raise_request_exception=False)
if "logged-in" in sys.argv:
    client.cookies[settings.SESSION_COOKIE_NAME] = "k" * 32
    response = client.get("/indsatser/")
else:
    response = client.post("/log-ind/", {"login": "ase@herlev.example", "password": "hemmeligt"})
print(json.dumps([response.status_code, response.headers.get("Retry-After"), response.content.decode()]))
"""


def run(*command: str, without: Sequence[str] = (), **environment: str) -> subprocess.CompletedProcess:
    """Runs Python with an environment of its own, in which nothing is set but this."""
    given = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    given |= {
        "KULTURMETROPOL_ENV_FILE": "",
        "SECRET_KEY": "en-hemmelighed",
        "SITE_URL": "http://testserver",
        "DATABASE_URL": "sqlite:///:memory:",
        "LOG_FORMAT": "plain",
    }
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={name: value for name, value in given.items() if name not in without} | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.once
@pytest.mark.parametrize("visitor", ["logged-in", "logging-in"])
@pytest.mark.parametrize("database", DEAD)
def test_a_page_says_that_the_database_does_not_answer(database, visitor):
    url, reason = DEAD[database]
    result = run("-c", VISIT, visitor, DATABASE_URL=url, DJANGO_SETTINGS_MODULE="kulturmetropol.settings")
    status, retry_after, page = json.loads(result.stdout)
    assert (status, retry_after) == (503, "60")
    assert "<h1>Databasen svarer ikke</h1>" in page
    assert "Intet, du har gemt, er tabt. Kom du fra en formular: gå tilbage, det, du skrev, står der stadig" in page
    assert reason not in page
    assert f"ERROR kulturmetropol.database: Databasen svarer ikke ({reason})." in result.stderr
    assert "secret" not in result.stderr


@pytest.mark.once
@pytest.mark.parametrize("command", [["migrate"], ["load_kulturmetropol"], ["create_demo_users"]])
@pytest.mark.parametrize("database", DEAD)
def test_a_command_says_so_in_one_line(database, command):
    url, reason = DEAD[database]
    result = run("manage.py", *command, DATABASE_URL=url, SITE_URL="http://localhost", DEMO_PASSWORD="hemmeligt")
    assert result.stderr == (
        f"Databasen svarer ikke ({reason}). Se DATABASE_URL efter, eller kør `make setup` først.\n"
    )
    assert (result.returncode, result.stdout) == (1, "")


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_breaks_is_told_and_the_next_one_works(staff):
    if connection.vendor == "sqlite":
        pytest.skip("a file has no connection that breaks")
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    response = staff.get("/")
    assert (response.status_code, heading(response)) == (503, "Databasen svarer ikke")
    connection.close()
    assert heading(staff.get("/")).endswith(", staff")


def pragma(name: str):
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


def test_the_database_is_set_up_to_be_good(db):
    if connection.vendor == "sqlite":
        assert (pragma("journal_mode"), pragma("foreign_keys"), pragma("busy_timeout")) == ("wal", 1, 20_000)
        assert pragma("synchronous") == 1  # NORMAL: safe with WAL
        assert connection.transaction_mode == "IMMEDIATE"
    else:
        assert (connection.settings_dict["CONN_MAX_AGE"], connection.settings_dict["CONN_HEALTH_CHECKS"]) == (300, True)
        assert connection.pg_version >= 150_000


@pytest.mark.django_db(transaction=True)
def test_a_writer_waits_for_another_from_the_start_of_its_transaction(cast):
    """With BEGIN IMMEDIATE, to read and then write in one transaction never fails because another wrote between."""

    def count_up():
        try:
            for _n in range(10):
                with transaction.atomic():
                    name = User.objects.select_for_update().get(pk=cast.nobody.pk).name
                    User.objects.filter(pk=cast.nobody.pk).update(name=str(int(name) + 1))
        finally:
            connection.close()

    User.objects.filter(pk=cast.nobody.pk).update(name="0")
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(count_up) for _n in range(4)]:
            future.result()
    assert User.objects.get(pk=cast.nobody.pk).name == "40"
