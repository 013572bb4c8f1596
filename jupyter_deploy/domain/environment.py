"""What a kernel's environment consists of, and from what it is built again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from jupyter_deploy.domain.bundle import canonical_json, digest_of


@dataclass(frozen=True)
class Origin:
    """Where a package is from that no index gave: `kind` is vcs, archive, local or editable.

    `url` is without credentials; `commit` goes with vcs.
    """

    kind: str
    url: str
    commit: str | None = None


@dataclass(frozen=True)
class Package:
    """`origin` is None for one of an index."""

    name: str
    version: str
    origin: Origin | None = None

    def to_json(self) -> dict[str, Any]:
        document = asdict(self)
        if self.origin is None:  # snapshots from before there were any keep their digest
            del document["origin"]
        return document

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Package:
        """Raises KeyError or TypeError for a document of another form."""
        origin = data.get("origin")
        return cls(data["name"], data["version"], Origin(**origin) if origin else None)


@dataclass(frozen=True)
class Environment:
    """Snapshot of one interpreter; `python` is None for other languages."""

    interpreter: str
    implementation: str | None
    python: str | None
    platform: str | None
    packages: tuple[Package, ...]

    @property
    def digest(self) -> str:
        return digest_of(canonical_json(self._document()).encode())

    def _document(self) -> dict[str, Any]:
        return {**asdict(self), "packages": [package.to_json() for package in self.packages]}

    def to_json(self) -> dict[str, Any]:
        return {"digest": self.digest, **self._document()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Environment:
        """Raises KeyError or TypeError for a document of another form."""
        return cls(
            interpreter=data["interpreter"],
            implementation=data["implementation"],
            python=data["python"],
            platform=data["platform"],
            packages=tuple(Package.from_json(item) for item in data["packages"]),
        )
