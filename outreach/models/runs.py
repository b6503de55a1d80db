"""Memos to many at once: a run, and in it one item for each municipality."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements.models import Agreement, Body, Municipality

from .base import SecretariatQuerySet, SecretariatRecord
from .memos import Memo, Written, well_written

# how long a worker keeps an item before another one may take it; a memo takes a second or two
LEASE = timedelta(seconds=60)


class MemoRunQuerySet(SecretariatQuerySet):
    def with_counts(self):
        """Each with the number of its `items`, and of those that are `issued` and that have `failed`."""
        counts = {
            "total": Count("items"),
            "issued": Count("items", filter=Q(items__memo__isnull=False)),
            "failed": Count("items", filter=~Q(items__error="")),
        }
        return self.annotate(**counts)


class MemoRun(Written, SecretariatRecord):
    """The same memo to many: what stands in all of them, and how far the run is.

    It is done when nothing waits; items that failed can be tried again, and then it runs on.
    """

    REGION = "agreement__culture_region"
    KINDS = (Memo.Kind.STATUS, Memo.Kind.MUNICIPALITY)

    class Status(models.TextChoices):
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        DONE = "done", pgettext_lazy("memo run", "Done")
        CANCELLED = "cancelled", pgettext_lazy("memo run", "Cancelled")

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="memo_runs", verbose_name=_("agreement")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Memo.Kind, default=Memo.Kind.STATUS)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.RUNNING, editable=False)
    status_at = models.DateTimeField(_("status since"), default=timezone.now, editable=False)
    status_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        editable=False,
        verbose_name=_("status set by"),
    )
    created_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="memo_runs",
        editable=False,
        verbose_name=_("started by"),
    )

    objects = MemoRunQuerySet.as_manager()

    _by_transition = ("status", "status_at", "status_by")

    class Meta:
        verbose_name = _("memo run")
        verbose_name_plural = _("memo runs")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["status", "municipality"]), name="memorun_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=["running", "paused", "done", "cancelled"]), name="memorun_status_known"
            ),
            models.UniqueConstraint(
                fields=["agreement", "kind", "date"],
                condition=Q(status__in=["running", "paused"]),
                name="memorun_one_open",
                violation_error_message=_("The same memo with this date is being issued to many already."),
            ),
            *well_written("memorun"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {date_format(self.date)}"

    @property
    def is_running(self) -> bool:
        return self.status == self.Status.RUNNING


class MemoRunItemQuerySet(models.QuerySet):
    def waiting(self):
        """Neither issued nor failed."""
        return self.filter(memo=None, error="")

    def free(self, now: datetime):
        """Those that wait and that no worker has at hand."""
        return self.waiting().filter(Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE))

    def failed(self):
        return self.exclude(error="")


class MemoRunItem(models.Model):
    """What one municipality gets of a run: the memo once it is issued, or why it could not be."""

    run = models.ForeignKey(MemoRun, on_delete=models.PROTECT, related_name="items", verbose_name=_("memo run"))
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("municipality")
    )
    committee = models.ForeignKey(
        Body, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("committee")
    )
    memo = models.OneToOneField(
        Memo, null=True, on_delete=models.PROTECT, related_name="run_item", verbose_name=_("memo")
    )
    claimed_at = models.DateTimeField(_("at work since"), null=True)
    claimed_by = models.CharField(_("worker"), max_length=40, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    error = models.TextField(_("what went wrong"), max_length=2000, blank=True)

    objects = MemoRunItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("memo of a run")
        verbose_name_plural = _("memos of a run")
        ordering = ["run", "municipality__sort_order"]
        constraints = [
            models.UniqueConstraint(fields=["run", "municipality"], name="memorunitem_one_per_municipality"),
            models.CheckConstraint(condition=Q(memo=None) | Q(error=""), name="memorunitem_issued_or_failed"),
        ]

    def __str__(self):
        return str(self.committee or self.municipality)
