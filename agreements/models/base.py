"""What all records of a culture region share: who sees them, and who may edit them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Max

from agreements import access, choosing
from kulturmetropol.history import Record

if TYPE_CHECKING:
    from kulturmetropol.accounts.models import User

    from .agreement import Agreement
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

    def about(self, choice: choosing.Choice | None):
        """Those of the agreement; of its region, where the records belong to no agreement; all where none is given."""
        if choice is None:
            return self
        path = self.model.agreement_path()
        if path and choice.agreement:
            return self.filter(**{path: choice.agreement})
        return self.filter(**{self.model.REGION: choice.region})

    def about_chosen(self, user: User):
        options = choosing.choices(user)
        return self.about(options.chosen) if options.has_several else self

    def beside(self, record: Any, user: User):
        """What a form offers together with `record`; without one, together with what the user has chosen."""
        options = choosing.choices(user)
        choice = record and options.of(record)
        return self.about(choice) if choice and options.has_several else self.about_chosen(user)


class OfRegion:
    """Something of one culture region. `REGION` is the path to the region, as a query writes it."""

    REGION: ClassVar[str] = "culture_region"

    @classmethod
    def agreement_path(cls) -> str:
        """The path from the record to its agreement, as a query writes it; empty where its region alone owns it."""
        path, _step, last = cls.REGION.rpartition("__")
        return path if path.rpartition("__")[2] == "agreement" and last == "culture_region" else ""

    @property
    def belongs_to(self) -> tuple[CultureRegion, Agreement | None]:
        return self.region, self._at_end_of(self.agreement_path()) if self.agreement_path() else None

    @property
    def region(self) -> CultureRegion:
        return self._at_end_of(self.REGION)

    def _at_end_of(self, path: str) -> Any:
        value: Any = self
        for step in path.split("__"):
            value = getattr(value, step)
        return value


class RegionalRecord(OfRegion, Record):
    """A record of one culture region."""

    objects = RegionalQuerySet.as_manager()

    class Meta:
        abstract = True

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
        gone = rows.filter(history_id__in=last).exclude(id__in=cls._base_manager.values("pk"))
        return gone.annotate(of_region=models.F(f"{cls.REGION}__name"))
