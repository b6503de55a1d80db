"""Status of the agreement, as in the customer's own memo: the decision, the members, the purposes and the areas."""

import datetime
from typing import Any

from agreements.danish import council_meeting, in_a_row, official_name
from agreements.models import Body, Meeting, Membership
from outreach.models import Memo

from . import changes, freshness
from .results import all_figures, results, targets_of


def gather(memo: Memo) -> dict[str, Any]:
    """The agreement as it stands on the memo's date, seen from the municipality that the memo is for."""
    agreement, place = memo.agreement, memo.place
    memberships = list(agreement.memberships.on(memo.date).select_related("municipality"))
    members = [each.municipality.name for each in memberships]
    figures = all_figures(results(targets_of(agreement), memo.date))
    now = changes.comparable(memo, memberships, figures)
    areas = [
        {"name": area.name, "purpose": area.purpose, "targets": [target.text for target in area.targets.all()]}
        for area in agreement.areas.prefetch_related("targets")
    ]
    return {
        "municipality": official_name(place.name),
        "decision": decision(memo),
        "changes": changes.changes(changes.previous(memo), now, figures),
        "members": members,
        "member_count": freshness.counted_members(memo, len(members)),
        "member_names": in_a_row(members),
        "purposes": [purpose.text for purpose in agreement.purposes.all()],
        "areas": areas,
        "area_names": in_a_row((area["name"] for area in areas), last=", samt "),
        "meeting": coming_meeting(memo),
        "comparable": now,
    }


def decision(memo: Memo) -> dict[str, Any] | None:
    """That the municipality's council has decided to join: when, and in which words its meeting is called."""
    membership = Membership.objects.filter(
        agreement=memo.agreement, municipality=memo.place, council_decided_on__lte=memo.date
    ).first()
    if membership is None:
        return None
    council = Body.objects.filter(
        culture_region=memo.agreement.culture_region, municipality=memo.place, kind=Body.Kind.COUNCIL
    ).first()
    return {
        "decided_on": membership.council_decided_on,
        "council_meeting": council_meeting(council.name if council else ""),
        "continues": membership.continues,
        "was_coming": membership.council_decided_on < memo.agreement.starts_on,
    }


def coming_meeting(memo: Memo) -> dict[str, Any] | None:
    """The steering group's next meeting, as seen from the memo's date, if it is not cancelled, and who goes there."""
    meeting = (
        Meeting.objects.filter(
            body__culture_region=memo.agreement.culture_region,
            body__kind=Body.Kind.STEERING_GROUP,
            held_on__gte=memo.date,
            held_on__lte=memo.date + datetime.timedelta(days=366),
        )
        .exclude(status=Meeting.Status.CANCELLED)
        .select_related("body")
        .order_by("held_on")
        .first()
    )
    if meeting is None:
        return None
    delegates = meeting.delegates.filter(committee__municipality=memo.place).select_related("committee")
    return {
        "body": meeting.body.name,
        "held_on": meeting.held_on,
        "announcement": meeting.announcement,
        "delegates": [
            {"office": str(each.get_office_display()), "committee": each.committee.name} for each in delegates
        ],
    }
