"""A user's calendar: a page about it, and the feed that calendars fetch at an address which only the user knows."""

from hashlib import sha256

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from agreements import access
from agreements import feeds as of_agreements
from agreements.models import CultureRegion
from initiatives import feeds as of_initiatives
from kulturmetropol import ics
from kulturmetropol.accounts.models import CalendarSecret
from outreach import feeds as of_outreach

SOON = 10


def entries(user) -> list[ics.Entry]:
    """All that the user may see today, by day."""
    found = [*of_agreements.entries(user), *of_initiatives.entries(user), *of_outreach.entries(user)]
    return sorted(found, key=lambda each: (each.day, each.key))


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    _require_reader(request)
    secret = CalendarSecret.objects.filter(user=request.user).first()
    path = reverse("calendar_feed", args=[secret.address]) if secret else ""
    today = timezone.localdate()
    by_day = entries(request.user)
    context = {
        "secret": secret,
        "address": f"{settings.SITE_URL}{path}",
        "webcal": f"webcal://{settings.SITE_URL.partition('://')[2]}{path}",
        "coming": [each for each in by_day if each.day >= today][:SOON],
        "latest": by_day[: -SOON - 1 : -1],
    }
    return render(request, "calendar.html", context)


@require_POST
def renew(request: HttpRequest) -> HttpResponse:
    """A new address; the one before is worth nothing from now on."""
    _require_reader(request)
    _secret, made = CalendarSecret.objects.update_or_create(
        user=request.user, defaults={"key": CalendarSecret.new_key(), "created_at": timezone.now()}
    )
    done = _("Your calendar has an address.") if made else _("Your calendar has a new address. The old one is closed.")
    messages.success(request, done)
    return redirect("calendar")


@login_not_required
@require_safe
def feed(request: HttpRequest, address: str) -> HttpResponse:
    """What the user of the secret address may see at this moment; nothing once the term of office has ended.

    Asked for without https it is refused and not led on: nobody would notice that the secret goes about openly.
    """
    if settings.SECURE_SSL_REDIRECT and not request.is_secure():
        return HttpResponseForbidden(_("This address works with https:// alone."), content_type="text/plain")
    key = CalendarSecret.key_of(address)
    secret = get_object_or_404(CalendarSecret.objects.select_related("user"), key=key, user__is_active=True)
    with translation.override(secret.user.language):
        content = ics.calendar(_name(secret.user), entries(secret.user))
    response = HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={
            "Content-Disposition": 'inline; filename="kulturmetropol.ics"',
            "Cache-Control": "private, max-age=900",
            "X-Robots-Tag": "noindex",
        },
    )
    etag = f'"{sha256(content).hexdigest()}"'
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response)


def _name(user) -> str:
    regions = CultureRegion.objects.visible_to(user)[:2]
    return regions[0].name if len(regions) == 1 else "Kulturmetropol"


def _require_reader(request: HttpRequest) -> None:
    if not access.may_read(request.user):
        raise Http404
