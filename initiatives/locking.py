"""Figures of a period that is closed: the agreement says until which day its measurements and activities are locked.

The rule stands on the record's `clean`, so forms, imports and bringing back what was deleted all meet it.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F
from django.utils.translation import gettext as _

from agreements.models import Agreement


class LockedByDay(models.Model):
    """A regional record of one agreement, and of the day in its field `DAY`."""

    DAY: ClassVar[str]
    REGION: ClassVar[str]

    class Meta:
        abstract = True

    @classmethod
    def _agreement_path(cls) -> str:
        return cls.REGION.removesuffix("__culture_region")

    def why_locked(self) -> str:
        """Asks for the day and the agreement that are saved, whatever this object has been given since."""
        if self._state.adding:  # many new records of an import need not ask each
            return ""
        path = self._agreement_path()
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

    def _why_not_there(self) -> str:
        path = self._agreement_path().split("__")
        day = getattr(self, self.DAY)
        if day is None or getattr(self, f"{path[0]}_id") is None:
            return ""
        agreement = self
        for step in path:
            agreement = getattr(agreement, step)
        return why_locked(agreement, day)


def why_locked(agreement: Agreement, day: date) -> str:
    """Why nothing can be recorded on this day of the agreement; empty when it can."""
    until = agreement.figures_locked_until
    return reason(until, agreement.name) if until and day <= until else ""


def reason(until: date, agreement: str) -> str:
    return _(
        "The figures up to and including %(day)s are locked. "
        "Those who may edit the agreement “%(agreement)s” can unlock them there."
    ) % {"day": f"{until:%d-%m-%Y}", "agreement": agreement}
