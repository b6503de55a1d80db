"""Status for one municipality: what it takes part in, what took place, what it gives and gets, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.danish import in_a_row, official_name
from agreements.models import Body, Meeting, Municipality
from initiatives.account import Account, Part, account
from initiatives.models import Activity, Milestone, Participation, Story
from initiatives.progress import months_later
from initiatives.yearly import AreaYear, period_status
from outreach.models import Memo

from . import changes, freshness
from .freshness import Figure, portal_records
from .results import all_figures, counted_by_movement, results, targets_of

SHOWN_ACTIVITIES = 30
SHOWN_STORIES = 12
SHOWN_STEPS = 10
AHEAD = timedelta(days=366)
MONTHS = 12


def gather(memo: Memo) -> dict[str, Any]:
    """The agreement as it stands on the memo's date, seen from one municipality. A fixed number of queries."""
    agreement, place, day = memo.agreement, memo.place, memo.date
    before = changes.previous(memo)
    first, last = period(memo, before)
    found = account(
        agreement=agreement,
        municipality=place,
        first=agreement.starts_on,
        last=max(day, agreement.starts_on),
        today=day,
    )
    members = list(agreement.memberships.on(day).select_related("municipality"))
    targets = results(targets_of(agreement), day, place)
    money = economy(memo, found)
    figures = [*all_figures(targets), money["contribution"], money["state"]]
    now = changes.comparable(memo, members, figures)
    held = activities(memo, found, first, last)
    told = stories(memo, found, first, last)
    taken_part = participations(memo, found)
    return {
        "municipality": official_name(place.name),
        "place": place.name,
        "period": {"first": first, "last": last, "since_memo": before and before["number"]},
        "changes": changes.changes(before, now, figures),
        "membership": membership(place, members),
        "participations": taken_part,
        "activities": held,
        "key_figures": [taken_part["count"], held["count"], held["attendance"], told["count"]],
        "areas": [_with_results(area, targets) for area in areas(memo)],
        "targets": _with_touch(targets, found),
        "touched": found.touched,
        "stories": told,
        "economy": money,
        "meetings": meetings(memo),
        "milestones": milestones(memo),
        "members": [{"code": each.municipality.code, "name": each.municipality.name} for each in members],
        "member_count": freshness.counted_members(memo, len(members)),
        "member_names": in_a_row(each.municipality.name for each in members),
        "comparable": now,
    }


def period(memo: Memo, before: dict[str, Any] | None) -> tuple[date, date]:
    """From the day after the memo before, else the last 12 months, to the memo's date."""
    if before is None:
        return months_later(memo.date, -MONTHS) + timedelta(days=1), memo.date
    return min(before["date"] + timedelta(days=1), memo.date), memo.date


def membership(place: Municipality, members: Iterable) -> dict[str, Any] | None:
    """Since when the municipality is a member, and when its council decided so."""
    own = next((each for each in members if each.municipality == place), None)
    return own and {"joined_on": own.joined_on, "decided_on": own.council_decided_on}


# --- what the municipality takes part in ------------------------------------------------------------------------------


def participations(memo: Memo, found: Account) -> dict[str, Any]:
    """On the memo's date; before the agreement those that are on when it starts, afterwards those at its end."""
    agreement = memo.agreement
    day = min(max(memo.date, agreement.starts_on), agreement.ends_on)
    rows = (
        Participation.objects.filter(initiative__area__agreement=agreement, municipality=memo.place)
        .on(day)
        .select_related("initiative__area")
        .order_by("initiative__area__position", "initiative__title")
    )
    count = freshness.figure(
        key="participations",
        label=_("initiatives taken part in"),
        value=_count(len(rows), found.participations),
        as_of=day,
        source=portal_records(),
        day=memo.date,
    )
    words = ngettext("initiative with the municipality", "initiatives with the municipality", len(rows))
    return {"count": count | {"counted": words}, "rows": [_participation(each) for each in rows]}


def _count(own: int, of_all: Part) -> int | None:
    """0 is said only where others have something: else there is no figure yet."""
    return own or (None if of_all.own is None else 0)


def _participation(each: Participation) -> dict[str, Any]:
    initiative = each.initiative
    return {
        "title": initiative.title,
        "summary": initiative.summary,
        "area": initiative.area.name,
        "role": str(each.get_role_display()),
        "status": str(initiative.get_status_display()),
        "status_reason": initiative.status_reason,
        "starts_on": each.starts_on or initiative.starts_on,
        "ends_on": each.ends_on or initiative.ends_on,
    }


def activities(memo: Memo, found: Account, first: date, last: date) -> dict[str, Any]:
    """What took place in the municipality in the period, the newest first, and month by month in the last year."""
    own = Activity.objects.filter(initiative__area__agreement=memo.agreement, municipalities=memo.place)
    in_period = own.filter(held_on__range=(first, last))
    counted = in_period.order_by().aggregate(
        held=Count("pk"),
        people=Sum("attendance"),
        uncounted=Count("pk", filter=Q(attendance__isnull=True)),
        latest=Max("held_on"),
    )
    latest = counted["latest"] or memo.date
    shared = {
        "as_of": latest,
        "source": portal_records(),
        "day": memo.date,
        "interval": freshness.interval_of(memo),
    }
    held = _count(counted["held"], found.activities)
    by_month = months(own, memo.date)
    count = freshness.figure(key="activities", label=_("activities"), value=held, **shared)
    attendance = freshness.figure(key="attendance", label=_("took part"), value=counted["people"], **shared)
    rows = in_period.select_related("initiative").prefetch_related("municipalities")[:SHOWN_ACTIVITIES]
    return {
        "count": count | {"counted": ngettext("activity in the period", "activities in the period", held or 0)},
        "attendance": attendance
        | {"counted": ngettext("participant in the period", "participants in the period", counted["people"] or 0)},
        "uncounted": counted["uncounted"],
        "rows": [_activity(each, memo.place) for each in rows],
        "months": by_month,
        "has_months": any(each["count"] for each in by_month),
    }


def _activity(each: Activity, place: Municipality) -> dict[str, Any]:
    return {
        "held_on": each.held_on,
        "title": each.title,
        "initiative": each.initiative.title,
        "place": each.place,
        "attendance": each.attendance,
        "together_with": in_a_row(other.name for other in each.municipalities.all() if other != place),
    }


def months(own, day: date) -> list[dict[str, Any]]:
    """The twelve months that end with the day's: how much took place in each, and how many took part. One query."""
    first = months_later(day.replace(day=1), 1 - MONTHS)
    rows = (
        own.filter(held_on__range=(first, day))
        .order_by()
        .annotate(month=TruncMonth("held_on"))
        .values("month")
        .annotate(count=Count("pk"), people=Sum("attendance"))
    )
    found = {row["month"]: row for row in rows}
    days = [months_later(first, step) for step in range(MONTHS)]
    nothing = {"count": 0, "people": None}
    counted = [(each, found.get(each, nothing)) for each in days]
    return [{"first": each, "count": row["count"], "attendance": row["people"]} for each, row in counted]


def stories(memo: Memo, found: Account, first: date, last: date) -> dict[str, Any]:
    own = Story.objects.filter(
        initiative__area__agreement=memo.agreement, municipality=memo.place, published_on__range=(first, last)
    )
    counted = own.order_by().aggregate(count=Count("pk"), latest=Max("published_on"))
    count = freshness.figure(
        key="stories",
        label=_("good stories"),
        value=_count(counted["count"], found.stories),
        as_of=counted["latest"] or memo.date,
        source=portal_records(),
        day=memo.date,
        interval=freshness.interval_of(memo),
    )
    rows = own.select_related("initiative")[:SHOWN_STORIES]
    return {
        "count": count
        | {"counted": ngettext("good story in the period", "good stories in the period", counted["count"])},
        "rows": [
            {"title": each.title, "published_on": each.published_on, "initiative": each.initiative.title}
            for each in rows
        ],
    }


# --- the areas and their targets --------------------------------------------------------------------------------------


def areas(memo: Memo) -> list[dict[str, Any]]:
    """How each area stands in the year of the memo, in the whole region."""
    agreement = memo.agreement
    day = min(max(memo.date, agreement.starts_on), agreement.ends_on)
    return [_area(each, memo, day) for each in period_status(agreement, date(day.year, 1, 1), day)]


def _area(each: AreaYear, memo: Memo, day: date) -> dict[str, Any]:
    shared = {"source": portal_records(), "day": memo.date}
    latest = each.last_activity_on or day

    def counted(name: str, label: str, value: int | None, as_of: date) -> Figure:
        return freshness.figure(
            key=f"area-{each.area.position}-{name}", label=f"{each.area}: {label}", value=value, as_of=as_of, **shared
        )

    return {
        "name": each.area.name,
        "first": date(day.year, 1, 1),
        "day": day,
        "latest": each.last_activity_on,
        "running": counted("running", _("initiatives running"), each.running, day),
        "activities": counted("activities", _("activities"), each.activities, latest),
        "attendance": counted("attendance", _("took part"), each.attendance, latest),
        "municipalities": counted("municipalities", _("municipalities"), each.municipalities, day),
    }


def _with_results(area: dict[str, Any], targets: list[dict[str, Any]]) -> dict[str, Any]:
    return area | {"movements": counted_by_movement(targets, area["name"])}


def _with_touch(targets: list[dict[str, Any]], found: Account) -> list[dict[str, Any]]:
    """Whether the municipality's initiatives work towards each; None where it takes part in none yet."""
    touched = [None if found.touched is None else each.is_touched for each in found.targets]
    return [target | {"touched": each} for target, each in zip(targets, touched, strict=True)]


# --- what the municipality gives and gets -----------------------------------------------------------------------------


def economy(memo: Memo, found: Account) -> dict[str, Any]:
    """Kommunens regnskab under the agreement until the memo's date, of money the whole years."""
    rows = memo.agreement.contributions.filter(year__range=(found.first.year, found.last.year)).order_by()
    paid = rows.aggregate(
        own=Max("year", filter=Q(municipality=memo.place)), state=Max("year", filter=Q(payer="state"))
    )

    def of_money(key: str, label: str, value: Decimal | None, year: int | None, sources: Sequence[str]) -> Figure:
        as_of = freshness.of_year(year, memo.date) if year else memo.date
        source = ", ".join(sources) or portal_records()
        return freshness.figure(
            key=key, label=label, value=value, unit="kr.", as_of=as_of, source=source, day=memo.date, **YEARLY
        )

    def counted(key: str, label: str, part: Part, as_of: date | None) -> Figure:
        own = freshness.figure(
            key=f"account-{key}",
            label=label,
            value=part.own,
            as_of=as_of or memo.date,
            source=portal_records(),
            day=memo.date,
        )
        return own | _of_all(part)

    own_money = _("Contribution"), found.contribution.own, paid["own"], found.contribution_sources
    return {
        "years": found.years,
        "contribution": of_money("contribution", *own_money) | _of_all(found.contribution),
        "counts": [
            counted("participations", _("Initiatives taken part in"), found.participations, None),
            counted("activities", _("Activities"), found.activities, found.last_activity_on),
            counted("attendance", _("Attendance"), found.attendance, found.last_activity_on),
            counted("stories", _("Good stories"), found.stories, found.last_story_on),
        ],
        "inhabitants": freshness.figure(
            key="inhabitants",
            label=_("Inhabitants"),
            value=found.inhabitants.own,
            as_of=memo.place.population_date,
            source=_("Statistics Denmark, FOLK1A"),
            day=memo.date,
            **YEARLY,
        )
        | _of_all(found.inhabitants),
        "state": of_money("state", _("From the state"), found.state_money, paid["state"], found.state_sources),
        "per_inhabitant": found.per_inhabitant,
        "others_per_krone": found.others_per_krone,
    }


YEARLY = {"interval": freshness.YEARLY}


def _of_all(part: Part) -> dict[str, Any]:
    return {"all": part.all, "per_cent": part.per_cent and part.per_cent.quantize(Decimal("0.1"))}


# --- what comes next --------------------------------------------------------------------------------------------------


def meetings(memo: Memo) -> list[dict[str, Any]]:
    """The coming meetings of the region's bodies and of the municipality's own that are planned in the next year."""
    rows = (
        Meeting.objects.filter(body__culture_region=memo.agreement.culture_region)
        .filter(Q(body__municipality=None) | Q(body__municipality=memo.place, body__kind=Body.Kind.COMMITTEE))
        .filter(held_on__gte=memo.date, held_on__lte=memo.date + AHEAD)
        .exclude(status=Meeting.Status.CANCELLED)
        .order_by("held_on", "body__name")[:SHOWN_STEPS]
    )
    return [
        {"body": each.body.name, "held_on": each.held_on, "starts_at": each.starts_at, "place": each.place}
        for each in rows
    ]


def milestones(memo: Memo) -> list[dict[str, Any]]:
    """Those of the next year, and those that should have been reached."""
    rows = (
        Milestone.objects.filter(area__agreement=memo.agreement, due_on__lte=memo.date + AHEAD)
        .filter(Q(reached_on__isnull=True) | Q(reached_on__gt=memo.date))
        .select_related("area")[:SHOWN_STEPS]
    )
    return [
        {"title": each.title, "area": each.area.name, "due_on": each.due_on, "late": each.due_on < memo.date}
        for each in rows
    ]
