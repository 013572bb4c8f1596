"""One deployment of the store in memory: its versions and its schedule."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from jupyter_deploy.domain.deployments import Deployment, DueSchedule, NewVersion, Version
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.errors import Conflict, NotFound
from jupyter_deploy.timetable import next_fires


def utc(moment: datetime) -> datetime:
    return moment.astimezone(timezone.utc)


@dataclass
class Timer:
    """A schedule; times up to `cursor` are done with."""

    schedule: Schedule
    cursor: datetime
    next_due: datetime | None
    in_force: bool

    @classmethod
    def begin(cls, schedule: Schedule, now: datetime, in_force: bool) -> Timer:
        fires = next_fires(schedule.cron, schedule.timezone, now, 1)
        return cls(schedule, now, utc(fires[0]) if fires else None, in_force)


@dataclass
class Slot:
    """A deployment by the number that it keeps also when its name is given away."""

    number: int
    name: str
    paused: bool = False
    deleted: bool = False
    versions: list[Version] = field(default_factory=list)
    timer: Timer | None = None
    origin: str | None = None
    keys: dict[str, int] = field(default_factory=dict)

    @property
    def live(self) -> Version | None:
        return next((item for item in self.versions if item.state == "live"), None)

    @property
    def current(self) -> Version:
        return self.live or self.versions[-1]

    def version(self, number: int | None) -> Version:
        """None is the current one. Raises NotFound."""
        for item in self.versions:
            if item.number == (number or self.current.number):
                return item
        raise NotFound(f"There is no version {number} of {self.name!r}.")

    @property
    def deployment(self) -> Deployment:
        newest = self.versions[-1]
        candidate = newest if newest.state in ("candidate", "rejected") else None
        return Deployment(self.name, self.paused, self.current, self.origin, candidate)

    @property
    def due(self) -> DueSchedule:
        assert self.timer is not None
        return DueSchedule(self.number, self.name, self.timer.schedule, self.timer.cursor)

    @property
    def next_due(self) -> datetime | None:
        """When its schedule falls due next, None when it is not in force."""
        return self.timer.next_due if self.timer and self.timer.in_force else None

    def holds(self, digest: str) -> bool:
        """Whether it is live or being tried already."""
        open_ones = [item for item in self.versions if item.state in ("live", "candidate")]
        return bool(open_ones) and open_ones[-1].digest == digest

    def add(self, new: NewVersion, now: datetime) -> Version:
        """A candidate."""
        version = Version(
            number=len(self.versions) + 1,
            state="candidate",
            digest=new.digest,
            bundle=new.bundle,
            parameters=deepcopy(new.parameters),
            schedule=new.schedule,
            created_at=now,
            created_by=new.created_by,
            policies=new.policies,
            outputs=new.outputs,
            preflight=new.preflight,
        )
        self.versions.append(version)
        return version

    def put(self, version: Version) -> None:
        self.versions[version.number - 1] = version

    def make_live(self, number: int, now: datetime) -> None:
        for item in self.versions:
            if item.state == "live":
                self.put(replace(item, state="superseded"))
        version = replace(self.version(number), state="live")
        self.put(version)
        self._change_schedule(version.schedule, now)

    def _change_schedule(self, schedule: Schedule | None, now: datetime) -> None:
        """An unchanged schedule keeps its cursor; a changed one begins at the edit."""
        if schedule is not None and (self.timer is None or self.timer.schedule != schedule):
            self.timer = Timer.begin(schedule, now, not self.paused)
        else:
            self._set_in_force(schedule is not None and not self.paused, now)

    def _set_in_force(self, in_force: bool, now: datetime) -> None:
        if self.timer is None or self.timer.in_force == in_force:
            return
        if in_force:
            self.timer = Timer.begin(self.timer.schedule, now, True)
        else:
            self.timer.in_force = False

    def set_paused(self, paused: bool, now: datetime) -> None:
        self.paused = paused
        has_schedule = self.live is not None and self.live.schedule is not None
        self._set_in_force(has_schedule and not paused, now)

    def delete(self, now: datetime) -> None:
        self.deleted = True
        self._set_in_force(False, now)


def check_expectation(slot: Slot | None, new: NewVersion) -> None:
    """Raises Conflict."""
    live = slot.live.number if slot and slot.live else 0
    if slot:
        new.check_notebook(slot.current.bundle.notebook.path, slot.origin)
    if new.expected_version is not None and new.expected_version != live:
        raise Conflict(f"{new.name!r} was changed by somebody else meanwhile.", field="name")
