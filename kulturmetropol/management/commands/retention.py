"""Shows what has served its time, with the reason for each, and deletes it with `--delete`."""

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from kulturmetropol.privacy import retention
from kulturmetropol.privacy.register import in_words

SHOWN = 20


class Command(BaseCommand):
    help = "Show what is older than it may be kept. With --delete it is deleted, which cannot be undone."

    def add_arguments(self, parser):
        parser.add_argument("--delete", action="store_true", help="delete what is found")
        parser.add_argument(
            "--all", action="store_true", help=f"name all that is found, not the first {SHOWN} of a kind"
        )

    def handle(self, *, delete, all, **options):
        now = timezone.now()
        if delete:
            for rule, count in retention.delete(now):
                self.stdout.write(_("%(what)s: %(count)d deleted") % {"what": rule.title, "count": count})
            return
        total = 0
        for rule in retention.RULES:
            total += self.show(rule, now, all=all)
        self.stdout.write("")
        if total:
            self.stdout.write(_("Nothing is deleted yet. `manage.py retention --delete` deletes these %d.") % total)
        else:
            self.stdout.write(_("Nothing has served its time."))

    def show(self, rule, now, *, all) -> int:
        items = rule.items(now)
        after = _("kept for %s") % in_words(settings.RETENTION_DAYS[rule.kept]) if rule.kept else _("over at once")
        self.stdout.write(f"{rule.title} ({after}): {len(items)}")
        for item in items if all else items[:SHOWN]:
            self.stdout.write(f"  - {item.what}" + (f": {item.why}" if item.why else ""))
        if not all and len(items) > SHOWN:
            self.stdout.write(_("  … and %d more; --all names them") % (len(items) - SHOWN))
        return len(items)
