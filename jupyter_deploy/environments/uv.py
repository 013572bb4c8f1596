"""The program uv, which resolves, builds and installs packages."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from jupyter_deploy.environments.problems import CREDENTIALS, BuildError

#: The standard form of a lock (PEP 751).
PYLOCK = "pylock.toml"
#: Seconds: a large environment on a slow line.
LIMIT = 1800
#: What would point uv to another environment or interpreter than we name.
_MISLEADING = ("VIRTUAL_ENV", "CONDA_PREFIX", "PYTHONPATH", "PYTHONHOME", "UV_PROJECT_ENVIRONMENT")
_FULL = "os error 28"


class UvError(BuildError):
    """uv has not done it."""


def run_uv(arguments: Sequence[str], *, cwd: Path, held: Sequence[int] = ()) -> str:
    """What it reports. Raises UvError.

    `held` are descriptors of locks: uv may outlive who calls it, and holds them so long.
    """
    try:
        done = subprocess.run(
            [_program(), *arguments],
            cwd=cwd,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=LIMIT,
            check=False,
            pass_fds=held,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UvError(f"uv could not do it: {error}.") from error
    said = done.stderr.decode(errors="replace")
    if done.returncode != 0:
        raise UvError(_sentence(said), full=_FULL in said)
    return said


def _program() -> str:
    from uv import find_uv_bin  # looks for it on the disk

    try:
        return find_uv_bin()
    except FileNotFoundError as error:
        raise UvError("uv is not installed beside jupyter_deploy.") from error


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in _MISLEADING}
    index = kept.get("PIP_INDEX_URL")
    if index and not kept.keys() & {"UV_DEFAULT_INDEX", "UV_INDEX_URL"}:
        kept["UV_DEFAULT_INDEX"] = index  # the one that the author's pip uses
    # As pip does: an organisation's own authority is known to the system.
    kept.setdefault("UV_SYSTEM_CERTS", "1")
    return {**kept, "NO_COLOR": "1", "UV_NO_PROGRESS": "1"}


def _sentence(said: str) -> str:
    """Error and cause of uv's report, without its marks, hints and passwords."""
    told: list[str] = []
    goes_on = False
    for line in CREDENTIALS.sub("", said).splitlines():
        text = line.strip(" ×╰─▶├│")
        mark, _, rest = text.partition(":")
        if mark in ("error", "cause"):
            told.append(rest.strip())
            goes_on = True
        elif goes_on and text and mark != "hint":  # a long line was broken
            told[-1] += f" {text}"
        else:
            goes_on = False
    return (": ".join(told[:2]).rstrip(".") or "uv gave no reason") + "."
