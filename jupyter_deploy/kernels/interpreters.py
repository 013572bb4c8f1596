"""Asking the interpreter of a kernel, without touching the kernel."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

TIMEOUT = 20
#: A kernel started through another program (a shell script, conda, docker) is one we cannot ask.
_PYTHON = re.compile(r"(python|pypy)[0-9.]*t?(\.exe)?", re.IGNORECASE)


class InterpreterError(Exception):
    """It does not work, or does not answer."""


def can_be_asked(interpreter: str) -> bool:
    return bool(_PYTHON.fullmatch(Path(interpreter).name))


def ask(interpreter: str, program: str, question: object = None) -> Any:
    """The JSON that the program prints last, given this on its standard input.

    Raises InterpreterError.
    """
    try:
        done = subprocess.run(
            [interpreter, "-c", program],
            input=json.dumps(question).encode(),
            capture_output=True,
            timeout=TIMEOUT,
            check=True,
            cwd="/",
        )
        # The last line: what site hooks print at the start comes before it.
        return json.loads(done.stdout.splitlines()[-1])
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise InterpreterError(interpreter) from error


def times_of_change(paths: Iterable[str]) -> dict[str, float]:
    """Of those that are folders: what is installed into one changes it."""
    return {path: Path(path).stat().st_mtime for path in paths if Path(path).is_dir()}
