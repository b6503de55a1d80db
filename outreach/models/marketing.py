"""B4, marketing: the newsletter's subscribers and the region's own channels."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.models import CultureRegion, OfRegion

from .base import SecretariatQuerySet, SecretariatRecord


class SocialLink(SecretariatRecord):
    """Where the region is followed: its page on Facebook, on Instagram or elsewhere."""

    class Channel(models.TextChoices):
        FACEBOOK = "facebook", "Facebook"
        INSTAGRAM = "instagram", "Instagram"
        OTHER = "other", _("Other")

    culture_region = models.ForeignKey(
        CultureRegion, on_delete=models.PROTECT, related_name="social_links", verbose_name=_("culture region")
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    url = models.URLField(_("address"), max_length=300)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["channel", "url"]
        constraints = [
            models.UniqueConstraint(
                fields=["culture_region", "url"],
                name="sociallink_once",
                violation_error_message=_("This address is there already."),
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["facebook", "instagram", "other"]), name="sociallink_channel_known"
            ),
            models.CheckConstraint(
                condition=Q(url__startswith="https://"),
                name="sociallink_https",
                violation_error_message=_("The address begins with https://."),
            ),
        ]

    def __str__(self):
        return f"{self.get_channel_display()}: {self.url}"


STATES = {
    "confirmed": Q(confirmed_at__isnull=False, unsubscribed_at__isnull=True),
    "waiting": Q(confirmed_at__isnull=True, unsubscribed_at__isnull=True),
    "unsubscribed": Q(unsubscribed_at__isnull=False),
}


class SubscriptionQuerySet(SecretariatQuerySet):
    def confirmed(self):
        return self.filter(STATES["confirmed"])


class Subscription(OfRegion, models.Model):
    """An e-mail address that has asked for the newsletter. It counts once its owner has confirmed it."""

    culture_region = models.ForeignKey(
        CultureRegion, on_delete=models.PROTECT, related_name="subscriptions", verbose_name=_("culture region")
    )
    email = models.EmailField(_("e-mail"))
    key = models.CharField(_("key"), max_length=64, unique=True, editable=False, default=secrets.token_urlsafe)
    requested_at = models.DateTimeField(_("asked on"), default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True, blank=True, editable=False)
    unsubscribed_at = models.DateTimeField(_("unsubscribed on"), null=True, blank=True, editable=False)
    mailed_at = models.DateTimeField(_("last mail about it"), null=True, blank=True, editable=False)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["email"]
        constraints = [
            models.UniqueConstraint("culture_region", Lower("email"), name="subscription_address_once"),
            models.CheckConstraint(
                condition=Q(unsubscribed_at__isnull=True) | Q(unsubscribed_at__gte=F("requested_at")),
                name="subscription_ends_after_request",
            ),
        ]

    def __str__(self):
        return self.email

    @property
    def state(self) -> str:
        if self.unsubscribed_at:
            return "unsubscribed"
        return "confirmed" if self.confirmed_at else "waiting"

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


class PublicRequest(models.Model):
    """That somebody sent a public form: a hash of the address it came from, for an hour, to stop floods."""

    form = models.CharField(max_length=30)
    sender = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("request of a public form")
        verbose_name_plural = _("requests of public forms")
        indexes = [models.Index(fields=["form", "sender", "made_at"], name="publicrequest_recent")]

    def __str__(self):
        return f"{self.form}, {self.made_at}"
