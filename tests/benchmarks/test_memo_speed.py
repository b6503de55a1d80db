"""The quick half of `make bench-memos`."""

import pytest

from .memos import downloads


@pytest.mark.once
def test_a_download_takes_little_more_than_a_bare_view(cast):
    for user in (cast.staff, cast.chair):
        (_name, shown, limit, ok), _beside = downloads(user, rounds=10)
        assert ok, f"{shown}, limit {limit}"
