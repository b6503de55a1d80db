"""The quick half of `make bench-pdf`."""

from .pdf import speed


def test_a_memo_takes_little_more_than_weasyprint_alone(cast):
    _name, _shown, ratio, limit = speed(rounds=15)
    assert ratio <= limit
