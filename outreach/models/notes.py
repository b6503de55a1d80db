"""B1, status notes (citatboks): a short text on what one municipality's citizens had from the region in a month."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, Q, When
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.models import CultureRegion, Meeting, Municipality, RegionalQuerySet, RegionalRecord


class StatusNoteQuerySet(RegionalQuerySet):
    def visible_to(self, user):
        """Editors see all; chairs and culture heads what is published about their own municipality."""
        published = Q(status=StatusNote.Status.PUBLISHED)
        return self.filter(Q(culture_region__in=access.roles(user).edited) | (_represented_by(user) & published))

    def asked_for_by(self, user):
        """What somebody of the user's own municipality has asked for: that it is so and how far it is, not its text."""
        return self.filter(_represented_by(user), requested_on__isnull=False)

    def published(self):
        return self.filter(status=StatusNote.Status.PUBLISHED)

    def current(self):
        return self.exclude(status=StatusNote.Status.WITHDRAWN)

    def waiting(self):
        """Those that a committee is to have, and that are not published."""
        return self.filter(meeting__isnull=False, status__in=StatusNote.UNPUBLISHED)

    def due_first(self):
        """The waiting ones by their meeting, then the others, the newest month first."""
        waiting = Q(meeting__isnull=False, status__in=StatusNote.UNPUBLISHED)
        return self.alias(waits_for=Case(When(waiting, then=F("meeting__held_on")))).order_by(
            F("waits_for").asc(nulls_last=True), "-month", "municipality__sort_order"
        )


def _represented_by(user) -> Q:
    own = Q(pk__in=[])
    for region, municipality in access.roles(user).represented:
        own |= Q(culture_region=region, municipality=municipality)
    return own


class StatusNote(RegionalRecord):
    history_for_editors = True

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Asked for")
        DRAFT = "draft", _("Draft")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    BEING_WRITTEN = (Status.REQUESTED, Status.DRAFT)
    UNPUBLISHED = (*BEING_WRITTEN, Status.APPROVED)

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="status_notes", verbose_name=_("municipality")
    )
    month = models.DateField(_("month"), help_text=_("The first day of the month."))
    text = models.TextField(_("text"), max_length=5000, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    status_reason = models.TextField(_("reason for the status"), max_length=2000, blank=True, editable=False)
    meeting = models.ForeignKey(
        Meeting,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="status_notes",
        verbose_name=_("for the committee meeting"),
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="requested_status_notes",
        editable=False,
        verbose_name=_("asked for by"),
    )
    requested_on = models.DateField(_("asked for on"), null=True, blank=True, editable=False)
    published_on = models.DateField(_("published on"), null=True, blank=True, editable=False)

    objects = StatusNoteQuerySet.as_manager()

    _by_transition = ("status", "status_reason", "requested_by", "requested_on", "published_on")

    class Meta:
        verbose_name = _("status note")
        verbose_name_plural = _("status notes")
        ordering = ["-month", "municipality__sort_order"]
        constraints = [
            models.UniqueConstraint(
                fields=["culture_region", "municipality", "month"],
                condition=~Q(status="withdrawn"),
                name="statusnote_once_a_month",
                violation_error_message=_("The municipality already has a status note for this month."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "draft", "approved", "published", "withdrawn"]),
                name="statusnote_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "published"]) | ~Q(text=""),
                name="statusnote_text_given",
                violation_error_message=_("Write the text first."),
            ),
            models.CheckConstraint(
                condition=~Q(status="published") | Q(published_on__isnull=False),
                name="statusnote_published_dated",
            ),
            models.CheckConstraint(
                condition=~Q(status="withdrawn") | ~Q(status_reason=""),
                name="statusnote_withdrawn_with_reason",
                violation_error_message=_("Say why the status note is withdrawn."),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="statusnote_month_first_day",
                violation_error_message=_("Choose the first day of the month."),
            ),
        ]

    def __str__(self):
        return f"{self.municipality}, {date_format(self.month, 'F Y')}"

    @classmethod
    def is_creatable_by(cls, user) -> bool:
        return access.may_edit(user)

    def clean(self):
        super().clean()
        if self.pk and (locked := self.why_locked()):
            raise ValidationError(locked)
        if self.meeting_id and (
            self.meeting.body.municipality_id != self.municipality_id
            or self.meeting.body.culture_region_id != self.culture_region_id
        ):
            raise ValidationError({"meeting": gettext("This is not a meeting of the municipality's own committee.")})

    def why_locked(self) -> str:
        """The text stands as it was approved: it is changed where it is a draft."""
        if self.status in self.BEING_WRITTEN:
            return ""
        if self.status == self.Status.APPROVED:
            return gettext("The text is approved. Make it a draft again to change it.")
        if self.status == self.Status.PUBLISHED:
            return gettext("The text is published. Withdraw it and make it a draft again to change it.")
        return gettext("The text is withdrawn. Make it a draft again to change it.")

    @property
    def is_being_written(self) -> bool:
        return self.status in self.BEING_WRITTEN

    @property
    def public_path(self) -> str:
        """Its page for everybody, which is there while it is published."""
        return reverse("public_status", args=[self.culture_region.slug, self.municipality.code, self.month])

    @property
    def due_on(self) -> date | None:
        """When the committee's papers go out; asked for later than that, the day before the meeting."""
        if self.meeting is None:
            return None
        papers_out = self.meeting.held_on - timedelta(days=self.meeting.body.papers_days_before)
        asked_too_late = self.requested_on and self.requested_on > papers_out
        return self.meeting.held_on - timedelta(days=1) if asked_too_late else papers_out
