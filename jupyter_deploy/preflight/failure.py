"""What the error that a trial ended with tells of its cause."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.domain.ledger import Finished
from jupyter_deploy.preflight.packages import package_of
from jupyter_deploy.preflight.trial import Trial

#: As Python, pandas and others say it; the first that fits.
_NO_MODULE = re.compile(
    r"No module named '?(?P<module>[\w.]+)'?"
    r"|(?:Missing optional dependency '|`Import )(?P<dependency>[\w.-]+)['` ]"
    r"|(?:pip|conda) install (?:the )?(?P<package>[A-Za-z][\w.-]*[A-Za-z0-9])"
    r"|^(?P<needed>[A-Za-z][\w.-]*) (?:is required|not found, please install)"
)
_NO_NAME = re.compile(r"(?:name|variable) '(\w+)' is not defined")
_NO_KEY = re.compile(r"'([^']+)'|\"([^\"]+)\"")
_NO_ATTRIBUTE = re.compile(r"object has no attribute '(\w+)'")
_NO_VARIABLE = re.compile(r"Environment does not have key: (\S+)")


def findings_of(trial: Trial, finished: Finished) -> Iterator[Finding]:
    """Each kind of error has at most one cause here."""
    maker = _MAKERS.get(finished.error.get("name", ""))
    if maker is not None:
        yield from maker(trial, finished.cell, finished.error.get("value", ""))


def _module(trial: Trial, cell: int | None, said: str) -> Iterator[Finding]:
    """The module that an import has not found: the author's own, or of a package."""
    found = _NO_MODULE.search(said)
    if found is None:
        return
    name = next(filter(None, found.groups()))
    if trial.says(("missing_package", "local_module"), name.partition(".")[0]):
        return
    if found["module"] and (pattern := trial.own_module(name)) is not None:
        yield Finding(
            "local_module",
            cell,
            f"{name} is imported here but {pattern} is not taken along.",
            f"Add {pattern} to the files.",
            {"files": [pattern]},
        )
        return
    package = package_of(name) if found["module"] or found["dependency"] else name
    yield Finding(
        "missing_package",
        cell,
        f"{name} cannot be imported: the version's environment does not have it.",
        f"Add {package} to its packages, or install it in the kernel's environment.",
        {"packages": [package]},
    )


def _name(trial: Trial, cell: int | None, said: str) -> Iterator[Finding]:
    from jupyter_deploy.preflight.names import defined_later, undefined

    found = _NO_NAME.search(said)
    if found is None or cell is None or trial.says(("hidden_name", "out_of_order"), found[1]):
        return
    later = [index for index in trial.binding(found[1]) if index > cell]
    yield defined_later(cell, [found[1]], later[:1]) if later else undefined(cell, [found[1]])


def _key(trial: Trial, cell: int | None, said: str) -> Iterator[Finding]:
    from jupyter_deploy.preflight.variables import not_set

    found = _NO_KEY.fullmatch(said)
    name = (found[1] or found[2]) if found else ""
    if name in trial.bundle.variables and not trial.says(("variable_not_set",), name):
        yield not_set(cell, [name])
    elif name:
        yield from _column(trial, cell, name)


def _attribute(trial: Trial, cell: int | None, said: str) -> Iterator[Finding]:
    found = _NO_ATTRIBUTE.search(said)
    if found is not None:
        yield from _column(trial, cell, found[1])


def _column(trial: Trial, cell: int | None, name: str) -> Iterator[Finding]:
    """What only a later cell puts into a table or a dictionary."""
    from jupyter_deploy.preflight.names import defined_later

    setting = trial.setting(name)
    if cell is not None and setting and setting[0] > cell:
        yield defined_later(cell, [name], setting[:1])


def _variable(trial: Trial, cell: int | None, said: str) -> Iterator[Finding]:
    from jupyter_deploy.preflight.variables import not_set

    found = _NO_VARIABLE.search(said)
    if found is not None and not trial.says(("variable_not_set",), found[1]):
        yield not_set(cell, [found[1]])


def _question(trial: Trial, cell: int | None, said: str) -> Iterator[Finding]:
    from jupyter_deploy.preflight.questions import question

    if not trial.says(("asks_input",)):
        yield question(cell, "getpass" if "getpass" in said else "input")


_MAKERS: dict[str, Callable[[Trial, int | None, str], Iterator[Finding]]] = {
    "ModuleNotFoundError": _module,
    "ImportError": _module,
    "NameError": _name,
    "UndefinedVariableError": _name,  # of pandas: `@limit` in a query
    "KeyError": _key,
    "AttributeError": _attribute,
    "UsageError": _variable,
    "StdinNotImplementedError": _question,
}


def installs(trial: Trial, seen: Sequence[tuple[int | None, str]]) -> Iterator[Finding]:
    """Packages that a process was started to install, where the source does not show it."""
    if not seen or trial.says(("installs_package",)):
        return
    from jupyter_deploy.preflight.installs import install, packages_of
    from jupyter_deploy.preflight.magics import words

    found: dict[int | None, list[str]] = {}
    for cell, command in seen:
        names = packages_of(words(command))
        if names is not None:
            found.setdefault(cell, []).extend(names)
    yield from (install(cell, names) for cell, names in found.items())
