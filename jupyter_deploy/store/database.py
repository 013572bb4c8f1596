"""Opening the database and bringing its schema up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from jupyter_deploy.domain.runs import RunState
from jupyter_deploy.errors import DiskFull, InvalidInput, Unavailable
from jupyter_deploy.store.dialects import create
from jupyter_deploy.store.failures import one_line, unavailable
from jupyter_deploy.store.schema import runs

#: Any number that no other program takes for its own; ours spells "jdeploy".
_MIGRATION_LOCK = 0x6A6465706C6F79


def open_database(url: str) -> Engine:
    """Connect and migrate to the newest schema.

    Raises InvalidInput for an address that cannot be used or a schema newer than
    this code and Unavailable when the database does not answer.
    """
    engine = create(_parse(url))
    with _said(engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            _wait_for_others(connection)
        _migrate(connection)
    return engine


def held_revision(url: str) -> str | None:
    """The schema that a database has, None for an empty one; nothing is changed.

    Raises InvalidInput and Unavailable.
    """
    with _reading(url) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def clock_of(url: str) -> datetime:
    """The time of the database server. Raises InvalidInput and Unavailable."""
    with _reading(url) as connection:
        moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
        return moment


def fences(url: str) -> dict[int, int | None]:
    """All runs, each with the fence of the attempt that runs now.

    Raises InvalidInput, and Unavailable also while there are no tables.
    """
    query = select(runs.c.id, runs.c.fence, runs.c.state)
    with _reading(url) as connection:
        found = connection.execute(query).all()
    return {row.id: row.fence if row.state == RunState.RUNNING else None for row in found}


@contextmanager
def _reading(url: str) -> Iterator[Connection]:
    engine = _reader(_parse(url))
    try:
        with _said(engine), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def _reader(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite" or not url.database:
        return create(url)
    address = f"{Path(url.database).absolute().as_uri()}?mode=ro"
    return create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True))


@contextmanager
def _said(engine: Engine) -> Iterator[None]:
    """Raises Unavailable, in words, for what the database's driver raises."""
    try:
        yield
    except DatabaseError as error:
        said = unavailable(error)
        if isinstance(said, DiskFull):
            raise said from error
        raise Unavailable(
            f"The database cannot be opened: {one_line(error.orig)}.",
            hint="Run `jupyter deploy doctor`; the file or address is "
            f"{engine.url.render_as_string()}.",
        ) from error


def _parse(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError as error:
        raise InvalidInput(
            "The database address in c.Deploy.database_url is not an SQLAlchemy address.",
            field="database_url",
            hint="Remove the setting for SQLite in the data directory.",
        ) from error


def _wait_for_others(connection: Connection) -> None:
    """Engines that start together migrate one after the other, however long it takes."""
    connection.exec_driver_sql("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")


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
