"""What a preflight came to, from what its runner has observed."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.domain.ledger import Entry, Finished
from jupyter_deploy.domain.preflight import Effects, Forecast, Report
from jupyter_deploy.preflight.disproving import disproved
from jupyter_deploy.preflight.failure import findings_of, installs
from jupyter_deploy.preflight.trial import Trial

#: Errors that say that a file is not there, whatever library has looked for it.
_NO_FILE = re.compile(r"No such file|[Ff]ile .*does not exist|unable to open (database )?file")
_QUOTED = re.compile(r"'([^']+)'|\"([^\"]+)\"")
#: Effects that are told at most.
MOST = 50


def report(trial: Trial, entries: Sequence[Entry]) -> Report:
    """Raises KeyError, TypeError or ValueError for a ledger of another form."""
    observed = next((entry.data for entry in reversed(entries) if entry.kind == "observed"), None)
    seen: Mapping[str, Any] = observed["seen"] if observed else {}
    last = entries[-1] if entries else None
    finished = Finished.of(last) if last is not None and last.kind == "finished" else None
    found = [
        *_files(trial, seen, finished),
        *(findings_of(trial, finished) if finished else ()),
        *installs(trial, [(item["cell"], item["what"]) for item in seen.get("install", ())]),
        *_foreign(trial, seen),
    ]
    known = {(finding.cause, finding.cell) for finding in trial.bundle.findings}
    return Report(
        findings=tuple(item for item in found if (item.cause, item.cell) not in known),
        forecast=_forecast(trial, entries, observed),
        effects=_effects(seen),
        disproved=disproved(trial) if finished and finished.outcome == "completed" else (),
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
    wanted = _wanted(trial, seen, finished)
    for cell, paths in wanted.items():
        patterns = [trial.pattern(path) for path in dict.fromkeys(paths)]
        modules = [path for path in patterns if path.endswith(".py")]
        if modules:
            yield _left_behind("local_module", cell, modules)
        if len(modules) < len(patterns):
            files = [path for path in patterns if path not in modules]
            yield _left_behind("data_file", cell, files)
    if not wanted and finished is not None and _no_file(finished):
        yield from _nowhere(trial, finished)


def _wanted(
    trial: Trial, seen: Mapping[str, Any], finished: Finished | None
) -> dict[int | None, list[str]]:
    """By cell, the author's files that were looked for in vain."""
    if trial.project is None:
        return {}
    looked = [(item["cell"], _inside(trial, item["what"])) for item in seen.get("missing", ())]
    named = [(finished.cell if finished else None, path) for path in _named(trial, finished)]
    wanted: dict[int | None, list[str]] = {}
    known: set[str | None] = {None}
    for cell, path in [*looked, *named]:
        if path not in known and path is not None and (trial.project / path).exists():
            known.add(path)
            if not trial.proposes(trial.pattern(path)):
                wanted.setdefault(cell, []).append(path)
    return wanted


def _nowhere(trial: Trial, finished: Finished) -> Iterator[Finding]:
    """A file that is not among the author's either."""
    named = _named(trial, finished)
    if trial.says(("absolute_path",)) and not any(named):
        return
    if named and named[0] is None:  # elsewhere on the author's machine
        yield Finding(
            "absolute_path",
            finished.cell,
            "A file is read here that lies outside the project, where other machines have none.",
            "Copy it into the project and use a relative path, or make the path a parameter.",
        )
        return
    if named and named[0] and trial.project and (trial.project / named[0]).exists():
        return  # the source has told it
    name = trial.pattern(named[0]) if named and named[0] else "A file"
    yield Finding(
        "data_file",
        finished.cell,
        f"{name} is read here but does not come along, and it is not in the project.",
        "Put it there and add it to the files, or read it from where it is kept.",
    )


def _left_behind(cause: str, cell: int | None, patterns: list[str]) -> Finding:
    listed = ", ".join(patterns)
    return Finding(
        cause,
        cell,
        f"{listed} {'is' if len(patterns) == 1 else 'are'} looked for here but not taken along.",
        f"Add {listed} to the files.",
        {"files": patterns},
    )


def _no_file(finished: Finished) -> bool:
    name, value = finished.error.get("name", ""), finished.error.get("value", "")
    return name == "FileNotFoundError" or (name.endswith("Error") and bool(_NO_FILE.search(value)))


def _named(trial: Trial, finished: Finished | None) -> list[str | None]:
    """The paths in an error's text, below the project; None for one that lies elsewhere."""
    if finished is None or not _no_file(finished):
        return []
    texts = [one or other for one, other in _QUOTED.findall(finished.error.get("value", ""))]
    places = [os.path.join(trial.work, trial.notebook_folder, text) for text in texts]
    return [_inside(trial, place) for place in places]


def _inside(trial: Trial, path: str) -> str | None:
    """Below the project, None for what lies elsewhere."""
    place = os.path.relpath(os.path.normpath(path), trial.work)
    return None if place.startswith("..") or place == "." else place


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
