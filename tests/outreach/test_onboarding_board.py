"""How the cases stand: the board, the list, what waits for somebody, and the calendar."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from agreements.models import Municipality
from kulturmetropol.accounts.models import User
from outreach import onboarding
from outreach.models import GatePassage, Invitation, OnboardingCase
from outreach.todo.onboarding import todos
from tests.counting import queries
from tests.emptying import empty
from tests.factories import MeetingFactory, UserFactory, municipality
from tests.factories.outreach import GatePassageFactory, InvitationFactory, OnboardingCaseFactory
from tests.kulturmetropol.test_calendar import address, events
from tests.pages import all_of_class, parse, records, text

TODAY = date(2026, 11, 25)


@pytest.fixture
def no_cases(cast):
    for model in (Invitation, GatePassage, OnboardingCase):
        empty(model)


def columns(response) -> dict[str, list[str]]:
    """The cards under each heading of the board."""
    return {
        text(column.find("h3")): [text(card) for card in all_of_class(column, "board-card")]
        for column in all_of_class(parse(response), "board-column")
    }


@pytest.mark.parametrize(
    ("fields", "words", "level"),
    [
        ({"interested_on": TODAY - timedelta(36)}, "Invitation 22 dage over", "stop"),
        ({"interested_on": TODAY - timedelta(15)}, "Invitation 1 dag over", "stop"),
        ({"interested_on": TODAY - timedelta(14)}, "Invitation i dag", "wait"),
        ({"interested_on": TODAY - timedelta(7)}, "Invitation på onsdag", "wait"),
        ({"interested_on": TODAY - timedelta(6)}, "Efter planen", "good"),
        ({"sent": True, "next_step": "Ring", "next_step_on": TODAY - timedelta(2)}, "Næste skridt 2 dage over", "stop"),
        ({"sent": True, "next_step": "Ring", "next_step_on": TODAY + timedelta(6)}, "Næste skridt på tirsdag", "wait"),
        ({"sent": True, "next_step": "Ring", "next_step_on": TODAY + timedelta(8)}, "Efter planen", "good"),
        ({"sent": True, "decision_deadline": TODAY + timedelta(30)}, "Beslutning 25. dec.", "wait"),
        ({"sent": True, "decision_deadline": TODAY + timedelta(31)}, "Efter planen", "good"),
        ({"sent": True, "decision_deadline": TODAY - timedelta(1)}, "Beslutning 1 dag over", "stop"),
        (
            {
                "sent": True,
                "decision_deadline": TODAY - timedelta(1),
                "stage": "council",
                "council_decided_on": TODAY,
                "council_case_number": "1",
            },
            "Efter planen",
            "good",
        ),
        ({"sent": True, "takes_place_on": TODAY + timedelta(7)}, "Svar på onsdag", "wait"),
        ({"sent": True, "takes_place_on": TODAY + timedelta(8)}, "Efter planen", "good"),
        ({"sent": True, "takes_place_on": TODAY - timedelta(1)}, "Efter planen", "good"),
        ({"stage": "paused", "stage_reason": "Valg", "interested_on": date(2026, 1, 1)}, "På pause", "plain"),
        ({"stage": "declined", "stage_reason": "Nej", "interested_on": date(2026, 1, 1)}, "Afslået", "plain"),
    ],
)
def test_the_state_of_a_case_is_a_word_before_a_colour(no_cases, fields, words, level):
    sent, takes_place_on = fields.pop("sent", False), fields.pop("takes_place_on", None)
    case = OnboardingCaseFactory(**fields)
    if sent:
        InvitationFactory(case=case, sent_on=date(2026, 11, 10), takes_place_on=takes_place_on)
    else:
        InvitationFactory(case=case)  # written and not sent
    assert onboarding.state(case, TODAY) == onboarding.State(words, level)


def test_the_board_has_a_column_for_each_gate_and_the_stopped_beside(staff, no_cases):
    today = timezone.localdate()
    late = OnboardingCaseFactory(
        municipality=municipality("Greve"), stage="contacted", interested_on=today - timedelta(36), next_step="Ring",
        next_step_on=today + timedelta(20), owner=UserFactory(name="Sofie"),
    )  # fmt: skip
    GatePassageFactory(case=late, gate="contacted", passed_on=today - timedelta(30))
    OnboardingCaseFactory(municipality=municipality("Lejre"), stage="declined", stage_reason="Ikke råd")
    OnboardingCaseFactory(municipality=municipality("Solrød"), stage="paused", stage_reason="Nyt udvalg")
    response = staff.get("/indslusning/")
    found = columns(response)
    assert list(found) == [
        "Interesseret 0", "Kontaktet 1", "Inviteret 0", "Deltager 0", "Udvalgets indstilling 0",
        "Kommunalbestyrelsens beslutning 0", "Tilsluttet 0",
    ]  # fmt: skip
    (card,) = found["Kontaktet 1"]
    assert card.startswith("Greve 50.520 indbyggere 30 dage her ● Invitation 22 dage over Ring ")
    assert card.endswith("· Sofie")
    (beside,) = all_of_class(parse(response), "board-beside")
    assert text(beside) == "På pause 1 Solrød Nyt udvalg Afslået 1 Lejre Ikke råd"


def test_the_start_page_of_admins_shows_who_stands_at_which_gate(log_in, cast, no_cases):
    today = timezone.localdate()
    for name in ("Greve", "Gribskov"):
        OnboardingCaseFactory(municipality=municipality(name), interested_on=today - timedelta(30))
    admin = log_in(cast.admin)
    before = queries(admin, "/")
    case = OnboardingCaseFactory(municipality=municipality("Lejre"), interested_on=today)
    OnboardingCaseFactory(municipality=municipality("Solrød"), stage="paused", stage_reason="Nyt udvalg")
    assert queries(admin, "/") == before
    (picture,) = all_of_class(parse(admin.get("/")), "way-in")
    assert text(picture.find("{*}desc")).startswith("Interesseret: Greve, Gribskov, Lejre. Kontaktet: ingen.")
    tiles = all_of_class(picture, "tile")
    assert [each.get("aria-label") for each in tiles] == [
        "Greve, Interesseret: Invitation 16 dage over",
        "Gribskov, Interesseret: Invitation 16 dage over",
        "Lejre, Interesseret: Efter planen",
    ]
    assert [each.find("{*}rect").get("y") for each in tiles] == ["30", "64", "98"]
    assert tiles[-1].get("href") == case.get_absolute_url()
    assert [text(each) for each in all_of_class(picture, "words")] == ["● Invitation 16 dage over"] * 2
    assert all_of_class(parse(log_in(cast.staff).get("/")), "way-in") == []


def test_an_empty_board_says_what_to_do(staff, no_cases):
    assert "Ingen kommune er på vej ind. Opret en sag, når en kommune viser interesse." in text(
        parse(staff.get("/indslusning/"))
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Frederikssund", "Greve", "Gribskov", "Lejre"]),
        ("q=GREVE", ["Greve"]),
        ("kommune=0270", ["Gribskov"]),
        ("trin=declined", ["Lejre"]),
        ("invitation=mangler", ["Greve"]),
        ("invitation=over", ["Greve"]),
        ("sorter=-indbyggere", ["Greve", "Frederikssund", "Gribskov", "Lejre"]),
        ("sorter=frist", ["Frederikssund", "Gribskov", "Greve", "Lejre"]),
        ("sorter=naeste", ["Greve", "Gribskov", "Frederikssund", "Lejre"]),
        ("trin=glemt", []),
    ],
)
def test_filters_and_order(staff, query, found):
    response = staff.get(f"/indslusning/?{query}")
    assert records(response) == found
    assert sum(map(len, columns(response).values())) == len([name for name in found if name != "Lejre"])


def test_the_file_holds_what_the_list_shows(staff):
    lines = b"".join(staff.get("/indslusning/?q=lejre&format=csv").streaming_content).decode("utf-8-sig").splitlines()
    assert lines[1] == (
        "Kulturmetropolen 2021-2024;0350;Lejre;28107;Afslået;Udvalget vil gøre kommunens egen kulturstrategi færdig "
        "først. Vi må gerne spørge igen i 2028.;03-02-2026;;;;;;;"
    )


def full_case() -> OnboardingCase:
    strangers = Municipality.objects.filter(memberships=None, onboarding_cases=None)
    case = OnboardingCaseFactory(
        municipality=strangers.last(), stage="contacted", owner=UserFactory(), next_step="Ring",
        next_step_on=timezone.localdate(), decision_deadline=date(2099, 1, 1),
    )  # fmt: skip
    for gate in ("identified", "contacted"):
        GatePassageFactory(case=case, gate=gate)
    meeting = MeetingFactory(held_on=timezone.localdate() + timedelta(3))
    InvitationFactory(case=case, meeting=meeting, title="", sent_on=date(2026, 11, 3))
    InvitationFactory(case=case)
    return case


@pytest.mark.parametrize("url", ["/indslusning/", "/kalender/"])
def test_many_cases_cost_no_more_queries_than_one(staff, url):
    full_case()
    one = queries(staff, url)
    for _n in range(12):
        full_case()
    assert queries(staff, url) == one


def test_many_invitations_cost_no_more_queries_than_one(log_in, cast):
    admin, case = log_in(cast.admin), full_case()
    one = queries(admin, case.get_absolute_url())
    for _n in range(8):
        meeting = MeetingFactory(held_on=timezone.localdate() + timedelta(3))
        InvitationFactory(case=case, meeting=meeting, title="", sent_on=date(2026, 11, 3))
    assert queries(admin, case.get_absolute_url()) == one


# --- what waits -------------------------------------------------------------------------------------------------------


def test_admins_and_staff_are_told_what_waits_in_the_cases(cast):
    greve = OnboardingCase.objects.get(municipality__name="Greve")
    frederikssund = OnboardingCase.objects.get(municipality__name="Frederikssund")
    answer = Invitation.objects.get(meeting__held_on=date(2026, 12, 3))
    gribskov = f"/indslusning/{answer.case_id}/"
    assert {(each.title, each.verb, each.url) for each in todos(cast.admin, date(2026, 11, 26))} == {
        ("Invitér Greve", "Skriv invitation", f"/indslusning/invitationer/opret/?sag={greve.pk}"),
        ("Ring til kulturchefen om KMK-mødet i december", "Åbn sagen", f"/indslusning/{greve.pk}/"),
        (
            "Frederikssund beslutter sig om tilslutning",
            "Registrér beslutningen",
            f"/indslusning/{frederikssund.pk}/port/council/",
        ),
        ("Send udkast til sagsfremstilling til kulturchefen", "Åbn sagen", gribskov),
        ("Gribskov har ikke svaret: KMK, 3. december 2026", "Registrér svaret", f"{gribskov}#invitation-{answer.pk}"),
    }
    for staff_todo in todos(cast.staff, date(2026, 11, 26)):
        assert (staff_todo.verb, staff_todo.url.partition("#")[0][:13]) == ("Åbn sagen", "/indslusning/")


@pytest.mark.parametrize("who", ["outsider", "outside_admin", "chair", "guest", "nobody"])
def test_others_are_told_nothing(cast, who):
    assert todos(getattr(cast, who), TODAY) == []


def test_each_todo_has_a_name_of_its_own_and_costs_the_same_queries(cast, django_assert_num_queries):
    full_case()
    found = todos(cast.admin, TODAY)
    assert len({each.key for each in found}) == len(found)
    for _n in range(8):
        full_case()
    anew = User.objects.get(pk=cast.admin.pk)
    with django_assert_num_queries(7):  # two for roles, two for the chosen agreement, cases, their gates, invitations
        todos(anew, TODAY)


# --- the calendar -----------------------------------------------------------------------------------------------------


def test_the_calendar_has_deadlines_and_next_steps(staff, log_in, cast):
    case = OnboardingCase.objects.get(municipality__name="Gribskov")
    found = events(address(staff))
    decision = found[f"onboarding-decision-{case.pk}@testserver"]
    step = found[f"onboarding-step-{case.pk}@testserver"]
    assert (str(decision["SUMMARY"]), decision.start) == ("Gribskov beslutter sig om tilslutning", date(2027, 2, 25))
    assert (str(step["SUMMARY"]), step.start) == (
        "Gribskov: Send udkast til sagsfremstilling til kulturchefen", date(2026, 12, 1),
    )  # fmt: skip
    for user in (cast.chair, cast.outsider):
        assert [uid for uid in events(address(log_in(user))) if uid.startswith("onboarding")] == []
    OnboardingCase.objects.filter(pk=case.pk).update(stage="paused", stage_reason="Valg")
    assert f"onboarding-step-{case.pk}@testserver" not in events(address(staff))


def test_the_search_finds_a_case_by_what_is_written_in_it(staff, log_in, cast):
    case = OnboardingCaseFactory(note="Zzfund i Allerød")
    hits = [link.get("href") for link in parse(staff.get("/soeg/?q=zzfund")).iter("a")]
    assert case.get_absolute_url() in hits
    for user in (cast.chair, cast.guest, cast.outside_admin):
        page = parse(log_in(user).get("/soeg/?q=zzfund"))
        assert case.get_absolute_url() not in [link.get("href") for link in page.iter("a")]
