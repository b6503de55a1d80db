"""Writes all that the portal holds to one file, while people work on."""

from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from kulturmetropol.backup import archive


class Command(BaseCommand):
    help = "Write the database and the uploaded files to one .tar file."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file, **options):
        manifest = archive.make(file.absolute())
        self.stdout.write(
            _("Backup written to %(file)s: %(tables)d tables with %(rows)d rows, %(files)d files.")
            % {"file": file, "tables": len(manifest.rows), "rows": manifest.row_count, "files": manifest.file_count}
        )
