"""What the engine asks of the runner, as written in `task.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.caps import Caps


@dataclass(frozen=True)
class TaskFile:
    """A file to lay out: `path` relative to the work folder, `blob` its content."""

    path: str
    blob: Path


@dataclass(frozen=True)
class Timeouts:
    """Limits in seconds; None is no limit."""

    kernel_start: float
    cell: float | None
    run: float | None


@dataclass(frozen=True)
class Terms:
    """The runner lives while the deadline in `file` is of this term and ahead."""

    file: Path
    term: str


@dataclass(frozen=True)
class Task:
    run_id: int
    deployment: str
    notebook: TaskFile
    files: tuple[TaskFile, ...]
    kernel: str
    language: str
    parameters: dict[str, Any]
    timeouts: Timeouts
    caps: Caps
    lease: Terms | None = None


def read_task(folder: Path) -> Task:
    """Raises OSError, ValueError or KeyError for a folder that the engine did not make."""
    document = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    return Task(
        run_id=document["run_id"],
        deployment=document["deployment"],
        notebook=_file(document["notebook"]),
        files=tuple(_file(item) for item in document["files"]),
        kernel=document["kernel"],
        language=document["language"],
        parameters=document["parameters"],
        timeouts=Timeouts(**document["timeouts"]),
        lease=_terms(document.get("lease")),
        caps=Caps(**document["caps"]),
    )


def _terms(lease: dict[str, str] | None) -> Terms | None:
    return Terms(Path(lease["file"]), lease["term"]) if lease else None


def _file(item: dict[str, str]) -> TaskFile:
    return TaskFile(item["path"], Path(item["blob"]))
