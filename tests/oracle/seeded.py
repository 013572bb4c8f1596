"""Notebooks in which changes are seeded.

They are written as cells below `# %%`, with marks at the end of a line:

    x = 3  #~ 3 -> 4 : metrics     the seeded notebook has a 4, which the comparison must tell there
    print(x)  #! metrics           what this cell shows changes with something above

The sections are those of a comparison, `any` of them, or `nothing`: other code, the same results.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

FOLDER = Path(__file__).parent / "notebooks"
_CELL = re.compile(r"^# %%(.*)$\n?", re.MULTILINE)
_SEED = re.compile(r"  #~ (?P<old>.+) -> (?P<new>.+) : (?P<section>\w+)$")
_FOLLOWS = re.compile(r"  #! (?P<section>\w+)$")


@dataclass(frozen=True)
class Seeded:
    """`expected` is the section of a change by the cell that shows it."""

    name: str
    plain: nbformat.NotebookNode
    changed: nbformat.NotebookNode
    expected: dict[int, str]


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.cells"))


def load(name: str) -> Seeded:
    parts = _CELL.split((FOLDER / f"{name}.cells").read_text(encoding="utf-8"))[1:]
    plain, changed = [], []
    expected: dict[int, str] = {}
    for index, (head, body) in enumerate(zip(parts[::2], parts[1::2], strict=True)):
        lines = [_read(line) for line in body.strip().split("\n")]
        metadata = {"tags": head.partition("tags=")[2].split()}
        plain.append(new_code_cell("\n".join(line[0] for line in lines), metadata=metadata))
        changed.append(new_code_cell("\n".join(line[1] for line in lines), metadata=metadata))
        expected.update((index, line[2]) for line in lines if line[2])
    return Seeded(name, new_notebook(cells=plain), new_notebook(cells=changed), expected)


def _read(line: str) -> tuple[str, str, str | None]:
    """The line without its mark, as it is after the change, and the section."""
    if (seed := _SEED.search(line)) is not None:
        code = line[: seed.start()]
        assert seed["old"] in code, line
        return code, code.replace(seed["old"], seed["new"], 1), seed["section"]
    if (follows := _FOLLOWS.search(line)) is not None:
        return line[: follows.start()], line[: follows.start()], follows["section"]
    assert "#~" not in line, line
    return line, line, None
