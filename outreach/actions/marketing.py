"""The newsletter's subscribers: asking for it, confirming, unsubscribing, and inviting those who ought to have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agreements import outbox
from agreements.models import CultureRegion, OutgoingMail, Person
from kulturmetropol.accounts.models import User
from outreach.models import Subscription

BETWEEN_MAILS = timedelta(hours=1)
LINK_LASTS = timedelta(days=7)
CONFIRM, UNSUBSCRIBE = "outreach.newsletter.confirm", "outreach.newsletter.unsubscribe"


# --- the addresses of the pages in mails ------------------------------------------------------------------------------


def confirm_url(subscription: Subscription, now: datetime) -> str:
    signed = signing.dumps([subscription.key, int(now.timestamp() * 1000)], salt=CONFIRM)
    return settings.SITE_URL + reverse("newsletter_confirm", args=[signed])


def unsubscribe_url(subscription: Subscription) -> str:
    signed = signing.Signer(salt=UNSUBSCRIBE, sep=".").sign(subscription.key)
    return settings.SITE_URL + reverse("newsletter_unsubscribe", args=[signed])


@dataclass(frozen=True)
class Confirmation:
    """What a link to confirm with is about, and whether it is still good."""

    subscription: Subscription
    asked_at: datetime
    has_expired: bool


def find_confirmation(signed: str, now: datetime) -> Confirmation | None:
    """None where nobody has made this link, or what it is about has been deleted.

    A link ends after seven days, and when its owner has unsubscribed since.
    """
    try:
        key, asked = signing.loads(signed, salt=CONFIRM)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    subscription = Subscription.objects.select_related("culture_region").filter(key=key).first()
    if subscription is None:
        return None
    asked_at = datetime.fromtimestamp(asked / 1000, tz=timezone.get_current_timezone())
    left = subscription.unsubscribed_at
    return Confirmation(subscription, asked_at, now > asked_at + LINK_LASTS or bool(left and left > asked_at))


def find_by_unsubscribe_address(signed: str) -> Subscription | None:
    try:
        key = signing.Signer(salt=UNSUBSCRIBE, sep=".").unsign(signed)
    except signing.BadSignature:
        return None
    return Subscription.objects.select_related("culture_region").filter(key=key).first()


# --- what the owner of an address does --------------------------------------------------------------------------------


@transaction.atomic
def ask(*, region: CultureRegion, email: str) -> None:
    """Somebody asks for the newsletter at an address: its owner gets a mail, at most one an hour.

    Nothing about the address can be learnt from what happens: whoever has it already, too, gets a mail that says so.
    """
    now = timezone.now()
    asked_for, _made = Subscription.objects.get_or_create(
        culture_region=region, email__iexact=email, defaults={"email": email.lower()}
    )
    subscription = Subscription.objects.select_for_update().get(pk=asked_for.pk)
    if subscription.mailed_at and now - subscription.mailed_at < BETWEEN_MAILS:
        return
    subscription.mailed_at = now
    if not subscription.confirmed_at:
        subscription.requested_at, subscription.unsubscribed_at = now, None
    subscription.save(update_fields=["mailed_at", "requested_at", "unsubscribed_at"])
    _mail(subscription, now)


def _mail(subscription: Subscription, now: datetime) -> None:
    region, leave = subscription.culture_region, unsubscribe_url(subscription)
    context = {
        "region": region,
        "confirm_url": confirm_url(subscription, now),
        "unsubscribe_url": leave,
        "days": LINK_LASTS.days,
    }
    with translation.override(User.objects.language_of(subscription.email)):
        if subscription.state == "confirmed":
            subject, text = _("You already get the newsletter of %(region)s"), "emails/newsletter_already.txt"
        else:
            subject, text = _("Confirm that you want the newsletter of %(region)s"), "emails/newsletter_confirm.txt"
        body = render_to_string(text, context)
    outbox.post(
        region=region,
        key=f"newsletter-{subscription.pk}-{now:%Y%m%d%H%M%S%f}",
        recipient=subscription.email,
        subject=subject % {"region": region},
        body=body,
        unsubscribe_url=leave,
        is_secret=True,
    )


@transaction.atomic
def confirm(*, confirmation: Confirmation, now: datetime) -> bool:
    """False, and nothing done, where the link has ended. Confirming twice is confirming once."""
    kept = Subscription.objects.select_for_update().get(pk=confirmation.subscription.pk)
    left = kept.unsubscribed_at
    if confirmation.has_expired or (left and left > confirmation.asked_at):
        return False
    if kept.state != "confirmed":
        kept.requested_at, kept.confirmed_at, kept.unsubscribed_at = confirmation.asked_at, now, None
        kept.save(update_fields=["requested_at", "confirmed_at", "unsubscribed_at"])
    return True


@transaction.atomic
def unsubscribe(*, subscription: Subscription, now: datetime) -> None:
    kept = Subscription.objects.select_for_update().get(pk=subscription.pk)
    if not kept.unsubscribed_at:
        kept.unsubscribed_at = now
        kept.save(update_fields=["unsubscribed_at"])


# --- inviting ---------------------------------------------------------------------------------------------------------


def invitation_key(person: Person, now: datetime) -> str:
    """Once for a person and a month."""
    return f"newsletter-invitation-{person.pk}-{timezone.localtime(now):%Y-%m}"


@transaction.atomic
def invite(*, person: Person, email: str) -> OutgoingMail:
    """Tell somebody of the newsletter. The mail of this month where there is one already."""
    region = person.culture_region
    signup = reverse("newsletter_signup", args=[region.slug])
    context = {"person": person, "region": region, "url": f"{settings.SITE_URL}{signup}"}
    with translation.override(User.objects.language_of(email)):
        return outbox.post(
            region=region,
            key=invitation_key(person, timezone.now()),
            recipient=email,
            subject=_("Keep up with %(region)s: sign up for the newsletter") % {"region": region},
            body=render_to_string("emails/newsletter_invitation.txt", context),
        )
