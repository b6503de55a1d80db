"""Invites somebody from the command line, such as the first admin, and prints the link to hand over."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from agreements import inviting
from agreements.models import CultureRegion, Municipality, RoleGrant


class Command(BaseCommand):
    help = "Invite somebody to a role in a culture region; prints the link by which the person comes in."

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=RoleGrant.Role.values)
        parser.add_argument("--region", default="kulturmetropolen", help="the culture region's slug")
        parser.add_argument("--municipality", metavar="CODE", help="of a guest")

    def handle(self, *, email, name, role, region, municipality, **options):
        try:
            _invitation, link = inviting.invite(
                region=find(CultureRegion, slug=region),
                email=email,
                name=name,
                role=role,
                municipality=municipality and find(Municipality, code=municipality),
                by=None,
                by_mail=False,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(
            _("%(user)s comes in by this link, once, within %(days)s days:")
            % {"user": email, "days": settings.INVITATION_DAYS}
        )
        self.stdout.write(link)


def find(model, **key):
    record = model.objects.filter(**key).first()
    if record is None:
        known = ", ".join(model.objects.values_list(*key, flat=True)[:10])
        raise CommandError(
            _("There is no %(kind)s “%(key)s”. Known: %(known)s.")
            % {"kind": model._meta.verbose_name, "key": next(iter(key.values())), "known": known}
        )
    return record
