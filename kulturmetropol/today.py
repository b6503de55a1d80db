"""What needs the user today: gathered from every app, the most urgent and the user's own first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from agreements import access, deadlines, elections, outbox
from agreements.models import Agreement, Membership, Post
from initiatives.models import InitiativeArea
from initiatives.progress import attach_progress, months_later
from kulturmetropol.accounts.models import User
from kulturmetropol.todo import Todo, Urgency
from outreach import todo as outreach
from outreach.clocks import Clock

SHOWN_BEFORE = timedelta(days=60)  # the state's deadlines: nobody needs next year's today

TITLES = {
    Urgency.OVERDUE: gettext_lazy("Overdue"),
    Urgency.SOON: gettext_lazy("Within a week"),
    Urgency.LATER: gettext_lazy("Later"),
}


@dataclass(frozen=True)
class Line:
    """A thing to do as the page shows it: how urgent it is, by when in words, and whose it is."""

    todo: Todo
    urgency: Urgency
    when: str
    is_mine: bool
    owner: str = ""


@dataclass(frozen=True)
class Group:
    urgency: Urgency
    title: str
    lines: list[Line]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    if not access.may_edit(request.user):
        raise Http404
    today = timezone.localdate()
    everything = todos(request.user, today)
    of_all = "alle" in request.GET
    shown = everything if of_all else for_user(everything, request.user)
    context = {
        "today": today,
        "groups": grouped(lines(shown, request.user, today)),
        "of_all": of_all,
        "mine_count": len(for_user(everything, request.user)),
        "all_count": len(everything),
    }
    return render(request, "today.html", context)


def for_user(todos: Iterable[Todo], user: User) -> list[Todo]:
    """The user's own, and those that are everybody's in the secretariat."""
    return [each for each in todos if each.owner in (None, user.pk)]


def lines(todos: Iterable[Todo], user: User, today: date) -> list[Line]:
    """By urgency, then the user's own, then by day, and of what is overdue the latest first: the old is known to wait.

    One query where somebody else owns any of them.
    """
    todos = list(todos)
    others = {each.owner for each in todos} - {None, user.pk}
    names = {key: str(owner) for key, owner in User.objects.in_bulk(others).items()} if others else {}
    found = [
        Line(each, each.urgency(today), each.when(today), each.owner == user.pk, names.get(each.owner, ""))
        for each in todos
    ]
    order = list(Urgency)
    return sorted(
        found,
        key=lambda line: (
            order.index(line.urgency),
            not line.is_mine,
            abs((line.todo.due_on - today).days),
            line.todo.key,
        ),
    )


def grouped(lines: Iterable[Line]) -> list[Group]:
    """The lines, which come by urgency, under a heading for each urgency that any of them has."""
    by_urgency = groupby(lines, key=lambda line: line.urgency)
    return [Group(urgency, str(TITLES[urgency]), list(group)) for urgency, group in by_urgency]


# --- gathering --------------------------------------------------------------------------------------------------------


def todos(
    user: User,
    today: date,
    *,
    agreements: list[Agreement] | None = None,
    areas: list[InitiativeArea] | None = None,
    reports: list[outbox.Report] | None = None,
    clocks: list[Clock] | None = None,
) -> list[Todo]:
    """All that waits in the regions that the user edits. What a page has read anyway is handed in, not read again."""
    agreements = editable_agreements(user, today) if agreements is None else agreements
    areas = measured_areas(user, today) if areas is None else areas
    reports = outbox.reports(user) if reports is None else reports
    return [
        *of_deadlines(agreements, today),
        *of_counts(agreements, today),
        *of_posts(user, today),
        *of_figures(areas, today),
        *of_mail(reports),
        *outreach.todos(user, today, clocks=clocks),
    ]


def editable_agreements(user: User, today: date) -> list[Agreement]:
    """With the members of the day counted, and what has been handed in to the state. Two queries."""
    members = Count("memberships", filter=Q(memberships__in=Membership.objects.on(today)))
    found = (
        Agreement.objects.editable_by(user)
        .about_chosen(user)
        .annotate(member_count=members)
        .prefetch_related("submissions")
    )
    return list(found.order_by("-starts_on"))


def measured_areas(user: User, today: date) -> list[InitiativeArea]:
    """The areas of agreements that go on, their targets with their progress."""
    areas = (
        InitiativeArea.objects.editable_by(user).about_chosen(user).exclude(agreement__status=Agreement.Status.ENDED)
    )
    found = list(areas.select_related("agreement").prefetch_related("targets").order_by("agreement", "position"))
    attach_progress([target for area in found for target in area.targets.all()], today)
    return found


def of_deadlines(agreements: Iterable[Agreement], today: date) -> list[Todo]:
    """Of each agreement in one line what the state has waited for, and in another what it waits for next."""
    waiting = [each for each in deadlines.waiting(agreements, today) if each.due_on <= today + SHOWN_BEFORE]
    by_agreement: dict[tuple[Agreement, bool], list[deadlines.Waiting]] = {}
    for each in waiting:
        by_agreement.setdefault((each.agreement, each.overdue), []).append(each)
    return [
        Todo(
            key=f"deadline-{agreement.pk}-{found[0].due_on}",
            title=_owed(found),
            note=_("The state's deadlines") + f" · {agreement}",
            due_on=found[0].due_on,
            url=reverse("agreement_deadlines", args=[agreement.pk]),
            verb=_("See deadlines"),
        )
        for (agreement, _overdue), found in by_agreement.items()
    ]


def _owed(waiting: list[deadlines.Waiting]) -> str:
    """«Status, nøgletal og regnskab for 2024», or how many things where they are of several years."""
    if len(waiting) > 1:
        count = sum(len(each.kinds) for each in waiting)
        return ngettext(
            "%(count)d report to the state is missing", "%(count)d reports to the state are missing", count
        ) % {"count": count}
    kinds = [str(kind.label) for kind in waiting[0].kinds]
    kinds = [kinds[0], *[kind.lower() for kind in kinds[1:]]]
    named = (
        kinds[0]
        if len(kinds) == 1
        else _("%(first)s and %(last)s") % {"first": ", ".join(kinds[:-1]), "last": kinds[-1]}
    )
    return _("%(reports)s for %(year)s") % {"reports": named, "year": waiting[0].year}


def of_counts(agreements: Iterable[Agreement], today: date) -> list[Todo]:
    return [
        Todo(
            key=f"miscount-{agreement.pk}",
            title=_("The papers say %(stated)d members, but %(counted)d are registered")
            % {"stated": agreement.stated_member_count, "counted": agreement.member_count},
            note=str(agreement),
            due_on=today,
            url=agreement.get_absolute_url(),
            verb=_("Check the members"),
        )
        for agreement in miscounted(agreements)
    ]


def miscounted(agreements: Iterable[Agreement]) -> list[Agreement]:
    going_on = [each for each in agreements if each.status != Agreement.Status.ENDED]
    return [each for each in going_on if each.stated_member_count not in (None, each.member_count)]


def of_posts(user: User, today: date) -> list[Todo]:
    count = Post.objects.editable_by(user).about_chosen(user).to_confirm(today).count()
    if not count:
        return []
    line = ngettext(
        "%(count)d post ended with the municipal election", "%(count)d posts ended with the municipal election", count
    )
    term = elections.term_after(elections.last_election(today))
    return [
        Todo(
            key=f"posts-{term.elected_on}",
            title=line % {"count": count},
            note=_("Say who goes on and who has ended."),
            due_on=term.starts_on,
            url=reverse("post_confirm"),
            verb=_("Confirm"),
        )
    ]


def of_figures(areas: Iterable[InitiativeArea], today: date) -> list[Todo]:
    """Of each area how many figures are older than their interval, since the day the first of them became so."""
    found = []
    for area in areas:
        stale = [each for target in area.targets.all() for each in target.progress if each.is_stale]
        if stale:
            title = ngettext("%(area)s: %(count)d figure is old", "%(area)s: %(count)d figures are old", len(stale))
            names = [each.indicator.name for each in stale]
            found.append(
                Todo(
                    key=f"figures-{area.pk}",
                    title=title % {"area": area.name, "count": len(stale)},
                    note=capfirst(", ".join(names[:2])) + (" …" if len(names) > 2 else ""),
                    due_on=min(months_later(each.latest.measured_on, each.indicator.interval_months) for each in stale),
                    url=f"{reverse('indicator_list')}?omraade={area.pk}",
                    verb=_("Measure anew"),
                )
            )
    return found


def of_mail(reports: Iterable[outbox.Report]) -> list[Todo]:
    return [
        Todo(
            key=f"mail-{report.kind}",
            title=report.line.rstrip("."),
            note=_("Outgoing mail"),
            due_on=timezone.localdate(report.since),
            url=f"{reverse('outgoingmail_list')}?problem={report.kind}",
            verb=_("See the mail"),
        )
        for report in reports
    ]
