"""What a kernel's environment consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from jupyter_deploy.domain.bundle import canonical_json, digest_of


@dataclass(frozen=True)
class Package:
    name: str
    version: str


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
        return digest_of(canonical_json(asdict(self)).encode())

    def to_json(self) -> dict[str, Any]:
        return {"digest": self.digest, **asdict(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Environment:
        """Raises KeyError or TypeError for a document of another form."""
        return cls(
            interpreter=data["interpreter"],
            implementation=data["implementation"],
            python=data["python"],
            platform=data["platform"],
            packages=tuple(Package(**item) for item in data["packages"]),
        )
