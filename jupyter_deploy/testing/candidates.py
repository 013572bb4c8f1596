"""The part of the store in memory that is about versions which are tried."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from jupyter_deploy.domain import reasons
from jupyter_deploy.domain.deployments import Version
from jupyter_deploy.domain.preflight import TRIGGER, Report, Tried
from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.testing.slots import Slot, utc


class Candidates:
    _slot_of: dict[int, Slot]
    _draft: Callable[[Slot, datetime], Run]
    _insert: Callable[[Slot, Run, datetime], Run]
    _put: Callable[[Run], Run]
    _where: Callable[[Callable[[Run], bool]], list[Run]]
    _cancel: Callable[[Run, str, datetime], Run]
    _record: Callable[..., None]

    def _try(self, slot: Slot, version: Version, now: datetime) -> None:
        self._record("version.candidate", now, slot.name)
        run = replace(
            self._draft(slot, now),
            version=version.number,
            trigger=TRIGGER,
            why=reasons.tried(version.number, version.created_by),
            created_by=version.created_by,
            parameters={**version.parameters, **version.preflight.parameters},
        )
        self._insert(slot, run, now)
        slot.put(replace(version, tried=Tried(run.id)))

    def _withdraw(self, slot: Slot, now: datetime) -> None:
        def tries(run: Run) -> bool:
            ours = self._slot_of[run.id] is slot
            return ours and run.trigger == TRIGGER and run.state.open

        for version in slot.versions:
            if version.state == "candidate":
                slot.put(replace(version, state="superseded"))
        for run in self._where(tries):
            if run.state is RunState.QUEUED:
                self._cancel(run, "Cancelled: a newer version was deployed.", now)
            else:
                self._put(replace(run, cancel_requested=True))

    def _judge(self, run: Run, report: Report | None, now: datetime) -> None:
        if run.trigger != TRIGGER:
            return
        slot = self._slot_of[run.id]
        verdict = run.verdict or "failed"
        tried = Tried(run.id, verdict, run.fault, run.reason, run.cell, report)
        version = replace(slot.version(run.version), tried=tried)
        slot.put(version)
        if version.state != "candidate":
            return
        if run.state is RunState.SUCCEEDED and not slot.deleted:
            self._make_live(slot, version.number, now)
        else:
            slot.put(replace(version, state="rejected"))
            self._record("version.rejected", now, slot.name)

    def _make_live(self, slot: Slot, number: int, now: datetime) -> None:
        slot.make_live(number, utc(now))
        self._record("version.live", now, slot.name)
