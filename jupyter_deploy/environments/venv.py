"""Environments of Python packages alone, built by uv."""

from __future__ import annotations

import shutil
from pathlib import Path

from jupyter_deploy.environments.uv import PYLOCK, UvError, run_uv


def fill(source: Path, target: Path, interpreter: str, python: str) -> None:
    """Build what the lock in `source` says. Raises UvError."""
    _make(source, target, interpreter, python)
    program = str(target / "bin" / "python")
    # Copies: who edits a package in place would else edit it in every environment.
    install = ["pip", "sync", "--link-mode", "copy", "--python", program, PYLOCK]
    run_uv(install, cwd=source)
    _verify(program, source)


def _make(source: Path, target: Path, interpreter: str, python: str) -> None:
    """An empty environment, of the author's interpreter if that is still there."""
    make = ["venv", "--relocatable", "--no-project", str(target), "--python"]
    try:
        run_uv([*make, interpreter], cwd=source)
        if _version(target) == python:
            return
    except UvError as error:
        if error.full:
            raise
    shutil.rmtree(target, ignore_errors=True)
    try:
        run_uv([*make, python], cwd=source)
    except UvError as error:
        said = f"Python {python} is not on this machine and cannot be installed: {error}"
        raise UvError(said, full=error.full) from error


def _version(target: Path) -> str | None:
    for line in (target / "pyvenv.cfg").read_text().splitlines():
        name, _, value = line.partition("=")
        if name.strip() == "version_info":
            return value.strip()
    return None


def _verify(python: str, source: Path) -> None:
    """Nothing is missing, and nothing is another version than the lock's."""
    said = run_uv(["pip", "sync", "--dry-run", "--python", python, PYLOCK], cwd=source)
    if "Would make no changes" not in said:
        raise UvError(f"What was installed is not what is locked: {' '.join(said.split())[-300:]}.")
