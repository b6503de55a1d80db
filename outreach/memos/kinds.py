"""The kinds of memos as somebody who begins one chooses between them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from outreach.models import Memo

Kind = Memo.Kind


@dataclass(frozen=True)
class Choice:
    """`holds` says what such a memo consists of, `readers` who is to read it."""

    kind: Memo.Kind
    icon: str
    holds: Any
    readers: Any


CHOICES = [
    Choice(
        Kind.STATUS,
        "file-text",
        _("The council's decision, the members, the purposes, the initiative areas and the next meeting."),
        _("A municipality's committee."),
    ),
    Choice(
        Kind.MUNICIPALITY,
        "map-pin",
        _("What the municipality takes part in, its activities, result targets, stories, economy and next steps."),
        _("A member's committee."),
    ),
    Choice(
        Kind.ONBOARDING,
        "signpost",
        _("What the agreement is about and costs, what a member of its size gets, and the dates until the decision."),
        _("A municipality with an open onboarding case."),
    ),
    Choice(
        Kind.AGENDA,
        "list-ordered",
        _("The numbered items with presentation and recommendation, who takes part, and the annexes."),
        _("The members of a body, before a meeting."),
    ),
    Choice(
        Kind.MINUTES,
        "clipboard-check",
        _("The agenda with what was decided, and the minutes."),
        _("The members of a body, after a meeting."),
    ),
    Choice(
        Kind.MEASURES,
        "list-checks",
        _("The outward and inward measures, the answers to their questions, and how far they are."),
        _("The chairmanship or the whole culture region."),
    ),
    Choice(
        Kind.ANNUAL,
        "landmark",
        _("Key figures by initiative area and the year's accounts. Due on 15 September of the year after."),
        _("The Agency for Culture and Palaces."),
    ),
    Choice(
        Kind.EVALUATION,
        "flag",
        _("What was promised, done, measured and learnt over the whole period. Due on 1 March of the last year."),
        _("The Agency for Culture and Palaces."),
    ),
]
