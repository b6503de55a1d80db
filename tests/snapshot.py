"""The database as it was made, put back after a test that commits: quicker than emptying it and making all anew."""

import io
import sqlite3
from collections.abc import Callable

from django.db import connection, transaction


def take() -> Callable[[], None]:
    """Returns what puts everything back: rows, and what the next row of a table will be numbered."""
    return {"sqlite": _take_file, "postgresql": _take_tables}[connection.vendor]()


def _take_file() -> Callable[[], None]:
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    connection.ensure_connection()
    connection.connection.backup(kept)

    def put_back() -> None:
        connection.ensure_connection()
        kept.backup(connection.connection)

    return put_back


def _take_tables() -> Callable[[], None]:
    with connection.cursor() as cursor:
        tables = {name: _copy_out(cursor, name, _columns(cursor, name)) for name in _tables(cursor)}
        numbers = _numbers(cursor)

    @transaction.atomic
    def put_back() -> None:
        with connection.cursor() as cursor:
            # foreign keys are not asked, so that tables come in any order
            cursor.execute("SET LOCAL session_replication_role = replica")
            for name in _with_rows(cursor, _tables(cursor)):
                cursor.execute(f'DELETE FROM "{name}"')
            for name, (columns, rows) in tables.items():
                if rows:
                    cursor.copy_expert(f'COPY "{name}" ({columns}) FROM STDIN', io.StringIO(rows))
            _number(cursor, numbers)

    return put_back


def _tables(cursor) -> list[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    return [name for (name,) in cursor.fetchall()]


def _with_rows(cursor, tables: list[str]) -> list[str]:
    cursor.execute(" UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in tables))
    return [name for (name,) in cursor.fetchall()]


def _columns(cursor, table: str) -> str:
    """By name: a table that a test has made anew may have them in another order."""
    cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')
    return ", ".join(f'"{column.name}"' for column in cursor.description)


def _copy_out(cursor, table: str, columns: str) -> tuple[str, str]:
    rows = io.StringIO()
    cursor.copy_expert(f'COPY "{table}" ({columns}) TO STDOUT', rows)
    return columns, rows.getvalue()


def _numbers(cursor) -> list[tuple[str, int, bool]]:
    cursor.execute(
        "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
        " WHERE schemaname = current_schema()"
    )
    return cursor.fetchall()


def _number(cursor, numbers: list[tuple[str, int, bool]]) -> None:
    calls = ", ".join(["setval(%s, %s, %s)"] * len(numbers))
    cursor.execute(f"SELECT {calls}", [value for number in numbers for value in number])
