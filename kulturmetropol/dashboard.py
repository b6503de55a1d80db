"""The start page of each role."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agreements import access, tilemap
from agreements.models import Agreement, Body, Meeting, Membership, Municipality
from initiatives.models import Initiative, InitiativeArea
from outreach.models import Memo


def start(request: HttpRequest) -> HttpResponse:
    roles = access.roles(request.user)
    if roles.edited:
        return render(request, "start_staff.html", staff_start(request.user))
    if roles.read:
        return render(request, "start_member.html", member_start(request.user))
    return render(request, "start_guest.html")


def staff_start(user) -> dict:
    today = timezone.localdate()
    agreements = list(
        Agreement.objects.editable_by(user)
        .exclude(status=Agreement.Status.ENDED)
        .annotate(member_count=Count("memberships", filter=Q(memberships__left_on__isnull=True)))
        .order_by("-starts_on")
    )
    members = tilemap.members(user)
    return {
        "today": today,
        "agreements": agreements,
        "miscounted": [each for each in agreements if each.stated_member_count not in (None, each.member_count)],
        "areas": areas(user),
        "meetings": Meeting.objects.visible_to(user).coming(today)[:5],
        "memos": Memo.objects.visible_to(user).select_related("committee__municipality", "agreement")[:5],
        "tiles": tilemap.tiles(members),
        "members": members,
    }


def member_start(user) -> dict:
    """The own municipality of a committee chair or a culture head."""
    own = access.roles(user).own_municipalities
    today = timezone.localdate()
    return {
        "today": today,
        "municipalities": Municipality.objects.filter(pk__in=own),
        "memberships": Membership.objects.visible_to(user)
        .filter(municipality__in=own)
        .select_related("agreement", "municipality"),
        "committees": Body.objects.visible_to(user).filter(municipality__in=own, kind=Body.Kind.COMMITTEE),
        "meetings": Meeting.objects.visible_to(user)
        .coming(today)
        .filter(Q(body__municipality__in=own) | Q(body__municipality__isnull=True))[:5],
        "areas": areas(user),
    }


def areas(user):
    """The areas of agreements that go on, each with how many initiatives it has in all and running."""
    return (
        InitiativeArea.objects.visible_to(user)
        .exclude(agreement__status=Agreement.Status.ENDED)
        .annotate(
            initiative_count=Count("initiatives", distinct=True),
            running_count=Count("initiatives", filter=Q(initiatives__status=Initiative.Status.RUNNING), distinct=True),
        )
        .prefetch_related("targets")
        .order_by("agreement", "position")
    )
