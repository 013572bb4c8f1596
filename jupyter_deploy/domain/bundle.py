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
class Finding:
    """Something the user should know: what was mended, what may fail."""

    cause: str
    cell: int | None
    message: str
    fix: str | None


@dataclass(frozen=True)
class Bundle:
    """The captured notebook. `environment` is a snapshot's digest or None."""

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

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

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
            findings=tuple(Finding(**item) for item in data["findings"]),
        )

    @property
    def digest(self) -> str:
        return digest_of(canonical_json(self.to_json()).encode())
