"""Faults, one after the other and several at a time, against living engines."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from jupyter_deploy.testing.postgres import Server

from .schedule import Fault
from .sites import Site
from .workload import Workload

#: Seconds that something to strike at is waited for.
TARGET = 30.0
#: The longest time that something is away, in seconds.
DOWN = 5.0
FROZEN = (3.2, 5.0)
#: A runner that stands still longer than it has between its own end and a takeover
#: could not keep its promise, whatever it does.
RUNNER_PAUSED = 0.25


@dataclass
class Chaos:
    sites: Sequence[Site]
    workload: Workload
    server: Server | None
    done: Counter[str] = field(default_factory=Counter)
    _later: list[tuple[float, Callable[[], None]]] = field(default_factory=list)

    def run(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            self._wait(fault.pause)
            self._strike(fault)
        while self._later:
            self._wait(0.1)

    def _strike(self, fault: Fault) -> None:
        strike = getattr(self, "_" + fault.kind.replace(" ", "_"))
        end = time.monotonic() + TARGET
        while not strike(fault):
            assert time.monotonic() < end, f"nothing to strike at: {fault}"
            self._wait(0.1)
        self.done[fault.kind] += 1

    def _wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while True:
            now = time.monotonic()
            for item in [item for item in self._later if item[0] <= now]:
                self._later.remove(item)
                item[1]()
            if now >= end:
                return
            time.sleep(0.01)

    def _after(self, seconds: float, work: Callable[[], None]) -> None:
        self._later.append((time.monotonic() + seconds, work))

    def _site(self, fault: Fault) -> Site | None:
        up = [site for site in self.sites if site.up]
        return up[int(fault.pick * len(up))] if up else None

    def _down(self, fault: Fault) -> float:
        """Most are back soon, some stay away for longer than a lease."""
        return DOWN * fault.length**4

    def _kill_engine(self, fault: Fault) -> bool:
        site = self._site(fault)
        if site is None:
            return False
        site.kill()
        self._after(self._down(fault), site.launch)
        return True

    def _stop_engine(self, fault: Fault) -> bool:
        site = self._site(fault)
        if site is None:
            return False
        ended = site.ask_to_stop()

        def again() -> None:
            ended()
            site.launch()

        self._after(self._down(fault), again)
        return True

    def _pause_engine(self, fault: Fault) -> bool:
        site = self._site(fault)
        if site is None:
            return False
        site.freeze()
        low, high = FROZEN
        self._after(low + (high - low) * fault.length, site.thaw)
        return True

    def _kill_runner(self, fault: Fault) -> bool:
        return _signal([r for site in self.sites for r in site.runners()], fault)

    def _kill_kernel(self, fault: Fault) -> bool:
        return _signal([k for site in self.sites for k in site.kernels()], fault)

    def _pause_runner(self, fault: Fault) -> bool:
        runners = [runner for site in self.sites for runner in site.runners()]
        if not runners:
            return False
        runner = runners[int(fault.pick * len(runners))]
        with suppress(psutil.Error):
            runner.suspend()
        self._after(RUNNER_PAUSED * fault.length, lambda: _resume(runner))
        return True

    def _restart_database(self, fault: Fault) -> bool:
        assert self.server
        self.server.stop("immediate")
        self.server.start()
        return True

    def _cancel(self, fault: Fault) -> bool:
        self.workload.cancel(fault.pick)
        return True

    def _burst(self, fault: Fault) -> bool:
        self.workload.burst(fault.pick)
        return True

    def _due(self, fault: Fault) -> bool:
        self.workload.due(fault.pick, fault.length)
        return True


def _signal(processes: Sequence[psutil.Process], fault: Fault) -> bool:
    if not processes:
        return False
    with suppress(psutil.Error):
        processes[int(fault.pick * len(processes))].kill()
        return True
    return False


def _resume(process: psutil.Process) -> None:
    with suppress(psutil.Error):
        process.resume()
