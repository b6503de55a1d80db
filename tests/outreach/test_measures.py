"""The list of measures in the browser: seen, filtered, written, found."""

import csv
import io
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from agreements.models import Agreement, Person
from outreach.models import Measure, MeasureList, OpenQuestion
from tests.counting import queries
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CommitteeFactory,
    CultureRegionFactory,
    MeetingFactory,
    PersonFactory,
    municipality,
    the_agreement,
)
from tests.factories.outreach import (
    ContactNoteFactory,
    MeasureFactory,
    MeasureListFactory,
    NetworkEventFactory,
    OnboardingCaseFactory,
    OpenQuestionFactory,
    StatusNoteFactory,
    SubscriptionFactory,
    VisitFactory,
)
from tests.pages import all_of_class, heading, offered, parse, records, refused, send, text

TODAY = timezone.localdate()
TITLE = "Mulige tiltag i processen mod 2021-24"
NO_CHOICE = "Marker en gyldig valgmulighed. Det valg, du har foretaget, er ikke blandt de tilgængelige valgmuligheder."


@pytest.fixture
def the_list(cast) -> MeasureList:
    return MeasureList.objects.get(title=TITLE)


def measure(code: str) -> Measure:
    direction = {"A": "outward", "B": "inward"}[code[0]]
    return Measure.objects.get(list__title=TITLE, direction=direction, number=code[1:])


def question(words: str) -> OpenQuestion:
    return OpenQuestion.objects.get(text__startswith=words)


def elsewhere() -> Agreement:
    return AgreementFactory(culture_region=CultureRegionFactory())


# the list ------------------------------------------------------------------------------------------------------------


def rows(response) -> dict[str, list[list[str]]]:
    """The cells of each measure, by the heading of its direction."""
    return {
        text(direction.find("./tr/th")): [[text(cell) for cell in row] for row in direction.findall("./tr")[1:]]
        for direction in parse(response).iterfind(".//tbody")
    }


def test_the_list_shows_each_measure_under_its_direction(staff, the_list):
    Measure.objects.filter(pk=measure("A2").pk).update(status="running", responsible=PersonFactory(name="Åse Skov"))
    response = staff.get("/tiltag/")
    assert heading(response) == TITLE
    assert rows(response) == {
        "A) Udadrettede tiltag": [
            ["A1 Indslusningsmodel", "○ Foreslået", "–", "2 åbne spørgsmål: A1 Indslusningsmodel", "Indslusning"],
            ["A2 Tour-de-Kommune", "● I gang", "Åse Skov", "–", "Tour-de-Kommune"],
            [
                "A3 Netværk og KL's Landsforening",
                "○ Foreslået",
                "–",
                "2 åbne spørgsmål: A3 Netværk og KL's Landsforening",
                "Netværk",
            ],
        ],
        "B) Indadrettede tiltag": [
            ["B1 Citatboks/Facebook-opslag", "○ Foreslået", "–", "–", "Statusnotater"],
            ["B2 Udvalgsmøder", "○ Foreslået", "–", "3 åbne spørgsmål: B2 Udvalgsmøder", "Udvalgenes ure"],
            ["B3 Kontakt ml. kulturchefer og politikere", "○ Foreslået", "–", "–", "Kontakter"],
            ["B4 Markedsføring", "○ Foreslået", "–", "–", "Markedsføring"],
        ],
    }
    assert text(all_of_class(parse(response), "prose")[0]) == " ".join(the_list.introduction.split())


def codes(response) -> list[str]:
    return [title.split()[0] for title in records(response)]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("?retning=inward", ["B1", "B2", "B3", "B4"]),
        ("?status=rejected", ["B4"]),
        ("?spoergsmaal=aabne", ["A1", "A3", "B2"]),
        ("?spoergsmaal=ingen", ["A2", "B1", "B3", "B4"]),
        ("?q=betale", ["A1"]),
        ("?q=kommune", ["A1", "A2", "B1", "B2", "B3", "B4"]),
        ("?q=prøveperiode", ["B2"]),
        ("?q=findesikke", []),
    ],
)
def test_the_list_is_filtered(staff, the_list, address, expected):
    Measure.objects.filter(pk=measure("B4").pk).update(status="rejected", status_reason="For dyrt")
    OpenQuestionFactory(measure=measure("B2"), answer="Ja, i en prøveperiode.", answered_on=TODAY)
    assert codes(staff.get(f"/tiltag/{address}")) == expected


def test_the_list_of_who_is_responsible(staff, the_list):
    person = PersonFactory(name="Åse Skov")
    Measure.objects.filter(pk=measure("A3").pk).update(responsible=person)
    assert codes(staff.get(f"/tiltag/?ansvarlig={person.pk}")) == ["A3"]


def test_the_chosen_agreements_list_is_shown_and_others_by_their_address(staff, the_list):
    newer = MeasureFactory(list__title="Den nye liste", title="Kulturbus")
    chosen = staff.get("/tiltag/", follow=True)
    assert (heading(chosen), len(records(chosen))) == (TITLE, 7)
    other = staff.get(newer.list.get_absolute_url())
    assert (heading(other), codes(other)) == ("Den nye liste", [newer.code])


def test_an_agreement_without_a_list_says_what_to_do(log_in, cast):
    page = log_in(cast.outsider).get("/tiltag/")
    assert heading(page) == "Tiltag"
    (panel,) = [each for each in parse(page).iter("section") if each.get("aria-labelledby") == "about-the-list"]
    assert "Aftalen har ingen liste over tiltag endnu." in text(panel)
    assert [link.get("href") for link in panel.iter("a")] == ["/tiltag/liste/opret/"]


def test_a_filter_that_makes_no_sense_says_so(staff, the_list):
    response = staff.get("/tiltag/?aftale=999999")
    (bar,) = all_of_class(parse(response), "filter-bar")
    assert [text(each) for each in all_of_class(bar, "invalid-feedback")] == [NO_CHOICE]
    assert records(response) == []


def test_the_list_is_exported_as_filtered(staff, the_list):
    response = staff.get("/tiltag/?format=csv&retning=outward")
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    header, first, *others = csv.reader(io.StringIO(content, newline=""), delimiter=";")
    row = dict(zip(header, first, strict=True))
    assert len(others) == 2
    assert row | {"punkter": ""} == {
        "aftale": "Kulturmetropolen 2021-2024",
        "nummer": "A1",
        "retning": "Udadrettet",
        "tiltag": "Indslusningsmodel",
        "indledning": measure("A1").introduction,
        "punkter": "",
        "status": "Foreslået",
        "begrundelse": "",
        "ansvarlig": "",
        "foreslået_af": "Politisk styregruppe",
        "foreslået_den": "12-12-2019",
        "åbne_spørgsmål": "2",
    }


def test_sixty_measures_cost_no_more_queries_than_one(staff):
    measures = MeasureListFactory()

    def add(number: int) -> None:
        each = MeasureFactory(list=measures, number=number, runs="visits", responsible=PersonFactory())
        OpenQuestionFactory.create_batch(2, measure=each)

    add(1)
    few = queries(staff, measures.get_absolute_url())
    for number in range(2, 61):
        add(number)
    assert queries(staff, measures.get_absolute_url()) == few
    assert len(records(staff.get(measures.get_absolute_url()))) == 60


def test_signs_that_the_pdf_cannot_print_are_named(staff, the_list):
    assert all_of_class(parse(staff.get("/tiltag/")), "notice-warning") == []
    OpenQuestion.objects.filter(pk=question("Hvordan").pk).update(text="Hvordan 音?")
    Measure.objects.filter(pk=measure("B1").pk).update(points="- 😀")
    (warning,) = all_of_class(parse(staff.get("/tiltag/")), "notice-warning")
    assert text(warning) == (
        "PDF'ens skrifttype mangler disse tegn, så de bliver trykt som �: 音 😀. Skriv dem på en anden måde."
    )


# one measure ---------------------------------------------------------------------------------------------------------


def facts(response) -> dict[str, str]:
    (listed,) = all_of_class(parse(response), "facts")
    return dict(zip(map(text, listed.iter("dt")), map(text, listed.iter("dd")), strict=True))


def test_a_measure_tells_where_it_comes_from_and_how_far_it_is(staff, the_list):
    person = PersonFactory(name="Åse Skov")
    Measure.objects.filter(pk=measure("A2").pk).update(status="rejected", status_reason="Ingen tid", responsible=person)
    page = staff.get(f"/tiltag/{measure('A2').pk}/")
    assert heading(page) == "A2 Tour-de-Kommune"
    assert facts(page) == {
        "Foreslået på": "Politisk styregruppe, 12. december 2019",
        "Ansvarlig": "Åse Skov",
        "Status": "Afvist Ingen tid",
        "Liste": TITLE,
    }
    links = {link.get("href") for link in parse(page).iter("a")}
    assert {measure("A2").origin.get_absolute_url(), person.get_absolute_url(), the_list.get_absolute_url()} <= links


def held_elsewhere(factory, **fields) -> None:
    factory(culture_region=CultureRegionFactory(), **fields)


RUNS = {
    "A1": (
        "onboardingcase_list",
        "Indslusning: {} åbne indslusninger",
        lambda: (
            OnboardingCaseFactory(municipality=municipality("Fanø")),
            OnboardingCaseFactory(municipality=municipality("Ærø")),
            OnboardingCaseFactory(municipality=municipality("Faxe"), stage="declined", stage_reason="Ikke nu"),
            OnboardingCaseFactory(agreement=elsewhere()),
        ),
    ),
    "A2": (
        "visit_list",
        "Tour-de-Kommune: {} kommende besøg",
        lambda: (
            VisitFactory(),
            VisitFactory(status="confirmed"),
            VisitFactory(status="held"),
            held_elsewhere(VisitFactory),
        ),
    ),
    "A3": (
        "networkevent_list",
        "Netværk: {} arrangementer",
        lambda: (NetworkEventFactory(), NetworkEventFactory(), held_elsewhere(NetworkEventFactory)),
    ),
    "B1": (
        "statusnote_list",
        "Statusnotater: {} offentliggjorte statusnotater",
        lambda: (
            StatusNoteFactory(),
            StatusNoteFactory(status="published", published_on=TODAY),
            StatusNoteFactory(status="published", published_on=TODAY),
        ),
    ),
    "B2": (
        "clock_list",
        "Udvalgenes ure: {} røde ure",
        lambda: (CommitteeFactory(), CommitteeFactory(), BodyFactory()),
    ),
    "B3": (
        "contactnote_list",
        "Kontakter: {} kontakter i år",
        lambda: (
            ContactNoteFactory(contacted_on=TODAY),
            ContactNoteFactory(contacted_on=TODAY),
            ContactNoteFactory(contacted_on=TODAY - timedelta(days=366)),
        ),
    ),
    "B4": (
        "subscription_list",
        "Markedsføring: {} modtagere af nyhedsbrevet",
        lambda: (
            SubscriptionFactory(confirmed_at=timezone.now()),
            SubscriptionFactory(confirmed_at=timezone.now()),
            SubscriptionFactory(),
        ),
    ),
}


@pytest.mark.parametrize("code", RUNS)
def test_a_measure_leads_to_what_runs_under_it_and_counts_it(staff, the_list, code):
    name, words, make = RUNS[code]

    def running() -> str:
        page = parse(staff.get(f"/tiltag/{measure(code).pk}/"))
        (line,) = [each for each in page.iter("p") if each.find(f"./a[@href='{reverse(name)}']") is not None]
        return text(line)

    def counted() -> int:
        return int(next(word for word in running().split() if word.isdecimal()))

    before = counted()
    make()
    assert running() == words.format(before + 2)


def test_ten_questions_cost_no_more_queries_than_one(staff, the_list):
    def add() -> None:
        OpenQuestionFactory(measure=measure("A2"), answer="Ja", answered_on=TODAY, meeting=MeetingFactory())

    url = f"/tiltag/{measure('A2').pk}/"
    add()
    few = queries(staff, url)
    for _n in range(10):
        add()
    assert queries(staff, url) == few


# writing measures ----------------------------------------------------------------------------------------------------


def test_a_new_measure_takes_the_next_number(staff, the_list):
    url = f"/tiltag/opret/?liste={the_list.pk}&retning=outward"
    response = send(staff, url, title="Kulturbus", introduction="En bus", runs="visits")
    new = Measure.objects.get(title="Kulturbus")
    assert response.url == f"/tiltag/{new.pk}/"
    assert (new.code, new.status, new.list) == ("A4", "proposed", the_list)
    send(staff, f"/tiltag/{new.pk}/rediger/", number="", direction="inward")
    assert Measure.objects.get(pk=new.pk).code == "B5"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": ""}, "Titel: Dette felt er påkrævet."),
        ({"direction": ""}, "Retning: Dette felt er påkrævet."),
        ({"number": "0"}, "Nummer: Denne værdi skal være større end eller lig 1."),
        ({"number": "1000"}, "Nummer: Denne værdi skal være mindre end eller lig 999."),
        ({"number": "to"}, "Nummer: Indtast et heltal."),
        ({"number": "1"}, "Listen har allerede et tiltag med den retning og det nummer."),
        ({"status": "rejected"}, "Skriv, hvorfor tiltaget er afvist."),
        (
            {"introduction": "æ" * 2001},
            "Indledning: Teksten er på 2001 tegn; der er plads til 2000. Gør den kortere.",
        ),
    ],
)
def test_a_measure_that_is_wrong_says_so_and_loses_nothing(staff, the_list, typed, message):
    url = f"/tiltag/opret/?liste={the_list.pk}&retning=inward"
    assert refused(staff, url, **{"title": "Kulturbus", "number": "9"} | typed) == [message]
    assert not Measure.objects.filter(title="Kulturbus").exists()


def test_a_measure_is_offered_the_meetings_and_people_of_its_region(staff, the_list):
    committee, own = MeetingFactory(body=CommitteeFactory()), MeetingFactory()
    foreign = MeetingFactory(body=BodyFactory(culture_region=CultureRegionFactory()))
    stranger = PersonFactory(culture_region=CultureRegionFactory())
    url = f"/tiltag/{measure('A1').pk}/rediger/"
    page = staff.get(url)
    choices = {int(value) for value in offered(page, "origin") if value}
    assert own.pk in choices
    assert choices.isdisjoint({committee.pk, foreign.pk})
    assert refused(staff, url, forged=("responsible",), responsible=str(stranger.pk)) == [f"Ansvarlig: {NO_CHOICE}"]
    assert refused(staff, url, forged=("origin",), origin=str(committee.pk)) == [f"Foreslået på: {NO_CHOICE}"]


def test_a_status_with_its_reason_stands_in_the_history(staff, the_list):
    url = f"/tiltag/{measure('B4').pk}/"
    send(staff, f"{url}rediger/", status="agreed", status_reason="Formandskabet vil det")
    (changes, *_rest) = all_of_class(parse(staff.get(f"{url}historik/")), "facts")
    assert dict(zip(map(text, changes.iter("dt")), map(text, changes.iter("dd")), strict=True)) == {
        "Status": "Foreslået → Vedtaget",
        "Begrundelse for status": "– → Formandskabet vil det",
    }


def test_an_agreement_has_one_list(staff, the_list):
    url = f"/tiltag/liste/opret/?aftale={the_agreement().pk}"
    assert refused(staff, url, title="En anden liste") == ["Aftale: Aftalen har allerede en liste over tiltag."]
    new = AgreementFactory()
    response = send(staff, f"/tiltag/liste/opret/?aftale={new.pk}", title="Tiltag mod 2029")
    assert response.url == f"/tiltag/?aftale={new.pk}"
    assert heading(staff.get(response.url)) == "Tiltag mod 2029"


def test_the_list_is_rewritten_and_not_deleted_under_its_measures(staff, the_list):
    send(staff, f"/tiltag/liste/{the_list.pk}/rediger/", title="Tiltag", introduction="<b>Nyt</b>")
    page = staff.get("/tiltag/")
    assert heading(page) == "Tiltag"
    assert text(all_of_class(parse(page), "prose")[0]) == "<b>Nyt</b>"
    response = staff.post(f"/tiltag/liste/{the_list.pk}/slet/")
    assert response.status_code == 409
    assert "tiltag “A1 Indslusningsmodel”" in response.content.decode()


# search and the menu -------------------------------------------------------------------------------------------------


def test_measures_lists_and_questions_are_found(staff, the_list):
    OpenQuestion.objects.filter(pk=question("Skal de betale").pk).update(
        answer="Zzgratis det første år", answered_on=TODAY
    )
    Measure.objects.filter(pk=measure("B3").pk).update(points="- Zzgratis kaffe")
    MeasureList.objects.filter(pk=the_list.pk).update(introduction="Zzgratis liste")
    page = parse(staff.get("/soeg/?q=zzgratis"))
    sections = [each for each in page.iter("section") if each.get("aria-labelledby", "").startswith("hits-")]
    hits = {text(each.find(".//h2")): [a.get("href") for a in each.iterfind(".//li//a")] for each in sections}
    assert hits == {
        "Lister over tiltag": [the_list.get_absolute_url()],
        "Tiltag": [f"/tiltag/{measure('B3').pk}/"],
        "Åbne spørgsmål": [question("Skal de betale").get_absolute_url()],
    }


def test_the_menu_leads_to_the_measures_of_those_who_edit(log_in, cast):
    def menu(user) -> list[str]:
        return [link.get("href") for link in all_of_class(parse(log_in(user).get("/")), "nav-item")]

    assert "/tiltag/" in menu(cast.staff)
    assert "/tiltag/" not in menu(cast.chair)


def test_a_person_who_is_responsible_is_not_deleted(staff, the_list):
    person = PersonFactory(name="Åse Skov")
    Measure.objects.filter(pk=measure("A1").pk).update(responsible=person)
    assert staff.post(f"/personer/{person.pk}/slet/").status_code == 409
    assert Person.objects.filter(pk=person.pk).exists()
