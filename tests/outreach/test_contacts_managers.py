"""Culture heads find their project manager on the start page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agreements.models import Body, Post
from tests.counting import queries
from tests.factories import BodyFactory, CultureRegionFactory, InitiativeFactory, PersonFactory, municipality
from tests.factories.doing import ParticipationFactory
from tests.factories.governance import PostFactory
from tests.kulturmetropol.test_start import panels
from tests.pages import parse


@pytest.fixture
def head(log_in, cast):
    Post.objects.filter(kind="project_manager").delete()
    return log_in(cast.culture_head)


def shown(client) -> list[str]:
    return panels(client.get("/"))["Jeres projektledere"]


def manager(name: str, email: str = "", **post):
    person = PersonFactory(name=name, email=email)
    if "municipality" not in post:
        post |= {"body": Body.objects.filter(name="KMK-gruppen").first() or BodyFactory(name="KMK-gruppen")}
    return PostFactory(**{"person": person, "kind": "project_manager", "body": None} | post)


def test_project_managers_of_the_region_with_their_address(head):
    manager("Åse Leder", "aase@post.example")
    manager("Bo Leder", municipality=municipality("Køge"))
    assert shown(head) == [
        "Bo Leder Projektleder, Køge",
        "Åse Leder Projektleder, KMK-gruppen aase@post.example",
    ]
    assert "mailto:aase@post.example" in [link.get("href") for link in parse(head.get("/")).iter("a")]


def test_managers_of_what_the_municipality_takes_part_in(head):
    both = manager("Åse Leder").person
    for title, person, place, status in [
        ("Kor", both, "Rødovre", "running"),
        ("Band", PersonFactory(name="Bo Tovholder"), "Rødovre", "planned"),
        ("Slut", PersonFactory(name="Cecilie"), "Rødovre", "completed"),
        ("Andre steder", PersonFactory(name="Dorte"), "Køge", "running"),
        ("Uden leder", None, "Rødovre", "running"),
    ]:
        initiative = InitiativeFactory(title=title, manager=person, status=status)
        ParticipationFactory(initiative=initiative, municipality=municipality(place))
    assert shown(head) == ["Bo Tovholder Band", "Åse Leder Projektleder, KMK-gruppen · Kor"]


def test_nobody_of_another_region_and_nobody_whose_post_has_ended(head):
    manager("Fra Vest", municipality=municipality("Rødovre"))
    Post.objects.filter(person__name="Fra Vest").update(
        person=PersonFactory(name="Fra Vest 2", culture_region=CultureRegionFactory())
    )
    manager("Tidligere", ends_on=timezone.localdate() - timedelta(days=1))
    assert shown(head) == ["Ingen projektledere er registreret."]


def test_chairs_see_them_too_and_many_cost_no_more_queries(head, log_in, cast):
    manager("Åse Leder")
    chair = log_in(cast.chair)
    assert shown(chair) == ["Åse Leder Projektleder, KMK-gruppen"]
    one = queries(head, "/")
    for number in range(6):
        manager(f"Leder {number}")
        initiative = InitiativeFactory(manager=PersonFactory())
        ParticipationFactory(initiative=initiative, municipality=municipality("Rødovre"))
    assert queries(head, "/") == one
