"""How a captured file differs between two runs, as a table where it is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from jupyter_deploy.results.profiles import Profile, Profiler

#: From this likeness of their names a column that went and one that came are the same.
ALIKE = 0.6
#: Tables of one answer, and names of columns that it tells.
MOST_FILES = 20
MOST_COLUMNS = 200


@dataclass(frozen=True)
class TableChange:
    """What became of a table."""

    old: Profile
    new: Profile

    @property
    def added(self) -> tuple[str, ...]:
        return tuple(name for name in self.new.columns if name not in set(self.old.columns))

    @property
    def removed(self) -> tuple[str, ...]:
        return tuple(name for name in self.old.columns if name not in set(self.new.columns))

    @property
    def renamed(self) -> dict[str, str]:
        """Columns by their old names: alike, or the only one that went where one came."""
        found: dict[str, str] = {}
        free = list(self.added)
        for name in self.removed:
            best = max(free, key=lambda other: likeness(name, other), default=None)
            alone = len(self.removed) == len(self.added) == 1 and self._same_place(name)
            if best is not None and (alone or likeness(name, best) >= ALIKE):
                found[name] = best
                free.remove(best)
        return found

    def _same_place(self, name: str) -> bool:
        place = self.old.columns.index(name)
        return self.new.columns[place : place + 1] == self.added

    @property
    def growth(self) -> float | None:
        """Relative change of the number of rows; None when a part was not read."""
        if self.old.cut or self.new.cut or not self.old.rows:
            return None
        return self.new.rows / self.old.rows - 1

    @property
    def cut(self) -> str | None:
        return self.new.cut or self.old.cut


def likeness(name: str, other: str) -> float:
    """1 for names that differ in spelling alone: case, spaces, dashes."""
    a, b = (_plain(text) for text in (name, other))
    return 1.0 if a == b else SequenceMatcher(None, a, b).ratio()


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum()) or name


def describe(files: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Rows and columns of files (`name`, and paths `old` and `new` or None), by name."""
    profiler = Profiler()
    found = {}
    for file in files[:MOST_FILES]:
        name = file["name"]
        old, new = (
            profiler.profile(Path(file[side]), name) if file[side] else None
            for side in ("old", "new")
        )
        if old or new:
            found[name] = _described(old, new)
    return found


def _described(old: Profile | None, new: Profile | None) -> dict[str, Any]:
    change = TableChange(old, new) if old and new else None
    return {
        "old": _side(old),
        "new": _side(new),
        "columns_added": list(change.added[:MOST_COLUMNS]) if change else [],
        "columns_removed": list(change.removed[:MOST_COLUMNS]) if change else [],
        "cut": (change.cut if change else (old or new or _EMPTY).cut),
    }


_EMPTY = Profile((), 0, {})


def _side(profile: Profile | None) -> dict[str, Any]:
    if profile is None:
        return {"rows": None, "columns": None}
    return {"rows": profile.rows, "columns": list(profile.columns[:MOST_COLUMNS])}
