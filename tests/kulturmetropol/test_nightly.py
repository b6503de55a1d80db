"""`manage.py nightly` and `send_mail`: what they do, once, however often they are run."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from agreements.models import AuditEvent, OutgoingMail
from kulturmetropol import today
from kulturmetropol.accounts.models import User
from outreach.actions.memos import issue
from outreach.models import FollowUp, Memo, PublicRequest, Subscription
from tests.agreements.test_outbox import at_once
from tests.emptying import empty
from tests.factories import MemoFactory
from tests.factories.outreach import FollowUpFactory, OutgoingMailFactory, SubscriptionFactory
from tests.outreach.runs import started, status, work_off
from tests.pages import form_data, notices, parse, text
from tests.smtp_sink import smtp_sink


@pytest.fixture
def sink(settings):
    with smtp_sink() as sink:
        settings.MAILERS = sink.mailers
        yield sink


@pytest.fixture
def reader(cast) -> User:
    """Of another region, where nothing waits but what a test makes."""
    User.objects.filter(pk=cast.outsider.pk).update(wants_digest=True)
    cast.outsider.refresh_from_db()
    return cast.outsider


def due(user: User, days: int, content: str = "Ring til Gribskov", **fields) -> FollowUp:
    from agreements.models import CultureRegion

    day = timezone.localdate() + timedelta(days=days)
    region = CultureRegion.objects.get(slug="vest")
    return FollowUpFactory(culture_region=region, text=content, due_on=day, **{"owner": user, **fields})


def run(command: str = "nightly") -> list[str]:
    out = StringIO()
    call_command(command, stdout=out)
    return out.getvalue().splitlines()


def digests() -> list[str]:
    return list(OutgoingMail.objects.filter(key__startswith="digest-").values_list("recipient", flat=True))


def test_the_daily_mail_says_what_waits_with_links(reader, sink):
    follow_up = due(reader, -3)
    due(reader, 0, "Send papirerne", owner=None)
    due(reader, 12, "Engang senere")
    lines = run()
    assert lines[:2] == ["Den daglige mail: 1 for i dag.", "Post: 1 sendt, 0 venter."]
    (received,) = sink.received
    assert (received["To"], received["Subject"]) == (reader.email, "2 ting venter på dig")
    body = received.get_content().replace("\r\n", "\n")
    assert body.startswith("Kære outsider. Det her venter på dig ")
    assert (
        f"OVER TID\n\n- Ring til Gribskov (3 dage over)\n  Køge\n  http://testserver{follow_up.get_absolute_url()}\n"
    ) in body
    assert "INDEN FOR EN UGE\n\n- Send papirerne (i dag)\n" in body
    assert "Engang senere" not in body
    assert "Det hele: http://testserver/i-dag/" in body
    assert "Du slår denne mail fra her: http://testserver/min-profil/" in body
    assert "\n\n\n" not in body


def test_it_is_sent_once_a_day_however_often_it_is_run(reader, sink):
    due(reader, -3)
    for _n in range(3):
        run()
    assert len(sink.received) == 1
    OutgoingMail.objects.update(key=f"digest-{reader.pk}-2026-01-01")
    run()
    assert len(sink.received) == 2


@pytest.mark.parametrize("days", [8, 30])
def test_where_nothing_is_urgent_nothing_is_sent(reader, sink, days):
    due(reader, days)
    assert run()[0] == "Den daglige mail: 0 for i dag."
    assert digests() == []


def test_only_those_who_want_it_and_may_see_it_get_it(cast, reader, sink):
    due(reader, -1)
    assert digests() == []
    User.objects.filter(pk__in=[cast.chair.pk, cast.nobody.pk]).update(wants_digest=True)
    User.objects.filter(pk=reader.pk).update(is_active=False)
    run()
    assert digests() == []
    User.objects.filter(pk=reader.pk).update(is_active=True, wants_digest=False)
    run()
    assert digests() == []


def test_what_a_colleague_owns_is_not_mine(cast, reader, sink):
    due(reader, -1, owner=cast.outside_admin)
    run()
    assert digests() == []


def test_a_failure_for_one_user_stops_no_other(cast, reader, sink, monkeypatch):
    User.objects.filter(pk=cast.outside_admin.pk).update(wants_digest=True)
    due(reader, -1, owner=None)
    todos = today.todos

    def broken(user, *arguments, **more):
        if user == cast.outside_admin:
            raise ZeroDivisionError
        return todos(user, *arguments, **more)

    monkeypatch.setattr(today, "todos", broken)
    out = StringIO()
    with pytest.raises(
        CommandError, match=rf"^Den daglige mail mislykkedes for brugere med id {cast.outside_admin.pk}; loggen"
    ):
        call_command("nightly", stdout=out)
    assert digests() == [reader.email]
    assert [each["To"] for each in sink.received] == [reader.email]


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_one(reader, sink):
    due(reader, -1)
    at_once(2, run)
    assert (len(digests()), len(sink.received)) == (1, 1)


def test_what_needs_no_decision_is_deleted_every_night_after_as_many_days_as_are_set(cast, sink, settings):
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"unconfirmed_subscriptions": 50}
    empty(Subscription)
    for days in (49, 51):
        SubscriptionFactory(email=f"{days}@x.example", requested_at=timezone.now() - timedelta(days=days))
    for hours in (0, 2, 200):
        made_at = timezone.now() - timedelta(hours=hours)
        PublicRequest.objects.create(form="newsletter-1", sender="x", made_at=made_at)
    old = AuditEvent.objects.create(kind="login", at=timezone.now() - timedelta(days=731))
    lines = run()
    assert "Oprydning: 3 rækker er slettet." in lines
    assert "Oprydning: 1 rækker har tjent deres tid. `manage.py retention` viser dem." in lines
    assert (PublicRequest.objects.count(), Subscription.objects.get().email) == (1, "49@x.example")
    assert AuditEvent.objects.filter(pk=old.pk).exists()


def test_sessions_that_have_run_out_are_deleted(cast, sink, log_in):
    kept, over = log_in(cast.staff).session, log_in(cast.chair).session
    Session.objects.filter(pk=over.session_key).update(expire_date=timezone.now() - timedelta(minutes=1))
    run()
    assert [session.pk for session in Session.objects.all()] == [kept.session_key]


def test_waiting_mail_is_delivered(cast, sink):
    OutgoingMailFactory.create_batch(2)
    OutgoingMailFactory(next_attempt_at=timezone.now() + timedelta(hours=1))
    assert run("send_mail") == ["Post: 2 sendt, 1 venter."]
    assert run("send_mail") == ["Post: 0 sendt, 1 venter."]
    assert len(sink.received) == 2


def test_without_a_mail_server_it_says_so(cast, settings):
    settings.MAILERS = {}
    OutgoingMailFactory()
    assert run("send_mail") == ["Post: 0 sendt, 1 venter. Der er ikke sat en mailserver op."]


# --- the user's own settings ------------------------------------------------------------------------------------------


def test_a_user_turns_the_daily_mail_on_and_off(staff, cast):
    page = staff.get("/min-profil/")
    assert form_data(page) == {"language": "da"}  # a box that is not ticked sends nothing
    assert staff.post("/min-profil/", {"language": "da", "wants_digest": "on"}).url == "/min-profil/"
    cast.staff.refresh_from_db()
    assert cast.staff.wants_digest
    assert "Dine indstillinger er gemt." in notices(staff.get("/min-profil/"))
    assert form_data(staff.get("/min-profil/")) == {"language": "da", "wants_digest": "on"}
    staff.post("/min-profil/", {"language": "da"})
    cast.staff.refresh_from_db()
    assert not cast.staff.wants_digest


def test_who_edits_nothing_is_offered_no_daily_mail(log_in, cast):
    chair = log_in(cast.chair)
    assert "Daglig mail" not in text(parse(chair.get("/min-profil/")))
    chair.post("/min-profil/", {"language": "da", "wants_digest": "on"})
    cast.chair.refresh_from_db()
    assert not cast.chair.wants_digest


def test_memos_to_many_go_on(cast, sink):
    run_to_many = started("Herlev")
    DBTaskResult.objects.all().delete()
    assert "Udsendelser til mange, der var gået i stå og nu fortsætter: 1." in run()
    assert not any("gået i stå" in line for line in run())
    work_off()
    assert status(run_to_many) == "done"


def test_admins_are_told_once_of_a_memo_that_was_changed(cast, sink):
    memo = MemoFactory()
    issue(memo=memo, by=None, version=memo.version)
    run()
    Memo.objects.filter(pk=memo.pk).update(case_officer="En anden")
    sink.received.clear()
    for _n in range(2):
        with pytest.raises(CommandError, match="1: seglet er brudt, så noget i rækken er ændret"):
            run()
    assert {each["To"] for each in sink.received} == {cast.admin.email, cast.outside_admin.email}
    assert len(sink.received) == 2
    mail = sink.received[0]
    assert mail["Subject"] == "Udsendte notater er ikke, som de blev udsendt"
    assert "Det natlige eftersyn har fundet 1 fejl i de udsendte notater" in mail.get_content()
    assert "En anden" not in mail.get_content()
