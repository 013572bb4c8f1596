"""What is known of a run when its failure is explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: Kinds of causes, most telling first where two score the same.
KINDS = ("code", "inputs", "parameters", "packages", "machine")


@dataclass(frozen=True)
class Input:
    """A captured file; `blob` is where its content lies, None when it is gone."""

    path: str
    digest: str
    size: int
    blob: str | None


@dataclass(frozen=True)
class Side:
    """One run. Paths are of this machine; None where something is not known.

    `packages` by name, `executed` the notebook as it ran, `host` the engine's machine,
    `outcome` that of the last attempt.
    """

    run: int
    cell: int | None
    fault: str | None
    reason: str | None
    outcome: str | None
    duration: float | None
    parameters: Mapping[str, Any]
    notebook: str
    source: str | None
    executed: str | None
    files: tuple[Input, ...]
    packages: Mapping[str, str] | None
    python: str | None
    platform: str | None
    kernel: str
    host: str | None

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Side:
        files = tuple(Input(**item) for item in document["files"])
        return cls(**{**document, "files": files})


@dataclass(frozen=True)
class Cause:
    """`score` from 0 to 1; `message` is a clause that may stand in a sentence.

    A cause that is `told` is what the sentence says anyway.
    """

    kind: str
    score: float
    message: str
    told: bool = False

    def to_json(self) -> dict[str, Any]:
        first, _, _ = self.message.partition(" ")
        head = self.message[:1].upper() if first.isalpha() else self.message[:1]
        message = f"{head}{self.message[1:]}."
        return {"kind": self.kind, "score": round(self.score, 2), "message": message}
