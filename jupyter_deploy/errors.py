"""Every error that a person may see, in one tree.

    DeployError
    ├── InvalidInput        400  the request cannot be carried out as written
    │   └── InvalidNotebook 400  the file is not a notebook that can run
    ├── Forbidden           403  a path outside the root, a missing right
    ├── NotFound            404
    ├── Conflict            409  the name is taken, somebody was faster
    ├── TooLarge            413
    ├── TooMany             429  as many wait already as may
    └── Unavailable         503  the engine or its database does not answer
        └── DiskFull        503  there is no room for what was to be written

`message` says what is wrong, `hint` what to do, `field` which input it is about
(dotted: `schedule.cron`, `parameters.n_rows`).
"""

from __future__ import annotations

from typing import Any, ClassVar

MAX_MESSAGE = 400


class DeployError(Exception):
    """Base of all errors with a sentence for the user."""

    kind: ClassVar[str] = "internal"
    title: ClassVar[str] = "Something went wrong"
    status: ClassVar[int] = 500
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        self.message = _cut(message)
        super().__init__(self.message)
        self.field = field
        self.hint = hint

    def problem(self) -> dict[str, Any]:
        """The error as problem+json (RFC 9457)."""
        return {
            "type": self.kind,
            "title": self.title,
            "status": self.status,
            "detail": self.message,
            "field": self.field,
            "hint": self.hint,
        }


class InvalidInput(DeployError):
    kind, title, status, exit_code = "invalid-input", "The input is not valid", 400, 2


class InvalidNotebook(InvalidInput):
    kind, title = "invalid-notebook", "The file is not a notebook that can run"


class Forbidden(DeployError):
    kind, title, status, exit_code = "forbidden", "Not allowed", 403, 2


class NotFound(DeployError):
    kind, title, status, exit_code = "not-found", "Not found", 404, 2


class Conflict(DeployError):
    kind, title, status, exit_code = (
        "conflict",
        "In conflict with what is there",
        409,
        2,
    )


class TooLarge(DeployError):
    kind, title, status, exit_code = "too-large", "Too large", 413, 2


class TooMany(DeployError):
    kind, title, status, exit_code = "too-many", "Too many", 429, 1


class Unavailable(DeployError):
    kind, title, status, exit_code = "unavailable", "The engine does not answer", 503, 3


class DiskFull(Unavailable):
    kind, title = "disk-full", "The disk is full"


def _cut(message: str) -> str:
    """A sentence that quotes what was sent stays one that can be read."""
    if len(message) <= MAX_MESSAGE:
        return message
    half = MAX_MESSAGE // 2
    return f"{message[:half]}…{message[-half:]}"


_BY_KIND: dict[str, type[DeployError]] = {
    cls.kind: cls
    for cls in (
        InvalidInput,
        InvalidNotebook,
        Forbidden,
        NotFound,
        Conflict,
        TooLarge,
        TooMany,
        Unavailable,
        DiskFull,
    )
}


def from_problem(problem: dict[str, Any]) -> DeployError:
    """The error that a problem+json document tells of."""
    cls = _BY_KIND.get(str(problem.get("type")), DeployError)
    detail = str(problem.get("detail") or problem.get("title") or "The engine refused the request")
    return cls(detail, field=problem.get("field"), hint=problem.get("hint"))
