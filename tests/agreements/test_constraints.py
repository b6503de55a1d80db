"""For every rule that the database holds for the agreement, one row that breaks it."""

from datetime import date

import pytest

from agreements.models import (
    Agreement,
    Body,
    Meeting,
    MeetingDelegate,
    Membership,
    Municipality,
    Person,
    Post,
    Purpose,
    RoleGrant,
)
from tests.constraints import assert_broken, constraints
from tests.factories import (
    AgreementFactory,
    BodyFactory,
    CommitteeFactory,
    MembershipFactory,
    PurposeFactory,
    municipality,
)

RULES = constraints(
    Agreement, Body, Meeting, MeetingDelegate, Membership, Municipality, Person, Post, Purpose, RoleGrant
)


def again(model, **fields) -> None:
    """Saves a row of the model once more, as another row."""
    row = model.objects.filter(**fields).first()
    row.pk, row._state.adding = None, True
    row.save()


BREAKERS = {
    "agreement_name_unique": lambda: AgreementFactory(name="Kulturmetropolen 2021-2024"),
    "agreement_period_forward": lambda: AgreementFactory(starts_on=date(2025, 1, 2), ends_on=date(2025, 1, 1)),
    "agreement_status_known": lambda: AgreementFactory(status="glemt"),
    "body_interval_sensible": lambda: CommitteeFactory(status_interval_months=25),
    "body_municipality_by_kind": lambda: BodyFactory(kind="committee"),
    "body_name_unique_in_municipality": lambda: CommitteeFactory(
        municipality=municipality("Rødovre"), name="Kultur- og Fritidsudvalget"
    ),
    "body_name_unique_in_region": lambda: BodyFactory(name="KMK"),
    "meeting_status_known": lambda: Meeting.objects.update(status="glemt"),
    "meetingdelegate_once": lambda: again(MeetingDelegate),
    "membership_once": lambda: MembershipFactory(municipality=municipality("Køge")),
    "membership_period_forward": lambda: Membership.objects.update(left_on=date(2020, 12, 31)),
    "municipality_own_tile": lambda: Municipality.objects.filter(code__in=["0101", "0147"]).update(
        tile_column=1, tile_row=1
    ),
    "municipality_population_positive": lambda: Municipality.objects.filter(code="0101").update(population=0),
    "post_in_body_or_municipality": lambda: Post.objects.update(
        body=Body.objects.first(), municipality=municipality("Køge")
    ),
    "post_period_forward": lambda: Post.objects.update(ends_on=date(2017, 12, 31)),
    "purpose_position_from_one": lambda: Purpose.objects.filter(position=1).update(position=0),
    "purpose_position_unique": lambda: PurposeFactory(position=8),
    "purpose_text_given": lambda: PurposeFactory(text=""),
    "rolegrant_guest_has_municipality": lambda: RoleGrant.objects.filter(role="guest").update(municipality=None),
    "rolegrant_one_per_user_and_region": lambda: again(RoleGrant, role="staff"),
    "rolegrant_role_known": lambda: RoleGrant.objects.filter(role="staff").update(role="konge"),
}


def test_every_rule_is_tried():
    assert sorted(BREAKERS) == sorted(RULES)


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_holds_the_rule(cast, name):
    model, constraint = RULES[name]
    assert_broken(model, constraint, BREAKERS[name])


def test_staff_have_no_municipality(cast):
    grant = RoleGrant.objects.filter(role="staff")
    model, constraint = RULES["rolegrant_guest_has_municipality"]
    assert_broken(model, constraint, lambda: grant.update(municipality=municipality("Køge")))


def test_an_own_body_has_no_municipality(cast):
    model, constraint = RULES["body_municipality_by_kind"]
    assert_broken(model, constraint, lambda: BodyFactory(municipality=municipality("Køge")))


def test_a_post_is_somewhere(cast):
    model, constraint = RULES["post_in_body_or_municipality"]
    assert_broken(model, constraint, lambda: Post.objects.update(body=None, municipality=None))
