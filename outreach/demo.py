"""Loads the made-up part of outreach: each file by its sections, in an order in which they can be loaded."""

from pathlib import Path

from django.db import models

from agreements.loading import Loader, read

SECTIONS: dict[str, list[tuple[str, type[models.Model]]]] = {}


def load_outreach(loader: Loader, folder: Path) -> None:
    for file, sections in SECTIONS.items():
        content = read(folder / file)
        for section, model in sections:
            loader.load(model, content.get(section, []))
