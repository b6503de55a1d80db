"""Tells whether every issued memo is the one that was issued."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from outreach.actions.memos import faults
from outreach.models import IssuedMemo


class Command(BaseCommand):
    help = "Compare every issued memo with its seal; fails where something has been changed behind the portal's back."

    def handle(self, **options):
        found = faults()
        if found:
            raise CommandError("\n".join(found))
        self.stdout.write(_("%(count)s issued memos are as they were issued.") % {"count": IssuedMemo.objects.count()})
