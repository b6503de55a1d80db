"""What took place that somebody may have to account for: who came in, who was let in, what went out.

Rows are added and never changed: nothing in the portal edits or deletes them. Two things touch old rows, both in
`kulturmetropol.privacy`: the retention command deletes those whose time is over, and erasing a person takes the name
out. The model holds this, and the database does not: it has no trigger, so who may write to
the database itself can change rows.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agreements import access

from .region import CultureRegion, RoleGrant


class AppendOnlyError(TypeError):
    """A row of the audit log was about to be changed or deleted."""


def users_of(regions: Collection[int]) -> list[models.QuerySet]:
    """The keys of those who belong to the regions, in three queries to put into another."""
    from .bodies import Person  # bodies are read after this

    granted = RoleGrant.objects.filter(culture_region__in=regions).values("user")
    posted = Person.objects.filter(culture_region__in=regions, user__isnull=False).values("user")
    once = AuditEvent._base_manager.filter(region__in=regions, subject__isnull=False).values("subject")
    return [granted, posted, once]


class AuditEventQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Events of the regions that the user administers, those of their people, and those of the whole portal.

        Somebody belongs to a region by a role or a post there, a past one as well, or by an event of the region. What
        superusers do who belong to none is for superusers to see.
        """
        if user.is_superuser:
            return self
        regions = access.roles(user).administered
        if not regions:
            return self.none()
        people = Q()
        for users in users_of(regions):
            people |= Q(by__in=users) | Q(subject__in=users)
        of_the_portal = Q(by__isnull=True, by_name="", subject__isnull=True)
        return self.filter(Q(region__in=regions) | Q(region__isnull=True) & (people | of_the_portal))

    def about_somebody(self, user):
        return self.filter(Q(by=user) | Q(subject=user))

    def older_than(self, moment: datetime):
        """But for what tells that an issued memo still is the one that was issued."""
        return self.filter(at__lt=moment).exclude(kind__in=AuditEvent.OF_MEMOS)

    def update(self, **fields):
        raise AppendOnlyError("The audit log is only added to.")

    def delete(self):
        raise AppendOnlyError("The audit log is only added to.")

    def bulk_update(self, *arguments, **more):
        raise AppendOnlyError("The audit log is only added to.")

    def delete_expired(self) -> int:
        """What the retention command alone calls. Returns how many rows went."""
        return super().delete()[0]

    def rename(self, **names: str) -> int:
        """What erasing a person alone calls: other words in place of a name."""
        return super().update(**names)


def kinds() -> list[tuple[str, str]]:
    """A function, so that a new kind needs no migration."""
    return AuditEvent.Kind.choices


class AuditEvent(models.Model):
    class Kind(models.TextChoices):
        LOGIN = "login", _("Login")
        LOGIN_FAILED = "login_failed", _("Login failed")
        LOGOUT = "logout", _("Logout")
        SESSION_ENDED = "session_ended", _("Session ended")
        PASSWORD_CHANGED = "password_changed", _("Password changed")
        EMAIL_CHANGED = "email_changed", _("E-mail address changed")
        SECOND_FACTOR_ADDED = "second_factor_added", _("Second factor added")
        SECOND_FACTOR_REMOVED = "second_factor_removed", _("Second factor removed")
        SECOND_FACTOR_RESET = "second_factor_reset", _("Second factor reset by an admin")
        RECOVERY_CODES_MADE = "recovery_codes_made", _("Recovery codes made anew")
        USER_INVITED = "user_invited", _("User invited")
        INVITATION_WITHDRAWN = "invitation_withdrawn", _("Invitation withdrawn")
        INVITATION_ACCEPTED = "invitation_accepted", _("Invitation accepted")
        USER_CREATED = "user_created", _("User created")
        USER_CHANGED = "user_changed", _("User changed")
        USER_CLOSED = "user_closed", _("User closed")
        USER_OPENED = "user_opened", _("User opened again")
        ROLE_GIVEN = "role_given", _("Role given")
        ROLE_CHANGED = "role_changed", _("Role changed")
        ROLE_TAKEN = "role_taken", _("Role taken away")
        POST_GIVEN = "post_given", _("Post given")
        POST_CHANGED = "post_changed", _("Post changed")
        POST_ENDED = "post_ended", _("Post ended")
        POST_DELETED = "post_deleted", _("Post deleted")
        MEMO_ISSUED = "memo_issued", _("Memo issued")
        MEMO_WITHDRAWN = "memo_withdrawn", _("Memo withdrawn")
        LIST_EXPORTED = "list_exported", _("List exported")
        PERSONAL_LIST_EXPORTED = "personal_list_exported", _("List with personal data exported")
        PERSON_EXPORTED = "person_exported", _("One person's data handed out")
        PERSON_ERASED = "person_erased", _("Person erased")
        RETENTION_RUN = "retention_run", _("Retention run")
        BACKUP_RESTORED = "backup_restored", _("Backup restored")

    TOPICS: ClassVar[dict[str, tuple[Any, tuple[Kind, ...]]]] = {
        "login": (
            _("Logins"),
            (
                Kind.LOGIN,
                Kind.LOGIN_FAILED,
                Kind.LOGOUT,
                Kind.SESSION_ENDED,
                Kind.PASSWORD_CHANGED,
                Kind.EMAIL_CHANGED,
                Kind.SECOND_FACTOR_ADDED,
                Kind.SECOND_FACTOR_REMOVED,
                Kind.SECOND_FACTOR_RESET,
                Kind.RECOVERY_CODES_MADE,
            ),
        ),
        "rettigheder": (
            _("Users and rights"),
            (
                Kind.USER_INVITED,
                Kind.INVITATION_WITHDRAWN,
                Kind.INVITATION_ACCEPTED,
                Kind.USER_CREATED,
                Kind.USER_CHANGED,
                Kind.USER_CLOSED,
                Kind.USER_OPENED,
                Kind.ROLE_GIVEN,
                Kind.ROLE_CHANGED,
                Kind.ROLE_TAKEN,
                Kind.POST_GIVEN,
                Kind.POST_CHANGED,
                Kind.POST_ENDED,
                Kind.POST_DELETED,
            ),
        ),
        "persondata": (
            _("Personal data that went out or was erased"),
            (Kind.PERSONAL_LIST_EXPORTED, Kind.PERSON_EXPORTED, Kind.PERSON_ERASED),
        ),
    }

    OF_MEMOS = (Kind.MEMO_ISSUED, Kind.MEMO_WITHDRAWN)

    at = models.DateTimeField(_("time"), default=timezone.now, editable=False)
    kind = models.CharField(_("event"), max_length=32, choices=kinds)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("by"),
    )
    by_name = models.CharField(_("name of the one who did it"), max_length=254, blank=True)
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("whom it is about"),
    )
    region = models.ForeignKey(
        CultureRegion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("culture region"),
    )
    about = models.CharField(_("about"), max_length=300, blank=True)
    details = models.JSONField(_("details"), default=dict, blank=True)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="auditevent_newest"),
            models.Index(fields=["region", "-at"], name="auditevent_of_region"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(kind=""), name="auditevent_has_kind"),
            models.CheckConstraint(condition=Q(by__isnull=True) | ~Q(by_name=""), name="auditevent_by_named"),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.about}" if self.about else self.get_kind_display()

    def save(self, *arguments, **more):
        if self.pk is not None:
            raise AppendOnlyError("The audit log is only added to.")
        super().save(*arguments, **{**more, "force_insert": True})

    def delete(self, *arguments, **more):
        raise AppendOnlyError("The audit log is only added to.")

    @property
    def person_id(self) -> int | None:
        """The person of the agreement that it is about, where it names one."""
        return self.details.get("person")

    @property
    def rows(self) -> int | None:
        """How many rows went out."""
        return self.details.get("rows")

    @property
    def request_id(self) -> str:
        """By which the lines of the log are found."""
        return self.details.get("request_id", "")

    @classmethod
    def is_readable_by(cls, user) -> bool:
        return access.may_administer(user)

    @classmethod
    def is_creatable_by(cls, user) -> bool:
        return False
