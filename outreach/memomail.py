"""The mails that tell those whom a memo is for that it is issued, and that it is withdrawn."""

from __future__ import annotations

from datetime import date
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agreements import access, outbox
from agreements.access import CHAIR, CULTURE_HEAD, GUEST
from agreements.models import Post, RoleGrant
from kulturmetropol.accounts.models import User
from outreach.memos.meeting import in_body
from outreach.models import IssuedMemo, Memo


def readers(memo: Memo, day: date) -> list[User]:
    """Those whom the memo is for, as far as they may log in and read it.

    To a committee or a municipality: its chair, the municipality's culture head and its guests. Of a meeting: the
    members of the group, and those who are sent there.
    """
    region, place, meeting = memo.agreement.culture_region, memo.place, memo.meeting
    posts = Post.objects.current(day).filter(person__culture_region=region)
    if meeting:
        delegates = Q(kind=CHAIR, body__delegations__meeting=meeting)
        members = _users(person__posts__in=posts.filter(in_body(meeting.body, memo.agreement, day) | delegates))
        return [user for user in members if region.pk in access.roles(user).read]
    if place:
        chairs = Q(kind=CHAIR, body=memo.committee) if memo.committee else Q(kind=CHAIR, body__municipality=place)
        heads = Q(kind=CULTURE_HEAD, municipality=place)
        guests = RoleGrant.objects.filter(role=GUEST, culture_region=region, municipality=place)
        return _users(person__posts__in=posts.filter(chairs | heads)) + _users(role_grants__in=guests)
    return []


def _users(**where) -> list[User]:
    return list(User.objects.filter(is_active=True, **where).distinct().order_by("pk"))


def tell_readers(document: IssuedMemo) -> None:
    _tell(document.memo, "issued", f"memo-{document.memo_id}", _("New memo: %(memo)s"))


def tell_of_withdrawal(memo: Memo) -> None:
    """To who might use it otherwise; the reason is what they read in its place."""
    _tell(memo, "withdrawn", f"memo-{memo.pk}-withdrawn", _("Withdrawn: %(memo)s"))


def _tell(memo: Memo, event: str, key: str, subject: Promise) -> None:
    region = memo.agreement.culture_region
    for user in readers(memo, timezone.localdate()):
        context = {
            "user": user,
            "memo": memo,
            "document": memo.document,
            "url": urljoin(settings.SITE_URL, reverse("memo_detail", args=[memo.pk])),
            "region": region,
        }
        with translation.override(user.language):
            outbox.post(
                region=region,
                key=f"{key}-{user.pk}",
                recipient=user.email,
                subject=subject % {"memo": memo},
                body=render_to_string(f"emails/memo_{event}.txt", context).strip(),
            )


@transaction.atomic
def tell_admins(faults: list[str]) -> None:
    """That issued memos are not what they were; once for the same faults. Which ones is told on the server alone."""
    found = IssuedMemo.hash_of("\n".join(faults).encode())
    grants = RoleGrant.objects.filter(role=RoleGrant.Role.ADMIN, user__is_active=True)
    for grant in grants.select_related("user", "culture_region"):
        context = {"user": grant.user, "count": len(faults), "region": grant.culture_region}
        with translation.override(grant.user.language):
            outbox.post(
                region=grant.culture_region,
                key=f"memo-faults-{grant.user_id}-{found}",
                recipient=grant.user.email,
                subject=_("Issued memos are not as they were issued"),
                body=render_to_string("emails/memo_faults.txt", context).strip(),
            )
