"""Files that are read but would not be there: `data_file`, `absolute_path`."""

from __future__ import annotations

import ast
import glob
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.notebook.parameters import TAG
from jupyter_deploy.preflight.cells import MAY_FAIL, Cell
from jupyter_deploy.preflight.literals import constants, text_of
from jupyter_deploy.preflight.magics import Magic, magics, words
from jupyter_deploy.preflight.place import Place, listed
from jupyter_deploy.preflight.uses import ASK, MAYBE, NAMED, READ, SEARCH, WRITE, uses

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:(//|[a-z]+:)")
_ABSOLUTE = re.compile(r"/(?!/)|~([/\\]|\w*$)|[A-Za-z]:[\\/]|\\\\[\w.-]+\\\w")
#: Of one person or one machine, whatever is done with it.
_HOME = re.compile(r"/(home|Users|root)/\w|~[/\\]|[A-Za-z]:[\\/]\w|\\\\[\w.-]+\\\w")
#: Everywhere alike.
_SYSTEM = re.compile(r"/(dev|proc|sys|etc|usr|bin|lib|opt/conda)(/|$)|[A-Za-z]:[\\/]Windows\b")
#: A file as SQLite and SQLAlchemy name it.
_DATABASE = re.compile(r"^(file:(?!//)|sqlite:///)([^?]+)(\?.*)?$")
_ASKS = re.compile(r"exists|is_file|isfile|is_dir|isdir")
_FILE = re.compile(r"[^\n]*\w\.\w{1,8}")
_LONGEST, _MOST = 400, 2000
_MISSING = ("FileNotFoundError", "OSError", "IOError")


@dataclass(frozen=True)
class Named:
    """A path as the code has it; `whole` is False where only its beginning is written out."""

    cell: Cell
    how: str
    text: str
    whole: bool
    node: ast.AST
    #: None for what a magic names.
    path: ast.expr | None = None
    #: Whether a parameter says it.
    given: bool = False


def check_files(cells: Sequence[Cell], place: Place) -> Iterator[Finding]:
    wanted, foreign = _sorted(cells, place)
    texts = {cell: [item.text for item in found] for cell, found in foreign.items()}
    yield from _findings(wanted, texts)


def foreign_paths(cells: Sequence[Cell], place: Place, cell: int | None) -> list[Named]:
    """Those of the cell that lead to a place that other machines do not have."""
    _, foreign = _sorted(cells, place)
    return [item for index, found in foreign.items() for item in found if index == cell]


def is_moved(cells: Sequence[Cell]) -> bool:
    """Whether relative paths mean something else somewhere."""
    return any(_moves(node) for cell in cells for node in cell.nodes)


def _sorted(
    cells: Sequence[Cell], place: Place
) -> tuple[dict[int, list[tuple[str, str]]], dict[int, list[Named]]]:
    """By cell: paths and patterns of what is not taken along, and what other machines lack."""
    named = list(_all(cells))
    written: set[str] = set()
    later = {_normal(item.text) for item in named if item.how == WRITE}
    asked = {_normal(item.text) for item in named if item.how == ASK}
    wanted: dict[int, list[tuple[str, str]]] = {}
    foreign: dict[int, list[Named]] = {}
    moved = False
    for item in named:
        moved = moved or _moves(item.node)
        made = written if item.how == READ else later
        if item.how == WRITE:
            written.add(_normal(item.text))
        if item.how == ASK or (item.how == MAYBE and _normal(item.text) in asked):
            continue
        if _is_excused(item) or (item.how != WRITE and _is_made(item.text, made)):
            continue
        if _is_foreign(item, place) and not (moved and item.text.startswith("..")):
            foreign.setdefault(item.cell.index, []).append(item)
        elif not moved and (pattern := _left(item, place)):
            wanted.setdefault(item.cell.index, []).append((item.text, pattern))
    return wanted, foreign


def _all(cells: Sequence[Cell]) -> Iterator[Named]:
    known = constants(cells)
    fixed = constants([cell for cell in cells if TAG not in cell.tags])
    for cell in cells:
        for use in uses(cell.nodes):
            found = text_of(use.path, known) if use.how != NAMED else _constant(use.path)
            text, whole = found or ("", False)
            path = _DATABASE.sub(r"\2", text)
            if _is_path(path):
                given = text_of(use.path, fixed) != found
                yield Named(cell, use.how, path, whole, use.node, use.path, given)
        for magic in magics(cell.nodes):
            name = magic.text.strip("'\" ") if magic.name == "cd" else _script(magic)
            if name and _is_path(name):
                yield Named(cell, READ, name, True, magic.node)


def _script(magic: Magic) -> str:
    """What `%run` runs."""
    named = [word for word in words(magic.text) if not word.startswith("-")]
    if magic.name != "run" or not named or "-m" in words(magic.text):
        return ""
    return named[0] if Path(named[0]).suffix else f"{named[0]}.py"


def _constant(node: ast.expr) -> tuple[str, bool] | None:
    held = node.value if isinstance(node, ast.Constant) else None
    return (held, True) if isinstance(held, str) else None


def _is_path(text: str) -> bool:
    plain = 0 < len(text) <= _LONGEST and not set("\n\0<>") & set(text)
    return plain and not _URL.match(text) and text.isprintable()


def _moves(node: ast.AST) -> bool:
    """Whether relative paths mean something else from here on."""
    if not isinstance(node, ast.Call):
        return False
    found = ast.unparse(node.func)
    return found.endswith("chdir") or (
        found.endswith("run_line_magic") and "'cd'" in ast.unparse(node.args[0])
    )


def _is_excused(item: Named) -> bool:
    """The code is ready for a missing file, or the path can be given as a parameter."""
    if MAY_FAIL in item.cell.tags or item.cell.forgives(item.node, *_MISSING):
        return True
    above = list(item.cell.above(item.node))
    tests = [up.test for up, _ in above if isinstance(up, (ast.If, ast.IfExp))]
    tests += [up for up, _ in above if isinstance(up, ast.BoolOp)]
    if any(_ASKS.search(ast.unparse(test)) for test in tests):
        return True
    if item.how == MAYBE and any(_holds_data(up) or _chooses(up) for up, _ in above):
        return True
    return TAG in item.cell.tags and item.how == NAMED


def _chooses(node: ast.AST) -> bool:
    """Whether it goes through several and asks which of them is there."""
    return isinstance(node, (ast.For, ast.ListComp, ast.GeneratorExp)) and bool(
        _ASKS.search(ast.unparse(node))
    )


def _holds_data(node: ast.AST) -> bool:
    """Whether texts in it are values of a table, not names of files."""
    if not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func).rpartition(".")[2] in (
        "DataFrame",
        "Series",
        "array",
        "from_dict",
    )


def _normal(text: str) -> str:
    return os.path.normpath(text)


def _is_made(text: str, made: set[str]) -> bool:
    """The notebook writes it itself, or the folder that it is in."""
    plain = _normal(text)
    return any(plain == item or plain.startswith(f"{item}/") for item in made - {"."})


def _is_foreign(item: Named, place: Place) -> bool:
    """Whether the path leads to a place that other machines do not have."""
    if item.given:
        return False
    if item.how not in (READ, SEARCH):
        return bool(_HOME.match(item.text)) and not _SYSTEM.match(item.text)
    if _ABSOLUTE.match(item.text):
        return not _SYSTEM.match(item.text)
    return item.text.startswith("..") and not place.is_inside(_path(item.text, place))


def _path(text: str, place: Place) -> Path:
    return Path(os.path.normpath(place.folder / text))


def _left(item: Named, place: Place) -> str | None:
    """The pattern for what is there and not taken along."""
    if item.how not in (READ, MAYBE) or _ABSOLUTE.match(item.text):
        return None
    path = _path(item.text if item.whole else item.text.rpartition("/")[0], place)
    if not place.is_inside(path) or path in (place.folder, place.root):
        return None
    try:
        return place.pattern(path) if _is_left(item, path, place) else None
    except OSError:  # a name that is too long, a folder that nobody may read
        return None


def _is_left(item: Named, path: Path, place: Place) -> bool:
    if glob.has_magic(item.text) and item.whole:
        return item.how == READ and _of_pattern(path, place)
    if path.is_file():
        told = item.how == READ or bool(_FILE.fullmatch(item.text))
        return item.whole and told and not place.takes(path)
    return item.how == READ and path.is_dir() and not place.takes(path) and _has_files(path)


def _of_pattern(path: Path, place: Place) -> bool:
    found = [
        Path(name)
        for name, _ in zip(glob.iglob(str(path), recursive=True), range(_MOST), strict=False)
    ]
    return any(name.is_file() and not place.takes(name) for name in found)


def _has_files(folder: Path) -> bool:
    names = zip(folder.rglob("*"), range(_MOST), strict=False)
    return any(name.is_file() and not name.name.startswith(".") for name, _ in names)


def _findings(
    wanted: dict[int, list[tuple[str, str]]], foreign: dict[int, list[str]]
) -> Iterator[Finding]:
    for index, found in wanted.items():
        modules = [item for item in found if item[0].endswith(".py")]
        for cause, items in (
            ("local_module", modules),
            ("data_file", [item for item in found if item not in modules]),
        ):
            if items:
                yield _left_behind(cause, index, items)
    for index, texts in foreign.items():
        names = list(dict.fromkeys(texts))
        yield Finding(
            "absolute_path",
            index,
            f"{listed(names)} {'leads' if len(names) == 1 else 'lead'} out of the project, "
            "to a place that other machines do not have.",
            "Copy the file into the project and use a relative path, or make the path a parameter.",
        )


def _left_behind(cause: str, index: int, found: Sequence[tuple[str, str]]) -> Finding:
    texts = list(dict.fromkeys(text for text, _ in found))
    patterns = list(dict.fromkeys(pattern for _, pattern in found))
    return Finding(
        cause,
        index,
        f"{listed(texts)} {'is' if len(texts) == 1 else 'are'} read here but not taken along.",
        f"Add {listed(patterns)} to the files.",
        {"files": patterns},
    )
