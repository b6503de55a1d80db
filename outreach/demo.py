"""Loads the made-up part of outreach: each file by its sections, in an order in which they can be loaded."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import models, transaction

from agreements.loading import Loader, ParentGoneError, read
from agreements.models import Body, Meeting, Person, Post

from .actions.memos import draft_sections, issue
from .models import (
    Ambassador,
    ContactNote,
    Encounter,
    FollowUp,
    GatePassage,
    Invitation,
    Memo,
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


def load_memos(loader: Loader, folder: Path) -> None:
    """Apart from the rest, for it takes seconds: each memo that is issued becomes a PDF."""
    for row in read(folder / "demo-memos.toml")["memo"]:
        if row["key"] in loader.known:
            continue
        issued = row.pop("issued", False)
        with transaction.atomic():
            loader.load(Memo, [row])
            memo = Memo.objects.filter(pk=loader.known.get(row["key"])).first()
            if memo is None:  # what it is about has been deleted
                continue
            written = memo.situation
            draft_sections(memo)
            if memo.situation != written:
                memo.save()
            if issued:
                issue(memo=memo, by=None, version=memo.version)


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
