"""What the measures leave open: asked, answered by a meeting on a date, reworded."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agreements.models import Meeting, RoleGrant
from outreach.models import Measure, OpenQuestion
from tests.factories import BodyFactory, CultureRegionFactory, MeetingFactory
from tests.pages import form_data, offered, parse, records, refused, send, text

pytestmark = pytest.mark.usefixtures("cast")

TODAY = timezone.localdate()
NO_CHOICE = "Marker en gyldig valgmulighed. Det valg, du har foretaget, er ikke blandt de tilgængelige valgmuligheder."


def question(words: str) -> OpenQuestion:
    return OpenQuestion.objects.get(text__startswith=words)


@pytest.fixture
def to_answer(cast) -> OpenQuestion:
    return question("Skal de betale")


def answer_url(each: OpenQuestion) -> str:
    return f"/tiltag/spoergsmaal/{each.pk}/besvar/"


def with_open_questions(client) -> list[str]:
    return [title.split()[0] for title in records(client.get("/tiltag/?spoergsmaal=aabne"))]


def questions(response) -> list[str]:
    (panel,) = parse(response).iterfind(".//section[@id='questions']")
    return [" ".join(text(each) for each in row.iter("p")) for row in panel.iter("li")]


def test_a_meeting_answers_a_question(staff, to_answer):
    meeting = Meeting.objects.get(held_on="2019-12-12", body__kind="steering_group")
    assert form_data(staff.get(answer_url(to_answer)))["answered_on"] == f"{TODAY:%d-%m-%Y}"
    response = send(
        staff, answer_url(to_answer), answer="Nej, i år.", answered_on="13-12-2019", meeting=str(meeting.pk)
    )
    assert response.url == f"/tiltag/{to_answer.measure_id}/#openquestion-{to_answer.pk}"
    assert questions(staff.get(f"/tiltag/{to_answer.measure_id}/")) == [
        "Skal de betale for deltagelse i aktiviteter? Nej, i år. "
        "Besvaret 13. december 2019 · Politisk styregruppe, 12. december 2019",
        "Hvem skal invitere interesserede kommuner ind? Sekretariatet, KMK eller KMP? Ikke besvaret endnu",
    ]
    assert with_open_questions(staff) == ["A1", "A3", "B2"]
    send(staff, answer_url(question("Hvem skal invitere")), answer="Sekretariatet.")
    assert with_open_questions(staff) == ["A3", "B2"]


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ({"answer": ""}, ["Svar: Dette felt er påkrævet."]),
        ({"answered_on": ""}, ["Besvaret den: Dette felt er påkrævet."]),
        (
            {"answered_on": "31-02-2020"},
            ["Besvaret den: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020."],
        ),
        (
            {"answered_on": f"{TODAY + timedelta(days=1):%d-%m-%Y}"},
            ["Besvaret den: Datoen ligger i fremtiden. Skriv den dag, spørgsmålet blev besvaret."],
        ),
        ({"answer": "æ" * 2001}, ["Svar: Teksten er på 2001 tegn; der er plads til 2000. Gør den kortere."]),
    ],
)
def test_an_answer_that_is_wrong_says_so_and_loses_nothing(staff, to_answer, typed, messages):
    assert refused(staff, answer_url(to_answer), **{"answer": "Nej."} | typed) == messages
    assert question("Skal de betale").answer == ""


def test_a_question_is_answered_at_a_meeting_of_its_region(staff, cast, to_answer):
    other = CultureRegionFactory()
    RoleGrant.objects.create(user=cast.staff, culture_region=other, role="staff")
    foreign = MeetingFactory(body=BodyFactory(culture_region=other))
    assert str(foreign.pk) not in offered(staff.get(answer_url(to_answer)), "meeting")
    assert refused(staff, answer_url(to_answer), forged=("meeting",), answer="Nej", meeting=str(foreign.pk)) == [
        f"Besvaret på møde: {NO_CHOICE}"
    ]


def test_two_who_answer_the_same_question_meet(staff, log_in, cast, to_answer):
    opened = form_data(staff.get(answer_url(to_answer)))
    send(log_in(cast.admin), answer_url(to_answer), answer="Ja.")
    response = staff.post(answer_url(to_answer), opened | {"answer": "Nej."})
    assert response.status_code == 409
    assert question("Skal de betale").answer == "Ja."
    assert form_data(response)["answer"] == "Nej."


def test_questions_are_asked_reworded_and_taken_back(staff):
    measure = Measure.objects.get(title="Markedsføring")
    response = send(staff, f"/tiltag/spoergsmaal/opret/?tiltag={measure.pk}", text="Hvem skriver teksten?")
    asked = question("Hvem skriver")
    assert response.url == f"/tiltag/{measure.pk}/#openquestion-{asked.pk}"
    edit = f"/tiltag/spoergsmaal/{asked.pk}/rediger/"
    assert refused(staff, edit, answer="Sekretariatet") == [
        "Et svar har en dato, og en dato har et svar. Udfyld begge felter eller ingen af dem."
    ]
    send(staff, edit, answer="Sekretariatet", answered_on="01-02-2020")
    send(staff, edit, answer="", answered_on="", text="Hvem skriver den?")
    assert questions(staff.get(f"/tiltag/{measure.pk}/")) == ["Hvem skriver den? Ikke besvaret endnu"]
