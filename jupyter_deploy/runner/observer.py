"""Runs inside the kernel: writes down what a notebook reads, writes and connects to.

It is sent as text to whatever Python the kernel has, so it needs the standard library alone;
what it sees goes as lines of JSON into a file, also from processes that the notebook forks.
"""

import json
import os
import re
import socket
import sys
import sysconfig
from typing import Any

#: Different things that are written down at most.
MOST = 3000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC
_TEMPORARY = re.compile(r"(tmp|ipykernel_|ipython_|matplotlib-)?[a-z0-9_]{7,8}([.-].*)?$")
#: event of the interpreter → place of the path that is changed among its arguments
_CHANGES = {
    "os.mkdir": 0,
    "os.remove": 0,
    "os.rmdir": 0,
    "os.rename": 1,
    "os.truncate": 0,
    "os.symlink": 1,
    "shutil.rmtree": 0,
}
#: How SQLite may name a file.
_ADDRESS = re.compile(r"^file:(?://)?([^?]*)(?:\?.*)?$")
#: event → place of the command
_STARTS = {"subprocess.Popen": 1, "os.system": 0}
_INSTALLS = re.compile(r"\b(pip[0-9.]*|conda|mamba|micromamba|uv)\b.*\binstall\b", re.DOTALL)


class Observer:
    """`shell` knows which cell runs; nothing below `home` is of interest once it is there."""

    def __init__(self, shell: Any, path: str, home: str) -> None:
        self.shell = shell
        self.home = os.path.join(home, "")
        self.file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self.seen: set[tuple[str, str]] = set()
        known = {*sysconfig.get_paths().values(), sys.prefix, sys.base_prefix}
        known |= {"/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev", "/opt", "/var/lib"}
        self.known = tuple(os.path.join(item, "") for item in known)
        self.temporary = os.path.join(os.environ.get("TMPDIR") or "/tmp", "")  # noqa: S108

    def __call__(self, event: str, arguments: Any) -> None:
        """An audit hook: whatever goes wrong here is not the notebook's business."""
        try:
            if event == "open":
                self.opened(*arguments)
            elif event in _CHANGES:
                self.changed(arguments[_CHANGES[event]])
            elif event == "sqlite3.connect":
                self.connected_file(arguments[0])
            elif event in _STARTS:
                self.started(arguments[_STARTS[event]])
            elif event == "socket.connect":
                self.connected(arguments[1])
            elif event == "socket.getaddrinfo":
                self.asked(*arguments[:2])
        except Exception:
            return

    def opened(self, path: Any, mode: Any, flags: int) -> None:
        if isinstance(path, int):
            return
        if (set("wax+") & set(mode)) if mode else flags & _WRITING:
            self.changed(path)
            return
        place = os.path.abspath(os.fsdecode(path))
        if place.startswith(self.known):
            return
        if not os.path.lexists(place):
            self.note("missing", place)
        elif not place.startswith(self.home):
            self.note("read", place)

    def connected_file(self, path: Any) -> None:
        """A database of SQLite, which is made where it is not there."""
        name = _ADDRESS.sub(r"\1", os.fsdecode(path))
        if name and name != ":memory:":
            if not os.path.lexists(name):
                self.note("missing", os.path.abspath(name))
            self.changed(name)

    def changed(self, path: Any) -> None:
        if isinstance(path, int):
            return
        place = os.path.abspath(os.fsdecode(path))
        if "__pycache__" in place or place.startswith((self.home, "/dev/", "/proc/")):
            return
        if not self.is_temporary(place):
            self.note("write", place)

    def is_temporary(self, place: str) -> bool:
        """Whether `tempfile` has made up the name, or IPython or Matplotlib for themselves."""
        first = place[len(self.temporary) :].partition("/")[0]
        return place.startswith(self.temporary) and bool(_TEMPORARY.match(first))

    def started(self, command: Any) -> None:
        parts = command if isinstance(command, (list, tuple)) else [command]
        line = " ".join(os.fsdecode(part) for part in parts)
        if _INSTALLS.search(line):
            self.note("install", line[:MOST])

    def connected(self, address: Any) -> None:
        if isinstance(address, tuple):
            self.note("network", "%s:%s" % address[:2])  # noqa: UP031

    def asked(self, host: Any, port: Any) -> None:
        if host and not isinstance(host, bytes):
            self.note("network", "%s:%s" % (host, port) if port else str(host))  # noqa: UP031

    def note(self, kind: str, what: str) -> None:
        key = (kind, what)
        if key in self.seen or len(self.seen) >= MOST:
            return
        self.seen.add(key)
        # Not `execution_count`: some versions count before a cell runs and some after.
        number = len(self.shell.history_manager.input_hist_parsed) - 1
        line = json.dumps([kind, what, number])
        os.write(self.file, (line + "\n").encode())


def observe(shell: Any, path: str, home: str) -> None:
    """From now on, for as long as the kernel lives."""
    socket.has_ipv6  # noqa: B018, loaded before anything is noted
    sys.addaudithook(Observer(shell, path, home))
