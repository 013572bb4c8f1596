"""An SQLite file that is taken away while it is used.

SQLite goes on writing into a file that has no name any more, and whoever opens the
path gets an empty database that shares the old one's log. So every transaction looks
first, and what the open connection still holds is put back.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from jupyter_deploy.errors import Unavailable
from jupyter_deploy.store.copies import Copies

log = logging.getLogger(__name__)


class GoneError(Unavailable):
    """The file at the database's path is not the one that is open."""


class Presence:
    """Listens to the connection of one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: tuple[int, int] | None = None

    def note(self, _connection: sqlite3.Connection, _record: Any) -> None:
        self._opened = _identity(self._path)

    def check(self, _connection: Connection) -> None:
        """Raises GoneError; nothing was written then."""
        if _identity(self._path) != self._opened:
            raise GoneError(
                f"The database {self._path} was removed or replaced while it was used.",
                hint="The engine's log says what becomes of it; try again.",
            )


class Salvage:
    """Saves what was in a database whose file is gone."""

    def __init__(self, engine: Engine, copies: Copies, now: Callable[[], datetime]) -> None:
        self._engine = engine
        self._copies = copies
        self._now = now
        self._saved: Path | None = None

    def mend(self, error: Unavailable) -> None:
        """Put the database back where it was, unless another file is there by now."""
        if not isinstance(error, GoneError):
            return
        try:
            self._mend()
        except (OSError, sqlite3.Error, Unavailable) as trouble:
            log.error("the database could not be saved, which is tried again: %s", trouble)

    def _mend(self) -> None:
        if self._saved is None:
            self._saved = self._copies.make(self._now(), self._open_connection())
            log.error("%s is gone; all that was in it is in %s", self._copies.path, self._saved)
        if self._copies.there():
            log.error("another file has its place: stop the engine, and the next one uses that")
            return
        self._engine.dispose()
        log.error("%s", self._copies.recover(self._now()))
        self._saved = None

    def _open_connection(self) -> sqlite3.Connection:
        connection = self._engine.raw_connection().driver_connection
        assert isinstance(connection, sqlite3.Connection)
        return connection


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_dev, status.st_ino
