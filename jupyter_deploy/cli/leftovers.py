"""What killed engines and runs left behind: files, folders, processes."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import psutil

from jupyter_deploy.cli.check import Check, read_json
from jupyter_deploy.client.launch import find_engine
from jupyter_deploy.config import Settings
from jupyter_deploy.errors import DeployError
from jupyter_deploy.executors.local import locked
from jupyter_deploy.family import COOKIE

#: A temporary file of a live engine is younger; seconds.
AGE = 3600
#: Where they are written; `work/` below an attempt belongs to the notebook.
_TEMPORARY = ("*.tmp", "copies/*.tmp", "blobs/**/*.tmp", "blobs/**/tmp*", "runs/*/*/*.tmp")
SHOWN = 3

#: Run → fence of its attempt while it runs, else None.
Runs = dict[int, int | None]


def leftovers(settings: Settings) -> Check:
    # Before the runs: those that begin meanwhile have nothing in these lists.
    marked, folders = _marked_processes(settings), _run_folders(settings)
    runs = _runs(settings)
    processes = [f"{pid} of {_name(folder)}" for pid, folder in marked if _is_over(folder, runs)]
    if processes:
        message = f"Processes of runs that have ended: {_some(processes)}."
        pids = " ".join(one.partition(" ")[0] for one in processes[:SHOWN])
        return Check("leftovers", "warn", message, f"Look at them, then end them: kill {pids}")
    files = _dead_runtime_files(settings)
    if files:
        message = f"Killed engines left {', '.join(files)} in {settings.runtime_dir}."
        return Check("leftovers", "warn", message, "They do no harm and may be deleted.")
    without = [name for name in folders if runs is not None and int(name) not in runs]
    places = [*(f"runs/{name}" for name in without), *_temporary_files(settings)]
    if places:
        message = f"Nothing needs {_some(places)} in {settings.data_dir}."
        return Check("leftovers", "warn", message, "They take space only and may be deleted.")
    return Check("leftovers", "ok", "none")


def _some(names: list[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def _runs(settings: Settings) -> Runs | None:
    """All runs; None when the database cannot say."""
    file = settings.database_file
    if file is not None and not file.exists():
        return None
    from jupyter_deploy.store.database import fences

    try:
        return fences(settings.database_url)
    except DeployError:
        return None  # that is another check's


def _marked_processes(settings: Settings) -> list[tuple[int, Path]]:
    """Processes that carry the cookie of an attempt in this data directory."""
    found = []
    for process in psutil.process_iter():
        try:
            folder = Path(process.environ().get(COOKIE, ""))
        except (psutil.Error, OSError):
            continue
        if folder.is_relative_to(settings.runs_dir):
            found.append((process.pid, folder))
    return found


def _is_over(folder: Path, runs: Runs | None) -> bool:
    """Whether the attempt has ended: its runner is dead and no run goes by it any more."""
    if locked(folder / "lock"):
        return False
    run, fence = folder.parent.name, folder.name
    return runs is None or not run.isdecimal() or str(runs.get(int(run))) != fence


def _name(folder: Path) -> str:
    return f"run {folder.parent.name}"


def _run_folders(settings: Settings) -> list[str]:
    if not settings.runs_dir.is_dir():
        return []
    return sorted(path.name for path in settings.runs_dir.iterdir() if path.name.isdecimal())


def _temporary_files(settings: Settings) -> list[str]:
    old = time.time() - AGE
    paths = {path for pattern in _TEMPORARY for path in settings.data_dir.glob(pattern)}
    return sorted(
        str(path.relative_to(settings.data_dir)) for path in paths if _modified(path) < old
    )


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # gone already
        return time.time()


def _dead_runtime_files(settings: Settings) -> list[str]:
    return [
        path.name
        for path in sorted(settings.runtime_dir.glob("jupyter-deploy-*.json"))
        if not _alive(settings, path)
    ]


def _alive(settings: Settings, path: Path) -> bool:
    for document in read_json(path):
        data_dir = document.get("data_dir")
        if isinstance(data_dir, str):
            return find_engine(replace(settings, data_dir=Path(data_dir))) is not None
    return False
