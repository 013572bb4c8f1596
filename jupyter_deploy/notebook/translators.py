"""Papermill's translators of parameters into source code, with what they lack."""

from __future__ import annotations

import re
from typing import Any

from papermill.translators import RTranslator, papermill_translators

_ODD = re.compile(r'[\\"\x00-\x1f\x7f-\U0010ffff]')


class _R(RTranslator):  # type: ignore[misc] # papermill has no types
    """papermill writes `é` as `\\xe9`, which to R is a byte and no letter."""

    @classmethod
    def translate_escaped_str(cls, text: Any) -> str:
        return f'"{_ODD.sub(_escaped, str(text))}"'


def _escaped(match: re.Match[str]) -> str:
    character = match[0]
    return f"\\{character}" if character in '\\"' else f"\\U{ord(character):08x}"


# Languages are lower case here.
for _name in ("r", "R"):
    papermill_translators.register(_name, _R)

__all__ = ["papermill_translators"]
