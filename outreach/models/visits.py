"""A2, Tour-de-Kommune: politicians of member municipalities present the culture region to a committee."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agreements.models import Body, CultureRegion, Municipality, Person
from agreements.models.agreement import LONG_TEXT

from .base import SecretariatRecord


class Visit(SecretariatRecord):
    """A visit to a municipality, a member or not. Its ambassadors are rows of their own."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OFFERED = "offered", _("Offered")
        CONFIRMED = "confirmed", _("Confirmed")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    host = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="visits", verbose_name=_("host municipality")
    )
    body = models.ForeignKey(
        Body,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="visits",
        verbose_name=_("committee or council"),
    )
    held_on = models.DateField(_("date"))
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=150, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    status_reason = models.TextField(_("reason for the status"), max_length=2000, blank=True)
    secretariat_supports = models.BooleanField(_("the secretariat comes along"), default=False)
    talking_points = models.TextField(
        _("talking points"), max_length=LONG_TEXT, blank=True, help_text=_("Markdown: **bold**, *italic*, - list.")
    )
    outcome = models.TextField(_("what came of it"), max_length=LONG_TEXT, blank=True)

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["-held_on", "host__sort_order"]
        indexes = [models.Index(fields=["held_on"], name="visit_held_on")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["planned", "offered", "confirmed", "held", "cancelled"]),
                name="visit_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(status_reason=""),
                name="visit_cancelled_with_reason",
                violation_error_message=_("Say why the visit is cancelled."),
            ),
        ]

    def __str__(self):
        return f"{self.host}, {date_format(self.held_on)}"


class Ambassador(SecretariatRecord):
    """A politician of a member municipality who presents the region at a visit."""

    REGION = "visit__culture_region"

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="ambassadors", verbose_name=_("visit"))
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="ambassadors", verbose_name=_("from municipality")
    )
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="ambassadorships",
        verbose_name=_("person"),
        help_text=_("Empty as long as the municipality has not said who comes."),
    )

    class Meta:
        verbose_name = _("ambassador")
        verbose_name_plural = _("ambassadors")
        ordering = ["visit", "municipality__sort_order"]
        constraints = [
            models.UniqueConstraint(
                fields=["visit", "person"],
                condition=Q(person__isnull=False),
                name="ambassador_person_once",
                violation_error_message=_("This person is an ambassador of the visit already."),
            ),
            models.UniqueConstraint(
                fields=["visit", "municipality"],
                condition=Q(person__isnull=True),
                name="ambassador_unnamed_once",
                violation_error_message=_("The municipality is asked for an ambassador already."),
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.municipality}" if self.person else str(self.municipality)

    def get_absolute_url(self) -> str:
        return f"{self.visit.get_absolute_url()}#ambassador-{self.pk}"
