"""How result targets are followed: indicators, what was measured, and the key figures that the state asks for."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.models import Municipality, RegionalQuerySet, RegionalRecord
from initiatives.locking import LockedByDay

from .programme import Initiative, InitiativeArea, ResultTarget

DIGITS = {"max_digits": 14, "decimal_places": 2}


class Indicator(RegionalRecord):
    """What shows how a result target is going: a figure with a baseline and a target, or a judgement in words."""

    REGION = "target__area__agreement__culture_region"

    class Kind(models.TextChoices):
        FIGURE = "figure", _("Figure")
        QUALITATIVE = "qualitative", _("In words")

    class Trend(models.TextChoices):
        UP = "up", _("Up")
        DOWN = "down", _("Down")
        KEEP = "keep", _("Keep")

    target = models.ForeignKey(
        ResultTarget, on_delete=models.PROTECT, related_name="indicators", verbose_name=_("result target")
    )
    name = models.CharField(_("name"), max_length=150)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.FIGURE)
    unit = models.CharField(_("unit"), max_length=40, blank=True, help_text=_("For example: projects, %, people."))
    baseline = models.DecimalField(_("baseline"), null=True, blank=True, **DIGITS)
    baseline_on = models.DateField(_("baseline measured on"), null=True, blank=True)
    target_value = models.DecimalField(_("goal"), null=True, blank=True, **DIGITS)
    target_on = models.DateField(_("to be reached on"), null=True, blank=True)
    desired_trend = models.CharField(_("desired trend"), max_length=5, choices=Trend, default=Trend.UP)
    interval_months = models.PositiveSmallIntegerField(
        _("months between measurements"),
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(48)],
        help_text=_("A figure older than this is marked as old."),
    )
    initiatives = models.ManyToManyField(
        Initiative, blank=True, related_name="indicators", verbose_name=_("initiatives")
    )

    _history_m2m_fields = ("initiatives",)

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        ordering = ["target__area__position", "target__position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "name"],
                name="indicator_name_unique",
                violation_error_message=_("The result target already has an indicator of this name."),
            ),
            models.CheckConstraint(
                condition=Q(kind="figure")
                | Q(kind="qualitative", baseline__isnull=True, target_value__isnull=True, unit=""),
                name="indicator_qualitative_without_figures",
                violation_error_message=_("An indicator in words has neither unit, baseline nor goal."),
            ),
            models.CheckConstraint(
                condition=Q(baseline__isnull=True) | Q(baseline_on__isnull=False),
                name="indicator_baseline_dated",
                violation_error_message=_("Write when the baseline was measured."),
            ),
            models.CheckConstraint(
                condition=Q(target_value__isnull=True) | Q(target_on__isnull=False),
                name="indicator_goal_dated",
                violation_error_message=_("Write when the goal is to be reached."),
            ),
            models.CheckConstraint(
                condition=Q(interval_months__gte=1, interval_months__lte=48),
                name="indicator_interval_sensible",
                violation_error_message=_("The interval is from 1 to 48 months."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["figure", "qualitative"], desired_trend__in=["up", "down", "keep"]),
                name="indicator_choices_known",
            ),
            models.CheckConstraint(
                condition=Q(baseline__isnull=True)
                | Q(target_value__isnull=True)
                | Q(desired_trend="keep")
                | Q(desired_trend="up", target_value__gt=F("baseline"))
                | Q(desired_trend="down", target_value__lt=F("baseline")),
                name="indicator_goal_lies_ahead",
                violation_error_message=_("The goal does not lie the way that is desired from the baseline."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_in_words(self) -> bool:
        return self.kind == self.Kind.QUALITATIVE

    def clean(self):
        super().clean()
        turned = type(self)._base_manager.filter(pk=self.pk, measurements__isnull=False).exclude(kind=self.kind)
        if turned.exists():
            stays = _("The indicator has been measured, so its kind stays. Make a new indicator for the other kind.")
            raise ValidationError({"kind": stays})


class MeasurementQuerySet(RegionalQuerySet):
    def by(self, day: date):
        return self.filter(measured_on__lte=day)

    def of_place(self, municipality: Municipality | None):
        """Those of the municipality; without one, those of the whole region."""
        return self.filter(municipality=municipality) if municipality else self.filter(municipality__isnull=True)


class Measurement(LockedByDay, RegionalRecord):
    """What an indicator showed on a day, for one municipality or for the whole region."""

    REGION = "indicator__target__area__agreement__culture_region"
    DAY = "measured_on"

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="measurements", verbose_name=_("indicator")
    )
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measurements",
        verbose_name=_("municipality"),
        help_text=_("Empty: the whole region."),
    )
    measured_on = models.DateField(_("measured on"))
    value = models.DecimalField(_("value"), null=True, blank=True, **DIGITS)
    note = models.TextField(_("note"), max_length=2000, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("entered by"),
    )

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        ordering = ["-measured_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["indicator", "municipality", "measured_on"],
                condition=Q(municipality__isnull=False),
                name="measurement_once_for_municipality",
                violation_error_message=_("The municipality already has a measurement of this indicator on this day."),
            ),
            models.UniqueConstraint(
                fields=["indicator", "measured_on"],
                condition=Q(municipality__isnull=True),
                name="measurement_once_for_region",
                violation_error_message=_("The region already has a measurement of this indicator on this day."),
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(note=""),
                name="measurement_says_something",
                violation_error_message=_("Write a value, or for an indicator in words: how it is going."),
            ),
        ]

    def __str__(self):
        place = self.municipality or _("the whole region")
        return f"{self.indicator}, {place}, {self.measured_on:%d-%m-%Y}"

    def clean(self):
        super().clean()
        if self.measured_on and self.measured_on > timezone.localdate():
            raise ValidationError({"measured_on": _("This day has not come yet. A measurement tells what was.")})
        if self.indicator_id and self.indicator.is_in_words:
            self._say_it_in_words()
        elif self.indicator_id and self.value is None:
            raise ValidationError({"value": _("“%s” is followed with a figure. Write its value.") % self.indicator})

    def _say_it_in_words(self):
        if self.value is not None:
            raise ValidationError(
                {"value": _("“%s” is followed in words. Leave the value empty and write the note.") % self.indicator}
            )
        if not self.note:
            raise ValidationError({"note": _("“%s” is followed in words. Write how it is going.") % self.indicator})

    def is_editable_by(self, user) -> bool:
        return access.may_record(user, self.region.pk, {self.municipality_id} - {None})

    @classmethod
    def is_creatable_by(cls, user) -> bool:
        return access.may_record(user)

    @classmethod
    def deleted_rows(cls, user) -> models.QuerySet:
        rows = super().deleted_rows(user)
        for region, municipality in access.roles(user).headed:
            rows |= cls.deleted_in({region}).filter(municipality=municipality)
        return rows


class KeyFigure(RegionalRecord):
    """A key figure (nøgletal) of an area and a year that no record gives, written by hand for the Agency."""

    REGION = "area__agreement__culture_region"

    area = models.ForeignKey(
        InitiativeArea, on_delete=models.PROTECT, related_name="key_figures", verbose_name=_("initiative area")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    name = models.CharField(_("name"), max_length=150)
    value = models.DecimalField(_("value"), **DIGITS)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("key figure")
        verbose_name_plural = _("key figures")
        ordering = ["-year", "area__position", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "year", "name"],
                name="keyfigure_once",
                violation_error_message=_("The area already has this key figure for this year."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="keyfigure_year_sensible",
                violation_error_message=_("Write the year with four digits, from 2000 to 2100."),
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.year}"
