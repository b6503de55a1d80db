"""Pages that everybody may read, without logging in: what has been published, and nothing about anybody."""

from datetime import date

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_safe

from agreements.models import Agreement, CultureRegion
from outreach.models import StatusNote

KEPT = 300  # seconds; what is withdrawn is gone within five minutes
DESCRIPTION = 200  # characters, as much as is shown beside a shared link
SHOWN = 12


@login_not_required
@require_safe
def region(request: HttpRequest, slug: str) -> HttpResponse:
    """What the agreement is, who is in it, and the latest status notes."""
    found = get_object_or_404(CultureRegion, slug=slug)
    signed = Agreement.objects.filter(status__in=[Agreement.Status.SIGNED, Agreement.Status.ENDED])
    agreement = signed.latest_of(found)
    members = agreement.memberships.on(timezone.localdate()).select_related("municipality") if agreement else []
    notes = StatusNote.objects.published().filter(culture_region=found).select_related("municipality", "culture_region")
    return _kept(
        render(
            request,
            "public/region.html",
            about(found, request)
            | {
                "agreement": agreement,
                "members": [each.municipality for each in members],
                "areas": agreement.areas.all() if agreement else [],
                "notes": notes.order_by("-published_on", "-month", "municipality__sort_order")[:SHOWN],
            },
        )
    )


@login_not_required
@require_safe
def status(request: HttpRequest, slug: str, code: str, month: date) -> HttpResponse:
    """One published status note. 410 where it has been withdrawn, 404 where it never was published."""
    found = get_object_or_404(CultureRegion, slug=slug)
    notes = StatusNote.objects.filter(culture_region=found, municipality__code=code).select_related(
        "municipality", "culture_region"
    )
    context = about(found, request)
    note = notes.published().filter(month=month).first()
    if note is None:
        withdrawn = notes.filter(month=month, status=StatusNote.Status.WITHDRAWN, published_on__isnull=False)
        if not withdrawn.exists():
            raise Http404
        return render(request, "public/status_gone.html", context, status=410)
    return _kept(
        render(
            request,
            "public/status.html",
            context
            | {
                "note": note,
                "description": Truncator(" ".join(note.text.split())).chars(DESCRIPTION, truncate="…"),
                "others": notes.published().exclude(pk=note.pk).order_by("-month")[:SHOWN],
            },
        )
    )


def about(found: CultureRegion, request: HttpRequest) -> dict:
    """What the frame of every public page needs."""
    return {
        "region": found,
        "portal_name": found.name,
        "has_demo_data": found.has_demo_data,
        "social_links": found.social_links.all(),
        "canonical": f"{settings.SITE_URL}{request.path}",
        "picture": f"{settings.SITE_URL}{static('img/share.png')}",
    }


def _kept(response: HttpResponse) -> HttpResponse:
    """For everybody's cache, and not for long."""
    response.headers["Cache-Control"] = f"public, max-age={KEPT}"
    return response
