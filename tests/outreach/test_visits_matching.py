"""Who fits a host, with the figures of the municipality register: order, reasons and warnings, word for word."""

from datetime import date

import pytest

from agreements.models import Membership, Municipality
from outreach import matching
from outreach.matching import Candidate
from outreach.models import Ambassador, FollowUp, Visit
from tests.emptying import empty
from tests.factories import AgreementFactory, CultureRegionFactory, MembershipFactory, kulturmetropolen, municipality
from tests.factories.outreach import AmbassadorFactory, VisitFactory
from tests.pages import all_of_class, parse, text

TODAY = date(2026, 11, 25)
NEVER = "har ikke rejst det sidste år"


@pytest.fixture(autouse=True)
def no_visits(cast):
    empty(Ambassador)
    FollowUp.objects.filter(visit__isnull=False).delete()
    empty(Visit)


def suggested(host: str, today: date = TODAY) -> list[tuple[str, str, str]]:
    """Name, reasons and warning, the best first."""
    visit = VisitFactory.build(culture_region=kulturmetropolen(), host=municipality(host))
    return [
        (each.municipality.name, ", ".join(each.reasons), each.warning) for each in matching.suggestions(visit, today)
    ]


def test_gribskov():
    assert suggested("Gribskov") == [
        ("Furesø", f"41.011 mod 41.135 indbyggere, samme region, 31 km, {NEVER}", ""),
        ("Rødovre", f"40.848 mod 41.135 indbyggere, samme region, 43 km, {NEVER}", ""),
        ("Halsnæs", f"31.537 mod 41.135 indbyggere, samme region, 21 km, {NEVER}", ""),
        ("Helsingør", f"62.966 mod 41.135 indbyggere, samme region, 16 km, {NEVER}", ""),
        ("Herlev", f"28.933 mod 41.135 indbyggere, samme region, 38 km, {NEVER}", ""),
        ("Albertslund", f"27.543 mod 41.135 indbyggere, samme region, 43 km, {NEVER}", ""),
        ("Ishøj", f"23.018 mod 41.135 indbyggere, samme region, 49 km, {NEVER}", ""),
        ("Køge", f"61.184 mod 41.135 indbyggere, en anden region, 68 km, {NEVER}", ""),
        (
            "Roskilde",
            f"88.456 mod 41.135 indbyggere, en anden region, 46 km, {NEVER}",
            "Roskilde er mere end dobbelt så stor som Gribskov: 88.456 mod 41.135 indbyggere.",
        ),
    ]


def test_koebenhavn_is_more_than_twice_as_large_as_every_member():
    figures = [
        ("Roskilde", "88.456", "en anden region", 29),
        ("Helsingør", "62.966", "samme region", 42),
        ("Køge", "61.184", "en anden region", 39),
        ("Rødovre", "40.848", "samme region", 8),
        ("Furesø", "41.011", "samme region", 19),
        ("Herlev", "28.933", "samme region", 11),
        ("Albertslund", "27.543", "samme region", 14),
        ("Halsnæs", "31.537", "samme region", 51),
        ("Ishøj", "23.018", "samme region", 17),
    ]
    assert suggested("København") == [
        (
            name,
            f"{own} mod 633.035 indbyggere, {region}, {km} km, {NEVER}",
            f"{name} er mindre end halvt så stor som København: {own} mod 633.035 indbyggere.",
        )
        for name, own, region, km in figures
    ]


def test_a_member_does_not_visit_itself():
    assert "Køge" not in [name for name, _reasons, _warning in suggested("Køge")]
    assert len(suggested("Køge")) == 8


def test_who_has_travelled_steps_back():
    for day in (date(2025, 11, 26), date(2026, 11, 25)):
        AmbassadorFactory(municipality=municipality("Furesø"), visit__held_on=day)
    found = suggested("Gribskov")
    assert [name for name, _reasons, _warning in found[:4]] == ["Rødovre", "Halsnæs", "Helsingør", "Furesø"]
    assert found[3][1] == "41.011 mod 41.135 indbyggere, samme region, 31 km, har rejst 2 gange det sidste år"


@pytest.mark.parametrize(
    ("fields", "trips"),
    [
        ({"held_on": date(2025, 11, 26)}, 1),
        ({"held_on": date(2025, 11, 25)}, 0),
        ({"held_on": TODAY}, 1),
        ({"held_on": date(2026, 11, 26)}, 0),
        ({"held_on": TODAY, "status": "cancelled", "status_reason": "Sne"}, 0),
    ],
)
def test_visits_of_the_last_year_count_and_cancelled_ones_do_not(fields, trips):
    AmbassadorFactory(visit=VisitFactory(**fields))
    members = matching.candidates([kulturmetropolen().pk], TODAY)[kulturmetropolen().pk]
    assert {each.municipality.name: each.trips for each in members}["Køge"] == trips


def test_two_ambassadors_on_one_visit_are_one_trip():
    visit = VisitFactory(held_on=TODAY)
    for _n in range(2):
        AmbassadorFactory(visit=visit, person=kulturmetropolen().person_set.create(name="En"))
    assert ("Køge", "har rejst 1 gang det sidste år") in [
        (name, reasons.split(", ")[-1]) for name, reasons, _warning in suggested("Greve")
    ]


def test_those_of_today_in_the_region_alone():
    elsewhere = AgreementFactory(culture_region=CultureRegionFactory())
    MembershipFactory(agreement=elsewhere, municipality=municipality("Fanø"))
    MembershipFactory(agreement=AgreementFactory(), municipality=municipality("Køge"))  # twice a member is once
    Membership.objects.filter(municipality__name="Ishøj").update(left_on=TODAY)
    names = sorted(name for name, _reasons, _warning in suggested("Greve"))
    assert names == ["Albertslund", "Furesø", "Halsnæs", "Helsingør", "Herlev", "Køge", "Roskilde", "Rødovre"]
    theirs = matching.candidates([elsewhere.culture_region_id], TODAY)[elsewhere.culture_region_id]
    assert [each.municipality.name for each in theirs] == ["Fanø"]


def like(name: str, **fields) -> Municipality:
    values = {"population": 10_000, "latitude": 55, "longitude": 12, "region": "Sjælland"} | fields
    return Municipality(pk=values.pop("pk", None), name=name, **values)


@pytest.mark.parametrize(
    ("population", "warned"),
    [(20_000, False), (20_001, True), (5_000, False), (4_999, True), (10_000, False)],
)
def test_twice_and_half_are_the_edges_of_a_warning(population, warned):
    assert bool(matching.warning(like("Vært"), like("Gæst", population=population))) is warned


def test_size_counts_the_same_up_and_down_and_ties_go_by_name():
    host = like("Vært", pk=1)
    guests = [
        like("Å", pk=2, population=20_000, sort_order=3),
        like("B", pk=3, population=5_000, sort_order=2),
        like("A", pk=4, population=20_000, sort_order=1),
    ]
    ranked = matching.rank(host, [Candidate(each, 0) for each in guests])
    assert [each.municipality.name for each in ranked] == ["A", "B", "Å"]
    assert [each.score for each in ranked] == [1, 1, 1]


def test_two_queries_however_many_members(django_assert_num_queries):
    region = kulturmetropolen().pk
    with django_assert_num_queries(2):
        assert len(matching.candidates([region], TODAY)[region]) == 9


def test_the_page_shows_them_with_a_button_each(staff):
    visit = VisitFactory(host=municipality("Greve"))
    page = parse(staff.get(visit.get_absolute_url()))
    rows = [text(row) for each in all_of_class(page, "suggestions") for row in each.iter("li")]
    assert len(rows) == 9
    assert rows[0] == f"Køge 61.184 mod 50.520 indbyggere · samme region · 18 km · {NEVER} Vælg Køge"
    assert rows[-1] == (
        f"Ishøj 23.018 mod 50.520 indbyggere · en anden region · 5 km · {NEVER} "
        "▲ Ishøj er mindre end halvt så stor som Greve: 23.018 mod 50.520 indbyggere. Vælg Ishøj"
    )


@pytest.mark.parametrize("status", ["held", "cancelled"])
def test_nobody_is_suggested_when_it_is_over(staff, status):
    visit = VisitFactory(host=municipality("Greve"), status=status, status_reason="Sne")
    assert all_of_class(parse(staff.get(visit.get_absolute_url())), "suggestions") == []
