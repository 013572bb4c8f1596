"""What the engines have to do meanwhile, and what must come of it."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import InterfaceError, OperationalError

from jupyter_deploy.capture.bundle import Captured
from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.errors import Conflict, TooMany
from jupyter_deploy.store.dialects import create
from jupyter_deploy.store.schema import deployments, schedules

from .sites import Site, T

#: Open runs that are always wanted.
OPEN = 5
MINUTE = timedelta(minutes=1)

SIGNS = """\
import os, threading, time
run = os.environ['JUPYTER_DEPLOY_RUN_ID']
fence = os.environ['JUPYTER_DEPLOY_ATTEMPT'].split('/')[-1]
witness = os.open({witness!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def say(word):
    os.write(witness, f'{{word}} {{run}} {{fence}} {{time.monotonic()}}\\n'.encode())
def beat():
    while True:
        say('alive')
        time.sleep(0.05)
say('start')
threading.Thread(target=beat, daemon=True).start()
time.sleep({seconds})"""
LARGE = "open('large.bin', 'wb').write(os.urandom(1024) * 5 * 1024)\n"
END = "time.sleep({seconds})\nsay('end')"


def tried(attempts: int, **more: Any) -> dict[str, Any]:
    return {"retry": {"attempts": attempts, "backoff": 0}, **more}


#: Name → notebook, policies.
DEPLOYMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "often": ("small", tried(3)),
    "once": ("small", tried(1)),
    "large": ("large", tried(2)),
    "single": ("small", tried(2, max_running=1)),
}
EVERY_MINUTE = {"cron": "* * * * *", "timezone": "UTC"}
REGULAR: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "each": ({**EVERY_MINUTE, "catch_up": "all", "overlap": "queue_all"}, tried(2)),
    "newest": ({**EVERY_MINUTE, "catch_up": "latest", "overlap": "allow"}, tried(3)),
}


@dataclass(frozen=True)
class Expected:
    """The due times of a schedule: every one of these minutes later than `since`."""

    deployment: str
    since: datetime
    minutes: tuple[int, ...]
    catch_up: str

    def until(self, end: datetime) -> list[datetime]:
        due = self.since.replace(second=0, microsecond=0) + MINUTE
        found = []
        while due <= end:
            if due.minute in self.minutes:
                found.append(due)
            due += MINUTE
        return found


def in_database(url: str, work: Callable[[Connection], T]) -> T:
    """What the work gives in a transaction beside the engines', however long it takes."""
    engine = create(make_url(url))
    end = time.monotonic() + 60
    try:
        while True:
            try:
                with engine.begin() as connection:
                    return work(connection)
            except (OperationalError, InterfaceError):
                if time.monotonic() > end:
                    raise
                time.sleep(0.2)
    finally:
        engine.dispose()


@dataclass
class Workload:
    """Customers in threads of their own, who insist until they are served."""

    sites: Sequence[Site]
    url: str
    witness: Path
    chance: random.Random
    captured: dict[str, Captured] = field(default_factory=dict)
    expected: list[Expected] = field(default_factory=list)
    #: Idempotency key → numbers of runs that were said to be it.
    keys: dict[str, set[int]] = field(default_factory=dict)
    failures: list[BaseException] = field(default_factory=list)
    bursts: int = 0
    _threads: list[threading.Thread] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        first = SIGNS.format(witness=str(self.witness), seconds=0.4)
        for name, more in (("small", ""), ("large", LARGE)):
            cells = (first, more + END.format(seconds=0.5))
            self.captured[name] = self.sites[0].capture(name, *cells)
        for name, (notebook, policies) in DEPLOYMENTS.items():
            self._deploy(self.sites[0], name, notebook, None, policies)
        for name, (schedule, policies) in REGULAR.items():
            self._deploy(self.sites[0], name, "small", schedule, policies)
            since = in_database(self.url, lambda c, name=name: cursor_of(c, name))  # type: ignore[misc]
            self.expected.append(Expected(name, since, tuple(range(60)), schedule["catch_up"]))
        self._do(self._keep_busy)

    def finish(self) -> None:
        """Everybody has been served."""
        self._over.set()
        for thread in self._threads:
            thread.join(180)
            assert not thread.is_alive(), "a customer was never served"
        if self.failures:
            raise self.failures[0]

    def _do(self, work: Callable[..., None], *arguments: Any) -> None:
        def guarded() -> None:
            try:
                work(*arguments)
            except BaseException as error:
                self.failures.append(error)

        thread = threading.Thread(target=guarded, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _deploy(
        self, site: Site, name: str, notebook: str, schedule: Any, policies: dict[str, Any]
    ) -> None:
        captured = self.captured[notebook]

        def deploy(client: EngineClient) -> None:
            client.deploy(captured, name=name, parameters={}, schedule=schedule, policies=policies)

        site.ask(deploy)

    def _keep_busy(self) -> None:
        while not self._over.wait(0.3):
            site = self.chance.choice(self.sites)
            load = site.ask(lambda client: client.health())
            if load["queued"] + load["running_runs"] < OPEN:
                self._run(site, self.chance.choice(list(DEPLOYMENTS)), uuid4().hex)

    def _run(self, site: Site, name: str, key: str) -> None:
        try:
            run = site.ask(lambda client: client.start_run(name, {}, key))
        except TooMany:
            return
        with self._lock:
            self.keys.setdefault(key, set()).add(run["id"])

    def burst(self, pick: float) -> None:
        """The same run asked for from everywhere at once."""
        self.bursts += 1
        name = list(DEPLOYMENTS)[int(pick * len(DEPLOYMENTS))]
        key = uuid4().hex
        for site in [*self.sites, *self.sites]:
            self._do(self._run, site, name, key)

    def cancel(self, pick: float) -> None:
        """One of the runs that are open, if it has not ended until then."""
        self._do(self._cancel, self.sites[int(pick * len(self.sites))], pick)

    def _cancel(self, site: Site, pick: float) -> None:
        runs = site.ask(lambda client: client.runs(limit=50))["runs"]
        open_ones = [run["id"] for run in runs if run["state"] in ("queued", "running")]
        if open_ones:
            number = open_ones[int(pick * len(open_ones))]
            try:
                site.ask(lambda client: client.cancel(number))
            except Conflict:
                return  # it was faster

    def due(self, pick: float, length: float) -> None:
        """A schedule of which nobody has seen the last due times."""
        self._do(self._due, self.sites[int(pick * len(self.sites))], pick, length)

    def _due(self, site: Site, pick: float, length: float) -> None:
        catch_up = "all" if pick % 0.2 < 0.1 else "latest"
        count = 1 + int(length * (4 if catch_up == "all" else 30))
        now = datetime.now(timezone.utc)
        last = now.replace(second=0, microsecond=0) - 2 * MINUTE
        minutes = [(last - number * MINUTE).minute for number in range(count)]
        name = f"due-{uuid4().hex[:8]}"
        schedule = {
            "cron": f"{','.join(map(str, sorted(minutes)))} * * * *",
            "timezone": "UTC",
            "catch_up": catch_up,
            "overlap": "queue_all" if pick % 0.1 < 0.05 else "allow",
        }
        self._deploy(site, name, "small", schedule, tried(2))
        since = last - count * MINUTE
        in_database(self.url, lambda connection: set_back(connection, name, since))
        with self._lock:
            self.expected.append(Expected(name, since, tuple(minutes), catch_up))


def cursor_of(connection: Connection, name: str) -> datetime:
    query = select(schedules.c.cursor).join(deployments).where(deployments.c.name == name)
    found: datetime = connection.execute(query).scalar_one()
    return found


def set_back(connection: Connection, name: str, since: datetime) -> None:
    """As if nothing had run since then."""
    whose = select(deployments.c.id).where(deployments.c.name == name).scalar_subquery()
    connection.execute(
        update(schedules)
        .where(schedules.c.deployment_id == whose)
        .values(cursor=since, next_due=since + MINUTE)
    )
