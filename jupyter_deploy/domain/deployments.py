"""Deployments, versions and what happens to them, as values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jupyter_deploy.domain.bundle import Bundle, canonical_json, digest_of
from jupyter_deploy.domain.policies import Policies
from jupyter_deploy.domain.preflight import Preflight, Tried
from jupyter_deploy.domain.publishing import Outputs, outputs_to_json
from jupyter_deploy.domain.schedule import Schedule
from jupyter_deploy.errors import Conflict


@dataclass(frozen=True)
class NewVersion:
    """A version on its way into the store.

    `expected_version` is the live version that the user saw (0: none, None: any);
    `replace` lets the name move to another notebook. `origin` is the notebook's
    absolute path where it was deployed from, perhaps on another machine; it says
    which notebook this is and is no part of the version, nor is how it is tried
    before it goes live.
    """

    name: str
    bundle: Bundle
    parameters: dict[str, Any]
    schedule: Schedule | None
    created_by: str | None
    expected_version: int | None = None
    replace: bool = False
    policies: Policies = field(default_factory=Policies)
    origin: str | None = None
    outputs: Outputs = ()
    preflight: Preflight = field(default_factory=Preflight)

    @property
    def digest(self) -> str:
        """Equal for equal bundles, policies and outputs, whatever was found in them."""
        schedule = self.schedule.to_json() if self.schedule else None
        policies = self.policies.to_json()
        if not self.policies.secrets:  # versions from before there were any keep their digest
            del policies["secrets"]
        bundle = {**self.bundle.to_json(), "findings": []}  # those depend on who looks and where
        parts = [bundle, self.parameters, schedule, policies]
        if self.outputs:  # as those
            parts.append(outputs_to_json(self.outputs))
        return digest_of(canonical_json(parts).encode())

    def check_notebook(self, held: str, held_origin: str | None) -> None:
        """Raises Conflict when the name belongs to another notebook than this one.

        `held` is the path that the deployment has in its project. Two projects may
        each have it, so the origins decide where both are known.
        """
        here, there = self.bundle.notebook.path, held
        if self.origin and held_origin:
            here, there = self.origin, held_origin
        if here == there or self.replace:
            return
        raise Conflict(
            f"The name {self.name!r} is taken by a deployment of {there}; this one is {here}.",
            field="name",
            hint="Choose another name, or, when the notebook was moved or takes its place, "
            "let it replace the other one (--replace on the command line).",
        )


@dataclass(frozen=True)
class Version:
    """`tried` is None where nothing was executed before it went live."""

    number: int
    state: str
    digest: str
    bundle: Bundle
    parameters: dict[str, Any]
    schedule: Schedule | None
    created_at: datetime
    created_by: str | None
    policies: Policies = field(default_factory=Policies)
    outputs: Outputs = ()
    preflight: Preflight = field(default_factory=Preflight)
    tried: Tried | None = None


@dataclass(frozen=True)
class Deployment:
    """`current` is the live version, or the newest while none is live.

    `candidate` is the newest version where it is not live: it is being tried, or was rejected.
    """

    name: str
    paused: bool
    current: Version
    origin: str | None = None
    candidate: Version | None = None

    @property
    def is_live(self) -> bool:
        return self.current.state == "live"


@dataclass(frozen=True)
class DueSchedule:
    """A schedule whose next due time has come; `cursor` is the last one handled."""

    schedule_id: int
    deployment: str
    schedule: Schedule
    cursor: datetime


@dataclass(frozen=True)
class Event:
    """One transition, written in the transaction that made it."""

    id: int
    at: datetime
    kind: str
    deployment: str | None
    run: int | None
    state: str | None


@dataclass(frozen=True)
class Activity:
    """What keeps an engine busy."""

    queued: int
    running: int
    schedules: int
