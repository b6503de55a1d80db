"""For every rule that the database holds for the initiatives and what is measured, one row that breaks it."""

from datetime import date

import pytest

from initiatives.models import (
    Indicator,
    InitiativeArea,
    KeyFigure,
    Measurement,
    Milestone,
    Participation,
    Story,
    TargetGroup,
)
from tests.constraints import again, assert_broken, change, constraints
from tests.factories import InitiativeAreaFactory, InitiativeFactory, ResultTargetFactory

RULES = constraints("initiatives")


def first_area() -> InitiativeArea:
    return InitiativeArea.objects.get(position=1)


BREAKERS = {
    "area_name_unique": lambda: InitiativeAreaFactory(name="Musikindsatsen"),
    "area_position_from_one": lambda: InitiativeAreaFactory(position=0),
    "area_position_unique": lambda: InitiativeAreaFactory(position=2),
    "indicator_baseline_dated": lambda: change(Indicator, {"baseline__isnull": False}, baseline_on=None),
    "indicator_choices_known": lambda: change(Indicator, desired_trend="hen"),
    "indicator_goal_dated": lambda: change(Indicator, {"target_value__isnull": False}, target_on=None),
    "indicator_goal_lies_ahead": lambda: change(
        Indicator, {"desired_trend": "up", "baseline__isnull": False, "target_value__isnull": False}, baseline=10_000
    ),
    "indicator_interval_sensible": lambda: change(Indicator, interval_months=49),
    "indicator_name_unique": lambda: again(Indicator),
    "indicator_qualitative_without_figures": lambda: change(Indicator, {"kind": "qualitative"}, unit="kroner"),
    "initiative_period_forward": lambda: InitiativeFactory(starts_on=date(2021, 1, 2), ends_on=date(2021, 1, 1)),
    "initiative_reason_given": lambda: InitiativeFactory(status="paused"),
    "initiative_status_known": lambda: InitiativeFactory(status="glemt"),
    "initiative_title_unique": lambda: InitiativeFactory(title="Hun spiller"),
    "keyfigure_once": lambda: again(KeyFigure),
    "keyfigure_year_sensible": lambda: change(KeyFigure, year=1999),
    "measurement_once_for_municipality": lambda: again(Measurement, municipality__isnull=False),
    "measurement_once_for_region": lambda: again(Measurement, municipality__isnull=True),
    "measurement_says_something": lambda: change(Measurement, value=None, note=""),
    "milestone_once": lambda: again(Milestone),
    "participation_once": lambda: again(Participation),
    "participation_period_forward": lambda: change(Participation, starts_on=date(2021, 1, 2), ends_on=date(2021, 1, 1)),
    "participation_role_known": lambda: change(Participation, role="konge"),
    "story_picture_described": lambda: change(Story, picture="billede.jpg", picture_text=""),
    "target_position_from_one": lambda: ResultTargetFactory(position=0),
    "target_position_unique": lambda: ResultTargetFactory(area=first_area(), position=4),
    "target_text_given": lambda: ResultTargetFactory(text=""),
    "targetgroup_name_unique": lambda: again(TargetGroup),
}


def test_every_rule_is_tried():
    assert sorted(BREAKERS) == sorted(RULES)


@pytest.mark.parametrize("name", BREAKERS)
def test_the_database_holds_the_rule(cast, name):
    model, constraint = RULES[name]
    assert_broken(model, constraint, BREAKERS[name])


def test_a_cancelled_initiative_has_a_reason_as_well(cast):
    model, constraint = RULES["initiative_reason_given"]
    assert_broken(model, constraint, lambda: InitiativeFactory(status="cancelled"))
