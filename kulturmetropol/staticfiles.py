"""The style sheets, in the order in which they follow each other, and how they are served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from whitenoise.storage import CompressedManifestStaticFilesStorage

STYLESHEETS = [
    f"css/{name}.css"
    for name in (
        "tokens",
        "base",
        "layout",
        "components",
        "lists",
        "forms",
        "pictures",
        "gates",
        "progress",
        "matrix",
        "pages",
        "public",
        "help",
        "print",
        "contrast",
    )
]
JOINED = "css/portal.css"


class PortalStaticFiles(StaticFilesConfig):
    ignore_patterns = ["CVS", ".*", "*~", "*.md"]


class PortalStorage(CompressedManifestStaticFilesStorage):
    """Collected files, compressed, with a hash in their names; the style sheets joined into one request."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if not dry_run:
            sheets = [Path(self.path(name)).read_text(encoding="utf-8") for name in STYLESHEETS]
            Path(self.path(JOINED)).write_text("\n".join(sheets), encoding="utf-8")
            paths[JOINED] = (self, JOINED)
        yield from super().post_process(paths, dry_run, **options)
