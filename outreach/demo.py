"""Loads the made-up part of outreach: each file by its sections, in an order in which they can be loaded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models

from agreements.loading import Loader, ParentGoneError, read
from agreements.models import Body, Meeting, Person, Post

from .models import (
    Ambassador,
    ContactNote,
    Encounter,
    FollowUp,
    GatePassage,
    Invitation,
    NetworkEvent,
    OnboardingCase,
    SocialLink,
    StatusNote,
    Subscription,
    Visit,
)

SECTIONS: dict[str, list[tuple[str, type[models.Model]]]] = {
    "demo-onboarding.toml": [
        ("person", Person),
        ("post", Post),
        ("onboarding_case", OnboardingCase),
        ("gate_passage", GatePassage),
        ("invitation", Invitation),
    ],
    "demo-visits.toml": [
        ("body", Body),
        ("person", Person),
        ("post", Post),
        ("visit", Visit),
        ("ambassador", Ambassador),
    ],
    "demo-contacts.toml": [
        ("person", Person),
        ("post", Post),
        ("network_event", NetworkEvent),
        ("encounter", Encounter),
        ("contact_note", ContactNote),
        ("follow_up", FollowUp),
    ],
    "demo-notes.toml": [
        ("body", Body),
        ("meeting", Meeting),
        ("status_note", StatusNote),
    ],
    "demo-marketing.toml": [
        ("social_link", SocialLink),
        ("subscription", Subscription),
    ],
}


def load_outreach(loader: Loader, folder: Path) -> None:
    for file, sections in SECTIONS.items():
        content = read(folder / file)
        for section, model in sections:
            loader.load(model, [_with_many(loader, model, row) for row in content.get(section, [])])


def _with_many(loader: Loader, model: type[models.Model], row: dict[str, Any]) -> dict[str, Any]:
    """The row with records where it names many of them by their keys, but for those that have been deleted since."""
    many = {field.name: field.related_model for field in model._meta.many_to_many if field.name in row}
    return row | {name: list(_found(loader, related, row[name], row["key"])) for name, related in many.items()}


def _found(loader: Loader, model: type[models.Model], keys: list[str], row: str) -> Iterator[models.Model]:
    for key in keys:
        try:
            yield loader.find(model, key, row=row)
        except ParentGoneError:
            continue
