"""The run that tries a version: what it executes, and what it is seen to do."""

from __future__ import annotations

import ast
import json
import resource
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.preflight import IMPORTS
from jupyter_deploy.runner import observer
from jupyter_deploy.runner.notebook_file import Step
from jupyter_deploy.runner.task import Task

#: Beside the work folder; in it, so that it is of the notebook's own folder.
TRACE = "trace.jsonl"
#: What is observed.
KINDS = ("missing", "read", "write", "network", "install")
#: Of each kind at most so many are told.
MOST = 200


def at_the_start(task: Task, folder: Path) -> dict[str, str]:
    """User expressions that begin to observe; only of Python it is known how."""
    if task.trial is None or task.language != "python":
        return {}
    source = Path(observer.__file__).read_text(encoding="utf-8")
    call = f"observe(get_ipython(), {str(folder / TRACE)!r}, {str(folder)!r})"
    text = f"{source}\n{call}"
    names = "{'__name__': 'observer', 'get_ipython': get_ipython}"
    return {"observer": f"exec({text!r}, {names})"}


def to_try(steps: Sequence[Step], task: Task) -> list[Step]:
    """What of the notebook is executed: all of it, or what it imports."""
    if task.trial != IMPORTS:
        return list(steps)
    found = []
    for step in steps:
        step.cell.source = _imports(step.cell.source) if task.language == "python" else ""
        if step.cell.source:
            found.append(step)
    return found


def _imports(source: str) -> str:
    """The import statements of a cell that every run comes by; lines of IPython's own pass."""
    plain = "\n".join("" if line.lstrip()[:1] in ("%", "!", "?") else line
                      for line in source.split("\n"))  # fmt: skip
    try:
        tree = ast.parse(plain)
    except (SyntaxError, ValueError, RecursionError):
        return ""
    wanted = [node for node in tree.body if isinstance(node, (ast.Import, ast.ImportFrom))]
    return "\n".join(ast.unparse(node) for node in wanted)


def seen(folder: Path, steps: Sequence[Step]) -> dict[str, list[dict[str, Any]]]:
    """By kind what was observed, and in which cell first."""
    found: dict[str, list[dict[str, Any]]] = {}
    for kind, what, number in _lines(folder / TRACE):
        listed = found.setdefault(kind, [])
        if len(listed) < MOST:
            known = isinstance(number, int) and 0 < number <= len(steps)
            listed.append({"what": what, "cell": steps[number - 1].index if known else None})
    return found


def forget(folder: Path) -> None:
    """What the kernel wrote down may hold anything."""
    with suppress(OSError):
        (folder / TRACE).unlink()


def _lines(path: Path) -> Iterator[tuple[str, str, Any]]:
    """What is no such line was written by the notebook."""
    with suppress(OSError), open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            with suppress(ValueError):
                kind, what, number = json.loads(line)
                if kind in KINDS and isinstance(what, str):
                    yield kind, what, number


def most_memory(pid: int) -> int | None:
    """Bytes that the process has had at the most so far; None where that is not told."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None


def most_memory_of_children() -> int:
    """The same of the largest process that has ended, a kernel or what built its environment."""
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
