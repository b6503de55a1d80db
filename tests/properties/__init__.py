"""Properties that hold for any input: no input gives a page of error, and what goes out comes in again."""

import os

from hypothesis import settings
from hypothesis import strategies as st

from tests.attacks.payloads import MARKUP, NAUGHTY, OUTSIDE, SQL

# what a browser can send: any text but halves of a sign
ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
HOSTILE = st.sampled_from([*NAUGHTY, *SQL, *OUTSIDE, MARKUP, ""])


def examples(few: int) -> settings:
    """So many of them in the usual run, and fifty times as many where one looks for new ones."""
    name = os.environ.get("HYPOTHESIS_PROFILE", "few")
    return settings(settings.get_profile(name), max_examples=few if name == "few" else few * 50)
