"""Delivers the mail that waits and whose time has come."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from agreements import outbox
from agreements.models import OutgoingMail


class Command(BaseCommand):
    help = "Deliver the mail that waits; run it every few minutes."

    def handle(self, **options):
        self.stdout.write(deliver())


def deliver() -> str:
    """Delivers what is due, and says in one line what became of it."""
    sent = outbox.deliver_due()
    waiting = OutgoingMail.objects.filter(status=OutgoingMail.Status.WAITING).count()
    line = _("Mail: %(sent)d sent, %(waiting)d waiting.") % {"sent": sent, "waiting": waiting}
    return line if outbox.has_server() else f"{line} {outbox.NO_SERVER}"
