"""What a runner writes, without the values of its secrets.

Each is looked for in all its spellings (`encodings.py`) and replaced by its name in
brackets. Most text holds none: looking for how the spellings begin, which many share,
tells so at the least cost; one regular expression of all takes twenty times as long.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_deploy.runner.encodings import spellings

#: Seconds that the possible beginning of a secret waits for its rest.
PATIENCE = 1.0
CHUNK = 1024 * 1024
#: Bytes of a file that is looked through.
LARGEST = 64 * 1024 * 1024
#: Characters of a spelling that are looked for first.
_BEGINNING = 12
#: Of escapes; the last is in every text.
_SIGNS = ("%", "&", "\\", "")
_ANSI = re.compile(r"\x1b\[[0-9;:]*[A-Za-z]")


class Redactor:
    """Of these values by name; without any it does nothing at all."""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        found = {text: name for name, value in (values or {}).items() for text in spellings(value)}
        #: The longest first: they may contain each other.
        self._names = dict(sorted(found.items(), key=lambda item: -len(item[0])))
        beginnings = {text[:_BEGINNING] for text in self._names}
        #: By a sign without which none of them is there: most text has no escapes.
        self._beginnings = {
            sign: {text for text in beginnings if _sign(text) == sign} for sign in _SIGNS
        }
        self._numbers = any(text.replace(".", "").isdecimal() for text in found)

    def __bool__(self) -> bool:
        return bool(self._names)

    def text(self, text: str) -> str:
        cleaned = self._replaced(text)
        if "\x1b" in cleaned and self:
            bare = _ANSI.sub("", cleaned)  # colours may stand in the middle of one
            if any(spelled in bare for spelled in self._possible(bare)):
                return self._replaced(bare)
        return cleaned

    def _replaced(self, text: str) -> str:
        for spelled in self._possible(text):
            if spelled in text:
                text = text.replace(spelled, f"[{self._names[spelled]}]")
        return text

    def _possible(self, text: str) -> list[str]:
        begun = tuple(
            beginning
            for sign, beginnings in self._beginnings.items()
            if sign in text
            for beginning in beginnings
            if beginning in text
        )
        return [spelled for spelled in self._names if spelled.startswith(begun)] if begun else []

    def clean(self, content: Any) -> Any:
        """JSON of any form, the names of members too."""
        if not self:
            return content
        if isinstance(content, str):
            return self.text(content)
        if isinstance(content, Mapping):
            return {self.text(str(key)): self.clean(value) for key, value in content.items()}
        if isinstance(content, (list, tuple)):
            return [self.clean(value) for value in content]
        if self._numbers and isinstance(content, (int, float)) and not isinstance(content, bool):
            said = self.text(repr(content))
            return content if said == repr(content) else said
        return content

    def members(self, document: Mapping[str, Any], spared: tuple[str, ...]) -> dict[str, Any]:
        """The same, but these members are words of ours."""
        return {
            key: value if key in spared else self.clean(value) for key, value in document.items()
        }

    def open_end(self, text: str) -> int:
        """Where the last characters begin that more text could make a secret of."""
        found = len(text)
        for spelled in self._names:
            at = text.find(spelled[0], max(0, len(text) - len(spelled) + 1), found)
            while at >= 0:
                if spelled.startswith(text[at:]):
                    found = at
                    break
                at = text.find(spelled[0], at + 1, found)
        return found

    def mark_of_most(self, text: str) -> str | None:
        """The mark of what this is more than half of, from its beginning."""
        for spelled, name in self._names.items():
            if len(text) < len(spelled) < 2 * len(text) and spelled.startswith(text):
                return f"[{name}]"
        return None

    def in_file(self, path: Path) -> str | None:
        """The name of one that the file, or its own name, holds. Raises OSError.

        Of what is too large only the beginning is looked through.
        """
        wanted = [(spelled.encode(), name) for spelled, name in self._names.items()]
        overlap = max((len(spelled) for spelled, _ in wanted), default=0)
        seen = os.fsencode(path.name) + b"\0"
        with open(path, "rb") as file:
            while wanted and seen:
                for spelled, name in wanted:
                    if spelled in seen:
                        return name
                chunk = file.read(CHUNK) if file.tell() < LARGEST else b""
                seen = seen[-overlap:] + chunk if chunk else b""
        return None


def _sign(text: str) -> str:
    return next(sign for sign in _SIGNS if sign in text)


class Passage:
    """Text on its way through a redactor, piece by piece.

    What may be the beginning of a secret waits until more text decides. After a while
    a short beginning goes on all the same, so that nobody waits for a last letter; what
    continues it is still seen as the rest. A long one waits to the end.
    """

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._waiting = ""
        self._since = 0.0
        #: A beginning that has gone on, and how it was told.
        self._gone = ""
        self._told = ""

    def take(self, text: str) -> str:
        """What can go on now."""
        if not self._redactor:
            return text
        whole = self._gone + self._waiting + text
        start = self._redactor.open_end(whole)
        if start < len(self._gone):
            self._wait(whole[len(self._gone) :])
            return ""
        ready = self._redactor.text(whole[:start]).removeprefix(self._told)
        self._gone = self._told = ""
        self._wait(whole[start:])
        return ready

    def _wait(self, text: str) -> None:
        if text != self._waiting:
            self._waiting, self._since = text, time.monotonic()

    def overdue(self) -> str:
        """What has waited long enough; call it now and then."""
        late = self._waiting and time.monotonic() - self._since >= PATIENCE
        begun = self._gone + self._waiting
        if not late or self._redactor.mark_of_most(begun):
            return ""
        said = self._redactor.text(begun)
        ready, self._gone, self._told = said.removeprefix(self._told), begun, said
        self._waiting = ""
        return ready

    def end(self) -> str:
        """What waits, when nothing comes that could continue it."""
        begun, told = self._gone + self._waiting, self._told
        waited = bool(self._waiting)
        self._gone = self._told = self._waiting = ""
        if not waited:
            return ""
        mark = self._redactor.mark_of_most(begun)
        return mark if mark else self._redactor.text(begun).removeprefix(told)
