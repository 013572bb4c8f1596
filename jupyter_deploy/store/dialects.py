"""How a connection behaves on each database.

One engine owns an SQLite file, which a lock beside it says; any number share a
database on PostgreSQL.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool, StaticPool

from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.store.presence import Presence

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA mmap_size=0",
)
#: A server that is away must not hold the engine's one thread: seconds and milliseconds.
_PATIENCE = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
    "options": "-c statement_timeout=10000 -c lock_timeout=5000 -c timezone=UTC",
}


def create(url: URL) -> Engine:
    """An engine that has not connected yet.

    Raises InvalidInput for another kind of database.
    """
    backend = url.get_backend_name()
    if backend == "sqlite":
        return _sqlite(url)
    if backend == "postgresql":
        return _postgresql(url)
    raise InvalidInput(
        f"{backend} is not a database that deployments can be kept in.",
        field="database_url",
        hint="Use postgresql://…, or remove the setting for SQLite in the data directory.",
    )


def _sqlite(url: URL) -> Engine:
    # One connection for one writing thread; requests wait in that thread's queue.
    engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _configure_sqlite)
    if url.database and url.database != ":memory:":
        presence = Presence(Path(url.database).absolute())
        event.listen(engine, "connect", presence.note)
        event.listen(engine, "begin", presence.check)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_immediate
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that reads first fails when it comes to write.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _postgresql(url: URL) -> Engine:
    try:
        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            poolclass=QueuePool,
            pool_size=1,
            max_overflow=0,
            pool_pre_ping=True,  # a server that was restarted costs nothing but the ping
            connect_args=_PATIENCE,
        )
    except ModuleNotFoundError as error:
        raise InvalidInput(
            "PostgreSQL needs the package psycopg, which is not installed.",
            field="database_url",
            hint="pip install 'jupyterlab-deploy[postgres]'",
        ) from error
    return engine
