"""`docs/security.md` holds each requirement once, counts right, and names tests that there are."""

import ast
import re
from collections import Counter
from functools import cache

import pytest
from django.conf import settings

pytestmark = pytest.mark.once

TEXT = (settings.BASE_DIR / "docs/security.md").read_text()
ROW = re.compile(
    r"^\| (V\d+\.\d+\.\d+) \| ([12]) \| [^|]+ \| (met|not applicable|\*\*open\*\*) \| (.+) \|$", re.MULTILINE
)
STATES = ["met", "not applicable", "**open**"]


@cache
def names_in(file: str) -> set[str]:
    path = settings.BASE_DIR / "tests" / file
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_each_requirement_has_one_row_that_can_be_read():
    numbers = [row[0] for row in ROW.findall(TEXT)]
    assert len(numbers) == len(set(numbers)) == 253
    assert numbers == re.findall(r"^\| (V\d+\.\d+\.\d+) ", TEXT, re.MULTILINE)


def test_the_counts_at_the_top_are_those_of_the_rows():
    counted = Counter((level, state) for _number, level, state, _words in ROW.findall(TEXT))
    expected = {}
    for name, levels in (("level 1", "1"), ("level 2", "2"), ("**both**", "12")):
        found = [sum(counted[level, state] for level in levels) for state in STATES]
        expected[name] = [*found, sum(found)]
    told = {
        name: [int(number) for number in re.findall(r"\d+", cells)]
        for name, cells in re.findall(r"^\| (level 1|level 2|\*\*both\*\*) \|(.*)\|$", TEXT, re.MULTILINE)
    }
    assert told == expected


def test_the_count_of_those_without_a_test_is_right():
    without = [number for number, _l, state, words in ROW.findall(TEXT) if state == "met" and "::test_" not in words]
    (told,) = re.findall(r"(\d+) of the met\s+(?:are|name)", TEXT)
    assert int(told) == len(without)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`([\w/]+\.py::test_\w+)`", TEXT))))
def test_every_test_that_is_named_is_there(name):
    file, _colons, test = name.partition("::")
    assert test in names_in(file)


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:kulturmetropol|agreements|templates|static|docs)/[\w./-]+)`", TEXT)))
)
def test_every_file_that_is_named_is_there(path):
    assert (settings.BASE_DIR / path).exists() or (settings.BASE_DIR / "tests" / path).exists()
