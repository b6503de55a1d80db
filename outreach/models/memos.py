"""How the work is reported: memos to the committees."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.kle import validate_case_number
from agreements.models import Agreement, Body
from agreements.models.agreement import LONG_TEXT

from .base import SecretariatRecord

MARKDOWN = _("Markdown: **bold**, *italic*, - list.")


class Memo(SecretariatRecord):
    """A memo to one committee: data flows in from the agreement, people write the sections around it."""

    REGION = "agreement__culture_region"

    class Kind(models.TextChoices):
        STATUS = "status", _("Status of the agreement")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind, default=Kind.STATUS, editable=False)
    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="memos", verbose_name=_("agreement")
    )
    committee = models.ForeignKey(
        Body,
        on_delete=models.PROTECT,
        related_name="memos",
        limit_choices_to={"kind": Body.Kind.COMMITTEE},
        verbose_name=_("committee"),
    )
    date = models.DateField(_("date"))
    case_officer = models.CharField(_("case officer"), max_length=150)
    case_number = models.CharField(
        _("case number (J. nr.)"),
        max_length=30,
        validators=[validate_case_number],
        help_text=_("By KL's KLE system: subject, facet, serial and year, for example 20.20.00-P27-1-20."),
    )

    # what people write around the data, in Markdown, each with whether it is part of the memo; the words stay when not
    opening_included = models.BooleanField(_("include the opening"), default=False)
    opening = models.TextField(_("opening"), max_length=LONG_TEXT, blank=True, help_text=MARKDOWN)
    situation_included = models.BooleanField(_("include the situation"), default=False)
    situation = models.TextField(_("the situation"), max_length=LONG_TEXT, blank=True, help_text=MARKDOWN)
    closing_included = models.BooleanField(_("include the closing"), default=False)
    closing = models.TextField(_("closing"), max_length=LONG_TEXT, blank=True, help_text=MARKDOWN)

    SECTIONS = ("opening", "situation", "closing")

    class Meta:
        verbose_name = _("memo")
        verbose_name_plural = _("memos")
        ordering = ["-date", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["status"]), name="memo_kind_known"),
            models.CheckConstraint(condition=Q(opening_included=False) | ~Q(opening=""), name="memo_opening_not_empty"),
            models.CheckConstraint(
                condition=Q(situation_included=False) | ~Q(situation=""), name="memo_situation_not_empty"
            ),
            models.CheckConstraint(condition=Q(closing_included=False) | ~Q(closing=""), name="memo_closing_not_empty"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.committee}"
