"""Who else is a party to the agreement, who pays what, and what became of the money."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .agreement import Agreement
from .base import RegionalRecord
from .region import Municipality

MONEY = {"max_digits": 12, "decimal_places": 2}
SENSIBLE_YEAR = Q(year__gte=2000, year__lte=2100)
YEAR_MESSAGE = _("Write the year with four digits, from 2000 to 2100.")


class OtherParty(RegionalRecord):
    """A party that is no municipality: the ministry, a region, a body abroad."""

    REGION = "agreement__culture_region"

    class Kind(models.TextChoices):
        MINISTRY = "ministry", _("Ministry")
        REGION = "region", _("Region")
        ABROAD = "abroad", _("Body abroad")
        OTHER = "other", _("Other")

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="other_parties", verbose_name=_("agreement")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name = models.CharField(_("name"), max_length=150)
    note = models.TextField(_("note"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("other party")
        verbose_name_plural = _("other parties")
        ordering = ["agreement", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "name"],
                name="otherparty_name_unique",
                violation_error_message=_("The agreement already has a party of this name."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["ministry", "region", "abroad", "other"]), name="otherparty_kind_known"
            ),
        ]

    def __str__(self):
        return self.name


class Contribution(RegionalRecord):
    """What one payer gives in one year, in DKK."""

    REGION = "agreement__culture_region"

    class Payer(models.TextChoices):
        STATE = "state", _("The state")
        MUNICIPALITY = "municipality", _("A municipality")
        OTHER = "other", _("Another party")

    class Kind(models.TextChoices):
        GRANT = "grant", _("Grant")
        FEE = "fee", _("Membership contribution")
        PROJECT = "project", _("Project money")
        OWN_WORK = "own_work", _("Own work")

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="contributions", verbose_name=_("agreement")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    payer = models.CharField(_("payer"), max_length=12, choices=Payer)
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contributions",
        verbose_name=_("municipality"),
    )
    other_party = models.ForeignKey(
        OtherParty,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contributions",
        verbose_name=_("other party"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    amount = models.DecimalField(_("amount in DKK"), **MONEY)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("contribution")
        verbose_name_plural = _("contributions")
        ordering = ["-year", "payer", "municipality__sort_order", "kind"]
        constraints = [
            models.CheckConstraint(
                condition=Q(payer="state", municipality__isnull=True, other_party__isnull=True)
                | Q(payer="municipality", municipality__isnull=False, other_party__isnull=True)
                | Q(payer="other", municipality__isnull=True, other_party__isnull=False),
                name="contribution_payer_named",
                violation_error_message=_("Name the municipality or the other party that pays, and only that."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="contribution_amount_not_negative",
                violation_error_message=_("The amount cannot be negative."),
            ),
            models.CheckConstraint(
                condition=SENSIBLE_YEAR, name="contribution_year_sensible", violation_error_message=YEAR_MESSAGE
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["grant", "fee", "project", "own_work"]), name="contribution_kind_known"
            ),
            models.UniqueConstraint(
                fields=["agreement", "year", "kind"],
                condition=Q(payer="state"),
                name="contribution_once_state",
                violation_error_message=_("This contribution is already registered for the year."),
            ),
            models.UniqueConstraint(
                fields=["agreement", "year", "kind", "municipality"],
                condition=Q(payer="municipality"),
                name="contribution_once_municipality",
                violation_error_message=_("This contribution is already registered for the year."),
            ),
            models.UniqueConstraint(
                fields=["agreement", "year", "kind", "other_party"],
                condition=Q(payer="other"),
                name="contribution_once_other",
                violation_error_message=_("This contribution is already registered for the year."),
            ),
        ]

    def __str__(self):
        return f"{self.payer_name}, {self.get_kind_display()}, {self.year}"

    @property
    def payer_name(self) -> str:
        return str(self.municipality or self.other_party or self.get_payer_display())


class AccountLine(RegionalRecord):
    """A line of a year's accounts: what was to be spent, and what was, by whose money."""

    REGION = "agreement__culture_region"

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="account_lines", verbose_name=_("agreement")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    text = models.CharField(_("text"), max_length=150)
    funded_by = models.CharField(_("funded by"), max_length=12, choices=Contribution.Payer)
    budget = models.DecimalField(_("budget in DKK"), **MONEY)
    used = models.DecimalField(_("used in DKK"), null=True, blank=True, **MONEY)

    class Meta:
        verbose_name = _("account line")
        verbose_name_plural = _("account lines")
        ordering = ["-year", "funded_by", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "year", "text", "funded_by"],
                name="accountline_once",
                violation_error_message=_("The year already has this line."),
            ),
            models.CheckConstraint(
                condition=SENSIBLE_YEAR, name="accountline_year_sensible", violation_error_message=YEAR_MESSAGE
            ),
            models.CheckConstraint(
                condition=Q(budget__gte=0) & (Q(used__isnull=True) | Q(used__gte=0)),
                name="accountline_amounts_not_negative",
                violation_error_message=_("Amounts cannot be negative."),
            ),
        ]

    def __str__(self):
        return f"{self.text}, {self.year}"


class Submission(RegionalRecord):
    """That something which the state wants back has been handed in; the deadlines themselves are in `deadlines.py`."""

    REGION = "agreement__culture_region"

    class Kind(models.TextChoices):
        STATUS = "status", _("Yearly status")
        KEY_FIGURES = "key_figures", _("Key figures")
        ACCOUNTS = "accounts", _("Audited accounts")
        EVALUATION = "evaluation", _("Final evaluation")

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="submissions", verbose_name=_("agreement")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    year = models.PositiveSmallIntegerField(_("year"), help_text=_("The year that it is about."))
    handed_in_on = models.DateField(_("handed in on"))
    note = models.TextField(_("note"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("submission to the state")
        verbose_name_plural = _("submissions to the state")
        ordering = ["-year", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "kind", "year"],
                name="submission_once",
                violation_error_message=_("This is already marked as handed in."),
            ),
            models.CheckConstraint(
                condition=SENSIBLE_YEAR, name="submission_year_sensible", violation_error_message=YEAR_MESSAGE
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["status", "key_figures", "accounts", "evaluation"]), name="submission_kind_known"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.year}"

    def get_absolute_url(self) -> str:
        from django.urls import reverse  # the URLs are read after the models

        return reverse("agreement_deadlines", args=[self.agreement_id])
