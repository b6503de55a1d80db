"""What others did since the user was last in."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from agreements.models import AuditEvent
from initiatives.models import Activity
from tests.factories import InitiativeFactory
from tests.factories.doing import ActivityFactory, StoryFactory
from tests.kulturmetropol.test_start import panels


def by(user, record, **fields):
    record._history_user = user
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()
    return record


def lines(client: Client) -> list[str]:
    return panels(client.get("/"))["Siden sidst"]


def test_what_others_did_is_told_once_newest_first(staff, cast):
    assert lines(staff) == ["Ingen andre har ændret noget siden."]
    activity = by(cast.admin, ActivityFactory(title="Kor i parken"))
    by(cast.admin, activity, title="Kor i gården")
    by(cast.culture_head, StoryFactory(title="Det lød godt"))
    by(cast.staff, InitiativeFactory(title="Min egen"))
    assert [line.rsplit(" ", 2)[0] for line in lines(staff)] == [
        "Det lød godt Historie, ændret · culture_head",
        "Kor i gården Aktivitet, ændret · admin",
    ]


def test_what_is_deleted_is_named_without_a_link(staff, cast):
    activity = by(cast.admin, ActivityFactory(title="Kor i parken"))
    activity._history_user = cast.admin
    activity.delete()
    (line,) = lines(staff)
    assert line.startswith("Kor i parken Aktivitet, slettet · admin")
    assert "Kor i parken</a>" not in staff.get("/").content.decode()


def test_it_begins_at_the_login_before(staff, cast):
    by(cast.admin, ActivityFactory(title="Kor i parken"))
    Activity.history.update(history_date=timezone.now() - timedelta(days=3))
    assert len(lines(staff)) == 1
    now = timezone.now()
    for at in (now - timedelta(days=2), now):
        AuditEvent.objects.create(kind="login", by=cast.staff, by_name="staff", subject=cast.staff, at=at)
    assert lines(staff) == ["Ingen andre har ændret noget siden."]


def test_another_regions_news_are_its_own(log_in, cast):
    by(cast.admin, ActivityFactory(title="Kor i parken"))
    assert "Kor i parken" not in log_in(cast.outsider).get("/").content.decode()
