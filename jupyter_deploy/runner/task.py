"""What the engine asks of the runner, as written in `task.json`."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.caps import Caps
from jupyter_deploy.runner.rebuilding import Locked
from jupyter_deploy.runner.secrets import Needed


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
    version: int
    due_at: str | None
    notebook: TaskFile
    files: tuple[TaskFile, ...]
    kernel: str
    language: str
    parameters: dict[str, Any]
    timeouts: Timeouts
    caps: Caps
    lease: Terms | None = None
    #: What other deployments have published, each output with the `blob` of its content.
    upstreams: dict[str, Any] = field(default_factory=dict)
    #: None: what the kernel has now.
    environment: Locked | None = None
    secrets: Needed | None = None
    #: Variables of the environment that the kernel gets beside the usual ones; patterns too.
    passed: tuple[str, ...] = ()
    #: How a version is tried by this run, a mode of `domain.preflight`; None in production.
    trial: str | None = None


def read_task(folder: Path) -> Task:
    """Raises OSError, ValueError or KeyError for a folder that the engine did not make."""
    document = json.loads((folder / "task.json").read_text(encoding="utf-8"))
    return Task(
        run_id=document["run_id"],
        deployment=document["deployment"],
        version=document["version"],
        due_at=document.get("due_at"),
        notebook=_file(document["notebook"]),
        files=tuple(_file(item) for item in document["files"]),
        kernel=document["kernel"],
        language=document["language"],
        parameters=document["parameters"],
        timeouts=Timeouts(**document["timeouts"]),
        upstreams=document.get("upstreams", {}),
        lease=_terms(document.get("lease")),
        environment=_locked(document.get("environment")),
        caps=Caps(**document["caps"]),
        secrets=_needed(document.get("secrets")),
        passed=tuple(document.get("passed", ())),
        trial=document.get("trial"),
    )


def _terms(lease: dict[str, str] | None) -> Terms | None:
    return Terms(Path(lease["file"]), lease["term"]) if lease else None


def _locked(document: dict[str, Any] | None) -> Locked | None:
    return Locked(document) if document else None


def _needed(document: dict[str, Any] | None) -> Needed | None:
    return Needed(tuple(document["names"]), Path(document["folder"])) if document else None


def _file(item: dict[str, str]) -> TaskFile:
    return TaskFile(item["path"], Path(item["blob"]))
