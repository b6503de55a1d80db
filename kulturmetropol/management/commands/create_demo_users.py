"""Makes one user of each role for a trial portal, all with the password DEMO_PASSWORD, and prints how to log in."""

import os
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from agreements.models import Body, CultureRegion, Municipality, Person, Post, RoleGrant
from kulturmetropol.accounts.models import User

LOCAL = {"127.0.0.1", "localhost"}


@dataclass(frozen=True)
class DemoUser:
    email: str
    name: str
    what: str


ADMIN = DemoUser("admin@kulturmetropolen.example", "Asta Admin", "admin")
STAFF = DemoUser("sekretariat@kulturmetropolen.example", "Sofie Sekretariat", "sekretariat")
CHAIR = DemoUser("formand@roedovre.example", "Frida Formand", "formand, Kultur- og Fritidsudvalget, Rødovre")
HEAD = DemoUser("kulturchef@roedovre.example", "Karl Kulturchef", "kulturchef, Rødovre")
GUEST = DemoUser("gaest@gribskov.example", "Gry Gæst", "gæst, Gribskov")


class Command(BaseCommand):
    help = "Make the demo users of a portal on this machine and print their logins."

    def handle(self, **options):
        password = os.environ.get("DEMO_PASSWORD")
        if not password:
            raise CommandError(_("Set DEMO_PASSWORD; there is no default password."))
        if urlsplit(settings.SITE_URL).hostname not in LOCAL:
            raise CommandError(_("Demo users are for a portal on one's own machine; SITE_URL says otherwise."))
        create(password)
        self.stdout.write(_("Log in with the password %(password)s as") % {"password": password})
        for each in (STAFF, ADMIN, CHAIR, HEAD, GUEST):
            self.stdout.write(f"  {each.email:38} {each.what}")


@transaction.atomic
def create(password: str) -> None:
    region = CultureRegion.objects.get(slug="kulturmetropolen")
    for person, role in [(ADMIN, RoleGrant.Role.ADMIN), (STAFF, RoleGrant.Role.STAFF)]:
        RoleGrant.objects.get_or_create(user=account(person, password), culture_region=region, defaults={"role": role})
    RoleGrant.objects.get_or_create(
        user=account(GUEST, password),
        culture_region=region,
        defaults={"role": RoleGrant.Role.GUEST, "municipality": Municipality.objects.get(code="0270")},
    )
    committee = Body.objects.filter(culture_region=region, municipality__code="0175", kind=Body.Kind.COMMITTEE).first()
    if committee:
        in_post(CHAIR, password, region, kind=Post.Kind.CHAIR, body=committee)
        in_post(HEAD, password, region, kind=Post.Kind.CULTURE_HEAD, municipality=committee.municipality)


def account(demo: DemoUser, password: str) -> User:
    user = User.objects.filter(email=demo.email).first() or User(email=demo.email, name=demo.name)
    if not user.pk or not user.check_password(password):
        user.set_password(password)
        user.save()
    return user


def in_post(demo: DemoUser, password: str, region: CultureRegion, **post) -> None:
    person, _created = Person.objects.get_or_create(
        user=account(demo, password), defaults={"culture_region": region, "name": demo.name, "email": demo.email}
    )
    Post.objects.get_or_create(person=person, defaults={"starts_on": date(2020, 1, 1), **post})
