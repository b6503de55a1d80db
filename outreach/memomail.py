"""The mail that tells a committee's chair and the municipality's culture head that a memo is issued to them."""

from __future__ import annotations

from urllib.parse import urljoin

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agreements import outbox
from agreements.access import CHAIR, CULTURE_HEAD
from agreements.models import Post
from kulturmetropol.accounts.models import User
from outreach.models import IssuedMemo


def readers(document: IssuedMemo) -> list[User]:
    """Those who may log in and hold the post today: the chair of the committee, and the municipality's culture head."""
    memo = document.memo
    if memo.place is None:
        return []
    posts = Post.objects.current(timezone.localdate(document.issued_at)).filter(
        person__culture_region=memo.agreement.culture_region, person__user__is_active=True
    )
    chairs = posts.filter(kind=CHAIR, body__municipality=memo.place)
    if memo.committee:
        chairs = chairs.filter(body=memo.committee)
    heads = posts.filter(kind=CULTURE_HEAD, municipality=memo.place)
    users = {*chairs.values_list("person__user", flat=True), *heads.values_list("person__user", flat=True)}
    return list(User.objects.filter(pk__in=users).order_by("pk"))


def tell_readers(document: IssuedMemo) -> None:
    memo = document.memo
    for user in readers(document):
        with translation.override(user.language):
            context = {
                "user": user,
                "memo": memo,
                "document": document,
                "url": urljoin(settings.SITE_URL, reverse("memo_detail", args=[memo.pk])),
                "region": memo.agreement.culture_region,
            }
            outbox.post(
                region=memo.agreement.culture_region,
                key=f"memo-{memo.pk}-{user.pk}",
                recipient=user.email,
                subject=_("New memo: %(memo)s") % {"memo": memo},
                body=render_to_string("emails/memo.txt", context).strip(),
            )
