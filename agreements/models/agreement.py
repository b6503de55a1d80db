"""The agreement, its overall purposes and the municipalities that have joined it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agreements import choosing
from kulturmetropol.ordering import OrderedRecord

from .base import RegionalQuerySet, RegionalRecord
from .region import CultureRegion, Municipality

LONG_TEXT = 20_000


class AgreementQuerySet(RegionalQuerySet):
    def proposed_to(self, user):
        """What a form starts with, where several can be chosen."""
        options = choosing.choices(user)
        return self.filter(pk=options.chosen.agreement.pk) if options.chosen and options.chosen.agreement else self

    def latest_of(self, region: CultureRegion):
        """The region's agreement that work goes on under: the newest one that is not ended, else the newest."""
        return (
            self.filter(culture_region=region)
            .alias(ended=Q(status=Agreement.Status.ENDED))
            .order_by("ended", "-starts_on")
            .first()
        )


class Agreement(RegionalRecord):
    """A four-year agreement between the Minister for Culture and the municipalities of a culture region."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        NEGOTIATION = "negotiation", _("In negotiation")
        SIGNED = "signed", _("Signed")
        ENDED = "ended", _("Ended")

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    name = models.CharField(_("name"), max_length=150)
    status = models.CharField(_("status"), max_length=12, choices=Status, default=Status.DRAFT)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    case_number = models.CharField(
        _("the Ministry's case number"), max_length=40, blank=True, help_text=_("For example 19/04101-1.")
    )
    mission = models.TextField(_("mission"), max_length=LONG_TEXT, blank=True)
    vision = models.TextField(_("vision"), max_length=LONG_TEXT, blank=True)
    environment_analysis = models.TextField(_("environment analysis"), max_length=LONG_TEXT, blank=True)
    negotiation_note = models.TextField(
        _("how the negotiations stand"),
        max_length=LONG_TEXT,
        blank=True,
        help_text=_("Proposed as a section of every status memo dated before the agreement starts."),
    )
    legal_basis = models.CharField(_("legal basis"), max_length=300, blank=True)
    stated_member_count = models.PositiveSmallIntegerField(
        _("stated number of members"),
        null=True,
        blank=True,
        help_text=_("As papers say it. Memos count the memberships; you are told where the two differ."),
    )
    figures_locked_until = models.DateField(
        _("figures locked until"),
        null=True,
        blank=True,
        help_text=_("Measurements and activities up to and including this day can no longer be changed."),
    )

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-starts_on", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["culture_region", "name"],
                name="agreement_name_unique",
                violation_error_message=_("The culture region already has an agreement of this name."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="agreement_period_forward",
                violation_error_message=_("The period ends before it starts. Check the two dates."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "negotiation", "signed", "ended"]), name="agreement_status_known"
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def belongs_to(self):
        return self.culture_region, self

    @property
    def years(self) -> str:
        return f"{self.starts_on.year}-{self.ends_on.year}"


class Purpose(OrderedRecord, RegionalRecord):
    """One of the agreement's overall purposes."""

    REGION = "agreement__culture_region"
    parent = "agreement"

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="purposes", verbose_name=_("agreement")
    )
    text = models.TextField(_("purpose"), max_length=1000)

    class Meta:
        verbose_name = _("purpose")
        verbose_name_plural = _("purposes")
        ordering = ["agreement", "position"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "position"], name="purpose_position_unique"),
            models.CheckConstraint(condition=Q(position__gte=1), name="purpose_position_from_one"),
            models.CheckConstraint(condition=~Q(text=""), name="purpose_text_given"),
        ]

    def __str__(self):
        return self.text


class MembershipQuerySet(RegionalQuerySet):
    def on(self, day: date):
        """The memberships that count on `day`. Before the agreement starts: those that will count when it does."""
        return self.filter(
            Q(joined_on__lte=day) | Q(joined_on__lte=F("agreement__starts_on")),
            Q(left_on__isnull=True) | Q(left_on__gt=day),
        )


class Membership(RegionalRecord):
    """That a municipality has joined an agreement, with the council's decision and where we know it from."""

    REGION = "agreement__culture_region"

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("agreement")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("municipality")
    )
    joined_on = models.DateField(_("member from"))
    left_on = models.DateField(_("left on"), null=True, blank=True)
    continues = models.BooleanField(_("continues from the agreement before"), default=False)
    council_decided_on = models.DateField(_("the council decided on"), null=True, blank=True)
    council_case_number = models.CharField(_("the council's case number"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True, help_text=_("Where we know it from."))

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["agreement", "municipality__sort_order"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "municipality"],
                name="membership_once",
                violation_error_message=_("The municipality is already a member of this agreement."),
            ),
            models.CheckConstraint(
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
                name="membership_period_forward",
                violation_error_message=_("The municipality leaves before it joins. Check the two dates."),
            ),
        ]

    def __str__(self):
        return f"{self.municipality}, {self.agreement}"
