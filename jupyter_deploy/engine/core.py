"""The engine's one thread: every use of the store happens here, in turn."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, TypeVar

from jupyter_deploy.engine.dispatcher import Dispatcher
from jupyter_deploy.engine.lease import Lease
from jupyter_deploy.engine.publisher import Publisher
from jupyter_deploy.engine.retention import Retention
from jupyter_deploy.engine.scheduler import Scheduler
from jupyter_deploy.engine.watcher import Watcher
from jupyter_deploy.errors import Unavailable
from jupyter_deploy.ports.store import Store

log = logging.getLogger(__name__)

T = TypeVar("T")
Job = tuple[Callable[[], Any], "Future[Any]"]

#: Seconds between looks at live attempts, and the longest sleep otherwise:
#: a laptop that slept, or a clock that was set, is noticed within it.
BUSY = 0.1
IDLE = 5.0
#: Seconds until what failed is tried again.
TROUBLED = 0.5
STOPPED = "The engine is being stopped."
#: Seconds of a failure after which those who wait are not left to find out by themselves.
SLOW = 1.0


class Core:
    """Runs jobs and, between them, scheduler, watcher and dispatcher."""

    def __init__(
        self,
        store: Store,
        scheduler: Scheduler,
        watcher: Watcher,
        dispatcher: Dispatcher,
        *,
        quiet_seconds: float,
        on_quiet: Callable[[], None],
        lease: Lease | None = None,
        retention: Retention | None = None,
        publisher: Publisher | None = None,
        on_trouble: Callable[[Unavailable], None] = lambda _error: None,
    ) -> None:
        self._store = store
        self._scheduler = scheduler
        self._watcher = watcher
        self._dispatcher = dispatcher
        self._lease = lease
        self._retention = retention
        self._publisher = publisher
        self._quiet_seconds = quiet_seconds
        self._on_quiet = on_quiet
        #: Told on this thread when the database could not be used; the step is tried again.
        self._on_trouble = on_trouble
        #: Monotonic time of the last use by a person.
        self.last_use = time.monotonic()
        #: Id of the newest event, readable from any thread.
        self.last_event = 0
        self._adopted = False
        self._troubled = False
        self._stopping = False
        self._ended = threading.Event()
        self._woken = threading.Event()
        self._jobs: queue.Queue[Job | None] = queue.Queue()
        self._thread = threading.Thread(target=self._run, name="engine")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the jobs that wait and end the thread; nothing new is started, runners go on."""
        self._stopping = True
        self._jobs.put(None)
        self._thread.join()
        self._ended.set()
        self._dismiss(STOPPED)

    @property
    def stopping(self) -> bool:
        return self._stopping

    def touch(self) -> None:
        """Somebody uses the engine: stay for another quiet time."""
        self.last_use = time.monotonic()

    def wake(self) -> None:
        """Something has changed in the database: look now."""
        if not self._woken.is_set():
            self._woken.set()
            self.submit(_nothing).add_done_callback(lambda _: self._woken.clear())

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Run the job on the engine's thread; Unavailable is its result when that has ended."""
        future: Future[T] = Future()
        self._jobs.put((job, future))
        if self._ended.is_set():
            self._dismiss(STOPPED)
        return future

    def _dismiss(self, why: str) -> None:
        """The answer of everybody who waits by now."""
        for _, future in self._waiting():
            if future.set_running_or_notify_cancel():
                future.set_exception(Unavailable(why, hint="Nothing was changed; try again."))

    def _dismiss_if_slow(self, error: BaseException, began: float) -> None:
        """Each would wait for the database as long as this one did."""
        if isinstance(error, Unavailable) and time.monotonic() - began >= SLOW:
            self._dismiss(error.message)

    def _waiting(self) -> Iterator[Job]:
        """Take what waits by now out of the queue."""
        for _ in range(self._jobs.qsize()):
            try:
                item = self._jobs.get_nowait()
            except queue.Empty:
                return
            if item is not None:
                yield item
            elif not self._ended.is_set():
                self._jobs.put(None)  # for the loop, which ends with it

    def _run(self) -> None:
        while True:
            self._guarded(self._step)
            pause = self._guarded(self._pause)
            try:
                item = self._jobs.get(timeout=TROUBLED if pause is None else pause)
            except queue.Empty:
                continue
            if item is None:
                return
            self._carry_out(item)
            self._serve()
            self._guarded(self._look_for_events)

    def _serve(self) -> bool:
        """Carry out what waits by now; True when something did."""
        served = False
        for item in self._waiting():
            self._carry_out(item)
            served = True
        return served

    def _step(self) -> None:
        unsure, self._troubled = self._troubled, True  # until everything below went well
        if not self._adopted:
            self._adopt()
        if self._lease:
            self._lease.hold()
        if unsure:
            self._watcher.adopt()  # what was claimed just when the database went away
        steps = [self._scheduler.tick, self._watcher.check]
        if self._lease:
            steps.insert(0, self._lease.take_over)
        if not self._stopping:
            steps.append(self._dispatcher.fill)
        if self._publisher and not self._stopping:
            steps.append(self._publisher.tick)
        if self._retention:
            steps.append(self._retention.tick)
        done: list[bool | None] = []
        for step in steps:
            # All of them, unless the database is away: each would wait for it.
            done.append(self._guarded(step, Unavailable))
            # With a slow one a whole round takes longer than anybody would wait.
            done.append(self._serve())
            if self._lease:
                self._lease.hold()
        self._troubled = None in done
        if any(done):
            self._look_for_events()
        self._leave_if_quiet()

    def _adopt(self) -> None:
        if self._lease:
            self._lease.begin()
        self._watcher.adopt()
        self._look_for_events()
        self._adopted = True

    def _look_for_events(self) -> None:
        self.last_event = self._store.last_event()

    def _pause(self) -> float:
        if self._troubled:
            return TROUBLED
        if len(self._watcher):
            return BUSY
        waits = (self._scheduler.seconds_to_next(), self._dispatcher.seconds_to_next())
        longest = self._lease.pause if self._lease else IDLE
        return min([longest, *(seconds for seconds in waits if seconds is not None)])

    def _leave_if_quiet(self) -> None:
        publishing = self._publisher is not None and self._publisher.busy
        if publishing or time.monotonic() - self.last_use < self._quiet_seconds:
            return
        activity = self._store.activity()
        if not (activity.queued or activity.running or activity.schedules):
            log.info("nothing active for %s s: leaving", self._quiet_seconds)
            self._on_quiet()

    def _guarded(self, step: Callable[[], T], *passed: type[Exception]) -> T | None:
        """What the step gives, None when it failed; what is `passed` is raised."""
        began = time.monotonic()
        try:
            return step()
        except passed:
            raise
        except Unavailable as error:
            log.warning("%s", error)
            self._on_trouble(error)
            self._dismiss_if_slow(error, began)
            return None
        except Exception:
            # One bad row must not stop every other deployment.
            log.exception("a step of the engine failed")
            return None

    def _carry_out(self, item: Job) -> None:
        job, future = item
        if not future.set_running_or_notify_cancel():
            return
        began = time.monotonic()
        try:
            future.set_result(job())
        except BaseException as error:
            future.set_exception(error)
            self._dismiss_if_slow(error, began)


def _nothing() -> None:
    """A job that only wakes the thread."""
