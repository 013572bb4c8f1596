"""Locked environments: recorded, built and found again, beside `python -m venv` and pip."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jupyter_deploy.domain.bundle import Kernel
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.environments.building import Plan, build, built
from jupyter_deploy.environments.locking import lock_environment
from jupyter_deploy.kernels import snapshot
from jupyter_deploy.kernels.specs import Start

#: Packages that are built.
SIZE = 60
TOOLS = ("ipykernel", "pandas", "matplotlib", "scikit-learn")
REPEATS = 3


def environments() -> dict[str, Any]:
    """Seconds, with warm caches on both sides."""
    kernel = Kernel("python3", "Python", "python", sys.executable)
    whole = snapshot.snapshot_environment(kernel)
    assert whole is not None
    some = _some(whole)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        plan = _plan(some, folder)
        ours, theirs = [], []
        for turn in range(REPEATS + 1):
            ours.append(_seconds(lambda: build(plan)))
            reuse = _seconds(lambda: built(plan))
            shutil.rmtree(plan.place)
            theirs.append(_seconds(lambda turn=turn: _pip(some, folder / f"pip {turn}")))
        # The first turn has filled the caches.
        rebuilt, installed = statistics.median(ours[1:]), statistics.median(theirs[1:])
    return {
        "packages_of_snapshot": len(whole.packages),
        "snapshot": round(statistics.median(_snapshots(kernel)), 3),
        "packages": len(some.packages),
        "rebuild": round(rebuilt, 2),
        "venv_and_pip": round(installed, 2),
        "ratio": round(rebuilt / installed, 3),
        "reuse": round(reuse, 5),
    }


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _snapshots(kernel: Kernel) -> list[float]:
    found = []
    for _ in range(REPEATS):
        snapshot._cache.clear()
        found.append(_seconds(lambda: snapshot.snapshot_environment(kernel)))
    return found


def _some(whole: Environment) -> Environment:
    """What a notebook with the usual tools needs, and as many others as make SIZE packages."""
    wanted = list(TOOLS)
    for name in wanted:
        needed = [Requirement(said) for said in distribution(name).requires or ()]
        for one in needed:
            if (one.marker is None or one.marker.evaluate()) and one.name not in wanted:
                wanted.append(one.name)
    names = {canonicalize_name(name) for name in wanted}
    ours = sorted(
        (p for p in whole.packages if p.origin is None), key=lambda p: p.name not in names
    )
    about = (whole.interpreter, whole.implementation, whole.python, whole.platform)
    return Environment(*about, tuple(sorted(ours[:SIZE], key=lambda p: p.name)))


def _plan(environment: Environment, folder: Path) -> Plan:
    (folder / "lock").mkdir()
    start = Start(("python", "-m", "ipykernel_launcher"), {})
    locked = lock_environment(environment, start, folder / "lock")
    files = {}
    for item in locked.lock.files:
        files[item.path] = folder / item.digest.replace(":", "-")
        files[item.path].write_bytes(locked.contents[item.digest])
    about = (locked.lock.digest, locked.lock.python, locked.lock.interpreter)
    return Plan(folder / "environments", *about, files)


def _pip(environment: Environment, folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    wanted = [f"{package.name}=={package.version}" for package in environment.packages]
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps"]
    subprocess.run([*pip, *wanted], check=True)
