"""Rows for tests of what takes place. They stand in the agreement of the customer's documents."""

from datetime import date
from io import BytesIO

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory
from PIL import Image

from initiatives.models import Activity, InitiativeArea, Milestone, Participation, Story, TargetGroup

from . import InitiativeFactory, kulturmetropolen, municipality


class ParticipationFactory(DjangoModelFactory):
    class Meta:
        model = Participation

    initiative = factory.SubFactory(InitiativeFactory)
    municipality = factory.LazyFunction(lambda: municipality("Rødovre"))


class TargetGroupFactory(DjangoModelFactory):
    class Meta:
        model = TargetGroup

    culture_region = factory.LazyFunction(kulturmetropolen)
    name = factory.Sequence(lambda n: f"målgruppe {n}")


class ActivityFactory(DjangoModelFactory):
    """In Rødovre, unless `places` names other municipalities."""

    class Meta:
        model = Activity
        skip_postgeneration_save = True

    initiative = factory.SubFactory(InitiativeFactory)
    title = factory.Sequence(lambda n: f"Aktivitet {n}")
    held_on = date(2021, 5, 7)

    @factory.post_generation
    def places(self, create, names, **kwargs):
        self.municipalities.set([municipality(name) for name in names or ["Rødovre"]])


class StoryFactory(DjangoModelFactory):
    """A published one."""

    class Meta:
        model = Story

    initiative = factory.SubFactory(InitiativeFactory)
    municipality = factory.LazyFunction(lambda: municipality("Rødovre"))
    title = factory.Sequence(lambda n: f"Historie {n}")
    text = "Det gik godt."
    published_on = date(2021, 6, 1)


class MilestoneFactory(DjangoModelFactory):
    class Meta:
        model = Milestone

    area = factory.LazyFunction(lambda: InitiativeArea.objects.get(name="Musikindsatsen"))
    title = factory.Sequence(lambda n: f"Milepæl {n}")
    due_on = date(2022, 6, 30)


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), name: str = "billede.jpg", **options) -> ContentFile:
    """A picture file, orange throughout."""
    buffer = BytesIO()
    Image.new("RGB", size, "#c2410c").save(buffer, kind, **options)
    return ContentFile(buffer.getvalue(), name=name)
