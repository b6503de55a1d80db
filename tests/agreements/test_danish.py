"""Danish as data needs it."""

import pytest

from agreements.danish import counted, genitive, in_words
from agreements.models import Municipality

# those that do not simply take an s
OTHERWISE = {
    "Assens": "Assens'",
    "Halsnæs": "Halsnæs'",
    "Horsens": "Horsens'",
    "Norddjurs": "Norddjurs'",
    "Randers": "Randers'",
    "Stevns": "Stevns'",
    "Syddjurs": "Syddjurs'",
    "Aarhus": "Aarhus'",
    # named in the genitive: Nordfyns Kommune
    "Nordfyns": "Nordfyns",
    "Vesthimmerlands": "Vesthimmerlands",
}


def test_the_genitive_of_every_municipality(cast):
    names = list(Municipality.objects.values_list("name", flat=True))
    assert len(names) == 98
    assert {name: genitive(name) for name in names} == {name: OTHERWISE.get(name, f"{name}s") for name in names}


@pytest.mark.parametrize(
    ("name", "owned"),
    [("Faxe", "Faxes"), ("Lux", "Lux'"), ("Bez", "Bez'"), ("KMS", "KMS'"), ("Kulturmetropolen", "Kulturmetropolens")],
)
def test_the_genitive_of_other_names(name, owned):
    assert genitive(name) == owned


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nul"),
        (1, "en"),
        (9, "ni"),
        (12, "tolv"),
        (13, "13"),
        (104, "104"),
        (1204, "1.204"),
        (1_000_000, "1.000.000"),
    ],
)
def test_numbers_in_a_sentence(number, words):
    assert in_words(number) == words


@pytest.mark.parametrize(
    ("number", "words"), [(1, "én deltager"), (2, "to deltagere"), (12, "tolv deltagere"), (1538, "1.538 deltagere")]
)
def test_one_and_many(number, words):
    assert counted(number, "deltager", "deltagere") == words
