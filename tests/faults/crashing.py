"""Engines in processes of their own that kill themselves at a named point."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import event

from jupyter_deploy import app
from jupyter_deploy.config import Settings
from jupyter_deploy.domain.bundle import digest_of
from jupyter_deploy.domain.policies import Limits, Policies, Retry
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.engine.reserve import Reserve
from jupyter_deploy.errors import Conflict
from jupyter_deploy.executors import local
from jupyter_deploy.ports.store import NewRun, RunQuery
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing.samples import bundle, new_version

RUNNER = Path(__file__).with_name("quick_runner.py")
NOTEBOOK = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
#: Seconds: the lease of these engines, and how long one may take to settle.
LEASE = 1.2
PATIENCE = 15.0
HOUR = timedelta(hours=1)
KILLED = -signal.SIGKILL


@dataclass(frozen=True)
class Point:
    """`inside` is after the work and before the commit of the store's method.

    `which` tells the calls apart, from 1.
    """

    target: str
    moment: str
    which: int = 1

    def __str__(self) -> str:
        again = f" {self.which}" if self.which > 1 else ""
        return f"{self.moment} {self.target.rpartition(':')[2]}{again}"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Fuse:
    """Kills this process at the point."""

    def __init__(self, point: Point) -> None:
        self._point = point
        self._calls = 0
        self._armed = False

    def lay(self, settings: Settings, database: Any) -> None:
        module, _, path = self._point.target.partition(":")
        owner: Any = sys.modules[module]
        *classes, name = path.split(".")
        for item in classes:
            owner = getattr(owner, item)
        setattr(owner, name, self._wrapped(getattr(owner, name)))
        event.listen(database, "commit", self._on_commit)

    def _wrapped(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def wrapper(*args: Any, **options: Any) -> Any:
            self._calls += 1
            hit = self._calls == self._point.which
            if hit and self._point.moment == "before":
                die()
            self._armed = hit and self._point.moment == "inside"
            result = original(*args, **options)
            self._armed = False
            if hit and self._point.moment == "after":
                die()
            return result

        return wrapper

    def _on_commit(self, _connection: Any) -> None:
        if self._armed:
            die()


@dataclass(frozen=True)
class World:
    """What the engines of one test share, and when its schedule began."""

    folder: Path
    url: str
    began: datetime

    @property
    def witness(self) -> Path:
        return self.folder / "witness"

    def settings(self, name: str) -> Settings:
        data = self.folder / name
        data.mkdir(exist_ok=True)
        return Settings(
            data_dir=data,
            runtime_dir=data,
            database_url=self.url,
            max_running=3,
            quiet_seconds=0,
            lease_seconds=LEASE,
        )

    def due_times(self) -> list[datetime]:
        """Those before now, by plain arithmetic: the schedule is of every full hour."""
        first = self.began.replace(minute=0, second=0, microsecond=0) + HOUR
        now = datetime.now(timezone.utc)
        return [first + n * HOUR for n in range(100) if first + n * HOUR <= now]


def in_child(work: Callable[[], None]) -> int:
    """The exit status of a process that does this; it ends there whatever happens."""
    pid = os.fork()
    if not pid:
        code = 1
        try:
            os.setsid()
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    _pid, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


def live(world: World, name: str, point: Point | None) -> None:
    """An engine's life: everything is asked of it, and it works until nothing is left."""
    os.environ["WITNESS"] = str(world.witness)
    spawn = subprocess.Popen

    def quick(command: list[str], **options: Any) -> Any:
        return spawn([sys.executable, "-S", "-E", str(RUNNER), command[-1]], **options)

    local.subprocess.Popen = quick  # type: ignore[misc, assignment]
    settings = world.settings(name)
    database = open_database(world.url)
    if point is not None:
        Fuse(point).lay(settings, database)
    blobs = app._blobs(settings, database)
    parts = app.assemble(
        settings,
        SqlStore(database),
        blobs,
        Reserve(settings.reserve_file),
        on_quiet=lambda: None,
        on_trouble=lambda _error: None,
    )
    parts.core.start()
    ask(parts, world)
    end = time.monotonic() + PATIENCE
    while not parts.core.submit(lambda: settled(parts, world)).result(PATIENCE):
        assert time.monotonic() < end, "it does not settle"
        time.sleep(0.1)
    parts.core.stop()


def settled(parts: app.Parts, world: World) -> bool:
    activity = parts.service._store.activity()
    rows = len(parts.service._store.runs(RunQuery(deployment="hourly", limit=500)))
    return not activity.queued and not activity.running and rows >= len(world.due_times())


def ask(parts: app.Parts, world: World) -> None:
    """What a client wants; asked again after a crash, as a client does that got no answer."""
    store = parts.service._store

    def on_core(job: Callable[[], Any]) -> Any:
        return parts.core.submit(job).result(PATIENCE)

    def deploy(name: str, **members: Any) -> None:
        parts.blobs.put(digest_of(NOTEBOOK), [NOTEBOOK])
        found = bundle(f"{name}.ipynb", NOTEBOOK)
        store.deploy(new_version(name, bundle=found, **members), world.began)

    def run(name: str, key: str, at: datetime, **parameters: Any) -> int:
        return store.add_run(NewRun(name, parameters, None, key=key), at)[0].id

    def cancel(key: str) -> None:
        number = run("manual", key, datetime.now(timezone.utc))
        try:
            store.request_cancel(number, datetime.now(timezone.utc))
        except Conflict:
            return  # it was, before the crash

    every_hour = Schedule("0 * * * *", "UTC", catch_up="all", overlap="queue_all")
    again = Policies(retry=Retry(2, 0.0, ("infrastructure", "lost")))
    impatient = Policies(timeout=Limits(queue=1.0), max_running=1)
    on_core(lambda: deploy("hourly", schedule=every_hour))
    on_core(lambda: deploy("manual"))
    on_core(lambda: deploy("flaky", policies=again))
    on_core(lambda: deploy("late", policies=impatient))
    on_core(lambda: (run("late", "old", world.began), cancel("unwanted")))
    for key in ("monday", "tuesday"):
        on_core(lambda key=key: run("manual", key, datetime.now(timezone.utc)))
    on_core(lambda: run("flaky", "dies", datetime.now(timezone.utc), dies=True))
