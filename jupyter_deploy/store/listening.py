"""Word from the database that another engine has changed something."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection
from sqlalchemy.engine import make_url

if TYPE_CHECKING:
    import psycopg

log = logging.getLogger(__name__)

CHANNEL = "jupyter_deploy"
#: Seconds between looks whether to end, and until a lost connection is tried again.
LOOK = 1.0
AGAIN = 2.0
_PATIENCE: dict[str, Any] = {
    "connect_timeout": 3,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
}


def announce(connection: Connection) -> None:
    """Wake the others when this transaction is committed; a database of one's own needs none."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"NOTIFY {CHANNEL}")


class Listener:
    """Calls `on_change` from a thread of its own; only a hint, never the one way to know."""

    def __init__(self, url: URL, on_change: Callable[[], None]) -> None:
        self._address = make_url(url).set(drivername="postgresql").render_as_string(False)
        self._on_change = on_change
        self._ended = threading.Event()
        #: Set while the database tells of changes.
        self.listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="listener", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._ended.set()

    def _run(self) -> None:
        import psycopg

        while not self._ended.is_set():
            try:
                with psycopg.connect(self._address, autocommit=True, **_PATIENCE) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self.listening.set()
                    self._listen(connection)
            except psycopg.Error as error:
                self.listening.clear()
                log.info("not listening to the database: %s", str(error).splitlines()[0])
                self._ended.wait(AGAIN)

    def _listen(self, connection: psycopg.Connection) -> None:
        while not self._ended.is_set():
            for _ in connection.notifies(timeout=LOOK, stop_after=1):
                self._on_change()
