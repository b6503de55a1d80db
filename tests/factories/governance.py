from datetime import date

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from agreements.models import AgendaItem, Document, Post

from . import BodyFactory, MeetingFactory, PersonFactory, kulturmetropolen


class AgendaItemFactory(DjangoModelFactory):
    class Meta:
        model = AgendaItem

    meeting = factory.SubFactory(MeetingFactory)
    position = factory.Sequence(lambda n: n + 1)
    title = factory.Sequence(lambda n: f"Punkt {n}")


class DocumentFactory(DjangoModelFactory):
    class Meta:
        model = Document

    culture_region = factory.LazyFunction(kulturmetropolen)
    title = factory.Sequence(lambda n: f"Papir {n}")
    file = factory.LazyFunction(lambda: ContentFile(b"Ord", name="papir.txt"))


class PostFactory(DjangoModelFactory):
    class Meta:
        model = Post

    person = factory.SubFactory(PersonFactory)
    kind = Post.Kind.MEMBER
    body = factory.SubFactory(BodyFactory)
    starts_on = date(2022, 1, 1)
