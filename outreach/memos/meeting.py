"""The agenda of a meeting, and its minutes: the same numbered items and annexes, with what became of them."""

import datetime
from typing import Any

from django.db.models import F, Q

from agreements.models import Agreement, Body, Meeting, Post
from agreements.models.papers import in_order
from outreach.models import Memo


def agenda(memo: Memo) -> dict[str, Any]:
    meeting: Meeting = memo.meeting
    body: Body = meeting.body
    return {
        "recipient": {
            "name": str(body),
            "municipality": body.municipality.name if body.municipality else "",
            "municipality_code": body.municipality.code if body.municipality else "",
        },
        "meeting": {
            "body": str(body),
            "held_on": meeting.held_on,
            "starts_at": meeting.starts_at,
            "place": meeting.place,
            "announcement": meeting.announcement,
        },
        "participants": participants(meeting, memo.agreement),
        "items": [
            {
                "number": number,
                "title": item.title,
                "presentation": item.presentation,
                "recommendation": item.recommendation,
            }
            for number, item in enumerate(meeting.agenda_items.all(), start=1)
        ],
        "annexes": [{"number": each.annex, "title": each.title} for each in in_order(meeting.documents.all())],
    }


def minutes(memo: Memo) -> dict[str, Any]:
    """The agenda, and with each item what was decided; then the minutes' own words."""
    said = agenda(memo)
    for written, item in zip(said["items"], memo.meeting.agenda_items.all(), strict=True):
        written["decision"] = item.decision
    return said | {"minutes": memo.meeting.minutes}


def participants(meeting: Meeting, agreement: Agreement) -> list[dict[str, str]]:
    """The delegates who are registered, each with the name of who holds the office on the day where that is known;
    where nobody is registered, those who hold a post in the body on that day."""
    held_by = {
        (each.body_id, each.kind): each.person.name
        for each in Post.objects.filter(kind=Post.Kind.CHAIR, body__delegations__meeting=meeting)
        .current(meeting.held_on)
        .select_related("person")
    }
    delegates = [
        {
            "name": held_by.get((each.committee_id, each.office), ""),
            "office": str(each.get_office_display()),
            "committee": each.committee.name,
            "municipality": each.committee.municipality.name,
        }
        for each in meeting.delegates.select_related("committee__municipality")
    ]
    return delegates or members_of(meeting.body, agreement, meeting.held_on)


def in_body(body: Body, agreement: Agreement, day: datetime.date) -> Q:
    """The posts in the body; KMK's members are the culture heads of the municipalities in the agreement."""
    posts = Q(body=body)
    if body.kind == Body.Kind.CULTURE_HEADS:
        members = agreement.memberships.on(day).values("municipality")
        of_region = Q(person__culture_region=body.culture_region)
        posts |= of_region & Q(kind=Post.Kind.CULTURE_HEAD, municipality__in=members)
    return posts


def members_of(body: Body, agreement: Agreement, day: datetime.date) -> list[dict[str, str]]:
    found = (
        Post.objects.filter(in_body(body, agreement, day))
        .current(day)
        .select_related("person", "municipality")
        .order_by(F("municipality__sort_order").asc(nulls_last=True), "person__name", "pk")
    )
    return [
        {
            "name": each.person.name,
            "office": str(each.get_kind_display()),
            "committee": "",
            "municipality": each.municipality.name if each.municipality else "",
        }
        for each in found
    ]
