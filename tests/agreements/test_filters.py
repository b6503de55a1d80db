"""Each list of the agreement: what its search finds, what its filters leave and how its columns sort."""

from datetime import date

import pytest

from agreements.models import Body, Membership
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CommitteeFactory,
    CultureRegionFactory,
    MeetingFactory,
    MembershipFactory,
    PersonFactory,
    PurposeFactory,
    municipality,
    the_agreement,
)
from tests.pages import offered, parse, records, text

MEMBERS = ["Albertslund", "Furesø", "Halsnæs", "Helsingør", "Herlev", "Ishøj", "Køge", "Roskilde", "Rødovre"]


@pytest.fixture
def agreements(db):
    AgreementFactory(name="Ældre aftale", status="ended", starts_on=date(2017, 1, 1), case_number="15/1-1")
    AgreementFactory(name="Næste aftale", status="draft", vision="Ét fælles kulturliv ved Øresund")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Næste aftale", "Kulturmetropolen 2021-2024", "Ældre aftale"]),
        ("?q=ældre", ["Ældre aftale"]),
        ("?q=ÆLDRE", ["Ældre aftale"]),
        ("?q=øresund", ["Næste aftale"]),
        ("?q=aftale+15/1-1", ["Ældre aftale"]),
        ("?q=%25", []),
        ("?q=findes-ikke", []),
        ("?status=draft", ["Næste aftale"]),
        ("?status=signed", ["Kulturmetropolen 2021-2024"]),
        ("?status=negotiation", []),
        ("?status=ended&q=næste", []),
        ("?sorter=navn", ["Kulturmetropolen 2021-2024", "Næste aftale", "Ældre aftale"]),
        ("?sorter=-navn", ["Ældre aftale", "Næste aftale", "Kulturmetropolen 2021-2024"]),
        ("?sorter=start", ["Ældre aftale", "Kulturmetropolen 2021-2024", "Næste aftale"]),
        ("?sorter=-start", ["Næste aftale", "Kulturmetropolen 2021-2024", "Ældre aftale"]),
        ("?sorter=status", ["Næste aftale", "Ældre aftale", "Kulturmetropolen 2021-2024"]),
        ("?sorter=-status", ["Kulturmetropolen 2021-2024", "Ældre aftale", "Næste aftale"]),
    ],
)
def test_agreements(staff, agreements, query, found):
    assert records(staff.get(f"/aftaler/{query}")) == found


def test_purposes(staff):
    later = AgreementFactory(name="Næste aftale")
    PurposeFactory(agreement=later, text="At læse højt på Ærø")
    assert records(staff.get(f"/formaal/?aftale={later.pk}")) == ["At læse højt på Ærø"]
    assert len(records(staff.get(f"/formaal/?aftale={the_agreement().pk}"))) == 8
    assert records(staff.get("/formaal/?q=værdidebat", follow=True)) == [
        "At fastholde og udbygge den kulturpolitiske dialog og værdidebat mellem stat og kommuner"
    ]
    assert records(staff.get("/formaal/?q=ÆRØ+LÆSE&aftale=")) == ["At læse højt på Ærø"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", MEMBERS),
        ("?sorter=kommune", MEMBERS),
        ("?sorter=-kommune", MEMBERS[::-1]),
        ("?q=køge", ["Køge"]),
        ("?q=KØGE", ["Køge"]),
        ("?q=ishØJ", ["Ishøj"]),
        ("?q=slots-+og+kulturstyrelsen", ["Helsingør"]),
    ],
)
def test_memberships(staff, query, found):
    assert records(staff.get(f"/medlemskaber/{query}")) == found


def test_memberships_sort_by_inhabitants(staff):
    by_population = Membership.objects.order_by("municipality__population")
    expected = [membership.municipality.name for membership in by_population]
    assert (expected[0], expected[-1]) == ("Ishøj", "Roskilde")
    assert records(staff.get("/medlemskaber/?sorter=indbyggere")) == expected
    assert records(staff.get("/medlemskaber/?sorter=-indbyggere")) == expected[::-1]


def test_memberships_sort_by_day_with_the_unknown_last(staff):
    Membership.objects.filter(municipality__name="Køge").update(joined_on=date(2020, 5, 1))
    Membership.objects.filter(municipality__name="Herlev").update(
        joined_on=date(2022, 5, 1), council_decided_on=date(2022, 4, 1)
    )
    rest = [name for name in MEMBERS if name not in {"Herlev", "Rødovre"}]
    assert records(staff.get("/medlemskaber/?sorter=beslutning"))[:2] == ["Rødovre", "Herlev"]
    assert sorted(records(staff.get("/medlemskaber/?sorter=beslutning"))[2:]) == sorted(rest)
    assert records(staff.get("/medlemskaber/?sorter=-beslutning"))[:2] == ["Herlev", "Rødovre"]
    assert records(staff.get("/medlemskaber/?sorter=fra"))[0] == "Køge"
    assert records(staff.get("/medlemskaber/?sorter=-fra"))[0] == "Herlev"


def test_memberships_of_one_agreement(staff):
    later = MembershipFactory(agreement=AgreementFactory(), municipality=municipality("Ærø"))
    assert records(staff.get(f"/medlemskaber/?aftale={later.agreement.pk}")) == ["Ærø"]


@pytest.mark.parametrize(
    ("query", "count", "first", "last"),
    [
        ("", 98, ["Albertslund", "Allerød"], ["Aalborg", "Aarhus"]),
        ("?sorter=navn", 98, ["Albertslund", "Allerød"], ["Aalborg", "Aarhus"]),
        ("?sorter=-navn", 98, ["Aarhus", "Aalborg"], ["Allerød", "Albertslund"]),
        ("?sorter=indbyggere", 98, ["Læsø", "Fanø"], ["Aarhus", "København"]),
        ("?sorter=-indbyggere", 98, ["København", "Aarhus"], ["Fanø", "Læsø"]),
        ("?sorter=kode", 98, ["København", "Frederiksberg"], ["Aalborg", "Hjørring"]),
        ("?sorter=-kode", 98, ["Hjørring", "Aalborg"], ["Frederiksberg", "København"]),
        ("?region=Nordjylland", 11, ["Brønderslev", "Frederikshavn"], ["Vesthimmerlands", "Aalborg"]),
        ("?region=Hovedstaden", 29, ["Albertslund", "Allerød"], ["Tårnby", "Vallensbæk"]),
        ("?q=0175", 1, ["Rødovre"], ["Rødovre"]),
        ("?q=ÆRØ", 1, ["Ærø"], ["Ærø"]),
        ("?q=ærø", 1, ["Ærø"], ["Ærø"]),
    ],
)
def test_municipalities(staff, query, count, first, last):
    found = records(staff.get(f"/kommuner/{query}"))
    assert (len(found), found[: len(first)], found[-len(last) :]) == (count, first, last)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=fritidsudvalg", ["Kultur- og Fritidsudvalget"]),
        ("?q=køge+idræt", ["Kultur- og Idrætsudvalget"]),
        ("?q=IDRÆTSUDVALG", ["Kultur- og Idrætsudvalget"]),
        ("?art=council", ["Kommunalbestyrelsen"]),
        ("?art=culture_heads", ["KMK"]),
        ("?kommune=0175", ["Kommunalbestyrelsen", "Kultur- og Fritidsudvalget"]),
        ("?kommune=0175&art=committee", ["Kultur- og Fritidsudvalget"]),
    ],
)
def test_bodies(staff, query, found):
    assert records(staff.get(f"/organer/{query}")) == found


MEETINGS = ["20. november 2020", "23. juni 2020", "12. december 2019"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", MEETINGS),
        ("status=held", MEETINGS[1:]),
        ("status=planned", MEETINGS[:1]),
        ("status=cancelled", []),
        ("fra=23-06-2020", MEETINGS[:2]),
        ("fra=24.6.2020", MEETINGS[:1]),
        ("til=23/6-2020", MEETINGS[1:]),
        ("fra=2020-01-01&til=2020-12-31&status=held", ["23. juni 2020"]),
        ("q=styregruppe", ["20. november 2020", "12. december 2019"]),
        ("q=indblik", MEETINGS[:1]),
        ("sorter=dato", MEETINGS[::-1]),
        ("sorter=-dato", MEETINGS),
    ],
)
def test_meetings(staff, query, found):
    until = "" if "til=" in query else "&til=31-12-2020"
    assert records(staff.get(f"/moeder/?{query}{until}")) == found


def test_meetings_of_a_body(staff):
    council = Body.objects.get(name="Kommunalbestyrelsen")
    assert records(staff.get(f"/moeder/?organ={council.pk}")) == ["23. juni 2020"]


def test_meetings_sort_by_body(staff):
    def bodies(query):
        rows = parse(staff.get(f"/moeder/?til=31-12-2020&{query}")).iterfind(".//tbody/tr")
        return [text(row.findall("td")[0]) for row in rows]

    in_order = ["Kommunalbestyrelsen, Rødovre", "Politisk styregruppe", "Politisk styregruppe"]
    assert bodies("sorter=organ") == in_order
    assert bodies("sorter=-organ") == in_order[::-1]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=åse", ["Åse Aa"]),
        ("?q=ÅSE", ["Åse Aa"]),
        ("?q=bo@herlev.example", ["Bo By"]),
        ("?q=vejle&sorter=navn", ["Bo By", "Åse Aa"]),
        ("?q=vejle&sorter=-navn", ["Åse Aa", "Bo By"]),
        ("?q=vejle&sorter=mail", ["Åse Aa", "Bo By"]),
        ("?q=vejle&sorter=-mail", ["Bo By", "Åse Aa"]),
    ],
)
def test_people(staff, query, found):
    PersonFactory(name="Åse Aa", email="aase@vejle.example")
    PersonFactory(name="Bo By", email="bo@herlev.example, vejle")
    assert records(staff.get(f"/personer/{query}")) == found


def test_filters_offer_nothing_of_another_region(staff):
    region = CultureRegionFactory()
    agreement = AgreementFactory(culture_region=region)
    committee = CommitteeFactory(culture_region=region)
    for url, name, foreign in [
        ("/formaal/", "aftale", agreement),
        ("/medlemskaber/", "aftale", agreement),
        ("/moeder/", "organ", committee),
    ]:
        page = staff.get(url)
        assert str(foreign.pk) not in offered(page, name)
        assert records(staff.get(f"{url}?{name}={foreign.pk}")) == []


def test_rows_that_are_alike_stand_on_one_page_each(staff):
    meetings = {MeetingFactory(body=BodyFactory(), held_on=date(1999, 5, 5)).pk for _n in range(40)}
    seen = []
    for page in (1, 2):
        rows = parse(staff.get(f"/moeder/?til=05-05-1999&sorter=dato&side={page}")).iterfind(".//tbody/tr")
        seen += [int(row.get("id").removeprefix("meeting-")) for row in rows]
    assert sorted(seen) == sorted(meetings)
