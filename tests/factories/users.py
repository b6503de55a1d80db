from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from agreements.models import RoleGrant, UserInvitation

from . import UserFactory, kulturmetropolen


class RoleGrantFactory(DjangoModelFactory):
    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    culture_region = factory.LazyFunction(kulturmetropolen)
    role = RoleGrant.Role.STAFF


class UserInvitationFactory(DjangoModelFactory):
    """One that waits. Nobody knows its link: a test that follows one has it sent by mail."""

    class Meta:
        model = UserInvitation

    culture_region = factory.LazyFunction(kulturmetropolen)
    email = factory.Sequence(lambda n: f"inviteret{n}@herlev.example")
    name = factory.Sequence(lambda n: f"Inviteret {n}")
    role = UserInvitation.Role.STAFF
    token_hash = factory.Sequence(lambda n: UserInvitation.hash_of(str(n)))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=14))
