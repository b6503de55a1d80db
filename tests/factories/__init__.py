"""Rows for tests, by the name of what matters. What a test does not name is valid and of no interest."""

from datetime import date, timedelta

import factory
from factory.django import DjangoModelFactory

from agreements.models import Agreement, Body, CultureRegion, Meeting, Membership, Municipality, Person, Purpose
from initiatives.models import Initiative, InitiativeArea, ResultTarget
from kulturmetropol.accounts.models import User
from outreach.models import AgendaLayout, Memo, MemoRun


def kulturmetropolen() -> CultureRegion:
    return CultureRegion.objects.get(slug="kulturmetropolen")


def the_agreement() -> Agreement:
    """The agreement of the customer's documents, as the loader made it."""
    return Agreement.objects.get(name="Kulturmetropolen 2021-2024")


def municipality(name: str) -> Municipality:
    return Municipality.objects.get(name=name)


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Faker("name", locale="da_DK")
    email = factory.Sequence(lambda n: f"bruger{n}@kulturmetropolen.example")
    password = factory.django.Password(None)


class CultureRegionFactory(DjangoModelFactory):
    class Meta:
        model = CultureRegion

    name = factory.Sequence(lambda n: f"Kulturregion {n}")
    slug = factory.Sequence(lambda n: f"kulturregion-{n}")


class AgreementFactory(DjangoModelFactory):
    class Meta:
        model = Agreement

    culture_region = factory.LazyFunction(kulturmetropolen)
    name = factory.Sequence(lambda n: f"Aftale {n}")
    starts_on = date(2025, 1, 1)
    ends_on = date(2028, 12, 31)


class PurposeFactory(DjangoModelFactory):
    class Meta:
        model = Purpose

    agreement = factory.LazyFunction(the_agreement)
    position = factory.Sequence(lambda n: n + 1000)
    text = factory.Sequence(lambda n: f"At prøve formål {n}")


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership

    agreement = factory.LazyFunction(the_agreement)
    municipality = factory.Iterator(
        ["Aabenraa", "Aalborg", "Aarhus", "Assens", "Billund", "Bornholm", "Esbjerg", "Fanø", "Faxe", "Greve"],
        getter=municipality,
    )
    joined_on = date(2021, 1, 1)


class BodyFactory(DjangoModelFactory):
    class Meta:
        model = Body

    culture_region = factory.LazyFunction(kulturmetropolen)
    kind = Body.Kind.OTHER
    name = factory.Sequence(lambda n: f"Organ {n}")


class CommitteeFactory(BodyFactory):
    kind = Body.Kind.COMMITTEE
    name = factory.Sequence(lambda n: f"Udvalg {n}")
    municipality = factory.LazyFunction(lambda: municipality("Køge"))


class MeetingFactory(DjangoModelFactory):
    class Meta:
        model = Meeting

    body = factory.SubFactory(BodyFactory)
    held_on = date(2021, 2, 3)


class PersonFactory(DjangoModelFactory):
    class Meta:
        model = Person

    culture_region = factory.LazyFunction(kulturmetropolen)
    name = factory.Sequence(lambda n: f"Person {n}")


class InitiativeAreaFactory(DjangoModelFactory):
    class Meta:
        model = InitiativeArea

    agreement = factory.LazyFunction(the_agreement)
    position = factory.Sequence(lambda n: n + 1000)
    name = factory.Sequence(lambda n: f"Område {n}")
    purpose = "At prøve et område."


class ResultTargetFactory(DjangoModelFactory):
    class Meta:
        model = ResultTarget

    area = factory.SubFactory(InitiativeAreaFactory)
    position = factory.Sequence(lambda n: n + 1000)
    text = factory.Sequence(lambda n: f"At nå mål {n}.")


class InitiativeFactory(DjangoModelFactory):
    class Meta:
        model = Initiative
        skip_postgeneration_save = True

    area = factory.LazyFunction(lambda: InitiativeArea.objects.get(name="Musikindsatsen"))
    title = factory.Sequence(lambda n: f"Indsats {n}")


class AgendaLayoutFactory(DjangoModelFactory):
    class Meta:
        model = AgendaLayout

    culture_region = factory.LazyFunction(lambda: the_agreement().culture_region)
    municipality = factory.LazyFunction(
        lambda: Municipality.objects.filter(agenda_layouts=None).order_by("sort_order").first()
    )


class MemoFactory(DjangoModelFactory):
    """The memo of the customer's document, before anybody writes in it."""

    class Meta:
        model = Memo

    agreement = factory.LazyFunction(the_agreement)
    committee = factory.LazyFunction(lambda: Body.objects.get(name="Kultur- og Fritidsudvalget"))
    date = date(2020, 11, 6)
    case_officer = "Henning Elmelund"
    case_number = "20.20.00-P27-1-20"


class MemoRunFactory(DjangoModelFactory):
    """To nobody yet."""

    class Meta:
        model = MemoRun

    agreement = factory.LazyFunction(the_agreement)
    date = factory.Sequence(lambda n: date(2020, 11, 6) + timedelta(days=n))
    case_officer = "Henning Elmelund"
    case_number = "20.20.00-P27-1-20"
