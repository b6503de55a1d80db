"""A query whose SQL is made once answers as the queryset does of which it is made."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agreements import access
from agreements.models import Membership, Municipality, Post
from kulturmetropol.compiled import Compiled


def members(names, day):
    return Membership.objects.filter(municipality__in=names, joined_on__lte=day).values_list(
        "municipality", "joined_on"
    )


@pytest.fixture
def places(cast) -> tuple[int, ...]:
    return tuple(Municipality.objects.filter(name__in=["Herlev", "Køge", "Aarhus"]).values_list("pk", flat=True))


def test_it_answers_as_the_queryset_does_for_each_number_of_values(places):
    compiled = Compiled(members)
    for some in (places, places[:1], (), places[1:]):
        for day in (date(2021, 1, 1), date(2020, 1, 1)):
            assert sorted(compiled(some, day)) == sorted(members(some, day))
    assert len(compiled.made) == 4


def test_only_what_is_asked_is_asked(places):
    compiled = Compiled(members)
    compiled(places, date(2021, 1, 1))
    with CaptureQueriesContext(connection) as captured:
        compiled(places, date(2022, 2, 2))
    assert "2022-02-02" in captured[0]["sql"]
    assert len(captured) == 1


def test_a_value_that_the_query_reckons_with_is_refused(places):
    compiled = Compiled(lambda day: Membership.objects.filter(joined_on=day + timedelta(days=1)).values_list("pk"))
    with pytest.raises(ValueError, match="as it is"):
        compiled(date(2021, 1, 1))


def test_roles_are_read_as_they_are_at_the_moment(cast):
    assert access.Roles(cast.chair).represented == {(1, Municipality.objects.get(name="Rødovre").pk)}
    Post.objects.filter(person__user=cast.chair).update(ends_on=date(2022, 1, 1))
    assert access.Roles(cast.chair).represented == set()
    assert access.Roles(cast.staff).edited == {1}
    assert access.Roles(cast.admin).administered == {1}
    cast.staff.role_grants.all().delete()
    assert access.Roles(cast.staff).edited == set()
