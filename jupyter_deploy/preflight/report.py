"""What a preflight came to, from what its runner has observed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

from jupyter_deploy.domain.bundle import Bundle, Finding
from jupyter_deploy.domain.ledger import Entry, Finished
from jupyter_deploy.domain.preflight import Effects, Forecast, Report
from jupyter_deploy.preflight.packages import package_of

#: Errors that say that a file is not there, whatever library has looked for it.
_NO_FILE = re.compile(r"No such file|[Ff]ile .*does not exist|unable to open file")
_NO_MODULE = re.compile(r"No module named '?([\w.]+)'?")
_QUOTED = re.compile(r"'([^']+)'|\"([^\"]+)\"")
#: Effects that are told at most.
MOST = 50


@dataclass(frozen=True)
class Trial:
    """`folder` is the attempt's; `project` the root of the author's files, None where they
    are not on this machine."""

    folder: Path
    bundle: Bundle
    project: Path | None

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def notebook_folder(self) -> PurePosixPath:
        """The notebook's, below the project."""
        return PurePosixPath(self.bundle.notebook.path).parent


def project_of(origin: str | None, bundle: Bundle) -> Path | None:
    """The author's project, if the notebook still lies there; `origin` is its absolute path."""
    if origin is None or not Path(origin).is_file():
        return None
    depth = len(PurePosixPath(bundle.notebook.path).parts)
    return Path(origin).parents[depth - 1] if depth <= len(Path(origin).parents) else None


def report(trial: Trial, entries: Sequence[Entry]) -> Report:
    """Raises KeyError, TypeError or ValueError for a ledger of another form."""
    observed = next((entry.data for entry in reversed(entries) if entry.kind == "observed"), None)
    seen: Mapping[str, Any] = observed["seen"] if observed else {}
    last = entries[-1] if entries else None
    finished = Finished.of(last) if last is not None and last.kind == "finished" else None
    found = [*_files(trial, seen, finished), *_modules(trial, finished), *_foreign(trial, seen)]
    known = {(finding.cause, finding.cell) for finding in trial.bundle.findings}
    return Report(
        findings=tuple(item for item in found if (item.cause, item.cell) not in known),
        forecast=_forecast(trial, entries, observed),
        effects=_effects(seen),
    )


def _forecast(
    trial: Trial, entries: Sequence[Entry], observed: Mapping[str, Any] | None
) -> Forecast:
    """Without the time to build an environment, which is there from now on."""
    duration = None
    starts = [entry for entry in entries if entry.kind == "kernel_started"]
    if starts:
        began, ended = (datetime.fromisoformat(entry.at) for entry in (starts[0], entries[-1]))
        duration = round((ended - began).total_seconds(), 3)
    return Forecast(duration, observed["memory"] if observed else None, _disk(trial))


def _disk(trial: Trial) -> int:
    """What the run leaves: results, ledger and what it has written beside them."""
    total = 0
    for place, _folders, names in os.walk(trial.folder):
        total += sum(Path(place, name).lstat().st_size for name in names)
    return max(0, total - sum(item.size for item in trial.bundle.files))


def _effects(seen: Mapping[str, Any]) -> Effects:
    network = [item["what"] for item in seen.get("network", ())]
    writes = [item["what"] for item in seen.get("write", ())]
    return Effects(_few(network), _few(writes))


def _few(items: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))[:MOST]


def _files(trial: Trial, seen: Mapping[str, Any], finished: Finished | None) -> Iterator[Finding]:
    """Files that were looked for in vain and lie in the author's project, or nowhere.

    Nothing of a notebook that came to its end: it has an answer to their absence.
    """
    if finished is not None and finished.outcome == "completed":
        return
    wanted: dict[int | None, list[str]] = {}
    for item in seen.get("missing", ()):
        path = _inside(trial, item["what"])
        if path is not None and trial.project and (trial.project / path).is_file():
            wanted.setdefault(item["cell"], []).append(path)
    for path in _named(trial, finished):
        known = any(path in paths for paths in wanted.values())
        if not known and trial.project and (trial.project / path).exists():
            wanted.setdefault(finished.cell if finished else None, []).append(path)
    for cell, paths in wanted.items():
        yield _data_file(cell, [_pattern(trial, path) for path in dict.fromkeys(paths)])
    if not wanted and finished is not None and _no_file(finished):
        names = [_pattern(trial, path) for path in _named(trial, finished)] or ["A file"]
        yield Finding(
            "data_file",
            finished.cell,
            f"{names[0]} is read here but does not come along, and it is not in the project.",
            "Put it there and add it to the files, or read it from where it is kept.",
        )


def _data_file(cell: int | None, patterns: list[str]) -> Finding:
    listed = ", ".join(patterns)
    return Finding(
        "data_file",
        cell,
        f"{listed} {'is' if len(patterns) == 1 else 'are'} looked for here but not taken along.",
        f"Add {listed} to the files.",
        {"files": patterns},
    )


def _no_file(finished: Finished) -> bool:
    name, value = finished.error.get("name", ""), finished.error.get("value", "")
    return name == "FileNotFoundError" or (name.endswith("Error") and bool(_NO_FILE.search(value)))


def _named(trial: Trial, finished: Finished | None) -> list[str]:
    """The path in an error's text, below the project."""
    if finished is None or not _no_file(finished):
        return []
    texts = [one or other for one, other in _QUOTED.findall(finished.error.get("value", ""))]
    places = [os.path.join(trial.work, trial.notebook_folder, text) for text in texts]
    return [path for place in places if (path := _inside(trial, place)) is not None]


def _inside(trial: Trial, path: str) -> str | None:
    """Below the project, None for what lies elsewhere."""
    place = os.path.relpath(os.path.normpath(path), trial.work)
    return None if place.startswith("..") or place == "." else place


def _pattern(trial: Trial, path: str) -> str:
    """As the list of files names it: from the notebook's folder."""
    return PurePosixPath(os.path.relpath(path, trial.notebook_folder)).as_posix()


def _modules(trial: Trial, finished: Finished | None) -> Iterator[Finding]:
    """The module that an import has not found: the author's own, or of a package."""
    if finished is None or finished.error.get("name") not in ("ModuleNotFoundError", "ImportError"):
        return
    found = _NO_MODULE.search(finished.error.get("value", ""))
    if found is None:
        return
    name = found[1]
    if (pattern := _own_module(trial, name)) is not None:
        yield Finding(
            "local_module",
            finished.cell,
            f"{name} is imported here but {pattern} is not taken along.",
            f"Add {pattern} to the files.",
            {"files": [pattern]},
        )
        return
    package = package_of(name)
    yield Finding(
        "missing_package",
        finished.cell,
        f"{name} cannot be imported: the version's environment does not have it.",
        f"Add {package} to its packages, or install it in the kernel's environment.",
        {"packages": [package]},
    )


def _own_module(trial: Trial, name: str) -> str | None:
    """The pattern for a module beside the notebook or in the project's root."""
    if trial.project is None:
        return None
    top = name.partition(".")[0]
    for folder in dict.fromkeys([trial.notebook_folder, PurePosixPath(".")]):
        if (trial.project / folder / f"{top}.py").is_file():
            return _pattern(trial, str(folder / f"{top}.py"))
        if next((trial.project / folder / top).glob("**/*.py"), None):
            return f"{_pattern(trial, str(folder / top))}/**/*.py"
    return None


def _foreign(trial: Trial, seen: Mapping[str, Any]) -> Iterator[Finding]:
    """Files of the author's project that were read where they lie, not from the bundle."""
    read: dict[int | None, list[str]] = {}
    for item in seen.get("read", ()):
        if trial.project and Path(item["what"]).is_relative_to(trial.project):
            read.setdefault(item["cell"], []).append(item["what"])
    for cell, paths in read.items():
        names = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        yield Finding(
            "absolute_path",
            cell,
            f"{names} {'is' if len(paths) == 1 else 'are'} read from your own folder, which "
            "other machines do not have and which may change.",
            "Use a path relative to the notebook and take the file along.",
        )
