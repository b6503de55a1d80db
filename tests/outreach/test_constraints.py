"""For every rule that the database holds for outreach, one row that breaks it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from initiatives.models import Activity
from outreach.models import (
    Ambassador,
    ContactNote,
    Encounter,
    FollowUp,
    GatePassage,
    Invitation,
    IssuedMemo,
    Measure,
    MemoRun,
    MemoRunItem,
    NetworkEvent,
    OnboardingCase,
    OpenQuestion,
    SocialLink,
    StatusNote,
    Subscription,
    Visit,
)
from tests.constraints import again, assert_broken, change, constraints
from tests.factories import AgendaLayoutFactory, MemoFactory, municipality, the_agreement
from tests.factories.outreach import AmbassadorFactory, SubscriptionFactory

RULES = constraints("outreach")


def memo_run(**fields) -> MemoRun:
    given = {"date": date(2026, 11, 25), "case_officer": "Emine Bakkedal", "case_number": "20.20.00-P27-1-20"}
    return MemoRun.objects.create(**{"agreement": the_agreement(), "kind": "status", **given, **fields})


def run_item(run: MemoRun, **fields) -> MemoRunItem:
    return MemoRunItem.objects.create(run=run, municipality=municipality("Rødovre"), **fields)


def issued_memo(number: int) -> IssuedMemo:
    memo, at = MemoFactory(), datetime(2026, 11, 25, tzinfo=UTC)
    return IssuedMemo.objects.create(memo=memo, series=memo.series, number=number, issued_at=at, payload={}, pdf=b"")


BREAKERS = {
    # measures
    "measure_direction_known": lambda: change(Measure, direction="opad"),
    "measure_number_from_one": lambda: change(Measure, number=0),
    "measure_number_unique": lambda: again(Measure),
    "measure_rejected_with_reason": lambda: change(Measure, status="rejected"),
    "measure_status_known": lambda: change(Measure, status="glemt"),
    "openquestion_answer_dated": lambda: change(OpenQuestion, answer="Nej."),
    # onboarding
    "gatepassage_gate_known": lambda: change(GatePassage, gate="bagdør"),
    "gatepassage_once": lambda: again(GatePassage),
    "invitation_answer_dated": lambda: change(Invitation, {"answer": "none"}, answer="yes"),
    "invitation_fee_known": lambda: change(Invitation, fee="måske"),
    "invitation_kind_known": lambda: change(Invitation, kind="fest"),
    "invitation_to_one_thing": lambda: change(
        Invitation, {"meeting__isnull": False}, activity=Activity.objects.first()
    ),
    "invitation_to_something": lambda: change(Invitation, {"meeting__isnull": True}, title=""),
    "onboardingcase_council_decision": lambda: change(OnboardingCase, {"stage": "committee"}, stage="council"),
    "onboardingcase_next_step_named": lambda: change(OnboardingCase, {"next_step_on__isnull": False}, next_step=""),
    "onboardingcase_one_open": lambda: again(OnboardingCase, stage="taking_part"),
    "onboardingcase_reason_given": lambda: change(OnboardingCase, {"stage": "contacted"}, stage="paused"),
    "onboardingcase_stage_known": lambda: change(OnboardingCase, {"stage": "contacted"}, stage="glemt"),
    # visits
    "ambassador_person_once": lambda: again(Ambassador, person__isnull=False),
    "ambassador_unnamed_once": lambda: again(Ambassador, pk=AmbassadorFactory().pk),
    "visit_cancelled_with_reason": lambda: change(Visit, {"status": "cancelled"}, status_reason=""),
    "visit_status_known": lambda: change(Visit, status="glemt"),
    # networks, contacts and follow-ups
    "contactnote_kind_known": lambda: change(ContactNote, kind="due"),
    "followup_from_one_thing": lambda: change(
        FollowUp, {"contact__isnull": False}, encounter=Encounter.objects.first()
    ),
    "networkevent_once": lambda: again(NetworkEvent),
    "networkevent_period_forward": lambda: change(NetworkEvent, ends_on=date(2020, 1, 1)),
    # status notes
    "statusnote_month_first_day": lambda: change(StatusNote, month=date(2026, 5, 2)),
    "statusnote_once_a_month": lambda: again(StatusNote, status="published"),
    "statusnote_published_dated": lambda: change(StatusNote, {"status": "published"}, published_on=None),
    "statusnote_status_known": lambda: change(StatusNote, status="glemt"),
    "statusnote_text_given": lambda: change(StatusNote, {"status": "approved"}, text=""),
    "statusnote_withdrawn_with_reason": lambda: change(StatusNote, {"status": "withdrawn"}, status_reason=""),
    # headings of agenda items
    "agendalayout_main_headings_given": lambda: AgendaLayoutFactory(presentation=""),
    "agendalayout_one_per_municipality": lambda: AgendaLayoutFactory(municipality=municipality("Rødovre")),
    "agendalayout_place_known": lambda: AgendaLayoutFactory(recommendation_place="mid"),
    # memos
    "issuedmemo_number_from_one": lambda: issued_memo(number=0),
    "issuedmemo_number_unique": lambda: [issued_memo(number=1), issued_memo(number=1)],
    "memorun_closing_not_empty": lambda: memo_run(closing_included=True),
    "memorun_date_sensible": lambda: memo_run(date=date(2101, 1, 1)),
    "memorun_kind_known": lambda: memo_run(kind="agenda"),
    "memorun_one_open": lambda: [memo_run(), memo_run()],
    "memorun_opening_not_empty": lambda: memo_run(opening_included=True),
    "memorun_situation_not_empty": lambda: memo_run(situation_included=True),
    "memorun_status_known": lambda: memo_run(status="lost"),
    "memorunitem_issued_or_failed": lambda: run_item(memo_run(), memo=MemoFactory(), error="Gik i stå."),
    "memorunitem_one_per_municipality": lambda: [run_item(run) for run in [memo_run()] * 2],
    "memo_meeting_given": lambda: MemoFactory(kind="agenda", committee=None),
    "memo_one_recipient": lambda: MemoFactory(municipality=municipality("Rødovre")),
    "memo_recipient_given": lambda: MemoFactory(committee=None),
    "memo_status_known": lambda: MemoFactory(status="lost"),
    "memo_withdrawn_with_reason": lambda: MemoFactory(status="withdrawn"),
    "memo_year_given": lambda: MemoFactory(kind="annual", committee=None),
    "memo_closing_not_empty": lambda: MemoFactory(closing_included=True),
    "memo_date_sensible": lambda: MemoFactory(date=date(1999, 12, 31)),
    "memo_kind_known": lambda: MemoFactory(kind="digt"),
    "memo_opening_not_empty": lambda: MemoFactory(opening_included=True),
    "memo_situation_not_empty": lambda: MemoFactory(situation_included=True),
    # marketing
    "sociallink_channel_known": lambda: change(SocialLink, channel="brevdue"),
    "sociallink_https": lambda: change(SocialLink, url="http://www.facebook.com/eksempel"),
    "sociallink_once": lambda: again(SocialLink),
    "subscription_address_once": lambda: SubscriptionFactory(email=Subscription.objects.first().email.upper()),
    "subscription_ends_after_request": lambda: change(
        Subscription, unsubscribed_at=Subscription.objects.earliest("requested_at").requested_at - timedelta(days=999)
    ),
}


def test_every_rule_is_tried():
    assert sorted(BREAKERS) == sorted(RULES)


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_holds_the_rule(cast, name):
    model, constraint = RULES[name]
    assert_broken(model, constraint, BREAKERS[name])


@pytest.mark.parametrize(
    "half", [{"council_decided_on": date(2026, 11, 3)}, {"council_case_number": "26/1"}], ids=["no number", "no date"]
)
@pytest.mark.parametrize("stage", ["council", "joined"])
def test_half_a_decision_of_the_council_is_none(cast, stage, half):
    model, constraint = RULES["onboardingcase_council_decision"]
    assert_broken(model, constraint, lambda: change(OnboardingCase, {"stage": "committee"}, stage=stage, **half))
