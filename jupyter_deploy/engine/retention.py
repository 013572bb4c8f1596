"""Old runs lose their files; nothing outside the folder of runs is touched."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.runs import Run
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.clock import Clock
from jupyter_deploy.ports.store import Store

log = logging.getLogger(__name__)

#: Runs of one preview and of one deletion by hand; of one step of the engine.
MOST = 1000
STEP = 20
#: Seconds between two looks when nothing was left to do.
REST = 3600.0


@dataclass(frozen=True)
class Candidate:
    """A run whose files go, `size` in bytes on this engine's disk."""

    run: Run
    size: int


class Retention:
    """`days` 0 deletes nothing by itself."""

    def __init__(
        self, store: Store, clock: Clock, blobs: BlobStore, runs_dir: Path, days: int
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock
        self._runs_dir = runs_dir
        self.days = days
        self._look_at = 0.0

    def preview(self, days: int) -> list[Candidate]:
        """What would go that is older; at most `MOST`, oldest first."""
        runs = self._store.prunable(self._clock.now() - timedelta(days=days), MOST)
        return [Candidate(run, _size(self._folder(run.id))) for run in runs]

    def prune(self, days: int) -> list[Candidate]:
        """Delete just that."""
        found = self.preview(days)
        self._delete([item.run.id for item in found])
        return found

    def tick(self) -> bool:
        """Delete some of what is old enough, and files whose runs were pruned elsewhere."""
        if not self.days or time.monotonic() < self._look_at:
            return False
        before = self._clock.now() - timedelta(days=self.days)
        found = [run.id for run in self._store.prunable(before, STEP)]
        if len(found) < STEP:
            self._look_at = time.monotonic() + REST
        self._delete(found)
        return bool(found)

    def _delete(self, run_ids: list[int]) -> None:
        # The rows first: files that are left over are found again, outputs that are
        # promised and gone would not be.
        if run_ids:
            for digest in self._store.prune(run_ids, self._clock.now()):
                self._blobs.remove(digest)
            log.info("retention: the files of %s runs are deleted", len(run_ids))
        held = self._held()
        folders = [
            self._folder(run_id)
            for begin in range(0, len(held), MOST)
            for run_id in self._store.without_files(held[begin : begin + MOST])
        ]
        threading.Thread(target=_remove_all, args=(folders,), daemon=True).start()

    def _held(self) -> list[int]:
        """Runs with a folder here."""
        if not self._runs_dir.is_dir():
            return []
        return [int(entry.name) for entry in os.scandir(self._runs_dir) if entry.name.isdecimal()]

    def _folder(self, run_id: int) -> Path:
        return self._runs_dir / str(run_id)


def _size(folder: Path) -> int:
    total = 0
    for place, _folders, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size
            except OSError:
                continue
    return total


def _remove_all(folders: list[Path]) -> None:
    for folder in folders:
        _remove(folder)


def _remove(folder: Path) -> None:
    """Links are removed, never followed."""
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder, onerror=_made_writable)
    if folder.exists():
        log.warning("%s could not be deleted", folder)


def _made_writable(function: Callable[..., Any], path: str, _error: Any) -> None:
    """A notebook may have taken the right to write from its own folders."""
    try:
        Path(path).parent.chmod(stat.S_IRWXU)
        if not Path(path).is_symlink():
            Path(path).chmod(stat.S_IRWXU)
        function(path)
    except OSError as error:
        log.debug("%s: %s", path, error)
