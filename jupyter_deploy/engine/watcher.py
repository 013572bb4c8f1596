"""Live attempts: their progress, their end, and what it means."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from jupyter_deploy.deadline import LAPSED
from jupyter_deploy.domain.ledger import Entry, progress
from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.retrying import Jitter, with_retry
from jupyter_deploy.domain.runs import Closing, Progress, Run
from jupyter_deploy.domain.verdict import Ending
from jupyter_deploy.engine.closing import conclude, reported
from jupyter_deploy.engine.ledger_tail import LedgerTail
from jupyter_deploy.engine.reserve import Spend, plainly
from jupyter_deploy.engine.turns import take_turns
from jupyter_deploy.errors import NotFound
from jupyter_deploy.ports.clock import Clock
from jupyter_deploy.ports.executor import Executor, Placement
from jupyter_deploy.ports.store import Store
from jupyter_deploy.preflight.trial import Trial, project_of

log = logging.getLogger(__name__)

#: A runner that was asked to stop has this long before it is killed.
CANCEL_GRACE = timedelta(seconds=10)


Keep = Callable[[Placement, Closing], Closing]


def _where_it_is(_placement: Placement, closing: Closing) -> Closing:
    return closing


def _anything_up_to(seconds: float) -> float:
    return random.uniform(0, seconds)  # noqa: S311, nothing secret


@dataclass
class _Live:
    placement: Placement
    tail: LedgerTail
    entries: list[Entry] = field(default_factory=list)
    cancelled_at: datetime | None = None
    #: Whether something of it has been seen that only a runner writes.
    begun: bool = False

    @property
    def ledger_is_there(self) -> bool:
        return (self.placement.folder / "ledger.jsonl").exists()

    def look(self) -> None:
        """Remember what the notebook may delete: that it was executed."""
        work = self.placement.folder / "work"
        self.begun = self.begun or self.ledger_is_there or work.exists()

    def read(self) -> None:
        """Take over what is new."""
        self.entries += self.tail.read_new()


class Watcher:
    def __init__(
        self,
        store: Store,
        executor: Executor,
        clock: Clock,
        runs_dir: Path,
        engine: str,
        jitter: Jitter = _anything_up_to,
    ) -> None:
        self._store = store
        self._executor = executor
        self._clock = clock
        self._runs_dir = runs_dir
        self.engine = engine
        #: Brings what a closed attempt left to where it is kept.
        self.keep: Keep = _where_it_is
        self._jitter = jitter
        self._live: dict[int, _Live] = {}
        #: Attempts that were closed here so far.
        self.closed = 0
        #: Does what must be done on a full disk too.
        self.spend: Spend = plainly

    def __len__(self) -> int:
        return len(self._live)

    def placement(self, run_id: int, fence: int) -> Placement:
        return Placement(run_id, fence, self._runs_dir / str(run_id) / str(fence))

    def watch(self, placement: Placement) -> None:
        self._live[placement.run_id] = _Live(
            placement, LedgerTail(placement.folder / "ledger.jsonl")
        )

    def forget(self, placement: Placement) -> None:
        """The attempt was closed by somebody else."""
        self._live.pop(placement.run_id, None)

    def adopt(self) -> None:
        """Take over attempts that nobody here watches, alive or dead.

        They are those of the process before this one, or of a claim whose answer was lost.
        """
        for run in self._store.running(self.engine):
            live = self._live.get(run.id)
            if live is not None and live.placement.fence == run.fence:
                continue
            log.info("adopting run %s", run.id)
            self.watch(self.placement(run.id, run.fence))
            if run.cancel_requested:
                self.cancel(run.id)

    def give_up(self) -> None:
        """End what runs here without a word: it is another engine's now."""
        for live in self._live.values():
            self._executor.kill(live.placement)
        self._live.clear()

    def progress(self, run_id: int) -> Progress | None:
        live = self._live.get(run_id)
        if live is None:
            return None
        live.read()
        return progress(live.entries)

    def cancel(self, run_id: int) -> None:
        """Ask the runner to stop; `check` kills it when it does not."""
        live = self._live.get(run_id)
        if live is not None and live.cancelled_at is None:
            live.cancelled_at = self._clock.now()
            self._executor.cancel(live.placement)

    def check(self) -> bool:
        """Close what has ended; True when something has."""
        if self._live:
            for run_id in self._store.to_cancel():
                self.cancel(run_id)
        ended = [live for live in list(self._live.values()) if not self._still_alive(live)]
        take_turns(ended, self._close)
        return bool(ended)

    def _still_alive(self, live: _Live) -> bool:
        live.look()
        if not self._executor.alive(live.placement):
            return False
        late = live.cancelled_at and self._clock.now() - live.cancelled_at > CANCEL_GRACE
        if late:
            self._executor.kill(live.placement)
        return True

    def _close(self, live: _Live) -> None:
        placement = live.placement
        self._executor.kill(placement)  # what the notebook left behind
        live.read()
        run = self._store.run(placement.run_id)
        closing = conclude(placement, live.entries, self._ending(live, run), self.spend)
        closing = self._with_report(live, run, closing)
        if not self.end(placement, self.keep(placement, closing)):
            log.warning("run %s: a stale end was discarded", placement.run_id)
        # Last, so that an end that could not be written is tried again.
        self._live.pop(placement.run_id, None)

    def _with_report(self, live: _Live, run: Run, closing: Closing) -> Closing:
        """What was found, where the run tries a version."""
        if run.trigger != TRIGGER:
            return closing
        bundle = self._store.run_version(run.id).bundle
        try:
            origin = self._store.deployment(run.deployment).origin
        except NotFound:  # deleted meanwhile
            origin = None
        trial = Trial(live.placement.folder, bundle, project_of(origin, bundle))
        return replace(closing, report=reported(trial, live.entries))

    def _ending(self, live: _Live, run: Run) -> Ending:
        placement = live.placement
        live.look()
        begun_by = run.attempts[-1].engine
        return Ending(
            cancel_requested=live.cancelled_at is not None,
            lapsed=(placement.folder / LAPSED).exists(),
            untouched=not live.begun,
            vanished=live.begun and not live.ledger_is_there,
            taken_over=begun_by not in (None, self.engine),
        )

    def end(self, placement: Placement, closing: Closing) -> bool:
        """Close the attempt, also on a full disk; False for a stale fence."""

        def close() -> bool:
            told = self.or_again(placement, closing)
            now = self._clock.now()
            return self._store.close(placement.run_id, placement.fence, told, now)

        self.closed += 1
        return self.spend(close)

    def or_again(self, placement: Placement, closing: Closing) -> Closing:
        """The closing, with the time of another attempt where the version wants one."""
        run = self._store.run(placement.run_id)
        if run.cancel_requested:
            return closing
        retry = self._store.run_version(placement.run_id).policies.retry
        return with_retry(closing, retry, run.attempts, self._clock.now(), self._jitter)
