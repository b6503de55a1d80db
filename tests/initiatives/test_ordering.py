"""Moving purposes and targets up and down, one place at a time."""

import pytest

from initiatives.models import InitiativeArea, ResultTarget
from tests.factories import (
    AgreementFactory,
    InitiativeAreaFactory,
    PurposeFactory,
    ResultTargetFactory,
    the_agreement,
)
from tests.pages import all_of_class, parse


def order(siblings) -> str:
    """The rows' first positions, in the order in which they stand now."""
    return "".join(row.text[-1] for row in siblings.order_by("position"))


@pytest.fixture(params=["formaal", "resultatmaal"])
def five(request, db):
    """Five siblings whose texts end in the place they start from, and the address of their kind."""
    if request.param == "formaal":
        agreement = AgreementFactory()
        rows = [PurposeFactory(agreement=agreement, position=n, text=f"At komme {n}") for n in range(1, 6)]
        siblings = agreement.purposes
    else:
        area = InitiativeAreaFactory()
        rows = [ResultTargetFactory(area=area, position=n, text=f"At komme {n}") for n in range(1, 6)]
        siblings = area.targets
    return request.param, rows, siblings


@pytest.mark.parametrize(
    ("place", "way", "result"),
    [
        (1, "ned", "21345"),
        (3, "op", "13245"),
        (3, "ned", "12435"),
        (5, "op", "12354"),
        (1, "op", "12345"),
        (5, "ned", "12345"),
    ],
)
def test_a_row_moves_one_place(staff, five, place, way, result):
    slug, rows, siblings = five
    row = rows[place - 1]
    response = staff.post(f"/{slug}/{row.pk}/flyt/", {way: ""})
    assert order(siblings) == result
    parent = getattr(row, row.parent)
    assert response.url == f"{parent.get_absolute_url()}#{row._meta.model_name}-{row.pk}"
    assert f'id="{row._meta.model_name}-{row.pk}"' in staff.get(parent.get_absolute_url()).content.decode()


def test_a_row_moves_from_the_first_place_to_the_last_and_back(staff, five):
    slug, rows, siblings = five
    for result in ("21345", "23145", "23415", "23451", "23451"):
        staff.post(f"/{slug}/{rows[0].pk}/flyt/", {"ned": ""})
        assert order(siblings) == result
    for result in ("23415", "23145", "21345", "12345", "12345"):
        staff.post(f"/{slug}/{rows[0].pk}/flyt/", {"op": ""})
        assert order(siblings) == result


def test_a_gap_is_jumped(staff, five):
    slug, rows, siblings = five
    for row in rows[1:3]:
        staff.post(f"/{slug}/{row.pk}/slet/")
    staff.post(f"/{slug}/{rows[3].pk}/flyt/", {"op": ""})
    assert order(siblings) == "415"
    staff.post(f"/{slug}/{rows[0].pk}/flyt/", {"ned": ""})
    assert order(siblings) == "451"


def test_rows_of_another_parent_stay_where_they_are(staff):
    youth, music = (InitiativeArea.objects.get(name=name) for name in ("Ungeindsatsen", "Musikindsatsen"))
    before = list(music.targets.values_list("pk", "position"))
    last = youth.targets.last()
    staff.post(f"/resultatmaal/{last.pk}/flyt/", {"ned": ""})
    staff.post(f"/resultatmaal/{last.pk}/flyt/", {"op": ""})
    assert list(music.targets.values_list("pk", "position")) == before
    assert ResultTarget.objects.get(pk=last.pk).position == 3


def test_there_is_no_way_up_from_the_top_nor_down_from_the_bottom(staff, five):
    _slug, rows, _siblings = five
    parent = getattr(rows[0], rows[0].parent)
    buttons = [
        [(button.get("name"), "disabled" in button.attrib) for button in form.iter("button")]
        for form in all_of_class(parse(staff.get(parent.get_absolute_url())), "move")
    ]
    assert buttons == [
        [("op", True), ("ned", False)],
        *[[("op", False), ("ned", False)]] * 3,
        [("op", False), ("ned", True)],
    ]


def test_a_button_says_what_it_moves(staff):
    (first, *_rest) = all_of_class(parse(staff.get(the_agreement().get_absolute_url())), "move")
    assert [button.get("aria-label") for button in first.iter("button")] == [
        "Flyt op: At understøtte kommuners engagement",
        "Flyt ned: At understøtte kommuners engagement",
    ]
