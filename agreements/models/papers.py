"""What meetings work on: the items of their agenda, and documents."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import access
from kulturmetropol.ordering import OrderedRecord

from .agreement import LONG_TEXT, Agreement
from .base import RegionalQuerySet, RegionalRecord
from .bodies import Meeting
from .region import CultureRegion


class AgendaItem(OrderedRecord, RegionalRecord):
    """An item of a meeting's agenda (dagsordenspunkt)."""

    REGION = "meeting__body__culture_region"
    parent = "meeting"

    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, related_name="agenda_items", verbose_name=_("meeting")
    )
    title = models.CharField(_("title"), max_length=200)
    presentation = models.TextField(_("presentation"), max_length=LONG_TEXT, blank=True)
    recommendation = models.TextField(_("recommendation"), max_length=LONG_TEXT, blank=True)
    decision = models.TextField(_("decision"), max_length=LONG_TEXT, blank=True)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["meeting", "position"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "position"], name="agendaitem_position_unique"),
            models.CheckConstraint(condition=Q(position__gte=1), name="agendaitem_position_from_one"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return f"{self.meeting.get_absolute_url()}#agendaitem-{self.pk}"


class DocumentQuerySet(RegionalQuerySet):
    def shared_with(self, user):
        """What guests are shown, in the culture regions that have invited the user."""
        return self.filter(culture_region__in=access.roles(user).invited, shared_with_guests=True)

    def downloadable_by(self, user):
        return self.visible_to(user) | self.shared_with(user)


class Document(RegionalRecord):
    """A file of the culture region: an annex of a meeting or an agreement, or a paper of its own."""

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    title = models.CharField(_("title"), max_length=200)
    file = models.FileField(_("file"), upload_to="documents/%Y/", max_length=200)
    annex = models.CharField(
        _("annex number"),
        max_length=10,
        blank=True,
        validators=[RegexValidator(r"^\d{1,3}[a-zæøå]?$", _("Write a number, and perhaps a letter: 1, 2a, 2b."))],
        help_text=_("As on the agenda: 1, 2a, 2b."),
    )
    meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="documents",
        verbose_name=_("meeting"),
    )
    agreement = models.ForeignKey(
        Agreement,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="documents",
        verbose_name=_("agreement"),
    )
    shared_with_guests = models.BooleanField(
        _("shared with guests"), default=False, help_text=_("Guests of interested municipalities may read it.")
    )

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["annex", "title"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "annex"],
                condition=Q(meeting__isnull=False) & ~Q(annex=""),
                name="document_annex_unique",
                violation_error_message=_("The meeting already has an annex of this number."),
            )
        ]

    def __str__(self):
        return self.title

    @property
    def extension(self) -> str:
        return self.file.name.rpartition(".")[2]

    @property
    def download_name(self) -> str:
        """«Bilag 2a Køreplan.pdf»: what the file is called on the reader's own machine."""
        number = f"{_('Annex')} {self.annex} " if self.annex else ""
        return re.sub(r'[\x00-\x1f\x7f/\\:*?"<>|]+', "-", f"{number}{self.title}") + f".{self.extension}"


def in_order(documents: Iterable[Document]) -> list[Document]:
    """By annex number as people count: 1, 2a, 2b, 10; those without a number last, by title."""

    def place(document: Document) -> tuple:
        digits = re.match(r"\d+", document.annex)
        return (not document.annex, int(digits[0]) if digits else 0, document.annex, document.title.casefold())

    return sorted(documents, key=place)
