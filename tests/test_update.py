"""An update and the way back: from the database of the release before to this one, with all that people have in it."""

from collections.abc import Iterable

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from kulturmetropol.database import unapplied_migrations
from outreach.actions.memos import issue
from tests.factories import MemoFactory, municipality

# the last migration of each app in the release before
RELEASED = {
    "accounts": "0004_email_addresses",
    "agreements": "0004_chosen_agreement",
    "initiatives": "0002_programme",
    "outreach": "0002_outreach",
}

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


def rows(columns: dict[str, list[str]]) -> dict[str, list[dict]]:
    """What stands in these tables."""
    found = {}
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, names in columns.items():
            cursor.execute(f"SELECT {', '.join(map(quote, names))} FROM {quote(table)}")
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


def within(columns: dict[str, list[str]], found: dict[str, list[dict]]) -> dict[str, list[str]]:
    """What of it stands in these columns."""
    return {
        table: sorted(repr([row[name] for name in names]) for row in found[table]) for table, names in columns.items()
    }


def go_back() -> None:
    """To the release before, with this release's code, one migration at a time: taking back several, Django makes all
    models anew for each migration that comes after the first of them."""
    for migration, backwards in MigrationExecutor(connection).migration_plan(list(RELEASED.items())):
        assert backwards
        MigrationExecutor(connection).migrate(None, plan=[(migration, True)])


def differing(one: dict, other: dict) -> Iterable[str]:
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


@pytest.mark.django_db(transaction=True)
def test_the_way_back_and_the_update_lose_nothing(cast):
    MemoFactory(opening="Kære udvalg", opening_included=True)
    staff = Client()
    staff.force_login(cast.staff)
    newest = tables()
    before = rows(newest)
    try:
        go_back()
        released = tables()
        kept = within(released, before)
        counts = {table: len(found) for table, found in kept.items()}
        assert (counts["accounts_user"], counts["initiatives_initiative"], counts["outreach_memo"]) == (10, 6, 1)
        assert differing(within(released, rows(released)), kept) == []

        waiting = unapplied_migrations()
        assert {app for app, _name in waiting} <= RELEASED.keys()
        response = staff.get("/readyz")  # whoever watches is told until the database is as new as the code
        why = {"ok": False, "why": f"Ikke anvendt: {len(waiting)}. Kør `manage.py migrate`."}
        assert (response.status_code, response.json()["checks"]["migrations"]) == (503, why)
    finally:
        call_command("migrate", verbosity=0, interactive=False)
    assert unapplied_migrations() == []
    assert differing(tables(), newest) == []
    assert differing(within(released, rows(released)), kept) == []
    assert staff.get("/").status_code == 200  # who was logged in before the update still is
    assert staff.get("/readyz").status_code == 200


def test_no_memo_is_lost_on_the_way_back(cast):
    """Asked before anything is taken back, by whichever app one begins with."""

    def refusal(*target: str) -> str:
        with pytest.raises(CommandError) as refused:
            call_command("migrate", *target, verbosity=0, interactive=False)
        return str(refused.value)

    drafts = [
        MemoFactory(kind="measures", committee=None),
        MemoFactory(committee=None, municipality=municipality("Køge")),
    ]
    issued = MemoFactory()
    words = (
        "Versionen før har ikke plads til {} udsendte notater og {} kladder af de nye slags, så intet er taget tilbage."
    )
    assert refusal("outreach", "0002").startswith(words.format(0, 2))
    issue(memo=issued, by=None, version=issued.version)
    for draft in drafts:
        draft.delete()
    assert refusal("agreements", "0004").startswith(words.format(1, 0))
    assert refusal("outreach", "zero").startswith(words.format(1, 0))
    assert unapplied_migrations() == []
    call_command("migrate", "outreach", verbosity=0, interactive=False)  # forwards there is nothing in the way
