"""The run that tries a version: its folder, what it ran, and the project that this is from."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from jupyter_deploy.domain.bundle import Bundle

if TYPE_CHECKING:
    from jupyter_deploy.preflight.cells import Cell

#: Bytes: the engine waits for a notebook to be read.
LARGEST = 2_000_000


@dataclass(frozen=True)
class Trial:
    """`folder` is the attempt's; `project` the root of the author's files, None where they
    are not on this machine."""

    folder: Path
    bundle: Bundle
    project: Path | None

    @property
    def work(self) -> Path:
        return self.folder / "work"

    @property
    def notebook_folder(self) -> PurePosixPath:
        """The notebook's, below the project."""
        return PurePosixPath(self.bundle.notebook.path).parent

    def pattern(self, path: str) -> str:
        """As the list of files names it: from the notebook's folder."""
        return PurePosixPath(os.path.relpath(path, self.notebook_folder)).as_posix()

    def says(self, causes: Sequence[str], name: str = "") -> bool:
        """Whether the source has told one of these causes, of this name, already."""
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
        return any(
            item.cause in causes and word.search(item.message) for item in self.bundle.findings
        )

    def proposes(self, path: str) -> bool:
        """Whether the source has told to take this file along, or a folder above it."""
        pure = PurePosixPath(path)
        patterns = [
            pattern
            for item in self.bundle.findings
            for pattern in (item.action or {}).get("files", ())
        ]
        return any(
            pattern in (path, *map(str, pure.parents)) or pure.match(pattern)
            for pattern in patterns
        )

    def own_module(self, name: str) -> str | None:
        """The pattern for the author's module, beside the notebook first."""
        if self.project is None:
            return None
        top = name.partition(".")[0]
        for folder in (self.project / self.notebook_folder, self.project):
            for found in _modules(folder, top, ("",)):
                return self._pattern_of(found)
        deeper = _modules(self.project, top, ("*/", "*/*/"))
        only = next(deeper, None)
        return self._pattern_of(only) if only and not next(deeper, None) else None

    def _pattern_of(self, module: Path) -> str:
        assert self.project is not None
        pattern = self.pattern(str(module.relative_to(self.project)))
        return pattern if module.suffix == ".py" else f"{pattern}/**/*.py"

    def binding(self, name: str) -> list[int]:
        """The cells that give the name a value."""
        from jupyter_deploy.preflight.flow import BIND, flow

        return [
            cell.index
            for cell in self.cells
            if any(event.kind == BIND and event.name == name for event in flow(cell.tree.body))
        ]

    def setting(self, key: str) -> list[int]:
        """The cells that put something under this key into a table or a dictionary."""
        from jupyter_deploy.preflight.uses import puts

        return [cell.index for cell in self.cells if any(puts(node, key) for node in cell.nodes)]

    @cached_property
    def cells(self) -> list[Cell]:
        """What it executed; loads what understands notebooks, which few trials need."""
        from jupyter_deploy.notebook.documents import read_notebook
        from jupyter_deploy.preflight.cells import read_cells

        task = json.loads((self.folder / "task.json").read_text(encoding="utf-8"))
        source = Path(task["notebook"]["blob"])
        if source.stat().st_size > LARGEST:
            return []
        notebook, _ = read_notebook(source.read_bytes(), "the notebook")
        return read_cells(notebook)


def project_of(origin: str | None, bundle: Bundle) -> Path | None:
    """The author's project, if the notebook still lies there; `origin` is its absolute path."""
    if origin is None or not Path(origin).is_file():
        return None
    depth = len(PurePosixPath(bundle.notebook.path).parts)
    return Path(origin).parents[depth - 1] if depth <= len(Path(origin).parents) else None


def _modules(folder: Path, top: str, below: Sequence[str]) -> Iterator[Path]:
    """Files and packages of this name."""
    for place in below:
        yield from folder.glob(f"{place}{top}.py")
        yield from (
            found for found in folder.glob(f"{place}{top}") if next(found.glob("**/*.py"), None)
        )
