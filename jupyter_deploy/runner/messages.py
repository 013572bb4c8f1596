"""A kernel's messages, of which large contents stay as they came.

Decoded, 100 MB are held several times; the caps let much less through.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import zmq
from jupyter_client.session import Session

#: Bytes from which a content is large.
LARGE = 128 * 1024
#: Bytes of its text that are decoded at once.
PIECE = 64 * 1024
_CONTENT = 4
#: How a stream's content begins, as ipykernel and most kernels spell it.
_BEGIN = re.compile(rb'\s*\{\s*"name"\s*:\s*"(\w+)"\s*,\s*"text"\s*:\s*"')
#: Of a JSON string what can be cut off: no half of an escape, nor one of two that make a character.
_WHOLE = re.compile(
    rb"""(?: [^"\\]+
           | \\["\\/bfnrt]
           | \\u (?![dD][89abAB]) [\da-fA-F]{4}
           | \\u [dD][89abAB][\da-fA-F]{2}
             (?: \\u [dD][c-fC-F][\da-fA-F]{2}
               | (?= [^\\] | \\[^u] | \\u (?![dD][c-fC-F]) [\da-fA-F]{4} )))*""",
    re.VERBOSE,
)


class Large:
    """A content as the kernel packed it."""

    def __init__(self, raw: memoryview) -> None:
        self._raw = raw

    def decoded(self) -> Any:
        """Raises ValueError."""
        return _loads(bytes(self._raw))

    @property
    def least(self) -> int:
        """Bytes that it has at least once it is decoded and written as UTF-8."""
        # One byte more each time: nothing that is counted has more than two.
        parts = (bytes(self._raw[at : at + LARGE + 1]) for at in range(0, len(self._raw), LARGE))
        # An escape of six bytes may stand for one of one byte, one of two for half of that.
        shorter = sum(5 * part.count(b"\\u") + part.count(b"\\/") for part in parts)
        return len(self._raw) - shorter

    def mentions(self, name: str) -> bool:
        """False only if it has no member of this name at any depth."""
        return re.search(b'"%b"' % name.encode(), self._raw) is not None

    def stream(self) -> tuple[str, Iterator[str]] | None:
        """A stream's name and its text in pieces, None for another spelling.

        The pieces raise ValueError where the text is malformed.
        """
        begin = _BEGIN.match(self._raw)
        return (bytes(begin[1]).decode(), self._pieces(begin.end())) if begin else None

    def _pieces(self, start: int) -> Iterator[str]:
        while bytes(self._raw[start : start + 1]) != b'"':
            stop = self._cut(start)
            yield _loads(b'"%b"' % bytes(self._raw[start:stop]))
            start = stop

    def _cut(self, start: int) -> int:
        """The last place where the text can be cut."""
        whole = _WHOLE.match(self._raw, start, start + PIECE)
        stop = whole.end() if whole else start
        while start < stop < len(self._raw) and 0x80 <= self._raw[stop] < 0xC0:
            stop -= 1  # inside a character
        if stop == start:
            raise ValueError("the text of a stream is not JSON")
        return stop


def _loads(raw: bytes) -> Any:
    return json.loads(raw.decode("utf-8", "replace"))


def read_message(session: Session, frames: Sequence[zmq.Frame]) -> dict[str, Any]:
    """The message; its content is `Large` if that is what it is.

    Raises ValueError or TypeError for one that cannot be read.
    """
    parts: list[Any] = session.feed_identities(list(frames), copy=False)[1]
    large = len(parts) > _CONTENT and len(parts[_CONTENT]) >= LARGE
    for place, frame in enumerate(parts):
        # Not `frame.buffer`, a cycle that holds the frame until it is garbage.
        parts[place] = memoryview(frame) if large and place == _CONTENT else frame.bytes
    message: dict[str, Any] = session.deserialize(parts, content=not large)
    if large:
        message["content"] = Large(message["content"])
    return message
