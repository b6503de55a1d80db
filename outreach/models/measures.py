"""The list of measures: what is proposed to get more municipalities in and to keep the members convinced."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from agreements.models import AgendaItem, Agreement, Meeting, Person
from agreements.models.agreement import LONG_TEXT

from .base import SecretariatRecord


class MeasureList(SecretariatRecord):
    """The heading and the introduction of an agreement's measures; one item of the chairmanship's agenda."""

    REGION = "agreement__culture_region"

    agreement = models.OneToOneField(
        Agreement,
        on_delete=models.PROTECT,
        related_name="measure_list",
        verbose_name=_("agreement"),
        error_messages={"unique": _("The agreement already has a list of measures.")},
    )
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(_("introduction"), max_length=LONG_TEXT, blank=True)
    agenda_item = models.ForeignKey(
        AgendaItem,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="measure_lists",
        editable=False,
        verbose_name=_("agenda item"),
    )

    class Meta:
        verbose_name = _("list of measures")
        verbose_name_plural = _("lists of measures")
        ordering = ["-agreement__starts_on"]

    def __str__(self):
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('measure_list')}?aftale={self.agreement_id}"


class Measure(SecretariatRecord):
    """One measure (tiltag), such as A2: outward ones win new municipalities, inward ones convince the members."""

    REGION = "list__agreement__culture_region"

    class Direction(models.TextChoices):
        OUTWARD = "outward", _("Outward")
        INWARD = "inward", _("Inward")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        AGREED = "agreed", _("Agreed")
        RUNNING = "running", _("Running")
        COMPLETED = "completed", _("Completed")
        REJECTED = "rejected", _("Rejected")

    class Runs(models.TextChoices):
        """The part of the portal in which the measure is carried out."""

        ONBOARDING = "onboarding", _("Onboarding")
        VISITS = "visits", _("Tour-de-Kommune")
        NETWORKS = "networks", _("Networks")
        STATUS_NOTES = "status_notes", _("Status notes")
        CLOCKS = "clocks", _("Committee clocks")
        CONTACTS = "contacts", _("Contacts")
        MARKETING = "marketing", _("Marketing")

    LETTERS = {Direction.OUTWARD: "A", Direction.INWARD: "B"}

    list = models.ForeignKey(
        MeasureList, on_delete=models.PROTECT, related_name="measures", verbose_name=_("list of measures")
    )
    direction = models.CharField(_("direction"), max_length=8, choices=Direction)
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    introduction = models.TextField(_("introduction"), max_length=2000, blank=True)
    points = models.TextField(
        _("points"), max_length=LONG_TEXT, blank=True, help_text=_("Markdown: **bold**, *italic*, - list.")
    )
    origin = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="proposed_measures",
        verbose_name=_("proposed at"),
    )
    responsible = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measures",
        verbose_name=_("responsible"),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PROPOSED)
    status_reason = models.TextField(_("reason for the status"), max_length=2000, blank=True)
    runs = models.CharField(_("what runs under it"), max_length=12, choices=Runs, blank=True)

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["-list__agreement__starts_on", "-direction", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["list", "direction", "number"],
                name="measure_number_unique",
                violation_error_message=_("The list already has a measure of this direction and number."),
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="measure_number_from_one"),
            models.CheckConstraint(condition=Q(direction__in=["outward", "inward"]), name="measure_direction_known"),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "agreed", "running", "completed", "rejected"]),
                name="measure_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="rejected") | ~Q(status_reason=""),
                name="measure_rejected_with_reason",
                violation_error_message=_("Say why the measure is rejected."),
            ),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"

    @property
    def code(self) -> str:
        """A1 to A3 and B1 to B4 in the source."""
        return f"{self.LETTERS.get(self.direction, '')}{self.number}"

    def questions_apart(self) -> list[OpenQuestion]:
        """Those that a printed list has to show by themselves: answered ones, and what the points do not ask."""
        asked = " ".join(self.points.split())
        return [each for each in self.questions.all() if each.answer or " ".join(each.text.split()) not in asked]


class OpenQuestion(SecretariatRecord):
    """A question that a measure leaves open, until a meeting answers it on a date."""

    REGION = "measure__list__agreement__culture_region"

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="questions", verbose_name=_("measure"))
    text = models.CharField(_("question"), max_length=500)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="answered_questions",
        verbose_name=_("answered at"),
    )

    class Meta:
        verbose_name = _("open question")
        verbose_name_plural = _("open questions")
        ordering = ["measure", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_on__isnull=True) | (~Q(answer="") & Q(answered_on__isnull=False)),
                name="openquestion_answer_dated",
                violation_error_message=_("An answer has a date, and a date an answer. Fill in both or neither."),
            ),
        ]

    def __str__(self):
        return self.text

    def get_absolute_url(self) -> str:
        return f"{self.measure.get_absolute_url()}#openquestion-{self.pk}"
