"""From queued runs to runners."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.bundle import CapturedFile, Lock
from jupyter_deploy.domain.caps import Caps
from jupyter_deploy.domain.ledger import RESERVE_NAME, RESERVE_SIZE
from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.publishing import Published
from jupyter_deploy.domain.runs import Closing, RunState
from jupyter_deploy.durable import is_full, keep_room, write_whole
from jupyter_deploy.engine.lease import Lease
from jupyter_deploy.engine.pressure import Pressure
from jupyter_deploy.engine.turns import take_turns
from jupyter_deploy.engine.watcher import Watcher
from jupyter_deploy.errors import DeployError, NotFound
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.clock import Clock
from jupyter_deploy.ports.executor import Executor, Placement
from jupyter_deploy.ports.store import Claim, Store

#: Seconds between looks whether there is room for runs again.
LOOK = 1.0


class Dispatcher:
    def __init__(
        self,
        store: Store,
        executor: Executor,
        blobs: BlobStore,
        watcher: Watcher,
        clock: Clock,
        slots: int,
        *,
        caps: Caps,
        environments: Path,
        vault: Path,
        passed: Sequence[str] = (),
        lease: Lease | None = None,
        pressure: Pressure | None = None,
    ) -> None:
        self._store = store
        self._executor = executor
        self._blobs = blobs
        self._watcher = watcher
        self._clock = clock
        self.slots = slots
        self._lease = lease
        self._caps = caps
        self._environments = environments
        #: The folder whose secrets runners read, and what kernels get beside the usual.
        self._vault = vault
        self._passed = passed
        self._pressure = pressure
        self._held = False

    def fill(self) -> bool:
        """Start queued runs while slots are free; True when something has changed."""
        now = self._clock.now()
        expired = self._store.expire(now)
        free = self.slots - len(self._watcher)
        self._held = free > 0 and self.holding() is not None
        if free <= 0 or self._held:
            return bool(expired)
        claims = self._store.claim(free, self._executor.name, now, self._watcher.engine)
        for claim in claims:
            # Whatever happens below, the watcher notices that no runner lives.
            self._watcher.watch(self._watcher.placement(claim.run.id, claim.fence))
        take_turns(claims, self._start)
        return bool(claims or expired)

    def holding(self) -> str | None:
        """Why no run is started although slots are free, None when one would be."""
        return self._pressure.holding() if self._pressure else None

    def seconds_to_next(self) -> float | None:
        """How long until a run may start that has to wait for its time, or for room."""
        if self._held:
            return LOOK
        start = self._store.next_start()
        if start is None:
            return None
        return max(0.0, (start - self._clock.now()) / timedelta(seconds=1))

    def _start(self, claim: Claim) -> None:
        placement = self._watcher.placement(claim.run.id, claim.fence)
        try:
            placement.folder.mkdir(parents=True)
            task = json.dumps(self._task(claim)).encode()
            write_whole(placement.folder / "task.json", task)
            keep_room(placement.folder / RESERVE_NAME, RESERVE_SIZE)
            self._executor.start(placement)
        except (OSError, DeployError) as error:
            self._refuse(placement, error)

    def _task(self, claim: Claim) -> dict[str, Any]:
        bundle, limits = claim.version.bundle, claim.version.policies.timeout
        return {
            "run_id": claim.run.id,
            "fence": claim.fence,
            "deployment": claim.run.deployment,
            "version": claim.version.number,
            "due_at": claim.run.due_at.isoformat() if claim.run.due_at else None,
            "notebook": self._file(bundle.notebook),
            "files": [self._file(item) for item in bundle.files],
            "kernel": bundle.kernel.name,
            "language": bundle.kernel.language,
            "environment": self._environment(bundle.lock),
            "parameters": claim.run.parameters,
            "trial": claim.version.preflight.mode if claim.run.trigger == TRIGGER else None,
            "upstreams": {name: self._published(name) for name in bundle.upstreams},
            "lease": self._terms(),
            "timeouts": {
                "kernel_start": limits.kernel_start,
                "cell": limits.cell,
                "run": limits.run,
            },
            "caps": asdict(self._caps),
            "secrets": self._secrets(claim.version.policies.secrets),
            "passed": list(self._passed),
        }

    def _secrets(self, names: Sequence[str]) -> dict[str, Any] | None:
        """Their values are the runner's to read."""
        return {"names": list(names), "folder": str(self._vault)} if names else None

    def _environment(self, lock: Lock | None) -> dict[str, Any] | None:
        """What the runner builds or finds built; None for what the kernel has now."""
        if lock is None:
            return None
        return {
            "folder": str(self._environments),
            "digest": lock.digest,
            "python": lock.python,
            "interpreter": lock.interpreter,
            "files": [self._file(item) for item in lock.files],
            "argv": list(lock.argv),
            "env": lock.env,
        }

    def _published(self, name: str) -> dict[str, Any] | None:
        """What another deployment has published last; None when that is nothing."""
        try:
            found = self._store.newest_publication(name)
        except NotFound:
            return None
        if found is None:
            return None
        return {
            "run": found.run,
            "version": found.version,
            "data_at": found.data_at.isoformat(),
            "outputs": {item.name: self._output(item) for item in found.outputs},
        }

    def _output(self, item: Published) -> dict[str, Any]:
        told = {key: getattr(item, key) for key in ("kind", "filename", "value", "unit")}
        return {**told, "blob": str(self._blobs.path(item.digest)) if item.digest else None}

    def _terms(self) -> dict[str, str] | None:
        """What the runner has to keep an eye on."""
        if self._lease is None:
            return None
        return {"file": str(self._lease.file), "term": self._lease.member.term}

    def _file(self, item: CapturedFile) -> dict[str, str]:
        return {"path": item.path, "blob": str(self._blobs.path(item.digest))}

    def _refuse(self, placement: Placement, error: Exception) -> None:
        if self._pressure:
            self._pressure.not_started(error)
        closing = Closing(
            state=RunState.FAILED,
            verdict="failed",
            fault="infrastructure",
            reason=f"The run could not be started: {error}",
            cell=None,
            outcome="disk full" if is_full(error) else "not started",
        )
        self._watcher.end(placement, closing)
        self._watcher.forget(placement)
