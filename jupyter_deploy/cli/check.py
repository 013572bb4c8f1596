"""What a check of the doctor says, and what several of them need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_deploy.config import Settings


@dataclass(frozen=True)
class Check:
    """`state` is ok, warn or fail; `fix` what to do about the latter two."""

    name: str
    state: str
    message: str
    fix: str | None = None


def data_place(settings: Settings) -> Path:
    """The data directory, or what it will be made in."""
    folder = settings.data_dir
    return next(place for place in (folder, *folder.parents) if place.exists())


def read_json(path: Path) -> Iterator[dict[str, Any]]:
    """The object in the file, nothing when there is none."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if isinstance(document, dict):
        yield document
