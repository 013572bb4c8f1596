"""From queued runs to runners."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.bundle import CapturedFile
from jupyter_deploy.domain.runs import Closing, RunState
from jupyter_deploy.engine.turns import take_turns
from jupyter_deploy.engine.watcher import Watcher
from jupyter_deploy.errors import DeployError
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.clock import Clock
from jupyter_deploy.ports.executor import Executor, Placement
from jupyter_deploy.ports.store import Claim, Store

#: Seconds that a kernel may take to answer.
KERNEL_START = 60


class Dispatcher:
    def __init__(
        self,
        store: Store,
        executor: Executor,
        blobs: BlobStore,
        watcher: Watcher,
        clock: Clock,
        slots: int,
    ) -> None:
        self._store = store
        self._executor = executor
        self._blobs = blobs
        self._watcher = watcher
        self._clock = clock
        self.slots = slots

    def fill(self) -> bool:
        """Start queued runs while slots are free; True when one was started."""
        free = self.slots - len(self._watcher)
        if free <= 0:
            return False
        claims = self._store.claim(free, self._executor.name, self._clock.now())
        take_turns(claims, self._start)
        return bool(claims)

    def _start(self, claim: Claim) -> None:
        placement = self._watcher.placement(claim.run.id, claim.fence)
        # Whatever happens below, the watcher notices that no runner lives.
        self._watcher.watch(placement)
        try:
            placement.folder.mkdir(parents=True)
            _write_whole(placement.folder / "task.json", self._task(claim))
            self._executor.start(placement)
        except (OSError, DeployError) as error:
            self._refuse(placement, error)

    def _task(self, claim: Claim) -> dict[str, Any]:
        bundle = claim.version.bundle
        return {
            "run_id": claim.run.id,
            "fence": claim.fence,
            "deployment": claim.run.deployment,
            "version": claim.version.number,
            "notebook": self._file(bundle.notebook),
            "files": [self._file(item) for item in bundle.files],
            "kernel": bundle.kernel.name,
            "language": bundle.kernel.language,
            "parameters": claim.run.parameters,
            "timeouts": {"kernel_start": KERNEL_START, "cell": None, "run": None},
        }

    def _file(self, item: CapturedFile) -> dict[str, str]:
        return {"path": item.path, "blob": str(self._blobs.path(item.digest))}

    def _refuse(self, placement: Placement, error: Exception) -> None:
        closing = Closing(
            state=RunState.FAILED,
            verdict="failed",
            fault="infrastructure",
            reason=f"The run could not be started: {error}",
            cell=None,
            outcome="not started",
        )
        self._store.close(placement.run_id, placement.fence, closing, self._clock.now())
        self._watcher.forget(placement)


def _write_whole(path: Path, document: dict[str, Any]) -> None:
    temporary = path.with_suffix(".tmp")
    with open(temporary, "w", encoding="utf-8") as file:
        json.dump(document, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
