"""Environments of Python packages alone, built by uv."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from jupyter_deploy.environments.uv import PYLOCK, UvError, run_uv

#: The program, in the folder of a lock: what it reports.
Uv = Callable[[Sequence[str]], str]


def fill(source: Path, target: Path, interpreter: str, python: str, lock: int) -> None:
    """Build what the lock in `source` says, holding `lock` in every process. Raises UvError."""
    uv = partial(run_uv, cwd=source, held=[lock])
    _make(uv, target, interpreter, python)
    program = str(target / "bin" / "python")
    # Copies: who edits a package in place would else edit it in every environment.
    install = ["pip", "sync", "--link-mode", "copy", "--python", program, PYLOCK]
    uv(install)
    _verify(uv, program)


def _make(uv: Uv, target: Path, interpreter: str, python: str) -> None:
    """An empty environment, of the author's interpreter if that is still there."""
    make = ["venv", "--relocatable", "--no-project", str(target), "--python"]
    try:
        uv([*make, interpreter])
        if _version(target) == python:
            return
    except UvError as error:
        if error.full:
            raise
    shutil.rmtree(target, ignore_errors=True)
    try:
        uv([*make, python])
    except UvError as error:
        said = f"Python {python} is not on this machine and cannot be installed: {error}"
        raise UvError(said, full=error.full) from error


def _version(target: Path) -> str | None:
    for line in (target / "pyvenv.cfg").read_text().splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "version_info":
            return value.strip()
    return None


def _verify(uv: Uv, python: str) -> None:
    """Nothing is missing, and nothing is another version than the lock's."""
    said = uv(["pip", "sync", "--dry-run", "--python", python, PYLOCK])
    if "Would make no changes" not in said:
        raise UvError(f"What was installed is not what is locked: {' '.join(said.split())[-300:]}.")
