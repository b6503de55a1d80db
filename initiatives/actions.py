"""Verbs of the initiatives that write several rows: one function, one transaction."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agreements.models import Agreement


@transaction.atomic
def copy_agreement(*, agreement: Agreement, name: str, starts_on: date, ends_on: date, user: Any) -> Agreement:
    """A new agreement, a draft, begun from `agreement`: its foundation, purposes, areas, result targets and parties.

    Those who are members when `agreement` ends go on as members from the first day of the new one. Raises
    `ValidationError`, with messages by field, and makes nothing when the new agreement cannot be.
    """
    # two people who begin the next agreement at once do so one after the other; the second is told of the name
    agreement = Agreement._base_manager.select_for_update().get(pk=agreement.pk)
    if starts_on <= agreement.ends_on:
        raise ValidationError(
            {
                "starts_on": _("“%(name)s” runs until %(day)s. The new agreement begins after that.")
                % {"name": agreement, "day": date_format(agreement.ends_on)}
            }
        )
    new = Agreement(
        culture_region_id=agreement.culture_region_id,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        mission=agreement.mission,
        vision=agreement.vision,
        environment_analysis=agreement.environment_analysis,
        legal_basis=agreement.legal_basis,
    )
    new.full_clean()
    _save(new, user)
    for row in [*agreement.purposes.all(), *agreement.other_parties.all()]:
        _copy(row, user, agreement=new)
    for area in agreement.areas.prefetch_related("targets"):
        targets = list(area.targets.all())
        new_area = _copy(area, user, agreement=new)
        for target in targets:
            _copy(target, user, area=new_area)
    with translation.override(settings.LANGUAGE_CODE):  # what is kept is Danish, whoever does it
        source = _("Begun from “%s”.") % agreement
    until_the_end = Q(left_on__isnull=True) | Q(left_on__gt=agreement.ends_on)
    for membership in agreement.memberships.filter(until_the_end):
        _copy(
            membership,
            user,
            agreement=new,
            joined_on=starts_on,
            left_on=None,
            continues=True,
            # the council has not decided about the new agreement yet
            council_decided_on=None,
            council_case_number="",
            source=source,
        )
    return new


def _copy(record: Any, user: Any, **changes: Any) -> Any:
    """`record` as a new row with other values in some fields; it has a history of its own."""
    fields = {
        field.attname: getattr(record, field.attname)
        for field in record._meta.concrete_fields
        if not field.primary_key and field.name not in {"version", *changes}
    }
    return _save(type(record)(**fields, **changes), user)


def _save(record: models.Model, user: Any) -> Any:
    record._history_user = user  # type: ignore[attr-defined]
    record.save()
    return record
