"""The engine's parts on a store in memory, with a clock and runners that obey the test."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from jupyter_deploy.artifacts.files import FileBlobStore
from jupyter_deploy.domain.bundle import digest_of
from jupyter_deploy.domain.caps import MB, Caps, Watermarks
from jupyter_deploy.domain.runs import Run
from jupyter_deploy.engine.dispatcher import Dispatcher
from jupyter_deploy.engine.pressure import Pressure
from jupyter_deploy.engine.reserve import Reserve
from jupyter_deploy.engine.retention import Retention
from jupyter_deploy.engine.scheduler import Scheduler
from jupyter_deploy.engine.service import Service
from jupyter_deploy.engine.watcher import Watcher
from jupyter_deploy.errors import DiskFull, Unavailable
from jupyter_deploy.ports.store import NewRun
from jupyter_deploy.testing.fakes import FakeExecutor, ManualClock
from jupyter_deploy.testing.memory import MemoryStore
from jupyter_deploy.testing.samples import bundle, new_version
from jupyter_deploy.vault.vault import Vault

NOTEBOOK = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'


class UnsteadyStore(MemoryStore):
    """A store that the database is taken away from, method by method."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[str] = set()
        self.full: set[str] = set()

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_") or name in ("broken", "full"):
            return super().__getattribute__(name)
        if name in self.broken:
            raise Unavailable("The database is locked.")
        if name in self.full:
            raise DiskFull("There is no room.")
        return super().__getattribute__(name)


@dataclass
class Machine:
    """As much of everything as the test says."""

    disk: int = 1000 * MB
    memory: int = 1000 * MB
    fault: OSError | None = None

    def free_disk(self) -> int:
        return self.disk

    def write(self) -> None:
        if self.fault:
            raise self.fault

    def free_memory(self) -> int:
        return self.memory


@dataclass
class Parts:
    store: UnsteadyStore
    clock: ManualClock
    executor: FakeExecutor
    blobs: FileBlobStore
    watcher: Watcher
    dispatcher: Dispatcher
    scheduler: Scheduler
    service: Service
    machine: Machine
    reserve: Reserve

    def deploy(self, name: str = "sales", **members: Any) -> None:
        self.blobs.put(digest_of(NOTEBOOK), [NOTEBOOK])
        members.setdefault("bundle", bundle(f"{name}.ipynb", NOTEBOOK))
        self.store.deploy(new_version(name, **members), self.clock.now())

    def queue(self, name: str = "sales", count: int = 1) -> list[int]:
        new = NewRun(name, {}, None)
        return [self.store.add_run(new, self.clock.now())[0].id for _ in range(count)]

    def folder(self, run_id: int, fence: int = 1) -> Path:
        return self.watcher.placement(run_id, fence).folder

    def run(self, run_id: int) -> Run:
        return self.store.run(run_id)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    store, clock, executor = UnsteadyStore(), ManualClock(), FakeExecutor()
    blobs = FileBlobStore(tmp_path / "blobs")
    # The longest pause is the easiest to foretell.
    runs = tmp_path / "runs"
    watcher = Watcher(store, executor, clock, runs, "here", jitter=lambda longest: longest)
    machine, reserve = Machine(), Reserve(tmp_path / "reserve", 100_000)
    watcher.spend = reserve.spend
    dispatcher = Dispatcher(
        store,
        executor,
        blobs,
        watcher,
        clock,
        slots=2,
        caps=Caps(1000, 2000),
        vault=tmp_path,
        environments=tmp_path / "environments",
        pressure=Pressure(machine, Watermarks(), reserve),
    )
    retention = Retention(store, clock, blobs, runs, days=0)
    service = Service(store, blobs, watcher, dispatcher, clock, retention, Vault(tmp_path, "file"))
    scheduler = Scheduler(store, clock)
    return Parts(
        store, clock, executor, blobs, watcher, dispatcher, scheduler, service, machine, reserve
    )
