"""A stateful model: whatever two engines and the world around them do, the promises hold.

`STEPS` and `EXAMPLES` set how long it looks; a failure prints the steps that lead to it, and
the seed to see it again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from sqlalchemy.engine import make_url

from jupyter_deploy.artifacts.files import FileBlobStore
from jupyter_deploy.domain.backlog import MAX_QUEUED
from jupyter_deploy.domain.bundle import digest_of
from jupyter_deploy.domain.firing import Planned
from jupyter_deploy.domain.policies import Policies, Retry
from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.errors import Conflict, TooMany
from jupyter_deploy.ports.executor import Placement
from jupyter_deploy.ports.store import NewRun, RunQuery, Store
from jupyter_deploy.store.dialects import create
from jupyter_deploy.store.schema import metadata
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.testing.fakes import ManualClock
from jupyter_deploy.testing.samples import bundle, closing, new_version

from .modelled import Engine, every_hour_between

#: A hundred examples take half a minute, on a busy machine more; `make faults` takes 500.
pytestmark = pytest.mark.timeout(900)

EXAMPLES = int(os.environ.get("EXAMPLES", "100"))
#: Looking for the shortest way to a failure costs minutes: only where `SHRINKING` is set.
SHRINKS = "SHRINKING" in os.environ
STEPS = int(os.environ.get("STEPS", "50"))
NOTEBOOK = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'
NAMES = ("a", "b", "c")
OVERLAPS = ("skip", "queue_one", "queue_all", "allow", "cancel_previous")
#: Where nothing has to reach a disk.
MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None

POLICIES = st.fixed_dictionaries(
    {
        "step": st.sampled_from([1, 2, 6]),
        "overlap": st.sampled_from(OVERLAPS),
        "catch_up": st.sampled_from(["none", "latest", "all"]),
        "attempts": st.integers(1, 3),
        "limit": st.sampled_from([None, 1, 2]),
    }
)
engines = st.sampled_from(["here", "there"])
names = st.sampled_from(NAMES)


@dataclass
class Deployed:
    """What the model knows of a deployment: when its schedule was in force."""

    step: int
    since: datetime | None
    due: set[datetime] = field(default_factory=set)


class Promises(RuleBasedStateMachine):
    @initialize(policies=st.lists(POLICIES, min_size=3, max_size=3))
    def begin(self, policies: list[dict[str, Any]]) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="model", dir=MEMORY))
        database = create(make_url("sqlite://"))
        metadata.create_all(database)
        self.store: Store = SqlStore(database)
        self.clock = ManualClock()
        self.newest = self.clock.now()
        self.blobs = FileBlobStore(self.folder / "blobs")
        self.blobs.put(digest_of(NOTEBOOK), [NOTEBOOK])
        self.engines = {name: self._engine(name) for name in ("here", "there")}
        self.lapsed: set[str] = set()
        self.deployed: dict[str, Deployed] = {}
        self.ended: dict[int, Run] = {}
        self.fences: Counter[int] = Counter()
        self.keys: dict[tuple[str, str], int] = {}
        for name, how in zip(NAMES, policies, strict=True):
            self._deploy(name, **how)
            self.run_now(name, None)

    def _engine(self, name: str) -> Engine:
        return Engine(name, self.store, self.clock, self.blobs, self.folder / name)

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        try:
            self._settle()
        finally:
            self.store.dispose()
            shutil.rmtree(self.folder, ignore_errors=True)

    def _settle(self) -> None:
        """Left alone, everything that was begun comes to an end."""
        self.clock.time = self.newest  # a clock that was set back delays attempts
        for engine in self.engines.values():
            engine.hold()
        runs, before = self._all_runs(), None
        # A turn that changes nothing is the last: time stands still here.
        while runs != before and any(run.state.open for run in runs):
            for name, placement in self._living():
                self.engines[name].succeed(placement)
            for engine in self.engines.values():
                engine.check()
                engine.fill()
            runs, before = self._all_runs(), runs
        assert not [run for run in runs if run.state.open]
        assert not self._living()

    # what people do

    @rule(name=names, how=POLICIES)
    def deploy(self, name: str, how: dict[str, Any]) -> None:
        self._deploy(name, **how)

    def _deploy(
        self, name: str, step: int, overlap: str, catch_up: str, attempts: int, limit: int | None
    ) -> None:
        cron = f"0 */{step} * * *"
        schedule = Schedule(cron, "UTC", catch_up=catch_up, overlap=overlap)
        policies = Policies(Retry(attempts, 0.0), max_running=limit)
        held = self.deployed.get(name)
        before = self.store.deployment(name).current.schedule if held else None
        new = new_version(
            name, bundle=bundle("n.ipynb", NOTEBOOK), schedule=schedule, policies=policies
        )
        self.store.deploy(new, self.clock.now())
        if held is None:
            self.deployed[name] = Deployed(step, self.clock.now())
        elif before != schedule:
            held.step = step
            held.since = self.clock.now() if held.since is not None else None

    @rule(name=names, paused=st.booleans())
    def pause(self, name: str, paused: bool) -> None:
        held = self.deployed[name]
        self.store.set_paused(name, paused, self.clock.now())
        if paused:
            held.since = None
        elif held.since is None:
            held.since = self.clock.now()

    @rule(name=names, key=st.sampled_from(["monday", "tuesday", None]))
    def run_now(self, name: str, key: str | None) -> None:
        try:
            run, created = self.store.add_run(NewRun(name, {}, None, key=key), self.clock.now())
        except TooMany:
            queued = [run for run in self._all_runs() if run.state == RunState.QUEUED]
            assert sum(run.deployment == name for run in queued) >= MAX_QUEUED
            return
        if key is not None:
            assert self.keys.setdefault((name, key), run.id) == run.id
            assert created == (self.keys[name, key] == run.id and run.id not in self.fences)
        self.fences.setdefault(run.id, 0)

    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.fences)))
        try:
            self.store.request_cancel(number, self.clock.now())
        except Conflict:
            assert number in self.ended

    # time

    @rule(seconds=st.sampled_from([1, 60, 1800, 3600, 3 * 3600, 30 * 3600]))
    def time_passes(self, seconds: int) -> None:
        self.clock.move(seconds=seconds)
        self.newest = max(self.newest, self.clock.now())

    @rule(hours=st.sampled_from([1, 24]))
    def clock_is_set_back(self, hours: int) -> None:
        self.clock.move(hours=-hours)

    # what engines do; one whose lease has lapsed stands still until it holds it again

    @rule(engine=engines)
    def tick(self, engine: str) -> None:
        if engine in self.lapsed:
            return
        self.engines[engine].tick()
        now = self.clock.now()
        for held in self.deployed.values():
            if held.since is not None and now > held.since:
                # A set: what fired before the clock was set back does not fire again.
                held.due |= set(every_hour_between(held.since, now, held.step))
                held.since = now

    @rule(engine=engines)
    def tick_that_comes_too_late(self, engine: str) -> None:
        """What it saw as due, another engine has fired meanwhile."""
        seen = self.store.due_schedules(self.clock.now(), limit=9)
        if engine in self.lapsed or not seen:
            return
        self.tick(engine)
        for due in seen:
            assert not self.store.fire([Planned(due, [], None)], self.clock.now())

    @rule(engine=engines)
    def fill(self, engine: str) -> None:
        if engine not in self.lapsed:
            self.engines[engine].fill()

    @rule(engine=engines)
    def check(self, engine: str) -> None:
        if engine not in self.lapsed:
            self.engines[engine].check()

    @rule(engine=engines, seconds=st.sampled_from([60, 3600]))
    def turn(self, engine: str, seconds: int) -> None:
        """What an engine does all day, in a row."""
        self.time_passes(seconds)
        self.tick(engine)
        self.check(engine)
        self.fill(engine)

    # what befalls them

    @rule(engine=engines)
    def engine_is_killed(self, engine: str) -> None:
        if engine not in self.lapsed:
            self.engines[engine].restart()

    @rule(engine=engines, moment=st.sampled_from(["before", "after"]))
    def engine_is_killed_as_it_starts_a_run(self, engine: str, moment: str) -> None:
        if engine not in self.lapsed:
            self.engines[engine].crash_while(moment)

    @precondition(lambda self: not self.lapsed)
    @rule(engine=engines)
    def lease_lapses(self, engine: str) -> None:
        self.lapsed.add(engine)
        self.engines[engine].lapse()

    @rule(engine=engines)
    def engine_steals(self, engine: str) -> None:
        if engine not in self.lapsed:
            taken = self.engines[engine].take_over()
            assert self.lapsed or not taken, "runs of an engine that holds its lease"

    @rule(engine=engines)
    def engine_is_lost_and_replaced(self, engine: str) -> None:
        [other] = set(self.engines) - {engine}
        self.turn(engine, 60)
        self.lease_lapses(engine)
        self.engine_steals(other)
        self.check(other)
        self.fill(other)

    @precondition(lambda self: self.lapsed)
    @rule()
    def engine_goes_on(self) -> None:
        for name in sorted(self.lapsed):
            self.engines[name].hold()
        self.lapsed.clear()

    @precondition(lambda self: any(self._living()))
    @rule(data=st.data(), well=st.booleans())
    def runner_ends(self, data: st.DataObject, well: bool) -> None:
        engine, placement = data.draw(
            st.sampled_from(sorted(self._living(), key=lambda item: item[1].run_id))
        )
        if well:
            self.engines[engine].succeed(placement)
        else:
            self.engines[engine].executor.living.discard(placement)

    @precondition(lambda self: any(self.fences.values()))
    @rule(data=st.data())
    def stale_attempt_ends(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from([n for n, fence in self.fences.items() if fence]))
        run = self.store.run(number)
        stale = run.fence if not run.state.open else run.fence - 1
        assert not self.store.close(number, stale, closing(), self.clock.now())
        assert self.store.run(number) == run

    def _living(self) -> list[tuple[str, Placement]]:
        return [
            (name, placement)
            for name, engine in self.engines.items()
            for placement in engine.executor.living
        ]

    # what always holds

    @invariant()
    def promises_hold(self) -> None:
        if not hasattr(self, "store"):
            return
        runs = self._all_runs()
        self._due_times(runs)
        self._attempts(runs)
        self._limits(runs)
        self._ends(runs)

    def _all_runs(self) -> list[Run]:
        return self.store.runs(RunQuery(limit=100_000))

    def _due_times(self, runs: list[Run]) -> None:
        for name, held in self.deployed.items():
            due = [run.due_at for run in runs if run.deployment == name and run.due_at]
            assert sorted(due) == sorted(held.due), name
        assert all(run.due_at <= self.newest for run in runs if run.due_at)

    def _attempts(self, runs: list[Run]) -> None:
        living = Counter(placement.run_id for _, placement in self._living())
        assert not living or max(living.values()) == 1, "two attempts of one run at once"
        for run in runs:
            assert run.fence >= self.fences[run.id]
            self.fences[run.id] = run.fence
            assert [attempt.fence for attempt in run.attempts] == list(range(1, run.fence + 1))
            assert sum(attempt.outcome is None for attempt in run.attempts) <= 1
            if living[run.id] and not self.lapsed:
                assert run.state.open or run.id in self.ended

    def _limits(self, runs: list[Run]) -> None:
        running = Counter(run.deployment for run in runs if run.state == "running")
        limits = {name: self._highest_limit(name) for name in running}
        for name, limit in limits.items():
            assert limit is None or running[name] <= limit, name

    def _highest_limit(self, name: str) -> int | None:
        """Of all its versions: runs of older ones may still be there."""
        found = []
        for version in self.store.versions(name):
            schedule, limit = version.schedule, version.policies.max_running
            assert schedule is not None
            if limit is None and not schedule.one_at_a_time:
                return None
            if limit is None:
                return None  # runs by hand are not limited
            found.append(limit)
        return max(found)

    def _ends(self, runs: list[Run]) -> None:
        for run in runs:
            if run.id in self.ended:
                assert run == self.ended[run.id], "a run that has ended was changed"
            elif not run.state.open:
                self.ended[run.id] = run


TestPromises = Promises.TestCase
TestPromises.settings = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    print_blob=True,
    phases=[phase for phase in Phase if SHRINKS or phase is not Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
