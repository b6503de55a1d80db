"""What is done once a day: what has served its time is deleted, the daily mail is written, waiting mail is sent, and
issued memos are verified."""

import logging

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from kulturmetropol import digest
from kulturmetropol.management.commands.send_mail import deliver
from kulturmetropol.privacy import retention
from outreach import memomail
from outreach.actions import memos, runs

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Run once a day, early in the morning. Running it again does nothing twice."

    def handle(self, **options):
        now = timezone.now()
        runs.forget_results(now)
        if count := runs.go_on_all():
            self.stdout.write(_("Memo runs that had come to a halt and go on: %(count)d.") % {"count": count})
        failed = self.write_digests()
        self.stdout.write(deliver())
        self.tidy(now)
        troubles = memos.faults()
        if troubles:
            memomail.tell_admins(troubles)
        if failed:
            words = _("The daily mail failed for users with the ids %(users)s; the log says why.")
            troubles.insert(0, words % {"users": ", ".join(failed)})
        if troubles:
            raise CommandError("\n".join(troubles))

    def tidy(self, now) -> None:
        """Deleting most data on people is for somebody to decide, each time or once and for all in a setting."""
        rules = retention.RULES if settings.RETENTION_NIGHTLY else retention.NIGHTLY
        if deleted := sum(count for _rule, count in retention.delete(now, rules)):
            self.stdout.write(_("Retention: %(count)d rows are deleted.") % {"count": deleted})
        if found := retention.count(now):
            words = _("Retention: %(count)d rows have served their time. `manage.py retention` shows them.")
            self.stdout.write(words % {"count": found})

    def write_digests(self) -> list[str]:
        """Returns the ids of those whose mail could not be written; the others have theirs."""
        day = timezone.localdate()
        written, failed = 0, []
        for user in digest.readers():
            try:
                written += digest.post(user, day) is not None
            except Exception:
                logger.exception("The daily mail of user %s", user.pk)
                failed.append(str(user.pk))
        self.stdout.write(_("The daily mail: %(count)d of today.") % {"count": written})
        return failed
