"""Invitations to a visit: to whom, with what calendar entry, once, and again when the visit changes."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from icalendar import Calendar

from agreements.models import OutgoingMail
from outreach import invitations
from outreach.models import Ambassador, FollowUp, OnboardingCase, Visit
from tests.emptying import empty
from tests.factories import CommitteeFactory, PersonFactory, municipality
from tests.factories.governance import PostFactory
from tests.factories.outreach import AmbassadorFactory, OnboardingCaseFactory, VisitFactory
from tests.pages import all_of_class, errors, form_data, notices, parse, send, text


@pytest.fixture(autouse=True)
def no_visits(cast):
    empty(Ambassador)
    FollowUp.objects.filter(visit__isnull=False).delete()
    empty(Visit)
    OnboardingCase.objects.filter(municipality__name="Allerød").delete()


@pytest.fixture
def visit() -> Visit:
    """To a committee in Allerød: two ambassadors, one of them without a name, a chair, and two contact persons."""
    committee = CommitteeFactory(name="Kulturudvalget", municipality=municipality("Allerød"))
    visit = VisitFactory(body=committee, starts_at=time(16, 30), place="Rådhuset", secretariat_supports=True)
    AmbassadorFactory(visit=visit, person=PersonFactory(name="Aase Kok", email="aase@koege.example"))
    AmbassadorFactory(visit=visit, municipality=municipality("Ishøj"))
    PostFactory(body=committee, kind="chair", person=PersonFactory(name="Bo Vært", email="bo@alleroed.example"))
    PostFactory(body=committee, person=PersonFactory(name="Menigt Medlem", email="menig@alleroed.example"))
    case = OnboardingCaseFactory()
    case.contacts.set([PersonFactory(name="Cleo Ven", email="cleo@alleroed.example"), PersonFactory(name="Dan Uden")])
    return visit


def url(visit) -> str:
    return f"/besoeg/{visit.pk}/invitationer/"


def invite(client, visit, capture, **typed):
    with capture(execute=True):
        return client.post(url(visit), form_data(client.get(url(visit))) | typed, follow=True)


@pytest.fixture
def press(staff, visit, django_capture_on_commit_callbacks):
    return lambda **typed: invite(staff, visit, django_capture_on_commit_callbacks, **typed)


def event(message):
    ((name, content, kind),) = message.attachments
    assert (name, kind) == ("invitation.ics", "text/calendar")
    calendar = Calendar.from_ical(content)
    (found,) = calendar.walk("VEVENT")
    return calendar, found


def test_who_can_be_invited_and_who_cannot(staff, visit):
    page = staff.get(url(visit))
    labels = [text(each) for each in parse(page).iter("label") if "@" in text(each)]
    assert labels == [
        "Aase Kok (ambassadør, Køge), aase@koege.example",
        "Bo Vært (formand, Kulturudvalget, Allerød), bo@alleroed.example",
        "Cleo Ven (kontaktperson, Allerød), cleo@alleroed.example",
    ]
    assert len(form_data(page)["people"]) == 3
    (warning,) = all_of_class(parse(page), "notice-warning")
    assert text(warning) == (
        "Dan Uden (kontaktperson, Allerød) har ingen e-mailadresse. Se personen "
        "Ishøj har endnu ikke sagt, hvem der kommer."
    )


def test_the_proposed_mail(staff, visit):
    data = form_data(staff.get(url(visit)))
    assert data["subject"] == "Kulturmetropolen besøger Kulturudvalget i Allerød Kommune, 10. december 2026"
    assert data["text"].replace("\r\n", "\n").strip() == (
        "Hej\n\n"
        "Kulturmetropolen besøger Kulturudvalget i Allerød Kommune torsdag den 10. december 2026 kl. 16.30.\n\n"
        "Sted: Rådhuset\n\n"
        "Fra os kommer:\n- Ishøj (navn følger)\n- Aase Kok, Køge\n- sekretariatet\n\n"
        "Den vedhæftede fil sætter besøget i din kalender.\n\n"
        "Venlig hilsen\nSekretariatet, Kulturmetropolen"
    )


def test_invitations_leave_with_the_visit_as_a_calendar_entry(visit, press):
    response = press(text="Velkommen.\r\nKom gerne.")
    assert notices(response) == ["Mailen går til 3 personer."]
    assert sorted(each.to[0] for each in mail.outbox) == [
        "aase@koege.example",
        "bo@alleroed.example",
        "cleo@alleroed.example",
    ]
    first = mail.outbox[0]
    assert first.subject == "Kulturmetropolen besøger Kulturudvalget i Allerød Kommune, 10. december 2026"
    assert first.body == "Velkommen.\nKom gerne."
    assert first.reply_to == ["staff@cast.example"]
    calendar, entry = event(first)
    assert calendar["METHOD"] == "PUBLISH"
    assert {name: str(entry[name]) for name in ("UID", "SUMMARY", "LOCATION", "STATUS", "SEQUENCE", "ORGANIZER")} == {
        "UID": f"visit-{visit.pk}@testserver",
        "SUMMARY": "Kulturmetropolen besøger Kulturudvalget i Allerød Kommune",
        "LOCATION": "Rådhuset",
        "STATUS": "CONFIRMED",
        "SEQUENCE": "1",
        "ORGANIZER": "mailto:portal@testserver",
    }
    copenhagen = ZoneInfo("Europe/Copenhagen")
    assert (entry.start, entry.end) == (
        datetime(2026, 12, 10, 16, 30, tzinfo=copenhagen),
        datetime(2026, 12, 10, 18, 30, tzinfo=copenhagen),
    )
    assert "URL" not in entry  # the host has no login
    assert [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")] == ["Europe/Copenhagen"]


def test_pressing_twice_sends_once(staff, visit, press):
    press()
    assert form_data(staff.get(url(visit)))["people"] == []
    keys = [str(each.person.pk) for each in invitations.recipients(visit, date(2026, 11, 25)) if each.person.email]
    assert notices(press(people=keys)) == ["De har fået mailen allerede. Der er ikke sendt noget."]
    assert len(mail.outbox) == OutgoingMail.objects.filter(key__startswith="visit-").count() == 3


def test_a_changed_visit_is_sent_again_as_an_update(staff, visit, press):
    press()
    send(staff, f"{visit.get_absolute_url()}rediger/", talking_points="- Musik")
    assert form_data(staff.get(url(visit)))["people"] == []  # nothing that they were told
    for day in ("11-12-2026", "10-12-2026"):
        send(staff, f"{visit.get_absolute_url()}rediger/", held_on=day)
        data = form_data(staff.get(url(visit)))
        assert data["subject"].startswith("Ændret: Kulturmetropolen besøger ")
        assert len(data["people"]) == 3
        assert notices(press()) == ["Mailen går til 3 personer."]
    entries = [event(each)[1] for each in mail.outbox[::3]]
    assert [(int(each["SEQUENCE"]), each.start.day) for each in entries] == [(1, 10), (3, 11), (4, 10)]
    assert len({str(each["UID"]) for each in entries}) == 1


def test_one_who_comes_later_is_sent_alone(staff, visit, press):
    press()
    AmbassadorFactory(visit=visit, person=PersonFactory(name="Eva Ny", email="eva@koege.example"))
    assert len(form_data(staff.get(url(visit)))["people"]) == 1
    assert notices(press()) == ["Mailen går til 1 person."]
    assert mail.outbox[-1].to == ["eva@koege.example"]
    assert not mail.outbox[-1].subject.startswith("Ændret")


def test_a_cancelled_visit_offers_to_tell_those_who_were_invited(staff, visit, press):
    chosen = form_data(staff.get(url(visit)))["people"][:2]
    press(people=chosen)
    cancel = f"/besoeg/{visit.pk}/aflys/"
    response = staff.post(cancel, form_data(staff.get(cancel)) | {"reason": "Sne"}, follow=True)
    assert notices(response)[0] == "Besøget er aflyst. Giv besked til dem, der var inviteret."
    assert response.redirect_chain[-1][0] == url(visit)
    data = form_data(response)
    assert sorted(data["people"]) == sorted(chosen)
    assert data["subject"].startswith("Aflyst: Kulturmetropolen besøger ")
    assert "Begrundelse: Sne" in data["text"]
    assert notices(press()) == ["Mailen går til 2 personer."]
    calendar, entry = event(mail.outbox[-1])
    assert (calendar["METHOD"], entry["STATUS"], int(entry["SEQUENCE"])) == ("CANCEL", "CANCELLED", 2)
    assert str(entry["SUMMARY"]).startswith("Aflyst: Kulturmetropolen besøger ")


def test_confirming_is_no_change_that_anybody_is_told_of(staff, visit, press):
    press()
    staff.post(f"/besoeg/{visit.pk}/skridt/", {"skridt": "bekraeft", "version": "1"})
    assert form_data(staff.get(url(visit)))["people"] == []


def test_line_breaks_in_a_place_or_a_name_make_no_headers(staff, visit, press):
    nasty = "Rådhuset\r\nBcc: alle@andre.example\nATTENDEE:mailto:x@y.example"
    Visit.objects.update(place=nasty)
    visit.body.name = "Kulturudvalget\r\nBcc: alle@andre.example"
    visit.body.save()
    press(subject="Hej\r\nBcc: alle@andre.example")
    assert len(mail.outbox) == 3
    for message in mail.outbox:
        assert message.subject == "Hej Bcc: alle@andre.example"
        assert message.recipients() == message.to
        assert "Bcc" not in message.message()
        calendar, entry = event(message)
        assert "ATTENDEE" not in entry
        assert len(calendar.walk("VEVENT")) == 1
    assert "\n" not in form_data(staff.get(url(visit)))["subject"]


def test_nobody_is_written_to_who_was_not_offered(staff, visit, press, cast):
    stranger = PersonFactory(name="Fremmed", email="fremmed@andre.example")
    response = press(people=[str(stranger.pk)], subject="Kom", text="Nu")
    assert errors(response) == [
        f"Modtagere: Marker en gyldig valgmulighed. {stranger.pk} er ikke en af de tilgængelige valgmuligheder."
    ]
    assert form_data(response)["subject"] == "Kom"
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"people": []}, "Modtagere: Dette felt er påkrævet."),
        ({"subject": " "}, "Emne: Dette felt er påkrævet."),
        ({"text": ""}, "Tekst: Dette felt er påkrævet."),
        ({"subject": "Ø" * 201}, "Emne: Denne værdi må højst have 200 tegn (den har 201)."),
    ],
)
def test_what_is_wrong_with_an_invitation(press, typed, message):
    assert errors(press(**typed)) == [message]
    assert mail.outbox == []


def test_a_visit_that_was_moved_while_one_wrote_is_not_announced_as_it_was(staff, visit, press):
    opened = form_data(staff.get(url(visit)))
    send(staff, f"{visit.get_absolute_url()}rediger/", held_on="11-12-2026")
    response = press(**opened)
    assert errors(response) == ["Besøget er ændret imens. Se, om teksten stadig passer."]
    assert form_data(response)["text"] == opened["text"]
    assert mail.outbox == []
    assert form_data(response)["version"] == "2"  # sent once more, it goes


def test_with_nobody_to_write_to_the_page_says_whom_to_add(staff):
    page = text(parse(staff.get(url(VisitFactory()))))
    assert "Der er ingen at skrive til. Skriv, hvem der kommer som ambassadør" in page


def test_one_person_in_two_roles_gets_one_mail(staff, visit):
    chair = visit.body.posts.get(kind="chair").person
    OnboardingCase.objects.get(municipality=visit.host).contacts.add(chair)
    labels = [text(each) for each in parse(staff.get(url(visit))).iter("label") if "bo@" in text(each)]
    assert labels == [
        "Bo Vært (formand, Kulturudvalget, Allerød, kontaktperson, Allerød), bo@alleroed.example",
    ]


def test_the_page_of_the_visit_shows_what_was_sent(staff, visit, press):
    press()
    page = text(parse(staff.get(visit.get_absolute_url())))
    assert page.count("✓ Sendt") == 3
