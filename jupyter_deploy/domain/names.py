"""Names of deployments."""

from __future__ import annotations

import re
from pathlib import PurePath

from jupyter_deploy.errors import InvalidInput

MAX_LENGTH = 64
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def is_name(name: str) -> bool:
    """Whether a deployment, or one of its outputs, may be called so."""
    return len(name) <= MAX_LENGTH and _NAME.fullmatch(name) is not None


def check_name(name: str) -> str:
    """Return `name`, or raise InvalidInput (field `name`)."""
    if not is_name(name):
        raise InvalidInput(
            f"{name!r} cannot be the name of a deployment.",
            field="name",
            hint=f"Use letters, digits, '-', '_' and '.', at most {MAX_LENGTH}, "
            f"beginning with a letter or digit, for example {suggest_name(name)!r}.",
        )
    return name


def suggest_name(path: str) -> str:
    """A valid name made from a notebook's file name."""
    stem = PurePath(path.replace("\\", "/")).name.removesuffix(".ipynb")
    slug = re.sub(r"[^A-Za-z0-9._]+", "-", stem).strip("-._")[:MAX_LENGTH].rstrip("-._")
    return slug.lower() or "notebook"
