"""Edit history and lost-update protection, for every record that people edit.

Each save of a `Record` leaves a row in its history: what it was, who saved it and when. `version` counts the saves that
came through a form; a form carries the version it was opened on, and `claim` lets exactly one of two editors go on.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models, transaction
from django.db.models import OuterRef, Prefetch, Subquery, prefetch_related_objects
from django.utils.encoding import force_str
from django.utils.formats import localize
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from kulturmetropol.ordering import OrderedRecord

UNTRACKED = {"id", "version"}


class Record(models.Model):
    """A row with a version and a history. Many-to-many fields to follow are named in `_history_m2m_fields`.

    Fields in `_by_transition` change through named verbs alone: taking an earlier version back leaves them as they are.
    Where readers see a record once it is published, its history holds the drafts, and is for editors alone.
    """

    history_for_editors = False

    version = models.PositiveIntegerField(default=1, editable=False)
    history = HistoricalRecords(inherit=True, m2m_fields_model_field_name="_history_m2m_fields")

    _history_m2m_fields: Sequence[str] = ()
    _by_transition: Sequence[str] = ()

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        from django.urls import reverse  # the URLs are read after the models

        return reverse(f"{self._meta.model_name}_detail", args=[self.pk])

    def why_locked(self) -> str:
        """Why the record can be neither changed nor deleted for now, in words for people; empty when it can."""
        return ""


def last_saved(model: type[Record]) -> Subquery:
    """When a record was saved last, to annotate its query with; None where it has no history."""
    rows = model.history.model.objects.filter(id=OuterRef("pk")).order_by("-history_date")  # type: ignore[attr-defined]
    return Subquery(rows.values("history_date")[:1])


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
    # a deletion empties many-to-many fields before its row is written, so the row before it tells what they held
    before = type(row).objects.filter(id=row.id, history_id__lt=row.history_id).order_by("-history_id")[:1]
    for held in snapshots(before):
        for name in record._history_m2m_fields:
            related = record._meta.get_field(name).related_model._base_manager
            getattr(record, name).set(related.filter(pk__in=held[name]))
    return record


def named(rows: Sequence[Any]) -> list[tuple[Any, str]]:
    """Each history row with its record's name, as far as what the name is made of has not been deleted as well.

    One query for each related model, however many rows there are.
    """
    records = [row.instance for row in rows]
    relations = [field for field in records[0]._meta.concrete_fields if field.related_model] if records else []
    prefetch_related_objects(
        records, *[Prefetch(field.name, field.related_model._default_manager.all()) for field in relations]
    )
    return [(row, _name(record)) for row, record in zip(rows, records, strict=True)]


def _name(record: models.Model) -> str:
    try:
        return str(record)
    except ObjectDoesNotExist:
        return f"{record._meta.verbose_name} {record.pk}"


def snapshots(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """What each history row holds, by field name; of related records the keys.

    One query for each many-to-many field, however many rows there are.
    """
    if not rows:
        return []
    meta = rows[0].instance_type._meta
    many = {field.name: _keys_of_many(rows, field) for field in rows[0]._history_m2m_fields}
    return [
        {field.name: getattr(row, field.attname) for field in meta.concrete_fields}
        | {name: keys[row.pk] for name, keys in many.items()}
        for row in rows
    ]


def _keys_of_many(rows: Sequence[Any], field: Any) -> dict[Any, list[Any]]:
    keys: dict[Any, list[Any]] = defaultdict(list)
    key_name = f"{field.m2m_reverse_field_name()}_id"
    held = getattr(type(rows[0]), field.name).filter(history__in=[row.pk for row in rows]).order_by(key_name)
    for row, key in held.values_list("history_id", key_name):
        keys[row].append(key)
    return keys


@dataclass(frozen=True)
class FieldChange:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Entry:
    """One line of a record's history, newest first; `changes` is empty where the record was made or deleted.

    `row` is the history row that holds what the record was after it; None where it was deleted.
    """

    kind: str
    when: Any
    who: str
    changes: list[FieldChange]
    row: int | None
    taken_back_to: datetime | None


KINDS = {"+": _("Created"), "~": _("Changed"), "-": pgettext_lazy("history", "Deleted")}


@dataclass
class Save:
    """One save: the row it left first, what the record held after it, and the key of the row that says so."""

    row: Any
    held: dict[str, Any]
    last: int


@dataclass(frozen=True)
class Change:
    field: Any
    old: Any
    new: Any


def entries(rows: Sequence[Any], older: Any | None = None) -> list[Entry]:
    """The history rows, newest first, in words. `older` is the row before the last of them, when there is one.

    Names of related records are fetched with one query for each related model, however many rows there are.
    """
    saves = _saves(rows)
    befores = [*saves[1:], *(_saves([older]) if older else [None])]
    changes = in_words([_changes(save, before) for save, before in zip(saves, befores, strict=False)])
    return [
        Entry(
            kind=force_str(KINDS[save.row.history_type]),
            when=save.row.history_date,
            who=str(save.row.history_user) if save.row.history_user else force_str(_("The system")),
            changes=each,
            row=None if save.row.history_type == "-" else save.last,
            taken_back_to=_taken_back_to(save.row.history_change_reason),
        )
        for save, each in zip(saves, changes, strict=True)
    ]


def in_words(changes: Sequence[Sequence[Change]]) -> list[list[FieldChange]]:
    """Changes, save by save, as people read them; names of related records cost one query for each related model."""
    names = _related_names(chain.from_iterable(changes))
    return [
        [
            FieldChange(
                label=_capfirst(force_str(change.field.verbose_name)),
                old=_in_words(change.field, change.old, names),
                new=_in_words(change.field, change.new, names),
            )
            for change in each
        ]
        for each in changes
    ]


TAKEN_BACK = "taken back to "


def _taken_back_to(reason: str | None) -> datetime | None:
    return datetime.fromisoformat(reason.removeprefix(TAKEN_BACK)) if reason and reason.startswith(TAKEN_BACK) else None


def _saves(rows: Sequence[Any]) -> list[Save]:
    """The rows by save, newest first: each change of a many-to-many field leaves a row behind the one of its save."""
    saves: list[Save] = []
    for row, held in zip(rows, snapshots(rows), strict=True):
        if saves and _goes_on(saves[-1], row, held):
            saves[-1].row = row
        else:
            saves.append(Save(row, held, row.pk))
    return saves


def _goes_on(later: Save, row: Any, held: dict[str, Any]) -> bool:
    many = {field.name for field in row._history_m2m_fields}
    alike = all(later.held[name] == held[name] for name in held if name not in many)
    return bool(many) and alike and later.row.history_type == "~" and row.history_type != "-"


def _changes(save: Save, before: Save | None) -> list[Change]:
    if before is None or save.row.history_type != "~":
        return []
    meta = save.row.instance_type._meta
    return [
        Change(meta.get_field(name), before.held[name], new)
        for name, new in save.held.items()
        if name not in UNTRACKED and before.held[name] != new
    ]


def _keys(value: Any) -> list[Any]:
    """The keys of related records that a field held: of one, of many, or of none."""
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _related_names(changes: Iterable[Change]) -> dict[tuple[type, Any], str]:
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for change in changes:
        if change.field.related_model:
            wanted[change.field.related_model] |= {*_keys(change.old), *_keys(change.new)}
    return {
        (model, key): str(record)
        for model, keys in wanted.items()
        for key, record in model._default_manager.in_bulk(keys).items()
    }


def _in_words(field: models.Field, value: Any, names: dict[tuple[type, Any], str]) -> str:
    if field.related_model:
        deleted = force_str(_("deleted"))
        return ", ".join(names.get((field.related_model, key), deleted) for key in _keys(value)) or "–"
    if field.choices:
        return force_str(dict(field.flatchoices).get(value, value)) or "–"
    if isinstance(value, bool):
        return force_str(_("Yes") if value else _("No"))
    return force_str(localize(value)) if value not in (None, "") else "–"


def _capfirst(text: str) -> str:
    return text[:1].upper() + text[1:]
