"""A bundle: what is captured of a notebook when it is deployed.

Contents are named by digest, so a bundle is a small document and equal
bundles are equal documents.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from typing import Any


def canonical_json(value: Any) -> str:
    """JSON with one spelling per value, for digests."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(content: bytes) -> str:
    """`sha256:` and 64 hex digits."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class CapturedFile:
    """One file, `path` relative to the bundle's root with `/`, `size` in bytes."""

    path: str
    digest: str
    size: int

    @property
    def inside(self) -> bool:
        """Whether the path stays below the root wherever that is."""
        pure = PurePosixPath(self.path)
        plain = pure.parts and not pure.is_absolute() and "\0" not in self.path
        return bool(plain) and ".." not in pure.parts


@dataclass(frozen=True)
class Parameter:
    """One parameter of the notebook as inspected.

    `type` is one of bool, int, float, str, list, dict, any; `default` is a JSON
    value, or None when `default_source` is an expression that has none.
    """

    name: str
    type: str
    default: Any
    default_source: str
    help: str | None


@dataclass(frozen=True)
class Kernel:
    """The kernelspec that runs the notebook; `interpreter` is its program."""

    name: str
    display_name: str
    language: str
    interpreter: str | None


@dataclass(frozen=True)
class Git:
    """Where the notebook came from; `dirty` when it or the tree had changes."""

    commit: str
    branch: str | None
    dirty: bool


@dataclass(frozen=True)
class Edit:
    """The source of a cell becomes `after`, if it still is `before`.

    `cell` is its index among all cells of the file. With `before` None a new code cell with
    these `tags` is put before that index.
    """

    cell: int
    before: str | None
    after: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """Something the user should know: what was mended, what may fail.

    `action` is what the fix adds to the bundle by one click: `files` are patterns,
    `packages` requirements, `secrets` names. `edits` are what it changes in the notebook, for
    the user to accept; all of them refer to the notebook before any is made.
    """

    cause: str
    cell: int | None
    message: str
    fix: str | None
    action: dict[str, list[str]] | None = None
    edits: tuple[Edit, ...] = ()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Finding:
        """Without edits: they hold source, maybe a secret, and are for the notebook as it is now.

        Raises KeyError or TypeError for a document of another form.
        """
        return cls(**{name: value for name, value in data.items() if name != "edits"})


@dataclass(frozen=True)
class PossibleParameter:
    """A value that a cell sets, and the change of the notebook that makes it a parameter."""

    name: str
    default_source: str
    cell: int
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Start:
    """How a kernelspec starts its kernel: command line, and what it adds to the variables."""

    argv: tuple[str, ...]
    env: dict[str, str]

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Start:
        """Raises KeyError or TypeError for a document of another form."""
        return cls(tuple(data["argv"]), dict(data["env"]))


@dataclass(frozen=True)
class Lock:
    """From what the notebook's environment is built again, on whatever machine runs it.

    `files` are pylock.toml (PEP 751) and the wheels that it names beside it, of conda's
    environments also their explicit list; `python` is the version and `interpreter` the
    author's, which may be gone; `argv` is how the kernel starts, with `{python}` for the
    interpreter, and `env` what its kernelspec sets.
    """

    python: str
    interpreter: str
    files: tuple[CapturedFile, ...]
    argv: tuple[str, ...]
    env: dict[str, str]

    @property
    def digest(self) -> str:
        """Equal for equal environments, whatever kernel starts in them."""
        parts = [self.python, [asdict(item) for item in self.files]]
        return digest_of(canonical_json(parts).encode())

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Lock:
        """Raises KeyError or TypeError for a document of another form."""
        return cls(
            python=data["python"],
            interpreter=data["interpreter"],
            files=tuple(CapturedFile(**item) for item in data["files"]),
            argv=tuple(data["argv"]),
            env=dict(data["env"]),
        )


@dataclass(frozen=True)
class Bundle:
    """The captured notebook. `environment` is a snapshot's digest or None.

    Without a `lock` the notebook runs in what its kernel has at that time.
    """

    notebook: CapturedFile
    files: tuple[CapturedFile, ...]
    parameters: tuple[Parameter, ...]
    parameters_known: bool
    kernel: Kernel
    environment: str | None
    packages: int | None
    git: Git | None
    cells: int
    findings: tuple[Finding, ...]
    #: Deployments whose published outputs the notebook reads.
    upstreams: tuple[str, ...] = ()
    lock: Lock | None = None
    #: What the kernelspec said; runs that are not locked start with what it says then.
    start: Start | None = None
    #: Names of the environment variables that the notebook reads.
    variables: tuple[str, ...] = ()

    @property
    def contents(self) -> tuple[CapturedFile, ...]:
        """All that a run needs of it."""
        return (self.notebook, *self.files, *(self.lock.files if self.lock else ()))

    def to_json(self) -> dict[str, Any]:
        document = asdict(self)
        for name in ("upstreams", "lock", "start", "variables"):
            if not document[name]:  # bundles from before there were any keep their digest
                del document[name]
        for finding in document["findings"]:
            if not finding["edits"]:
                del finding["edits"]
        return document

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Bundle:
        """Raises KeyError or TypeError for a document of another form."""
        git = data["git"]
        return cls(
            notebook=CapturedFile(**data["notebook"]),
            files=tuple(CapturedFile(**item) for item in data["files"]),
            parameters=tuple(Parameter(**item) for item in data["parameters"]),
            parameters_known=data["parameters_known"],
            kernel=Kernel(**data["kernel"]),
            environment=data["environment"],
            packages=data["packages"],
            git=Git(**git) if git else None,
            cells=data["cells"],
            findings=tuple(Finding.from_json(item) for item in data["findings"]),
            upstreams=tuple(data.get("upstreams", ())),
            lock=Lock.from_json(data["lock"]) if data.get("lock") else None,
            start=Start.from_json(data["start"]) if data.get("start") else None,
            variables=tuple(data.get("variables", ())),
        )

    @property
    def digest(self) -> str:
        return digest_of(canonical_json(self.to_json()).encode())
