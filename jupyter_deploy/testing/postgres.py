"""A PostgreSQL server of the tests' own, on loopback, gone when they are."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

#: Where Debian keeps what is not on the PATH.
DEBIAN = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


class Server:
    """One cluster with any number of databases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._databases = 0
        self.port = _free_port()

    def start(self) -> None:
        self._control("start", "-w", "-l", str(self._folder / "log"))

    def stop(self, mode: str = "fast") -> None:
        self._control("stop", "-w", "-m", mode)

    def database(self) -> str:
        """The address of a new, empty one."""
        self._databases += 1
        name = f"deploy{self._databases}"
        address = f"postgresql://owner@127.0.0.1:{self.port}"
        with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")  # a name of our own
        return f"{address}/{name}"

    def _control(self, *arguments: str) -> None:
        _as_owner([_tool("pg_ctl"), "-D", str(self._folder / "data"), *arguments])

    def create(self) -> None:
        """What survives a loss of power is not what these tests are about: no fsync."""
        data = self._folder / "data"
        _as_owner([_tool("initdb"), "-D", str(data), "-U", "owner", "-A", "trust", "-E", "UTF8"])
        settings = (
            "listen_addresses = '127.0.0.1'",
            f"port = {self.port}",
            f"unix_socket_directories = '{self._folder}'",
            "fsync = off",
        )
        with open(data / "postgresql.conf", "a", encoding="utf-8") as file:
            file.write("\n".join(settings) + "\n")


@contextmanager
def server() -> Iterator[Server]:
    # Not below pytest's folder, which only root may enter.
    with tempfile.TemporaryDirectory(prefix="postgres") as name:
        folder = Path(name)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        running = Server(folder)
        running.create()
        running.start()
        try:
            yield running
        finally:
            running.stop("immediate")


def _tool(name: str) -> str:
    found = [str(folder / name) for folder in DEBIAN if (folder / name).exists()]
    return found[-1] if found else shutil.which(name) or name


def _as_owner(command: list[str]) -> None:
    """The server refuses to run as root."""
    user = "postgres" if os.geteuid() == 0 else None
    done = subprocess.run(
        command, user=user, cwd="/", capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
