"""The mail that the portal sends: kept here before it leaves, so that nothing is lost and nothing goes twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access

from .base import RegionalQuerySet
from .region import CultureRegion

LONGEST_SENDING = timedelta(minutes=15)


class OutgoingMailQuerySet(RegionalQuerySet):
    def visible_to(self, user):
        return self.editable_by(user)

    def due(self, now: datetime):
        return self.filter(status=OutgoingMail.Status.WAITING, next_attempt_at__lte=now)

    def uncertain(self, now: datetime):
        """Those whose sending was cut off: they may have left or not, and a person has to say."""
        return self.filter(status=OutgoingMail.Status.SENDING, claimed_at__lt=now - LONGEST_SENDING)

    def in_trouble(self, now: datetime):
        """What did not arrive, what nobody knows of, and what has waited for a mail server in vain."""
        kinds = OutgoingMail.Status
        lost = self.filter(status__in=[kinds.FAILED, kinds.RETURNED])
        return lost | self.uncertain(now) | self.filter(~Q(error=""), status=kinds.WAITING)


class OutgoingMail(models.Model):
    """One mail to one address. `key` says what it is, such as «visit-7-host»: there is never a second of it."""

    REGION = "culture_region"

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")
        RETURNED = "returned", _("Returned")
        GIVEN_UP = "given_up", _("Given up")

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    key = models.CharField(_("key"), max_length=200, unique=True)
    recipient = models.EmailField(_("to"))
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    is_secret = models.BooleanField(_("holds a secret of the recipient"), default=False)
    calendar = models.TextField(_("calendar entry"), blank=True)
    unsubscribe_url = models.URLField(_("address to unsubscribe at"), blank=True, max_length=300)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.WAITING)
    error = models.CharField(_("what went wrong"), max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    claimed_at = models.DateTimeField(_("sending since"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    objects = OutgoingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing mail")
        verbose_name_plural = _("outgoing mails")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(status="waiting"), name="outgoingmail_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "sending", "sent", "failed", "returned", "given_up"]),
                name="outgoingmail_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["sent", "returned"]) | Q(sent_at__isnull=False), name="outgoingmail_sent_dated"
            ),
        ]

    def __str__(self):
        return f"{self.subject} ({self.recipient})"

    def get_absolute_url(self) -> str:
        from django.urls import reverse  # the URLs are read after the models

        return reverse("outgoingmail_detail", args=[self.pk])

    @classmethod
    def is_readable_by(cls, user) -> bool:
        return access.may_edit(user)

    @classmethod
    def is_creatable_by(cls, user) -> bool:
        return False

    def is_editable_by(self, user) -> bool:
        return access.may_edit(user, self.culture_region_id)

    def why_locked(self) -> str:
        return ""
