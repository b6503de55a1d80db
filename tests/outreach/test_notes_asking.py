"""Chairs and culture heads ask for a status before a meeting of their own committee."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format

from agreements.models import Body, Meeting, Post
from outreach.actions.notes import ask
from outreach.models import StatusNote
from tests.counting import queries
from tests.emptying import empty
from tests.factories import CommitteeFactory, MeetingFactory, municipality
from tests.factories.outreach import StatusNoteFactory
from tests.initiatives.test_races import at_once
from tests.pages import all_of_class, errors, form_data, notices, offered, parse, refused, send, text

ASK = "/statusnotater/bed-om/"
TODAY = timezone.localdate()
THIS_MONTH = TODAY.replace(day=1)
ALREADY_FOR_MEETING = "Der er allerede bedt om en status til dette møde."


@pytest.fixture
def committee(cast) -> Body:
    empty(StatusNote)
    Meeting.objects.filter(body__kind="committee").delete()
    return Body.objects.get(name="Kultur- og Fritidsudvalget")


@pytest.fixture
def meeting(committee) -> Meeting:
    return MeetingFactory(body=committee, held_on=TODAY + timedelta(days=20))


@pytest.fixture
def chair(log_in, cast):
    return log_in(cast.chair)


def in_words(days: int) -> str:
    return date_format(TODAY + timedelta(days=days), "j. F")


def card(client) -> str:
    (panel,) = (
        panel for panel in all_of_class(parse(client.get("/")), "panel") if "Brug for en status?" in text(panel)
    )
    return text(panel)


@pytest.mark.parametrize("role", ["chair", "culture_head"])
def test_one_click_on_the_start_page(log_in, cast, meeting, role):
    client = log_in(getattr(cast, role))
    assert card(client) == (
        f"Brug for en status? Næste møde er den {in_words(20)}. Sekretariatet skriver en status, så den er klar, når "
        f"dagsordenen sendes ud den {in_words(13)}. Bed om en status Til et andet møde"
    )
    response = client.post(ASK, {"meeting": meeting.pk}, follow=True)
    note = StatusNote.objects.get()
    assert (note.status, note.municipality.name, note.month) == ("requested", "Rødovre", THIS_MONTH)
    assert (note.meeting, note.requested_by, note.requested_on) == (meeting, getattr(cast, role), TODAY)
    assert notices(response) == [
        f"Sekretariatet er spurgt. Status er klar senest {date_format(TODAY + timedelta(days=13))}."
    ]
    meeting.refresh_from_db()
    assert (meeting.region_on_agenda, meeting.status) == (True, "planned")
    assert card(client).startswith(
        f"Brug for en status? Kultur- og Fritidsudvalget, {date_format(meeting.held_on)} klar senest {in_words(13)} "
        "◐ Bedt om"
    )


def test_asked_too_late_it_is_ready_the_day_before(chair, committee):
    MeetingFactory(body=committee, held_on=TODAY + timedelta(days=3))
    assert f"Dagsordenen er sendt ud; sekretariatet skriver en status, så den er klar den {in_words(2)}." in card(chair)


def test_a_date_makes_the_meeting(chair, committee):
    day = TODAY + timedelta(days=30)
    page = chair.get(ASK)
    assert form_data(page)["committee"] == str(committee.pk)
    assert send(chair, ASK, held_on=f"{day:%d-%m-%Y}").status_code == 302
    meeting = Meeting.objects.get(body=committee)
    assert (meeting.held_on, meeting.status, meeting.region_on_agenda) == (day, "planned", True)
    assert StatusNote.objects.get().meeting == meeting


def test_a_meeting_that_is_there_is_not_made_again(chair, committee, meeting):
    send(chair, ASK, held_on=f"{meeting.held_on:%d-%m-%Y}")
    assert StatusNote.objects.get().meeting == Meeting.objects.get(body=committee) == meeting


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Dato: Dette felt er påkrævet."),
        ({"committee": ""}, "Udvalg: Dette felt er påkrævet."),
        (
            {"held_on": "31-02-2027"},
            "Dato: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020.",
        ),
        (
            {"held_on": f"{TODAY:%d-%m-%Y}"},
            "Mødet skal ligge efter i dag: en status er klar senest dagen før mødet.",
        ),
        ({"held_on": "01-01-2020"}, "Mødet skal ligge efter i dag: en status er klar senest dagen før mødet."),
        ({"held_on": "01-01-2099"}, "Der er mere end et år til mødet. Bed om en status, når det nærmer sig."),
    ],
)
def test_what_cannot_be_asked_for(chair, committee, typed, message):
    assert message in refused(chair, ASK, **typed)
    assert not StatusNote.objects.exists()
    assert not Meeting.objects.filter(body=committee).exists()


def test_a_meeting_and_a_date_are_one_too_many(chair, meeting):
    assert refused(chair, ASK, meeting=str(meeting.pk), held_on="01-12-2027") == [
        "Dato: Vælg et møde på listen, eller skriv en dato, ikke begge dele."
    ]


def test_a_cancelled_meeting_is_not_asked_for(chair, committee, meeting):
    Meeting.objects.update(status="cancelled")
    assert offered(chair.get(ASK), "meeting") == [""]
    day = date_format(meeting.held_on)
    assert refused(chair, ASK, held_on=f"{meeting.held_on:%d-%m-%Y}") == [
        f"Mødet {day} er aflyst. Ret mødet, hvis det alligevel holdes."
    ]


def test_asking_twice_says_so(log_in, cast, meeting):
    log_in(cast.chair).post(ASK, {"meeting": meeting.pk})
    response = log_in(cast.culture_head).post(ASK, {"meeting": meeting.pk})
    assert errors(response) == [ALREADY_FOR_MEETING]
    assert StatusNote.objects.count() == 1


def test_a_draft_of_the_month_gets_the_meeting(chair, meeting):
    note = StatusNoteFactory(municipality=municipality("Rødovre"), month=THIS_MONTH)
    chair.post(ASK, {"meeting": meeting.pk})
    note.refresh_from_db()
    assert (note.status, note.meeting, note.requested_on, note.version) == ("draft", meeting, TODAY, 2)
    assert "○ Udkast" in card(chair)


def test_a_note_for_another_meeting_of_the_month_stands(chair, committee, meeting):
    chair.post(ASK, {"meeting": meeting.pk})
    month = date_format(TODAY, "F Y")
    second = MeetingFactory(body=committee, held_on=TODAY + timedelta(days=27))
    assert errors(chair.post(ASK, {"meeting": second.pk})) == [
        f"Der er allerede bedt om en status for {month}, til et andet møde."
    ]
    second.refresh_from_db()
    assert second.region_on_agenda is False


def test_a_published_note_of_the_month_is_pointed_to(chair, meeting):
    StatusNoteFactory(municipality=municipality("Rødovre"), month=THIS_MONTH, status="published", published_on=TODAY)
    assert errors(chair.post(ASK, {"meeting": meeting.pk})) == [
        "Månedens status er allerede offentliggjort. Brug teksten fra den."
    ]


def test_after_a_withdrawal_one_can_ask_again(chair, meeting):
    fields = {"municipality": municipality("Rødovre"), "month": THIS_MONTH, "meeting": meeting}
    StatusNoteFactory(**fields, status="withdrawn", status_reason="Forkert tal")
    assert chair.post(ASK, {"meeting": meeting.pk}).status_code == 302
    assert StatusNote.objects.current().get().status == "requested"


def test_nobody_asks_for_another_municipality(log_in, cast, meeting):
    elsewhere = log_in(cast.chair_elsewhere)
    assert str(meeting.pk) not in offered(elsewhere.get(ASK), "meeting")
    assert str(meeting.body_id) not in offered(elsewhere.get(ASK), "committee")
    assert errors(elsewhere.post(ASK, {"meeting": meeting.pk})) != []
    assert not StatusNote.objects.exists()


def test_when_it_is_published_the_text_is_a_click_away(chair, meeting):
    chair.post(ASK, {"meeting": meeting.pk})
    note = StatusNote.objects.get()
    assert chair.get(note.get_absolute_url()).status_code == 404
    StatusNote.objects.update(status="published", text="Det gik godt.", published_on=TODAY)
    links = [link.get("href") for link in parse(chair.get("/")).iter("a")]
    assert note.get_absolute_url() in links
    assert "Det gik godt." in chair.get(note.get_absolute_url()).content.decode()


def test_without_a_committee_one_is_told_whom_to_write_to(log_in, cast, committee):
    Post.objects.filter(person__user=cast.culture_head).update(municipality=municipality("Greve"))
    Body.objects.filter(municipality=municipality("Greve")).update(kind="council")
    page = log_in(cast.culture_head).get(ASK)
    assert "Kommunens udvalg er ikke registreret endnu. Skriv til sekretariatet." in text(parse(page))


def test_the_start_page_asks_the_same_however_much_there_is(chair, committee):
    def grow(number):
        meeting = MeetingFactory(body=committee, held_on=TODAY + timedelta(days=10 + number))
        own = {"municipality": municipality("Rødovre"), "meeting": meeting}
        StatusNoteFactory(**own, requested_on=TODAY)
        StatusNoteFactory(**own, status="published", published_on=TODAY)
        MeetingFactory(body=committee, held_on=TODAY + timedelta(days=10 + number))

    grow(0)
    few = queries(chair, "/")
    for number in range(1, 9):
        grow(number)
    assert queries(chair, "/") == few


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_does(log_in, cast):
    empty(StatusNote)
    committee = CommitteeFactory(municipality=municipality("Rødovre"))
    Meeting.objects.filter(body__municipality=committee.municipality).delete()
    day = f"{TODAY + timedelta(days=30):%d-%m-%Y}"
    clients = [log_in(cast.chair), log_in(cast.culture_head)]
    data = {"meeting": "", "committee": committee.pk, "held_on": day}
    responses = at_once(*[partial(client.post, ASK, data) for client in clients])
    assert sorted(response.status_code for response in responses) == [200, 302]
    (loser,) = (response for response in responses if response.status_code == 200)
    assert errors(loser) == [ALREADY_FOR_MEETING]
    assert (StatusNote.objects.count(), Meeting.objects.filter(body=committee).count()) == (1, 1)


def test_two_committees_of_a_municipality_share_the_month(cast, committee):
    other = CommitteeFactory(municipality=municipality("Rødovre"))
    ask(user=cast.chair, committee=committee, day=date(2026, 12, 9), today=date(2026, 11, 25))
    with pytest.raises(ValidationError, match="Der er allerede bedt om en status for november 2026, til et andet møde"):
        ask(user=cast.chair, committee=other, day=date(2026, 12, 10), today=date(2026, 11, 25))
    assert ask(user=cast.chair, committee=other, day=date(2026, 12, 10), today=date(2026, 12, 1)).due_on == date(
        2026, 12, 3
    )
