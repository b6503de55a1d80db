from datetime import date

import pytest

from agreements.models import Person
from initiatives.models import Initiative, InitiativeArea, ResultTarget
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    PersonFactory,
    ResultTargetFactory,
    the_agreement,
)
from tests.pages import form_data, notices, offered, parse, refused, send, text

REQUIRED = "Dette felt er påkrævet."
NO_DATE = "Datoen findes ikke i kalenderen. Skriv dag-måned-år, for eksempel 06-11-2020."
NO_CHOICE = "Marker en gyldig valgmulighed. Det valg, du har foretaget, er ikke blandt de tilgængelige valgmuligheder."


@pytest.fixture
def music(db) -> InitiativeArea:
    return InitiativeArea.objects.get(name="Musikindsatsen")


@pytest.fixture
def new_url(music) -> str:
    return f"/indsatser/opret/?omraade={music.pk}"


def test_an_initiative_is_saved_as_it_was_typed(staff, music, new_url):
    first, second = music.targets.all()[:2]
    manager = PersonFactory(name="Åse Østergård")
    response = send(
        staff,
        new_url,
        title="Ø" * 150,
        summary="Kor og kæder",
        description="**Fed** tekst\r\nog en linje til",
        targets=[str(first.pk), str(second.pk)],
        status="paused",
        status_reason="Venter på tilsagn",
        starts_on="6.11.2020",
        ends_on="6/11-2020",
        manager=str(manager.pk),
    )
    initiative = Initiative.objects.get(title="Ø" * 150)
    assert response.url == f"/indsatser/{initiative.pk}/"
    assert {
        "area": initiative.area,
        "summary": initiative.summary,
        "description": initiative.description,
        "targets": list(initiative.targets.all()),
        "status": (initiative.status, initiative.status_reason),
        "period": (initiative.starts_on, initiative.ends_on),
        "manager": initiative.manager,
    } == {
        "area": music,
        "summary": "Kor og kæder",
        "description": "**Fed** tekst\nog en linje til",
        "targets": [first, second],
        "status": ("paused", "Venter på tilsagn"),
        "period": (date(2020, 11, 6), date(2020, 11, 6)),
        "manager": manager,
    }


def test_a_long_title_is_shortened_where_the_page_says_it_is_saved(staff, new_url):
    response = send(staff, new_url, title=("Kulturmetropolens sommerfestival " * 4).strip())
    assert notices(staff.get(response.url)) == [
        "“Kulturmetropolens sommerfestival Kulturmetropolens sommerfestival …” er gemt."
    ]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": ""}, f"Titel: {REQUIRED}"),
        ({"title": "Ø" * 151}, "Titel: Teksten er på 151 tegn; der er plads til 150. Gør den kortere."),
        ({"title": "Hun spiller"}, "Området har allerede en indsats med den titel."),
        ({"summary": "r" * 401}, "Resumé: Teksten er på 401 tegn; der er plads til 400. Gør den kortere."),
        ({"status": "paused"}, "Skriv, hvorfor indsatsen er på pause eller aflyst."),
        ({"status": "cancelled"}, "Skriv, hvorfor indsatsen er på pause eller aflyst."),
        ({"status": "cancelled", "status_reason": "   "}, "Skriv, hvorfor indsatsen er på pause eller aflyst."),
        ({"starts_on": "31-02-2021"}, f"Begynder: {NO_DATE}"),
        ({"starts_on": "i morgen"}, f"Begynder: {NO_DATE}"),
        (
            {"starts_on": "02-01-2021", "ends_on": "01-01-2021"},
            "Perioden slutter, før den begynder. Se de to datoer efter.",
        ),
    ],
)
def test_what_is_wrong_with_an_initiative(staff, new_url, typed, message):
    before = Initiative.objects.count()
    assert refused(staff, new_url, **{"title": "Ny indsats", "description": "Æ\r\nØ", **typed}) == [message]
    assert Initiative.objects.count() == before


def test_targets_are_of_the_initiatives_own_area(staff, music, new_url):
    mine = music.targets.first()
    other = ResultTarget.objects.get(text="At skabe tværgående netværk.")
    assert refused(staff, new_url, title="Ny indsats", targets=[str(other.pk), str(mine.pk)]) == [
        "Resultatmål: Nogle af målene hører til et andet område. Vælg mål fra “Musikindsatsen”."
    ]


def test_an_initiative_moves_to_another_area_with_other_targets(staff):
    initiative = Initiative.objects.get(title="Hun spiller")
    health = InitiativeArea.objects.get(name="Kultur og sundhedsindsatsen")
    target = health.targets.first()
    send(staff, f"/indsatser/{initiative.pk}/rediger/", area=str(health.pk), targets=[str(target.pk)])
    initiative.refresh_from_db()
    assert (initiative.area, list(initiative.targets.all())) == (health, [target])


def test_an_initiative_may_lose_all_its_targets(staff):
    initiative = Initiative.objects.get(title="Hun spiller")
    send(staff, f"/indsatser/{initiative.pk}/rediger/", targets=[])
    assert list(initiative.targets.all()) == []


def test_a_target_is_offered_with_the_name_of_its_area(staff, new_url):
    labels = [text(each) for each in parse(staff.get(new_url)).iter("label")]
    assert "Ungeindsatsen: At skabe tværgående netværk." in labels


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"position": "2"}, "Der er allerede et indsatsområde på den plads. Vælg en anden."),
        ({"name": "Musikindsatsen"}, "Aftalen har allerede et indsatsområde med det navn."),
        ({"position": "0"}, "Pladserne tælles fra 1."),
        ({"position": "-4"}, "Plads: Denne værdi skal være større end eller lig 0."),
        ({"position": "fire"}, "Plads: Indtast et heltal."),
        ({"name": "n" * 101}, "Navn: Teksten er på 101 tegn; der er plads til 100. Gør den kortere."),
        ({"purpose": ""}, f"Formål: {REQUIRED}"),
    ],
)
def test_what_is_wrong_with_an_area(staff, typed, message):
    area = {"position": "4", "name": "Litteraturindsatsen", "purpose": "At læse højt"}
    assert refused(staff, "/indsatsomraader/opret/", **area | typed) == [message]
    assert InitiativeArea.objects.count() == 3


def test_an_area_cannot_take_the_position_of_another(staff, music):
    assert refused(staff, f"/indsatsomraader/{music.pk}/rediger/", position="1", name="Musik og lyd") == [
        "Der er allerede et indsatsområde på den plads. Vælg en anden."
    ]
    music.refresh_from_db()
    assert (music.position, music.name) == (2, "Musikindsatsen")


def test_the_same_position_is_free_in_another_agreement(staff):
    later = AgreementFactory()
    typed = {"agreement": str(later.pk), "position": "1", "name": "Ungeindsatsen", "purpose": "At fortsætte"}
    send(staff, "/indsatsomraader/opret/", **typed)
    assert list(later.areas.values_list("position", "name")) == [(1, "Ungeindsatsen")]


@pytest.mark.parametrize(
    ("typed", "message"),
    [("", REQUIRED), ("m" * 2001, "Teksten er på 2001 tegn; der er plads til 2000. Gør den kortere.")],
)
def test_what_is_wrong_with_a_target(staff, music, typed, message):
    url = f"/resultatmaal/opret/?omraade={music.pk}"
    assert refused(staff, url, text=typed) == [f"Resultatmål: {message}"]


def test_a_new_target_comes_last_in_its_area(staff, music):
    send(staff, f"/resultatmaal/opret/?omraade={music.pk}", text="At måle på det.")
    assert music.targets.get(position=6).text == "At måle på det."


@pytest.fixture
def elsewhere(db):
    """An area, a target and a person of a culture region that the cast's staff have no part in."""
    region = CultureRegionFactory()
    area = InitiativeAreaFactory(agreement=AgreementFactory(culture_region=region))
    return {
        "region": region,
        "agreement": area.agreement,
        "area": area,
        "targets": ResultTargetFactory(area=area),
        "manager": PersonFactory(culture_region=region),
    }


@pytest.mark.parametrize(
    ("url", "field", "label"),
    [
        ("/indsatsomraader/opret/", "agreement", "Aftale"),
        ("/resultatmaal/opret/", "area", "Indsatsområde"),
        ("/indsatser/opret/", "area", "Indsatsområde"),
        ("/indsatser/opret/", "manager", "Tovholder"),
    ],
)
def test_what_belongs_to_another_region_is_neither_offered_nor_taken(staff, elsewhere, url, field, label):
    forged = str(elsewhere[field].pk)
    assert forged not in offered(staff.get(url), field)
    assert f"{label}: {NO_CHOICE}" in refused(staff, url, **{field: forged}, forged=(field,))


def test_targets_of_another_region_are_neither_offered_nor_taken(staff, elsewhere, new_url):
    forged = str(elsewhere["targets"].pk)
    assert forged not in offered(staff.get(new_url), "targets")
    assert refused(staff, new_url, title="Ny", targets=[forged], forged=("targets",)) == [
        f"Resultatmål: Marker en gyldig valgmulighed. {forged} er ikke en af de tilgængelige valgmuligheder."
    ]


def test_staff_of_two_regions_may_not_mix_them(staff, cast, elsewhere, music):
    cast.staff.role_grants.create(culture_region=elsewhere["region"], role="staff")
    typed = {"title": "Ny", "area": str(music.pk), "manager": str(elsewhere["manager"].pk)}
    assert refused(staff, "/indsatser/opret/", **typed, forged=("manager",)) == [f"Tovholder: {NO_CHOICE}"]


def test_a_manager_without_a_link_to_the_agreement_is_offered(staff, new_url):
    manager = PersonFactory(name="Åse Østergård")
    assert form_data(staff.get(new_url))["manager"] == ""
    send(staff, new_url, title="Ny", manager=str(manager.pk))
    assert Initiative.objects.get(title="Ny").manager == Person.objects.get(name="Åse Østergård")


def test_line_breaks_of_a_browser_are_no_change(staff):
    initiative = InitiativeFactory(description="Første linje\nanden linje")
    send(staff, f"/indsatser/{initiative.pk}/rediger/", title="Nyt navn")
    initiative.refresh_from_db()
    assert (initiative.title, initiative.description) == ("Nyt navn", "Første linje\nanden linje")
    assert the_agreement().areas.count() == 3
