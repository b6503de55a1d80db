"""Which files of the installed packages are served: only what the pages use."""

from django.contrib.staticfiles.apps import StaticFilesConfig


class PortalStaticFiles(StaticFilesConfig):
    # of Bootstrap's files the pages use bootstrap.min.css alone, which names its map
    ignore_patterns = [
        "CVS", ".*", "*~",
        "*.rtl.*", "bootstrap-*", "bootstrap.css", "bootstrap.css.map", "bootstrap*.js", "bootstrap*.js.map", "*.md",
    ]  # fmt: skip
