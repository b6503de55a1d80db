"""Who takes part in the initiatives, what took place, and the good stories about it."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access
from agreements.models import CultureRegion, Municipality, RegionalQuerySet, RegionalRecord
from agreements.models.agreement import LONG_TEXT
from initiatives.locking import LockedByDay

from .programme import Initiative


class ParticipationQuerySet(RegionalQuerySet):
    def during(self, first: date, last: date):
        """Those whose period overlaps the days; a date that is not given is the initiative's own, or open."""
        return self.alias(
            begins=Coalesce("starts_on", "initiative__starts_on"), finishes=Coalesce("ends_on", "initiative__ends_on")
        ).filter(
            Q(begins__isnull=True) | Q(begins__lte=last),
            Q(finishes__isnull=True) | Q(finishes__gte=first),
        )

    def on(self, day: date):
        return self.during(day, day)


class Participation(RegionalRecord):
    """That a municipality takes part in an initiative, as what and how long. Members join midway."""

    REGION = "initiative__area__agreement__culture_region"

    class Role(models.TextChoices):
        LEAD = "lead", _("Lead")
        PARTNER = "partner", _("Partner")
        PARTICIPANT = "participant", _("Participant")

    initiative = models.ForeignKey(
        Initiative, on_delete=models.PROTECT, related_name="participations", verbose_name=_("initiative")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="participations", verbose_name=_("municipality")
    )
    role = models.CharField(_("role"), max_length=12, choices=Role, default=Role.PARTICIPANT)
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("to"), null=True, blank=True)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        ordering = ["initiative__area__position", "initiative__title", "municipality__sort_order"]
        constraints = [
            models.UniqueConstraint(
                fields=["initiative", "municipality"],
                name="participation_once",
                violation_error_message=_("The municipality already takes part in this initiative."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="participation_period_forward",
                violation_error_message=_("The period ends before it starts. Check the two dates."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["lead", "partner", "participant"]), name="participation_role_known"
            ),
        ]

    def __str__(self):
        return f"{self.municipality}: {self.initiative}"

    def get_absolute_url(self) -> str:
        """Its cell in the matrix."""
        agreement = self.initiative.area.agreement_id
        return f"{reverse('participation_list')}?aftale={agreement}#{cell_id(self.initiative_id, self.municipality_id)}"


def cell_id(initiative: int, municipality: int) -> str:
    """What the cell of an initiative and a municipality is called on the page of the matrix."""
    return f"participation-{initiative}-{municipality}"


class TargetGroup(RegionalRecord):
    """Whom an activity is for, such as young women who make or play music."""

    culture_region = models.ForeignKey(CultureRegion, on_delete=models.PROTECT, verbose_name=_("culture region"))
    name = models.CharField(_("name"), max_length=150)

    class Meta:
        verbose_name = _("target group")
        verbose_name_plural = _("target groups")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["culture_region", "name"],
                name="targetgroup_name_unique",
                violation_error_message=_("The culture region already has a target group of this name."),
            )
        ]

    def __str__(self):
        return self.name


class Activity(LockedByDay, RegionalRecord):
    """One thing that took place, on a date, in one or more municipalities."""

    REGION = "initiative__area__agreement__culture_region"
    DAY = "held_on"

    initiative = models.ForeignKey(
        Initiative, on_delete=models.PROTECT, related_name="activities", verbose_name=_("initiative")
    )
    title = models.CharField(_("title"), max_length=150)
    held_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=150, blank=True)
    municipalities = models.ManyToManyField(Municipality, related_name="activities", verbose_name=_("municipalities"))
    attendance = models.PositiveIntegerField(
        _("attendance"), null=True, blank=True, help_text=_("Empty: nobody has counted.")
    )
    target_groups = models.ManyToManyField(
        TargetGroup, blank=True, related_name="activities", verbose_name=_("target groups")
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)

    _history_m2m_fields = ("municipalities", "target_groups")

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activities")
        ordering = ["-held_on", "-pk"]
        indexes = [models.Index(fields=["initiative", "held_on"], name="activity_initiative_day")]

    def __str__(self):
        return self.title

    def is_editable_by(self, user) -> bool:
        places = {each.pk for each in self.municipalities.all()}
        return access.may_record(user, self.region.pk, places)

    @classmethod
    def is_creatable_by(cls, user) -> bool:
        return access.may_record(user)

    @classmethod
    def deleted_rows(cls, user) -> models.QuerySet:
        """A culture head brings back what has never been held anywhere but in the own municipality."""
        rows = super().deleted_rows(user)
        headed = access.roles(user).headed
        held = cls.history.model.municipalities.model.objects
        for region in {region for region, _municipality in headed}:
            own = [municipality for its_region, municipality in headed if its_region == region]
            here, elsewhere = held.filter(municipality__in=own), held.exclude(municipality__in=own)
            deleted = cls.deleted_in({region})
            rows |= deleted.filter(id__in=here.values("activity")).exclude(id__in=elsewhere.values("activity"))
        return rows


class StoryQuerySet(RegionalQuerySet):
    def visible_to(self, user):
        """Editors see every story of their region; other readers see what is published by today."""
        published = Q(published_on__lte=timezone.localdate())
        mine = Q(**{f"{self.model.REGION}__in": access.roles(user).edited})
        return super().visible_to(user).filter(published | mine)


class Story(RegionalRecord):
    """A good story (god historie) from one municipality, with a picture or without."""

    REGION = "initiative__area__agreement__culture_region"

    initiative = models.ForeignKey(
        Initiative, on_delete=models.PROTECT, related_name="stories", verbose_name=_("initiative")
    )
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="stories", verbose_name=_("municipality")
    )
    title = models.CharField(_("title"), max_length=150)
    text = models.TextField(_("text"), max_length=LONG_TEXT)
    picture = models.ImageField(_("picture"), upload_to="stories/%Y/", blank=True)
    picture_text = models.CharField(_("text for those who cannot see the picture"), max_length=300, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True, help_text=_("Empty: not published."))

    objects = StoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("story")
        verbose_name_plural = _("stories")
        ordering = ["-published_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(picture="") | ~Q(picture_text=""),
                name="story_picture_described",
                violation_error_message=_("Describe the picture for those who cannot see it."),
            )
        ]

    def __str__(self):
        return self.title
