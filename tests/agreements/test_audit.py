"""The audit log: what it holds, and that nothing changes it."""

import logging

import pytest
from django.test import Client
from django.utils import translation

from agreements import audit, inviting, users
from agreements.models import AuditEvent, CultureRegion
from agreements.models.audit import AppendOnlyError
from tests.factories import PersonFactory


@pytest.fixture
def event(cast):
    region = CultureRegion.objects.get(slug="kulturmetropolen")
    return audit.record(
        audit.Kind.ROLE_GIVEN,
        by=cast.admin,
        subject=cast.staff,
        region=region,
        about="Sekretariat",
        details={"to": "x"},
    )


def test_an_event_holds_who_what_whom_and_where(event, cast):
    kept = AuditEvent.objects.get()
    assert (kept.kind, kept.by, kept.by_name, kept.subject) == ("role_given", cast.admin, "admin", cast.staff)
    assert (kept.region.slug, kept.about, kept.details) == ("kulturmetropolen", "Sekretariat", {"to": "x"})


def test_the_name_stays_when_the_user_is_gone(event, cast):
    cast.admin.delete()
    kept = AuditEvent.objects.get()
    assert (kept.by, kept.by_name) == (None, "admin")


@pytest.mark.parametrize(
    "write",
    [
        lambda event: event.save(),
        lambda event: event.delete(),
        lambda event: AuditEvent.objects.update(about="andet"),
        lambda event: AuditEvent.objects.all().delete(),
        lambda event: AuditEvent.objects.bulk_update([event], ["about"]),
        lambda event: AuditEvent.objects.update_or_create(pk=event.pk, defaults={"about": "andet"}),
    ],
)
def test_nothing_changes_or_deletes_an_event(event, write):
    with pytest.raises(AppendOnlyError):
        write(event)
    assert AuditEvent.objects.get().about == "Sekretariat"


def test_a_long_text_is_cut(cast):
    assert len(audit.record(audit.Kind.LIST_EXPORTED, by=cast.staff, about="æ" * 400).about) == 300


def test_the_log_has_a_line_without_personal_data(event, cast, caplog, django_capture_on_commit_callbacks):
    with caplog.at_level(logging.INFO), django_capture_on_commit_callbacks(execute=True):
        one = audit.record(audit.Kind.USER_CLOSED, by=cast.admin, subject=cast.staff, about="staff@cast.example")
    assert [record.getMessage() for record in caplog.records] == [
        f"user_closed event={one.pk} by={cast.admin.pk} subject={cast.staff.pk} person=None region=None"
    ]


def test_what_it_says_is_danish_whoever_did_it(cast):
    region = CultureRegion.objects.get(slug="kulturmetropolen")
    what = {"user": cast.staff, "region": region, "municipality": None, "by": cast.admin}
    with translation.override("en"):
        users.set_role(role="admin", seen="staff-", **what)
        users.link(person=PersonFactory(), user=cast.staff, by=cast.admin)
        inviting.invite(region=region, email="ny@herlev.example", name="Ny", role="staff", by=cast.admin)
        Client().post("/log-ind/", {"login": cast.staff.email, "password": "forkert"})
    assert list(AuditEvent.objects.order_by("pk").values_list("about", flat=True)) == [
        "Administrator",
        "knyttet til en person",
        "Sekretariat",
        "adgangskode",
    ]
