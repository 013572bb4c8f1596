"""Where a notebook came from."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from jupyter_deploy.domain.bundle import Git

TIMEOUT = 5


def provenance(folder: Path) -> Git | None:
    """Commit, branch and whether anything was changed; None outside a repository."""
    text = _git(folder, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
    if text is None:
        return None
    heads = dict(
        line[2:].split(" ", 1) for line in text.splitlines() if line.startswith("# ")
    )
    commit = heads.get("branch.oid", "(initial)")
    if commit == "(initial)":
        return None
    branch = heads.get("branch.head")
    changed = any(not line.startswith("#") for line in text.splitlines())
    return Git(commit, None if branch == "(detached)" else branch, changed)


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=True,
            env={**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="replace")
