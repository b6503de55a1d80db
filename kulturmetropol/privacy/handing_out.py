"""Handing out what is stored on somebody: a file for machines and one for people, in a zip."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.encoding import force_str
from django.utils.formats import localize
from django.utils.translation import gettext as _

from kulturmetropol.privacy.subjects import Subject
from kulturmetropol.spreadsheets import LANGUAGE, file_name

# what lets somebody in, or is nobody's but the portal's
SECRETS = {
    "accounts.User": {"password"},
    "accounts.CalendarSecret": {"key"},
    "agreements.OutgoingMail": {"unsubscribe_url", "calendar", "key"},
    "agreements.UserInvitation": {"token_hash"},
    "mfa.Authenticator": {"data"},
    "outreach.Subscription": {"key"},
    "usersessions.UserSession": {"session_key", "data"},
}


def archive(subject: Subject, *, with_texts: bool) -> tuple[str, bytes]:
    """The name of the zip and what is in it. `with_texts`: also records whose free text names the subject."""
    now = timezone.now()
    with translation.override(LANGUAGE):
        held = collect(subject, now, with_texts=with_texts)
        words = render_to_string("privacy/handed_out.txt", held)
        name = file_name(f"persondata {subject}")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("persondata.json", json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2))
        packed.writestr("persondata.txt", words)
    return f"{name}.zip", file.getvalue()


def collect(subject: Subject, now: datetime, *, with_texts: bool) -> dict[str, Any]:
    """All of it, in Danish words: by table the rows, then where the subject is named, then what the subject did."""
    return {
        "om": str(subject),
        "lavet": localize(timezone.localtime(now)),
        "data": [
            {"hvad": force_str(rows.model._meta.verbose_name_plural), "raekker": [_row(each) for each in rows]}
            for rows in subject.own_rows()
            if rows
        ],
        "naevnt": [
            {"hvor": _named(record), "som": force_str(field.verbose_name)} for record, field in subject.named_on()
        ],
        "tekster": list(_texts(subject)) if with_texts else [],
        "haendelser": [
            {
                "tid": localize(timezone.localtime(event.at)),
                "haendelse": force_str(event.get_kind_display()),
                "om": event.about,
            }
            for event in subject.events()
        ],
        "rettelser": _saves(subject),
    }


def _row(record: models.Model) -> dict[str, Any]:
    left_out = {"id", "version", *SECRETS.get(record._meta.label, ())}
    if getattr(record, "is_secret", False):
        left_out |= {"body"}
    return {
        force_str(field.verbose_name): _value(record, field)
        for field in record._meta.concrete_fields
        if field.name not in left_out
    }


def _value(record: Any, field: Any) -> Any:
    value = getattr(record, field.name)
    if field.is_relation:
        return force_str(value) if value is not None else None
    if field.choices:
        return force_str(getattr(record, f"get_{field.name}_display")())
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        value = timezone.localtime(value)
    return localize(value) if value is not None else None


def _named(record: models.Model) -> str:
    return f"{force_str(record._meta.verbose_name)}: {record}"


def _texts(subject: Subject) -> Iterator[dict[str, Any]]:
    for record, fields in subject.mentions():
        for field in fields:
            text = getattr(record, field.name)
            yield {"hvor": _named(record), "felt": force_str(field.verbose_name), "tekst": text}


def _saves(subject: Subject) -> list[dict[str, Any]]:
    """How many saves of which kind of record the history has of the user."""
    if subject.user is None:
        return []
    counts: Counter[str] = Counter()
    for model in apps.get_models():
        if hasattr(model, "history_user"):
            saved = model._base_manager.filter(
                subject.in_regions(model.instance_type), history_user=subject.user
            ).count()
            counts[force_str(model.instance_type._meta.verbose_name_plural)] += saved
    return [{"hvad": kind, "antal": count} for kind, count in sorted(counts.items()) if count]
