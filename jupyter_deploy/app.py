"""Composition root: the one place that picks adapters, and the engine's process."""

from __future__ import annotations

import asyncio
import fcntl
import hashlib
import json
import logging
import math
import os
import secrets
import signal
import socket
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import psutil
from sqlalchemy import Engine
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from jupyter_deploy import __version__
from jupyter_deploy.artifacts.files import FileBlobStore
from jupyter_deploy.artifacts.shared import SharedBlobStore
from jupyter_deploy.config import Settings
from jupyter_deploy.domain.engines import Member
from jupyter_deploy.durable import is_full, write_whole
from jupyter_deploy.engine.core import Core
from jupyter_deploy.engine.dispatcher import Dispatcher
from jupyter_deploy.engine.keeping import Keeper
from jupyter_deploy.engine.lease import Lease
from jupyter_deploy.engine.pressure import Pressure
from jupyter_deploy.engine.publisher import Publisher
from jupyter_deploy.engine.reserve import Reserve
from jupyter_deploy.engine.retention import Retention
from jupyter_deploy.engine.scheduler import Scheduler
from jupyter_deploy.engine.service import Service
from jupyter_deploy.engine.watcher import Watcher
from jupyter_deploy.errors import Conflict, DiskFull, Unavailable
from jupyter_deploy.executors.local import LocalExecutor
from jupyter_deploy.executors.machine import LocalMachine
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.clock import SystemClock
from jupyter_deploy.ports.store import Store
from jupyter_deploy.server.api import make_application
from jupyter_deploy.server.base import Context
from jupyter_deploy.server.handlers import MAX_BLOB
from jupyter_deploy.store.blobs import DatabaseBlobs
from jupyter_deploy.store.copies import Copies, number_runs_above
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.listening import Listener
from jupyter_deploy.store.places import check_place
from jupyter_deploy.store.presence import Salvage
from jupyter_deploy.store.sql import SqlStore
from jupyter_deploy.vault.vault import Vault

log = logging.getLogger(__name__)

#: Seconds between copies of the database.
COPY_SECONDS = 3600
#: Seconds that answers to open requests may take when the engine stops.
ANSWERS = 2.0


def run_engine(settings: Settings) -> None:
    """Own the data directory and serve until stopped or quiet.

    Raises Conflict when another engine owns it, InvalidInput or Unavailable when
    the folders or the database cannot be used.
    """
    for place in settings.places:
        check_place(place)
    _make_folder(settings.data_dir, "JUPYTER_DATA_DIR")
    _make_folder(settings.runtime_dir, "JUPYTER_RUNTIME_DIR")
    with _in_words(settings), ExitStack() as held:
        locks = [held.enter_context(_own(lock)) for lock in _locks(settings)]
        settings.runtime_file.unlink(missing_ok=True)  # of an engine that was killed
        reserve = Reserve(settings.reserve_file)
        reserve.keep()
        copies = _copies(settings)
        if copies and (said := reserve.spend(lambda: copies.recover(SystemClock().now()))):
            log.error("%s", said)
            number_runs_above(copies.path, settings.runs_dir)
        database = reserve.spend(lambda: open_database(settings.database_url))
        held.callback(database.dispose)
        asyncio.run(_serve(settings, database, reserve, copies, lambda: _deleted(locks[0])))


def _deleted(lock: IO[str]) -> bool:
    """Whether the folder of this lock is gone for good; one that is only unmounted is not."""
    return os.fstat(lock.fileno()).st_nlink == 0


def _locks(settings: Settings) -> list[Path]:
    """An SQLite file that lies elsewhere could be another data directory's too."""
    file = settings.database_file
    if file is None or file.absolute().parent == settings.data_dir:
        return [settings.lock_file]
    return [settings.lock_file, file.absolute().with_name(f"{file.name}.lock")]


def _blobs(settings: Settings, database: Engine) -> BlobStore:
    local = FileBlobStore(settings.blobs_dir)
    return SharedBlobStore(local, DatabaseBlobs(database)) if settings.shared_database else local


@contextmanager
def _in_words(settings: Settings) -> Iterator[None]:
    """Raises Unavailable for what the operating system refuses."""
    try:
        yield
    except OSError as error:
        kind = DiskFull if is_full(error) else Unavailable
        raise kind(
            f"The engine cannot go on: {error.strerror or error}.",
            hint=f"See that {settings.data_dir} and {settings.runtime_dir} can be written "
            "and have room.",
        ) from error


def _copies(settings: Settings) -> Copies | None:
    file = settings.database_file
    return Copies(file.absolute(), settings.copies_dir) if file else None


async def _copy_regularly(copies: Copies) -> None:
    """A copy now and then; one that fails is said and tried again the next time."""
    while True:
        try:
            await asyncio.to_thread(copies.make, SystemClock().now())
        except (OSError, sqlite3.Error) as error:
            log.warning("the database could not be copied: %s", error)
        await asyncio.sleep(COPY_SECONDS)


def _make_folder(path: Path, variable: str) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryFile(dir=path):
            pass
    except OSError as error:
        raise Unavailable(
            f"The folder {path} cannot be written: {error.strerror}.",
            hint=f"Make it writable, or set {variable} to another one.",
        ) from error


def _own(path: Path) -> IO[str]:
    """The data directory's lock, held for as long as the file is open."""
    file = open(path, "a", encoding="utf-8")  # noqa: SIM115, the caller closes it
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise Conflict(
            f"An engine runs already for {path.parent}.",
            hint="`jupyter deploy engine status` shows it.",
        ) from None
    return file


def identify(settings: Settings) -> Member:
    """This engine among others: a copy of its folder, or the same path elsewhere, is another."""
    file = settings.identity_file
    if not file.exists():
        write_whole(file, uuid4().hex.encode())
    host = socket.gethostname()
    told = "\n".join((file.read_text(encoding="utf-8"), host, str(settings.data_dir)))
    key = hashlib.sha256(told.encode()).hexdigest()[:32]
    return Member(key, uuid4().hex, host, os.getpid())


@dataclass(frozen=True)
class Parts:
    core: Core
    service: Service
    blobs: BlobStore
    publisher: Publisher


def assemble(
    settings: Settings,
    store: Store,
    blobs: BlobStore,
    reserve: Reserve,
    on_quiet: Callable[[], None],
    on_trouble: Callable[[Unavailable], None],
) -> Parts:
    """The engine's parts on this store."""
    clock, executor = SystemClock(), LocalExecutor()
    member = identify(settings)
    watcher = Watcher(store, executor, clock, settings.runs_dir, member.id)
    watcher.spend = reserve.spend
    lease = None
    if settings.shared_database:
        lease = Lease(store, watcher, member, settings.lease_seconds, settings.deadline_file)
        watcher.keep = Keeper(blobs, lease.hold).keep
    pressure = Pressure(
        LocalMachine((settings.data_dir, settings.runs_dir)), settings.watermarks, reserve
    )
    dispatcher = Dispatcher(
        store,
        executor,
        blobs,
        watcher,
        clock,
        settings.max_running,
        caps=settings.caps,
        environments=settings.environments_dir,
        vault=settings.data_dir,
        passed=settings.kernel_environment,
        lease=lease,
        pressure=pressure,
    )
    retention = Retention(store, clock, blobs, settings.runs_dir, settings.retention_days)
    publisher = Publisher(store, blobs, watcher, clock, settings.publishing_dir)
    if lease:
        publisher.hold = lease.hold
    core = Core(
        store,
        Scheduler(store, clock),
        watcher,
        dispatcher,
        quiet_seconds=settings.quiet_seconds,
        on_quiet=on_quiet,
        lease=lease,
        retention=retention,
        publisher=publisher,
        on_trouble=on_trouble,
    )
    publisher.wake = core.wake
    stays = settings.quiet_seconds == math.inf
    service = Service(
        store,
        blobs,
        watcher,
        dispatcher,
        clock,
        retention,
        Vault(settings.data_dir, settings.secret_store),
        stays=stays,
        preflight=settings.preflight,
    )
    return Parts(core, service, blobs, publisher)


async def _serve(
    settings: Settings,
    database: Engine,
    reserve: Reserve,
    copies: Copies | None,
    deleted: Callable[[], bool],
) -> None:
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()

    def stop() -> None:
        loop.call_soon_threadsafe(stopped.set)

    def told_to_stop() -> None:
        if stopped.is_set():  # the second time at once
            settings.runtime_file.unlink(missing_ok=True)
            os._exit(1)
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told_to_stop)
    mend = Salvage(database, copies, SystemClock().now).mend if copies else lambda _error: None

    def trouble(error: Unavailable) -> None:
        if deleted():
            log.error("%s was deleted: leaving", settings.data_dir)
            stop()
        else:
            mend(error)

    blobs = _blobs(settings, database)
    parts = assemble(settings, SqlStore(database), blobs, reserve, stop, trouble)
    sockets = bind_sockets(0, "127.0.0.1")
    status = _status(settings, sockets[0].getsockname()[1])
    token = secrets.token_urlsafe(32)
    context = Context(parts.core, parts.service, parts.blobs, token, lambda: _now(status))
    server = HTTPServer(make_application(context), max_body_size=MAX_BLOB)
    server.add_sockets(sockets)
    parts.core.start()
    listener = Listener(database.url, parts.core.wake) if settings.shared_database else None
    copying = loop.create_task(_copy_regularly(copies)) if copies else None
    try:
        announcement = json.dumps({**status, "token": token}).encode()
        reserve.spend(lambda: write_whole(settings.runtime_file, announcement, mode=0o600))
        log.info("engine %s serves %s at %s", os.getpid(), settings.data_dir, status["url"])
        await stopped.wait()
    finally:
        settings.runtime_file.unlink(missing_ok=True)
        if copying:
            copying.cancel()
        server.stop()
        if listener:
            listener.close()
        await asyncio.to_thread(parts.core.stop)
        parts.publisher.close()
        await context.answered(ANSWERS)
        log.info("engine %s ended", os.getpid())


def _status(settings: Settings, port: int) -> dict[str, Any]:
    return {
        "running": True,
        "pid": os.getpid(),
        "url": f"http://127.0.0.1:{port}",
        "since": datetime.now().astimezone().isoformat(),
        "data_dir": str(settings.data_dir),
        "database": settings.shown_database,
        "version": __version__,
    }


def _now(status: dict[str, Any]) -> dict[str, Any]:
    process = psutil.Process()
    times = process.cpu_times()
    return {
        **status,
        "rss": process.memory_info().rss,
        "cpu": round(times.user + times.system, 2),
    }
