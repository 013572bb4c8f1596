"""Imports that would find nothing elsewhere: `missing_package`, `local_module`."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.preflight.cells import MAY_FAIL, Cell
from jupyter_deploy.preflight.installs import installed, is_installed, names_of
from jupyter_deploy.preflight.literals import Known, constants, text_of
from jupyter_deploy.preflight.magics import magics, words
from jupyter_deploy.preflight.modules import Wanted, files_of, local_folder, wanted_by
from jupyter_deploy.preflight.packages import package_of
from jupyter_deploy.preflight.place import Place, listed

#: Extensions with short names, which IPython knows.
_EXTENSIONS = {"autoreload", "storemagic"}


def check_imports(cells: Sequence[Cell], place: Place) -> Iterator[Finding]:
    known = constants(cells)
    wanted = [(cell, list(_wanted(cell, known))) for cell in cells if MAY_FAIL not in cell.tags]
    found = place.find(frozenset(item.top for _, items in wanted for item in items if item.top))
    folders = _folders(cells, place)
    written = _written(cells)
    own, said = installed(cells) | names_of(place.added), set[str]()
    for cell, items in wanted:
        local = [item for item in items if _is_local(item.top, folders, found.get(item.top, ""))]
        yield from _local(cell, local, folders, place, said)
        missing = {
            item.top
            for item in items
            if item not in local
            and item.top in found
            and found[item.top] is None
            and item.top not in written
            and not is_installed(item.top, own)
        } - said
        said |= missing
        if missing:
            yield _missing(cell, sorted(missing))


def _wanted(cell: Cell, known: Known) -> Iterator[Wanted]:
    for node in cell.nodes:
        for item in wanted_by(node):
            if not item.level and item.name and not _is_optional(cell, node):
                yield item
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            name, whole = (text_of(node.args[0], known) if node.args else None) or ("", False)
            if whole and name and name[0] != "." and not _is_optional(cell, node):
                yield Wanted(name)
    for magic in magics(cell.nodes):
        if magic.name == "load_ext":
            for word in words(magic.text)[:1]:
                if word not in _EXTENSIONS and word.replace(".", "").isidentifier():
                    yield Wanted(word)


def _is_optional(cell: Cell, node: ast.AST) -> bool:
    """In a condition, or in any part of a `try` that has an answer to its failure."""
    conditional = any(isinstance(parent, ast.If) for parent, _ in cell.above(node))
    fallback = any(isinstance(parent, ast.ExceptHandler) for parent, _ in cell.above(node))
    errors = ("ImportError", "ModuleNotFoundError")
    return conditional or fallback or cell.forgives(node, *errors)


def _folders(cells: Sequence[Cell], place: Place) -> list[Path]:
    """Where the notebook's modules may be: beside it, in the root, and what it adds itself."""
    found, known = [place.folder], constants(cells)
    for cell in cells:
        for node in cell.nodes:
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("sys.path."):
                texts = (text_of(item, known) for item in node.args)
                whole = [text[0] for text in texts if text is not None and text[1]]
                found += [Path(os.path.normpath(place.folder / text)) for text in whole]
    inside = [folder for folder in [*found, place.root] if place.is_inside(folder)]
    return list(dict.fromkeys(inside))


def _written(cells: Sequence[Cell]) -> set[str]:
    """Modules that `%%writefile` makes, or the notebook itself: `sys.modules["x"] = …`."""
    lines = [cell.source.lstrip().partition("\n")[0] for cell in cells]
    made = [words(line)[-1] for line in lines if line.startswith(("%%writefile ", "%%file "))]
    stored = {
        node.slice.value
        for cell in cells
        for node in cell.nodes
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
        if isinstance(node.slice, ast.Constant) and ast.unparse(node.value) == "sys.modules"
    }
    return {Path(name).stem for name in made} | {str(name) for name in stored}


def _is_local(name: str, folders: Sequence[Path], origin: str | None) -> bool:
    """Whether the notebook gets its own module, not one of the environment."""
    folder = local_folder(name, folders)
    if folder is None or origin == "built-in":
        return False
    plain = [folder / f"{name}.py", folder / name / "__init__.py"]
    if not any(path.is_file() for path in plain):
        return not origin
    if origin and folder == folders[0]:
        return os.path.realpath(origin) not in map(os.path.realpath, plain)
    return not origin


def _local(
    cell: Cell, items: Sequence[Wanted], folders: Sequence[Path], place: Place, said: set[str]
) -> Iterator[Finding]:
    left: dict[Path, None] = {}
    for files in files_of(items, folders).values():
        for path in files:
            if place.is_inside(path) and not place.takes(path):
                left[path] = None
    paths = [path for path in left if str(path) not in said]
    if not paths:
        return
    said.update(map(str, paths))
    names = [place.pattern(path) for path in paths]
    wanted = list(dict.fromkeys(_pattern(path, folders, place) for path in paths))
    yield Finding(
        "local_module",
        cell.index,
        f"{listed(names)} {'is' if len(names) == 1 else 'are'} imported here but not taken along.",
        f"Add {listed(wanted)} to the files.",
        {"files": wanted},
    )


def _pattern(path: Path, folders: Sequence[Path], place: Place) -> str:
    """The file, or all modules of its package."""
    above = max(filter(path.is_relative_to, folders), key=lambda item: len(item.parts))
    inner = path.relative_to(above).parts
    if len(inner) == 1:
        return place.pattern(path)
    return f"{place.pattern(above / inner[0])}/**/*.py"


def _missing(cell: Cell, names: list[str]) -> Finding:
    packages = [package_of(name) for name in names]
    return Finding(
        "missing_package",
        cell.index,
        f"{listed(names)} cannot be imported: the kernel's environment does not have "
        f"{'it' if len(names) == 1 else 'them'}.",
        f"Add {listed(packages)} to the version's packages, or install "
        f"{'it' if len(packages) == 1 else 'them'} in the kernel's environment and deploy again.",
        {"packages": packages},
    )
