"""Invitations: written, sent once by mail, answered; and what a guest sees of it all."""

from datetime import date, time, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from icalendar import Calendar

from agreements.models import OutgoingMail, RoleGrant
from outreach.models import Invitation, OnboardingCase
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CultureRegionFactory,
    MeetingFactory,
    PersonFactory,
    UserFactory,
    municipality,
)
from tests.factories.doing import ActivityFactory
from tests.factories.governance import DocumentFactory
from tests.factories.outreach import InvitationFactory, OnboardingCaseFactory
from tests.outreach.test_onboarding import BAD_DATE, REQUIRED, TO_COME, case_at, stage
from tests.pages import all_of_class, errors, form_data, heading, notices, offered, parse, refused, send, text

NEW = "/indslusning/invitationer/opret/"


@pytest.fixture
def admin(log_in, cast):
    return log_in(cast.admin)


@pytest.fixture
def case(cast) -> OnboardingCase:
    made = case_at("contacted", invited_by="kmk")
    made.contacts.add(PersonFactory(name="Bo Lynge", email="bo@alleroed.example"))
    made.contacts.add(PersonFactory(name="Anna Holm", email="anna@alleroed.example"))
    made.contacts.add(PersonFactory(name="Uden Adresse", email=""))
    return made


@pytest.fixture
def invitation(case) -> Invitation:
    meeting = MeetingFactory(
        body=BodyFactory(name="Prøvegruppen"), held_on=date(2027, 1, 14), starts_at=time(10), place="Salen, 1. sal"
    )
    return InvitationFactory(case=case, kind="kmk", meeting=meeting, title="", fee="no")


def sending(invitation) -> str:
    return f"/indslusning/invitationer/{invitation.pk}/send/"


@pytest.fixture
def leaves(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_written_invitation_leads_to_the_mail(admin, case):
    meeting = MeetingFactory(held_on=timezone.localdate() + timedelta(9))
    past = MeetingFactory(held_on=timezone.localdate() - timedelta(1))
    url = f"{NEW}?sag={case.pk}"
    choices = offered(admin.get(url), "meeting")
    assert str(meeting.pk) in choices
    assert str(past.pk) not in choices
    response = send(admin, url, kind="kmk", meeting=str(meeting.pk), fee="yes")
    made = case.invitations.get()
    assert response.url == sending(made)
    assert (made.kind, made.meeting, made.fee, made.answer, made.sent_on) == ("kmk", meeting, "yes", "none", None)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"kind": ""}, f"Til: {REQUIRED}"),
        ({"title": ""}, "Angiv, hvad invitationen gælder: et møde, en aktivitet eller med ord."),
        ({"takes_place_on": "31-02-2027"}, f"Finder sted den: {BAD_DATE}"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_an_invitation(admin, case, values, message):
    typed = {"kind": "conference", "title": "Unge", "takes_place_on": "7-1-2027"} | values
    assert refused(admin, f"{NEW}?sag={case.pk}", **typed) == [message]


def test_an_invitation_is_to_one_thing_of_one_day(admin, case):
    meeting = MeetingFactory(held_on=timezone.localdate() + timedelta(9))
    activity = ActivityFactory(held_on=timezone.localdate() + timedelta(9))
    typed = {"kind": "activity", "meeting": str(meeting.pk)}
    both = refused(admin, f"{NEW}?sag={case.pk}", **typed, activity=str(activity.pk))
    assert both == ["Vælg et møde eller en aktivitet, ikke begge."]
    (wrong_day,) = refused(admin, f"{NEW}?sag={case.pk}", **typed, takes_place_on="7-1-2027")
    assert wrong_day.startswith("Finder sted den: Det finder sted ")


@pytest.mark.parametrize(
    ("values", "messages"),
    [
        ({"sent_on": "1-1-2099"}, [f"Sendt den: {TO_COME}"]),
        ({"sent_on": "31-8-2026"}, ["Sendt den: Dagen ligger før “Interesseret”, 1. september 2026."]),
        ({"answer": "yes"}, ["Et svar har en dato og kommer først, når invitationen er sendt."]),
        ({"answered_on": "1-10-2026"}, ["Et svar har en dato og kommer først, når invitationen er sendt."]),
        (
            {"sent_on": "2-10-2026", "answer": "no", "answered_on": "1-10-2026"},
            ["Dato for svar: Dagen ligger før “Sendt”, 2. oktober 2026."],
        ),
    ],
)
def test_what_is_wrong_with_an_answer(admin, invitation, values, messages):
    found = refused(admin, f"/indslusning/invitationer/{invitation.pk}/rediger/", **values)
    assert [each.partition(": ")[2] or each for each in found] == [each.partition(": ")[2] or each for each in messages]


def test_the_mail_is_proposed_in_danish(admin, cast, case, invitation):
    page = admin.get(sending(invitation))
    panel = text(all_of_class(parse(page), "panel")[0])
    assert "Anna Holm anna@alleroed.example Bo Lynge bo@alleroed.example" in panel
    assert "Uden Adresse har ingen e-mailadresse og får ikke noget." in panel
    form = form_data(page)
    assert form["subject"] == "Invitation: KMK-møde: Prøvegruppen, 14. januar 2027"
    assert form["text"].splitlines() == [
        "Kære Anna Holm og Bo Lynge",
        "",
        "Kulturcheferne i Kulturmetropolen (KMK) inviterer Allerød Kommune til:",
        "",
        "KMK-møde: Prøvegruppen",
        "Torsdag den 14. januar 2027 kl. 10.00",
        "Salen, 1. sal",
        "",
        "Det er gratis at deltage.",
        "",
        "Svar til admin, om I deltager: admin@cast.example",
        "",
        "Venlig hilsen",
        "admin",
        "Kulturmetropolen",
    ]


@pytest.mark.parametrize(
    ("fee", "sentence"),
    [
        ("undecided", "Det er endnu ikke afgjort, om det koster noget at deltage."),
        ("yes", "Det koster noget at deltage. Prisen får I særskilt besked om."),
    ],
)
def test_whether_it_costs_is_said_and_never_assumed(admin, case, fee, sentence):
    owner = UserFactory(name="Sofie", email="sofie@kulturmetropolen.example")
    OnboardingCase.objects.filter(pk=case.pk).update(owner=owner, invited_by="")
    one = InvitationFactory(case=case, kind="data", title="Tal & analyser", fee=fee)
    lines = form_data(admin.get(sending(one)))["text"].splitlines()
    assert "Kulturmetropolen inviterer Allerød Kommune til:" in lines
    assert "Data og analyser: Tal & analyser" in lines
    assert sentence in lines
    assert "Svar til Sofie, om I deltager: sofie@kulturmetropolen.example" in lines


def test_sending_mails_each_contact_person_once_and_passes_the_gate(admin, cast, case, invitation, leaves):
    data = form_data(admin.get(sending(invitation))) | {
        "subject": "Kom\r\nBcc: alle@post.example",
        "text": "Kom\r\nmed",
    }
    with leaves():
        response = admin.post(sending(invitation), data)
    assert response.url == f"/indslusning/{case.pk}/#invitation-{invitation.pk}"
    assert [(each.to, each.subject, each.body) for each in mail.outbox] == [
        (["anna@alleroed.example"], "Kom Bcc: alle@post.example", "Kom\nmed"),
        (["bo@alleroed.example"], "Kom Bcc: alle@post.example", "Kom\nmed"),
    ]
    assert mail.outbox[0].reply_to == ["admin@cast.example"]
    (attached,) = mail.outbox[0].attachments
    (event,) = Calendar.from_ical(attached.content).walk("VEVENT")
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == ("KMK-møde: Prøvegruppen", "Salen, 1. sal")
    assert event.start.isoformat() == "2027-01-14T10:00:00+01:00"
    assert "URL" not in event
    invitation.refresh_from_db()
    assert (invitation.sent_on, stage(case)) == (timezone.localdate(), "invited")
    passage = case.passages.get(gate="invited")
    assert (passage.passed_on, passage.entered_by) == (timezone.localdate(), cast.admin)

    with leaves():
        again = admin.post(sending(invitation), data, follow=True)
    assert "Invitationen er allerede sendt. Intet sendes to gange." in notices(again)
    assert (len(mail.outbox), OutgoingMail.objects.filter(key__startswith="invitation-").count()) == (2, 2)


def test_without_a_day_no_calendar_goes_along_and_a_later_case_stays_where_it_is(admin, case, leaves):
    taking_part = case_at("taking_part", municipality=municipality("Solrød"))
    taking_part.contacts.add(PersonFactory(email="x@solroed.example"))
    one = InvitationFactory(case=taking_part, kind="data", title="Tal")
    with leaves():
        send(admin, sending(one))
    assert mail.outbox[0].attachments == []
    assert stage(taking_part) == "taking_part"


def test_an_address_that_two_share_gets_one_mail(admin, invitation, case, leaves):
    case.contacts.add(PersonFactory(name="Post", email="ANNA@alleroed.example"))
    with leaves():
        send(admin, sending(invitation))
    assert sorted(each.to[0] for each in mail.outbox) == ["anna@alleroed.example", "bo@alleroed.example"]


def test_nothing_is_sent_without_a_subject_and_a_text(admin, invitation):
    assert refused(admin, sending(invitation), subject="", text="") == [f"Emne: {REQUIRED}", f"Tekst: {REQUIRED}"]
    invitation.refresh_from_db()
    assert invitation.sent_on is None


def test_nobody_to_send_to_is_told_with_the_way_out(admin, case, invitation):
    case.contacts.set(case.contacts.filter(email=""))
    (nobody,) = case.contacts.all()
    page = parse(admin.get(sending(invitation)))
    assert "Der er ingen at sende den til" in text(page)
    links = {link.get("href") for link in page.iter("a")}
    assert {f"/personer/{nobody.pk}/rediger/", f"/indslusning/{case.pk}/kontaktperson/"} <= links
    forced = admin.post(sending(invitation), {"subject": "Kom", "text": "Kom"})
    assert forced.status_code == 200
    assert not OutgoingMail.objects.filter(key__startswith="invitation-").exists()


def test_nobody_is_invited_to_what_is_closed(admin, case, invitation):
    send(admin, f"/indslusning/{case.pk}/afslag/", reason="Nej")
    forced = send(admin, sending(invitation))
    assert errors(forced) == ["Allerød har sagt nej. Begynd en ny sag, hvis kommunen vender tilbage."]


@pytest.mark.parametrize(("answer", "kept", "shown"), [("ja", "yes", "✓ Ja, "), ("nej", "no", "✕ Nej, ")])
def test_an_answer_is_one_click(admin, invitation, answer, kept, shown):
    url = f"/indslusning/invitationer/{invitation.pk}/svar/"
    early = admin.post(url, {"svar": answer, "version": invitation.version}, follow=True)
    assert "Invitationen er ikke sendt endnu." in notices(early)
    Invitation.objects.filter(pk=invitation.pk).update(sent_on=date(2026, 11, 3))
    response = admin.post(url, {"svar": answer, "version": invitation.version}, follow=True)
    assert "Svaret er registreret." in notices(response)
    invitation.refresh_from_db()
    assert (invitation.answer, invitation.answered_on) == (kept, timezone.localdate())
    assert shown in text(parse(response))
    late = admin.post(url, {"svar": "ja", "version": 1}, follow=True)
    assert "En anden har ændret invitationen imens. Intet er registreret: Se på den først." in notices(late)
    assert admin.post(url, {"svar": "måske", "version": 2}).status_code == 404


def test_what_the_portal_has_sent_stays_sent(admin, invitation, leaves):
    with leaves():
        send(admin, sending(invitation))
    url = f"/indslusning/invitationer/{invitation.pk}/rediger/"
    admin.post(url, form_data(admin.get(url)) | {"sent_on": "", "fee": "yes"})
    invitation.refresh_from_db()
    assert (invitation.sent_on, invitation.fee) == (timezone.localdate(), "yes")


# --- guests -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def guest(log_in, cast):
    return log_in(cast.guest)


@pytest.fixture
def gribskov(cast) -> OnboardingCase:
    return OnboardingCase.objects.get(municipality__name="Gribskov")


def panels(response) -> dict[str, str]:
    return {text(each.find("h2")): text(each) for each in all_of_class(parse(response), "panel")}


def test_a_guest_sees_what_is_shared_with_its_municipality_and_nothing_else(guest, cast, gribskov):
    DocumentFactory(title="Delt med alle gæster", shared_with_guests=True)
    DocumentFactory(title="Internt papir")
    DocumentFactory(title="Fremmed papir", shared_with_guests=True, culture_region=CultureRegionFactory())
    InvitationFactory(case=gribskov, title="Ikke sendt endnu")
    InvitationFactory(case=case_at("invited"), title="Andres konference", sent_on=date(2026, 11, 3))
    elsewhere = AgreementFactory(culture_region=CultureRegionFactory())
    foreign = OnboardingCaseFactory(agreement=elsewhere, municipality=gribskov.municipality)
    InvitationFactory(case=foreign, title="Anden regions konference", sent_on=date(2026, 11, 3))
    response = guest.get("/")
    assert heading(response) == "Gribskov"
    found = panels(response)
    assert list(found) == ["Invitationer", "Delt med dig", "Hvem I kan spørge"]
    assert found["Invitationer"] == (
        "Invitationer KMK-møde: KMK, 3. december 2026 "
        "kl. 10.00 · Helsingør, Kulturværftet · Betaler for at deltage: nej "
        "◐ Intet svar endnu Data og analyser: Tallene fra Ungeindsatsen Betaler for at deltage: ikke afgjort "
        "✓ Ja, 14. sept. KMK-møde: KMK, 3. september 2026 kl. 10.00 · Online · Betaler for at deltage: nej "
        "✓ Ja, 27. aug."
    )
    assert "Delt med alle gæster" in found["Delt med dig"]
    whole = text(parse(response))
    for hidden in ("Internt", "Fremmed", "Ikke sendt", "Andres", "Anden regions", gribskov.next_step, gribskov.note):
        assert hidden not in whole
    assert found["Hvem I kan spørge"] == "Hvem I kan spørge staff, staff@cast.example"
    gribskov.owner = cast.admin
    gribskov.save()
    assert panels(guest.get("/"))["Hvem I kan spørge"] == "Hvem I kan spørge admin, admin@cast.example"
    links = {link.get("href") for link in parse(response).iter("a") if "/" in link.get("href")}
    assert not any(link.startswith(("/indslusning", "/kommuner", "/moeder")) for link in links)


def test_a_guest_finds_nothing_by_address_or_search(guest, gribskov):
    one = gribskov.invitations.first()
    for url in (
        "/indslusning/", gribskov.get_absolute_url(), f"{gribskov.get_absolute_url()}historik/",
        f"/indslusning/invitationer/{one.pk}/historik/", f"/indslusning/invitationer/{one.pk}/send/", "/kalender/",
        gribskov.municipality.get_absolute_url(), "/dokumenter/", "/tiltag/", "/besoeg/", "/kontakter/",
    ):  # fmt: skip
        assert guest.get(url).status_code == 404
    assert all_of_class(parse(guest.get("/soeg/?q=Gribskov")), "rows") == []


@pytest.mark.parametrize("how", ["join", "decline", "end"])
def test_a_guests_access_ends(admin, guest, cast, gribskov, how):
    shared = DocumentFactory(shared_with_guests=True)
    assert guest.get(f"/dokumenter/{shared.pk}/hent/").status_code == 200
    if how == "decline":
        send(admin, f"/indslusning/{gribskov.pk}/afslag/", reason="Ikke nu")
    elif how == "join":
        send(admin, f"/indslusning/{gribskov.pk}/port/council/", passed_on="20-11-2026", council_case_number="1")
        send(admin, f"/indslusning/{gribskov.pk}/port/joined/", passed_on="21-11-2026")
    else:
        url = f"/indslusning/{gribskov.pk}/gaester/{cast.guest.role_grants.get().pk}/"
        assert heading(admin.get(url)) == "Afslut adgangen for guest?"
        response = admin.post(url, follow=True)
        assert "guest har ikke længere adgang." in notices(response)
    assert not RoleGrant.objects.filter(user=cast.guest).exists()
    assert guest.get(f"/dokumenter/{shared.pk}/hent/").status_code == 404
    assert heading(guest.get("/")) == "Velkommen, guest"
    assert "Der er ikke delt noget med dig endnu." in text(parse(guest.get("/")))


def test_only_guests_of_the_case_can_be_ended_from_it(admin, cast, case):
    grants = [cast.guest.role_grants.get(), cast.staff.role_grants.get()]
    assert [admin.post(f"/indslusning/{case.pk}/gaester/{each.pk}/").status_code for each in grants] == [404, 404]
