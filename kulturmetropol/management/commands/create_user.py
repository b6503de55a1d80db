"""Makes a user with a role in a culture region, and prints the password that the user is to change."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from agreements.models import CultureRegion, Municipality, RoleGrant
from kulturmetropol.accounts.models import User


class Command(BaseCommand):
    help = "Make a user with a role in a culture region; prints a password for the first log-in."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=RoleGrant.Role.values)
        parser.add_argument("--region", default="kulturmetropolen", help="the culture region's slug")
        parser.add_argument("--municipality", metavar="CODE", help="of a guest")

    @transaction.atomic
    def handle(self, *, email, name, role, region, municipality, **options):
        password = secrets.token_urlsafe(12)
        user = User(email=email, name=name)
        user.set_password(password)
        grant = RoleGrant(
            role=role,
            culture_region=find(CultureRegion, slug=region),
            municipality=municipality and find(Municipality, code=municipality),
        )
        try:
            user.full_clean()
            user.save()
            grant.user = user
            grant.full_clean()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        grant.save()
        self.stdout.write(
            _("%(user)s may log in at %(address)s with the password %(password)s")
            % {"user": email, "password": password, "address": settings.SITE_URL + reverse("account_login")}
        )


def find(model, **key):
    record = model.objects.filter(**key).first()
    if record is None:
        known = ", ".join(model.objects.values_list(*key, flat=True)[:10])
        raise CommandError(
            _("There is no %(kind)s “%(key)s”. Known: %(known)s.")
            % {"kind": model._meta.verbose_name, "key": next(iter(key.values())), "known": known}
        )
    return record
