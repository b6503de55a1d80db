"""Rows of the economy and of what the state wants back."""

from datetime import date
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from agreements.models import AccountLine, Contribution, OtherParty, Submission

from . import municipality, the_agreement


class OtherPartyFactory(DjangoModelFactory):
    class Meta:
        model = OtherParty

    agreement = factory.LazyFunction(the_agreement)
    kind = "other"
    name = factory.Sequence(lambda n: f"Part {n}")


class ContributionFactory(DjangoModelFactory):
    """What Køge gives; `of_state` what the state gives."""

    class Meta:
        model = Contribution

    class Params:
        of_state = factory.Trait(payer="state", municipality=None, kind="grant")

    agreement = factory.LazyFunction(the_agreement)
    year = 2021
    payer = "municipality"
    municipality = factory.LazyFunction(lambda: municipality("Køge"))
    kind = "project"
    amount = Decimal("1000.00")


class AccountLineFactory(DjangoModelFactory):
    class Meta:
        model = AccountLine

    agreement = factory.LazyFunction(the_agreement)
    year = 2021
    text = factory.Sequence(lambda n: f"Linje {n}")
    funded_by = "state"
    budget = Decimal("5000.00")


class SubmissionFactory(DjangoModelFactory):
    class Meta:
        model = Submission

    agreement = factory.LazyFunction(the_agreement)
    kind = "accounts"
    year = 2024
    handed_in_on = date(2025, 9, 1)
