"""For every rule that the database holds for the agreement, one row that breaks it."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from agreements.models import (
    AccountLine,
    AgendaItem,
    AuditEvent,
    Body,
    Contribution,
    Document,
    Meeting,
    MeetingDelegate,
    Membership,
    Municipality,
    OtherParty,
    Post,
    Purpose,
    RoleGrant,
    Submission,
)
from kulturmetropol.accounts.models import User
from tests.constraints import again, assert_broken, change, constraints
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CommitteeFactory,
    MembershipFactory,
    PurposeFactory,
    municipality,
)
from tests.factories.outreach import OutgoingMailFactory
from tests.factories.users import UserInvitationFactory

RULES = constraints("agreements")

BREAKERS = {
    "accountline_amounts_not_negative": lambda: change(AccountLine, used=-1),
    "accountline_once": lambda: again(AccountLine),
    "accountline_year_sensible": lambda: change(AccountLine, year=1999),
    "agendaitem_position_from_one": lambda: change(AgendaItem, position=0),
    "agendaitem_position_unique": lambda: again(AgendaItem),
    "agreement_name_unique": lambda: AgreementFactory(name="Kulturmetropolen 2021-2024"),
    "agreement_period_forward": lambda: AgreementFactory(starts_on=date(2025, 1, 2), ends_on=date(2025, 1, 1)),
    "agreement_status_known": lambda: AgreementFactory(status="glemt"),
    "auditevent_by_named": lambda: AuditEvent.objects.create(kind="login", by=User.objects.first()),
    "auditevent_has_kind": lambda: AuditEvent.objects.create(kind=""),
    "body_interval_sensible": lambda: CommitteeFactory(status_interval_months=25),
    "body_municipality_by_kind": lambda: BodyFactory(kind="committee"),
    "body_name_unique_in_municipality": lambda: again(Body, name="Kultur- og Fritidsudvalget"),
    "body_name_unique_in_region": lambda: BodyFactory(name="KMK"),
    "body_papers_sensible": lambda: change(Body, papers_days_before=0),
    "contribution_amount_not_negative": lambda: change(Contribution, amount=-1),
    "contribution_kind_known": lambda: change(Contribution, kind="glemt"),
    "contribution_once_municipality": lambda: again(Contribution, payer="municipality"),
    "contribution_once_other": lambda: again(Contribution, payer="other"),
    "contribution_once_state": lambda: again(Contribution, payer="state"),
    "contribution_payer_named": lambda: change(Contribution, {"payer": "municipality"}, municipality=None),
    "contribution_year_sensible": lambda: change(Contribution, year=1999),
    "document_annex_unique": lambda: again(Document, meeting__isnull=False, annex__gt=""),
    "meeting_status_known": lambda: change(Meeting, status="glemt"),
    "meetingdelegate_once": lambda: again(MeetingDelegate),
    "membership_once": lambda: MembershipFactory(municipality=municipality("Køge")),
    "membership_period_forward": lambda: change(Membership, left_on=date(2020, 12, 31)),
    "municipality_own_tile": lambda: Municipality.objects.filter(code__in=["0101", "0147"]).update(
        tile_column=1, tile_row=1
    ),
    "municipality_population_positive": lambda: change(Municipality, population=0),
    "otherparty_kind_known": lambda: change(OtherParty, kind="glemt"),
    "otherparty_name_unique": lambda: again(OtherParty),
    "outgoingmail_sent_dated": lambda: OutgoingMailFactory(status="sent"),
    "outgoingmail_status_known": lambda: OutgoingMailFactory(status="glemt"),
    "post_in_body_or_municipality": lambda: change(Post, body=None, municipality=None),
    "post_period_forward": lambda: change(Post, ends_on=date(2017, 12, 31)),
    "purpose_position_from_one": lambda: change(Purpose, position=0),
    "purpose_position_unique": lambda: PurposeFactory(position=8),
    "purpose_text_given": lambda: PurposeFactory(text=""),
    "rolegrant_guest_has_municipality": lambda: change(RoleGrant, {"role": "guest"}, municipality=None),
    "rolegrant_one_per_user_and_region": lambda: again(RoleGrant, role="staff"),
    "rolegrant_role_known": lambda: change(RoleGrant, {"role": "staff"}, role="konge"),
    "submission_kind_known": lambda: change(Submission, kind="glemt"),
    "submission_once": lambda: again(Submission),
    "submission_year_sensible": lambda: change(Submission, year=1999),
    "userinvitation_ends_later": lambda: UserInvitationFactory(expires_at=timezone.now() - timedelta(days=1)),
    "userinvitation_guest_has_municipality": lambda: UserInvitationFactory(role="guest"),
    "userinvitation_one_end": lambda: UserInvitationFactory(accepted_at=timezone.now(), withdrawn_at=timezone.now()),
    "userinvitation_one_open": lambda: [UserInvitationFactory(email=each) for each in ("a@x.example", "A@x.example")],
    "userinvitation_post_has_person": lambda: UserInvitationFactory(role="post"),
    "userinvitation_role": lambda: UserInvitationFactory(role="konge"),
}


def test_every_rule_is_tried():
    assert sorted(BREAKERS) == sorted(RULES)


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_holds_the_rule(cast, name):
    model, constraint = RULES[name]
    assert_broken(model, constraint, BREAKERS[name])


def test_staff_have_no_municipality(cast):
    model, constraint = RULES["rolegrant_guest_has_municipality"]
    assert_broken(model, constraint, lambda: change(RoleGrant, {"role": "staff"}, municipality=municipality("Køge")))


def test_an_own_body_has_no_municipality(cast):
    model, constraint = RULES["body_municipality_by_kind"]
    assert_broken(model, constraint, lambda: BodyFactory(municipality=municipality("Køge")))


def test_a_post_is_in_one_place(cast):
    model, constraint = RULES["post_in_body_or_municipality"]
    both = {"body": Body.objects.first(), "municipality": municipality("Køge")}
    assert_broken(model, constraint, lambda: change(Post, **both))
