"""Where the region has been: the four ways in which a municipality stands to it, on the map and in the table."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from initiatives.account import account
from initiatives.models import Activity
from outreach import talkingpoints
from outreach.coverage import Coverage
from outreach.models import Ambassador, ContactNote, Encounter, FollowUp, OnboardingCase, Visit
from tests.counting import queries
from tests.emptying import empty
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MembershipFactory,
    municipality,
)
from tests.factories.doing import ActivityFactory, ParticipationFactory, StoryFactory
from tests.factories.economy import ContributionFactory
from tests.factories.outreach import (
    AmbassadorFactory,
    ContactNoteFactory,
    EncounterFactory,
    OnboardingCaseFactory,
    VisitFactory,
)
from tests.pages import all_of_class, form_data, parse, text

TODAY = date(2026, 11, 25)
URL = "/besoeg/daekning/"


@pytest.fixture(autouse=True)
def nothing(cast):
    """No visits, contacts and cases but those that a test makes."""
    for model in (FollowUp, ContactNote):
        empty(model)
    for case in OnboardingCase.objects.all():
        case.invitations.all().delete()
        case.passages.all().delete()
        case.delete()
    for model in (Encounter, Ambassador, Visit):
        empty(model)


def standing(cast, name: str) -> tuple[str, str]:
    (tile,) = [each for each in Coverage(cast.staff, TODAY).tiles if each.municipality.name == name]
    return tile.standing.kind, tile.standing.words


def test_a_member_is_a_member_whatever_else_it_is(cast):
    VisitFactory(host=municipality("Køge"), held_on=date(2026, 1, 1), status="held")
    assert standing(cast, "Køge") == ("member", "medlem")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ("onboarding", "i indslusning: interesseret")),
        ({"stage": "paused", "stage_reason": "Valg"}, ("onboarding", "i indslusning: på pause")),
        ({"stage": "declined", "stage_reason": "Nej tak"}, ("visited", "kontaktet")),
    ],
)
def test_in_onboarding(cast, fields, expected):
    OnboardingCaseFactory(**fields)
    assert standing(cast, "Allerød") == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"held_on": date(2026, 5, 4), "status": "held"}, ("visited", "besøgt den 4. maj 2026")),
        ({"held_on": date(2024, 11, 26), "status": "held"}, ("visited", "besøgt den 26. november 2024")),
        ({"held_on": date(2024, 11, 24), "status": "held"}, ("visited", "kontaktet den 24. november 2024")),
        ({"held_on": date(2026, 12, 10)}, ("visited", "besøg planlagt den 10. december 2026")),
        (
            {"held_on": date(2026, 12, 10), "status": "cancelled", "status_reason": "Sne"},
            ("other", "endnu ikke kontaktet"),
        ),
    ],
)
def test_visited(cast, fields, expected):
    VisitFactory(**fields)
    assert standing(cast, "Allerød") == expected


def test_contacted(cast):
    ContactNoteFactory(municipality=municipality("Allerød"), contacted_on=date(2026, 3, 1))
    assert standing(cast, "Allerød") == ("visited", "kontaktet den 1. marts 2026")
    EncounterFactory()
    assert standing(cast, "Allerød") == ("visited", "kontaktet den 11. juni 2026")


def test_what_another_region_has_done_does_not_count(cast):
    VisitFactory(culture_region=CultureRegionFactory(), held_on=date(2026, 5, 4), status="held")
    OnboardingCaseFactory(agreement=AgreementFactory(culture_region=CultureRegionFactory()))
    assert standing(cast, "Allerød") == ("other", "endnu ikke kontaktet")
    assert {each.standing.kind for each in Coverage(cast.outsider, TODAY).tiles} == {"other"}


def legend(page) -> list[str]:
    (found,) = all_of_class(page, "legend")
    return [text(each) for each in found.iter("li")]


def test_the_map_counts_each_of_the_98_once_and_leads_to_their_pages(staff):
    OnboardingCaseFactory()
    VisitFactory(host=municipality("Lejre"), held_on=timezone.localdate(), status="held")
    for url in (URL, "/"):
        page = parse(staff.get(url))
        assert legend(page) == [
            "9 medlemmer",
            "1 i indslusning",
            "1 besøgt eller kontaktet",
            "87 endnu ikke kontaktet",
        ]
        tiles = {each.get("aria-label"): each.get("href") for each in all_of_class(page, "tile")}
        assert len(tiles) == 98
        assert tiles["Rødovre: medlem"] == "/kommuner/0175/"
        assert tiles["Allerød: i indslusning: interesseret"] == "/kommuner/0201/"
        assert tiles["Odense: endnu ikke kontaktet"] == "/kommuner/0461/"


def test_the_map_of_members_stays_as_it_is(staff):
    assert legend(parse(staff.get("/kommuner/"))) == ["9 medlemmer", "ikke medlemmer"]


def test_the_table_has_members_and_contacted_ones_longest_ago_first(staff):
    today = timezone.localdate()
    for name, days in [("Lejre", 10), ("Køge", 400), ("Køge", 500)]:
        VisitFactory(host=municipality(name), held_on=today - timedelta(days=days), status="held")
    VisitFactory(host=municipality("Lejre"), held_on=today + timedelta(days=3), status="confirmed")
    rows = [[text(cell) for cell in row] for row in parse(staff.get(URL)).iterfind(".//tbody/tr")]
    assert [row[0] for row in rows] == [
        "Albertslund", "Furesø", "Halsnæs", "Helsingør", "Herlev", "Ishøj", "Roskilde", "Rødovre", "Køge", "Lejre",
    ]  # fmt: skip
    assert rows[0] == ["Albertslund", "Medlem", "aldrig", "", "0", "Planlæg et: Albertslund"]
    assert rows[8][2:5] == [f"{today - timedelta(days=400):%d-%m-%Y}", "400", "2"]
    assert rows[9][3:] == ["10", "1", f"{today + timedelta(days=3):%d-%m-%Y}"]


def test_coverage_costs_the_same_queries_however_many_visits(staff):
    VisitFactory()
    few = queries(staff, URL)
    for name in ("Lejre", "Køge", "Greve", "Dragør"):
        VisitFactory(host=municipality(name), held_on=date(2026, 1, 1), status="held")
        ContactNoteFactory(municipality=municipality(name))
        OnboardingCaseFactory(municipality=municipality(name))
        EncounterFactory(municipality=municipality(name))
    assert queries(staff, URL) == few


# --- talking points ---------------------------------------------------------------------------------------------------


@pytest.fixture
def lived(cast):
    """A year and more of the next agreement, as Køge has lived it; it is on its way since 2026."""
    agreement = AgreementFactory(name="Aftalen 2026-2029", starts_on=date(2026, 1, 1), ends_on=date(2029, 12, 31))
    koege = municipality("Køge")
    for each in (koege, municipality("Ishøj")):
        MembershipFactory(agreement=agreement, municipality=each, joined_on=date(2026, 1, 1))
    area = InitiativeAreaFactory(agreement=agreement)
    first, second = InitiativeFactory(area=area), InitiativeFactory(area=area)
    ParticipationFactory(initiative=first, municipality=koege, role="lead")
    ParticipationFactory(initiative=second, municipality=koege)
    ActivityFactory(initiative=first, held_on=date(2026, 3, 1), attendance=1200, places=["Køge"])
    ActivityFactory(initiative=first, held_on=date(2026, 4, 1), attendance=34, places=["Køge", "Ishøj"])
    StoryFactory(initiative=first, municipality=koege, published_on=date(2026, 5, 2))
    ContributionFactory(agreement=agreement, year=2026, municipality=koege, amount="61184.00")
    ContributionFactory(agreement=agreement, year=2026, of_state=True, amount="200000.00")
    return agreement


KOEGE = """**Køge, Aftalen 2026-2029**

- Køge deltager i 2 indsatser og leder 1 af dem.
- 2 aktiviteter i kommunen, hvor 1.234 personer har deltaget.
- 1 god historie, den seneste fra den 2. maj 2026.
- Kommunen bidrager med 1,00 kr. pr. indbygger (2026).
- For hver krone, Køge lægger i aftalen, lægger de andre 3,27 kr."""


def test_talking_points_have_the_figures_of_the_ambassadors_own_account(lived):
    visit = AmbassadorFactory().visit
    assert talkingpoints.draft(visit, TODAY) == KOEGE
    found = account(agreement=lived, municipality=municipality("Køge"), first=lived.starts_on, last=TODAY, today=TODAY)
    assert (found.attendance.own, str(found.others_per_krone)) == (1234, "3.27")


def test_what_is_not_registered_is_not_said(lived):
    Activity.objects.update(attendance=None)
    visit = AmbassadorFactory(municipality=municipality("Ishøj")).visit
    assert talkingpoints.draft(visit, TODAY) == "**Ishøj, Aftalen 2026-2029**\n\n- 1 aktivitet i kommunen."


def test_a_municipality_without_figures_is_told_of(cast):
    agreement = AgreementFactory(name="Aftalen 2026-2029", starts_on=date(2026, 1, 1))
    MembershipFactory(agreement=agreement, municipality=municipality("Fanø"), joined_on=date(2026, 1, 1))
    visit = AmbassadorFactory(municipality=municipality("Fanø")).visit
    assert talkingpoints.draft(visit, TODAY) == "**Fanø, Aftalen 2026-2029**\n\nDer er ingen tal for kommunen endnu."


def test_each_municipality_is_told_of_once(lived):
    visit = AmbassadorFactory().visit
    AmbassadorFactory(visit=visit, person=visit.culture_region.person_set.create(name="En"))
    AmbassadorFactory(visit=visit, municipality=municipality("Ishøj"))
    assert [line for line in talkingpoints.draft(visit, TODAY).splitlines() if line.startswith("**")] == [
        "**Ishøj, Aftalen 2026-2029**",
        "**Køge, Aftalen 2026-2029**",
    ]


def test_they_are_proposed_after_what_is_written_and_saved_by_nobody_but_the_user(staff, lived):
    visit = AmbassadorFactory(visit__talking_points="Husk blomster.").visit
    url = f"{visit.get_absolute_url()}rediger/?regnskab"
    page = staff.get(url)
    assert "Talepunkterne nedenfor er et udkast fra regnskabet." in text(parse(page))
    data = form_data(page)
    assert data["talking_points"].replace("\r\n", "\n").strip() == f"Husk blomster.\n\n{KOEGE}"
    visit.refresh_from_db()
    assert visit.talking_points == "Husk blomster."
    staff.post(url, data)
    visit.refresh_from_db()
    assert visit.talking_points == f"Husk blomster.\n\n{KOEGE}"
    assert "1.234 personer har deltaget" in text(parse(staff.get(visit.get_absolute_url())))
