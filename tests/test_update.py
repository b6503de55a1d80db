"""An update and the way back: from the database of the release before to this one, with all that people have in it."""

from collections.abc import Iterable

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from kulturmetropol.database import unapplied_migrations

# the last migration of each app in the release before
RELEASED = {
    "accounts": "0004_email_addresses",
    "agreements": "0004_chosen_agreement",
    "initiatives": "0002_programme",
    "outreach": "0002_outreach",
}

type Table = tuple[list[str], list[tuple]]
# what Django notes for itself, of the code that runs
NOTES = {"django_migrations", "django_content_type", "auth_permission"}


def tables() -> dict[str, list[str]]:
    """The columns of each table."""
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - NOTES
        return {
            name: sorted(column.name for column in connection.introspection.get_table_description(cursor, name))
            for name in sorted(names)
        }


def rows(columns: dict[str, list[str]]) -> dict[str, list[str]]:
    """What stands in these columns of these tables."""
    found = {}
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, names in columns.items():
            cursor.execute(f"SELECT {', '.join(map(quote, names))} FROM {quote(table)}")
            found[table] = sorted(map(repr, cursor.fetchall()))
    return found


def go_back() -> None:
    """To the release before, with this release's code, as `docs/operation.md` says."""
    MigrationExecutor(connection).migrate(list(RELEASED.items()))


def differing(one: dict, other: dict) -> Iterable[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@pytest.mark.django_db(transaction=True)
def test_an_update_the_way_back_and_the_update_again_lose_nothing(cast):
    staff = Client()
    staff.force_login(cast.staff)
    newest = tables()
    try:
        go_back()
        released = tables()
        kept = rows(released)
        counts = {table: len(found) for table, found in kept.items()}
        assert (counts["accounts_user"], counts["agreements_membership"], counts["initiatives_initiative"]) == (
            10,
            9,
            6,
        )
        waiting = unapplied_migrations()
        assert waiting
        assert {app for app, _name in waiting} <= RELEASED.keys()

        call_command("migrate", verbosity=0, interactive=False)
        assert unapplied_migrations() == []
        assert differing(tables(), newest) == []
        assert differing(rows(released), kept) == []
        assert staff.get("/").status_code == 200  # who was logged in before the update still is

        go_back()
        assert differing(tables(), released) == []
        assert differing(rows(released), kept) == []
    finally:
        call_command("migrate", verbosity=0, interactive=False)
    assert differing(rows(released), kept) == []
    assert differing(tables(), newest) == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.once
def test_whoever_watches_is_told_until_the_database_is_as_new_as_the_code(cast):
    try:
        go_back()
        response = Client().get("/readyz")
        assert response.status_code == 503
        why = response.json()["checks"]["migrations"]
        assert why == {"ok": False, "why": f"Ikke anvendt: {len(unapplied_migrations())}. Kør `manage.py migrate`."}
    finally:
        call_command("migrate", verbosity=0, interactive=False)
    assert Client().get("/readyz").status_code == 200
