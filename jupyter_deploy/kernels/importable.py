"""Which modules a kernel could import, without importing them."""

from __future__ import annotations

from collections.abc import Mapping

from jupyter_deploy.domain.bundle import Kernel
from jupyter_deploy.kernels.interpreters import (
    InterpreterError,
    ask,
    can_be_asked,
    times_of_change,
)

#: What is said of modules that come with Python.
BUILT_IN = "built-in"

_PROGRAM = """
import importlib.util, json, sys
sys.path = [p for p in sys.path if p]
own = set(getattr(sys, "stdlib_module_names", ())) | set(sys.builtin_module_names)
found = {}
for name in json.load(sys.stdin):
    try:
        spec = importlib.util.find_spec(name)
    except Exception:
        found[name] = ""
        continue
    if name in own:
        found[name] = "built-in"
    elif spec is None:
        found[name] = None
    else:
        found[name] = spec.origin or ""
print()
print(json.dumps({"found": found, "path": sys.path}))
"""
#: interpreter → (folders with their times of change, module → where it is)
_cache: dict[str, tuple[dict[str, float], dict[str, str | None]]] = {}


def find_modules(kernel: Kernel, names: frozenset[str]) -> Mapping[str, str | None]:
    """Where each top-level module is, "" for folders alone, None for what is not found.

    Empty for kernels that cannot be asked. Kept until a folder of the interpreter's
    path changes.
    """
    interpreter = kernel.interpreter
    if not names or not interpreter or not can_be_asked(interpreter):
        return {}
    times, known = _cache.get(interpreter, ({}, {}))
    if times_of_change(list(times)) != times:
        known = {}
    missing = sorted(names - known.keys())
    if missing:
        found, path = _ask(interpreter, missing)
        known = {**known, **found}
        _cache[interpreter] = (times_of_change(path), known)
    return {name: known[name] for name in names if name in known}


def _ask(interpreter: str, names: list[str]) -> tuple[dict[str, str | None], list[str]]:
    """Nothing of an interpreter that does not work: the snapshot says so."""
    try:
        answer = ask(interpreter, _PROGRAM, names)
    except InterpreterError:
        return {}, []
    return answer["found"], answer["path"]
