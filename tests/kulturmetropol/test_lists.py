"""What all lists have in common: pages, a filter that stands in the address, and few queries."""

from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import Municipality
from initiatives.models import ResultTarget
from kulturmetropol.views import ListPage
from outreach.models import NetworkEvent, OnboardingCase, Visit
from tests import factories
from tests.factories import AgreementFactory, InitiativeFactory, MeetingFactory, PersonFactory, UserFactory
from tests.factories.measuring import IndicatorFactory, KeyFigureFactory
from tests.factories.outreach import (
    AmbassadorFactory,
    ContactNoteFactory,
    EncounterFactory,
    FollowUpFactory,
    GatePassageFactory,
    InvitationFactory,
    OnboardingCaseFactory,
    OutgoingMailFactory,
    SocialLinkFactory,
    StatusNoteFactory,
    SubscriptionFactory,
)
from tests.pages import all_of_class, notices, offered, parse, records, text


def pages(response) -> dict[str, dict[str, list[str]]]:
    """The links to the pages before and after: what stands in their address."""
    (nav,) = all_of_class(parse(response), "pages")
    return {text(link): parse_qs(urlsplit(link.get("href")).query) for link in nav.iter("a")}


def counted(response) -> str:
    return text(parse(response).find(".//section[@class='panel']/p"))


@pytest.fixture
def sixty_people(db):
    for number in range(1, 61):
        PersonFactory(name=f"Ærø {number:02}", email=f"nr{number}@herlev.example")


def test_a_page_has_25_rows_and_links_that_keep_the_filter(staff, sixty_people):
    first = staff.get("/personer/?q=ÆRØ&sorter=-navn")
    assert records(first) == [f"Ærø {number:02}" for number in range(60, 35, -1)]
    assert counted(first) == "1–25 af 60"
    assert pages(first) == {"Næste": {"q": ["ÆRØ"], "sorter": ["-navn"], "side": ["2"]}}

    second = staff.get("/personer/?q=ÆRØ&sorter=-navn&side=2")
    assert records(second) == [f"Ærø {number:02}" for number in range(35, 10, -1)]
    assert pages(second) == {
        "Forrige": {"q": ["ÆRØ"], "sorter": ["-navn"], "side": ["1"]},
        "Næste": {"q": ["ÆRØ"], "sorter": ["-navn"], "side": ["3"]},
    }

    third = staff.get("/personer/?q=ÆRØ&sorter=-navn&side=3")
    assert records(third) == [f"Ærø {number:02}" for number in range(10, 0, -1)]
    assert counted(third) == "51–60 af 60"


@pytest.mark.parametrize("side", ["4", "0", "-1", "to"])
def test_a_page_that_is_not_there_is_not_found(staff, sixty_people, side):
    assert staff.get(f"/personer/?q=ærø&side={side}").status_code == 404


def sort_links(response) -> dict[str, dict[str, list[str]]]:
    links = all_of_class(parse(response), "sort")
    return {text(link): parse_qs(urlsplit(link.get("href")).query) for link in links}


def test_a_heading_sorts_turns_the_order_and_keeps_the_search(staff, sixty_people):
    assert sort_links(staff.get("/personer/?q=ærø&side=2")) == {
        "Navn": {"q": ["ærø"], "sorter": ["navn"]},
        "E-mail": {"q": ["ærø"], "sorter": ["mail"]},
    }
    assert sort_links(staff.get("/personer/?q=ærø&sorter=navn"))["Navn ↑"] == {"q": ["ærø"], "sorter": ["-navn"]}
    assert sort_links(staff.get("/personer/?q=ærø&sorter=-navn"))["Navn ↓"] == {"q": ["ærø"], "sorter": ["navn"]}


NO_CHOICE = "Marker en gyldig valgmulighed. Det valg, du har foretaget, er ikke blandt de tilgængelige valgmuligheder."


@pytest.mark.parametrize(
    ("address", "message"),
    [
        (
            "/aftaler/?status=glemt",
            "Marker en gyldig valgmulighed. glemt er ikke en af de tilgængelige valgmuligheder.",
        ),
        ("/formaal/?aftale=99999999999999999999", NO_CHOICE),
        ("/indsatser/?omraade=musik", NO_CHOICE),
        ("/organer/?kommune=0000", NO_CHOICE),
        (
            "/kommuner/?region=Skåne",
            "Marker en gyldig valgmulighed. Skåne er ikke en af de tilgængelige valgmuligheder.",
        ),
        (
            "/personer/?sorter=alder",
            "Marker en gyldig valgmulighed. alder er ikke en af de tilgængelige valgmuligheder.",
        ),
        ("/moeder/?fra=31-02-2021", "Indtast en gyldig dato."),
        ("/personer/?q=%00", "Null-tegn er ikke tilladte."),
    ],
)
def test_a_filter_that_makes_no_sense_says_so(staff, address, message):
    response = staff.get(address)
    (bar,) = all_of_class(parse(response), "filter-bar")
    assert [text(each) for each in all_of_class(bar, "invalid-feedback")] == [message]
    assert records(response) == []


def emptiness(response) -> str:
    (panel,) = parse(response).iterfind(".//section[@class='panel']")
    return text(panel)


def test_a_list_that_the_filter_emptied_says_so(staff):
    assert emptiness(staff.get("/indsatser/?q=findes-ikke")) == "Intet passer til filteret. Ryd filteret"


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("/aftaler/", "Der er ingen aftale endnu. Opret den første, og derefter dens formål og indsatsområder."),
        ("/personer/", "Ingen personer endnu. En indsats har en person som tovholder."),
        ("/indsatser/", "Der er ingen indsatser endnu. Opret den første i et indsatsområde."),
        ("/formaal/", "Der er ikke noget her endnu."),
        ("/medlemskaber/", "Der er ikke noget her endnu."),
        ("/organer/", "Der er ikke noget her endnu."),
        ("/moeder/", "Der er ikke noget her endnu."),
        ("/indsatsomraader/", "Der er ikke noget her endnu."),
        ("/resultatmaal/", "Der er ikke noget her endnu."),
    ],
)
def test_an_empty_list_says_what_to_do(log_in, cast, url, message):
    assert emptiness(log_in(cast.outsider).get(url)) == message


LISTS = {
    "/aftaler/": factories.AgreementFactory,
    "/formaal/": factories.PurposeFactory,
    "/medlemskaber/": lambda: factories.MembershipFactory(agreement=AgreementFactory()),
    "/organer/": factories.CommitteeFactory,
    "/moeder/": lambda: MeetingFactory(body=factories.CommitteeFactory()),
    "/personer/": PersonFactory,
    "/indsatsomraader/": lambda: factories.ResultTargetFactory().area,
    "/resultatmaal/": lambda: target_with_initiative(),
    "/indsatser/": lambda: target_with_initiative().initiatives.get(),
    "/indikatorer/": IndicatorFactory,
    "/noegletal/": KeyFigureFactory,
    "/indslusning/": lambda: case_with_invitation(),
    "/besoeg/": lambda: visit_today(),
    "/netvaerk/": lambda: event_with_encounter(),
    "/kontakter/": lambda: ContactNoteFactory(person=PersonFactory()),
    "/opfoelgninger/": lambda: FollowUpFactory(contact=ContactNoteFactory(), owner=UserFactory()),
    "/statusnotater/": lambda: StatusNoteFactory(meeting=MeetingFactory(body=factories.CommitteeFactory())),
    "/nyhedsbrev/": lambda: SubscriptionFactory(confirmed_at=timezone.now()),
    "/kanaler/": SocialLinkFactory,
    "/post/": OutgoingMailFactory,
    "/dagsordenoverskrifter/": factories.AgendaLayoutFactory,
    "/notater/udsendelser/": factories.MemoRunFactory,
    "/notater/": lambda: factories.MemoFactory(committee=factories.CommitteeFactory()),
}


def event_with_encounter() -> NetworkEvent:
    event = EncounterFactory().event
    event.participants.add(PersonFactory())
    return event


def case_with_invitation() -> OnboardingCase:
    case = OnboardingCaseFactory(agreement=AgreementFactory(), owner=UserFactory(), next_step="Ring")
    GatePassageFactory(case=case)
    InvitationFactory(case=case, meeting=MeetingFactory(held_on=date(2099, 1, 1)), sent_on=date(2026, 11, 3))
    return case


def visit_today() -> Visit:
    """On top of the list, which begins with what comes."""
    body = factories.CommitteeFactory()
    return AmbassadorFactory(
        visit__host=body.municipality,
        visit__body=body,
        visit__held_on=timezone.localdate(),
        municipality=factories.municipality("Ishøj"),
        person=PersonFactory(),
    ).visit


def target_with_initiative() -> ResultTarget:
    target = factories.ResultTargetFactory()
    initiative = InitiativeFactory(area=target.area, manager=PersonFactory(), starts_on=date(2021, 1, 1))
    initiative.targets.add(target)
    return target


@pytest.fixture
def queries(staff):
    """How many queries a page of staff asks; the first visit is not counted, as it fills caches."""

    def count(url: str) -> int:
        assert staff.get(url).status_code == 200
        with CaptureQueriesContext(connection) as captured:
            staff.get(url)
        return len(captured)

    return count


@pytest.mark.parametrize("url", LISTS)
def test_thirty_rows_cost_no_more_queries_than_one(staff, queries, monkeypatch, url):
    every = f"{url}?aftale="
    LISTS[url]()
    with monkeypatch.context() as patch:
        patch.setattr(ListPage, "paginate_by", 1)
        assert len(records(staff.get(every))) == 1
        few = queries(every)
    for _n in range(30):
        LISTS[url]()
    assert len(records(staff.get(every))) == 25
    assert queries(every) == few


def test_98_municipalities_cost_no_more_queries_than_one(queries):
    one = queries("/kommuner/?q=rødovre")
    assert queries("/kommuner/?region=") == one
    assert Municipality.objects.count() == 98


def test_a_filter_keeps_what_was_chosen(staff):
    response = staff.get("/aftaler/?status=signed&sorter=-navn")
    chosen = {
        select.get("name"): [each.get("value") for each in select.iter("option") if "selected" in each.attrib]
        for select in parse(response).iter("select")
    }
    assert chosen == {"status": ["signed"], "sorter": ["-navn"]}
    assert offered(response, "status") == ["", "draft", "negotiation", "signed", "ended"]
    assert notices(response) == []
