"""The environment that a version was locked with, built where its notebook runs."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_client.kernelspec import KernelSpec

from jupyter_deploy.environments.building import Plan, built, read_plan
from jupyter_deploy.environments.conda import prefix_of

#: Seconds between two looks whether the run was stopped.
LOOK = 0.1
#: Variables that point to other environments.
_OTHERS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "CONDA_PREFIX")


class RebuildError(Exception):
    """The environment cannot be built; the text says why. `full`: the disk is."""

    def __init__(self, reason: str, *, full: bool = False) -> None:
        super().__init__(reason)
        self.full = full


@dataclass(frozen=True)
class Locked:
    """What the engine tells of a locked environment."""

    document: Mapping[str, Any]

    @property
    def plan(self) -> Plan:
        return read_plan(self.document)

    def kernelspec(self, python: Path, name: str, language: str) -> KernelSpec:
        """The author's, in the environment that was built."""
        argv = [part.replace("{python}", str(python)) for part in self.document["argv"]]
        return KernelSpec(argv=argv, env=self.document["env"], display_name=name, language=language)

    async def ready(self, stopped: Callable[[], bool]) -> Path | None:
        """Its interpreter, built if nobody has; None when the run was stopped meanwhile.

        Raises RebuildError.
        """
        return built(self.plan) or await self._build(stopped)

    async def _build(self, stopped: Callable[[], bool]) -> Path | None:
        builder = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "jupyter_deploy.environments",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        said = asyncio.ensure_future(builder.communicate(json.dumps(self.document).encode()))
        while not said.done():
            await asyncio.wait([said], timeout=LOOK)
            if stopped() and not said.done():
                builder.kill()
                await said
                return None
        return _read(said.result()[0])


def with_environment(python: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """A kernel's variables, with programs and packages of this environment alone."""
    kept = {k: v for k, v in environment.items() if k not in _OTHERS}
    path = os.pathsep.join([str(python.parent), kept.get("PATH", os.defpath)])
    name = "CONDA_PREFIX" if prefix_of(str(python)) else "VIRTUAL_ENV"
    return {**kept, "PATH": path, name: str(python.parent.parent)}


def with_own_packages(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """What a cell installs is of this run alone: other runs have the same environment."""
    folder.mkdir(exist_ok=True)
    return {**environment, "PIP_TARGET": str(folder), "PYTHONPATH": str(folder)}


def _read(said: bytes) -> Path:
    try:
        document = json.loads(said)
    except ValueError:
        raise RebuildError("its builder was ended from outside.") from None
    if "error" in document:
        raise RebuildError(document["error"], full=document["full"])
    return Path(document["python"])
