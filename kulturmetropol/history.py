"""Edit history and lost-update protection, for every record that people edit.

Each save of a `Record` leaves a row in its history: what it was, who saved it and when. `version` counts the saves that
came through a form; a form carries the version it was opened on, and `claim` lets exactly one of two editors go on.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.encoding import force_str
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from kulturmetropol.ordering import OrderedRecord

UNTRACKED = {"id", "version"}


class Record(models.Model):
    """A row with a version and a history. Many-to-many fields to follow are named in `_history_m2m_fields`."""

    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(inherit=True, m2m_fields_model_field_name="_history_m2m_fields")

    _history_m2m_fields: Sequence[str] = ()

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        from django.urls import reverse  # the URLs are read after the models

        return reverse(f"{self._meta.model_name}_detail", args=[self.pk])


def claim(record: Record, version: int) -> bool:
    """Move `record` from `version` to the next one; False, and nothing done, when somebody else has done so first.

    Call it inside the transaction that saves the record: the row stays locked until the transaction ends.
    """
    rows = type(record)._base_manager.filter(pk=record.pk, version=version)
    if not rows.update(version=version + 1):
        return False
    record.version = version + 1
    return True


@transaction.atomic
def restore(row: Any) -> Any:
    """Bring back the record of a history row that says it was deleted, under its old key.

    Raises `ValidationError` when it fits no longer: its name is taken, or what it belonged to is gone.
    """
    record = row.instance
    if isinstance(record, OrderedRecord):
        record.place_last()
    record.full_clean()
    record.save(force_insert=True)
    for name in record._history_m2m_fields:
        field = record._meta.get_field(name)
        getattr(record, name).set(getattr(row, name).values_list(field.m2m_reverse_field_name(), flat=True))
    return record


@dataclass(frozen=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One line of a record's history, newest first; `changes` is empty where the record was made or deleted."""

    kind: str
    when: Any
    who: str
    changes: list[FieldChange]


KINDS = {"+": _("Created"), "~": _("Changed"), "-": pgettext_lazy("history", "Deleted")}


def entries(rows: Sequence[Any], older: Any | None = None) -> list[Entry]:
    """The history rows, newest first, in words. `older` is the row before the last of them, when there is one.

    Names of related records are fetched with one query for each related model, however many rows there are.
    """
    pairs = list(zip(rows, [*rows[1:], older], strict=True))
    deltas = [row.diff_against(before) if before and row.history_type == "~" else None for row, before in pairs]
    names = _related_names(change for delta in deltas if delta for change in _shown(delta, rows[0].instance_type))
    return [
        Entry(
            kind=force_str(KINDS[row.history_type]),
            when=row.history_date,
            who=str(row.history_user) if row.history_user else force_str(_("The system")),
            changes=[
                FieldChange(
                    label=_capfirst(force_str(field.verbose_name)),
                    old=_in_words(field, change.old, names),
                    new=_in_words(field, change.new, names),
                )
                for field, change in _shown(delta, row.instance_type)
            ]
            if delta
            else [],
        )
        for (row, _before), delta in zip(pairs, deltas, strict=True)
    ]


def _shown(delta: Any, model: Any) -> list[tuple[models.Field, Any]]:
    return [(model._meta.get_field(change.field), change) for change in delta.changes if change.field not in UNTRACKED]


def _keys(field: models.Field, value: Any) -> list[Any]:
    """The primary keys that a history row holds for a relation; many-to-many rows are dicts with both ends."""
    if isinstance(value, (list, tuple)):
        return [row[field.m2m_reverse_field_name()] for row in value]  # type: ignore[attr-defined]
    return [] if value is None else [value]


def _related_names(changes: Iterable[tuple[models.Field, Any]]) -> dict[tuple[type, Any], str]:
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for field, change in changes:
        if field.related_model:
            wanted[field.related_model] |= {*_keys(field, change.old), *_keys(field, change.new)}
    return {
        (model, key): str(record)
        for model, keys in wanted.items()
        for key, record in model._base_manager.in_bulk(keys).items()
    }


def _in_words(field: models.Field, value: Any, names: dict[tuple[type, Any], str]) -> str:
    if field.related_model:
        keys = _keys(field, value)
        return ", ".join(names.get((field.related_model, key), force_str(_("deleted"))) for key in keys) or "–"
    if field.choices:
        return force_str(dict(field.flatchoices).get(value, value)) or "–"
    if isinstance(value, bool):
        return force_str(_("Yes") if value else _("No"))
    return force_str(localize(value)) if value not in (None, "") else "–"


def _capfirst(text: str) -> str:
    return text[:1].upper() + text[1:]
