"""Taking a change back: a record becomes once more what a row of its history says that it was."""

from collections.abc import Iterator
from typing import Any, cast

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from kulturmetropol.history import TAKEN_BACK, UNTRACKED, Change, FieldChange, Record, claim, in_words, snapshots
from kulturmetropol.ordering import OrderedRecord, move_to


class Reversal:
    """What taking `record` back to the history row `row` would do. Nothing is written before `carry_out`.

    What the record named then and what has been deleted since stays out, where it can; `gone` has the labels of those
    fields.
    """

    def __init__(self, record: Record, row: Any) -> None:
        self.record = record
        self.row = row
        (self._held,) = snapshots([row])
        # a place that a sibling may hold by now is moved to, not written
        self._moved = {"position"} if isinstance(record, OrderedRecord) else set()
        self.gone: list[str] = []
        self.changes_by_field = {change.field.name: change for change in self._changes()}
        self.target = self._build_target()

    @property
    def changes(self) -> list[FieldChange]:
        """Field by field: as it is, and as it would be."""
        return in_words([list(self.changes_by_field.values())])[0]

    @cached_property
    def problems(self) -> list[str]:
        """Why the record cannot be what it was; empty when it can."""
        lost = [
            field
            for field in self.record._meta.concrete_fields
            if field.remote_field and not field.null and getattr(self.target, field.attname) is None
        ]
        problems = [
            _("%(field)s: what stood here has been deleted since.") % {"field": self._label(field)} for field in lost
        ]
        for field in self._lost_files():
            problems.append(_("%(field)s: the file is no longer there.") % {"field": self._label(field)})
        try:
            self.target.full_clean(exclude={field.name for field in lost})
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                before = "" if name == NON_FIELD_ERRORS else f"{self._label(self.record._meta.get_field(name))}: "
                problems += [before + message for message in messages]
        return problems

    def carry_out(self) -> None:
        """Write it, as one new save of the record. The caller has claimed the record's version."""
        record, target = self.record, self.target
        target.version = record.version
        target._change_reason = f"{TAKEN_BACK}{self.row.history_date.isoformat()}"  # type: ignore[attr-defined]
        changed = set(self.changes_by_field)
        many = changed & set(record._history_m2m_fields)
        columns = changed - many - self._moved
        if columns or many:
            target.save(update_fields=[*columns, "version"])
        for name in many:
            getattr(target, name).set(self.changes_by_field[name].new)
        if changed & self._moved:
            move_to(cast(OrderedRecord, target), self._held["position"])

    def _changes(self) -> Iterator[Change]:
        for field in self.record._meta.concrete_fields:
            if field.name in UNTRACKED or field.name in self.record._by_transition:
                continue
            old, new = _plain(field, getattr(self.record, field.attname)), self._held[field.name]
            if field.remote_field and new is not None and not self._existing(field, [new]):
                if field.null:
                    self.gone.append(self._label(field))
                new = None
            if old != new:
                yield Change(field, old, new)
        for name in self.record._history_m2m_fields:
            many = self.record._meta.get_field(name)
            old = sorted(getattr(self.record, name).values_list("pk", flat=True))
            new = sorted(self._existing(many, self._held[name]))
            if len(new) < len(self._held[name]):
                self.gone.append(self._label(many))
            if old != new:
                yield Change(many, old, new)

    def _build_target(self) -> Record:
        """The record as it would be: a second object, so that the page about it still names the one that is."""
        target = type(self.record)._base_manager.get(pk=self.record.pk)
        for name, change in self.changes_by_field.items():
            if not change.field.many_to_many and name not in self._moved:
                setattr(target, change.field.attname, change.new)
        return target

    def _lost_files(self) -> Iterator[Any]:
        for change in self.changes_by_field.values():
            if (
                isinstance(change.field, models.FileField)
                and change.new
                and not change.field.storage.exists(change.new)
            ):
                yield change.field

    @staticmethod
    def _existing(field: Any, keys: list[Any]) -> list[Any]:
        return list(field.related_model._base_manager.filter(pk__in=keys).values_list("pk", flat=True))

    @staticmethod
    def _label(field: Any) -> str:
        return capfirst(str(field.verbose_name))


def _plain(field: models.Field, value: Any) -> Any:
    """The value as the history keeps it: of a file its name."""
    return str(value or "") if isinstance(field, models.FileField) else value


@transaction.atomic
def revert(record: Record, row: Any, *, version: int) -> Reversal | None:
    """Take `record` back to what `row` says, on top of the `version` that the user saw, as a new save.

    None, and nothing done, when somebody else has saved since. Raises `ValidationError` when the record cannot be
    what it was: its name is taken by now, or what it belonged to is gone.
    """
    if not claim(record, version):
        return None
    reversal = Reversal(record, row)
    if reversal.problems:
        raise ValidationError(reversal.problems)
    reversal.carry_out()
    return reversal
