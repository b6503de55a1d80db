"""Erasing a person: the name goes, and what took place stays. It cannot be undone, so it is shown before it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements import audit, users
from agreements.audit import Kind
from agreements.models import AuditEvent, ChosenAgreement, OutgoingMail, Person, Post, RoleGrant
from kulturmetropol.accounts import sessions
from kulturmetropol.accounts.models import CalendarSecret, User
from kulturmetropol.privacy.subjects import Subject

# what a user has and nobody needs afterwards
OF_USERS: tuple[Any, ...] = (Authenticator, SocialAccount, CalendarSecret, ChosenAgreement)
NOBODY = "slettet.invalid"


@dataclass
class Plan:
    """What erasing would do, in numbers; `mentions` are the records that somebody has to edit."""

    subject: Subject
    posts: int = 0
    current_posts: int = 0
    named_on: int = 0
    history: int = 0
    earlier_texts: int = 0
    places: int = 0
    subscriptions: int = 0
    mails: int = 0
    events: int = 0
    mentions: list[tuple[models.Model, list[Any]]] = field(default_factory=list)


def plan(subject: Subject) -> Plan:
    person, user = subject.person, subject.user
    posts = Post.objects.filter(person=person) if person else Post.objects.none()
    return Plan(
        subject=subject,
        posts=posts.count(),
        current_posts=posts.current(timezone.localdate()).count(),
        named_on=sum(1 for _found in subject.named_on()),
        history=_history(person).count(),
        earlier_texts=sum(1 for _found in subject.earlier_mentions()),
        places=len(sessions.places(user, None)) if user else 0,
        subscriptions=_subscriptions(subject).count(),
        mails=_mails(subject).count(),
        events=_events(subject).count(),
        mentions=list(subject.mentions()),
    )


def refusal(subject: Subject, by: User) -> str:
    """Why this admin cannot erase the subject; empty where nothing stands in the way."""
    user = subject.user
    if user is None:
        return ""
    if user.pk == by.pk:
        return _("You cannot erase yourself. Ask another admin to do it.")
    if user.is_superuser:
        return _("This account runs the whole portal. Whoever runs the server closes it.")
    if not users.has_whole_account(by, user):
        return _(
            "The account belongs to another culture region too. Ask its admins, or whoever runs the server, to do it."
        )
    return ""


@transaction.atomic
def erase(*, subject: Subject, by: User | None) -> str:
    """Take the name and the addresses of the subject out of the portal; returns what stands in their place.

    Current texts stay as they are: a person edits them. Raises `ValidationError` where it must not be, as for the last
    admin.
    """
    name, region = subject.placeholder, subject.region
    if subject.user:
        _close(subject.user, by)
    _erase_texts(subject)
    _erase_events(subject)
    _subscriptions(subject).delete()
    _mails(subject).delete()
    _invitations(subject).delete()
    if subject.person:
        _erase_person(subject.person, name)
    if subject.user:
        _erase_user(subject.user, name)
    details = {"person": subject.person.pk} if subject.person else {}
    audit.record(Kind.PERSON_ERASED, by=by, subject=subject.user, region=region, about=name, details=details)
    return name


def _close(user: User, by: User | None) -> None:
    if by is None:
        if user.is_active:
            raise ValidationError(_("The account is open. Close it first."))
    elif user.is_active:
        users.close(user=user, by=by)


def _erase_texts(subject: Subject) -> None:
    for row, fields in subject.earlier_mentions():
        for each in fields:
            setattr(row, each.name, subject.without(getattr(row, each.name))[: each.max_length])
        row.save(update_fields=[each.name for each in fields])


def _erase_events(subject: Subject) -> None:
    for event in _events(subject):
        changed = {"about": subject.without(event.about)[:300]}
        if subject.user and event.by_id == subject.user.pk:
            changed["by_name"] = subject.placeholder
        AuditEvent.objects.filter(pk=event.pk).rename(**changed)


def _events(subject: Subject) -> models.QuerySet[AuditEvent]:
    found = Q(pk__in=[])
    if subject.user:
        found |= Q(by=subject.user) | Q(subject=subject.user)
    for word in subject.words:
        found |= Q(about__icontains=word)
    return AuditEvent.objects.filter(found)


def _history(person: Person | None) -> models.QuerySet:
    return Person.history.model.objects.filter(id=person.pk if person else None)  # type: ignore[attr-defined]


def _subscriptions(subject: Subject) -> models.QuerySet:
    return _of_addresses(apps.get_model("outreach", "Subscription"), "email", subject)


def _mails(subject: Subject) -> models.QuerySet:
    return _of_addresses(OutgoingMail, "recipient", subject)


def _of_addresses(model: Any, path: str, subject: Subject) -> models.QuerySet:
    found = Q(pk__in=[])
    for email in subject.emails:
        found |= Q(**{f"{path}__iexact": email})
    if subject.regions is not None:
        found &= Q(culture_region__in=subject.regions)
    return model._base_manager.filter(found)


def _invitations(subject: Subject) -> models.QuerySet:
    (rows,) = [rows for rows in subject.own_rows() if rows.model._meta.model_name == "userinvitation"]
    return rows


def _erase_person(person: Person, name: str) -> None:
    _history(person).update(name=name, email="", user=None)
    person.name, person.email, person.user = name, "", None
    person.version += 1  # a form that somebody has open meets a conflict
    person.save_without_historical_record(update_fields=["name", "email", "user", "version"])


def _erase_user(user: User, name: str) -> None:
    RoleGrant.objects.filter(user=user).delete()
    for model in OF_USERS:
        model.objects.filter(user=user).delete()
    sessions.end(user)
    user.name, user.email = name, f"slettet-{user.pk}@{NOBODY}"
    user.set_unusable_password()
    user.is_active, user.wants_digest, user.last_login = False, False, None
    user.save()
    EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
