"""A3 and B3: networks, whom one met there, contacts with municipalities, and what is to follow from them."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agreements.models import CultureRegion, Meeting, Municipality, Person
from agreements.models.agreement import LONG_TEXT
from initiatives.models import Story

from .base import SecretariatQuerySet, SecretariatRecord
from .visits import Visit

SOON = 14  # days: a follow-up that is due by then is near


class NetworkEvent(SecretariatRecord):
    """An occasion to meet others, such as KL's Kultur & Fritidskonference, Kulturmødet or Folkemødet."""

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    name = models.CharField(_("name"), max_length=150)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=150, blank=True)
    participants = models.ManyToManyField(Person, blank=True, related_name="network_events", verbose_name=_("who goes"))
    note = models.TextField(_("note"), max_length=LONG_TEXT, blank=True)

    _history_m2m_fields = ("participants",)

    class Meta:
        verbose_name = _("network event")
        verbose_name_plural = _("network events")
        ordering = ["-starts_on", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="networkevent_period_forward",
                violation_error_message=_("The event ends before it starts. Check the two dates."),
            ),
            models.UniqueConstraint(
                fields=["culture_region", "name", "starts_on"],
                name="networkevent_once",
                violation_error_message=_("There is already an event of this name on this day."),
            ),
        ]

    def __str__(self):
        return f"{self.name}, {date_format(self.starts_on)}"


class Encounter(SecretariatRecord):
    """Whom one met at an event, of which municipality, and about what."""

    REGION = "event__culture_region"

    event = models.ForeignKey(
        NetworkEvent, on_delete=models.PROTECT, related_name="encounters", verbose_name=_("network event")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="encounters", verbose_name=_("municipality")
    )
    whom = models.CharField(_("whom"), max_length=150, help_text=_("Name and office, as the work needs them."))
    text = models.TextField(_("about what"), max_length=2000, blank=True)

    class Meta:
        verbose_name = _("encounter")
        verbose_name_plural = _("encounters")
        ordering = ["event", "municipality__sort_order", "pk"]

    def __str__(self):
        return f"{self.whom}, {self.municipality}"

    def get_absolute_url(self) -> str:
        return f"{self.event.get_absolute_url()}#encounter-{self.pk}"


class ContactNoteQuerySet(SecretariatQuerySet):
    def latest_of_each(self):
        """The last contact of each municipality in each culture region."""
        alike = {"culture_region": OuterRef("culture_region"), "municipality": OuterRef("municipality")}
        last = ContactNote.objects.filter(**alike).order_by("-contacted_on", "-pk").values("pk")[:1]
        return self.filter(pk=Subquery(last))


class ContactNote(SecretariatRecord):
    """That somebody of the region and somebody of a municipality were in touch."""

    class Kind(models.TextChoices):
        PHONE = "phone", _("Phone")
        MAIL = "mail", _("E-mail")
        MEETING = "meeting", _("Meeting")
        STORY = "story", _("Story sent")
        ENCOUNTER = "encounter", _("At an event")

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="contact_notes", verbose_name=_("municipality")
    )
    contacted_on = models.DateField(_("date"))
    kind = models.CharField(_("how"), max_length=10, choices=Kind, default=Kind.PHONE)
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contact_notes",
        verbose_name=_("with"),
    )
    text = models.TextField(_("about what"), max_length=2000, blank=True)
    story = models.ForeignKey(
        Story,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contact_notes",
        editable=False,
        verbose_name=_("story"),
    )
    encounter = models.OneToOneField(
        Encounter,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="contact_note",
        editable=False,
        verbose_name=_("encounter"),
    )
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="contact_notes",
        editable=False,
        verbose_name=_("entered by"),
    )

    objects = ContactNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["-contacted_on", "-pk"]
        indexes = [models.Index(fields=["municipality", "-contacted_on"], name="contactnote_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["phone", "mail", "meeting", "story", "encounter"]), name="contactnote_kind_known"
            )
        ]

    def __str__(self):
        return f"{self.municipality}, {date_format(self.contacted_on)}"


class FollowUpQuerySet(SecretariatQuerySet):
    def open(self):
        return self.filter(done_on__isnull=True)

    def due_before(self, day: date):
        return self.open().filter(due_on__lt=day)

    def next_of_each(self):
        """The open one that is due first, of each municipality in each culture region."""
        alike = {"culture_region": OuterRef("culture_region"), "municipality": OuterRef("municipality")}
        first = FollowUp.objects.open().filter(**alike).order_by("due_on", "pk").values("pk")[:1]
        return self.filter(pk=Subquery(first))


class FollowUp(SecretariatRecord):
    """Something to be done by a day and by somebody: promised at a visit, a contact, a meeting or an encounter."""

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="follow_ups",
        verbose_name=_("municipality"),
    )
    text = models.CharField(_("what is to be done"), max_length=300)
    due_on = models.DateField(_("due on"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="follow_ups",
        verbose_name=_("who does it"),
    )
    done_on = models.DateField(_("done on"), null=True, blank=True)
    visit = models.ForeignKey(
        Visit, null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ups", verbose_name=_("visit")
    )
    contact = models.ForeignKey(
        ContactNote,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="follow_ups",
        verbose_name=_("contact"),
    )
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.PROTECT, related_name="follow_ups", verbose_name=_("meeting")
    )
    encounter = models.ForeignKey(
        Encounter,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="follow_ups",
        verbose_name=_("encounter"),
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(fields=["due_on"], condition=Q(done_on__isnull=True), name="followup_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(visit__isnull=True, contact__isnull=True, meeting__isnull=True)
                | Q(visit__isnull=True, contact__isnull=True, encounter__isnull=True)
                | Q(visit__isnull=True, meeting__isnull=True, encounter__isnull=True)
                | Q(contact__isnull=True, meeting__isnull=True, encounter__isnull=True),
                name="followup_from_one_thing",
                violation_error_message=_("A follow-up comes from one thing at most."),
            ),
        ]

    def __str__(self):
        return self.text

    @property
    def origin(self) -> Visit | ContactNote | Meeting | Encounter | None:
        """What it comes from."""
        return self.visit or self.contact or self.meeting or self.encounter

    class State(models.TextChoices):
        DONE = "done", _("Done")
        OVERDUE = "overdue", _("Overdue")
        SOON = "soon", _("Due soon")
        LATER = "later", _("Open")

    @property
    def state(self) -> State:
        if self.done_on:
            return self.State.DONE
        days = (self.due_on - timezone.localdate()).days
        if days < 0:
            return self.State.OVERDUE
        return self.State.SOON if days <= SOON else self.State.LATER

    @property
    def days_away(self) -> int:
        """From today to the day it is due, or since then."""
        return abs((self.due_on - timezone.localdate()).days)
