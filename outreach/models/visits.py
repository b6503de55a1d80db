"""A2, Tour-de-Kommune: politicians of member municipalities present the culture region to a committee."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements.models import Body, CultureRegion, Membership, Municipality, Person
from agreements.models.agreement import LONG_TEXT

from .base import SecretariatQuerySet, SecretariatRecord, hold
from .onboarding import OnboardingCase


class VisitQuerySet(SecretariatQuerySet):
    def ahead(self):
        """Those that are still to be held, whatever their day."""
        return self.filter(status__in=Visit.AHEAD)

    def coming_first(self, today: date):
        """Those from today on, the nearest first, and then the past, the latest first."""
        return self.alias(
            is_past=Case(When(held_on__lt=today, then=Value(1)), default=Value(0)),
            coming_on=Case(When(held_on__gte=today, then=F("held_on"))),
        ).order_by("is_past", "coming_on", "-held_on", "host__sort_order")

    def without_ambassador(self):
        return self.filter(~Exists(Ambassador.objects.filter(visit=OuterRef("pk"))))


class Visit(SecretariatRecord):
    """A visit to a municipality, a member or not. Its ambassadors are rows of their own."""

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OFFERED = "offered", _("Offered")
        CONFIRMED = "confirmed", _("Confirmed")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    AHEAD = (Status.PLANNED, Status.OFFERED, Status.CONFIRMED)

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
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED, editable=False)
    status_reason = models.TextField(_("reason for the status"), max_length=2000, blank=True, editable=False)
    secretariat_supports = models.BooleanField(_("the secretariat comes along"), default=False)
    talking_points = models.TextField(
        _("talking points"), max_length=LONG_TEXT, blank=True, help_text=_("Markdown: **bold**, *italic*, - list.")
    )
    outcome = models.TextField(_("what came of it"), max_length=LONG_TEXT, blank=True)

    _by_transition = ("status", "status_reason")

    objects = VisitQuerySet.as_manager()

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

    def save(self, *args, **kwargs):
        """Raises `ValidationError` when the host's deadline has come to lie before it since it was checked."""
        with transaction.atomic():
            hold(self.host_id)
            if late := self._decided_before():
                raise ValidationError({"held_on": late})
            super().save(*args, **kwargs)

    @property
    def is_ahead(self) -> bool:
        return self.status in self.AHEAD

    def clean(self):
        super().clean()
        if not self.host_id:
            return
        errors = {}
        if self.body and self.body.municipality_id != self.host_id:
            errors["body"] = gettext("This is not a committee or council of the host municipality.")
        if self.pk and self.ambassadors.filter(municipality=self.host_id).exists():
            errors["host"] = gettext("The municipality sends an ambassador to this visit. It cannot be its host.")
        if late := self._decided_before():
            errors["held_on"] = late
        if errors:
            raise ValidationError(errors)

    def _decided_before(self) -> str:
        """Why the visit comes too late, in words for people: the host has decided by then. Empty when it does not.

        What has been held is a fact, and what is cancelled comes to nobody.
        """
        if not (self.is_ahead and self.held_on and self.culture_region_id):
            return ""
        case = (
            OnboardingCase.objects.open()
            .filter(
                agreement__culture_region=self.culture_region_id,
                municipality=self.host_id,
                decision_deadline__lte=self.held_on,
            )
            .order_by("decision_deadline")
            .first()
        )
        if case is None:
            return ""
        return gettext("%(host)s decides by %(day)s. The visit is to be held before that day.") % {
            "host": self.host,
            "day": date_format(case.decision_deadline),
        }


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

    def clean(self):
        super().clean()
        if not (self.visit_id and self.municipality_id):
            return
        if self.municipality_id == self.visit.host_id:
            raise ValidationError({"municipality": gettext("The host municipality does not visit itself.")})
        memberships = Membership.objects.filter(
            agreement__culture_region=self.visit.culture_region_id, municipality=self.municipality_id
        )
        if not (memberships.on(timezone.localdate()) | memberships.on(self.visit.held_on)).exists():
            raise ValidationError(
                {
                    "municipality": gettext("%(municipality)s is not a member. Ambassadors come from members.")
                    % {"municipality": self.municipality}
                }
            )

    @property
    def who(self) -> str:
        return self.person.name if self.person else ""

    def __str__(self):
        return f"{self.person}, {self.municipality}" if self.person else str(self.municipality)

    def get_absolute_url(self) -> str:
        return f"{self.visit.get_absolute_url()}#ambassador-{self.pk}"
