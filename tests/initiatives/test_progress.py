"""How an indicator is going: worked out, honest, and in a fixed number of queries."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from initiatives.models import Indicator
from initiatives.progress import (
    Movement,
    attach_progress,
    bar,
    is_stale,
    latest_measurements,
    months_between,
    movement,
    progress_by_municipality,
    progress_of,
    share_of_way,
    trend_line,
)
from tests.factories import municipality
from tests.factories.measuring import IndicatorFactory, InWordsFactory, MeasurementFactory, target

FIGURES = st.decimals(min_value=-999_999, max_value=999_999, places=2)
DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 12, 31))
DAY = date(2022, 12, 31)


@given(baseline=FIGURES, goal=FIGURES)
def test_the_way_begins_at_the_baseline_and_ends_at_the_goal(baseline, goal):
    assume(baseline != goal)
    assert share_of_way(baseline, goal, baseline) == 0
    assert share_of_way(baseline, goal, goal) == 1
    assert share_of_way(baseline, goal, goal + (goal - baseline)) == 2
    assert share_of_way(baseline, goal, baseline - (goal - baseline)) == -1


@given(baseline=FIGURES, goal=FIGURES, value=FIGURES)
def test_the_share_is_the_same_seen_upside_down(baseline, goal, value):
    assert share_of_way(baseline, goal, value) == share_of_way(-baseline, -goal, -value)
    assert (share_of_way(baseline, goal, value) is None) == (baseline == goal)


def test_without_a_way_there_is_no_share():
    assert share_of_way(None, Decimal(1), Decimal(1)) is None
    assert share_of_way(Decimal(1), None, Decimal(1)) is None
    assert share_of_way(Decimal(1), Decimal(2), None) is None


OPPOSITE = {
    Movement.FORWARD: Movement.BACKWARD,
    Movement.BACKWARD: Movement.FORWARD,
    Movement.UNCHANGED: Movement.UNCHANGED,
}


@given(before=FIGURES, value=FIGURES, level=FIGURES)
def test_up_and_down_are_opposites_and_so_are_there_and_back(before, value, level):
    up = movement("up", before, value, level)
    assert movement("down", before, value, level) == OPPOSITE[up] == movement("up", value, before, level)
    keep = movement("keep", before, value, level)
    assert movement("keep", value, before, level) == OPPOSITE[keep]
    assert (up == Movement.FORWARD) == (value > before)


@given(level=FIGURES, away=FIGURES)
def test_what_is_to_be_kept_goes_back_either_way(level, away):
    assume(away != 0)
    assert movement("keep", level, level + away, level) == Movement.BACKWARD
    assert movement("keep", level + away, level, level) == Movement.FORWARD
    assert movement("keep", level + away, level - away, level) == Movement.UNCHANGED


@given(measured_on=DAYS, interval=st.integers(1, 48), days=st.integers(0, 2000))
def test_a_figure_that_has_become_old_stays_old(measured_on, interval, days):
    day = measured_on + timedelta(days=days)
    if is_stale(measured_on, interval, day):
        assert is_stale(measured_on, interval, day + timedelta(days=1))
        assert months_between(measured_on, day) >= interval
    else:
        assert months_between(measured_on, day) <= interval


@pytest.mark.parametrize(
    ("measured_on", "interval", "day", "stale", "months"),
    [
        (date(2022, 6, 15), 6, date(2022, 12, 15), False, 6),
        (date(2022, 6, 15), 6, date(2022, 12, 16), True, 6),
        (date(2022, 6, 15), 6, date(2022, 6, 15), False, 0),
        (date(2022, 8, 31), 6, date(2023, 2, 28), False, 6),
        (date(2022, 8, 31), 6, date(2023, 3, 1), True, 6),
        (date(2022, 6, 30), 6, date(2022, 12, 31), False, 6),
        (date(2022, 8, 30), 6, date(2023, 2, 28), False, 6),
        (date(2020, 2, 29), 12, date(2021, 2, 28), False, 12),
    ],
)
def test_older_than_the_interval(measured_on, interval, day, stale, months):
    assert is_stale(measured_on, interval, day) == stale
    assert months_between(measured_on, day) == months


def percent(text: str) -> Decimal:
    return Decimal(text.removesuffix("%"))


@given(value=st.none() | FIGURES, baseline=st.none() | FIGURES, goal=st.none() | FIGURES)
def test_a_bar_stays_in_its_track(value, baseline, goal):
    picture = bar(value, baseline, goal)
    if picture is None:
        assert value is baseline is goal is None
        return
    places = [each for each in (picture.start, picture.baseline, picture.goal, picture.lost_start) if each]
    assert all(0 <= percent(each) <= 100 for each in places)
    for start, width in [(picture.start, picture.width), (picture.lost_start, picture.lost_width)]:
        assert (start is None) == (width is None)
        if start:
            assert percent(start) + percent(width) <= Decimal("100.01")
    share = share_of_way(baseline, goal, value)
    assert (picture.lost_start is not None) == (share is not None and share < 0)


def test_the_bar_of_the_sketch():
    assert (bar(Decimal(18), Decimal(4), Decimal(30)).width, bar(Decimal(18), Decimal(4), Decimal(30)).baseline) == (
        "60.00%",
        "13.33%",
    )
    behind = bar(Decimal(30), Decimal(42), Decimal(120))
    assert (behind.width, behind.lost_start, behind.lost_width) == ("25.00%", "25.00%", "10.00%")


# --- from the database ------------------------------------------------------------------------------------------------


def only(indicator, day=DAY, place=None):
    (found,) = progress_of([Indicator.objects.get(pk=indicator.pk)], day, place)
    return found


def test_on_the_way(cast):
    indicator = IndicatorFactory()
    MeasurementFactory(indicator=indicator, measured_on=date(2022, 6, 30), value=12)
    latest = MeasurementFactory(
        indicator=indicator, measured_on=date(2022, 9, 30), value=Decimal("15.5"), entered_by=cast.staff, source="Os"
    )
    MeasurementFactory(indicator=indicator, measured_on=date(2023, 1, 1), value=99)
    found = only(indicator)
    assert (found.latest, found.value, found.latest.entered_by, found.latest.source) == (
        latest,
        Decimal("15.5"),
        cast.staff,
        "Os",
    )
    assert (found.baseline, found.goal, found.percent) == (10, 30, 27)
    assert (found.movement, found.compared_with) == (Movement.FORWARD, (12, date(2022, 6, 30)))
    assert (found.is_stale, found.age_months, found.is_behind_baseline) == (False, 3, False)


@pytest.mark.parametrize(
    ("values", "percent", "moved"),
    [
        ([4], -30, "backward"),
        ([4, 6], -20, "forward"),
        ([25, 20], 50, "backward"),
        ([20, 20], 50, "unchanged"),
        ([34], 120, "forward"),
        ([10], 0, "unchanged"),
    ],
)
def test_backwards_is_shown_as_backwards_and_past_the_goal_as_past(db, values, percent, moved):
    indicator = IndicatorFactory()
    for month, value in enumerate(values, start=9):
        MeasurementFactory(indicator=indicator, measured_on=date(2022, month, 1), value=value)
    assert (only(indicator).percent, only(indicator).movement) == (percent, moved)


def test_just_short_of_the_goal_is_not_the_goal(db):
    indicator = MeasurementFactory(value=Decimal("29.99")).indicator
    assert only(indicator).percent == 99
    assert only(MeasurementFactory(value=Decimal("9.99")).indicator).percent == -1


def test_less_can_be_better(db):
    indicator = IndicatorFactory(baseline=12, target_value=4, desired_trend="down")
    MeasurementFactory(indicator=indicator, value=8)
    assert (only(indicator).percent, only(indicator).movement) == (50, Movement.FORWARD)


def test_to_keep_what_there_is(db):
    indicator = IndicatorFactory(baseline=9, target_value=9, desired_trend="keep")
    MeasurementFactory(indicator=indicator, value=8)
    assert (only(indicator).percent, only(indicator).movement) == (None, Movement.BACKWARD)


def test_no_figure_is_no_figure(db):
    found = only(IndicatorFactory())
    assert (found.latest, found.value, found.percent, found.movement, found.is_stale) == (None, None, None, None, False)


def test_municipal_figures_are_not_added_up(db):
    indicator = IndicatorFactory()
    køge = municipality("Køge")
    MeasurementFactory(indicator=indicator, municipality=køge, value=3, measured_on=date(2022, 3, 1))
    MeasurementFactory(indicator=indicator, municipality=køge, value=5)
    MeasurementFactory(indicator=indicator, municipality=municipality("Rødovre"), value=8)
    MeasurementFactory(indicator=indicator, municipality=municipality("Ishøj"), value=9, measured_on=date(2023, 1, 1))
    assert (only(indicator).value, only(indicator).municipalities_measured) == (None, 2)
    own = only(indicator, place=køge)
    assert (own.value, own.movement, own.baseline, own.goal, own.percent) == (5, Movement.FORWARD, None, None, None)
    assert [(str(each.municipality), each.value) for each in progress_by_municipality(indicator, DAY)] == [
        ("Køge", 5),
        ("Rødovre", 8),
    ]


def test_the_latest_words(db):
    indicator = InWordsFactory()
    MeasurementFactory(indicator=indicator, value=None, note="Det begynder godt.", measured_on=date(2021, 6, 1))
    MeasurementFactory(indicator=indicator, value=None, note="Det går fint.")
    assert (only(indicator).words, only(indicator).movement, only(indicator).bar) == ("Det går fint.", None, None)


def test_after_the_agreement_nobody_is_expected_to_measure(db):
    indicator = MeasurementFactory(measured_on=date(2024, 9, 30)).indicator
    assert [only(indicator, day).is_stale for day in (date(2024, 12, 31), date(2026, 1, 1))] == [False, False]
    old = MeasurementFactory(measured_on=date(2024, 6, 1)).indicator
    assert (only(old, date(2026, 6, 1)).is_stale, only(old, date(2026, 6, 1)).age_months) == (True, 24)


def test_many_indicators_cost_as_many_queries_as_one(db, django_assert_num_queries):
    few = [MeasurementFactory(municipality=None).indicator]
    many = [MeasurementFactory(municipality=None).indicator for _n in range(20)]
    for indicator in [*few, *many]:
        for year in (2019, 2020, 2021):
            MeasurementFactory(indicator=indicator, measured_on=date(year, 1, 1))
            MeasurementFactory(indicator=indicator, measured_on=date(year, 1, 1), municipality=municipality("Køge"))
    for indicators in (few, many):
        loaded = list(
            Indicator.objects.filter(pk__in=[each.pk for each in indicators]).select_related("target__area__agreement")
        )
        with django_assert_num_queries(1):
            found = latest_measurements(loaded, DAY)
        assert [[each.measured_on.year for each in rows] for rows in found.values()] == [[2022, 2021]] * len(loaded)
        with django_assert_num_queries(2):
            told = [(each.value, each.movement, each.is_stale) for each in progress_of(loaded, DAY)]
        assert told == [(18, Movement.UNCHANGED, False)] * len(loaded)


def test_targets_get_the_progress_of_their_own_indicators(db, django_assert_num_queries):
    mine = MeasurementFactory(indicator__target=target(1), indicator__name="Aaa").indicator
    targets = [target(1), target(4)]
    for each in targets:
        assert each.area.agreement
    with django_assert_num_queries(3):
        attach_progress(targets, DAY)
    assert mine in [each.indicator for each in targets[0].progress]
    assert mine not in [each.indicator for each in targets[1].progress]


def test_a_line_needs_two_figures(db):
    indicator = IndicatorFactory()
    first = MeasurementFactory(indicator=indicator, measured_on=date(2021, 12, 31), value=20)
    assert trend_line(indicator, [first]) is None
    second = MeasurementFactory(indicator=indicator, measured_on=date(2024, 12, 31), value=30)
    line = trend_line(indicator, [second, first])
    assert [each.measurement for each in line.points] == [first, second]
    assert [(each.x, each.y) for each in line.points] == [("25.48%", "50.00%"), ("99.00%", "10.00%")]
    assert (line.goal, line.baseline, line.first_day, line.last_day) == (
        "10.00%",
        "90.00%",
        date(2020, 12, 31),
        date(2024, 12, 31),
    )
