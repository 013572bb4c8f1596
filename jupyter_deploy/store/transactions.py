"""Transactions that end: in time, or with a sentence."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError

from jupyter_deploy.store.failures import unavailable, unusable

T = TypeVar("T")

#: Seconds that a transaction with a server may take. A connection that swallows
#: everything and says nothing is not found by any timeout of the driver.
PATIENCE = 3.0


class Transactions:
    """Transactions on one engine, each of which may raise Unavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._watched = engine.dialect.name != "sqlite"
        self._held: Any = None
        if self._watched:
            event.listen(engine, "checkout", self._hold)

    def _hold(self, connection: Any, _record: Any, _proxy: Any) -> None:
        self._held = connection

    @contextmanager
    def begin(self, patience: float = PATIENCE) -> Iterator[Connection]:
        """Raises Unavailable when the database cannot be used right now."""
        done = False
        try:
            with self._limited(patience), self._engine.begin() as connection:
                yield connection
                done = True
        except DBAPIError as error:
            if not unusable(error):
                raise
            raise unavailable(error, done=done) from error

    def settle(self, work: Callable[[Connection], T]) -> T:
        """Do the work; once more when another engine was faster with the same row."""
        try:
            with self.begin() as connection:
                return work(connection)
        except IntegrityError:
            with self.begin() as connection:
                return work(connection)

    @contextmanager
    def _limited(self, patience: float) -> Iterator[None]:
        if not self._watched:
            yield
            return
        over = threading.Event()
        watch = threading.Thread(target=self._watch, args=(over, patience), daemon=True)
        watch.start()
        try:
            yield
        finally:
            over.set()

    def _watch(self, over: threading.Event, patience: float) -> None:
        # Again and again: a connection made anew meanwhile can fall silent too.
        while not over.wait(patience):
            self._hang_up()

    def _hang_up(self) -> None:
        """End the wait of the thread that uses the connection: its driver reads the end."""
        if self._held is None or self._held.closed:
            return
        driver_error = self._engine.dialect.loaded_dbapi.Error
        with suppress(OSError, driver_error), self._socket() as connection:
            connection.shutdown(socket.SHUT_RDWR)

    def _socket(self) -> socket.socket:
        return socket.socket(fileno=os.dup(self._held.pgconn.socket))
