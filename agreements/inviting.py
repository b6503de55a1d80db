"""Inviting people to the portal: a mail with a link that ends, and what its receiver makes of it.

The link is sent by mail, so whoever opens it reads that mailbox: that is why an invitation makes a user without more
ado, and why nobody but the receiver may get it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agreements import audit, outbox, users
from agreements.danish import in_a_row, official_name
from agreements.models import CultureRegion, Municipality, Person, Post, UserInvitation
from kulturmetropol.accounts.models import User

Kind, Role = audit.Kind, UserInvitation.Role


@transaction.atomic
def invite(
    *,
    region: CultureRegion,
    email: str,
    name: str,
    role: str,
    by: User | None,
    municipality: Municipality | None = None,
    person: Person | None = None,
    post: Post | None = None,
    by_mail: bool = True,
) -> tuple[UserInvitation, str]:
    """An invitation and its link, which leaves by mail on commit, unless it is for somebody to hand over.

    `post` is a new one for a chair or culture head: its person is `person`, or made here. Raises `ValidationError` for
    who has the role already, whose invitation is open, and what fits no role.
    """
    if known := why_not(region, email, role):
        raise ValidationError({"email": known})
    if post is not None:
        person = _with_post(region, name, email, person, post)
    invitation = UserInvitation(
        culture_region=region,
        email=email,
        name=name,
        role=role,
        municipality=municipality,
        person=person,
        invited_by=by,
    )
    token = _renew(invitation)
    invitation.full_clean()
    invitation.save()
    users.record_invitation(Kind.USER_INVITED, invitation, by=by)
    if by_mail:
        _mail(invitation, token)
    return invitation, link_of(token)


def why_not(region: CultureRegion, email: str, role: str) -> str:
    """Why this address is not to be invited, in words; empty when it is. It tells of users of this region alone."""
    user = user_at(email)
    if user is None or region.pk not in users.regions_of(user):
        return ""
    if not user.is_active:
        return _("%(user)s has an account that is closed. Open it on the user's page.") % {"user": user}
    if role != Role.POST and (grant := users.grant_of(user, region)):
        what = {"user": user, "role": users.in_words(grant)}
        return _("%(user)s has a role here already: %(role)s. Change it on the user's page.") % what
    if role == Role.POST and Person.objects.filter(user=user).exists():
        return _("%(user)s has an account already. Add the post to the person instead.") % {"user": user}
    return ""


def _with_post(region: CultureRegion, name: str, email: str, person: Person | None, post: Post) -> Person:
    """The person, made where there is none, in the new post."""
    if person is None:
        person = Person(culture_region=region, name=name, email=email)
        person.full_clean()
        person.save()
    post.person = person
    post.full_clean()
    post.save()
    return person


def _renew(invitation: UserInvitation) -> str:
    invitation.sent_at = timezone.now()
    invitation.expires_at = invitation.sent_at + timedelta(days=settings.INVITATION_DAYS)
    return invitation.new_token()


def link_of(token: str) -> str:
    return settings.SITE_URL + reverse("welcome_link", args=[token])


def _mail(invitation: UserInvitation, token: str) -> None:
    with translation.override(User.objects.language_of(invitation.email)):
        context = {
            "invitation": invitation,
            "region": invitation.culture_region,
            "what": in_words(invitation),
            "link": link_of(token),
            "days": settings.INVITATION_DAYS,
        }
        outbox.post(
            region=invitation.culture_region,
            key=f"{invitation.mail_key}{invitation.times_sent}",
            recipient=invitation.email,
            subject=_("You are invited to the portal of %(region)s") % {"region": invitation.culture_region},
            body=render_to_string("emails/user_invitation.txt", context).strip(),
            reply_to=invitation.invited_by.email if invitation.invited_by else "",
            is_secret=True,
        )


def in_words(invitation: UserInvitation) -> str:
    """What one is invited as: «gæst for Gribskov Kommune», «formand for Kultur- og Fritidsudvalget, Rødovre»."""
    if invitation.municipality:
        return _("guest for %(municipality)s") % {"municipality": official_name(invitation.municipality.name)}
    if invitation.role == Role.POST:
        posts = [_post_in_words(post) for post in _posts(invitation)] or [_("chair or culture head")]
        return in_a_row(posts, last=f" {_('and')} ")
    return str({Role.STAFF: _("member of the secretariat"), Role.ADMIN: _("admin")}[Role(invitation.role)])


def _posts(invitation: UserInvitation) -> list[Post]:
    return list(invitation.posts().select_related("body__municipality", "municipality"))


def _post_in_words(post: Post) -> str:
    if post.kind == Post.Kind.CHAIR:
        return _("chair of %(body)s") % {"body": post.place}
    return _("culture head in %(municipality)s") % {"municipality": post.place}


# --- what becomes of it -----------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(*, invitation: UserInvitation, seen: int, by: User) -> bool:
    """A new link, in place of the one before, which ends.

    False, and nothing done, where the invitation is not open any more, or somebody else has just sent it again.
    """
    kept = UserInvitation.objects.locked(invitation)
    if not kept.is_open or kept.times_sent != seen:
        return False
    kept.times_sent += 1
    kept.invited_by = by
    token = _renew(kept)
    outbox.take_back(key=kept.mail_key)
    kept.save(update_fields=["times_sent", "invited_by", "sent_at", "expires_at", "token_hash"])
    users.record_invitation(Kind.USER_INVITED, kept, by=by, about=gettext_lazy("sent again"))
    _mail(kept, token)
    return True


def withdraw_guests(*, region: CultureRegion, municipality: Municipality, by: User | None) -> None:
    """With the case of a municipality end the invitations of its guests."""
    for each in UserInvitation.objects.open().filter(culture_region=region, municipality=municipality, role=Role.GUEST):
        users.withdraw(invitation=each, by=by)


def find(token_hash: str) -> UserInvitation | None:
    invitations = UserInvitation.objects.select_related("culture_region", "municipality", "person", "invited_by")
    return invitations.filter(token_hash=token_hash).first()


def user_at(email: str) -> User | None:
    """Who has an account with this address already."""
    return User.objects.filter(email__iexact=email).first()


@transaction.atomic
def accept(*, invitation: UserInvitation, name: str = "", password: str = "") -> User:
    """The user of the invitation's address, made where there is none, with what one was invited to.

    A user that was there is who has logged in: the caller has seen to it. No role that one has got since is lowered.
    Raises `ValidationError` where the invitation is not waiting any more, or what it gives cannot be given.
    """
    users.lock(invitation.culture_region)
    kept = UserInvitation.objects.locked(invitation)
    if kept.state != UserInvitation.State.WAITING or kept.token_hash != invitation.token_hash:
        raise ValidationError(_("The invitation has just been used, withdrawn or sent again."))
    user = user_at(kept.email)
    if user is None:
        language = translation.get_language() or settings.LANGUAGE_CODE  # the one that they have come in with
        user = User(email=User.objects.normalize_email(kept.email), name=name, language=language)
        user.set_password(password or None)
        user.full_clean(exclude=["password"])
        user.save()
        audit.record(Kind.USER_CREATED, by=user, subject=user, region=kept.culture_region)
    if kept.person:
        if not users.link(person=kept.person, user=user, by=user):
            raise ValidationError(_("The invitation does not fit your account any more. Write to who has invited you."))
    else:
        users.give_role(user=user, region=kept.culture_region, role=kept.role, municipality=kept.municipality, by=user)
    kept.accepted_at, kept.accepted_by = timezone.now(), user
    kept.save(update_fields=["accepted_at", "accepted_by"])
    users.record_invitation(Kind.INVITATION_ACCEPTED, kept, by=user, subject=user)
    outbox.take_back(key=kept.mail_key)
    return user


def new_post(kind: str, place: Any, starts_on: date, ends_on: date | None) -> Post:
    """A post whose person is not known yet: in a body for chairs, in a municipality for culture heads."""
    where = {"body": place} if kind == Post.Kind.CHAIR else {"municipality": place}
    return Post(kind=kind, starts_on=starts_on, ends_on=ends_on, **where)
