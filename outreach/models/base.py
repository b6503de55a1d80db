"""Records that are the secretariat's alone: to chairs, culture heads and guests they are not there."""

from __future__ import annotations

from agreements import access
from agreements.models import Municipality, RegionalQuerySet, RegionalRecord


def hold(municipality: int | None) -> None:
    """Nobody saves a visit to the municipality or the deadline of its decision before the transaction ends."""
    list(Municipality.objects.filter(pk=municipality).select_for_update(no_key=True).values("pk"))


class SecretariatQuerySet(RegionalQuerySet):
    def visible_to(self, user):
        return self.editable_by(user)


class SecretariatRecord(RegionalRecord):
    objects = SecretariatQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def is_readable_by(cls, user) -> bool:
        return access.may_edit(user)
