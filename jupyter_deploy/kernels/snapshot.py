"""What is installed where a kernel runs."""

from __future__ import annotations

import re
from typing import Any

from jupyter_deploy.domain.bundle import Kernel
from jupyter_deploy.domain.environment import Environment, Origin, Package
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.kernels.interpreters import (
    InterpreterError,
    ask,
    can_be_asked,
    times_of_change,
)

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
        name, version, origin = d.metadata["Name"], d.version, d.read_text("direct_url.json")
        origin = json.loads(origin) if origin else None
    except Exception:
        continue
    if name and version:
        found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), (version, origin))
print()
print(json.dumps({
    "implementation": platform.python_implementation(),
    "python": platform.python_version(),
    "platform": sys.platform + "-" + platform.machine(),
    "packages": [(name, *found[name]) for name in sorted(found)],
    "path": [p for p in sys.path if p],
}))
"""
#: User and password in an address.
_CREDENTIALS = re.compile(r"(?<=://)[^/@]*@")

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
    if not can_be_asked(kernel.interpreter):
        return None
    held = _cache.get(kernel.interpreter)
    if held is not None and times_of_change(list(held[0])) == held[0]:
        return held[1]
    answer = _ask(kernel, kernel.interpreter)
    if answer is None:
        return None
    environment = Environment(
        interpreter=kernel.interpreter,
        implementation=answer["implementation"],
        python=answer["python"],
        platform=answer["platform"],
        packages=tuple(Package(n, v, _origin(said)) for n, v, said in answer["packages"]),
    )
    _cache[kernel.interpreter] = (times_of_change(answer["path"]), environment)
    return environment


def _origin(said: Any) -> Origin | None:
    """What `direct_url.json` says (PEP 610); None when that is nothing, or not of its form."""
    if not isinstance(said, dict) or not isinstance(said.get("url"), str):
        return None
    url = _CREDENTIALS.sub("", said["url"])
    if within := said.get("subdirectory"):
        url += f"#subdirectory={within}"
    if isinstance(vcs := said.get("vcs_info"), dict):
        return Origin("vcs", f"{vcs.get('vcs')}+{url}", str(vcs.get("commit_id")))
    if isinstance(folder := said.get("dir_info"), dict):
        return Origin("editable" if folder.get("editable") else "local", url)
    return Origin("archive", url)


def _ask(kernel: Kernel, interpreter: str) -> dict[str, Any] | None:
    try:
        answer: dict[str, Any] | None = ask(interpreter, _PROGRAM)
    except InterpreterError as error:
        raise InvalidInput(
            f"The interpreter of kernel {kernel.name!r} does not work: {interpreter}",
            field="kernel",
            hint="Reinstall the kernel, or choose another one in the notebook.",
        ) from error
    return answer
