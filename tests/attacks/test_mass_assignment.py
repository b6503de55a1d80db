"""A form writes the fields that it shows and no others, whatever is sent along.

Sources: OWASP Mass Assignment Cheat Sheet, OWASP WSTG-INPV-20.
"""

import re
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from agreements.models import CultureRegion
from tests.factories import AgreementFactory, BodyFactory, PersonFactory
from tests.factories.users import UserInvitationFactory

from . import site

OURS = ("agreements", "initiatives", "outreach", "accounts")
# what frameworks and attackers call things
NAMES = {
    "id", "pk", "_state", "is_superuser", "is_staff", "is_active", "role", "admin", "user", "user_id", "created_by",
    "culture_region_id", "status", "locked", "sha256", "pdf", "history_user", "deleted", "_method", "__proto__",
}  # fmt: skip
# fields of a form that its page does not show
READ = {"contacts": "people of the municipality, none of whom is there to be chosen"}
FREE = {"django_session", "cache", "usersessions_usersession"}
DRAWN = re.compile(r"[\w:-]{30,}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d")


def every_field() -> dict[str, Any]:
    """Each field of every model, with a value that belongs to another region or to somebody else."""
    other = CultureRegion.objects.get(slug="vest")
    agreement = AgreementFactory(culture_region=other)
    person, body = PersonFactory(culture_region=other), BodyFactory(culture_region=other)
    keys = {type(each): each.pk for each in (other, agreement, person, body)}
    sent: dict[str, Any] = dict.fromkeys(NAMES, "1")
    for model in apps.get_models():
        if model._meta.app_label in OURS and not model.__name__.startswith("Historical"):
            for field in [*model._meta.concrete_fields, *model._meta.many_to_many]:
                value = value_for(field, keys)
                sent |= {field.name: value, getattr(field, "attname", field.name): value}
    return sent


def value_for(field: models.Field, keys: dict[type, int]) -> str:
    match field:
        case models.ForeignKey() | models.ManyToManyField():
            return str(keys.get(field.related_model, 1))
        case models.BooleanField():
            return "on"
        case models.DateTimeField():
            return "2001-02-03 04:05:06"
        case models.DateField():
            return "03-02-2001"
        case models.TimeField():
            return "04:05"
        case models.IntegerField() | models.DecimalField():
            return "41"
        case _ if field.choices:
            return str(field.flatchoices[-1][0])
        case _:
            return "x5s-assigned"


def written_by(client, form: site.Form, typed: dict) -> tuple[int, dict[str, list]]:
    """The answer, and what the tables that were written hold afterwards, but for moments and what is drawn."""
    with site.undone():
        with site.writes() as tables:
            response = form.send(client, typed)
        return response.status_code, {table: rows(table) for table in sorted(tables - FREE)}


def rows(table: str) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
        columns = [column[0] for column in cursor.description]
        return [
            {
                column: DRAWN.sub("", str(value))
                for column, value in zip(columns, row, strict=True)
                if "password" not in column and not MOMENT.search(str(value))
            }
            for row in cursor.fetchall()
        ]


@pytest.mark.once
def test_nothing_is_written_but_the_fields_of_the_form(log_in, cast):
    admin = log_in(cast.admin)
    sent, found, taken = every_field(), [], 0
    for form in site.own_forms(admin):
        if not form.names - {"version"}:
            continue
        extra = {each: value for each, value in sent.items() if each not in form.names and each not in READ}
        status, plain = written_by(admin, form, {})
        again, more = written_by(admin, form, extra)
        taken += bool(plain)
        if (status, plain) != (again, more):
            differing = {
                f"{table}: {[row for row in more.get(table, []) if row not in plain.get(table, [])][:1]}"
                for table in {*plain, *more}
                if plain.get(table) != more.get(table)
            }
            found.append(f"{site.name_of(form.action)} ({status}, {again}) writes otherwise: {sorted(differing)}")
    assert "\n".join(found) == ""
    assert taken > 50


@pytest.mark.once
def test_who_accepts_an_invitation_gets_what_it_says(cast):
    invitation, sent, written = UserInvitationFactory(), every_field(), []
    for more in ({}, sent):
        client = site.invited(invitation)
        (form,) = site.forms("/velkommen/", client.get("/velkommen/"))
        extra = {each: value for each, value in more.items() if each not in form.names}
        written.append(written_by(client, form, {"name": "Åse", **extra}))
    assert written[0] == written[1]
    assert "agreements_rolegrant" in written[0][1]
