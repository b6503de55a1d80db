"""The database that tests begin with: made by the first process that needs it, copied by the others of the same run."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection

MADE = "world"


def connect_to_copy(make: Callable[[], None]) -> None:
    """Connects to a database of this process's own that holds the tables and what `make` has put into them."""
    folder = Path(os.environ["TESTS_FOLDER"])
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "files").exists():
            _create(MADE)
            _connect(MADE)
            call_command("migrate", verbosity=0, interactive=False)
            call_command("createcachetable", verbosity=0)
            make()
            connection.close()
            shutil.copytree(settings.MEDIA_ROOT, folder / "files")
        own = os.environ.get("PYTEST_XDIST_WORKER", "own")
        _create(own, like=MADE)
    _connect(own)
    shutil.copytree(folder / "files", settings.MEDIA_ROOT, dirs_exist_ok=True)


def _create(name: str, like: str | None = None) -> None:
    if connection.vendor == "postgresql":
        with connection._nodb_cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{like}"' if like else ""))
    elif like:
        shutil.copy(_name(like), _name(name))


def _connect(name: str) -> None:
    connection.close()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = _name(name)


def _name(name: str) -> str:
    return name if connection.vendor == "postgresql" else f"{os.environ['TESTS_FOLDER']}/{name}.sqlite3"
