"""Loads made-up people, their posts, meetings with agendas, and papers."""

import secrets
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile

from .loading import Loader, read
from .models import AgendaItem, Body, Document, Meeting, Person, Post


def load_governance(loader: Loader, folder: Path) -> None:
    content = read(folder / "demo-governance.toml")
    for section, model in [
        ("body", Body),
        ("person", Person),
        ("post", Post),
        ("meeting", Meeting),
        ("agenda_item", AgendaItem),
    ]:
        loader.load(model, content[section])
    loader.load(Document, [_with_file(loader, folder, row) for row in content["document"]])


def _with_file(loader: Loader, folder: Path, row: dict[str, Any]) -> dict[str, Any]:
    if row["key"] in loader.known:
        return row
    path = folder / "demo-papers" / row["file"]
    return row | {"file": ContentFile(path.read_bytes(), name=f"{secrets.token_hex(16)}{path.suffix}")}
