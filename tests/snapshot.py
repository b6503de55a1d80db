"""A copy of all rows, put back after a test that commits has emptied the database: quicker than making them anew."""

from datetime import time

from django.db import connection, transaction

# rows that Django makes itself when it empties a database
DJANGOS_OWN = {"django_migrations", "django_content_type", "auth_permission"}

type Tables = dict[str, tuple[list[str], list[tuple]]]


def take() -> Tables:
    """The columns and rows of every table that has any."""
    tables = {}
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        for name in set(names) - DJANGOS_OWN:
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            columns = [column[0] for column in cursor.description]
            if rows := [tuple(map(_writable, row)) for row in cursor.fetchall()]:
                tables[name] = columns, rows
    return tables


@transaction.atomic
def put_back(tables: Tables) -> None:
    """In any order: foreign keys are checked when the transaction ends."""
    with connection.cursor() as cursor:
        for name, (columns, rows) in tables.items():
            fields = ", ".join(map(connection.ops.quote_name, columns))
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {connection.ops.quote_name(name)} ({fields}) VALUES ({marks})", rows)


def _writable(value: object) -> object:
    """SQLite reads a time of day and does not write it."""
    return value.isoformat() if isinstance(value, time) else value
