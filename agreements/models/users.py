"""Users as an admin of their culture region meets them, and the invitations by which they come in."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agreements import access
from kulturmetropol.accounts.models import User

from .base import RegionalQuerySet
from .bodies import Person, Post
from .region import CultureRegion, Municipality, RoleGrant


class PortalUserQuerySet(models.QuerySet):
    def visible_to(self, user: User):
        """The users of the regions that the user administers: those with a role there, or who are a person there."""
        return self if user.is_superuser else self.of_regions(access.roles(user).administered)

    def of_regions(self, regions: set[int]):
        granted = RoleGrant.objects.filter(user=OuterRef("pk"), culture_region__in=regions)
        known = Person.objects.filter(user=OuterRef("pk"), culture_region__in=regions)
        return self.filter(Exists(granted) | Exists(known))


class PortalUser(User):
    """A user on the pages of admins."""

    objects = PortalUserQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        proxy = True
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name", "email"]

    def get_absolute_url(self) -> str:
        from django.urls import reverse  # the URLs are read after the models

        return reverse("portaluser_detail", args=[self.pk])

    @classmethod
    def is_readable_by(cls, user: User) -> bool:
        return access.may_administer(user)

    @classmethod
    def is_creatable_by(cls, user: User) -> bool:
        """Nobody makes users: people are invited."""
        return False

    def is_editable_by(self, user: User) -> bool:
        return access.may_administer(user)

    def why_locked(self) -> str:
        return ""


class UserInvitationQuerySet(RegionalQuerySet):
    def visible_to(self, user: User):
        return self.administered_by(user)

    def open(self):
        """Neither accepted nor withdrawn; one that has run out is among them, and can be sent again."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True)

    def locked(self, invitation: UserInvitation) -> UserInvitation:
        """As it stands by now; nobody else accepts, sends or withdraws it meanwhile."""
        return self.select_for_update(no_key=True).get(pk=invitation.pk)

    def in_state(self, state: str, now: datetime):
        states = UserInvitation.State
        return {
            states.WAITING: self.open().filter(expires_at__gt=now),
            states.EXPIRED: self.open().filter(expires_at__lte=now),
            states.ACCEPTED: self.filter(accepted_at__isnull=False),
            states.WITHDRAWN: self.filter(withdrawn_at__isnull=False),
        }[states(state)]


class UserInvitation(models.Model):
    """A link by mail that lets one person in, in one role, for some days.

    The link holds a token of 256 random bits. Its hash alone is kept, so a copy of the database lets nobody in.
    """

    REGION = "culture_region"

    class Role(models.TextChoices):
        STAFF = access.STAFF, _("Secretariat")
        ADMIN = access.ADMIN, _("Admin")
        GUEST = access.GUEST, _("Guest")
        POST = "post", _("Chair or culture head")

    class State(models.TextChoices):
        WAITING = "venter", pgettext_lazy("invitation", "Waiting")
        ACCEPTED = "accepteret", pgettext_lazy("invitation", "Accepted")
        EXPIRED = "udloebet", pgettext_lazy("invitation", "Run out")
        WITHDRAWN = "trukket", pgettext_lazy("invitation", "Withdrawn")

    culture_region = models.ForeignKey(
        CultureRegion, on_delete=models.CASCADE, related_name="user_invitations", verbose_name=_("culture region")
    )
    email = models.EmailField(_("e-mail"), max_length=254)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=10, choices=Role)
    municipality = models.ForeignKey(
        Municipality, null=True, blank=True, on_delete=models.PROTECT, verbose_name=_("municipality")
    )
    person = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="user_invitations",
        verbose_name=_("person"),
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("invited by"),
    )
    token_hash = models.CharField(_("hash of the token"), max_length=64, unique=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    times_sent = models.PositiveSmallIntegerField(_("times sent"), default=1)
    expires_at = models.DateTimeField(_("ends"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="accepted_invitations",
        verbose_name=_("accepted by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = UserInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to the portal")
        verbose_name_plural = _("invitations to the portal")
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                F("culture_region"),
                condition=Q(accepted_at__isnull=True, withdrawn_at__isnull=True),
                name="userinvitation_one_open",
                violation_error_message=_(
                    "This address has an invitation that is open. Send it again, or withdraw it first."
                ),
            ),
            models.CheckConstraint(
                condition=Q(role__in=["staff", "admin", "guest", "post"]), name="userinvitation_role"
            ),
            models.CheckConstraint(
                condition=Q(role="guest", municipality__isnull=False)
                | (~Q(role="guest") & Q(municipality__isnull=True)),
                name="userinvitation_guest_has_municipality",
                violation_error_message=_("A guest belongs to a municipality, staff and admins to none."),
            ),
            models.CheckConstraint(
                condition=Q(role="post", person__isnull=False) | (~Q(role="post") & Q(person__isnull=True)),
                name="userinvitation_post_has_person",
                violation_error_message=_("Choose the person who is chair or culture head, or write the post."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True) | Q(withdrawn_at__isnull=True), name="userinvitation_one_end"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("sent_at")), name="userinvitation_ends_later"),
        ]

    def __str__(self):
        return f"{self.name} ({self.email})"

    def get_absolute_url(self) -> str:
        from django.urls import reverse  # the URLs are read after the models

        return reverse("userinvitation_detail", args=[self.pk])

    @classmethod
    def agreement_path(cls) -> str:
        return ""

    @property
    def mail_key(self) -> str:
        """What the keys of its mails begin with."""
        return f"user-invitation-{self.pk}-"

    @property
    def belongs_to(self):
        return self.culture_region, None

    @classmethod
    def is_readable_by(cls, user: User) -> bool:
        return access.may_administer(user)

    @classmethod
    def is_creatable_by(cls, user: User) -> bool:
        return access.may_administer(user)

    def is_editable_by(self, user: User) -> bool:
        return access.may_administer(user, self.culture_region_id)

    def why_locked(self) -> str:
        return ""

    @property
    def state(self) -> State:
        if self.accepted_at:
            return self.State.ACCEPTED
        if self.withdrawn_at:
            return self.State.WITHDRAWN
        return self.State.WAITING if self.expires_at > timezone.now() else self.State.EXPIRED

    @property
    def is_open(self) -> bool:
        return self.accepted_at is None and self.withdrawn_at is None

    def new_token(self) -> str:
        """A new token, in place of the one before. It is in what is returned, and nowhere else."""
        token = secrets.token_urlsafe(32)
        self.token_hash = self.hash_of(token)
        return token

    @staticmethod
    def hash_of(token: str) -> str:
        return hashlib.sha256(token.encode()).hexdigest()

    def posts(self) -> models.QuerySet[Post]:
        """What a chair or culture head is invited as: the posts that give rights, now or from a day to come."""
        readers = Post.objects.filter(person=self.person_id, kind__in=access.READING_POSTS)
        today = timezone.localdate()
        return readers.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today)).order_by("starts_on", "pk")
