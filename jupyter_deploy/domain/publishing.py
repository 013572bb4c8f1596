"""What a deployment publishes, and what a run's results became.

Declared in a deployment file, a request or on the command line:

    outputs:
      report: {format: html, hide_code: true}
      scores: {table: scores}
      model: {file: model.pkl}
      auc: {metric: auc}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from jupyter_deploy.domain.names import is_name
from jupyter_deploy.errors import InvalidInput

FORMATS = ("html", "notebook", "pdf", "markdown")
MOST = 50
LONGEST = 500
_KINDS = {"format": "report", "table": "table", "file": "file", "metric": "metric"}
_EXAMPLE = "Write for example report: {format: html}, or scores: {table: scores}."


@dataclass(frozen=True)
class Declared:
    """One output of a deployment; `kind` is report, table, file or metric.

    `source` is a report's format, else the name of what the run leaves.
    """

    name: str
    kind: str
    source: str
    hide_code: bool = False

    def to_json(self) -> dict[str, Any]:
        key = next(key for key, kind in _KINDS.items() if kind == self.kind)
        return {key: self.source, **({"hide_code": True} if self.hide_code else {})}


Outputs = tuple[Declared, ...]


def outputs_to_json(outputs: Outputs) -> dict[str, Any]:
    return {item.name: item.to_json() for item in outputs}


def read_outputs(document: Mapping[str, Any] | None) -> Outputs:
    """The declared outputs, by name. Raises InvalidInput for what cannot be published."""
    document = document or {}
    if len(document) > MOST:
        raise InvalidInput(f"At most {MOST} outputs can be published.", field="outputs")
    return tuple(_declared(name, given) for name, given in sorted(document.items()))


def _declared(name: str, given: Mapping[str, Any]) -> Declared:
    field = f"outputs.{name}"
    if not is_name(name):
        raise InvalidInput(
            f"{name!r} cannot be the name of an output.",
            field="outputs",
            hint="Use letters, digits, '-', '_' and '.', beginning with a letter or digit.",
        )
    kinds = [key for key in _KINDS if key in given]
    if len(kinds) != 1 or set(given) - {*kinds, "hide_code"}:
        raise InvalidInput(
            f"The output {name!r} says not just one of {', '.join(_KINDS)}.",
            field=field,
            hint=_EXAMPLE,
        )
    [key] = kinds
    source, hides = given[key], given.get("hide_code", False)
    _check_source(key, source, f"{field}.{key}")
    if hides and (key != "format" or source == "notebook"):
        raise InvalidInput(
            f"hide_code goes with a report that is a page; {name!r} is none.",
            field=f"{field}.hide_code",
            hint="Use format: html, pdf or markdown.",
        )
    return Declared(name, _KINDS[key], source, bool(hides))


def _check_source(key: str, source: object, field: str) -> None:
    if not isinstance(source, str) or not source.strip() or len(source) > LONGEST:
        raise InvalidInput(
            f"{field} is a text of 1 to {LONGEST} characters.", field=field, hint=_EXAMPLE
        )
    if key == "format" and source not in FORMATS:
        raise InvalidInput(
            f"{source!r} is not a format of a report.",
            field=field,
            hint=f"Choose from {', '.join(FORMATS)}.",
        )
    path = PurePosixPath(source)
    if key == "file" and (path.is_absolute() or ".." in path.parts or "\0" in source):
        raise InvalidInput(
            f"The path {source!r} leads out of the notebook's folder.",
            field=field,
            hint="Name a file that the notebook writes, relative to its own folder.",
        )


@dataclass(frozen=True)
class Column:
    """`type` is integer, number, string, boolean, datetime, date or any."""

    name: str
    type: str


@dataclass(frozen=True)
class Published:
    """A published output; its content is a blob, that of a metric its `value`.

    NaN and infinities are told as `nan`, `inf` and `-inf`.
    """

    name: str
    kind: str
    media_type: str
    filename: str
    size: int | None = None
    digest: str | None = None
    rows: int | None = None
    columns: tuple[Column, ...] = ()
    value: float | str | None = None
    unit: str | None = None

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "columns": [asdict(column) for column in self.columns]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Published:
        return cls(**{**data, "columns": tuple(Column(**item) for item in data["columns"])})


@dataclass(frozen=True)
class Publication:
    """What became of one good run; its data are of `data_at`.

    It waits while `published_at` is None. With a `problem` nothing of it is published.
    """

    deployment: str
    run: int
    version: int
    data_at: datetime
    published_at: datetime | None = None
    outputs: tuple[Published, ...] = ()
    problem: str | None = None

    @property
    def good(self) -> bool:
        return self.published_at is not None and self.problem is None

    def output(self, name: str) -> Published | None:
        return next((item for item in self.outputs if item.name == name), None)

    @property
    def digests(self) -> list[str]:
        return [item.digest for item in self.outputs if item.digest]


def newest(publications: Sequence[Publication]) -> Publication | None:
    """The good one with the newest data; of equal ones that of the later run."""
    good = [item for item in publications if item.good]
    return max(good, key=lambda item: (item.data_at, item.run), default=None)
