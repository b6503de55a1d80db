"""For every rule that the database holds for areas, targets and initiatives, one row that breaks it."""

from datetime import date

import pytest

from initiatives.models import Initiative, InitiativeArea, ResultTarget
from tests.constraints import assert_broken, constraints
from tests.factories import InitiativeAreaFactory, InitiativeFactory, ResultTargetFactory

RULES = constraints(Initiative, InitiativeArea, ResultTarget)


def first_area() -> InitiativeArea:
    return InitiativeArea.objects.get(position=1)


BREAKERS = {
    "area_name_unique": lambda: InitiativeAreaFactory(name="Musikindsatsen"),
    "area_position_from_one": lambda: InitiativeAreaFactory(position=0),
    "area_position_unique": lambda: InitiativeAreaFactory(position=2),
    "initiative_period_forward": lambda: InitiativeFactory(starts_on=date(2021, 1, 2), ends_on=date(2021, 1, 1)),
    "initiative_reason_given": lambda: InitiativeFactory(status="paused"),
    "initiative_status_known": lambda: InitiativeFactory(status="glemt"),
    "initiative_title_unique": lambda: InitiativeFactory(title="Hun spiller"),
    "target_position_from_one": lambda: ResultTargetFactory(position=0),
    "target_position_unique": lambda: ResultTargetFactory(area=first_area(), position=4),
    "target_text_given": lambda: ResultTargetFactory(text=""),
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
