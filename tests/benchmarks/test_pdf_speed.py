"""The quick half of `make bench-pdf`."""

import pytest

from .pdf import speed

pytestmark = pytest.mark.once


def test_a_memo_takes_little_more_than_weasyprint_alone(cast):
    _name, _shown, ratio, limit = speed(rounds=15)
    assert ratio <= limit
