"""The start page of each role."""

from datetime import date

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agreements import access, deadlines, tilemap
from agreements.choosing import choices
from agreements.models import Agreement, Body, Document, Meeting, Membership, Municipality, Post
from initiatives.account import account
from initiatives.models import Initiative, InitiativeArea
from initiatives.progress import attach_progress
from initiatives.views.account import agreements_of, figures, usual_period
from outreach.models import Memo

DEADLINES_SHOWN = 5
OWN_FIGURES = ("activities", "attendance", "participations", "per_inhabitant")


def start(request: HttpRequest) -> HttpResponse:
    chosen = choices(request.user).chosen
    if chosen and access.may_edit(request.user, chosen.region.pk):
        return render(request, "start_staff.html", staff_start(request.user))
    if chosen:
        return render(request, "start_member.html", member_start(request.user))
    return render(request, "start_guest.html", {"documents": Document.objects.shared_with(request.user)})


def staff_start(user) -> dict:
    today = timezone.localdate()
    agreements = list(
        Agreement.objects.editable_by(user)
        .about_chosen(user)
        .exclude(status=Agreement.Status.ENDED)
        .annotate(member_count=Count("memberships", filter=Q(memberships__in=Membership.objects.on(today))))
        .order_by("-starts_on")
    )
    members = tilemap.members(user)
    return {
        "today": today,
        "agreements": agreements,
        "miscounted": [each for each in agreements if each.stated_member_count not in (None, each.member_count)],
        "areas": areas(user),
        "waiting": deadlines.waiting(
            Agreement.objects.editable_by(user).about_chosen(user).prefetch_related("submissions"), today
        )[:DEADLINES_SHOWN],
        "meetings": Meeting.objects.visible_to(user).about_chosen(user).coming(today)[:5],
        "to_confirm": Post.objects.editable_by(user).about_chosen(user).to_confirm(today).count(),
        "memos": Memo.objects.visible_to(user)
        .about_chosen(user)
        .select_related("committee__municipality", "agreement")[:5],
        "tiles": tilemap.tiles(members),
        "members": members,
    }


def member_start(user) -> dict:
    """The own municipality of a committee chair or a culture head."""
    here = choices(user).chosen.region.pk
    own = {municipality for region, municipality in access.roles(user).represented if region == here}
    today = timezone.localdate()
    municipalities = list(Municipality.objects.filter(pk__in=own))
    return {
        "today": today,
        "accounts": [found for each in municipalities if (found := own_account(user, each, today))],
        "municipalities": municipalities,
        "memberships": Membership.objects.visible_to(user)
        .filter(agreement__culture_region=here)
        .filter(municipality__in=own)
        .select_related("agreement", "municipality"),
        "committees": Body.objects.visible_to(user)
        .about_chosen(user)
        .filter(municipality__in=own, kind=Body.Kind.COMMITTEE),
        "meetings": Meeting.objects.visible_to(user)
        .about_chosen(user)
        .coming(today)
        .filter(Q(body__municipality__in=own) | Q(body__municipality__isnull=True))[:5],
        "areas": areas(user),
    }


def own_account(user, municipality: Municipality, today: date):
    """The municipality, its agreement, and the figures that matter most; None where it has no agreement."""
    for agreement in agreements_of(user, municipality)[:1]:
        first, last = usual_period(agreement, today)
        found = figures(account(agreement=agreement, municipality=municipality, first=first, last=last, today=today))
        return municipality, agreement, [found[name] for name in OWN_FIGURES]
    return None


def areas(user):
    """The areas of the chosen agreement, or of the only one while it goes on, with how their targets are going."""
    ended = Q(agreement__status=Agreement.Status.ENDED)
    found = list(
        InitiativeArea.objects.visible_to(user)
        .about_chosen(user)
        .exclude(Q() if choices(user).has_several else ended)
        .annotate(
            initiative_count=Count("initiatives", distinct=True),
            running_count=Count("initiatives", filter=Q(initiatives__status=Initiative.Status.RUNNING), distinct=True),
        )
        .select_related("agreement")
        .prefetch_related("targets")
        .order_by("agreement", "position")
    )
    attach_progress([target for area in found for target in area.targets.all()], timezone.localdate())
    return found
