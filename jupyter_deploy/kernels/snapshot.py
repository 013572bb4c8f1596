"""What is installed where a kernel runs."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.bundle import Kernel
from jupyter_deploy.domain.environment import Environment, Package
from jupyter_deploy.errors import InvalidInput

TIMEOUT = 20

# Broken installations leave distributions without metadata: they are left out.
_PROGRAM = """
import json, platform, re, sys
try:
    import importlib.metadata as m
except ImportError:
    print("null")
    sys.exit()
found = {}
for d in m.distributions():
    try:
        name, version = d.metadata["Name"], d.version
    except Exception:
        continue
    if name and version:
        found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), version)
print()
print(json.dumps({
    "implementation": platform.python_implementation(),
    "python": platform.python_version(),
    "platform": sys.platform + "-" + platform.machine(),
    "packages": sorted(found.items()),
    "path": [p for p in sys.path if p],
}))
"""
#: A kernel started through another program (a shell script, conda, docker) is one we cannot ask.
_PYTHON = re.compile(r"(python|pypy)[0-9.]*t?(\.exe)?", re.IGNORECASE)

#: interpreter → (folders with their times of change, snapshot)
_cache: dict[str, tuple[dict[str, float], Environment]] = {}


def snapshot_environment(kernel: Kernel) -> Environment | None:
    """The kernel's interpreter and packages.

    None for other languages than Python, before Python 3.8, and for kernels that
    something else than Python starts. Kept until a folder of the interpreter's path
    changes. Raises InvalidInput (field `kernel`) when the interpreter does not work.
    """
    if kernel.language != "python" or kernel.interpreter is None:
        return None
    if not _PYTHON.fullmatch(Path(kernel.interpreter).name):
        return None
    held = _cache.get(kernel.interpreter)
    if held is not None and _times(list(held[0])) == held[0]:
        return held[1]
    answer = _ask(kernel, kernel.interpreter)
    if answer is None:
        return None
    environment = Environment(
        interpreter=kernel.interpreter,
        implementation=answer["implementation"],
        python=answer["python"],
        platform=answer["platform"],
        packages=tuple(Package(name, version) for name, version in answer["packages"]),
    )
    _cache[kernel.interpreter] = (_times(answer["path"]), environment)
    return environment


def _ask(kernel: Kernel, interpreter: str) -> dict[str, Any] | None:
    try:
        done = subprocess.run(
            [interpreter, "-c", _PROGRAM],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=True,
            cwd="/",
        )
        # The last line: what site hooks print at the start comes before it.
        answer: dict[str, Any] | None = json.loads(done.stdout.splitlines()[-1])
        return answer
    except (OSError, subprocess.SubprocessError, ValueError, IndexError) as error:
        raise InvalidInput(
            f"The interpreter of kernel {kernel.name!r} does not work: {interpreter}",
            field="kernel",
            hint="Reinstall the kernel, or choose another one in the notebook.",
        ) from error


def _times(paths: list[str]) -> dict[str, float]:
    return {path: Path(path).stat().st_mtime for path in paths if Path(path).is_dir()}
