"""Figures of a period that is closed: the agreement says until which day its measurements and activities are locked.

The rule stands on the record's `clean`, so forms, imports and bringing back what was deleted all meet it, in words at
the field. Saving and deleting ask once more with the agreement's row held, so that of a figure and a lock at the same
moment one goes first and the other meets it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from agreements.models import Agreement


class LockedByDay(models.Model):
    """A regional record of one agreement, and of the day in its field `DAY`."""

    DAY: ClassVar[str]
    REGION: ClassVar[str]

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Raises `ValidationError` when the figures have been locked since the record was checked."""
        with transaction.atomic():
            held = self._hold_agreements()
            agreement = self._agreement()
            locked = self.why_locked()
            if not locked and agreement:
                locked = why_locked(held[agreement.pk], getattr(self, self.DAY))
            if locked:
                raise ValidationError({self.DAY: locked})
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Raises `ValidationError` when the record is locked."""
        with transaction.atomic():
            self._hold_agreements()
            if locked := self.why_locked():
                raise ValidationError({self.DAY: locked})
            return super().delete(*args, **kwargs)

    def why_locked(self) -> str:
        """Asks for the day and the agreement that are saved, whatever this object has been given since."""
        if self._state.adding:  # many new records of an import need not ask each
            return ""
        path = self.agreement_path()
        locked = type(self)._base_manager.filter(pk=self.pk, **{f"{path}__figures_locked_until__gte": F(self.DAY)})
        for until, name in locked.values_list(f"{path}__figures_locked_until", f"{path}__name"):
            return reason(until, name)
        return ""

    def clean(self) -> None:
        """A record can be neither made in, nor moved into, nor changed or moved out of what is locked."""
        super().clean()
        locked = self.why_locked() or self._why_not_there()
        if locked:
            raise ValidationError({self.DAY: locked})

    def _hold_agreements(self) -> dict[int, Agreement]:
        """Holds the agreement that the record is in and the one it comes to, after its own row, as other saves do."""
        saved = type(self)._base_manager.filter(pk=self.pk)
        list(saved.select_for_update().values("pk"))
        agreement = self._agreement()
        keys = {*saved.values_list(self.agreement_path(), flat=True), *([agreement.pk] if agreement else [])}
        return hold(Agreement.objects.filter(pk__in=keys))

    def _why_not_there(self) -> str:
        agreement, day = self._agreement(), getattr(self, self.DAY)
        return why_locked(agreement, day) if agreement and day else ""

    def _agreement(self) -> Agreement | None:
        """The agreement that the record is to belong to; None while nothing is chosen that tells."""
        first = self.agreement_path().partition("__")[0]
        return None if getattr(self, f"{first}_id") is None else self.belongs_to[1]


def hold(agreements: models.QuerySet[Agreement]) -> dict[int, Agreement]:
    """The agreements by key, as they are now; nobody changes them before the transaction ends."""
    return {each.pk: each for each in agreements.order_by("pk").select_for_update(no_key=True)}


def why_locked(agreement: Agreement, day: date) -> str:
    """Why nothing can be recorded on this day of the agreement; empty when it can."""
    until = agreement.figures_locked_until
    return reason(until, agreement.name) if until and day <= until else ""


def reason(until: date, agreement: str) -> str:
    return _(
        "The figures up to and including %(day)s are locked. "
        "Those who may edit the agreement “%(agreement)s” can unlock them there."
    ) % {"day": f"{until:%d-%m-%Y}", "agreement": agreement}
