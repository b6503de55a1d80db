"""Passwords that others try first are refused, whatever was put around them."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.kulturmetropol.test_accounts import LOCAL_WORDS

COMMON = "Denne adgangskode er for almindelig."


@pytest.mark.parametrize(
    "password",
    [
        "passwordpassword",
        "password1234567",
        "2026!Password!!",
        "p4ssw0rd!!!!!!!",
        "qwertyqwerty",
        "QwertyQwerty99",
        "1q2w3e4r5t6y",
        "monkeymonkeymonkey",
        "m.o.n.k.e.y.1.2.3",
        "iloveyou-2026-1",
        "dragon dragon 12",
    ],
)
def test_common_ones_are_known_again(db, password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert COMMON in refused.value.messages


@pytest.mark.parametrize("password", ["a" * 257, "ab" * 100_000 + "c"])
def test_one_too_long_to_look_through_is_told_so(db, password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert refused.value.messages == ["Adgangskoden er for lang. Den må højst være på 256 tegn."]


def test_digits_alone_are_none(db):
    with pytest.raises(ValidationError) as refused:
        validate_password("123456789012")
    assert refused.value.messages == ["Denne adgangskode er udelukkende numerisk."]


@pytest.mark.parametrize(
    "password",
    [
        "kulturmetropol",
        "Kulturmetropolen2026!",
        "kulturaftale-2025",
        "Roskilde-Køge-Greve-7",
        "HøjeTaastrup2026",
        "høje-taastrup-kommune",
        "sekretariatet i Rødovre",
        "udvalgsformand1",
        "velkommen-til-2026",
    ],
)
def test_words_of_the_portal_and_of_places_are_not_enough(cast, password):
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert LOCAL_WORDS in refused.value.messages


@pytest.mark.parametrize(
    "password",
    [
        "blå-viol-i-regnvejr",
        "fjord-lampe-kano-birk",
        "novi-laku-bero-tima",
        "Roskilde bager hest og lampe",
        "kulturhest-spiser-agurker",
        "X7#qv!pL92zRw",
        "正しい馬の電池のホッチキスです",
        "fjord lampe kano birk " * 11,
    ],
)
def test_others_are_taken(cast, password):
    validate_password(password)
