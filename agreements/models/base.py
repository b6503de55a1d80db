"""What all records of a culture region share: who sees them, and who may edit them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Max

from agreements import access
from kulturmetropol.history import Record

if TYPE_CHECKING:
    from kulturmetropol.accounts.models import User

    from .region import CultureRegion


class RegionalQuerySet(models.QuerySet):
    def _of_regions(self, regions: set[int]):
        return self.filter(**{f"{self.model.REGION}__in": regions})

    def visible_to(self, user: User):
        return self._of_regions(access.roles(user).read)

    def editable_by(self, user: User):
        return self._of_regions(access.roles(user).edited)

    def administered_by(self, user: User):
        return self._of_regions(access.roles(user).administered)

    def recordable_by(self, user: User):
        """What the user may record something about: activities, measurements."""
        return self._of_regions(access.roles(user).recorded)


class RegionalRecord(Record):
    """A record of one culture region. `REGION` is the path from the record to the region, as a query writes it."""

    REGION: ClassVar[str] = "culture_region"

    objects = RegionalQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def region(self) -> CultureRegion:
        value = self
        for step in self.REGION.split("__"):
            value = getattr(value, step)
        return value

    def is_editable_by(self, user: User) -> bool:
        return access.may_edit(user, self.region.pk)

    @classmethod
    def is_readable_by(cls, user: User) -> bool:
        """May the user open the list of these records at all?"""
        return access.may_read(user)

    @classmethod
    def is_creatable_by(cls, user: User) -> bool:
        return access.may_edit(user)

    @classmethod
    def deleted_rows(cls, user: User) -> models.QuerySet:
        """The history rows of deleted records that the user may bring back: of each record the last one."""
        return cls.deleted_in(access.roles(user).edited)

    @classmethod
    def deleted_in(cls, regions: Collection[int]) -> models.QuerySet:
        rows = cls.history.model.objects.filter(history_type="-", **{f"{cls.REGION}__in": regions})
        last = rows.order_by().values("id").annotate(last=Max("history_id")).values("last")
        return rows.filter(history_id__in=last).exclude(id__in=cls._base_manager.values("pk"))
