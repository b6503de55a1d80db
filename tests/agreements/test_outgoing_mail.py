"""The pages of the outgoing mail, on which staff see what did not arrive and decide what becomes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agreements.models import OutgoingMail
from tests.counting import queries
from tests.factories.outreach import OutgoingMailFactory
from tests.pages import all_of_class, errors, notices, parse, records, text


def states(response) -> list[str]:
    return [text(each) for each in all_of_class(parse(response), "state")]


def buttons(response) -> list[str]:
    main = parse(response).find(".//main")
    return [text(button) for button in main.iter("button")]


def make(status: str, **fields) -> OutgoingMail:
    return OutgoingMailFactory(status=status, subject=status, **{"sent_at": timezone.now(), **fields})


@pytest.fixture
def one_of_each(cast):
    make("waiting")
    make("sending", claimed_at=timezone.now())
    make("sending", claimed_at=timezone.now() - timedelta(minutes=20))
    for status in ("sent", "failed", "returned", "given_up"):
        make(status)


def test_the_list_says_in_words_what_became_of_each(staff, one_of_each):
    assert states(staff.get("/post/")) == [
        "– Opgivet",
        "✕ Kom retur",
        "✕ Ikke leveret",
        "✓ Sendt",
        "▲ Måske sendt",
        "◐ Er ved at blive sendt",
        "◐ Venter",
    ]
    assert records(staff.get("/post/?status=failed")) == ["failed"]
    assert records(staff.get("/post/?problem=uvist")) == ["sending"]
    assert states(staff.get("/post/?problem=uvist")) == ["▲ Måske sendt"]


def test_trouble_is_counted_as_it_is_listed(staff, cast):
    now = timezone.now()
    make("waiting", error="Der er ikke sat en mailserver op.")
    make("waiting", error="Mailserveren svarer ikke (timed out).", attempts=1)
    make("waiting", error="Mailserveren svarer ikke (timed out).", attempts=2)
    make("waiting", next_attempt_at=now - timedelta(hours=27))
    make("waiting", next_attempt_at=now - timedelta(hours=25))
    make("failed")
    make("returned")
    make("sending", error="Mailserveren fik teksten og svarede derefter ikke.")
    (notice,) = all_of_class(parse(staff.get("/post/")), "notice")
    found = {line.find("a").get("href"): text(line).partition(" Se dem")[0] for line in notice.iter("li")}
    assert found == {
        "/post/?problem=uden-server": "1 mail venter: der er ikke sat en mailserver op.",
        "/post/?problem=forsoeges": "1 mail er forsøgt sendt flere gange og forsøges igen.",
        "/post/?problem=ligger": "1 mail har ventet i mere end et døgn: ingenting tømmer udbakken.",
        "/post/?problem=ikke-leveret": "1 mail kunne ikke leveres.",
        "/post/?problem=returneret": "1 mail kom retur.",
        "/post/?problem=uvist": "Ingen ved, om 1 mail nåede af sted.",
    }
    assert [len(records(staff.get(address))) for address in found] == [1] * 6


@pytest.mark.parametrize(
    ("status", "fields", "expected"),
    [
        ("waiting", {}, ["Send nu", "Opgiv"]),
        ("sending", {}, []),
        ("sending", {"error": "Svarede ikke."}, ["Send igen", "Nåede frem", "Opgiv"]),
        ("sent", {}, ["Kom retur"]),
        ("failed", {}, ["Send igen", "Opgiv"]),
        ("returned", {}, ["Send igen", "Opgiv"]),
        ("given_up", {}, ["Send igen"]),
    ],
)
def test_the_page_of_a_mail_offers_what_can_be_decided(staff, cast, status, fields, expected):
    mail = make(status, claimed_at=timezone.now(), **fields)
    assert buttons(staff.get(mail.get_absolute_url())) == expected


def test_a_mail_is_sent_again_to_a_corrected_address(staff, cast, django_capture_on_commit_callbacks, mailoutbox):
    mail = make("failed", error="Ukendt modtager", recipient="aase@herlev.example", attempts=1)
    with django_capture_on_commit_callbacks(execute=True):
        response = staff.post(f"{mail.get_absolute_url()}send/", {"recipient": "ase@herlev.example"})
    assert response.url == mail.get_absolute_url()
    assert notices(staff.get(response.url)) == ["Mailen sendes igen."]
    (sent,) = mailoutbox
    assert sent.to == ["ase@herlev.example"]
    mail.refresh_from_db()
    assert (mail.status, mail.error, mail.recipient) == ("sent", "", "ase@herlev.example")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "Til: Dette felt er påkrævet."),
        ("ase", "Til: Indtast en gyldig e-mail-adresse."),
        ("ase@herlev.example, bo@herlev.example", "Til: Indtast en gyldig e-mail-adresse."),
    ],
)
def test_a_bad_address_is_told_and_kept(staff, cast, typed, message):
    mail = make("failed")
    response = staff.post(f"{mail.get_absolute_url()}send/", {"recipient": typed})
    assert errors(response) == [message]
    assert parse(response).find(".//input[@name='recipient']").get("value", "") == typed
    mail.refresh_from_db()
    assert mail.status == "failed"


@pytest.mark.parametrize(
    ("before", "fields", "after", "words"),
    [
        ("sent", {}, "returned", "Mailen er markeret som kommet retur."),
        ("sending", {"error": "Svarede ikke."}, "sent", "Mailen er markeret som sendt."),
        ("sending", {"error": "Svarede ikke."}, "given_up", "Mailen er opgivet og sendes ikke."),
        ("failed", {}, "given_up", "Mailen er opgivet og sendes ikke."),
    ],
)
def test_a_person_says_what_became_of_a_mail(staff, cast, before, fields, after, words):
    mail = make(before, **fields, is_secret=True, body="https://portal.example/hemmeligt/")
    staff.post(f"{mail.get_absolute_url()}status/", {"status": after})
    mail.refresh_from_db()
    assert (mail.status, mail.body) == (after, "")  # the secret is gone as after sending
    assert words in notices(staff.get(mail.get_absolute_url()))


@pytest.mark.parametrize(
    ("url", "data"), [("send/", {"recipient": "a@b.example"}), ("status/", {"status": "given_up"})]
)
def test_who_comes_second_is_told(staff, cast, url, data):
    mail = make("sent")
    staff.post(f"{mail.get_absolute_url()}{url}", data)
    mail.refresh_from_db()
    assert mail.status == "sent"
    told = "En anden har taget sig af denne mail. Se, hvad der er blevet af den."
    assert told in notices(staff.get(mail.get_absolute_url()))


@pytest.mark.parametrize("status", ["waiting", "sending", "x", ""])
def test_no_other_status_is_taken(staff, cast, status):
    assert staff.post(f"{make('failed').get_absolute_url()}status/", {"status": status}).status_code == 404


def test_the_text_of_a_secret_mail_is_shown_to_nobody(staff, cast):
    secret = make("sent", is_secret=True, body="https://portal.example/hemmeligt/")
    page = staff.get(secret.get_absolute_url()).content.decode()
    assert "hemmeligt" not in page
    assert "Teksten indeholder et link, der kun er modtagerens" in page
    assert "hemmeligt" in staff.get(make("sent", body="ikke hemmeligt").get_absolute_url()).content.decode()


def test_many_mails_cost_no_more_queries_than_one(staff, cast):
    make("failed")
    few = queries(staff, "/post/")
    for _n in range(24):
        make("failed")
    assert len(records(staff.get("/post/"))) == 25
    assert queries(staff, "/post/") == few
