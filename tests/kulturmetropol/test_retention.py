"""What has served its time is shown with the reason, deleted when told to, and nothing else is touched."""

import json
from datetime import date, datetime, timedelta
from io import StringIO

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.models.signals import pre_delete
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements import audit, users
from agreements.models import AuditEvent, OutgoingMail, Person, Post, UserInvitation
from kulturmetropol.accounts.models import User
from kulturmetropol.privacy import retention
from outreach.models import PublicRequest, Subscription
from tests.factories import CommitteeFactory, InitiativeFactory, PersonFactory, UserFactory, kulturmetropolen
from tests.factories.governance import PostFactory
from tests.factories.outreach import (
    AmbassadorFactory,
    ContactNoteFactory,
    OnboardingCaseFactory,
    OutgoingMailFactory,
    SubscriptionFactory,
)
from tests.kulturmetropol.test_database import run

pytestmark = pytest.mark.usefixtures("cast")
NOTHING = "Der er intet at rydde op i."


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


def day_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)


@pytest.fixture(autouse=True)
def as_documented(settings):
    settings.RETENTION_DAYS = {
        "audit": 730,
        "outgoing_mail": 365,
        "unconfirmed_subscriptions": 30,
        "ended_subscriptions": 730,
        "ended_posts": 3650,
        "lost_contacts": 1095,
        "deleted_people": 365,
        "ended_invitations": 90,
    }


@pytest.fixture(autouse=True)
def nothing_is_old(as_documented, cast):
    """What the demo brings grows old with the days."""
    for rule in retention.RULES:
        rule.apply(timezone.now())


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("retention", *arguments, stdout=out)
    return out.getvalue()


def shown(title: str) -> list[str]:
    """The heading of a kind and the lines below it."""
    lines = command().splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(title))
    found = [lines[start]]
    for line in lines[start + 1 :]:
        if not line.startswith("  "):
            break
        found.append(line.strip())
    return found


def test_where_nothing_is_old_nothing_is_deleted():
    assert command().splitlines()[-1] == NOTHING
    command("--delete")
    assert not AuditEvent.objects.exists()


# --- posts and people -------------------------------------------------------------------------------------------------


def test_ended_posts_go_with_their_history():
    old = PostFactory(person=PersonFactory(name="Åse"), starts_on=day_ago(5000), ends_on=day_ago(3651))
    young = PostFactory(starts_on=day_ago(5000), ends_on=day_ago(3650))
    title, line = shown("Ophørte poster")
    assert title == "Ophørte poster (gemmes i 10 år): 1"
    assert line.startswith(f"- {old}: ophørt ")
    assert Post.objects.filter(pk=old.pk).exists()
    assert "Ophørte poster: 1 slettet" in command("--delete")
    assert not Post.objects.filter(pk=old.pk).exists()
    assert not Post.history.model.objects.filter(id=old.pk).exists()
    assert Post.objects.filter(pk=young.pk).exists()
    assert Person.objects.filter(name="Åse").exists()


def lost_person(**fields) -> Person:
    person = PersonFactory(**{"name": "Åse Østergård", "email": "aase@x.example"} | fields)
    person.history.update(history_date=days_ago(1100))
    return person


def names() -> set[str]:
    return {str(each.person) for each in retention.lost_contacts(days_ago(1095))}


def test_a_lost_contact_is_erased():
    person = lost_person()
    assert shown("Personer, der skal slettes")[1].startswith(
        "- Åse Østergård: ingen post, ingen opgave, sidst hørt fra "
    )
    command("--delete")
    person.refresh_from_db()
    assert (person.name, person.email) == (f"Slettet person {person.pk}", "")
    event = AuditEvent.objects.get(kind="person_erased")
    assert (event.by, event.region, event.about) == (None, kulturmetropolen(), person.name)
    assert names() == set()
    assert command().splitlines()[-1] == NOTHING


@pytest.mark.parametrize(
    "touch",
    [
        lambda person: PostFactory(person=person, starts_on=day_ago(2000)),
        lambda person: PostFactory(person=person, starts_on=day_ago(2000), ends_on=day_ago(1000)),
        lambda person: InitiativeFactory(manager=person),
        lambda person: ContactNoteFactory(person=person, contacted_on=day_ago(1000)),
        lambda person: AmbassadorFactory(person=person, visit__held_on=day_ago(1000)),
        lambda person: OnboardingCaseFactory().contacts.add(person),
        lambda person: Person.objects.filter(pk=person.pk).update(user=UserFactory()),
        lambda person: person.save(),
    ],
    ids=["post", "ended-post", "manager", "contact", "ambassador", "onboarding", "user", "edited"],
)
def test_who_has_a_task_or_was_heard_of_is_not_lost(touch):
    person = lost_person()
    assert names() == {"Åse Østergård"}
    touch(person)
    assert names() == set()


def test_a_closed_user_of_a_lost_contact_is_erased_as_well_so_long_after_the_closing(cast):
    user = UserFactory(name="Åse Østergård", email="aase@x.example")
    lost_person(user=user)
    users.close(user=user, by=cast.admin)
    assert names() == set()
    User.objects.filter(pk=user.pk).update(closed_at=days_ago(1096))
    assert names() == {"Åse Østergård"}
    command("--delete")
    user.refresh_from_db()
    assert user.email == f"slettet-{user.pk}@slettet.invalid"


def test_the_history_of_people_who_were_deleted():
    old, young = PersonFactory(name="Åse Østergård"), PersonFactory(name="Ida")
    gone = {old.pk, young.pk}
    old.delete()
    young.delete()
    Person.history.model.objects.filter(name="Åse Østergård").update(history_date=days_ago(366))
    assert shown("Historik for slettede personer")[1].startswith("- Åse Østergård: slettet ")
    command("--delete")
    assert set(Person.history.model.objects.filter(id__in=gone).values_list("name", flat=True)) == {"Ida"}


# --- newsletter, invitations and mail ---------------------------------------------------------------------------------


def test_the_newsletter():
    SubscriptionFactory(email="glemt@x.example", requested_at=days_ago(31))
    SubscriptionFactory(email="ny@x.example", requested_at=days_ago(29))
    SubscriptionFactory(
        email="vaek@x.example", requested_at=days_ago(900), confirmed_at=days_ago(899), unsubscribed_at=days_ago(731)
    )
    SubscriptionFactory(
        email="nylig@x.example", requested_at=days_ago(900), confirmed_at=days_ago(899), unsubscribed_at=days_ago(700)
    )
    SubscriptionFactory(email="laeser@x.example", requested_at=days_ago(900), confirmed_at=days_ago(899))
    assert shown("Nyhedsbrev: tilmeldinger")[1].startswith("- glemt@x.example: tilmeldt ")
    assert shown("Nyhedsbrev: afmeldte")[1].startswith("- vaek@x.example: afmeldt ")
    command("--delete")
    left = Subscription.objects.filter(email__endswith="@x.example").order_by("email")
    assert list(left.values_list("email", flat=True)) == ["laeser@x.example", "ny@x.example", "nylig@x.example"]


def invitation(email: str, **when) -> UserInvitation:
    person = PersonFactory()
    return UserInvitation.objects.create(
        culture_region=kulturmetropolen(),
        email=email,
        name="Ida",
        role="post",
        person=person,
        token_hash=email,
        sent_at=days_ago(200),
        **{"expires_at": timezone.now() + timedelta(days=1)} | when,
    )


def test_invitations():
    invitation("udloebet@x.example", expires_at=days_ago(91))
    invitation("brugt@x.example", accepted_at=days_ago(91))
    invitation("trukket@x.example", withdrawn_at=days_ago(91))
    invitation("nyligt-brugt@x.example", accepted_at=days_ago(89))
    invitation("aaben@x.example")
    assert len(shown("Invitationer, der er taget imod")) == 4
    command("--delete")
    assert set(UserInvitation.objects.values_list("email", flat=True)) == {
        "nyligt-brugt@x.example",
        "aaben@x.example",
    }


def test_mail():
    OutgoingMail.objects.all().delete()
    for key, status, age in [("a", "sent", 366), ("b", "given_up", 366), ("c", "waiting", 366), ("d", "sent", 364)]:
        OutgoingMailFactory(key=key, status=status, created_at=days_ago(age), sent_at=days_ago(age))
    command("--delete")
    assert set(OutgoingMail.objects.values_list("key", flat=True)) == {"c", "d"}


# --- what passes by itself --------------------------------------------------------------------------------------------


def test_events_of_the_audit_log_and_the_run_itself():
    old = AuditEvent.objects.create(kind="login", at=days_ago(731))
    young = AuditEvent.objects.create(kind="login", at=days_ago(729))
    evidence = AuditEvent.objects.create(kind="memo_issued", at=days_ago(3000))
    command("--delete")
    assert not AuditEvent.objects.filter(pk=old.pk).exists()
    assert AuditEvent.objects.filter(pk__in=[young.pk, evidence.pk]).count() == 2
    run = AuditEvent.objects.get(kind="retention_run")
    assert (run.by, run.details["rows"], run.details["kinds"]) == (None, 1, {"audit": 1})


def test_sessions_and_public_requests(cast):
    for key, ends in (("slut", -1), ("aaben", 1)):
        Session.objects.create(session_key=key, session_data="", expire_date=timezone.now() + timedelta(days=ends))
        UserSession.objects.create(user=cast.staff, session_key=key, ip="127.0.0.1", user_agent="x")
    PublicRequest.objects.create(form="newsletter", sender="a", made_at=timezone.now() - timedelta(hours=2))
    PublicRequest.objects.create(form="newsletter", sender="b")
    command("--delete")
    assert list(UserSession.objects.values_list("session_key", flat=True)) == ["aaben"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["aaben"]
    assert list(PublicRequest.objects.values_list("sender", flat=True)) == ["b"]


def test_counts_of_attempts():
    cache.set("over", 1, timeout=600)
    cache.set("endnu", 1, timeout=600)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cache SET expires = %s WHERE cache_key LIKE %s", [datetime(2020, 1, 1), "%over"])  # noqa: DTZ001
    assert len(shown("Tællere for loginforsøg")) == 2
    command("--delete")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM cache")
        assert [key.rpartition(":")[2] for (key,) in cursor.fetchall()] == ["endnu"]


# --- the command, the nightly run and the settings --------------------------------------------------------------------


def test_twenty_of_a_kind_are_named_and_all_on_demand():
    for number in range(21):
        SubscriptionFactory(email=f"nr{number:02}@x.example", requested_at=days_ago(31))
    assert "… og 1 mere; --all nævner dem" in command()
    assert "nr20@x.example" not in command()
    assert "nr20@x.example" in command("--all")
    assert command().splitlines()[-1] == "Intet er slettet endnu. `manage.py retention --delete` sletter disse 21."


def test_many_of_each_cost_no_more_queries(cast):
    def one_of_each() -> None:
        PostFactory(starts_on=day_ago(5000), ends_on=day_ago(3651))
        PostFactory(kind="chair", body=CommitteeFactory(), starts_on=day_ago(5000), ends_on=day_ago(3651))
        lost_person(user=UserFactory(is_active=False))
        PersonFactory().delete()
        Person.history.filter(history_type="-").update(history_date=days_ago(366))
        SubscriptionFactory(requested_at=days_ago(31))
        invitation(f"{UserInvitation.objects.count()}@x.example", expires_at=days_ago(91))
        OutgoingMailFactory(status="sent", created_at=days_ago(366), sent_at=days_ago(366))
        AuditEvent.objects.create(kind="login", by=cast.staff, by_name="staff", at=days_ago(731))
        key = f"slut-{Session.objects.count()}"
        Session.objects.create(session_key=key, session_data="", expire_date=days_ago(1))
        UserSession.objects.create(user=cast.staff, session_key=key, ip="127.0.0.1", user_agent="x")

    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            command("--all")
        return len(captured)

    one_of_each()
    few, before = asked(), command()
    for _number in range(3):
        one_of_each()
    assert (asked(), command() == before) == (few, False)


def nightly() -> str:
    out = StringIO()
    call_command("nightly", stdout=out)
    return out.getvalue()


def test_the_nightly_run_tells_and_deletes_where_a_setting_says_so(settings):
    AuditEvent.objects.create(kind="login", at=days_ago(731))
    assert "Oprydning: 1 rækker har tjent deres tid." in nightly()
    assert AuditEvent.objects.filter(kind="login").count() == 1
    settings.RETENTION_NIGHTLY = True
    assert "Oprydning: 1 rækker er slettet." in nightly()
    assert not AuditEvent.objects.filter(kind="login").exists()


def test_an_open_account_is_never_erased_by_the_clock():
    person = PersonFactory(name="Åse", user=UserFactory())
    with pytest.raises(ValidationError, match="Kontoen er åben"):
        retention.erase_contacts([retention.Lost(person, day_ago(2000))])
    person.refresh_from_db()
    assert (person.name, person.user.is_active) == ("Åse", True)


def test_a_fault_in_one_kind_leaves_the_kinds_before_it_done():
    post = PostFactory(starts_on=day_ago(5000), ends_on=day_ago(3651))
    lasting = SubscriptionFactory(requested_at=days_ago(31))

    def fail(instance, **more):
        raise InterruptedError

    pre_delete.connect(fail, sender=Subscription)
    try:
        with pytest.raises(InterruptedError):
            command("--delete")
    finally:
        pre_delete.disconnect(fail, sender=Subscription)
    assert not Post.objects.filter(pk=post.pk).exists()
    assert Subscription.objects.filter(pk=lasting.pk).exists()


SETTINGS = "from kulturmetropol import settings; print(settings.RETENTION_DAYS['audit'])"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"audit": 365}, "365"),
        ({}, "730"),
        ({"glemt": 1}, "RETENTION_DAYS: glemt is not known."),
        ({"audit": 0}, "RETENTION_DAYS: each is a whole number of days, at least 1."),
        ({"audit": True}, "RETENTION_DAYS: each is a whole number of days, at least 1."),
        ({"audit": "2 år"}, "RETENTION_DAYS: each is a whole number of days, at least 1."),
        ([], "RETENTION_DAYS is not an object as JSON."),
    ],
)
def test_the_days_are_set_by_the_environment(given, said):
    result = run("-c", SETTINGS, RETENTION_DAYS=json.dumps(given))
    assert said in result.stdout + result.stderr


def test_events_that_are_recorded_stand_beside_the_run():
    audit.record(audit.Kind.LOGIN, by=None)
    command("--delete")
    assert list(AuditEvent.objects.values_list("kind", flat=True)) == ["login"]
