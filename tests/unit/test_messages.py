"""Large contents of a kernel's messages, read piece by piece."""

from __future__ import annotations

import json

import pytest

from jupyter_deploy.runner.messages import PIECE, Large

#: Characters of one to four bytes, escapes of all kinds, and what looks like one.
MIXED = 'a"é€😀\\\n\r\t\x01\\u00e9\\ud83d}'


def large(document: object, **how: bool) -> Large:
    return Large(memoryview(json.dumps(document, **how).encode()))


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("shift", range(13))
def test_a_text_comes_back_wherever_it_is_cut(shift: int, ascii_only: bool) -> None:
    text = "-" * shift + MIXED * (3 * PIECE // len(MIXED))
    content = large({"name": "stderr", "text": text}, ensure_ascii=ascii_only)
    stream = content.stream()
    assert stream is not None
    name, pieces = stream
    found = list(pieces)
    assert (name, "".join(found)) == ("stderr", text)
    assert len(found) >= 3


def test_half_characters_are_no_obstacle() -> None:
    text = "\ud83dx\ud83d\n\ud83d\ud83d\ude00\ude00" * PIECE
    stream = large({"name": "stdout", "text": text}).stream()
    assert stream is not None
    assert "".join(stream[1]) == json.loads(json.dumps(text))


def test_other_spellings() -> None:
    assert large({"text": "x", "name": "stdout"}).stream() is None
    assert large({"name": "stdout"}).stream() is None
    more = large({"name": "stdout", "text": "x", "more": "y"}).stream()
    assert more is not None
    assert list(more[1]) == ["x"]


def test_malformed_text() -> None:
    for raw in (rb'{"name": "stdout", "text": "ab\q', b'{"name": "stdout", "text": "ab'):
        stream = Large(memoryview(raw)).stream()
        assert stream is not None
        with pytest.raises(ValueError, match="not JSON"):
            list(stream[1])


@pytest.mark.parametrize("ascii_only", [True, False])
def test_the_least_size_is_never_more_than_the_real_one(ascii_only: bool) -> None:
    document = {"data": {"text/html": MIXED * 1000 + "\x01" * 1000}}
    least = large(document, ensure_ascii=ascii_only).least
    size = len(json.dumps(document, ensure_ascii=False).encode())
    assert 0 < least <= size
    plain = {"data": {"text/html": "<b>" * 1000}}
    assert large(plain).least == len(json.dumps(plain))


def test_members() -> None:
    content = large({"data": {"text/plain": "display_id"}, "transient": {"display_id": "7"}})
    assert content.mentions("display_id")
    assert not large({"data": {"text/plain": "the display_id"}}).mentions("display_id")
    assert content.decoded()["transient"] == {"display_id": "7"}
