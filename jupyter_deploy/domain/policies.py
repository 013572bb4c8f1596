"""How the runs of a deployment are limited, when one is tried again, which secrets they get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from jupyter_deploy.domain.durations import in_words, seconds_of
from jupyter_deploy.domain.variables import check_secret_names
from jupyter_deploy.errors import InvalidInput

#: Members of a request and of a deployment file that make up the policies.
POLICIES = ("retry", "timeout", "max_running", "priority", "secrets")
#: Faults after which another attempt can help.
RETRIABLE = ("infrastructure", "lost", "timeout", "notebook")
MAX_ATTEMPTS = 10
DAY = 86400.0
#: Seconds: the longest limit of a run, the longest pause between attempts.
MAX_LIMIT = 30 * DAY
MAX_BACKOFF = DAY
MAX_PRIORITY = 100
MAX_RUNNING = 1000


@dataclass(frozen=True)
class Retry:
    """`attempts` counts the first one; `backoff` is in seconds, `on` names faults."""

    attempts: int = 1
    backoff: float = 60.0
    on: tuple[str, ...] = ("infrastructure", "lost")


@dataclass(frozen=True)
class Limits:
    """Seconds; None is no limit. `queue` is the wait for the first attempt."""

    run: float | None = None
    cell: float | None = None
    queue: float | None = None
    kernel_start: float = 60.0


@dataclass(frozen=True)
class Policies:
    """`max_running` bounds the deployment's runs at once; higher `priority` goes first.

    `secrets` are names.
    """

    retry: Retry = field(default_factory=Retry)
    timeout: Limits = field(default_factory=Limits)
    max_running: int | None = None
    priority: int = 0
    secrets: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        document = asdict(self)
        document["retry"]["on"] = list(self.retry.on)
        document["secrets"] = list(self.secrets)
        return document

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Policies:
        """The usual ones for None. Raises TypeError for what `to_json` did not make."""
        if data is None:
            return cls()
        retry = {**data["retry"], "on": tuple(data["retry"]["on"])}
        return cls(
            Retry(**retry),
            Limits(**data["timeout"]),
            data["max_running"],
            data["priority"],
            tuple(data.get("secrets", ())),  # versions from before there were any
        )


def read_policies(document: Mapping[str, Any]) -> Policies:
    """The policies of a request or deployment file; what is not said is as usual.

    Raises InvalidInput for values that are absurd or contradict each other.
    """
    retry, timeout = document.get("retry") or {}, document.get("timeout") or {}
    max_running = document.get("max_running")
    return Policies(
        retry=_retry(retry),
        timeout=_limits(timeout),
        max_running=None
        if max_running is None
        else _whole("max_running", max_running, 1, MAX_RUNNING),
        priority=_whole("priority", document.get("priority") or 0, -MAX_PRIORITY, MAX_PRIORITY),
        secrets=check_secret_names(document.get("secrets") or ()),
    )


def _retry(given: Mapping[str, Any]) -> Retry:
    usual = Retry()
    on = tuple(given.get("on", usual.on))
    unknown = sorted(set(on) - set(RETRIABLE))
    if unknown:
        raise InvalidInput(
            f"{unknown[0]!r} is not a fault that can be tried again.",
            field="retry.on",
            hint=f"Choose from {', '.join(RETRIABLE)}.",
        )
    return Retry(
        attempts=_whole("retry.attempts", given.get("attempts", usual.attempts), 1, MAX_ATTEMPTS),
        backoff=_within("retry.backoff", given.get("backoff", usual.backoff), 0, MAX_BACKOFF),
        on=on,
    )


def _limits(given: Mapping[str, Any]) -> Limits:
    def limit(name: str) -> float | None:
        value = given.get(name)
        return None if value is None else _within(f"timeout.{name}", value, 1, MAX_LIMIT)

    limits = Limits(
        run=limit("run"),
        cell=limit("cell"),
        queue=limit("queue"),
        kernel_start=limit("kernel_start") or Limits.kernel_start,
    )
    if limits.run is not None and limits.cell is not None and limits.cell > limits.run:
        raise InvalidInput(
            f"A cell may take {in_words(limits.cell)}, but its whole run only "
            f"{in_words(limits.run)}.",
            field="timeout.cell",
            hint="Make the limit of a cell the smaller one.",
        )
    return limits


def _whole(name: str, value: object, low: int, high: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise InvalidInput(f"{name} is a whole number from {low} to {high}.", field=name)
    return value


def _within(name: str, value: float | str, low: float, high: float) -> float:
    """Raises InvalidInput; NaN is not within anything."""
    seconds = seconds_of(value, name)
    if not low <= seconds <= high:
        raise InvalidInput(
            f"{name} lies between {in_words(low)} and {in_words(high)}, not at {value}.",
            field=name,
        )
    return seconds
