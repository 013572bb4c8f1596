"""Lengths of time as people write them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_deploy.domain.durations import in_words, seconds_of
from jupyter_deploy.errors import InvalidInput


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        (90, 90.0),
        (0.5, 0.5),
        ("90", 90.0),
        ("30s", 30.0),
        ("5m", 300.0),
        ("1.5h", 5400.0),
        (" 2 h ", 7200.0),
        ("1d", 86400.0),
        ("0", 0.0),
        (10**400, math.inf),
    ],
)
def test_what_is_written_in_seconds(written: float | str, seconds: float) -> None:
    assert seconds_of(written, "timeout.run") == seconds


@pytest.mark.parametrize(
    "written",
    ["", "m", "5 minutes", "-5m", "1h30m", "5M", "nan", "inf", "1e3", "1_000", "9" * 20,
     "٣m\n1", None, True, [], {}],
)  # fmt: skip
def test_what_is_no_length_of_time(written: Any) -> None:
    with pytest.raises(InvalidInput) as caught:
        seconds_of(written, "timeout.cell")
    assert caught.value.field == "timeout.cell"
    assert caught.value.message == f"{written!r} is not a length of time."
    assert "30m" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (1, "1 s"), (90, "90 s"), (300, "5 min"), (7200, "2 h"), (5400, "90 min"),
     (86400, "1 d"), (0.5, "0.5 s"), (2592000, "30 d")],
)  # fmt: skip
def test_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words


@given(st.integers(0, 30 * 86400))
def test_words_can_be_read_again(seconds: int) -> None:
    assert seconds_of(in_words(seconds).replace("min", "m"), "x") == seconds
