"""What changed between two versions of a deployment, item by item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.bundle import CapturedFile, Lock, Start, canonical_json
from jupyter_deploy.domain.deployments import Version
from jupyter_deploy.domain.environment import Environment, Package
from jupyter_deploy.domain.publishing import outputs_to_json
from jupyter_deploy.results.align import align
from jupyter_deploy.results.cells import Cell, read_results

#: Bytes of a notebook whose cells are compared, and characters of one cell's difference.
LARGEST, LONGEST = 2_000_000, 20_000


@dataclass(frozen=True)
class Side:
    """A version with its snapshot, and where its notebook lies."""

    version: Version
    environment: Environment | None
    notebook: Path


@dataclass(frozen=True)
class Change:
    """`kind` says what of the version, `name` which; `old` and `new` are texts for people.

    `diff` are the lines of a cell that changed.
    """

    kind: str
    name: str
    change: str
    old: str | None
    new: str | None
    diff: str | None = None


def changes(old: Side, new: Side) -> Iterator[Change]:
    """The code first, then what it runs with, then when and how."""
    a, b = old.version, new.version
    yield from _code(old, new)
    for kind, sides in _items(old, new).items():
        yield from _compare(kind, *sides)
    yield from _kernelspec_variables(a.bundle.start, b.bundle.start)
    yield from _compare("parameters", _texts(a.parameters), _texts(b.parameters))
    yield from _compare("schedule", _schedule(a), _schedule(b))
    yield from _compare("policies", _policies(a), _policies(b))
    yield from _compare("preflight", _preflight(a), _preflight(b))
    yield from _compare(
        "outputs", _texts(outputs_to_json(a.outputs)), _texts(outputs_to_json(b.outputs))
    )


def _items(old: Side, new: Side) -> dict[str, tuple[Mapping[str, str], Mapping[str, str]]]:
    """What the bundles hold; of packages nothing is known without both snapshots."""
    a, b = old.version.bundle, new.version.bundle
    both = (old.environment, new.environment) if old.environment and new.environment else ()
    packages = [{item.name: _package(item) for item in one.packages} for one in both]
    return {
        "notebook": ({"path": a.notebook.path}, {"path": b.notebook.path}),
        "kernel": (_kernel(old), _kernel(new)),
        "packages": (packages[0], packages[1]) if packages else ({}, {}),
        "lock": (_lock(a.lock), _lock(b.lock)),
        "variables": (dict.fromkeys(a.variables, ""), dict.fromkeys(b.variables, "")),
        "files": (_files(a.files), _files(b.files)),
        "upstreams": (dict.fromkeys(a.upstreams, ""), dict.fromkeys(b.upstreams, "")),
    }


def _compare(kind: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted({*old, *new}):
        a, b = old.get(name), new.get(name)
        if a != b:
            change = "added" if a is None else "removed" if b is None else "changed"
            yield Change(kind, name, change, a or None, b or None)


def _code(old: Side, new: Side) -> Iterator[Change]:
    a, b = old.version.bundle.notebook, new.version.bundle.notebook
    if a.digest == b.digest:
        return
    there = old.notebook.is_file() and new.notebook.is_file()
    if not there or max(a.size, b.size) > LARGEST:
        yield Change("notebook", "content", "changed", None, None)
        return
    cells = [read_results(side.notebook.read_bytes()).cells for side in (old, new)]
    pairs = [pair for pair in align(*cells) if not _same(*pair)]
    for before, after in pairs:
        yield _cell(before, after)
    if not pairs:
        yield Change("notebook", "text", "changed", None, None)


def _same(old: Cell | None, new: Cell | None) -> bool:
    return old is not None and new is not None and old.source == new.source


def _cell(old: Cell | None, new: Cell | None) -> Change:
    """Cells are counted as people do, in the new version if they are there."""
    change = "changed" if old and new else "added" if new else "removed"
    before, after = (str((cell.index or 0) + 1) if cell else None for cell in (old, new))
    a, b = ((cell.source if cell else "").splitlines() for cell in (old, new))
    lines = list(unified_diff(a, b, lineterm="", n=2))[2:]
    return Change("code", after or before or "", change, before, after, "\n".join(lines)[:LONGEST])


def _package(package: Package) -> str:
    origin = package.origin
    if origin is None:
        return package.version
    commit = f" at {origin.commit[:12]}" if origin.commit else ""
    return f"{package.version} from {origin.url}{commit}"


def _kernel(side: Side) -> dict[str, str]:
    bundle, environment = side.version.bundle, side.environment
    found = {"kernelspec": bundle.kernel.name, "interpreter": bundle.kernel.interpreter or ""}
    if environment is not None:
        found["version"] = f"{environment.implementation or ''} {environment.python or ''}".strip()
        found["platform"] = environment.platform or ""
    if bundle.start is not None:
        found["command line"] = " ".join(bundle.start.argv)
    return found


def _kernelspec_variables(old: Start | None, new: Start | None) -> Iterator[Change]:
    """Without their values, which may be secrets."""
    for change in _compare("kernel", old.env if old else {}, new.env if new else {}):
        yield replace(change, name=f"${change.name}", old=None, new=None)


def _lock(lock: Lock | None) -> dict[str, str]:
    if lock is None:
        return {"environment": "live"}
    return {"environment": "locked", "lock file": lock.digest[7:19]}


def _files(files: tuple[CapturedFile, ...]) -> dict[str, str]:
    return {item.path: f"{item.size} bytes, {item.digest[7:19]}" for item in files}


def _schedule(version: Version) -> dict[str, str]:
    schedule = version.schedule
    return _texts(asdict(schedule)) if schedule else {}


def _policies(version: Version) -> dict[str, str]:
    """`retry.attempts` and the like, by their dotted names."""
    found: dict[str, Any] = {}
    for name, value in version.policies.to_json().items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": each for inner, each in value.items()}
        else:
            found[name] = value
    return _texts(found)


def _preflight(version: Version) -> dict[str, str]:
    preflight = version.preflight
    return {"mode": preflight.mode, **_texts(preflight.parameters)}


def _texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Plain text as it is, anything else as JSON."""
    return {
        name: value if isinstance(value, str) and value else canonical_json(value)
        for name, value in values.items()
    }
