"""How the cases of onboarding stand: what each waits for and by when, its gates, and the board of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kulturmetropol.todo import SOON, lateness
from outreach.models import GatePassage, Invitation, OnboardingCase

Stage = OnboardingCase.Stage
DECISION_NEAR = 30  # days

# what an admin does to move a case to a gate, as a button says it
VERBS = {
    Stage.CONTACTED: gettext_lazy("Register the contact"),
    Stage.INVITED: gettext_lazy("Register the invitation"),
    Stage.TAKING_PART: gettext_lazy("Register that it takes part"),
    Stage.COMMITTEE: gettext_lazy("Register the committee's recommendation"),
    Stage.COUNCIL: gettext_lazy("Register the council's decision"),
    Stage.JOINED: gettext_lazy("Make it a member"),
}


def with_what_they_wait_for(cases: QuerySet[OnboardingCase]) -> QuerySet[OnboardingCase]:
    """The cases with all that tells how they stand, in a fixed number of queries."""
    invitations = Invitation.objects.select_related("meeting__body__municipality", "activity")
    return cases.select_related("municipality", "agreement", "owner").prefetch_related(
        "passages", Prefetch("invitations", invitations)
    )


class Kind(StrEnum):
    INVITATION = "invitation"
    NEXT_STEP = "next_step"
    ANSWER = "answer"
    DECISION = "decision"


NAMES = {
    Kind.INVITATION: gettext_lazy("Invitation"),
    Kind.NEXT_STEP: gettext_lazy("Next step"),
    Kind.ANSWER: gettext_lazy("Answer"),
    Kind.DECISION: gettext_lazy("Decision"),
}


@dataclass(frozen=True)
class Due:
    """Something that a case waits for, and by when. `invitation` is the one it is about, where there is one."""

    kind: Kind
    due_on: date
    case: OnboardingCase
    invitation: Invitation | None = None

    def is_late(self, today: date) -> bool:
        return self.due_on < today

    def is_near(self, today: date) -> bool:
        near = DECISION_NEAR if self.kind == Kind.DECISION else SOON
        return (self.due_on - today).days <= near

    def words(self, today: date) -> str:
        """«Invitation 22 dage over»."""
        return f"{NAMES[self.kind]} {lateness(self.due_on, today)}"


def waits_for(case: OnboardingCase, today: date) -> list[Due]:
    """What is to be done in the case, late or not, by day. Reads its `invitations`, which lists fetch along."""
    if case.stage in (*case.CLOSED, Stage.PAUSED):
        return []
    invitations = list(case.invitations.all())
    found = []
    if not any(each.sent_on for each in invitations):
        found.append(Due(Kind.INVITATION, case.invite_by, case, next(iter(invitations), None)))
    if case.next_step_on:
        found.append(Due(Kind.NEXT_STEP, case.next_step_on, case))
    if case.decision_deadline and case.stage != Stage.COUNCIL:
        found.append(Due(Kind.DECISION, case.decision_deadline, case))
    found += [
        Due(Kind.ANSWER, each.day, case, each)
        for each in invitations
        if each.sent_on and each.answer == Invitation.Answer.NONE and each.day and each.day >= today
    ]
    return sorted(found, key=lambda each: each.due_on)


@dataclass(frozen=True)
class State:
    """How a case stands: a word, and how much it asks for somebody («good», «wait», «stop»; «plain» at rest)."""

    words: str
    level: str


def state(case: OnboardingCase, today: date) -> State:
    if case.stage in (*case.CLOSED, Stage.PAUSED):
        return State(case.get_stage_display(), "plain")
    due = waits_for(case, today)
    if late := next((each for each in due if each.is_late(today)), None):
        return State(late.words(today), "stop")
    if near := next((each for each in due if each.is_near(today)), None):
        return State(near.words(today), "wait")
    return State(_("On schedule"), "good")


@dataclass(frozen=True)
class Card:
    """A case as the board shows it. `days`: how long it has stood at its last gate."""

    case: OnboardingCase
    days: int
    state: State


def card(case: OnboardingCase, today: date) -> Card:
    since = max((each.passed_on for each in case.passages.all()), default=case.interested_on)
    return Card(case, (today - since).days, state(case, today))


def attach_cards(cases: Iterable[OnboardingCase], today: date) -> None:
    for case in cases:
        case.card = card(case, today)  # type: ignore[attr-defined]


@dataclass
class Column:
    gate: OnboardingCase.Stage
    cards: list[Card] = field(default_factory=list)


@dataclass(frozen=True)
class Board:
    """A column for each gate, and what stands beside: the paused and the declined."""

    columns: list[Column]
    beside: list[Column]


def board(cases: Iterable[OnboardingCase], today: date) -> Board:
    columns = {stage: Column(stage) for stage in Stage}
    for case in cases:
        columns[Stage(case.stage)].cards.append(card(case, today))
    return Board(
        [columns[gate] for gate in OnboardingCase.GATES],
        [columns[stage] for stage in (Stage.PAUSED, Stage.DECLINED) if columns[stage].cards],
    )


@dataclass(frozen=True)
class Step:
    """A gate of one case: passed (with its passage), skipped, or ahead. `open` when it can be passed now."""

    gate: OnboardingCase.Stage
    passage: GatePassage | None
    is_last: bool
    is_skipped: bool
    is_open: bool


def steps(case: OnboardingCase) -> list[Step]:
    passages = {each.gate: each for each in case.passages.all()}
    last = case.last_gate()
    reached = case.GATES.index(last)
    return [
        Step(
            gate=gate,
            passage=passages.get(gate),
            is_last=gate == last,
            is_skipped=place < reached and gate not in passages,
            is_open=not case.why_not_pass(gate),
        )
        for place, gate in enumerate(case.GATES)
    ]


INVITE, RESUME = "invite", "resume"


def next_move(case: OnboardingCase) -> str:
    """The one thing to do next: to invite, to resume, to pass a gate (its name), or nothing."""
    if case.stage == Stage.PAUSED:
        return RESUME
    if case.stage in case.CLOSED:
        return ""
    sent = any(each.sent_on for each in case.invitations.all())
    reached = case.GATES.index(case.stage)
    if not sent and reached < case.GATES.index(Stage.INVITED):
        return INVITE
    # contact has been taken where an invitation has gone out
    return case.GATES[max(reached + 1, case.GATES.index(Stage.INVITED))]


def draft_of(case: OnboardingCase) -> Invitation | None:
    """An invitation that is written and not sent."""
    return next((each for each in case.invitations.all() if not each.sent_on), None)
