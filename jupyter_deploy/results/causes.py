"""What may have caused a difference, from what is known of both runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from jupyter_deploy.domain.bundle import Bundle
from jupyter_deploy.domain.environment import Environment

Change = dict[str, Any]
T = TypeVar("T")


def parameters(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    return _by_name(old, new)


def environment(old: Environment | None, new: Environment | None) -> list[Change]:
    """Packages and the interpreter's version; nothing is known without both snapshots."""
    return _by_name(_versions(old), _versions(new)) if old and new else []


def inputs(old: Bundle, new: Bundle) -> list[Change]:
    """Captured files beside the notebook."""
    return _by_name(_files(old), _files(new))


def _versions(environment: Environment) -> dict[str, str]:
    packages = {package.name: package.version for package in environment.packages}
    return {**({"python": environment.python} if environment.python else {}), **packages}


def _files(bundle: Bundle) -> dict[str, dict[str, Any]]:
    return {file.path: {"digest": file.digest, "size": file.size} for file in bundle.files}


def _by_name(old: Mapping[str, T], new: Mapping[str, T]) -> list[Change]:
    changes: list[Change] = []
    for name in sorted({*old, *new}):
        if name not in old:
            changes.append({"name": name, "kind": "added", "old": None, "new": new[name]})
        elif name not in new:
            changes.append({"name": name, "kind": "removed", "old": old[name], "new": None})
        elif old[name] != new[name] or type(old[name]) is not type(new[name]):
            changes.append({"name": name, "kind": "changed", "old": old[name], "new": new[name]})
    return changes
