"""The memo for a municipality that is to decide whether to join: what it costs, what one like it gets, and when.

Nothing is assumed: whether taking part costs a fee is yes, no or undecided, as its invitations say; an amount that
nobody has registered is None.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agreements.danish import genitive, in_a_row, official_name
from agreements.models import Agreement, Contribution, Municipality, Post
from initiatives.account import Account, account
from kulturmetropol.amounts import ØRE
from outreach.models import Invitation, Memo, OnboardingCase

from .counting import counted, latest, uncounted

ALIKE = 3  # members whose contributions are shown


def case_of(agreement: Agreement, place: Municipality | None) -> OnboardingCase | None:
    """The municipality's case that is still open."""
    return OnboardingCase.objects.open().filter(agreement=agreement, municipality=place).first()


def gather(memo: Memo) -> dict[str, Any]:
    agreement, place = memo.agreement, memo.place
    case = case_of(agreement, place)
    alike = nearest_in_size(agreement, place, memo.date)
    nearest = _account(agreement, alike[0], memo.date) if alike else None
    return {
        "municipality": official_name(place.name),
        "place": _place(place),
        "starts_on": agreement.starts_on,
        "ends_on": agreement.ends_on,
        "purposes": [purpose.text for purpose in agreement.purposes.all()],
        "areas": [
            {"name": area.name, "purpose": area.purpose, "targets": len(area.targets.all())}
            for area in agreement.areas.prefetch_related("targets")
        ],
        "member_names": in_a_row(
            each.municipality.name for each in agreement.memberships.on(memo.date).select_related("municipality")
        ),
        "invitations": [_invitation(each) for each in _invitations(case)],
        "own_contribution": contributions_of(agreement, [place], memo.date)[place.pk],
        "contributions": contributions(agreement, alike[:ALIKE], memo.date),
        "nearest": _nearest(nearest, memo.date) if nearest else None,
        "case": _case(case) if case else None,
        "contacts": contacts(memo, case),
    }


def nearest_in_size(agreement: Agreement, place: Municipality, day: datetime.date) -> list[Municipality]:
    """The members, those first whose number of inhabitants is nearest to the municipality's."""
    members = agreement.memberships.on(day).exclude(municipality=place).select_related("municipality")
    return sorted(
        (each.municipality for each in members),
        key=lambda each: (abs(each.population - place.population), each.sort_order),
    )


def _place(municipality: Municipality) -> dict[str, Any]:
    return {
        "name": municipality.name,
        "population": municipality.population,
        "population_date": municipality.population_date,
    }


# what it costs -------------------------------------------------------------------------------------------------------


def contributions(agreement: Agreement, members: list[Municipality], day: datetime.date) -> list[dict[str, Any]]:
    """What each of the members gave in its latest year, with what that is for each inhabitant."""
    given = contributions_of(agreement, members, day)
    return [_place(each) | (given[each.pk] or {"amount": None}) for each in members]


def contributions_of(
    agreement: Agreement, members: list[Municipality], day: datetime.date
) -> dict[int, dict[str, Any] | None]:
    """By the municipality's key what it gave in the latest year up to the day's; None where nothing is registered."""
    rows = (
        agreement.contributions.filter(payer=Contribution.Payer.MUNICIPALITY, municipality__in=members)
        .filter(year__lte=max(day.year, agreement.starts_on.year))
        .order_by()
        .values_list("municipality", "year", "source")
        .annotate(total=Sum("amount"))
    )
    by_member: dict[int, list[tuple]] = defaultdict(list)
    for municipality, *of_year in rows:
        by_member[municipality].append(tuple(of_year))
    return {member.pk: _latest_year(member, by_member[member.pk]) for member in members}


def _latest_year(member: Municipality, rows: list[tuple]) -> dict[str, Any] | None:
    """The newest year of rows of year, source and amount."""
    if not rows:
        return None
    latest = max(year for year, _source, _amount in rows)
    of_year = [(source, Decimal(amount)) for year, source, amount in rows if year == latest]
    total = sum((amount for _source, amount in of_year), Decimal(0)).quantize(ØRE)
    return {
        "year": latest,
        "amount": total,
        "per_inhabitant": (total / member.population).quantize(ØRE),
        "source": ", ".join(sorted({source for source, _amount in of_year if source})),
    }


def _invitations(case: OnboardingCase | None):
    if case is None:
        return []
    return case.invitations.select_related("meeting__body__municipality", "activity").order_by("sent_on", "pk")


def _invitation(invitation: Invitation) -> dict[str, Any]:
    return {
        "what": invitation.what,
        "kind": str(invitation.get_kind_display()),
        "day": invitation.day,
        "fee": str(invitation.get_fee_display()),
        "answer": str(invitation.get_answer_display()),
    }


# what one like it gets -----------------------------------------------------------------------------------------------


def _account(agreement: Agreement, municipality: Municipality, day: datetime.date) -> Account:
    """Of the agreement's days until the memo's; before it starts there is nothing to count."""
    last = max(agreement.starts_on, min(day, agreement.ends_on))
    return account(agreement=agreement, municipality=municipality, first=agreement.starts_on, last=last, today=day)


def _nearest(of: Account, day: datetime.date) -> dict[str, Any]:
    all_targets = _("of %(count)d") % {"count": len(of.targets)}
    leads = ngettext("lead of %(count)d", "lead of %(count)d", of.leads) % {"count": of.leads} if of.leads else ""
    own, key = of.contribution.own, f"nearest-{of.municipality.code}"
    return _place(of.municipality) | {
        "possessive": genitive(of.municipality.name),
        "first": of.first,
        "last": of.last,
        "begun": of.first <= day,
        "figures": [
            counted(f"{key}-initiatives", _("Initiatives it takes part in"), of.participations.own, day, leads),
            counted(f"{key}-targets", _("Result targets that they work towards"), of.touched, day, all_targets),
            counted(
                f"{key}-activities",
                _("Activities in the municipality"),
                of.activities.own,
                day,
                latest(of.last_activity_on),
            ),
            counted(f"{key}-attendance", _("Attendance"), of.attendance.own, day, uncounted(of.uncounted)),
            counted(f"{key}-stories", _("Published stories"), of.stories.own, day),
            counted(
                f"{key}-contribution",
                _("Own contribution in the period"),
                own,
                day,
                ", ".join(of.contribution_sources),
                unit="kr.",
            ),
            counted(
                f"{key}-others",
                _("What the others put in for each krone of its own"),
                of.others_per_krone,
                day,
                unit="kr.",
            ),
        ],
    }


# the case ------------------------------------------------------------------------------------------------------------


def _case(case: OnboardingCase) -> dict[str, Any]:
    passages = {each.gate: each for each in case.passages.select_related("document")}
    passed_on = {case.Stage.IDENTIFIED: case.interested_on} | {each.gate: each.passed_on for each in passages.values()}
    reached = case.GATES.index(case.last_gate())
    return {
        "stage": str(case.get_stage_display()),
        "interested_on": case.interested_on,
        "decision_deadline": case.decision_deadline,
        "council_decided_on": case.council_decided_on,
        "gates": [
            {
                "name": str(gate.label),
                "passed_on": passed_on.get(gate),
                "document": str(passages[gate].document or "") if gate in passages else "",
                "ahead": place > reached,
            }
            for place, gate in enumerate(case.GATES)
        ],
    }


def contacts(memo: Memo, case: OnboardingCase | None) -> list[dict[str, str]]:
    """Whom to ask: who has the case, while the login is in use, and the region's project managers."""
    found = []
    if case and case.owner and case.owner.is_active:
        found.append({"name": str(case.owner), "email": case.owner.email, "post": "", "body": ""})
    managers = (
        Post.objects.filter(person__culture_region=memo.agreement.culture_region, kind=Post.Kind.PROJECT_MANAGER)
        .current(memo.date)
        .select_related("person", "body__municipality", "municipality")
        .order_by("person__name", "pk")
    )
    for post in managers:
        if post.person.email not in {each["email"] for each in found}:
            found.append(
                {
                    "name": post.person.name,
                    "email": post.person.email,
                    "post": str(post.get_kind_display()),
                    "body": str(post.place),
                }
            )
    return found
