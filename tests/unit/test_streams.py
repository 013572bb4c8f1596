"""Text as a terminal would show it."""

from __future__ import annotations

import time

import pytest

from jupyter_deploy.notebook.streams import collapse, extend


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("", ""),
        ("plain\ntext\n", "plain\ntext\n"),
        ("dos\r\nlines\r\n", "dos\nlines\n"),
        ("1%\r2%\r3%\n", "3%\n"),
        ("kept\n1%\r2%", "kept\n2%"),
        ("not yet overwritten\r", "not yet overwritten\r"),
        ("a\r\rb\r\r", "b\r\r"),
        ("a\r\r\nb", "a\r\nb"),
    ],
)
def test_carriage_returns_overwrite(written: str, shown: str) -> None:
    assert collapse(written) == shown


def test_pieces_are_as_the_whole() -> None:
    assert extend("bar: 1%\r", "bar: 2%\r") == "bar: 2%\r"
    assert extend("kept\nbar: 1%\r", "\nnext") == "kept\nbar: 1%\nnext"
    assert extend("a", "b\n") == "ab\n"


@pytest.mark.parametrize("line", ["x" * 5_000_000, "x\r" + "y" * 5_000_000, "xy\r" * 1_000_000])
def test_one_long_line_takes_no_time(line: str) -> None:
    began = time.monotonic()
    collapse(line)
    extend(line, line)
    assert time.monotonic() - began < 2
