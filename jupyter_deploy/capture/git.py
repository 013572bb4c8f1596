"""Where a notebook came from."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from jupyter_deploy.domain.bundle import Git

TIMEOUT = 5


def provenance(root: Path, captured: Sequence[str]) -> Git | None:
    """Commit, branch and whether the commit tells the whole truth.

    Dirty means: a tracked file was changed, or a captured one (names below `root`)
    is not tracked. None outside a repository, before the first commit, without git.
    """
    text = _git(root, "status", "--porcelain=v2", "--branch", "--untracked-files=no")
    if text is None:
        return None
    heads = dict(line[2:].split(" ", 1) for line in text.splitlines() if line.startswith("# "))
    commit = heads.get("branch.oid", "(initial)")
    if commit == "(initial)":
        return None
    branch = heads.get("branch.head")
    changed = any(not line.startswith("#") for line in text.splitlines())
    dirty = changed or not _all_tracked(root, captured)
    return Git(commit, None if branch == "(detached)" else branch, dirty)


def _all_tracked(root: Path, names: Sequence[str]) -> bool:
    text = _git(root, "ls-files", "-z", "--", *names)
    return text is not None and set(names) <= set(text.split("\0"))


def _git(folder: Path, *arguments: str) -> str | None:
    # A repository's own configuration may name a program as file system monitor.
    fixed = ["git", "-c", "core.fsmonitor=false", "--literal-pathspecs", "-C", str(folder)]
    try:
        done = subprocess.run(
            [*fixed, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=True,
            env=_environment(),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode(errors="surrogateescape")


def _environment() -> dict[str, str]:
    """Without GIT_DIR and the like, which name another repository inside git's hooks."""
    own = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**own, "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0"}
