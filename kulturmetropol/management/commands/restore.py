"""Takes a backup in place of what the portal holds. Nobody should use the portal meanwhile."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from agreements import audit
from kulturmetropol.backup import archive
from kulturmetropol.database import unapplied_migrations


class Command(BaseCommand):
    help = "Restore the database and the uploaded files from a file that backup wrote."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="replace a database that is not empty")

    def handle(self, *, file, force, **options):
        restored = archive.restore(file.absolute(), force=force)
        manifest = restored.manifest
        if restored.differing:
            raise CommandError(
                _("Restored, but these tables do not have the rows of the backup: %(tables)s.")
                % {"tables": ", ".join(restored.differing)}
            )
        self.stdout.write(
            _(
                "Restored from %(file)s, made %(made_at)s with version %(version)s: "
                "%(tables)d tables with %(rows)d rows, %(files)d files. All are as in the backup."
            )
            % {
                "file": file,
                "made_at": manifest.made_at,
                "version": manifest.version,
                "tables": len(manifest.rows),
                "rows": manifest.row_count,
                "files": manifest.file_count,
            }
        )
        if unapplied_migrations():
            self.stdout.write(_("The backup is of an older version: run `manage.py migrate` now."))
        else:
            audit.record(audit.Kind.BACKUP_RESTORED, by=None, about=manifest.made_at)
