"""What stands in a memo: for each kind, the data that its template shows."""

import datetime
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from agreements.danish import council_meeting, in_a_row, official_name
from agreements.models import Body, Meeting, Membership
from kulturmetropol.pdf import render_pdf, unprintable

from .models import Memo

TEMPLATE = "outreach/memos/{kind}.html"
LANGUAGE = "da"  # the committees' own


def memo_pdf(memo: Memo) -> bytes:
    """The memo as a PDF, for a memo that need not be saved."""
    with translation.override(LANGUAGE):
        return render_pdf(TEMPLATE.format(kind=memo.kind), memo_context(memo))


def memo_context(memo: Memo) -> dict[str, Any]:
    return {
        "memo": memo,
        "author": memo.agreement.culture_region,
        "day": memo.date,
        "sections": included_sections(memo),
        **CONTEXTS[memo.kind](memo),
    }


def included_sections(memo: Memo) -> dict[str, str]:
    """The Markdown of the sections that are part of the memo, by name."""
    return {name: getattr(memo, name) for name in Memo.SECTIONS if getattr(memo, f"{name}_included")}


def signs_without_print(memo: Memo) -> list[str]:
    """The signs anywhere in the memo that its font lacks, for the author to replace."""
    with translation.override(LANGUAGE):
        return sorted(unprintable(render_to_string(TEMPLATE.format(kind=memo.kind), memo_context(memo))))


def status_context(memo: Memo) -> dict[str, Any]:
    """The agreement as it stands on the memo's date, seen from the committee's municipality."""
    agreement, municipality = memo.agreement, memo.committee.municipality
    members = list(agreement.memberships.on(memo.date).select_related("municipality"))
    areas = list(agreement.areas.prefetch_related("targets"))
    meeting = coming_meeting(memo)
    return {
        "agreement": agreement,
        "municipality": official_name(municipality.name),
        "decision": decision(memo),
        "member_count": len(members),
        "member_names": in_a_row(each.municipality.name for each in members),
        "purposes": agreement.purposes.all(),
        "areas": areas,
        "area_names": in_a_row((each.name for each in areas), last=", samt "),
        "meeting": meeting,
        "delegates": meeting
        and meeting.delegates.filter(committee__municipality=municipality).select_related("committee"),
    }


def decision(memo: Memo) -> dict[str, Any] | None:
    """That the municipality's council has decided to join: when, and in which words its meeting is called."""
    municipality = memo.committee.municipality
    membership = Membership.objects.filter(
        agreement=memo.agreement, municipality=municipality, council_decided_on__lte=memo.date
    ).first()
    if membership is None:
        return None
    council = Body.objects.filter(
        culture_region=memo.agreement.culture_region, municipality=municipality, kind=Body.Kind.COUNCIL
    ).first()
    return {
        "decided_on": membership.council_decided_on,
        "council_meeting": council_meeting(council.name if council else ""),
        "continues": membership.continues,
        "was_coming": membership.council_decided_on < memo.agreement.starts_on,
    }


def coming_meeting(memo: Memo) -> Meeting | None:
    """The steering group's next meeting, as seen from the memo's date, if it is not cancelled."""
    return (
        Meeting.objects.filter(
            body__culture_region=memo.agreement.culture_region,
            body__kind=Body.Kind.STEERING_GROUP,
            held_on__gte=memo.date,
            held_on__lte=memo.date + datetime.timedelta(days=366),
        )
        .exclude(status=Meeting.Status.CANCELLED)
        .order_by("held_on")
        .first()
    )


CONTEXTS = {Memo.Kind.STATUS: status_context}
