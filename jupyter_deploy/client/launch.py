"""Finding the engine of a data directory, starting one, stopping it."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import psutil

from jupyter_deploy.config import Settings
from jupyter_deploy.errors import Unavailable

#: Seconds that an engine may take to answer after its start.
START_TIMEOUT = 20.0
STOP_TIMEOUT = 15.0
LOOK = 0.03


@dataclass(frozen=True)
class Endpoint:
    """How to reach a running engine."""

    pid: int
    url: str
    token: str


def find_engine(settings: Settings) -> Endpoint | None:
    """The engine of this data directory, None when none runs."""
    found = _read(settings)
    # The lock may be held by the successor of a killed engine that left its address.
    if found is None or not _held(settings) or not psutil.pid_exists(found.pid):
        return None
    return found


def ensure_engine(settings: Settings) -> Endpoint:
    """The running engine, started when there is none. Raises Unavailable."""
    found = find_engine(settings)
    if found is not None:
        return found
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with _one_starter(settings):
            return find_engine(settings) or _start(settings)
    except OSError as error:
        raise Unavailable(
            f"{error.filename or settings.data_dir} cannot be used: {error.strerror}.",
            hint=f"Make {settings.data_dir} a folder that can be written, or set "
            "JUPYTER_DATA_DIR to another one.",
        ) from error


def stop_engine(settings: Settings) -> bool:
    """Stop the engine; its runs go on. False when none runs. Raises Unavailable."""
    found = find_engine(settings)
    if found is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGTERM)
    end = time.monotonic() + STOP_TIMEOUT
    # The lock, not the process: a Jupyter Server that started it may keep its remains.
    while _held(settings):
        if time.monotonic() > end:
            raise Unavailable(
                f"The engine (process {found.pid}) does not stop.",
                hint=f"Its log is {settings.log_file}.",
            )
        time.sleep(LOOK)
    return True


def _read(settings: Settings) -> Endpoint | None:
    try:
        document = json.loads(settings.runtime_file.read_text(encoding="utf-8"))
        return Endpoint(int(document["pid"]), str(document["url"]), str(document["token"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _held(settings: Settings) -> bool:
    """Whether an engine holds the data directory: a pid alone could be reused."""
    try:
        descriptor = os.open(settings.lock_file, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def _one_starter(settings: Settings) -> Iterator[None]:
    """Twenty clients at once start one engine."""
    with open(settings.data_dir / "start.lock", "a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start(settings: Settings) -> Endpoint:
    with open(settings.log_file, "ab") as log:
        position = log.tell()
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_deploy", "engine", "run"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=settings.data_dir,
            start_new_session=True,
        )
    end = time.monotonic() + START_TIMEOUT
    while time.monotonic() < end:
        found = find_engine(settings)
        if found is not None:
            return found
        if process.poll() is not None:
            break
        time.sleep(LOOK)
    raise _not_started(settings, position)


def _not_started(settings: Settings, position: int) -> Unavailable:
    text = settings.log_file.read_bytes()[position:].decode(errors="replace")
    why, advice = (_last(text, word) for word in ("Error: ", "Hint: "))
    story = f"The whole story is in {settings.log_file}."
    return Unavailable(
        f"The engine did not start: {why or 'it said nothing'}",
        hint=f"{advice} {story}" if advice else story,
    )


def _last(text: str, word: str) -> str | None:
    said = [line.removeprefix(word) for line in text.splitlines() if line.startswith(word)]
    return said[-1].strip() if said else None
