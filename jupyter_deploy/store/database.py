"""Opening the database: connection settings and migrations."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError
from sqlalchemy.pool import StaticPool

from jupyter_deploy.errors import InvalidInput, Unavailable

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=5000",
    "PRAGMA foreign_keys=ON",
    "PRAGMA mmap_size=0",
)


def open_database(url: str) -> Engine:
    """Connect and migrate to the newest schema.

    Raises InvalidInput for an address that cannot be used or a schema newer than
    this code, Unavailable when the database does not answer.
    """
    engine = _create(url)
    try:
        with engine.begin() as connection:
            _migrate(connection)
    except DatabaseError as error:
        raise Unavailable(
            f"The database cannot be opened: {error.orig}.",
            hint="Run `jupyter deploy doctor`; the file or address is "
            f"{engine.url.render_as_string()}.",
        ) from error
    return engine


def _create(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise InvalidInput(
            "The database address in c.Deploy.database_url is not an SQLAlchemy address.",
            field="database_url",
            hint="Remove the setting for SQLite in the data directory.",
        ) from error
    if parsed.get_backend_name() != "sqlite":
        raise InvalidInput(
            f"This version keeps its data in SQLite, not in {parsed.get_backend_name()}.",
            field="database_url",
            hint="Remove c.Deploy.database_url from the configuration.",
        )
    # One connection for one writing thread; requests wait in that thread's queue.
    engine = create_engine(parsed, poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_immediate
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that reads first fails when it comes to write.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise InvalidInput(
            "The database was written by a newer version of jupyterlab-deploy.",
            field="database_url",
            hint="Upgrade: pip install --upgrade jupyterlab-deploy. Nothing was changed.",
        ) from error


def newest_revision() -> str:
    """The schema that this code writes."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config).get_current_head() or ""
