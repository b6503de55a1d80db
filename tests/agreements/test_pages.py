"""The page of each kind of record: what it says, where it leads, and that many rows cost no more queries than few."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements.models import Body, Meeting, MeetingDelegate, Membership, Person, Post
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CommitteeFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    PurposeFactory,
    ResultTargetFactory,
    municipality,
    the_agreement,
)
from tests.pages import all_of_class, heading, offered, parse, records, text


def facts(response) -> dict[str, str]:
    (block,) = all_of_class(parse(response), "facts")
    words = [[text(each) for each in block.iter(tag)] for tag in ("dt", "dd")]
    return dict(zip(*words, strict=True))


def links(response) -> list[str]:
    return [link.get("href") for link in parse(response).iter("a")]


def test_an_agreement_tells_its_members_purposes_and_areas(staff):
    response = staff.get(the_agreement().get_absolute_url())
    assert heading(response) == "Kulturmetropolen 2021-2024"
    (lead,) = all_of_class(parse(response), "lead")
    assert text(lead) == "1. januar 2021 – 31. december 2024 · ● Underskrevet"
    headings = [text(each) for each in parse(response).iter("h2")]
    assert "9 medlemmer" in headings
    names = [link for link in links(response) if link.startswith("/medlemskaber/") and link != "/medlemskaber/"]
    assert len([link for link in names if "opret" not in link]) == 9
    assert "70.020 indbyggere" not in response.content.decode()
    roskilde = municipality("Roskilde").population
    assert f"{roskilde // 1000}.{roskilde % 1000:03} indbyggere" in response.content.decode()


def test_a_membership_tells_all_it_knows(staff):
    membership = Membership.objects.get(municipality__name="Rødovre")
    assert facts(staff.get(membership.get_absolute_url())) == {
        "Kommune": "Rødovre",
        "Medlem fra": "1. januar 2021",
        "Udtrådt": "–",
        "Fortsætter fra den forrige aftale": "ja",
        "Kommunalbestyrelsen besluttede det": "23. juni 2020",
        "Kommunalbestyrelsens sagsnummer": "–",
        "Kilde": "Notat til Kultur- og Fritidsudvalget, Rødovre, 6. november 2020",
    }


def test_a_municipality_tells_its_figures_with_their_date(staff):
    rødovre = municipality("Rødovre")
    found = facts(staff.get("/kommuner/0175/"))
    assert found["Kode"] == "0175"
    assert found["Region"] == "Hovedstaden"
    assert found["Indbyggere"] == (
        f"{rødovre.population // 1000}.{rødovre.population % 1000:03} (Danmarks Statistik, FOLK1A, 1. juli 2020)"
    )


def test_a_meeting_tells_who_takes_part(staff):
    meeting = Meeting.objects.get(held_on=date(2020, 11, 20))
    response = staff.get(meeting.get_absolute_url())
    assert heading(response) == "Politisk styregruppe, 20. november 2020"
    lines = [text(each) for rows in all_of_class(parse(response), "rows") for each in rows.iter("p")]
    assert "Rødovre: formanden, Kultur- og Fritidsudvalget" in lines


def test_a_body_tells_who_is_in_it_today(staff):
    committee = Body.objects.get(name="Kultur- og Fritidsudvalget")
    people = [link for link in links(staff.get(committee.get_absolute_url())) if link.startswith("/personer/")]
    assert [link for link in people if link != "/personer/"] == [Person.objects.get(name="chair").get_absolute_url()]


def test_addresses_stay_whole_when_numbers_grow(staff):
    """Danish writes 1.234, but not in an address."""
    agreement = AgreementFactory(pk=1234)
    purpose = PurposeFactory(pk=5678, agreement=agreement, position=1)
    area = InitiativeAreaFactory(pk=4321, agreement=agreement)
    target = ResultTargetFactory(pk=8765, area=area)
    body = CommitteeFactory(pk=2345)
    meeting = MeetingFactory(pk=3456, body=body)
    for page, link in [
        (agreement, "/formaal/opret/?aftale=1234"),
        (agreement, "/medlemskaber/opret/?aftale=1234"),
        (agreement, "/indsatsomraader/opret/?aftale=1234"),
        (purpose, "/aftaler/1234/#purpose-5678"),
        (area, "/indsatser/opret/?omraade=4321"),
        (area, "/resultatmaal/opret/?omraade=4321"),
        (target, "/indsatsomraader/4321/#resulttarget-8765"),
        (body, "/moeder/opret/?organ=2345"),
        (body, "/notater/opret/?udvalg=2345"),
        (meeting, "/moededeltagere/opret/?moede=3456"),
    ]:
        assert link in links(staff.get(page.get_absolute_url()))
    assert 'id="purpose-5678"' in staff.get("/aftaler/1234/").content.decode()
    assert 'id="resulttarget-8765"' in staff.get("/indsatsomraader/4321/").content.decode()
    assert 'id="agreement-1234"' in staff.get("/aftaler/").content.decode()
    in_list = [link for link in links(staff.get("/indsatsomraader/?aftale=1234")) if "omraade=" in link]
    assert in_list == ["/resultatmaal/?omraade=4321", "/indsatser/?omraade=4321"]
    assert records(staff.get(in_list[0])) == [target.text]
    assert "1234" in offered(staff.get("/formaal/", follow=True), "aftale")


def many_members():
    agreement = AgreementFactory()

    def grow():
        MembershipFactory(agreement=agreement)
        PurposeFactory(agreement=agreement)
        ResultTargetFactory(area=InitiativeAreaFactory(agreement=agreement))

    return agreement, grow


def busy_body():
    body = CommitteeFactory()

    def grow():
        MeetingFactory(body=body)
        Post.objects.create(person=PersonFactory(), kind="member", body=body, starts_on=date(2021, 1, 1))

    return body, grow


def big_meeting():
    meeting = MeetingFactory()
    return meeting, lambda: MeetingDelegate.objects.create(meeting=meeting, committee=CommitteeFactory())


def busy_person():
    person = PersonFactory()

    def grow():
        Post.objects.create(person=person, kind="member", body=CommitteeFactory(), starts_on=date(2021, 1, 1))
        Post.objects.create(
            person=person, kind="culture_head", municipality=municipality("Køge"), starts_on=date(2021, 1, 1)
        )

    return person, grow


def busy_municipality():
    place = municipality("Gribskov")

    def grow():
        MembershipFactory(agreement=AgreementFactory(), municipality=place)
        CommitteeFactory(municipality=place)

    return place, grow


def big_area():
    area = InitiativeAreaFactory()

    def grow():
        initiative = InitiativeFactory(area=area, manager=PersonFactory())
        initiative.targets.add(ResultTargetFactory(area=area))

    return area, grow


def popular_target():
    target = ResultTargetFactory()
    return target, lambda: InitiativeFactory(area=target.area, manager=PersonFactory()).targets.add(target)


def broad_initiative():
    initiative = InitiativeFactory(area=InitiativeAreaFactory())
    return initiative, lambda: initiative.targets.add(ResultTargetFactory(area=initiative.area))


@pytest.mark.parametrize(
    "make",
    [
        many_members,
        busy_body,
        big_meeting,
        busy_person,
        busy_municipality,
        big_area,
        popular_target,
        broad_initiative,
    ],
)
@pytest.mark.parametrize("role", ["staff", "chair"])
def test_many_rows_cost_no_more_queries_than_few(log_in, cast, make, role):
    client = log_in(getattr(cast, role))
    record, grow = make()

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(record.get_absolute_url()).status_code == 200
        return len(captured)

    grow()
    queries()  # fills caches
    few = queries()
    for _n in range(8):
        grow()
    assert queries() == few


@pytest.mark.parametrize(
    "url", ["/medlemskaber/opret/", "/moeder/opret/", "/moededeltagere/opret/", "/indsatser/opret/"]
)
def test_a_form_with_many_choices_costs_no_more_queries(staff, url):
    def grow():
        InitiativeFactory(area=ResultTargetFactory().area, manager=PersonFactory())
        MeetingFactory(body=CommitteeFactory())

    def queries():
        with CaptureQueriesContext(connection) as captured:
            staff.get(url)
        return len(captured)

    grow()
    grow()
    few = queries()
    for _n in range(8):
        grow()
    assert queries() == few


def test_a_body_without_people_or_meetings_says_so(staff):
    response = staff.get(BodyFactory().get_absolute_url())
    assert [text(line) for line in all_of_class(parse(response), "empty")] == [
        "Ingen møder endnu.",
        "Ingen er registreret.",
    ]
