"""Runners as local processes.

Invariant: an attempt's lock file is locked exactly while its runner lives. The
lock is taken here, before the process exists, and inherited by descriptor.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from jupyter_deploy.ports.executor import Placement

#: Marks every process of an attempt, also those that leave its process group.
COOKIE = "JUPYTER_DEPLOY_ATTEMPT"

#: What the engine knows and a notebook must not see.
_SECRET_PREFIXES = ("JUPYTERHUB_", "JPY_", "JUPYTER_TOKEN")


class LocalExecutor:
    name = "local"

    def __init__(self) -> None:
        self._children: dict[Path, subprocess.Popen[bytes]] = {}

    def start(self, placement: Placement) -> None:
        lock = os.open(placement.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            child = self._spawn(placement, lock)
        finally:
            os.close(lock)
        try:
            (placement.folder / "pid").write_text(str(child.pid))
        except OSError:
            child.kill()  # who is told that nothing was started must be right
            child.wait()
            raise
        self._children[placement.folder] = child

    def _spawn(self, placement: Placement, lock: int) -> subprocess.Popen[bytes]:
        with open(placement.folder / "runner.log", "ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "jupyter_deploy.runner", str(placement.folder)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(placement),
                pass_fds=(lock,),
                start_new_session=True,
            )

    def alive(self, placement: Placement) -> bool:
        child = self._children.get(placement.folder)
        if child is not None:
            if child.poll() is None:
                return True
            del self._children[placement.folder]
        return locked(placement.folder / "lock")

    def cancel(self, placement: Placement) -> None:
        pid = self._pid(placement)
        if pid is not None:
            _signal(pid, signal.SIGTERM)

    def kill(self, placement: Placement) -> None:
        for process in _members(placement):
            _signal(process.pid, signal.SIGKILL)

    def _pid(self, placement: Placement) -> int | None:
        """The live runner's pid; the lock proves that the pid was not reused."""
        try:
            pid = int((placement.folder / "pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if self.alive(placement) else None


def _environment(placement: Placement) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(_SECRET_PREFIXES)}
    kept[COOKIE] = f"{placement.folder}"
    return kept


def locked(path: Path) -> bool:
    """Whether somebody holds the lock of this file; not for one that does not exist."""
    try:
        descriptor = os.open(path, os.O_RDONLY)  # also where nothing can be written any more
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _members(placement: Placement) -> list[psutil.Process]:
    """All processes that carry the attempt's cookie."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(COOKIE) == f"{placement.folder}":
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
