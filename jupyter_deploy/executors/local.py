"""Runners as local processes.

A runner is started under a guard (`runner/guard.py`), whose number is in the file `pid`.
Invariant: an attempt's lock file is locked exactly while one of the two lives. The
lock is taken here, before the processes exist, and inherited by descriptor.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil

from jupyter_deploy.family import COOKIE, Found, bears, end, members
from jupyter_deploy.ports.executor import Placement

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
            # Who is told that nothing was started must be right.
            _end(placement, psutil.Process(child.pid))
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
        guard = self._guard(placement)
        if guard is not None:  # else its runner has been told to stop when it died
            with suppress(psutil.Error):
                guard.terminate()

    def kill(self, placement: Placement) -> None:
        _end(placement, self._guard(placement))

    def _guard(self, placement: Placement) -> psutil.Process | None:
        """The live guard; its cookie proves that the number is not another one's by now."""
        try:
            guard = psutil.Process(int((placement.folder / "pid").read_text()))
        except (OSError, ValueError, psutil.Error):
            return None
        return guard if bears(guard, placement.folder) else None


def _end(placement: Placement, guard: psutil.Process | None) -> None:
    """The guard last: as long as it is there, orphans are its own."""
    root = guard.pid if guard else None
    end(lambda: members(placement.folder, root))
    if guard is not None:
        end(lambda: [Found(guard)])
        # What it has started since we looked bears the cookie.
        end(lambda: members(placement.folder, None))


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
