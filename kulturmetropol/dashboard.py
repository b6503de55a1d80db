"""The start page of each role."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from agreements import access, outbox
from agreements.choosing import choices
from agreements.models import Agreement, Body, Document, Meeting, Membership, Municipality, Post, RoleGrant
from agreements.models.papers import in_order
from initiatives.account import account
from initiatives.managers import managers
from initiatives.models import Initiative, InitiativeArea, Story
from initiatives.progress import attach_progress
from initiatives.views.account import agreements_of, figures, usual_period
from kulturmetropol import news, today
from kulturmetropol.accounts.models import User
from outreach.asking import asking
from outreach.clocks import clocks
from outreach.coverage import Coverage
from outreach.gates import Gates, gates
from outreach.models import Invitation, Memo, OnboardingCase
from outreach.onboarding import with_what_they_wait_for

TODOS_SHOWN = 6
CLOCKS_SHOWN = 4
MEMOS_SHOWN = 6
STORIES_SHOWN = 4
OWN_FIGURES = ("activities", "attendance", "participations", "per_inhabitant")


def start(request: HttpRequest) -> HttpResponse:
    chosen = choices(request.user).chosen
    if chosen and access.may_edit(request.user, chosen.region.pk):
        return render(request, "start_staff.html", staff_start(request.user))
    if chosen:
        return render(request, "start_member.html", member_start(request.user))
    return render(request, "start_guest.html", guest_start(request.user))


def staff_start(user) -> dict:
    now = timezone.localtime()
    day = now.date()
    agreements = today.editable_agreements(user, day)
    of_areas = areas(user)
    meetings = list(Meeting.objects.visible_to(user).about_chosen(user).coming(day)[:5])
    of_clocks = clocks(user, day)
    reports = outbox.reports(user)
    # what is wrong with the mail stands above everything else instead
    todos = today.todos(user, day, agreements=agreements, areas=of_areas, reports=[], clocks=of_clocks)
    waiting = today.lines(today.for_user(todos, user), user, day)
    return {
        "greeting": greeting(now),
        "today": day,
        "next_meeting": meetings[0] if meetings else None,
        "days_left": (meetings[0].held_on - day).days if meetings else None,
        "reports": reports,
        "miscounted": today.miscounted(agreements),
        "waiting": waiting[:TODOS_SHOWN],
        "waiting_count": len(waiting) + len(reports),
        "agreements": [each for each in agreements if each.status != Agreement.Status.ENDED],
        "areas": of_areas,
        "meetings": meetings,
        "memos": Memo.objects.visible_to(user)
        .about_chosen(user)
        .select_related("committee__municipality", "municipality", "meeting__body__municipality", "agreement")[:5],
        "clocks": of_clocks[:CLOCKS_SHOWN],
        "map": Coverage(user, day).map,
        "way": way_in(user, day),
        "last_time": (since := news.last_time(user, now)),
        "news": news.news(user, since),
    }


def way_in(user, day: date) -> Gates | None:
    """The cases of onboarding, for those who move them."""
    if not access.may_administer(user, choices(user).chosen.region.pk):
        return None
    return gates(with_what_they_wait_for(OnboardingCase.objects.administered_by(user).about_chosen(user)), day)


def greeting(now: datetime) -> str:
    if now.hour < 10:
        return _("Good morning")
    return _("Good day") if now.hour < 18 else _("Good evening")


def member_start(user) -> dict:
    """The own municipality of a committee chair or a culture head."""
    here = choices(user).chosen.region.pk
    own = {municipality for region, municipality in access.roles(user).represented if region == here}
    day = timezone.localdate()
    municipalities = list(Municipality.objects.filter(pk__in=own))
    return {
        "today": day,
        "accounts": [found for each in municipalities if (found := own_account(user, each, day))],
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
        .coming(day)
        .filter(Q(body__municipality__in=own) | Q(body__municipality__isnull=True))[:5],
        "managers": managers(user, own, day),
        "asking": asking(user, day),
        "memos": own_memos(user, to_one_of(own)),
        "stories": Story.objects.visible_to(user)
        .about_chosen(user)
        .filter(municipality__in=own, published_on__lte=day)
        .order_by("-published_on", "-pk")[:STORIES_SHOWN],
        "region": choices(user).chosen.region,
        "papers": own_memos(user, Q(committee=None, municipality=None)),
        "areas": areas(user),
    }


def to_one_of(municipalities: Collection[int]) -> Q:
    return Q(committee__municipality__in=municipalities) | Q(municipality__in=municipalities)


def issued_to(guest: RoleGrant) -> Q:
    return to_one_of([guest.municipality_id]) & Q(agreement__culture_region=guest.culture_region_id)


def own_memos(user, to: Q) -> list[Memo]:
    """The memos that stand, the newest first, without what makes them heavy."""
    issued = Memo.objects.visible_to(user).about_chosen(user).issued().filter(to)
    related = issued.select_related(
        "committee__municipality", "municipality", "meeting__body__municipality", "agreement", "document"
    )
    without = related.defer("document__pdf", "document__payload", "document__html")
    return list(without.order_by("-document__issued_at", "-pk")[:MEMOS_SHOWN])


def own_account(user, municipality: Municipality, day: date):
    """The municipality, its agreement, and the figures that matter most; None where it has no agreement."""
    for agreement in agreements_of(user, municipality)[:1]:
        first, last = usual_period(agreement, day)
        found = figures(account(agreement=agreement, municipality=municipality, first=first, last=last, today=day))
        return municipality, agreement, [found[name] for name in OWN_FIGURES]
    return None


@dataclass(frozen=True)
class Invited:
    """What a guest sees as the municipality that it belongs to. `ask`: whom to write to, where there is somebody."""

    municipality: Municipality
    invitations: list[Invitation]
    documents: list[Document]
    ask: User | None
    memos: list[Memo]


def guest_start(user) -> dict:
    """The own municipality of each culture region that has invited the user."""
    grants = user.role_grants.filter(role=RoleGrant.Role.GUEST).select_related("municipality", "culture_region")
    grants = grants.order_by("culture_region__name", "municipality__sort_order")
    documents = Document.objects.shared_with(user)
    return {
        "invited": [
            Invited(
                municipality=grant.municipality,
                invitations=list(invitations_of(grant)),
                documents=in_order(each for each in documents if each.culture_region_id == grant.culture_region_id),
                ask=whom_to_ask(grant),
                memos=own_memos(user, issued_to(grant)),
            )
            for grant in grants
        ],
        "terms": terms_of(user),
        "today": timezone.localdate(),
    }


def terms_of(user) -> list[Post]:
    """The posts that gave the user rights once, or will: of somebody who sees nothing today, these say why."""
    posts = Post.objects.filter(person__user=user, kind__in=access.READING_POSTS)
    return list(posts.select_related("person__culture_region", "body__municipality", "municipality"))


def invitations_of(grant: RoleGrant):
    """Those that have been sent to the guest's municipality, the latest first."""
    invitations = Invitation.objects.filter(
        case__agreement__culture_region=grant.culture_region_id,
        case__municipality=grant.municipality_id,
        sent_on__isnull=False,
    ).exclude(case__stage__in=OnboardingCase.CLOSED)
    return invitations.select_related("meeting__body__municipality", "activity").order_by("-sent_on", "-pk")


def whom_to_ask(grant: RoleGrant) -> User | None:
    """The owner of the municipality's case, or else somebody of the secretariat."""
    at_work = User.objects.filter(is_active=True)
    cases = OnboardingCase.objects.open().filter(
        agreement__culture_region=grant.culture_region_id, municipality=grant.municipality_id
    )
    secretariat = RoleGrant.objects.filter(culture_region=grant.culture_region_id, role=RoleGrant.Role.STAFF)
    return at_work.filter(onboarding_cases__in=cases).first() or at_work.filter(role_grants__in=secretariat).first()


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
