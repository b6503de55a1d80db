"""What public forms hold against floods and robots."""

from datetime import datetime, timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from outreach import floods
from outreach.models import PublicRequest

FORM = "newsletter-1"


def request(address: str = "192.0.2.1", forwarded: str = ""):
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    return RequestFactory().post("/", REMOTE_ADDR=address, headers=headers)


def admitted(count: int, **fields) -> list[bool]:
    return [floods.admit(form=FORM, request=request(**fields)) for _n in range(count)]


def test_five_an_hour_are_taken_from_each_sender(db):
    assert admitted(7) == [True] * 5 + [False] * 2
    assert admitted(1, address="192.0.2.2") == [True]
    assert floods.admit(form="newsletter-2", request=request())


def test_after_an_hour_there_is_room_again_and_nothing_is_left(db):
    admitted(5)
    PublicRequest.objects.update(made_at=timezone.now() - timedelta(minutes=61))
    assert admitted(1) == [True]
    assert PublicRequest.objects.count() == 1


def test_what_is_not_taken_does_not_make_the_hour_longer(db):
    admitted(9)
    assert PublicRequest.objects.count() == 5


def test_all_senders_together_have_a_cap(db, monkeypatch):
    monkeypatch.setattr(floods, "PER_FORM", 3)
    assert [admitted(1, address=f"192.0.2.{number}")[0] for number in range(5)] == [True] * 3 + [False] * 2


def test_nobodys_address_is_kept_and_the_hash_changes_with_the_day(db):
    admitted(1)
    (kept,) = PublicRequest.objects.all()
    assert len(kept.sender) == 64
    assert "192" not in kept.sender or "192.0.2.1" not in kept.sender
    noon = timezone.make_aware(datetime(2026, 11, 25, 12, 0))  # noqa: DTZ001
    assert floods.sender_of(request(), noon) == floods.sender_of(request(), noon + timedelta(hours=11))
    assert floods.sender_of(request(), noon) != floods.sender_of(request(), noon + timedelta(hours=13))


@pytest.mark.parametrize(
    ("trusted", "address", "forwarded", "expected"),
    [
        (False, "192.0.2.1", "", "192.0.2.1"),
        (False, "192.0.2.1", "198.51.100.7", "192.0.2.1"),
        (True, "10.0.0.1", "198.51.100.7", "198.51.100.7"),
        (True, "10.0.0.1", "1.2.3.4, 198.51.100.7", "198.51.100.7"),
        (True, "10.0.0.1", "", "10.0.0.1"),
        (False, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (False, "::ffff:192.0.2.1", "", "192.0.2.1"),
        (False, "", "", ""),
        (True, "10.0.0.1", "unknown", "unknown"),
    ],
)
def test_the_address_is_what_the_nearest_proxy_saw(settings, trusted, address, forwarded, expected):
    settings.TRUST_PROXY_HEADERS = trusted
    assert floods.address_of(request(address, forwarded)) == expected


def errors(**data) -> list[str]:
    form = floods.PublicForm({"stamp": floods.stamp(timezone.now() - timedelta(seconds=5)), **data})
    form.is_valid()
    return [message for messages in form.errors.values() for message in messages]


QUICK = "Det gik hurtigt. Se efter, hvad du har skrevet, og send det igen."
OLD = "Siden har været åben længe. Intet er gået tabt: send det igen."


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), [QUICK]),
        (timedelta(seconds=1), [QUICK]),
        (timedelta(seconds=3), []),
        (timedelta(hours=23), []),
        (timedelta(hours=25), [OLD]),
        (timedelta(hours=-1), [QUICK]),
    ],
)
def test_a_form_is_neither_filled_in_at_once_nor_days_later(age, expected):
    assert errors(stamp=floods.stamp(timezone.now() - age)) == expected


@pytest.mark.parametrize("stamp", ["", "1764000000000", "1764000000000:falsk", "x" * 5000])
def test_nobody_makes_a_stamp_of_their_own(stamp):
    assert errors(stamp=stamp) == [OLD]


def test_the_trap_stays_empty():
    assert errors(website="https://robot.example") == ["Lad dette felt stå tomt; det er en fælde for robotter."]
