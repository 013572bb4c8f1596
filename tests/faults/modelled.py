"""Two engines on one store, with clock and runners in the hands of a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from jupyter_deploy.artifacts.files import FileBlobStore
from jupyter_deploy.domain import ledger
from jupyter_deploy.domain.caps import Caps
from jupyter_deploy.domain.engines import Member
from jupyter_deploy.engine.dispatcher import Dispatcher
from jupyter_deploy.engine.scheduler import Scheduler
from jupyter_deploy.engine.watcher import Watcher
from jupyter_deploy.ports.executor import Placement
from jupyter_deploy.ports.store import Store
from jupyter_deploy.testing.fakes import FakeExecutor, ManualClock, write_ledger

#: Seconds: a lease that lasts as long as the test, and one that has passed at once.
LONG, PAST = 1e6, -1.0
SLOTS = 2


@dataclass
class Engine:
    """One engine: its process may die and come again, its runners live on without it."""

    name: str
    store: Store
    clock: ManualClock
    blobs: FileBlobStore
    folder: Path
    executor: FakeExecutor = field(default_factory=FakeExecutor)
    watcher: Watcher | None = None

    def __post_init__(self) -> None:
        self.member = Member(self.name, f"{self.name} 1", "host", 1)
        self.restart()

    def restart(self) -> None:
        """A new process with what is in the store, and nothing else."""
        self.member = self.store.join(self.member, LONG)
        # No pause between attempts: the clock decides enough already.
        self.watcher = Watcher(
            self.store, self.executor, self.clock, self.folder, self.name, lambda _longest: 0.0
        )
        self.watcher.adopt()

    def tick(self) -> None:
        Scheduler(self.store, self.clock).tick()

    def fill(self) -> None:
        self._dispatcher().fill()

    def check(self) -> None:
        assert self.watcher is not None
        self.watcher.check()

    def crash_while(self, moment: str) -> None:
        """The process dies after a claim was committed and before its runner was started."""
        dispatcher = self._dispatcher()
        start = self.executor.start

        def die(_placement: Placement) -> None:
            raise KilledError

        self.executor.start = die if moment == "before" else _then(start, die)  # type: ignore[method-assign]
        try:
            dispatcher.fill()
        except KilledError:
            pass
        finally:
            del self.executor.start
        self.restart()

    def lapse(self) -> None:
        """It stands still: its lease runs out and its runners end themselves."""
        self.store.renew(self.member, PAST)
        self.executor.living.clear()

    def hold(self) -> None:
        """It goes on: with its lease, or without what was its own."""
        assert self.watcher is not None
        if not self.store.renew(self.member, LONG):
            self.watcher.give_up()
            self.member = Member(self.name, f"{self.member.term}'", "host", 1)
            self.member = self.store.join(self.member, LONG)

    def take_over(self) -> int:
        """How many runs were another engine's."""
        assert self.watcher is not None
        taken = self.store.take_over(self.member)
        for run in taken:
            self.watcher.watch(self.watcher.placement(run.id, run.fence))
        return len(taken)

    def succeed(self, placement: Placement) -> None:
        """The runner comes to its end."""
        drafts = (
            ledger.attempt_started("n.ipynb", 1),
            ledger.cell_started(0, 1, 1),
            ledger.cell_finished(0, "ok", 0.1),
            ledger.Finished("completed").draft(),
        )
        write_ledger(placement.folder, drafts)
        self.executor.living.discard(placement)

    def _dispatcher(self) -> Dispatcher:
        assert self.watcher is not None
        return Dispatcher(
            self.store,
            self.executor,
            self.blobs,
            self.watcher,
            self.clock,
            SLOTS,
            caps=Caps(),
            environments=self.folder / "environments",
            vault=self.folder,
        )


class KilledError(BaseException):
    """The end of a process: nothing in it may catch this."""


def _then(
    first: Callable[[Placement], None], second: Callable[[Placement], None]
) -> Callable[[Placement], None]:
    def both(placement: Placement) -> None:
        first(placement)
        second(placement)

    return both


def every_hour_between(begin: datetime, end: datetime, step: int) -> list[datetime]:
    """Due times of `0 */step * * *` in UTC after `begin` and not after `end`."""
    first = int(begin.timestamp()) // 3600 + 1
    last = int(end.timestamp()) // 3600
    hours = (datetime.fromtimestamp(n * 3600, tz=begin.tzinfo) for n in range(first, last + 1))
    return [hour for hour in hours if hour.hour % step == 0]
