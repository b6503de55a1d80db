"""Councils, committees and the agreement's own bodies; their meetings; the people who hold posts."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from agreements import access, elections

from .base import RegionalQuerySet, RegionalRecord
from .region import CultureRegion, Municipality


class BodyManager(models.Manager.from_queryset(RegionalQuerySet)):
    """A body is named with its municipality wherever it is named."""

    def get_queryset(self):
        return super().get_queryset().select_related("municipality")


class Body(RegionalRecord):
    class Kind(models.TextChoices):
        COUNCIL = "council", _("Municipal council")
        COMMITTEE = "committee", _("Committee")
        STEERING_GROUP = "steering_group", _("Political steering group")
        CHAIRMANSHIP = "chairmanship", _("Chairmanship")
        POLITICIANS = "politicians", _("KMP, the politicians")
        CULTURE_HEADS = "culture_heads", _("KMK, the culture heads")
        OTHER = "other", _("Other")

    OF_MUNICIPALITY = (Kind.COUNCIL, Kind.COMMITTEE)

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    name = models.CharField(_("name"), max_length=150)
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="bodies",
        verbose_name=_("municipality"),
        help_text=_("For municipal councils and committees."),
    )
    status_interval_months = models.PositiveSmallIntegerField(
        _("months between status on the agenda"), default=3, help_text=_("For committees.")
    )
    papers_days_before = models.PositiveSmallIntegerField(
        _("days from the papers to the meeting"),
        default=7,
        help_text=_("For committees: how long before a meeting its papers go out."),
    )

    objects = BodyManager()

    class Meta:
        verbose_name = _("body")
        verbose_name_plural = _("bodies")
        ordering = ["municipality__sort_order", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["culture_region", "municipality", "name"],
                condition=Q(municipality__isnull=False),
                name="body_name_unique_in_municipality",
                violation_error_message=_("The municipality already has a body of this name."),
            ),
            models.UniqueConstraint(
                fields=["culture_region", "name"],
                condition=Q(municipality__isnull=True),
                name="body_name_unique_in_region",
                violation_error_message=_("The culture region already has a body of this name."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["council", "committee"], municipality__isnull=False)
                | (~Q(kind__in=["council", "committee"]) & Q(municipality__isnull=True)),
                name="body_municipality_by_kind",
                violation_error_message=_(
                    "Municipal councils and committees belong to a municipality, the agreement's own bodies to none."
                ),
            ),
            models.CheckConstraint(
                condition=Q(status_interval_months__gte=1, status_interval_months__lte=24),
                name="body_interval_sensible",
                violation_error_message=_("The interval is from 1 to 24 months."),
            ),
            models.CheckConstraint(
                condition=Q(papers_days_before__gte=1, papers_days_before__lte=60),
                name="body_papers_sensible",
                violation_error_message=_("The papers go out from 1 to 60 days before the meeting."),
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.municipality}" if self.municipality else self.name


class Person(RegionalRecord):
    """Somebody the secretariat works with. Only what the work needs: a name, an e-mail address, perhaps an account."""

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    name = models.CharField(_("name"), max_length=150)
    email = models.EmailField(_("e-mail"), blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="person",
        verbose_name=_("user"),
    )

    # who may log in as this person is for admins to say, and no earlier version brings it back
    _by_transition = ("user",)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name"]

    def __str__(self):
        return self.name


class PostQuerySet(RegionalQuerySet):
    def current(self, day: date):
        return self.filter(access.current(day))

    def to_confirm(self, day: date):
        """The posts of politicians whose term the last municipal election has ended, and of which nobody has yet said
        whether they go on. A post whose end is set to a day in the middle of a later term is not among them."""
        term = elections.term_after(elections.last_election(day))
        renewed = self.model._base_manager.filter(
            person=OuterRef("person"), kind=OuterRef("kind"), body=OuterRef("body"), starts_on__gte=term.starts_on
        )
        return self.filter(
            Q(ends_on__isnull=True) | Q(ends_on__gte=term.elected_on, ends_on__lt=term.starts_on),
            ~Exists(renewed),
            kind__in=Post.OF_POLITICIANS,
            body__isnull=False,
            starts_on__lt=term.starts_on,
            not_continued=False,
        )


class Post(RegionalRecord):
    """What somebody is, in a body or for a municipality, and how long."""

    REGION = "person__culture_region"

    class Kind(models.TextChoices):
        CHAIR = "chair", _("Chair")
        MEMBER = "member", _("Member")
        CULTURE_HEAD = "culture_head", _("Culture head")
        PROJECT_MANAGER = "project_manager", _("Project manager")
        CASE_OFFICER = "case_officer", _("Case officer")

    OF_POLITICIANS = (Kind.CHAIR, Kind.MEMBER)

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts", verbose_name=_("person"))
    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    body = models.ForeignKey(
        Body, null=True, blank=True, on_delete=models.PROTECT, related_name="posts", verbose_name=_("body")
    )
    municipality = models.ForeignKey(
        Municipality,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="posts",
        verbose_name=_("municipality"),
    )
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"), null=True, blank=True)
    not_continued = models.BooleanField(_("does not go on after the election"), default=False, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(body__isnull=False, municipality__isnull=True)
                | Q(body__isnull=True, municipality__isnull=False),
                name="post_in_body_or_municipality",
                violation_error_message=_("A post is either in a body or in a municipality."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="post_period_forward",
                violation_error_message=_("The period ends before it starts. Check the two dates."),
            ),
        ]

    def __str__(self):
        return f"{self.person}, {self.get_kind_display()}"

    @property
    def place(self) -> Body | Municipality:
        return self.body or self.municipality


class MeetingQuerySet(RegionalQuerySet):
    def coming(self, day: date):
        return self.filter(held_on__gte=day, status=Meeting.Status.PLANNED).order_by("held_on")


class MeetingManager(models.Manager.from_queryset(MeetingQuerySet)):
    """A meeting is named with its body and the body's municipality wherever it is named."""

    def get_queryset(self):
        return super().get_queryset().select_related("body__municipality")


class Meeting(RegionalRecord):
    REGION = "body__culture_region"

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        HELD = "held", _("Held")
        CANCELLED = "cancelled", _("Cancelled")

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meetings", verbose_name=_("body"))
    held_on = models.DateField(_("date"))
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=150, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PLANNED)
    announcement = models.TextField(
        _("what takes place"),
        max_length=1000,
        blank=True,
        help_text=_("Ends the memo's sentence “A meeting has been called …, where …”."),
    )
    minutes = models.TextField(_("minutes"), max_length=50_000, blank=True)
    region_on_agenda = models.BooleanField(
        _("the culture region is on the agenda"),
        default=False,
        help_text=_("For committees: it sets the committee's clock."),
    )

    objects = MeetingManager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ["-held_on", "body__name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["planned", "held", "cancelled"]), name="meeting_status_known"
            )
        ]
        indexes = [models.Index(fields=["held_on"], name="meeting_held_on")]

    def __str__(self):
        return f"{self.body}, {date_format(self.held_on)}"


def last_year(body: Body) -> int | None:
    """The last year in which the body meets: the one that its next plan is made after."""
    last = body.meetings.exclude(status=Meeting.Status.CANCELLED).aggregate(last=Max("held_on"))["last"]
    return last.year if last else None


class MeetingDelegate(RegionalRecord):
    """Who takes part in a meeting for a municipality, by office: the chair of its committee, or a member."""

    REGION = "meeting__body__culture_region"

    class Office(models.TextChoices):
        CHAIR = "chair", _("the chair")
        MEMBER = "member", _("a member")

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="delegates", verbose_name=_("meeting"))
    committee = models.ForeignKey(
        Body,
        on_delete=models.PROTECT,
        limit_choices_to={"kind": Body.Kind.COMMITTEE},
        related_name="delegations",
        verbose_name=_("committee"),
    )
    office = models.CharField(_("office"), max_length=10, choices=Office, default=Office.CHAIR)

    class Meta:
        verbose_name = _("delegate")
        verbose_name_plural = _("delegates")
        ordering = ["committee__municipality__sort_order", "committee__name", "office"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "committee", "office"],
                name="meetingdelegate_once",
                violation_error_message=_("The committee already takes part in this way."),
            ),
        ]

    def __str__(self):
        return f"{self.get_office_display()} – {self.committee}"

    def get_absolute_url(self) -> str:
        return self.meeting.get_absolute_url()
