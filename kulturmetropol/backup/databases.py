"""The database as one file, and back again: SQLite by its online backup, PostgreSQL by its own programs."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.backends.postgresql.client import DatabaseClient
from django.utils.translation import gettext as _

from kulturmetropol.bootstrap import postgresql_folder

# rows that `migrate` and `createcachetable` leave in a new database, and that serve nobody
OF_A_NEW_DATABASE = {"django_migrations", "django_content_type", "auth_permission", "cache"}

type Rows = dict[str, int]


def dump(file: Path) -> Rows:
    """Write the database as it is at one moment, while others write on. Returns the number of rows of each table."""
    connection.ensure_connection()  # where it does not answer, Django's own error says so
    return _dump_postgresql(file) if connection.vendor == "postgresql" else _dump_sqlite(file)


def load(file: Path) -> None:
    """Put what `dump` wrote in place of all that the database holds: either all of it, or nothing is changed."""
    _load_postgresql(file) if connection.vendor == "postgresql" else _load_sqlite(file)


def count_rows() -> Rows:
    with connection.cursor() as cursor:
        names = sorted(connection.introspection.table_names(cursor))
        return {name: _count(cursor, name) for name in names if not name.startswith("sqlite_")}


def is_empty() -> bool:
    return not any(count for name, count in count_rows().items() if name not in OF_A_NEW_DATABASE)


def _count(cursor, table: str) -> int:
    cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608  a table's own name
    return cursor.fetchone()[0]


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _sqlite_file() -> str:
    return str(connection.settings_dict["NAME"])


def _dump_sqlite(file: Path) -> Rows:
    with closing(sqlite3.connect(_sqlite_file(), timeout=20)) as source, closing(sqlite3.connect(file)) as copy:
        source.backup(copy)  # all in one step: one moment, and with WAL no writer waits
        copy.execute("PRAGMA journal_mode=DELETE")  # else the file would need another one beside it
        names = [name for (name,) in copy.execute(TABLES_OF_SQLITE)]
        return {name: copy.execute(f'SELECT COUNT(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


TABLES_OF_SQLITE = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND substr(name, 1, 7) <> 'sqlite_' ORDER BY name"
)


def _load_sqlite(file: Path) -> None:
    connection.close()
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(_sqlite_file(), timeout=20)) as target:
        try:
            source.backup(target)
        except sqlite3.Error as error:
            raise CommandError(_("The database cannot be replaced (%(reason)s).") % {"reason": error}) from error


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def _dump_postgresql(file: Path) -> Rows:
    """The rows are counted in the snapshot that pg_dump reads."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        _run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={file}")
        return count_rows()


def _load_postgresql(file: Path) -> None:
    """The tables that are there go, and those of the backup come, in one transaction."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
    connection.close()  # its locks and plans are of tables that go
    drop, fill = file.with_suffix(".drop.sql"), file.with_suffix(".fill.sql")
    tables = ", ".join(map(connection.ops.quote_name, names))
    drop.write_text(f"DROP TABLE {tables} CASCADE;\n" if names else "")
    _run("pg_restore", "--no-owner", "--no-privileges", f"--file={fill}", str(file), connects=False)
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    _run("psql", *options, f"--file={drop}", f"--file={fill}")


def _run(program: str, *arguments: str, connects: bool = True) -> None:
    """Raises `CommandError` with what the program said. What it connects with is in its environment alone."""
    environment = os.environ | (_environment() if connects else {})
    try:
        result = subprocess.run(  # noqa: S603  the arguments are made above
            [_find(program), *arguments], env=environment, capture_output=True, text=True, check=False
        )
    except OSError as error:
        result = subprocess.CompletedProcess([program], 1, stderr=str(error))
    if result.returncode:
        raise CommandError(
            _("%(program)s failed: %(reason)s") % {"program": program, "reason": result.stderr.strip()[:500]}
        )


def _find(program: str) -> str:
    """The newest one of this machine: pg_dump refuses a server that is newer than itself."""
    folder = postgresql_folder()
    found = shutil.which(program, path=folder) if folder else None
    found = found or shutil.which(program)
    if not found:
        raise CommandError(_("%(program)s is not installed (Debian: postgresql-client).") % {"program": program})
    return found


def _environment() -> dict[str, str]:
    """The settings of the connection as libpq reads them."""
    given = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGDATABASE": "NAME"}
    found = {name: str(given[key]) for name, key in names.items() if given.get(key)}
    _arguments, secrets = DatabaseClient.settings_to_cmd_args_env(given, [])
    return found | (secrets or {})
