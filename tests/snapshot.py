"""A copy of all rows, put back after a test that commits has emptied the database: quicker than making them anew."""

from datetime import time

from django.apps import apps
from django.core.management.color import no_style
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
        # tables that a test has made anew count from one again
        counters = connection.ops.sequence_reset_sql(no_style(), apps.get_models(include_auto_created=True))
        if counters:
            cursor.execute("".join(counters))


def _writable(value: object) -> object:
    """SQLite reads a time of day and does not write it."""
    return value.isoformat() if isinstance(value, time) else value
