"""What the agreement does: its initiative areas, what they promise, and the initiatives that carry it out."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements.models import Agreement, Document, Person, RegionalRecord
from agreements.models.agreement import LONG_TEXT
from kulturmetropol.ordering import OrderedRecord


class InitiativeArea(RegionalRecord):
    REGION = "agreement__culture_region"

    agreement = models.ForeignKey(
        Agreement, on_delete=models.PROTECT, related_name="areas", verbose_name=_("agreement")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    name = models.CharField(_("name"), max_length=100)
    purpose = models.TextField(_("purpose"), max_length=LONG_TEXT)

    class Meta:
        verbose_name = _("initiative area")
        verbose_name_plural = _("initiative areas")
        ordering = ["agreement", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "position"],
                name="area_position_unique",
                violation_error_message=_("There is already an area in this position. Choose another one."),
            ),
            models.UniqueConstraint(
                fields=["agreement", "name"],
                name="area_name_unique",
                violation_error_message=_("The agreement already has an area of this name."),
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1),
                name="area_position_from_one",
                violation_error_message=_("Positions are counted from 1."),
            ),
        ]

    def __str__(self):
        return self.name


class ResultTarget(OrderedRecord, RegionalRecord):
    """What an area promises to reach."""

    REGION = "area__agreement__culture_region"
    parent = "area"

    area = models.ForeignKey(
        InitiativeArea, on_delete=models.PROTECT, related_name="targets", verbose_name=_("initiative area")
    )
    text = models.TextField(_("result target"), max_length=2000)

    class Meta:
        verbose_name = _("result target")
        verbose_name_plural = _("result targets")
        ordering = ["area__agreement", "area__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["area", "position"], name="target_position_unique"),
            models.CheckConstraint(condition=Q(position__gte=1), name="target_position_from_one"),
            models.CheckConstraint(condition=~Q(text=""), name="target_text_given"),
        ]

    def __str__(self):
        return self.text


class Initiative(RegionalRecord):
    """Work inside an area: a project or an effort with a manager and a period."""

    REGION = "area__agreement__culture_region"

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")

    NEEDS_REASON = (Status.PAUSED, Status.CANCELLED)

    area = models.ForeignKey(
        InitiativeArea, on_delete=models.PROTECT, related_name="initiatives", verbose_name=_("initiative area")
    )
    title = models.CharField(_("title"), max_length=150)
    summary = models.CharField(
        _("summary"), max_length=400, blank=True, help_text=_("One or two sentences for lists and memos.")
    )
    description = models.TextField(
        _("description"), max_length=LONG_TEXT, blank=True, help_text=_("Markdown: **bold**, *italic*, - list.")
    )
    targets = models.ManyToManyField(
        ResultTarget, blank=True, related_name="initiatives", verbose_name=_("result targets")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    status_reason = models.CharField(
        _("reason for the status"), max_length=300, blank=True, help_text=_("Needed when paused or cancelled.")
    )
    starts_on = models.DateField(_("starts on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    manager = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="managed_initiatives",
        verbose_name=_("manager"),
    )

    documents = models.ManyToManyField(Document, blank=True, related_name="initiatives", verbose_name=_("documents"))

    _history_m2m_fields = ("targets", "documents")

    class Meta:
        verbose_name = _("initiative")
        verbose_name_plural = _("initiatives")
        ordering = ["area__position", "title", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "title"],
                name="initiative_title_unique",
                violation_error_message=_("The area already has an initiative of this title."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="initiative_period_forward",
                violation_error_message=_("The period ends before it starts. Check the two dates."),
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["paused", "cancelled"]) | ~Q(status_reason=""),
                name="initiative_reason_given",
                violation_error_message=_("Write why the initiative is paused or cancelled."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "running", "paused", "completed", "cancelled"]),
                name="initiative_status_known",
            ),
        ]

    def __str__(self):
        return self.title


class Milestone(RegionalRecord):
    """A step of an area's roadmap (køreplan)."""

    REGION = "area__agreement__culture_region"

    area = models.ForeignKey(
        InitiativeArea, on_delete=models.PROTECT, related_name="milestones", verbose_name=_("initiative area")
    )
    title = models.CharField(_("title"), max_length=150)
    due_on = models.DateField(_("due on"))
    reached_on = models.DateField(_("reached on"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=2000, blank=True)

    class State(models.TextChoices):
        REACHED = "reached", _("Reached")
        LATE = "late", _("Late")
        AHEAD = "ahead", _("Ahead")

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "area__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["area", "title", "due_on"],
                name="milestone_once",
                violation_error_message=_("The area already has this milestone on this date."),
            )
        ]
        indexes = [models.Index(fields=["due_on"], name="milestone_due_on")]

    def __str__(self):
        return self.title

    @property
    def state(self) -> State:
        if self.reached_on:
            return self.State.REACHED
        return self.State.LATE if self.due_on < timezone.localdate() else self.State.AHEAD
