"""Copies of an SQLite database, and what becomes of one that is damaged or gone.

A damaged database is put aside, never deleted, and never silently replaced by an
empty one: the newest copy that is sound takes its place, or nothing does.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from jupyter_deploy.durable import put_in_place, whole_file
from jupyter_deploy.errors import Unavailable
from jupyter_deploy.store.failures import unreadable

#: A copy an hour, of the last day.
KEPT = 24
_STAMP = "%Y%m%dT%H%M%SZ"
_COMPANIONS = ("", "-wal", "-shm")


@dataclass(frozen=True)
class Copies:
    """The copies in `folder` of the database `path`."""

    path: Path
    folder: Path

    def newest_first(self) -> list[Path]:
        return sorted(self.folder.glob(f"{self.path.stem}-*.db"), reverse=True)

    def there(self) -> bool:
        """Whether the database has a file with something in it."""
        return self.path.exists() and self.path.stat().st_size > 0

    def make(self, now: datetime, connection: sqlite3.Connection | None = None) -> Path:
        """Copy the database while it is used; at any instant a copy is absent or whole.

        Through this connection, which need not find it by its path. Raises OSError
        or sqlite3.Error.
        """
        self.folder.mkdir(exist_ok=True, mode=0o700)
        target = self.folder / f"{self.path.stem}-{now:{_STAMP}}.db"
        temporary = target.with_suffix(".tmp")
        for left in self.folder.glob("*.tmp"):  # of an engine that was killed
            left.unlink(missing_ok=True)
        try:
            if connection is not None:
                connection.execute("VACUUM INTO ?", (str(temporary),))
            else:
                with closing(self._connect()) as own:
                    own.execute("VACUUM INTO ?", (str(temporary),))
        except sqlite3.Error:
            temporary.unlink(missing_ok=True)  # half a copy must not fill the disk
            raise
        put_in_place(temporary, target)
        for old in self.newest_first()[KEPT:]:
            old.unlink(missing_ok=True)
        return target

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self.path.as_uri()}?mode=ro", uri=True)

    def recover(self, now: datetime) -> str | None:
        """Put a sound database into place where there is none any more.

        The sentence that tells of it, None when nothing was wrong. Raises
        Unavailable when no copy is sound or the database cannot be read now, and
        OSError; it is then left as it is.
        """
        complaint = self._complaint()
        if complaint is None:
            return None
        copy = next(filter(_is_sound, self.newest_first()), None)
        if copy is None:
            raise Unavailable(
                f"The database {self.path} {complaint}, and there is no sound copy of it.",
                hint=f"Put a copy into its place; to begin anew, move it and {self.folder} away.",
            )
        with open(copy, "rb") as content, whole_file(self.path) as file:
            shutil.copyfileobj(content, file)
            aside = self._put_aside(now)  # now that there was room for the copy
        kept = f" The old one is kept as {aside.name}." if aside else ""
        return (
            f"The database {complaint}: the copy of {_moment(copy)} is in its place, and what "
            f"came after is lost.{kept}"
        )

    def _complaint(self) -> str | None:
        if not self.there():
            return "is gone" if self.newest_first() else None
        try:
            said = quick_check(self.path)
        except sqlite3.OperationalError as error:
            if "locked" in str(error):  # by another program
                return None
            raise unreadable(error) from error
        return None if said == "ok" else f"is damaged ({said})"

    def _put_aside(self, now: datetime) -> Path | None:
        aside: Path | None = None
        for companion in _COMPANIONS:
            found = self.path.with_name(self.path.name + companion)
            if found.exists():
                target = found.with_name(f"{self.path.name}.damaged-{now:{_STAMP}}{companion}")
                os.replace(found, target)
                aside = aside or target
        return aside


def number_runs_above(path: Path, runs_dir: Path) -> None:
    """New runs get numbers that no folder of a run has, also of one that the copy lacks.

    An attempt never uses a folder that is there: each lost run would make a new one fail.
    """
    numbers = [int(folder.name) for folder in runs_dir.glob("*") if folder.name.isdecimal()]
    with closing(sqlite3.connect(path)) as connection, connection:
        row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'runs'").fetchone()
        highest = max([row[0] if row else 0, *numbers])
        connection.execute("DELETE FROM sqlite_sequence WHERE name = 'runs'")
        connection.execute("INSERT INTO sqlite_sequence VALUES ('runs', ?)", (highest,))


def quick_check(path: Path) -> str:
    """`ok`, or the first thing that is wrong with the database.

    Raises sqlite3.OperationalError when it cannot be looked at: on a full disk or
    while another program holds it nothing is known about it.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as held:
            return str(held.execute("PRAGMA quick_check(1)").fetchone()[0]).strip()
    except sqlite3.OperationalError:
        raise
    except sqlite3.Error as error:
        return str(error)


def _is_sound(copy: Path) -> bool:
    try:
        return quick_check(copy) == "ok"
    except sqlite3.OperationalError:
        return False


def _moment(copy: Path) -> str:
    stamp = copy.stem.rpartition("-")[2]
    return f"{datetime.strptime(stamp, _STAMP):%Y-%m-%d %H:%M} UTC"
