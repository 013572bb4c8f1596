"""What a database's driver raises, as errors that people may see."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, OperationalError

from jupyter_deploy.errors import DiskFull, Unavailable

UNKNOWN = "Whether it was done is not known; look before you try again."
ROOM = "Nothing was changed; free some space and try again."
#: SQLite's names for a disk without room; the second one for its shared memory file.
_FULL = ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE")


def unusable(error: DBAPIError) -> bool:
    """Whether the database cannot be used: held, full, gone, damaged. Else the request is wrong."""
    # A damaged file has no class of its own.
    return isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError


def unavailable(error: DBAPIError, *, done: bool = False) -> Unavailable:
    """The sentence for an unusable database.

    `done`: all was said but the end of it, so it may have been kept or not.
    """
    if _is_full(error.orig):
        return DiskFull("There is no room on the disk of the database.", hint=ROOM)
    if "malformed" in str(error.orig):
        return Unavailable(
            f"The database is damaged: {one_line(error.orig)}.",
            hint="jupyter deploy engine stop, then start: the newest copy takes its place.",
        )
    return Unavailable(
        f"The database cannot be used: {one_line(error.orig)}.",
        hint=UNKNOWN if done else "Nothing was changed; try again.",
    )


def unreadable(error: sqlite3.Error) -> Unavailable:
    """For a file that cannot be looked at, which does not mean that it is damaged."""
    if _is_full(error):
        return DiskFull("There is no room on the disk of the database.", hint=ROOM)
    return Unavailable(
        f"The database cannot be read: {one_line(error)}.",
        hint="Nothing was changed. Where its disk has failed, move the file away: the newest "
        "copy takes its place.",
    )


def one_line(error: object) -> str:
    """PostgreSQL's messages have several lines and end as they like."""
    return "; ".join(line.strip() for line in str(error).splitlines() if line.strip()).rstrip(".")


def _is_full(error: BaseException | None) -> bool:
    if not isinstance(error, sqlite3.Error):
        return False  # a server's disk is not ours
    # Python 3.10 knows no names of errors.
    return getattr(error, "sqlite_errorname", "") in _FULL or "is full" in str(error)
