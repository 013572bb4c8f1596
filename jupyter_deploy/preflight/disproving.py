"""What a run in full that ended well says against what the source seemed to tell."""

from __future__ import annotations

import os
import re

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.preflight.trial import Trial

_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")


def disproved(trial: Trial) -> tuple[tuple[str, int | None], ...]:
    """Causes and cells; of others than `FATAL`, which need no second look."""
    checks = {"absolute_path": _is_not_needed, "variable_not_set": _is_not_read}
    return tuple(
        (item.cause, item.cell)
        for item in trial.bundle.findings
        if item.cause in checks and checks[item.cause](trial, item)
    )


def _is_not_needed(trial: Trial, finding: Finding) -> bool:
    """Whether the paths are only texts: nothing is there, and the run has not missed it."""
    from jupyter_deploy.preflight.files import foreign_paths
    from jupyter_deploy.preflight.place import Place
    from jupyter_deploy.preflight.uses import MAYBE, NAMED

    if trial.project is None:
        return False
    folder = trial.project / trial.notebook_folder
    place = Place(folder, trial.project, folder, frozenset(), dict.fromkeys)
    named = foreign_paths(trial.cells, place, finding.cell)
    return bool(named) and all(
        item.how in (MAYBE, NAMED)
        and not _WINDOWS.match(item.text)
        and not (folder / os.path.expanduser(item.text)).exists()
        for item in named
    )


def _is_not_read(trial: Trial, finding: Finding) -> bool:
    """Whether reading a variable that is not set would have ended the run."""
    from jupyter_deploy.preflight.variables import read_without_error

    lenient = read_without_error(trial.cells)
    return not any(re.search(rf"\b{re.escape(name)}\b", finding.message) for name in lenient)
