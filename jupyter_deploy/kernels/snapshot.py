"""What is installed where a kernel runs."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from jupyter_deploy.domain.bundle import Kernel
from jupyter_deploy.domain.environment import Environment, Package
from jupyter_deploy.errors import InvalidInput

TIMEOUT = 20

_PROGRAM = """
import importlib.metadata as m, json, platform, re, sys
found = {}
for d in m.distributions():
    name = d.metadata["Name"]
    if name:
        found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), d.version)
print(json.dumps({
    "implementation": platform.python_implementation(),
    "python": platform.python_version(),
    "platform": sys.platform + "-" + platform.machine(),
    "packages": sorted(found.items()),
    "path": [p for p in sys.path if p],
}))
"""

#: interpreter → (folders with their times of change, snapshot)
_cache: dict[str, tuple[dict[str, float], Environment]] = {}


def snapshot_environment(kernel: Kernel) -> Environment | None:
    """The kernel's interpreter and packages; None for other languages than Python.

    Kept until a folder of the interpreter's path changes. Raises InvalidInput
    (field `kernel`) when the interpreter does not work.
    """
    if kernel.language != "python" or kernel.interpreter is None:
        return None
    held = _cache.get(kernel.interpreter)
    if held is not None and _times(list(held[0])) == held[0]:
        return held[1]
    answer = _ask(kernel, kernel.interpreter)
    environment = Environment(
        interpreter=kernel.interpreter,
        implementation=answer["implementation"],
        python=answer["python"],
        platform=answer["platform"],
        packages=tuple(Package(name, version) for name, version in answer["packages"]),
    )
    _cache[kernel.interpreter] = (_times(answer["path"]), environment)
    return environment


def _ask(kernel: Kernel, interpreter: str) -> dict[str, Any]:
    try:
        done = subprocess.run(
            [interpreter, "-c", _PROGRAM],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT,
            check=True,
            cwd="/",
        )
        return json.loads(done.stdout)  # type: ignore[no-any-return]
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise InvalidInput(
            f"The interpreter of kernel {kernel.name!r} does not work: {interpreter}",
            field="kernel",
            hint="Reinstall the kernel, or choose another one in the notebook.",
        ) from error


def _times(paths: list[str]) -> dict[str, float]:
    return {path: os.stat(path).st_mtime for path in paths if os.path.isdir(path)}
