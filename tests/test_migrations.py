"""From an empty database to the newest one, as every run of the tests begins, and back to nothing."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

APPS = ["accounts", "agreements", "initiatives", "outreach"]


def migrate(app: str | None = None, target: str | None = None) -> None:
    names = [name for name in (app, target) if name]
    call_command("migrate", *names, verbosity=0, interactive=False, run_syncdb=False)


def tables() -> set[str]:
    """The tables of the project's apps."""
    with connection.cursor() as cursor:
        found = connection.introspection.table_names(cursor)
    return {table for table in found if table.partition("_")[0] in APPS}


def tables_of_models() -> set[str]:
    return {
        model._meta.db_table for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_the_way_up_and_the_way_down():
    before = tables_of_models()
    assert tables() == before
    try:
        # accounts goes last: sessions and logs of other apps hang on its users
        MigrationExecutor(connection).migrate([(app, None) for app in reversed(APPS)])
        assert tables() == set()
        assert not [app for app, _name in MigrationExecutor(connection).loader.applied_migrations if app in APPS]
    finally:
        if connection.vendor == "postgresql":  # the file of SQLite is put back as a whole
            migrate()
            assert tables() == before


def test_every_migration_can_be_taken_back(db):
    loader = MigrationExecutor(connection).loader
    one_way = [
        (key, type(operation).__name__)
        for key, migration in loader.disk_migrations.items()
        if key[0] in APPS
        for operation in migration.operations
        if not operation.reversible
    ]
    assert one_way == []


@pytest.mark.django_db(transaction=True)
def test_users_from_before_are_found_by_their_address():
    migrate("accounts", "0003")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO accounts_user (email, name, password, is_superuser, is_active, wants_digest, date_joined)"
            " VALUES ('Ase@Herlev.Example', 'Åse', '', %s, %s, %s, '2026-01-01 00:00:00+00:00')",
            [False, True, False],
        )
    migrate()
    (address,) = apps.get_model("account", "EmailAddress").objects.filter(user__name="Åse")
    assert (address.email, address.verified, address.primary) == ("ase@herlev.example", True, True)
    assert address.user.email == "Ase@Herlev.Example"
