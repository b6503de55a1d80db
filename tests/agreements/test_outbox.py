"""The outbox against a real mail server on this machine, which takes mail, refuses it, hangs, or is away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone

from agreements import outbox
from agreements.models import OutgoingMail
from agreements.outbox import Outcome
from tests.factories import kulturmetropolen
from tests.factories.outreach import OutgoingMailFactory
from tests.smtp_sink import HANG_UP, SILENT, smtp_sink

MAIL = {"key": "besoeg-7", "recipient": "ase@herlev.example", "subject": "Besøg", "body": "Vi kommer."}


@pytest.fixture
def sink(settings):
    with smtp_sink() as sink:
        settings.MAILERS = sink.mailers
        yield sink


def post(**fields) -> OutgoingMail:
    return outbox.post(region=kulturmetropolen(), **{**MAIL, **fields})


def kept() -> OutgoingMail:
    return OutgoingMail.objects.get()


@pytest.fixture
def waiting(cast) -> OutgoingMail:
    return OutgoingMailFactory()


# --- posting ----------------------------------------------------------------------------------------------------------


def test_a_mail_leaves_when_its_transaction_commits(cast, sink, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        mail = post(subject="Besøg på Ærø", body="Kære Åse\n\nVi kommer på mandag.\n")
        assert sink.received == []
    (received,) = sink.received
    assert (received["To"], received["Subject"]) == ("ase@herlev.example", "Besøg på Ærø")
    assert received.get_content().replace("\r\n", "\n") == "Kære Åse\n\nVi kommer på mandag.\n"
    assert received["Auto-Submitted"] == "auto-generated"
    assert received["List-Unsubscribe"] is None
    mail.refresh_from_db()
    assert (mail.status, mail.attempts, mail.error, mail.claimed_at) == ("sent", 1, "", None)
    assert mail.sent_at is not None


def test_a_mail_of_a_transaction_that_fails_is_none(cast, sink, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        post()
        transaction.set_rollback(True)
    assert (OutgoingMail.objects.count(), sink.received) == (0, [])


def test_the_same_key_is_posted_once(cast, sink, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        first = post()
        assert post(recipient="en.anden@herlev.example", subject="Noget andet") == first
    assert [each["Subject"] for each in sink.received] == ["Besøg"]


def test_a_mail_that_process_death_left_behind_goes_with_the_next_run(cast, sink):
    post()  # the callback never runs: the process dies between commit and delivery
    assert kept().status == "waiting"
    assert outbox.deliver_due() == 1
    assert (kept().status, len(sink.received)) == ("sent", 1)
    assert outbox.deliver_due() == 0
    assert len(sink.received) == 1


def test_what_has_made_a_page_wait_long_enough_waits_itself(
    cast, sink, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(outbox, "PATIENCE", timedelta(0))
    with django_capture_on_commit_callbacks(execute=True):
        post()
    assert (kept().status, kept().attempts, sink.received) == ("waiting", 0, [])


def test_a_mail_with_a_calendar_entry_and_a_way_to_unsubscribe(cast, sink):
    calendar = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nSUMMARY:Besøg på Ærø\r\nEND:VCALENDAR\r\n"
    post(calendar=calendar, unsubscribe_url="https://portal.example/afmeld/abc/")
    outbox.deliver_due()
    (received,) = sink.received
    assert received["List-Unsubscribe"] == "<https://portal.example/afmeld/abc/>"
    assert received["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    (entry,) = received.iter_attachments()
    assert (entry.get_filename(), entry.get_content_type(), entry.get_content_charset()) == (
        "invitation.ics",
        "text/calendar",
        "utf-8",
    )
    assert entry.get_content().replace("\r\n", "\n") == calendar.replace("\r\n", "\n")


@pytest.mark.parametrize(
    "subject",
    ["Besøg\r\nBcc: alle@snyd.example", "Besøg\nBcc: alle@snyd.example", "Besøg\u2028\x0bBcc: alle@snyd.example"],
)
def test_a_subject_adds_no_header(cast, sink, subject):
    post(subject=subject)
    outbox.deliver_due()
    (received,) = sink.received
    assert received["Subject"] == "Besøg Bcc: alle@snyd.example"
    assert received["Bcc"] is None
    assert sink.recipients == ["<ase@herlev.example>"]


@pytest.mark.parametrize(
    "recipient",
    [
        "ase@herlev.example\nBcc: alle@snyd.example",
        "ase@herlev.example\r\n",
        "ase@herlev.example, alle@snyd.example",
        "Åse <ase@herlev.example>",
        "åse@herlev.example",
        "ase",
        "",
    ],
)
def test_only_one_plain_address_is_taken(cast, recipient):
    with pytest.raises(ValidationError):
        post(recipient=recipient)
    assert OutgoingMail.objects.count() == 0


def test_an_address_of_a_danish_domain_arrives(cast, sink):
    post(recipient="post@rødovre.example")
    outbox.deliver_due()
    assert sink.recipients == ["<post@xn--rdovre-bya.example>"]
    assert kept().status == "sent"


def test_a_long_subject_is_cut_and_arrives_whole(cast, sink):
    post(subject="Besøg på Ærø " * 40)
    outbox.deliver_due()
    (received,) = sink.received
    assert received["Subject"] == ("Besøg på Ærø " * 40)[:199] + "…"


def test_a_long_line_and_a_dot_alone_arrive_as_they_are(cast, sink):
    body = f"{'ø' * 3000}\n.\n..\nFrom her\n"
    post(body=body)
    outbox.deliver_due()
    assert sink.received[0].get_content().replace("\r\n", "\n") == body


# --- what a mail server may do ----------------------------------------------------------------------------------------


def test_an_address_that_is_refused_for_good_is_not_tried_again(waiting, sink):
    sink.answers["rcpt"] = "550 5.1.1 Ukendt modtager"
    assert outbox.deliver(waiting.pk) == Outcome.NOT_SENT
    assert (kept().status, kept().attempts) == ("failed", 1)
    assert kept().error == "Mailserveren tager ikke imod mail til denne adresse (550 5.1.1 Ukendt modtager)."
    assert outbox.deliver_due(timezone.now() + timedelta(days=9)) == 0


def test_what_is_put_off_is_tried_again_more_and_more_seldom_and_then_given_up(waiting, sink):
    sink.answers["rcpt"] = "451 4.7.1 Kom igen senere"
    waits = []
    while kept().status == "waiting":
        before = timezone.now()
        assert outbox.deliver(waiting.pk) == Outcome.NOT_SENT
        waits.append(round((kept().next_attempt_at - before) / timedelta(minutes=1)))
    assert waits[:-1] == [5, 30, 120, 480, 2160]
    assert (kept().status, kept().attempts) == ("failed", 6)
    assert kept().error == "Mailserveren tager ikke imod mail til denne adresse (451 4.7.1 Kom igen senere)."


def test_what_is_put_off_once_arrives_once(waiting, sink):
    sink.answers["text"] = "451 Kom igen"
    outbox.deliver(waiting.pk)
    assert (kept().status, kept().error) == ("waiting", "Mailserveren afviste mailen (451 Kom igen).")
    assert outbox.deliver_due() == 0
    sink.answers.clear()
    assert outbox.deliver_due(timezone.now() + timedelta(minutes=6)) == 1
    assert (kept().status, kept().error, len(sink.received)) == ("sent", "", 1)


@pytest.mark.parametrize(
    ("moment", "answer", "error"),
    [
        ("hello", HANG_UP, "Mailserveren svarer ikke (Connection unexpectedly closed)."),
        ("hello", SILENT, "Mailserveren svarer ikke (Connection unexpectedly closed: timed out)."),
        ("hello", "554 Ikke herfra", "Mailserveren afviste mailen (554 Ikke herfra)."),
        ("ehlo", HANG_UP, "Mailserveren svarer ikke (Connection unexpectedly closed)."),
        ("mail", HANG_UP, "Mailserveren svarer ikke (Connection unexpectedly closed)."),
        ("mail", "550 Hvem er du", "Mailserveren tager ikke imod mail fra portalen (550 Hvem er du)."),
        ("rcpt", SILENT, "Mailserveren svarer ikke (Connection unexpectedly closed: timed out)."),
    ],
)
def test_a_server_that_fails_before_it_has_the_text_is_tried_again(waiting, sink, moment, answer, error):
    sink.answers[moment] = answer
    assert outbox.deliver(waiting.pk) == Outcome.NO_ANSWER
    assert (kept().status, kept().error, sink.received) == ("waiting", error, [])


@pytest.mark.parametrize("answer", [HANG_UP, SILENT])
def test_a_server_that_has_the_text_and_does_not_answer_leaves_it_to_a_person(waiting, sink, answer):
    sink.answers["text"] = answer
    outbox.deliver(waiting.pk)
    assert kept().status == "sending"
    assert kept().is_now_uncertain
    assert kept().error == "Mailserveren fik teksten og svarede derefter ikke."
    sink.answers.clear()
    assert outbox.deliver_due(timezone.now() + timedelta(days=9)) == 0
    assert len(sink.received) == 1


@pytest.mark.parametrize("answer", [HANG_UP, SILENT, "500 Farvel"])
def test_what_goes_wrong_while_hanging_up_sends_nothing_twice(waiting, sink, answer):
    sink.answers["quit"] = answer
    assert outbox.deliver(waiting.pk) == Outcome.SENT
    assert (kept().status, kept().error, len(sink.received)) == ("sent", "", 1)


def test_a_server_that_is_away_is_asked_once_in_a_run(cast, settings):
    with smtp_sink() as gone:
        settings.MAILERS = gone.mailers
    OutgoingMailFactory.create_batch(3)
    assert outbox.deliver_due() == 0
    assert sorted(OutgoingMail.objects.values_list("status", "attempts")) == [
        ("waiting", 0),
        ("waiting", 0),
        ("waiting", 1),
    ]
    assert OutgoingMail.objects.get(attempts=1).error.startswith("Mailserveren svarer ikke (")


def test_without_a_mail_server_everything_waits_and_goes_once_there_is_one(cast, settings):
    settings.MAILERS = {}
    OutgoingMailFactory.create_batch(2)
    outbox.deliver_due()
    assert list(OutgoingMail.objects.values_list("status", "attempts")) == [("waiting", 0), ("waiting", 0)]
    assert set(OutgoingMail.objects.values_list("error", flat=True)) == {"Der er ikke sat en mailserver op."}
    with smtp_sink() as sink:
        settings.MAILERS = sink.mailers
        assert outbox.deliver_due() == 2


def test_a_mail_that_cannot_go_does_not_stop_the_others(cast, sink):
    OutgoingMailFactory(recipient="åse@herlev.example")
    OutgoingMailFactory(recipient="bo@herlev.example")
    assert outbox.deliver_due() == 1
    lost = OutgoingMail.objects.get(status="failed")
    assert lost.error.startswith("Mailen kan ikke skrives, som den er: Invalid address 'åse@herlev.example'")


def test_what_nobody_foresaw_is_left_to_a_person(waiting, settings):
    settings.MAILERS = {"default": {"BACKEND": "findes.ikke.Backend"}}
    outbox.deliver(waiting.pk)
    assert (kept().status, kept().error) == ("sending", "Afsendelsen blev afbrudt (InvalidMailer).")
    assert kept().is_now_uncertain


# --- two at once ------------------------------------------------------------------------------------------------------


def at_once(count: int, call) -> list:
    barrier = Barrier(count)

    def make(_number):
        barrier.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(make, range(count)))


@pytest.mark.django_db(transaction=True)
def test_of_those_who_deliver_at_once_one_sends(cast, sink):
    for _round in range(5):
        mail = OutgoingMailFactory()
        outcomes = at_once(3, lambda pk=mail.pk: outbox.deliver(pk))
        assert sorted(outcome.name for outcome in outcomes) == ["NOT_SENT", "NOT_SENT", "SENT"]
    assert len(sink.received) == 5


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_send_each_mail_once(cast, sink):
    OutgoingMailFactory.create_batch(6)
    assert sum(at_once(2, outbox.deliver_due)) == 6
    assert len({each["To"] for each in sink.received}) == len(sink.received) == 6


@pytest.mark.django_db(transaction=True)
def test_of_those_who_send_again_at_once_one_does(cast, sink):
    for _round in range(5):
        mail = OutgoingMailFactory(status="failed")
        again = at_once(2, lambda mail=mail: outbox.send_again(mail=mail))
        assert True in again
    assert len(sink.received) == 5


@pytest.mark.django_db(transaction=True)
def test_two_who_post_the_same_key_send_one(cast, sink):
    at_once(3, post)
    assert (OutgoingMail.objects.count(), len(sink.received)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_mail_is_claimed_before_it_leaves_and_not_inside_a_transaction(cast, sink):
    mail = OutgoingMailFactory()
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.deliver(mail.pk)
    assert (kept().status, sink.received) == ("waiting", [])


# --- what people decide -----------------------------------------------------------------------------------------------

AGO = timedelta(minutes=16)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "waiting"}, (True, {"given_up"})),
        ({"status": "sending", "claimed_minutes": 1}, (False, set())),
        ({"status": "sending", "claimed_minutes": 16}, (True, {"sent", "given_up"})),
        ({"status": "sending", "error": "Svarede ikke."}, (True, {"sent", "given_up"})),
        ({"status": "sent"}, (False, {"returned"})),
        ({"status": "failed"}, (True, {"given_up"})),
        ({"status": "returned"}, (True, {"given_up"})),
        ({"status": "given_up"}, (True, set())),
    ],
)
def test_what_a_person_may_decide(cast, fields, expected):
    now = timezone.now()
    minutes = fields.pop("claimed_minutes", None)
    claimed = {"claimed_at": now - timedelta(minutes=minutes)} if minutes else {}
    mail = OutgoingMailFactory(**{"sent_at": now, **claimed, **fields})
    possible = {status for status in ("sent", "returned", "given_up") if mail.can_become(status, now)}
    assert (mail.can_be_sent_again(now), possible) == expected
    for status in ("sent", "returned", "given_up"):
        with transaction.atomic():
            assert outbox.mark(mail=mail, status=status) is (status in possible)
            transaction.set_rollback(True)
    assert outbox.send_again(mail=mail) is expected[0]


def test_nobody_marks_a_mail_as_waiting(waiting):
    with pytest.raises(ValidationError, match=r"^\['En mail kan ikke mærkes sådan\.'\]$"):
        outbox.mark(mail=waiting, status="waiting")
