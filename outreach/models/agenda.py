"""The headings under which a municipality writes the items of its committees' agendas, and in which order."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements.models import CultureRegion, Municipality

from .base import SecretariatRecord


def heading(label, help_text="", **options) -> models.CharField:
    return models.CharField(label, max_length=60, blank=True, help_text=help_text, **options)


class AgendaLayout(SecretariatRecord):
    """One municipality's headings; an empty one is not used. A municipality without a row gets the defaults."""

    class Place(models.TextChoices):
        EARLY = "early", _("Before the presentation")
        LATE = "late", _("After the presentation")

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="agenda_layouts", verbose_name=_("municipality")
    )
    core = heading(_("what it is about"), default="Sagens kerne")
    presentation = models.CharField(_("presentation of the case"), max_length=60, default="Sagsfremstilling")
    recommendation = models.CharField(_("recommendation"), max_length=60, default="Indstilling")
    recommendation_place = models.CharField(
        _("where the recommendation stands"), max_length=5, choices=Place, default=Place.LATE
    )
    law = heading(_("law and plans"))
    economy = heading(_("economy"), default="Økonomiske konsekvenser")
    timetable = heading(_("timetable"))
    annexes = heading(_("annexes"), default="Bilag")
    decision = heading(_("decision"), default="Beslutning")

    class Meta:
        verbose_name = _("headings of agenda items")
        verbose_name_plural = _("headings of agenda items")
        ordering = ["culture_region", "municipality__sort_order"]
        constraints = [
            models.UniqueConstraint(
                fields=["culture_region", "municipality"],
                name="agendalayout_one_per_municipality",
                violation_error_message=_("The municipality's headings are registered already. Change them instead."),
            ),
            models.CheckConstraint(
                condition=Q(recommendation_place__in=["early", "late"]), name="agendalayout_place_known"
            ),
            models.CheckConstraint(
                condition=~Q(presentation="") & ~Q(recommendation=""),
                name="agendalayout_main_headings_given",
                violation_error_message=_("The presentation and the recommendation need a heading."),
            ),
        ]

    def __str__(self):
        return str(self.municipality)

    @property
    def headings(self) -> list[tuple[str, str]]:
        """The parts of an item in their order, each with its heading; those that are not used are left out."""
        early = ["recommendation"] if self.recommendation_place == self.Place.EARLY else []
        late = [] if early else ["recommendation"]
        parts = ["core", *early, "presentation", "law", "economy", "timetable", *late, "annexes", "decision"]
        return [(part, getattr(self, part)) for part in parts if getattr(self, part)]
