"""Packages that a cell installs itself: `installs_package`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.preflight.aliases import Aliases
from jupyter_deploy.preflight.cells import Cell
from jupyter_deploy.preflight.literals import Known, constants
from jupyter_deploy.preflight.magics import magics, words
from jupyter_deploy.preflight.packages import package_of
from jupyter_deploy.preflight.place import listed

_INSTALLERS = {"pip", "pip3", "conda", "mamba", "micromamba", "uv"}
#: Options that take the word behind them.
_TAKE = {
    "-i", "--index-url", "--extra-index-url", "-f", "--find-links", "-t", "--target", "-c", "-n",
    "--name", "--constraint", "--prefix", "--python", "--proxy", "--timeout", "--channel",
}  # fmt: skip
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PYTHON = re.compile(r"(.*/)?(python|pip)[0-9.]*")


def check_installs(cells: Sequence[Cell]) -> Iterator[Finding]:
    known, aliases = constants(cells), Aliases(cells)
    for cell in cells:
        commands = list(_commands(cell, known, aliases))
        if commands:
            names = list(dict.fromkeys(name for command in commands for name in _named(command)))
            yield install(cell.index, names)


def install(cell: int | None, names: list[str]) -> Finding:
    said = f"installs {listed(names)}" if names else "installs packages"
    return Finding(
        "installs_package",
        cell,
        f"The cell {said} while it runs: each run may get another version, or none.",
        "Add them to the version's packages, or install them once in the kernel's "
        "environment and remove the line.",
        {"packages": names} if names else None,
    )


def packages_of(command: Sequence[str]) -> list[str] | None:
    """What the words of a command install, None when it is no such command."""
    found = list(_install(list(command)))
    return _named(found[0]) if found else None


def installed(cells: Sequence[Cell]) -> set[str]:
    """Modules that a cell seems to install; `*` when there is a list that is not seen."""
    known, aliases = constants(cells), Aliases(cells)
    commands = [item for cell in cells for item in _commands(cell, known, aliases)]
    named = [_named(command) for command in commands]
    found = {_plain(name) for names in named for name in names}
    if any(not names for names in named):
        found.add("*")
    return found


def names_of(requirements: Iterable[str]) -> set[str]:
    """`humanize>=4` is humanize."""
    found = (_NAME.match(text.strip()) for text in requirements)
    return {_plain(name[0]) for name in found if name}


def is_installed(module: str, found: set[str]) -> bool:
    return bool({"*", _plain(module), _plain(package_of(module))} & found)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _commands(cell: Cell, known: Known, aliases: Aliases) -> Iterator[list[str]]:
    """The words behind `install` of each such command."""
    for magic in magics(cell.nodes):
        if magic.name == "!":
            for part in re.split(r"&&|\|\||[;|\n]", magic.text):
                yield from _install(words(part))
        elif magic.name in _INSTALLERS:
            yield from _install([magic.name, *words(magic.text)])
    if cell.source.lstrip().startswith(("%%bash", "%%sh", "%%!", "%%system", "%%script")):
        for line in re.split(r"&&|[;\n]", cell.source.partition("\n")[2]):
            yield from _install(words(line))
    for node in cell.nodes:
        if isinstance(node, ast.Call):
            yield from _started(node, known, aliases.full_name(node.func))


def _started(node: ast.Call, known: Known, function: str) -> Iterator[list[str]]:
    """By `subprocess.run([sys.executable, "-m", "pip", "install", …])`, `os.system` or pip.main."""
    if function.startswith("subprocess.") or function in (
        "os.system", "os.popen", "run", "call", "check_call", "check_output", "Popen", "system",
    ):  # fmt: skip
        for argument in node.args[:1]:
            yield from _install(_spoken(argument, known))
    elif function in ("pip.main", "pip._internal.main", "pipmain"):
        for argument in node.args[:1]:
            yield from _install(["pip", *_spoken(argument, known)])


def _spoken(argument: ast.expr, known: Known) -> list[str]:
    if isinstance(argument, ast.Name):
        argument = known.get(argument.id, argument)
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return words(argument.value)
    if isinstance(argument, (ast.List, ast.Tuple)):
        return [
            str(item.value) if isinstance(item, ast.Constant) else _other(item)
            for item in argument.elts
        ]
    if isinstance(argument, ast.JoinedStr):
        parts = argument.values
        return words(
            "".join(str(p.value) if isinstance(p, ast.Constant) else "python" for p in parts)
        )
    return []


def _other(item: ast.expr) -> str:
    return "python" if ast.unparse(item) == "sys.executable" else "-"


def _install(command: list[str]) -> Iterator[list[str]]:
    """The words behind it, if the command is one that installs."""
    command = command[1:] if command[:1] == ["sudo"] else command
    if not command or "install" not in command:
        return
    first, place = command[0], command.index("install")
    direct = first in _INSTALLERS or re.fullmatch(r"(.*/)?pip[0-9.]*", first)
    module = (_PYTHON.fullmatch(first) or "{" in first) and "pip" in command[:place]
    if direct or module:
        yield command[place + 1 :]


def _named(arguments: list[str]) -> list[str]:
    found, skip = [], False
    for word in arguments:
        if skip:
            skip = False
        elif word in _TAKE:
            skip = True
        elif (name := _NAME.match(word)) and not word.startswith("-") and word != "e":
            given = re.sub(r"\.git$", "", word.rpartition("/")[2]) if "/" in word else name[0]
            found.append(given.partition("@")[0] or name[0])
    return _without_lists(arguments, found)


def _without_lists(arguments: list[str], found: list[str]) -> list[str]:
    """`-r requirements.txt` names no package."""
    for option, word in pairwise(arguments):
        if option in ("-r", "--requirement", "-e", "--editable", "--file") and word in found:
            found.remove(word)
    return found
