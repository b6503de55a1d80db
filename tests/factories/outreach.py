"""Rows of outreach: onboarding, visits, networks, contacts, status notes, marketing, mail."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from agreements.models import OutgoingMail
from outreach.models import (
    Ambassador,
    ContactNote,
    Encounter,
    FollowUp,
    GatePassage,
    Invitation,
    Measure,
    MeasureList,
    NetworkEvent,
    OnboardingCase,
    OpenQuestion,
    SocialLink,
    StatusNote,
    Subscription,
    Visit,
)
from tests.factories import AgreementFactory, kulturmetropolen, municipality, the_agreement


class MeasureListFactory(DjangoModelFactory):
    class Meta:
        model = MeasureList

    agreement = factory.SubFactory(AgreementFactory)
    title = factory.Sequence(lambda n: f"Mulige tiltag {n}")


class MeasureFactory(DjangoModelFactory):
    class Meta:
        model = Measure

    list = factory.SubFactory(MeasureListFactory)
    direction = Measure.Direction.OUTWARD
    number = factory.Sequence(lambda n: n + 100)
    title = factory.Sequence(lambda n: f"Tiltag {n}")


class OpenQuestionFactory(DjangoModelFactory):
    class Meta:
        model = OpenQuestion

    measure = factory.SubFactory(MeasureFactory)
    text = factory.Sequence(lambda n: f"Hvem skal gøre det, {n}?")


class OnboardingCaseFactory(DjangoModelFactory):
    class Meta:
        model = OnboardingCase
        skip_postgeneration_save = True

    agreement = factory.LazyFunction(the_agreement)
    municipality = factory.LazyFunction(lambda: municipality("Allerød"))
    interested_on = date(2026, 11, 2)


class GatePassageFactory(DjangoModelFactory):
    class Meta:
        model = GatePassage

    case = factory.SubFactory(OnboardingCaseFactory)
    gate = OnboardingCase.Stage.IDENTIFIED
    passed_on = date(2026, 11, 2)


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    case = factory.SubFactory(OnboardingCaseFactory)
    kind = Invitation.Kind.CONFERENCE
    title = "Konference om unge og kultur"


class VisitFactory(DjangoModelFactory):
    class Meta:
        model = Visit

    culture_region = factory.LazyFunction(kulturmetropolen)
    host = factory.LazyFunction(lambda: municipality("Allerød"))
    held_on = date(2026, 12, 10)


class AmbassadorFactory(DjangoModelFactory):
    class Meta:
        model = Ambassador

    visit = factory.SubFactory(VisitFactory)
    municipality = factory.LazyFunction(lambda: municipality("Køge"))


class NetworkEventFactory(DjangoModelFactory):
    class Meta:
        model = NetworkEvent
        skip_postgeneration_save = True

    culture_region = factory.LazyFunction(kulturmetropolen)
    name = factory.Sequence(lambda n: f"Netværksmøde {n}")
    starts_on = date(2026, 6, 11)


class EncounterFactory(DjangoModelFactory):
    class Meta:
        model = Encounter

    event = factory.SubFactory(NetworkEventFactory)
    municipality = factory.LazyFunction(lambda: municipality("Allerød"))
    whom = factory.Sequence(lambda n: f"Udvalgsformand {n}")


class ContactNoteFactory(DjangoModelFactory):
    class Meta:
        model = ContactNote

    culture_region = factory.LazyFunction(kulturmetropolen)
    municipality = factory.LazyFunction(lambda: municipality("Køge"))
    contacted_on = date(2026, 11, 3)


class FollowUpFactory(DjangoModelFactory):
    class Meta:
        model = FollowUp

    culture_region = factory.LazyFunction(kulturmetropolen)
    municipality = factory.LazyFunction(lambda: municipality("Køge"))
    text = factory.Sequence(lambda n: f"Send materiale {n}")
    due_on = date(2026, 12, 1)


class StatusNoteFactory(DjangoModelFactory):
    class Meta:
        model = StatusNote

    culture_region = factory.LazyFunction(kulturmetropolen)
    municipality = factory.LazyFunction(lambda: municipality("Køge"))
    month = factory.Sequence(lambda n: date(2000 + n // 12 % 90, n % 12 + 1, 1))
    text = "I denne måned har Køges borgere haft glæde af en koncert."


class SocialLinkFactory(DjangoModelFactory):
    class Meta:
        model = SocialLink

    culture_region = factory.LazyFunction(kulturmetropolen)
    channel = SocialLink.Channel.OTHER
    url = factory.Sequence(lambda n: f"https://kanal{n}.example/kulturmetropolen")


class SubscriptionFactory(DjangoModelFactory):
    class Meta:
        model = Subscription

    culture_region = factory.LazyFunction(kulturmetropolen)
    email = factory.Sequence(lambda n: f"laeser{n}@post.example")


class OutgoingMailFactory(DjangoModelFactory):
    class Meta:
        model = OutgoingMail

    culture_region = factory.LazyFunction(kulturmetropolen)
    key = factory.Sequence(lambda n: f"proeve-{n}")
    recipient = factory.Sequence(lambda n: f"modtager{n}@post.example")
    subject = "En prøve"
    body = "En prøve af posten."
