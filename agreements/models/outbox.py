"""The mail that the portal sends: kept here before it leaves, so that nothing is lost and nothing goes twice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access

from .base import OfRegion, RegionalQuerySet
from .region import CultureRegion

LONGEST_SENDING = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=26)  # the nightly run tries all that is due, so nothing waits longer than a day


class OutgoingMailQuerySet(RegionalQuerySet):
    def visible_to(self, user):
        return self.editable_by(user)

    def due(self, now: datetime):
        return self.filter(status=OutgoingMail.Status.WAITING, next_attempt_at__lte=now)

    def in_trouble(self, kind: str, now: datetime):
        return self.filter(troubles(now)[Trouble(kind)])


class Trouble(models.TextChoices):
    """What can be wrong with a mail, so that a person has to look at it."""

    NO_SERVER = "uden-server", _("No mail server")
    IN_VAIN = "forsoeges", _("Tried in vain")
    LEFT_LYING = "ligger", _("Left lying")
    FAILED = "ikke-leveret", _("Not delivered")
    RETURNED = "returneret", _("Returned")
    UNCERTAIN = "uvist", _("Perhaps sent")


def troubles(now: datetime) -> dict[Trouble, Q]:
    """Which mails are in which trouble.

    Many servers put off the first attempt of every stranger, so that one attempt in vain is none. Those whose sending
    was cut off may have left or not.
    """
    waiting, sending = Q(status="waiting"), Q(status="sending")
    return {
        Trouble.NO_SERVER: waiting & Q(attempts=0) & ~Q(error=""),
        Trouble.IN_VAIN: waiting & Q(attempts__gt=1),
        Trouble.LEFT_LYING: waiting & Q(error="", next_attempt_at__lt=now - LONGEST_WAIT),
        Trouble.FAILED: Q(status="failed"),
        Trouble.RETURNED: Q(status="returned"),
        Trouble.UNCERTAIN: sending & (~Q(error="") | Q(claimed_at__lt=now - LONGEST_SENDING)),
    }


class OutgoingMail(OfRegion, models.Model):
    """One mail to one address. `key` says what it is, such as «visit-7-host»: there is never a second of it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not delivered")
        RETURNED = "returned", _("Returned")
        GIVEN_UP = "given_up", _("Given up")

    GIVEN_UP = (Status.WAITING, Status.FAILED, Status.RETURNED)
    SENT_AGAIN = (*GIVEN_UP, Status.GIVEN_UP)

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    key = models.CharField(_("key"), max_length=200, unique=True)
    recipient = models.EmailField(_("to"))
    reply_to = models.EmailField(_("replies go to"), blank=True)
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

    @property
    def is_now_uncertain(self) -> bool:
        return self.is_uncertain(timezone.now())

    def is_uncertain(self, now: datetime) -> bool:
        too_long = self.claimed_at is not None and self.claimed_at < now - LONGEST_SENDING
        return self.status == self.Status.SENDING and (bool(self.error) or too_long)

    def can_be_sent_again(self, now: datetime) -> bool:
        """The text of a mail that held a secret is gone once it has left: what it told of sends a new one."""
        return bool(self.body) and (self.status in self.SENT_AGAIN or self.is_uncertain(now))

    def can_become(self, status: str, now: datetime) -> bool:
        """Whether a person may say this of the mail: it came back, it did arrive, it is not to be sent."""
        if status == self.Status.RETURNED:
            return self.status == self.Status.SENT
        if status == self.Status.GIVEN_UP and self.status in self.GIVEN_UP:
            return True
        return status in {self.Status.SENT, self.Status.GIVEN_UP} and self.is_uncertain(now)
