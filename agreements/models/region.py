"""The tenant, the register of municipalities that all tenants share, and who has which role where."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agreements import access, choosing


class CultureRegionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(pk__in=access.roles(user).read)

    def editable_by(self, user):
        return self.filter(pk__in=access.roles(user).edited)

    def administered_by(self, user):
        return self.filter(pk__in=access.roles(user).administered)

    def beside(self, record, user):
        """The region that a form is about, as other records have it."""
        options = choosing.choices(user)
        choice = (record and options.of(record)) or options.chosen
        return self.filter(pk=choice.region.pk) if choice and options.has_several else self


class CultureRegion(models.Model):
    """The municipalities of one agreement together; every record belongs to one."""

    name = models.CharField(_("name"), max_length=100)
    slug = models.SlugField(_("slug"), unique=True)
    wordmark = models.CharField(
        _("name in headings"),
        max_length=100,
        blank=True,
        help_text=_("As the region spells it in headings; empty: as the name."),
    )
    has_demo_data = models.BooleanField(_("has made-up demo data"), default=False)

    objects = CultureRegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("culture region")
        verbose_name_plural = _("culture regions")
        ordering = ["name"]

    def __str__(self):
        return self.name

    @property
    def belongs_to(self):
        return self, None

    @property
    def heading(self) -> str:
        return self.wordmark or self.name


class RoleGrant(models.Model):
    """A role that is given to a user; chairs and culture heads have theirs from a `Post` instead."""

    class Role(models.TextChoices):
        ADMIN = access.ADMIN, _("Admin")
        STAFF = access.STAFF, _("Secretariat")
        GUEST = access.GUEST, _("Guest")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="role_grants", verbose_name=_("user")
    )
    culture_region = models.ForeignKey(CultureRegion, on_delete=models.CASCADE, verbose_name=_("culture region"))
    role = models.CharField(_("role"), max_length=10, choices=Role)
    municipality = models.ForeignKey(
        "Municipality", null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("municipality")
    )

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "culture_region"],
                name="rolegrant_one_per_user_and_region",
                violation_error_message=_("The user already has a role in this culture region."),
            ),
            models.CheckConstraint(
                condition=Q(role=access.GUEST, municipality__isnull=False)
                | (~Q(role=access.GUEST) & Q(municipality__isnull=True)),
                name="rolegrant_guest_has_municipality",
                violation_error_message=_("A guest belongs to a municipality, staff and admins to none."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=[access.ADMIN, access.STAFF, access.GUEST]), name="rolegrant_role_known"
            ),
        ]

    def __str__(self):
        return f"{self.user}: {self.get_role_display()}"


class MunicipalityQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if access.may_read(user) else self.none()


class Municipality(models.Model):
    """One of Denmark's 98 municipalities, from the register; no portal page changes it."""

    code = models.CharField(_("municipality code"), max_length=4, unique=True)
    name = models.CharField(_("name"), max_length=80, unique=True)
    region = models.CharField(_("region"), max_length=40)
    population = models.PositiveIntegerField(_("inhabitants"))
    population_date = models.DateField(_("inhabitants on"))
    latitude = models.DecimalField(_("latitude"), max_digits=6, decimal_places=3)
    longitude = models.DecimalField(_("longitude"), max_digits=6, decimal_places=3)
    tile_label = models.CharField(_("label on the map"), max_length=3, unique=True)
    tile_column = models.PositiveSmallIntegerField(_("column on the map"))
    tile_row = models.PositiveSmallIntegerField(_("row on the map"))
    sort_order = models.PositiveSmallIntegerField(_("place in the Danish alphabet"))

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("municipality")
        verbose_name_plural = _("municipalities")
        ordering = ["sort_order"]
        constraints = [
            models.UniqueConstraint(fields=["tile_column", "tile_row"], name="municipality_own_tile"),
            models.CheckConstraint(condition=Q(population__gt=0), name="municipality_population_positive"),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self) -> str:
        from django.urls import reverse  # the URLs are read after the models

        return reverse("municipality_detail", args=[self.code])

    @classmethod
    def is_readable_by(cls, user) -> bool:
        return access.may_read(user)

    @classmethod
    def is_creatable_by(cls, user) -> bool:
        return False

    def is_editable_by(self, user) -> bool:
        return False

    def why_locked(self) -> str:
        return ""


class LoadedRecord(models.Model):
    """What the loader has once made, by its key in the data file. It is never made again: edits and deletions stand."""

    key = models.CharField(max_length=200, unique=True)
    model = models.CharField(max_length=100)
    object_id = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("loaded record")
        verbose_name_plural = _("loaded records")

    def __str__(self):
        return self.key
