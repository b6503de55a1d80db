"""The roadmap: milestones of an agreement as a picture and as a table."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from initiatives.models import InitiativeArea, Milestone
from tests.emptying import empty
from tests.factories import AgreementFactory, InitiativeAreaFactory
from tests.factories.doing import MilestoneFactory
from tests.pages import all_of_class, form_data, parse, records, refused, send, text

URL = "/koereplan/"
YOUTH, MUSIC = "Ungeindsatsen", "Musikindsatsen"


@pytest.fixture
def nothing_planned(db):
    empty(Milestone)


def area(name: str) -> InitiativeArea:
    return InitiativeArea.objects.get(name=name)


def states(response) -> dict[str, str]:
    rows = parse(response).findall(".//tbody/tr")
    return {text(row.find("./th")): text(all_of_class(row, "state")[0]) for row in rows}


def marks(response) -> list[str]:
    return [text(each) for each in parse(response).iterfind(".//{*}svg/{*}svg/{*}title")]


@pytest.mark.usefixtures("nothing_planned")
def test_a_state_is_a_sign_and_a_word(staff):
    today = timezone.localdate()
    MilestoneFactory(title="Nået", due_on=date(2021, 4, 1), reached_on=date(2021, 3, 22))
    MilestoneFactory(title="Sent nået", due_on=date(2021, 4, 1), reached_on=date(2021, 5, 1))
    MilestoneFactory(title="I går", due_on=today - timedelta(days=1))
    MilestoneFactory(title="I dag", due_on=today)
    assert states(staff.get(URL)) == {
        "Nået": "✓ Nået 22-03-2021",
        "Sent nået": "✓ Nået 01-05-2021",
        "I går": "! Forsinket",
        "I dag": "○ Kommende",
    }


@pytest.mark.usefixtures("nothing_planned")
def test_the_picture_and_the_table_say_the_same(staff):
    MilestoneFactory(area=area(MUSIC), title="Anden", due_on=date(2022, 7, 2))
    MilestoneFactory(area=area(YOUTH), title="Første", due_on=date(2021, 1, 1), reached_on=date(2021, 1, 1))
    response = staff.get(URL)
    assert records(response) == ["Første", "Anden"]
    assert marks(response) == ["Første, 1. januar 2021: Nået", "Anden, 2. juli 2022: Forsinket"]
    picture = next(each for each in parse(response).iter() if each.get("class") == "timeline")
    places = [each.get("x") for each in all_of_class(picture, "mark")]
    assert places == ["0.00%", "37.47%"]  # of the 1460 days of the agreement, none and 547
    assert [text(each) for each in all_of_class(picture, "tick")] == ["2021", "2022", "2023", "2024"]
    assert [text(each) for each in all_of_class(picture, "area-label")] == [YOUTH, MUSIC]


@pytest.mark.usefixtures("nothing_planned")
def test_names_that_stand_close_stand_under_each_other(staff):
    for title in ("Fire spillesteder", "Fem spillesteder", "Seks spillesteder"):
        MilestoneFactory(area=area(MUSIC), title=title, due_on=date(2022, 6, 30))
    picture = next(each for each in parse(staff.get(URL)).iter() if each.get("class") == "timeline")
    heights = [int(each.get("y")) for each in all_of_class(picture, "mark")]
    assert len(set(heights)) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("aar=2023", ["Fælles pulje til unges egne projekter"]),
        ("q=kor", ["Kor i to kommuner"]),
        (
            "aar=2021&sorter=-titel",
            [
                "Mentorer fra fire spillesteder",
                "Kor i to kommuner",
                "Kontaktperson i hver kommune",
                "Første hold har spillet koncert",
            ],
        ),
        ("aar=1900", []),
    ],
)
def test_filters_and_order(staff, query, found):
    response = staff.get(f"{URL}?{query}")
    assert records(response) == found
    assert len(marks(response)) == len(found)


def test_one_area(staff):
    assert records(staff.get(f"{URL}?omraade={area(MUSIC).pk}")) == [
        "Mentorer fra fire spillesteder",
        "Første hold har spillet koncert",
        "Musiktalenter i alle kommuner",
    ]


def test_it_is_about_one_agreement(staff):
    older = InitiativeAreaFactory(agreement=AgreementFactory(name="Aftalen før", status="ended"))
    MilestoneFactory(area=older, title="Gammel", due_on=date(2026, 1, 1))
    assert "Gammel" not in records(staff.get(URL))
    assert records(staff.get(f"{URL}?aftale={older.agreement_id}")) == ["Gammel"]


def test_a_milestone_is_made_reached_and_deleted(staff):
    new = f"{URL}opret/?omraade={area(MUSIC).pk}"
    response = send(staff, new, title="Ti mentorer", due_on="1.3.2024")
    milestone = Milestone.objects.get(title="Ti mentorer")
    assert response.url == f"{URL}{milestone.pk}/"
    send(staff, f"{URL}{milestone.pk}/rediger/", reached_on="28.2.2024")
    assert "✓ Nået 28-02-2024" in text(parse(staff.get(f"{URL}{milestone.pk}/")))
    staff.post(f"{URL}{milestone.pk}/slet/")
    assert "Ti mentorer" in text(parse(staff.get(f"{URL}slettede/")))


def test_the_next_milestone_starts_in_the_same_area(staff):
    new = f"{URL}opret/?omraade={area(MUSIC).pk}"
    response = send(staff, new, title="Ti mentorer", due_on="1.3.2024", ny="")
    assert form_data(staff.get(response.url))["area"] == str(area(MUSIC).pk)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"title": ""}, "Titel: Dette felt er påkrævet."),
        ({"due_on": "snart"}, "Frist: Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020."),
        (
            {"title": "Musiktalenter i alle kommuner", "due_on": "30-06-2024"},
            "Området har allerede denne milepæl på den dato.",
        ),
    ],
)
def test_what_is_wrong_with_a_milestone(staff, values, message):
    new = f"{URL}opret/?omraade={area(MUSIC).pk}"
    assert refused(staff, new, **{"title": "Ti mentorer", "due_on": "1.3.2024"} | values) == [message]


def test_many_milestones_cost_no_more_queries_than_one(staff):
    def count():
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(URL).status_code == 200
        return len(captured)

    empty(Milestone)
    MilestoneFactory()
    staff.get(URL)
    one = count()
    for _n in range(10):
        MilestoneFactory(area=InitiativeAreaFactory())
        MilestoneFactory()
    assert count() == one
