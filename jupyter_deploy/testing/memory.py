"""A store in memory: the protocol's behaviour without a database.

`tests/conformance` holds it to the same sentences as the SQL store.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta

from jupyter_deploy.domain.backlog import Backlog
from jupyter_deploy.domain.deployments import (
    Activity,
    Deployment,
    DueSchedule,
    Event,
    NewVersion,
    Version,
)
from jupyter_deploy.domain.engines import Member, Seen
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.domain.firing import Firing, Planned
from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.runs import Closing, Run, RunState
from jupyter_deploy.errors import Conflict, NotFound, TooMany
from jupyter_deploy.ports.store import Claim, NewRun, RunQuery
from jupyter_deploy.testing.archive import Archive, Remembered
from jupyter_deploy.testing.candidates import Candidates
from jupyter_deploy.testing.members import Members
from jupyter_deploy.testing.shelf import Held, Shelf
from jupyter_deploy.testing.slots import Slot, check_expectation, utc
from jupyter_deploy.testing.transitions import (
    cancelled,
    closed,
    drafted,
    is_prunable,
    pruned,
    started,
)


class MemoryStore(Shelf, Archive, Candidates):
    """Numbers of slots, runs and events are their positions, counted from 1."""

    def __init__(self) -> None:
        self._slots: list[Slot] = []
        self._runs: list[Run] = []
        self._slot_of: dict[int, Slot] = {}
        self._rules: dict[int, Policies] = {}
        self._engine_of: dict[int, str] = {}
        self._members = Members()
        self._held = Held()
        self._remembered = Remembered()
        self._environments: dict[str, Environment] = {}
        self._events: list[Event] = []

    def deploy(self, new: NewVersion, now: datetime) -> tuple[Deployment, bool]:
        slot = self._find(new.name)
        check_expectation(slot, new)
        if slot is None:
            slot = Slot(len(self._slots) + 1, new.name)
            self._slots.append(slot)
        slot.origin = new.origin
        if slot.holds(new.digest):
            return slot.deployment, False
        self._withdraw(slot, now)
        version = slot.add(new, utc(now))
        if new.preflight.executes:
            self._try(slot, version, now)
        else:
            self._make_live(slot, version.number, now)
        return slot.deployment, True

    def deployments(self) -> list[Deployment]:
        return [slot.deployment for slot in sorted(self._live(), key=lambda slot: slot.name)]

    def deployment(self, name: str) -> Deployment:
        return self._slot(name).deployment

    def versions(self, name: str) -> list[Version]:
        return self._slot(name).versions[::-1]

    def set_paused(self, name: str, paused: bool, now: datetime) -> Deployment:
        slot = self._slot(name)
        if slot.paused != paused:
            slot.set_paused(paused, utc(now))
            self._record("deployment.paused" if paused else "deployment.resumed", now, name)
        return slot.deployment

    def delete(self, name: str, now: datetime) -> Deployment:
        slot = self._slot(name)
        slot.delete(utc(now))
        reason = "Cancelled: the deployment was deleted."
        for run in self._where(lambda run: run.state is RunState.QUEUED):
            if self._slot_of[run.id] is slot:
                self._cancel(run, reason, now)
        self._record("deployment.deleted", now, name)
        return slot.deployment

    def add_run(self, new: NewRun, now: datetime) -> tuple[Run, bool]:
        slot = self._slot(new.deployment)
        if new.key is not None and new.key in slot.keys:
            return self.run(slot.keys[new.key]), False
        if self.backlog([new.deployment]).room(new.deployment) <= 0:
            raise TooMany(f"As many runs of {new.deployment!r} wait already as may.")
        run = replace(
            self._draft(slot, now),
            created_by=new.created_by,
            version=slot.version(new.version).number,
            trigger=new.trigger,
            why=new.why,
            parameters=deepcopy(new.parameters),
        )
        self._insert(slot, run, now)
        if new.key is not None:
            slot.keys[new.key] = run.id
        return run, True

    def runs(self, query: RunQuery) -> list[Run]:
        def wanted(run: Run) -> bool:
            return (
                query.deployment in (None, run.deployment)
                and query.state in (None, run.state)
                and (query.trigger or run.trigger) == run.trigger
                and (query.trigger == TRIGGER or run.trigger != TRIGGER)
                and (query.before is None or run.id < query.before)
            )

        return self._where(wanted)[::-1][: query.limit]

    def recent(self, limit: int) -> dict[str, list[Run]]:
        found = {}
        for slot in self._live():
            newest = self.runs(RunQuery(slot.name, limit=limit))
            if newest:
                found[slot.name] = [replace(run, attempts=()) for run in newest[::-1]]
        return found

    def run(self, run_id: int) -> Run:
        if not 1 <= run_id <= len(self._runs):
            raise NotFound(f"There is no run {run_id}.", hint="`jupyter deploy runs` shows them.")
        return self._runs[run_id - 1]

    def run_version(self, run_id: int) -> Version:
        run = self.run(run_id)
        return self._slot_of[run_id].versions[run.version - 1]

    def due_schedules(self, now: datetime, limit: int) -> list[DueSchedule]:
        waiting = [(slot.next_due, slot.number, slot) for slot in self._slots if slot.next_due]
        due = sorted(item for item in waiting if item[0] <= now)
        return [slot.due for _next_due, _number, slot in due[:limit]]

    def next_due(self) -> datetime | None:
        return min((slot.next_due for slot in self._slots if slot.next_due), default=None)

    def fire(self, plans: Sequence[Planned], now: datetime) -> int:
        return sum(self._fire_one(plan, now) for plan in plans)

    def _fire_one(self, plan: Planned, now: datetime) -> bool:
        due, next_due = plan.due, plan.next_due
        slot = self._slots[due.schedule_id - 1]
        timer = slot.timer
        if timer is None or not timer.in_force or timer.cursor != due.cursor:
            return False
        timer.cursor = utc(plan.cursor)
        timer.next_due = utc(next_due) if next_due else None
        done = {run.due_at for run in self._where(lambda run: self._slot_of[run.id] is slot)}
        firings = [firing for firing in plan.firings if utc(firing.due_at) not in done]
        starts = any(firing.state is RunState.QUEUED for firing in firings)
        if due.schedule.overlap == "cancel_previous" and starts:
            self._cancel_open(slot, now)
        for firing in firings:
            run = self._insert(slot, self._scheduled(slot, firing, now), now)
            if due.schedule.one_at_a_time:
                self._rules[run.id] = replace(self._rules[run.id], max_running=1)
        return True

    def _cancel_open(self, slot: Slot, now: datetime) -> None:
        for run in self._where(lambda run: run.state.open and self._slot_of[run.id] is slot):
            if run.trigger == TRIGGER:
                continue
            if run.state is RunState.QUEUED:
                self._cancel(run, "Cancelled: the next due time came.", now)
            else:
                self._put(replace(run, cancel_requested=True))

    def backlog(self, deployments: Sequence[str]) -> Backlog:
        found: dict[str, dict[int, RunState]] = {name: {} for name in deployments}
        for run in self._where(
            lambda run: run.deployment in found and run.state.open and run.trigger != TRIGGER
        ):
            found[run.deployment][run.id] = run.state
        return Backlog(found, self.activity().queued)

    def claim(self, slots: int, executor: str, now: datetime, engine: str) -> list[Claim]:
        claims: list[Claim] = []
        while len(claims) < slots:
            ready = self._where(lambda run: self._may_start(run, now))
            if not ready:
                break
            first = min(ready, key=lambda run: (-self._rules[run.id].priority, run.id))
            claims.append(self._claim_one(first, executor, now, engine))
        return claims

    def _may_start(self, run: Run, now: datetime) -> bool:
        if run.state is not RunState.QUEUED or (run.not_before and run.not_before > now):
            return False
        limit = self._rules[run.id].max_running
        others = [other for other in self._running() if other.trigger != TRIGGER]
        beside = [other for other in others if self._same_slot(run, other)]
        return limit is None or len(beside) < limit

    def _same_slot(self, run: Run, other: Run) -> bool:
        return self._slot_of[run.id] is self._slot_of[other.id]

    def next_start(self) -> datetime | None:
        waiting = self._where(lambda run: run.state is RunState.QUEUED)
        return min((run.not_before for run in waiting if run.not_before), default=None)

    def expire(self, now: datetime) -> int:
        late = self._where(lambda run: self._is_late(run, now))
        for run in late:
            failed = replace(run, state=RunState.FAILED, verdict="failed", fault="timeout")
            reason = "It waited longer than its limit and never started."
            self._put(replace(failed, reason=reason, ended_at=utc(now)))
            self._record("run.finished", now, run.deployment, self.run(run.id))
        return len(late)

    def _is_late(self, run: Run, now: datetime) -> bool:
        limit = self.run_version(run.id).policies.timeout.queue
        if limit is None or run.trigger == TRIGGER or run.state is not RunState.QUEUED or run.fence:
            return False
        since = run.not_before or run.created_at
        return utc(now) - since >= timedelta(seconds=limit)

    def running(self, engine: str) -> list[Run]:
        return [run for run in self._running() if self._engine_of[run.id] == engine]

    def _running(self) -> list[Run]:
        return self._where(lambda run: run.state is RunState.RUNNING)

    def close(self, run_id: int, fence: int, closing: Closing, now: datetime) -> bool:
        held = [run for run in self._running() if (run.id, run.fence) == (run_id, fence)]
        for run in held:
            self._close_one(run, closing, now)
        return bool(held)

    def request_cancel(self, run_id: int, now: datetime) -> Run:
        run = self.run(run_id)
        if run.state is RunState.QUEUED:
            tried = "before it was tried again" if run.fence else "before it started"
            return self._cancel(run, f"Cancelled {tried}.", now)
        if run.state is RunState.RUNNING:
            return self._put(replace(run, cancel_requested=True))
        raise Conflict(
            f"Run {run_id} has already ended ({run.state}).",
            hint="Only queued and running runs can be cancelled.",
        )

    def to_cancel(self) -> list[int]:
        return [run.id for run in self._running() if run.cancel_requested]

    def join(self, member: Member, lease: float) -> Member:
        return self._members.join(member, lease)

    def renew(self, member: Member, lease: float) -> bool:
        return self._members.renew(member, lease)

    def take_over(self, member: Member) -> list[Run]:
        self._members.end_silent(member)
        known = {seen.member.id for seen in self._members.seen()}
        found = [run for run in self._running() if self._engine_of[run.id] not in known]
        self._engine_of |= dict.fromkeys((run.id for run in found), member.id)
        return found

    def engines(self) -> list[Seen]:
        return self._members.seen()

    def prunable(self, before: datetime, limit: int) -> list[Run]:
        good = [run for run in self._runs if run.state is RunState.SUCCEEDED]
        newest = {run.deployment: run.id for run in good if run.trigger != TRIGGER}
        return self._where(lambda run: is_prunable(run, before, newest))[:limit]

    def prune(self, run_ids: Sequence[int], now: datetime) -> list[str]:
        for run_id in run_ids:
            self._put(pruned(self.run(run_id), now))
        return self._drop()

    def without_files(self, run_ids: Sequence[int]) -> list[int]:
        return [run.id for run in self._where(lambda run: run.id in run_ids) if run.pruned_at]

    def set_pinned(self, run_id: int, pinned: bool) -> Run:
        return self._put(replace(self.run(run_id), pinned=pinned))

    def put_environment(self, environment: Environment) -> None:
        self._environments.setdefault(environment.digest, environment)

    def environment(self, digest: str) -> Environment:
        if digest not in self._environments:
            raise NotFound(f"There is no environment snapshot {digest!r}.")
        return self._environments[digest]

    def events(self, after: int, limit: int) -> list[Event]:
        return self._events[max(after, 0) :][:limit]

    def last_event(self) -> int:
        return len(self._events)

    def activity(self) -> Activity:
        states = [run.state for run in self._runs]
        return Activity(
            queued=states.count(RunState.QUEUED),
            running=states.count(RunState.RUNNING),
            schedules=sum(slot.next_due is not None for slot in self._slots),
        )

    def dispose(self) -> None:
        """Nothing is held."""

    def _live(self) -> list[Slot]:
        return [slot for slot in self._slots if not slot.deleted]

    def _find(self, name: str) -> Slot | None:
        return next((slot for slot in self._live() if slot.name == name), None)

    def _slot(self, name: str) -> Slot:
        slot = self._find(name)
        if slot is None:
            raise NotFound(
                f"There is no deployment {name!r}.",
                field="name",
                hint="`jupyter deploy list` shows the names.",
            )
        return slot

    def _where(self, wanted: Callable[[Run], bool]) -> list[Run]:
        return [run for run in self._runs if wanted(run)]

    def _draft(self, slot: Slot, now: datetime) -> Run:
        return drafted(len(self._runs) + 1, slot, now)

    def _scheduled(self, slot: Slot, firing: Firing, now: datetime) -> Run:
        return replace(
            self._draft(slot, now),
            trigger="schedule",
            state=firing.state,
            reason=firing.reason,
            why=firing.why,
            due_at=utc(firing.due_at),
            not_before=utc(firing.not_before) if firing.not_before else None,
            ended_at=None if firing.state.open else utc(now),
        )

    def _insert(self, slot: Slot, run: Run, now: datetime) -> Run:
        self._runs.append(run)
        self._slot_of[run.id] = slot
        policies = slot.versions[run.version - 1].policies
        self._rules[run.id] = replace(
            policies, max_running=None if run.trigger == TRIGGER else policies.max_running
        )
        self._record(f"run.{run.state}", now, run.deployment, run)
        return run

    def _put(self, run: Run) -> Run:
        self._runs[run.id - 1] = run
        return run

    def _claim_one(self, run: Run, executor: str, now: datetime, engine: str) -> Claim:
        self._engine_of[run.id] = engine
        run = self._put(started(run, executor, engine, now))
        self._record("run.started", now, run.deployment, run)
        return Claim(run, self.run_version(run.id), run.fence)

    def _close_one(self, run: Run, closing: Closing, now: datetime) -> None:
        run = self._put(closed(run, closing, now))
        if not closing.retry_at:
            self._remember(run, closing)
        self._expect(run)
        if not closing.retry_at:
            self._judge(run, closing.report, now)
        self._record(
            "run.retried" if closing.retry_at else "run.finished", now, run.deployment, run
        )

    def _cancel(self, run: Run, reason: str, now: datetime) -> Run:
        run = self._put(cancelled(run, reason, now))
        self._judge(run, None, now)
        self._record("run.cancelled", now, run.deployment, run)
        return run

    def _record(self, kind: str, now: datetime, name: str, run: Run | None = None) -> None:
        number = len(self._events) + 1
        state = run.state.value if run else None
        self._events.append(Event(number, utc(now), kind, name, run.id if run else None, state))
