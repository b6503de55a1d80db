"""The start page of each role."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import date_format

from agreements.models import Agreement, CultureRegion, Meeting, Membership
from kulturmetropol.dashboard import greeting
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CommitteeFactory,
    InitiativeFactory,
    MeetingFactory,
    MembershipFactory,
    MemoFactory,
    ResultTargetFactory,
    municipality,
    the_agreement,
)
from tests.pages import all_of_class, heading, notices, parse, text


def panels(response) -> dict[str, list[str]]:
    """The lines under each heading."""
    found = {}
    for panel in all_of_class(parse(response), "panel"):
        if (title := panel.find(".//h2")) is not None:
            found[text(title)] = [text(line) for line in panel.iter("li")]
    return found


def figures(response) -> dict[str, dict[str, str]]:
    return {
        text(panel.find(".//h2")): {
            text(group.find("dt")): text(group.find("dd"))
            for group in panel.iter("div")
            if group.find("dt") is not None
        }
        for panel in all_of_class(parse(response), "area-edge")
    }


def test_staff_see_what_is_going_on(staff):
    response = staff.get("/")
    assert heading(response) == f"{greeting(timezone.localtime())}, staff"
    assert [line for line in notices(response) if "papirerne siger" in line] == []
    found = panels(response)
    assert found["Aftaler"] == ["Kulturmetropolen 2021-2024 9 medlemmer ● Underskrevet"]
    assert found["Nyeste notater"] == ["Der er ingen notater endnu. Opret et, så flyder aftalens data ind i det."]
    assert found["Hvem er med"][:2] == ["9 medlemmer", "3 i indslusning"]
    assert figures(response) == {
        "Ungeindsatsen": {"indsatser": "2", "i gang": "1"},
        "Musikindsatsen": {"indsatser": "2", "i gang": "1"},
        "Kultur og sundhedsindsatsen": {"indsatser": "2", "i gang": "1"},
    }


def test_the_newest_memos_say_whom_they_are_to(staff):
    MemoFactory()
    MemoFactory(committee=None, kind="evaluation")
    first, second = panels(staff.get("/"))["Nyeste notater"]
    assert first.startswith("Kulturmetropolen 2021-2024 Afsluttende evaluering · 6. november 2020 · 20.20.00-P27-1-20")
    assert second.startswith("Kultur- og Fritidsudvalget, Rødovre Status på aftalen · 6. november 2020")


def test_nine_tiles_are_filled(staff):
    tiles = [tile for tile in parse(staff.get("/")).iterfind(".//{*}g") if tile.find("{*}text") is not None]
    assert len(tiles) == 98
    members = sorted(text(tile.find("{*}text")) for tile in tiles if "member" in tile.get("class", "").split())
    assert members == ["Alb", "Fur", "Hal", "Hel", "Her", "Ish", "Køg", "Ros", "Rød"]


def test_staff_are_told_when_the_papers_count_otherwise(staff):
    Membership.objects.get(municipality__name="Helsingør").delete()
    agreement = the_agreement()
    line = "Kulturmetropolen 2021-2024: papirerne siger 9 medlemmer, men 8 er registreret. Notater skriver 8."
    pages = ["/", agreement.get_absolute_url()]
    assert [line in notices(staff.get(page)) for page in pages] == [True, True]
    Agreement.objects.update(stated_member_count=None)
    assert [line in notices(staff.get(page)) for page in pages] == [False, False]


@pytest.mark.parametrize(("days", "count"), [(-1, 8), (0, 8), (1, 9)])
def test_a_member_counts_until_the_day_it_leaves(staff, days, count):
    left_on = timezone.localdate() + timedelta(days=days)
    Membership.objects.filter(municipality__name="Køge").update(left_on=left_on)
    found = panels(staff.get("/"))
    assert found["Aftaler"] == [f"Kulturmetropolen 2021-2024 {count} medlemmer ● Underskrevet"]
    assert found["Hvem er med"][0] == f"{count} medlemmer"
    assert f"{count} medlemmer" in panels(staff.get(the_agreement().get_absolute_url()))


@pytest.fixture
def no_meetings(cast):
    Meeting.objects.update(status=Meeting.Status.CANCELLED)


def test_no_meeting_is_called_so(staff, no_meetings):
    assert panels(staff.get("/"))["Kommende møder"] == ["Der er ikke registreret kommende møder."]


def test_the_five_nearest_meetings_come(staff, no_meetings):
    today = timezone.localdate()
    for days in (40, 10, 20, 0, -1, 50, 30):
        MeetingFactory(body=BodyFactory(name=f"Om {days} dage"), held_on=today + timedelta(days=days))
    MeetingFactory(body=BodyFactory(name="Aflyst"), held_on=today, status=Meeting.Status.CANCELLED)
    lines = panels(staff.get("/"))["Kommende møder"]
    assert [line.partition(" dage")[0] for line in lines] == ["Om 0", "Om 10", "Om 20", "Om 30", "Om 40"]


def test_an_ended_agreement_leaves_the_start_page(staff):
    Agreement.objects.update(status=Agreement.Status.ENDED)
    response = staff.get("/")
    assert panels(response)["Aftaler"] == ["Opret den første aftale"]
    assert figures(response) == {}


@pytest.mark.parametrize("role", ["chair", "culture_head"])
def test_a_chair_and_a_culture_head_see_their_own_municipality(log_in, cast, no_meetings, role):
    today = timezone.localdate()
    MeetingFactory(body=CommitteeFactory(name="Et andet udvalg"), held_on=today)
    MeetingFactory(body=BodyFactory(name="Alles organ"), held_on=today)
    response = log_in(getattr(cast, role)).get("/")
    assert heading(response) == "Rødovre"
    found = panels(response)
    assert found["Kommende møder"] == [f"Alles organ {date_format(today)}"]
    assert found["Kommunens medlemskab"] == ["Kulturmetropolen 2021-2024 Medlem fra 1. januar 2021"]
    assert text(parse(response).find(".//p[@class='lead']")) == "Kultur- og Fritidsudvalget"
    assert "Aftaler" not in found


def test_a_chair_of_another_municipality_sees_that_one(log_in, cast):
    assert heading(log_in(cast.chair_elsewhere).get("/")) == "Køge"


def test_others_are_told_that_nothing_is_shared(log_in, cast):
    response = log_in(cast.nobody).get("/")
    assert heading(response) == "Velkommen, nobody"
    (panel,) = all_of_class(parse(response), "panel")
    assert text(panel) == (
        "Der er ikke delt noget med dig endnu. Skriv til sekretariatet, hvis du ventede at finde noget her."
    )
    assert [text(link) for link in all_of_class(parse(response), "nav-item")] == ["Forside", "Hjælp"]


def test_the_start_page_of_another_region_shows_nothing_of_this_one(log_in, cast):
    response = log_in(cast.outsider).get("/")
    found = panels(response)
    assert found["Aftaler"] == ["Opret den første aftale"]
    assert found["Hvem er med"] == [
        "0 medlemmer",
        "0 i indslusning",
        "0 besøgt eller kontaktet",
        "98 endnu ikke kontaktet",
    ]
    assert figures(response) == {}


def test_made_up_data_are_called_so(staff):
    (note,) = all_of_class(parse(staff.get("/")), "demo-note")
    assert text(note) == "Dette er en prøveportal. Indsatserne i den er opdigtede."
    CultureRegion.objects.update(has_demo_data=False)
    assert all_of_class(parse(staff.get("/")), "demo-note") == []


@pytest.mark.parametrize("role", ["staff", "chair"])
def test_the_start_page_costs_the_same_queries_however_much_is_on_it(log_in, cast, role):
    client = log_in(getattr(cast, role))

    def grow():
        day = timezone.localdate() + timedelta(days=1)
        MeetingFactory(body=BodyFactory(), held_on=day)
        MemoFactory(committee=CommitteeFactory(), date=date(2021, 1, 1))
        MemoFactory(committee=None, municipality=municipality("Køge"), date=date(2021, 1, 1))
        meeting = MeetingFactory(body=CommitteeFactory())
        MemoFactory(committee=None, kind="agenda", meeting=meeting, date=date(2021, 1, 1))
        InitiativeFactory(area=ResultTargetFactory().area)
        MembershipFactory(agreement=AgreementFactory())

    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get("/")
        return len(captured)

    grow()
    few = queries()
    for _n in range(8):
        grow()
    assert queries() == few
