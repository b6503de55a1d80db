"""Rows in an order that people choose: one position each among their siblings, which the database holds unique."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _


class OrderedRecord(models.Model):
    """A record with a place among its siblings, those of the same `parent`; a new one comes last."""

    position = models.PositiveSmallIntegerField(_("position"), editable=False)

    parent: str

    class Meta:
        abstract = True

    def siblings(self) -> models.QuerySet:
        return type(self)._base_manager.filter(**{self.parent: getattr(self, self.parent)})

    def place_last(self) -> None:
        self.position = (self.siblings().aggregate(last=Max("position"))["last"] or 0) + 1

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        if self.position is None and getattr(self, f"{self.parent}_id"):
            self.place_last()
        super().full_clean(*args, **kwargs)


@transaction.atomic
def move(record: OrderedRecord, *, up: bool) -> bool:
    """Swap `record` with its neighbour above or below; False, and nothing done, at the end of the row.

    The parent is locked, so that two people who move rows of one parent do so one after the other. A unique position
    cannot be held by two rows even for a moment, so the neighbour waits in the last place.
    """
    parent = getattr(record, record.parent)
    type(parent)._base_manager.select_for_update().get(pk=parent.pk)
    siblings = record.siblings()
    place = siblings.values_list("position", flat=True).get(pk=record.pk)
    others = siblings.filter(position__lt=place) if up else siblings.filter(position__gt=place)
    neighbour = others.order_by("-position" if up else "position").first()
    if neighbour is None:
        return False
    target = neighbour.position
    neighbour.place_last()
    siblings.filter(pk=neighbour.pk).update(position=neighbour.position)
    for row, new_place in [(record, target), (neighbour, place)]:
        row.position = new_place
        row.save(update_fields=["position"])
    return True


def move_to(record: OrderedRecord, position: int) -> None:
    """Move `record` step by step until it stands at `position`, or as near as its siblings let it."""
    if record.position > position:
        while record.position > position and move(record, up=True):
            pass
    else:
        while record.position < position and move(record, up=False):
            pass
