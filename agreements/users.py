"""What admins do to the users of their culture region: roles, accounts, second factors, sessions.

An account may belong to several regions. What touches the account itself (its address, its second factor, whether it
is open) is for those who administer all of them: whoever sets the address reads the mail that lets one in.
"""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import access, audit, outbox
from agreements.models import CultureRegion, Municipality, Person, RoleGrant, UserInvitation
from kulturmetropol.accounts import sessions
from kulturmetropol.accounts.models import User

Kind = audit.Kind
RANKS = (access.GUEST, access.STAFF, access.ADMIN)  # the lowest first
ADDRESS_CHANGED = "email_changed"


# --- who may do what --------------------------------------------------------------------------------------------------


def regions_of(user: User) -> set[int]:
    """The culture regions that an account belongs to: by a role, or by being a person there."""
    granted = RoleGrant.objects.filter(user=user).values_list("culture_region", flat=True)
    known = Person.objects.filter(user=user).values_list("culture_region", flat=True)
    return {*granted, *known}


def shared_regions(user: User, admin: User) -> set[int]:
    """Those of the account's regions that this admin administers."""
    return regions_of(user) & access.roles(admin).administered


def has_whole_account(admin: User, user: User) -> bool:
    """May the admin change the account itself: all of its regions are the admin's own, and it is no superuser's."""
    if admin.is_superuser:
        return True
    return not user.is_superuser and regions_of(user) <= access.roles(admin).administered


def _require_whole_account(admin: User, user: User) -> None:
    if not has_whole_account(admin, user):
        raise ValidationError(
            _("This account belongs to another culture region too, so one admin alone does not change it.")
        )


# --- roles ------------------------------------------------------------------------------------------------------------


def grant_of(user: User, region: CultureRegion) -> RoleGrant | None:
    grants = RoleGrant.objects.select_related("municipality")
    return grants.filter(user=user, culture_region=region).first()


def mark_of(grant: RoleGrant | None) -> str:
    """What a form was opened on: the role and the municipality, so that a second admin's change is noticed."""
    return f"{grant.role}-{grant.municipality_id or ''}" if grant else ""


@transaction.atomic
def set_role(
    *, user: User, region: CultureRegion, role: str, municipality: Municipality | None, seen: str, by: User
) -> bool:
    """Give the user this role in the region, another one than before, or none (an empty `role`).

    False, and nothing done, where the role is no longer the one that the admin saw (`seen`). Raises `ValidationError`
    for what must not be: the last admin, one's own role as admin, a guest of no municipality.
    """
    lock(region)
    grant = grant_of(user, region)
    if mark_of(grant) != seen:
        return False
    if grant and grant.role == RoleGrant.Role.ADMIN and role != RoleGrant.Role.ADMIN:
        _require_not_oneself(user, by, _("You cannot take your own role as admin away. Ask another admin to do it."))
        _require_another_admin(user, region)
    _give(user, region, role, municipality, grant=grant, by=by)
    return True


def lock(region: CultureRegion) -> None:
    """Of two admins who take each other's role away, the second waits here, and finds only one left.

    Take it before the lock of an invitation: whoever takes a role away ends invitations afterwards.
    """
    CultureRegion.objects.select_for_update(no_key=True).get(pk=region.pk)


def _require_not_oneself(user: User, by: User | None, words: str) -> None:
    if by is not None and user.pk == by.pk:
        raise ValidationError(words)


def _require_another_admin(user: User, region: CultureRegion) -> None:
    others = RoleGrant.objects.filter(culture_region=region, role=RoleGrant.Role.ADMIN, user__is_active=True)
    if not others.exclude(user=user).exists():
        what = {"user": user, "region": region}
        raise ValidationError(_("%(user)s is the last admin of %(region)s. Make somebody else admin first.") % what)


def give_role(*, user: User, region: CultureRegion, role: str, municipality: Municipality | None, by: User) -> None:
    """The role that an accepted invitation gives, unless the user has got one since that is no lower.

    Call it inside a transaction that has locked the region.
    """
    grant = grant_of(user, region)
    if grant is None or RANKS.index(role) > RANKS.index(grant.role):
        _give(user, region, role, municipality, grant=grant, by=by)


def _give(
    user: User,
    region: CultureRegion,
    role: str,
    municipality: Municipality | None,
    *,
    grant: RoleGrant | None,
    by: User | None,
) -> None:
    said: dict[str, Any] = {"by": by, "subject": user, "region": region}
    if not role:
        if grant:
            grant.delete()
            audit.record(Kind.ROLE_TAKEN, about=in_words(grant), details={"role": grant.role}, **said)
            _withdraw_all(_waiting(user, {region.pk}).exclude(role=UserInvitation.Role.POST), by)
        return
    before = {"role": grant.role, "municipality": grant.municipality_id} if grant else {}
    given = grant or RoleGrant(user=user, culture_region=region)
    given.role, given.municipality = role, municipality
    given.full_clean()
    now = {"role": given.role, "municipality": given.municipality_id}
    if before == now:
        return
    given.save()
    kind = Kind.ROLE_CHANGED if before else Kind.ROLE_GIVEN
    audit.record(kind, about=in_words(given), details={"before": before, "now": now} if before else now, **said)


@transaction.atomic
def take_role(*, grant: RoleGrant, by: User | None) -> None:
    """Take the role of a guest away; an admin's takes `set_role`."""
    lock(grant.culture_region)
    _give(grant.user, grant.culture_region, "", None, grant=grant, by=by)


def in_words(grant: RoleGrant) -> Any:
    """A text that is put into words where it is read: in the reader's language, and in Danish in the audit log."""
    role = RoleGrant.Role(grant.role).label
    return format_lazy("{}, {}", role, grant.municipality) if grant.municipality else role


# --- the account ------------------------------------------------------------------------------------------------------


@transaction.atomic
def close(*, user: User, by: User) -> bool:
    """Close an account: nobody logs in to it, and its sessions end. False where somebody has closed it already."""
    _require_not_oneself(user, by, _("You cannot close your own account. Ask another admin to do it."))
    _require_whole_account(by, user)
    administered = RoleGrant.objects.filter(user=user, role=RoleGrant.Role.ADMIN).values("culture_region")
    for region in CultureRegion.objects.select_for_update(no_key=True).filter(pk__in=administered).order_by("pk"):
        _require_another_admin(user, region)
    kept = _locked(user)
    if not kept.is_active:
        return False
    kept.is_active, kept.closed_at = False, timezone.now()
    kept.save(update_fields=["is_active", "closed_at"])
    ended = sessions.end(kept)
    _withdraw_all(_waiting(user, regions_of(user)), by)
    _record_of_account(Kind.USER_CLOSED, user, by, details={"sessions": ended})
    return True


@transaction.atomic
def reopen(*, user: User, by: User) -> bool:
    _require_whole_account(by, user)
    kept = _locked(user)
    if kept.is_active:
        return False
    kept.is_active, kept.closed_at = True, None
    kept.save(update_fields=["is_active", "closed_at"])
    _record_of_account(Kind.USER_OPENED, user, by)
    return True


@transaction.atomic
def leave(*, user: User, by: User) -> bool:
    """Take what the user may do in the admin's regions away; the account stays, for it belongs to others too."""
    _require_not_oneself(user, by, _("You cannot close your own account. Ask another admin to do it."))
    done = False
    for region in CultureRegion.objects.filter(pk__in=shared_regions(user, by)).order_by("pk"):
        lock(region)
        if grant := grant_of(user, region):
            if grant.role == RoleGrant.Role.ADMIN:
                _require_another_admin(user, region)
            _give(user, region, "", None, grant=grant, by=by)
            done = True
        for person in Person.objects.filter(user=user, culture_region=region):
            done = unlink(person=person, user=user, by=by) or done
        _withdraw_all(_waiting(user, {region.pk}), by)
    return done


def _locked(user: User) -> User:
    return User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _record_of_account(kind: Kind, user: User, by: User, **more: Any) -> None:
    """In each region that the account belongs to, so that its admins find it; once without one, where there is none."""
    regions: list[CultureRegion | None] = list(CultureRegion.objects.filter(pk__in=regions_of(user)).order_by("pk"))
    for region in regions or [None]:
        audit.record(kind, by=by, subject=user, region=region, **more)


@transaction.atomic
def end_sessions(*, user: User, by: User, but: str | None = None) -> int:
    """End the user's sessions, but the one that asks; returns how many."""
    ended = sessions.end(user, but=but)
    if ended:
        _record_of_account(Kind.SESSION_ENDED, user, by, details={"count": ended})
    return ended


@transaction.atomic
def reset_second_factor(*, user: User, reason: str, by: User) -> bool:
    """Take apps, passkeys and recovery codes of a user away who has lost them, end the sessions, and tell the user.

    False, and nothing done, where there are none.
    """
    _require_not_oneself(user, by, _("You remove your own second step under My account."))
    _require_whole_account(by, user)
    _locked(user)
    removed = Authenticator.objects.filter(user=user)
    kinds = sorted(set(removed.values_list("type", flat=True)))
    if not kinds:
        return False
    removed.delete()
    sessions.end(user)
    _record_of_account(Kind.SECOND_FACTOR_RESET, user, by, about=reason, details={"kinds": kinds})
    _tell(user, user.email, "second_factor_reset", gettext_lazy("Your second step is reset"), by)
    return True


@transaction.atomic
def change_address(*, user: User, name: str, email: str, seen: tuple[str, str], by: User) -> bool:
    """Correct a user's name and address. Both addresses are told, and the user logs in anew.

    False, and nothing done, where they are no longer what the admin saw (`seen`: name and address).
    """
    _require_whole_account(by, user)
    kept = _locked(user)
    before = (kept.name, kept.email)
    if before != seen:
        return False
    kept.name, kept.email = name, User.objects.normalize_email(email)
    kept.full_clean(exclude=["password"])
    kept.save(update_fields=["name", "email"])
    if kept.name != before[0]:
        _record_of_account(Kind.USER_CHANGED, kept, by, about=gettext_lazy("name"))
    if kept.email != before[1]:
        if kept.pk != by.pk:
            sessions.end(kept)
        _record_of_account(Kind.EMAIL_CHANGED, kept, by)
        for address in {before[1].lower(): before[1], kept.email.lower(): kept.email}.values():
            _tell(kept, address, ADDRESS_CHANGED, gettext_lazy("The e-mail address of your account is changed"), by)
    return True


def _tell(user: User, address: str, template: str, subject: Any, by: User) -> None:
    """A mail about what an admin has done. It goes out in the name of a region that both belong to."""
    ours = shared_regions(user, by) or regions_of(user)
    region = CultureRegion.objects.filter(pk__in=ours).order_by("pk").first() or CultureRegion.objects.first()
    if region is None:
        return
    with translation.override(user.language):
        context = {"user": user, "by": by, "region": region, "portal_url": settings.SITE_URL, "when": timezone.now()}
        outbox.post(
            region=region,
            key=f"{template}-{user.pk}-{timezone.now().timestamp()}-{address}"[:200],
            recipient=address,
            subject=str(subject),
            body=render_to_string(f"emails/{template}.txt", context).strip(),
            reply_to=by.email,
        )


# --- people -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def link(*, person: Person, user: User, by: User) -> bool:
    """Let the user be this person, with the rights of the person's posts. False where one of them is taken by now."""
    kept = Person.objects.select_for_update().get(pk=person.pk)
    if kept.user_id or Person.objects.filter(user=user).exists():
        return False
    kept.user = user
    _save_link(kept, gettext_lazy("linked to a person"), user, by)
    return True


@transaction.atomic
def unlink(*, person: Person, user: User, by: User) -> bool:
    """Take the rights of the person's posts from the user. False where somebody has done so already."""
    kept = Person.objects.select_for_update().get(pk=person.pk)
    if kept.user_id != user.pk:
        return False
    kept.user = None
    _save_link(kept, gettext_lazy("no longer linked to a person"), user, by)
    return True


def _save_link(person: Person, about: Any, user: User, by: User) -> None:
    person.save(update_fields=["user"])
    said: dict[str, Any] = {"by": by, "subject": user, "region": person.culture_region}
    audit.record(Kind.USER_CHANGED, about=about, details={"person": person.pk}, **said)


# --- invitations ------------------------------------------------------------------------------------------------------


def invitations_of(user: User, admin: User) -> QuerySet[UserInvitation]:
    """The invitations of the admin's regions by which the user came in, or that wait at the user's address."""
    return UserInvitation.objects.visible_to(admin).filter(Q(accepted_by=user) | Q(email__iexact=user.email))


@transaction.atomic
def withdraw(*, invitation: UserInvitation, by: User | None) -> bool:
    """End an invitation: its link lets nobody in. False where it is not open any more."""
    kept = UserInvitation.objects.locked(invitation)
    if not kept.is_open:
        return False
    kept.withdrawn_at = timezone.now()
    kept.save(update_fields=["withdrawn_at"])
    outbox.take_back(key=kept.mail_key)
    record_invitation(Kind.INVITATION_WITHDRAWN, kept, by=by)
    return True


def record_invitation(kind: Kind, invitation: UserInvitation, *, by: User | None, **more: Any) -> None:
    """`about` says more than the role where it is given, `subject` who the invited user is."""
    ids = {"invitation": invitation.pk, "role": invitation.role, "municipality": invitation.municipality_id}
    details = {name: value for name, value in {**ids, "person": invitation.person_id}.items() if value is not None}
    about = UserInvitation.Role(invitation.role).label
    audit.record(kind, by=by, region=invitation.culture_region, **{"about": about, "details": details, **more})


def _waiting(user: User, regions: set[int]) -> QuerySet[UserInvitation]:
    return UserInvitation.objects.open().filter(email__iexact=user.email, culture_region__in=regions)


def _withdraw_all(invitations: QuerySet[UserInvitation], by: User | None) -> None:
    for each in invitations:
        withdraw(invitation=each, by=by)
