"""Where a notebook is, and what goes with it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Where the kernel finds modules of these names; None for what it does not find.
Finder = Callable[[frozenset[str]], Mapping[str, str | None]]


@dataclass(frozen=True)
class Place:
    """`folder` is the notebook's, `base` that of patterns; `taken` are paths below `root`."""

    folder: Path
    root: Path
    base: Path
    taken: frozenset[str]
    find: Finder
    #: Requirements that the version has beside the kernel's packages.
    added: frozenset[str] = frozenset()
    #: Names of variables that the runs have.
    variables: frozenset[str] = frozenset()
    #: Names of parameters that are to be given.
    given: frozenset[str] = frozenset()

    def is_inside(self, path: Path) -> bool:
        return path.is_relative_to(self.root)

    def takes(self, path: Path) -> bool:
        """Whether the file, or one below the folder, is among the files of the version."""
        name = path.relative_to(self.root).as_posix()
        return name in self.taken or any(item.startswith(f"{name}/") for item in self.taken)

    def pattern(self, path: Path) -> str:
        """As the list of files names it."""
        return Path(os.path.relpath(path, self.base)).as_posix()


def listed(items: list[str], last: str = "and") -> str:
    """`a, b and c`; of many the first five."""
    if len(items) > 6:
        return f"{', '.join(items[:5])} {last} {len(items) - 5} more"
    return f" {last} ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)
