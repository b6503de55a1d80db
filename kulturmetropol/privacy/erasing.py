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
from agreements.models import AuditEvent, ChosenAgreement, OutgoingMail, Person, Post, RoleGrant, UserInvitation
from kulturmetropol.accounts import sessions
from kulturmetropol.accounts.models import CalendarSecret, User
from kulturmetropol.privacy.subjects import Subject

# what a user has and nobody needs afterwards
OF_USERS: tuple[Any, ...] = (Authenticator, SocialAccount, CalendarSecret, ChosenAgreement)
NOBODY = "slettet.invalid"
TEXTS_OF_MAILS = ("subject", "body", "error")


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
    mails_naming: int = 0
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
        history=_history(subject).count(),
        earlier_texts=sum(1 for _found in subject.earlier_mentions()),
        places=len(sessions.places(user, None)) if user else 0,
        subscriptions=_subscriptions(subject).count(),
        mails=_mails(subject).count(),
        mails_naming=len(_mails_naming(subject)),
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
    _erase_from_mails(subject)
    _invitations(subject).delete()
    _history(subject).update(name=name, email="", user=None)
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
    found = Q(pk__in=subject.events().order_by().values("pk"))
    for word in subject.words:
        named = Q(about__icontains=word)
        found |= named if subject.regions is None else named & Q(region__in=subject.regions)
    return AuditEvent.objects.filter(found)


def _history(subject: Subject) -> models.QuerySet:
    """Of the person, and of people who were deleted and had the same name or address."""
    rows = Person.history.model.objects  # type: ignore[attr-defined]
    twins = Q(pk__in=[])
    for word in subject.words:
        twins |= Q(name__iexact=word) | Q(email__iexact=word)
    found = twins & subject.in_regions(Person) & ~Q(id__in=Person.objects.values("pk"))
    return rows.filter(found | Q(id=subject.person.pk) if subject.person else found)


def _subscriptions(subject: Subject) -> models.QuerySet:
    return _of_addresses(apps.get_model("outreach", "Subscription"), "email", subject)


def _mails(subject: Subject) -> models.QuerySet:
    return _of_addresses(OutgoingMail, "recipient", subject)


def _mails_naming(subject: Subject) -> list[OutgoingMail]:
    """Mail of others that tells of the subject, or to which the subject was to have the answers."""
    others = OutgoingMail.objects.filter(subject.in_regions(OutgoingMail)).exclude(pk__in=_mails(subject).values("pk"))
    found = ~Q(calendar="")  # its lines are broken anywhere
    for word in subject.words:
        for name in ("reply_to", *TEXTS_OF_MAILS):
            found |= Q(**{f"{name}__icontains": word})
    return [mail for mail in others.filter(found) if any(map(subject.is_in, _said(mail)))]


def _said(mail: OutgoingMail) -> list[str]:
    texts = [getattr(mail, name) for name in TEXTS_OF_MAILS]
    return [*texts, mail.reply_to, _unfolded(mail.calendar)]


def _unfolded(calendar: str) -> str:
    return calendar.replace("\r\n ", "")


def _erase_from_mails(subject: Subject) -> None:
    for mail in _mails_naming(subject):
        for name in TEXTS_OF_MAILS:
            setattr(mail, name, subject.without(getattr(mail, name))[: OutgoingMail._meta.get_field(name).max_length])
        if subject.is_in(mail.reply_to):
            mail.reply_to = ""
        if subject.is_in(_unfolded(mail.calendar)):
            mail.calendar = ""
        mail.save(update_fields=["reply_to", "calendar", *TEXTS_OF_MAILS])


def _of_addresses(model: Any, path: str, subject: Subject) -> models.QuerySet:
    found = Q(pk__in=[])
    for email in subject.emails | subject.former_emails:
        found |= Q(**{f"{path}__iexact": email})
    return model._base_manager.filter(found).filter(subject.in_regions(model))


def _invitations(subject: Subject) -> models.QuerySet:
    (rows,) = [rows for rows in subject.own_rows() if rows.model is UserInvitation]
    return rows | _of_addresses(UserInvitation, "email", subject)


def _erase_person(person: Person, name: str) -> None:
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
