"""Outputs of cells, as far as they can be stored."""

from __future__ import annotations

import json
import math
from typing import Any


def storable(content: Any) -> tuple[Any, int]:
    """The content as JSON that every reader accepts, and its size in bytes.

    NaN and infinities become null, half characters (lone surrogates) `?`: kernels
    send both, JSON and UTF-8 know neither.
    """
    try:
        return content, _size(content)
    except ValueError:  # also UnicodeEncodeError
        cleaned = _clean(content)
        return cleaned, _size(cleaned)


def clean_text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _size(content: Any) -> int:
    return len(json.dumps(content, ensure_ascii=False, allow_nan=False, default=str).encode())


def _clean(content: Any) -> Any:
    if isinstance(content, str):
        return clean_text(content)
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, dict):
        return {clean_text(str(key)): _clean(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_clean(value) for value in content]
    return content
