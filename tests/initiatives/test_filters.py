"""Each list of the initiatives: what its search finds, what its filters leave and how its columns sort."""

from datetime import date

import pytest

from agreements.models import Person
from initiatives.models import Initiative, InitiativeArea
from tests.factories import (
    AgreementFactory,
    CultureRegionFactory,
    InitiativeAreaFactory,
    InitiativeFactory,
    PersonFactory,
)
from tests.pages import offered, records

AREAS = ["Ungeindsatsen", "Musikindsatsen", "Kultur og sundhedsindsatsen"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", AREAS),
        ("?sorter=plads", AREAS),
        ("?sorter=-plads", AREAS[::-1]),
        ("?sorter=navn", ["Kultur og sundhedsindsatsen", "Musikindsatsen", "Ungeindsatsen"]),
        ("?sorter=-navn", ["Ungeindsatsen", "Musikindsatsen", "Kultur og sundhedsindsatsen"]),
        ("?q=musikdagsordenen", ["Musikindsatsen"]),
        ("?q=fødekæden", []),
        ("?q=kulturregioner+LIVSKVALITET", ["Kultur og sundhedsindsatsen"]),
    ],
)
def test_areas(staff, query, found):
    assert records(staff.get(f"/indsatsomraader/{query}")) == found


def test_areas_of_one_agreement(staff):
    area = InitiativeAreaFactory(agreement=AgreementFactory(), name="Litteraturindsatsen")
    assert records(staff.get(f"/indsatsomraader/?aftale={area.agreement.pk}")) == ["Litteraturindsatsen"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (
            "?q=fødekæden",
            ["At arbejde med fødekæden mellem vækstlaget, de unge talenter og de etablerede musikaktører."],
        ),
        (
            "?q=FØDEKÆDEN",
            ["At arbejde med fødekæden mellem vækstlaget, de unge talenter og de etablerede musikaktører."],
        ),
        ("?q=kultur+og+sundhed+evidens", ["At arbejde med viden, dokumentation og evidens."]),
        ("?q=_", []),
    ],
)
def test_targets(staff, query, found):
    assert records(staff.get(f"/resultatmaal/{query}")) == found


def test_targets_of_one_area(staff):
    area = InitiativeArea.objects.get(name="Ungeindsatsen")
    assert records(staff.get(f"/resultatmaal/?omraade={area.pk}")) == [
        "At understøtte unges egne kulturprojekter.",
        "At synliggøre og formidle projekter, rammer og muligheder.",
        "At have fokus på unge uden for kulturfællesskaberne, uanset køn, etnicitet eller social baggrund.",
        "At skabe tværgående netværk.",
    ]


@pytest.fixture
def four(db):
    """Four initiatives with one word in common, each with another area, status, start and manager."""
    Initiative.objects.filter(title="Hun spiller").update(summary="fællesord")
    area = InitiativeArea.objects.get
    InitiativeFactory(
        area=area(name="Ungeindsatsen"),
        title="Ærlig snak",
        summary="fællesord",
        status="cancelled",
        status_reason="Ingen penge",
        starts_on=date(2022, 1, 1),
    )
    InitiativeFactory(
        area=area(name="Musikindsatsen"),
        title="Arier",
        summary="fællesord",
        status="running",
        manager=PersonFactory(name="Åse Østergård"),
    )
    InitiativeFactory(
        area=area(name="Kultur og sundhedsindsatsen"),
        title="Bevægelse",
        description="fællesord",
        status="completed",
        starts_on=date(2020, 6, 1),
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ærlig snak", "Arier", "Hun spiller", "Bevægelse"]),
        ("sorter=titel", ["Arier", "Bevægelse", "Hun spiller", "Ærlig snak"]),
        ("sorter=-titel", ["Ærlig snak", "Hun spiller", "Bevægelse", "Arier"]),
        ("sorter=-omraade,titel", ["Bevægelse", "Arier", "Hun spiller", "Ærlig snak"]),
        ("sorter=omraade,titel", ["Ærlig snak", "Arier", "Hun spiller", "Bevægelse"]),
        ("sorter=status", ["Ærlig snak", "Bevægelse", "Hun spiller", "Arier"]),
        ("sorter=-status", ["Arier", "Hun spiller", "Bevægelse", "Ærlig snak"]),
        ("sorter=start", ["Bevægelse", "Hun spiller", "Ærlig snak", "Arier"]),
        ("sorter=-start", ["Ærlig snak", "Hun spiller", "Bevægelse", "Arier"]),
        ("status=completed", ["Bevægelse"]),
        ("status=planned", []),
        ("q=ÆRLIG", ["Ærlig snak"]),
        ("q=østergård", ["Arier"]),
    ],
)
def test_initiatives(staff, four, query, found):
    common = "" if "q=" in query else "q=FÆLLESORD&"
    assert records(staff.get(f"/indsatser/?{common}{query}")) == found


def test_initiatives_of_an_area_and_of_a_manager(staff, four):
    music = InitiativeArea.objects.get(name="Musikindsatsen")
    åse = Person.objects.get(name="Åse Østergård")
    assert records(staff.get(f"/indsatser/?omraade={music.pk}")) == ["Arier", "Fra øvelokale til scene", "Hun spiller"]
    assert records(staff.get(f"/indsatser/?tovholder={åse.pk}")) == ["Arier"]
    assert records(staff.get(f"/indsatser/?omraade={music.pk}&status=paused")) == ["Hun spiller"]


def test_filters_offer_nothing_of_another_region(staff):
    region = CultureRegionFactory()
    area = InitiativeAreaFactory(agreement=AgreementFactory(culture_region=region))
    manager = PersonFactory(culture_region=region)
    for url, name, foreign in [
        ("/indsatsomraader/", "aftale", area.agreement),
        ("/resultatmaal/", "omraade", area),
        ("/indsatser/", "omraade", area),
        ("/indsatser/", "tovholder", manager),
    ]:
        assert str(foreign.pk) not in offered(staff.get(url), name)
        assert records(staff.get(f"{url}?{name}={foreign.pk}")) == []
