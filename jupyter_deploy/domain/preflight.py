"""How a version is tried before it goes live, and what that came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.errors import InvalidInput

#: The trigger of the runs that try a version; they are in no history of a deployment.
TRIGGER = "preflight"
FULL, SAMPLE, IMPORTS, NONE = "full", "sample", "imports", "none"
MODES = (FULL, SAMPLE, IMPORTS, NONE)


@dataclass(frozen=True)
class Preflight:
    """`full` executes the notebook as it will run, `sample` with these `parameters`,
    `imports` only what it imports, `none` nothing."""

    mode: str = NONE
    parameters: dict[str, Any] = field(default_factory=dict)

    @property
    def executes(self) -> bool:
        return self.mode != NONE

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Preflight:
        """None, of versions from before there were any, is `none`."""
        return cls(data["mode"], dict(data["parameters"])) if data else cls()


@dataclass(frozen=True)
class Effects:
    """What the notebook did beyond its own folder: `network` are `host:port`, `writes` paths."""

    network: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Forecast:
    """What a run takes, as measured: seconds, bytes at the most, bytes left on the disk."""

    duration: float | None = None
    memory: int | None = None
    disk: int | None = None


#: Causes that end a notebook wherever it comes by them.
FATAL = {"missing_package", "local_module", "hidden_name", "out_of_order", "asks_input"}


@dataclass(frozen=True)
class Report:
    """What a preflight came to, beside how its run ended."""

    findings: tuple[Finding, ...] = ()
    forecast: Forecast = field(default_factory=Forecast)
    effects: Effects = field(default_factory=Effects)
    #: Causes and cells of what the source has told, and a run in full that ended well disproves.
    disproved: tuple[tuple[str, int | None], ...] = ()


@dataclass(frozen=True)
class Tried:
    """The run that tries a version; `verdict` and `report` are None while it is under way."""

    run: int
    verdict: str | None = None
    fault: str | None = None
    reason: str | None = None
    cell: int | None = None
    report: Report | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Tried | None:
        if data is None:
            return None
        report = data["report"]
        return cls(**{**data, "report": _report(report) if report else None})


def findings(told: Sequence[Finding], mode: str, tried: Tried | None) -> list[Finding]:
    """What the source has `told` and the trial has found; a run in full that ended well has
    disproved what would have ended it."""
    report = tried.report if tried else None
    passed = tried is not None and mode == FULL and (tried.verdict or "").startswith("succeeded")
    other = report.disproved if report else ()
    gone = [item for item in told if item.cause in FATAL or (item.cause, item.cell) in other]
    kept = [item for item in told if not passed or item not in gone]
    return [*kept, *(report.findings if report else ())]


def _report(data: Mapping[str, Any]) -> Report:
    effects = {name: tuple(items) for name, items in data["effects"].items()}
    return Report(
        findings=tuple(Finding.from_json(item) for item in data["findings"]),
        forecast=Forecast(**data["forecast"]),
        effects=Effects(**effects),
        disproved=tuple((cause, cell) for cause, cell in data.get("disproved", ())),
    )


def read_preflight(given: object, usual: str) -> Preflight:
    """A mode, or `{sample: {…}}` with the parameters of the sample; None is the usual one.

    Raises InvalidInput.
    """
    if given is None:
        return Preflight(usual)
    if isinstance(given, str) and given in MODES and given != SAMPLE:
        return Preflight(given)
    if isinstance(given, Mapping) and list(given) == [SAMPLE] and isinstance(given[SAMPLE], dict):
        return Preflight(SAMPLE, dict(given[SAMPLE]))
    raise InvalidInput(
        "A sample needs its own parameters."
        if given == SAMPLE
        else f"{given!r} is no way to try a notebook before it goes live.",
        field="preflight",
        hint="Choose full, imports or none, or name the parameters of a sample: "
        "preflight: {sample: {n_rows: 100}}.",
    )
