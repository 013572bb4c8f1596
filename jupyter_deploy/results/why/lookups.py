"""What an error does not say itself but the captured files, cells and packages do."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from jupyter_deploy.results.cells import read_results
from jupyter_deploy.results.inputs import ALIKE, TableChange, likeness
from jupyter_deploy.results.why.failure import Failure, profile_of
from jupyter_deploy.results.why.suspects import module_of

#: Names that one text lists.
MOST = 4
#: Code that writes a file.
_WRITES = re.compile(r"""['"][wax]b?\+?['"]|\bto_\w+\(|\.save\w*\(|\bdump\(|\.write_\w+\(""")
_ADDRESS = re.compile(r"host=['\"]([^'\"]+)['\"], port=(\d+)")


@dataclass(frozen=True)
class Finding:
    """What was found; `kind` and `do` of None are those of the table's row."""

    what: str
    score: float
    do: str | None = None
    kind: str | None = None


def module(failure: Failure, match: re.Match[str]) -> Finding:
    """A module that is not there: a package, or a file of the project."""
    wanted = match["module"]
    top = wanted.partition(".")[0]
    own = next((f.path for f in failure.run.files if _stem(f.path) == top), None)
    if own is not None:
        return Finding(
            f"the module `{top}` is the captured file {own}, whose folder Python does not search",
            0.9, "import it from the notebook's folder, or add its folder to sys.path", "code",
        )  # fmt: skip
    now, then = _version(failure.run.packages, top), _version(_good_packages(failure), top)
    if now is not None:
        return Finding(f"the installed {now} has no module `{wanted}`{_before(failure, then)}", 0.9)
    what = f"the module `{top}` is not installed in the kernel's environment"
    gone = failure.good and next((f.path for f in failure.good.files if _stem(f.path) == top), None)
    if gone and failure.good:
        what = f"the file {gone}, which run {failure.good.run} had, is not captured any more"
        return Finding(what, 0.95, "add it to the deployment's files and deploy again", "inputs")
    return Finding(what + _before(failure, then), 0.95 if then else 0.9)


def member(failure: Failure, match: re.Match[str]) -> Finding | None:
    """A name that a module does not have: another version, or a file that hides the module."""
    wanted, name = match["module"], match["member"]
    top = wanted.partition(".")[0]
    own = next((f.path for f in failure.run.files if _stem(f.path) == top), None)
    if own is not None:
        return Finding(f"the captured file {own} has no `{name}`", 0.8,
                       "deploy the file and the notebook that belong together", "code")  # fmt: skip
    now, then = _version(failure.run.packages, top), _version(_good_packages(failure), top)
    if now is None:
        return None
    what = f"`{name}` is not in {wanted} of the installed {now}"
    changed = then is not None and then != now
    return Finding(what + (_before(failure, then) if changed else ""), 0.95 if changed else 0.6)


def _version(packages: object, module_name: str) -> str | None:
    """`pandas 2.2.3`, the package that gives this module."""
    if isinstance(packages, dict):
        for name, version in packages.items():
            if module_of(name) == module_name.lower() or module_of(name) == module_name:
                return f"{name} {version}"
    return None


def _good_packages(failure: Failure) -> object:
    return failure.good.packages if failure.good else None


def _before(failure: Failure, version: str | None) -> str:
    return f" (run {failure.good.run} had {version})" if version and failure.good else ""


def _stem(path: str) -> str:
    pure = PurePosixPath(path)
    if pure.name == "__init__.py":
        return pure.parent.name
    return pure.stem if pure.suffix == ".py" else ""


def file(failure: Failure, match: re.Match[str]) -> Finding:
    """A file that is not there: which one, and which ones are."""
    path = match["path"]
    if _WRITES.search(failure.cell_line):
        folder = posixpath.dirname(path) or path
        return Finding(f"the folder {folder} does not exist where the notebook runs", 0.85,
                       "let the notebook make it before it writes there", "code")  # fmt: skip
    captured = [item.path for item in failure.run.files]
    if posixpath.isabs(path) or re.match(r"[A-Za-z]:[\\/]", path):
        return Finding(f"the file {path} is not on the machine that ran it", 0.8,
                       "write its path relative to the notebook and add it to the deployment's "
                       "files", "machine")  # fmt: skip
    own = posixpath.dirname(failure.run.notebook)
    target = posixpath.normpath(posixpath.join(own, path))
    return _elsewhere(path, target, captured) or _not_captured(failure, path, target, captured)


def _elsewhere(path: str, target: str, captured: list[str]) -> Finding | None:
    """The file under another spelling, or in another folder."""
    if target in captured:
        return Finding(f"the file {path} was captured, but was gone when the cell ran", 0.7,
                       "look which cell above removes or renames it", "code")  # fmt: skip
    for other in captured:
        if other.casefold() == target.casefold():
            return Finding(f"the file {path} is captured as {other}: upper and lower case differ",
                           0.95, "write the name as it is", "code")  # fmt: skip
    for other in captured:
        if posixpath.basename(other).casefold() == posixpath.basename(target).casefold():
            return Finding(f"the file {path} is not there; it was captured as {other}", 0.9,
                           "a path is relative to the notebook's own folder: correct it",
                           "code")  # fmt: skip
    return None


def _not_captured(failure: Failure, path: str, target: str, captured: list[str]) -> Finding:
    had = failure.good and any(item.path == target for item in failure.good.files)
    before = f" (run {failure.good.run} had it)" if had and failure.good else ""
    some = ", ".join(captured[:MOST]) + (" and others" if len(captured) > MOST else "")
    others = f"; captured are {some}" if captured else "; no files are"
    return Finding(f"the file {path} was not captured{before}{others}", 0.95 if had else 0.85,
                   f"deploy again with `--files {target}`")  # fmt: skip


def key(failure: Failure, match: re.Match[str]) -> Finding | None:
    """A key that is not there: a variable of the environment, or a column of a table."""
    wanted = re.findall(r"'([^']+)'", match["key"]) or [match["key"].strip("\"' ")]
    files = failure.trace.files
    if files and re.search(r"<frozen os>|[/\\]os\.py$", files[-1]):
        return Finding(f"the environment variable `{wanted[0]}` is not set where the engine runs",
                       0.9, "set it there before the engine starts, or make it a parameter",
                       "machine")  # fmt: skip
    for name in wanted:
        found = _vanished(failure, name) or _closest(failure, name)
        if found is not None:
            return found
    return None


def attribute(failure: Failure, match: re.Match[str]) -> Finding | None:
    """A table gives its columns as attributes, too."""
    if match["type"] not in ("DataFrame", "LazyFrame"):
        return None
    return _vanished(failure, match["key"]) or _closest(failure, match["key"])


def _vanished(failure: Failure, column: str) -> Finding | None:
    """A column that a captured file had in the last good run."""
    for path, change in _changes(failure):
        if column not in change.removed or failure.good is None:
            continue
        other = change.renamed.get(column)
        now = f"; `{other}` has taken its place" if other else ""
        return Finding(
            f"{path} has no column `{column}` (it had one in run {failure.good.run}){now}", 0.97,
            f"use `{other}` in the cell, or mend the file" if other else
            "mend the file, or change the cell", "inputs",
        )  # fmt: skip
    return None


def _changes(failure: Failure) -> Iterator[tuple[str, TableChange]]:
    before = {item.path: item for item in failure.good.files} if failure.good else {}
    for item in failure.run.files:
        old = before.get(item.path)
        if old is not None and old.digest != item.digest:
            a, b = (profile_of(failure.profiler, side) for side in (old, item))
            if a and b:
                yield item.path, TableChange(a, b)


def _closest(failure: Failure, column: str) -> Finding | None:
    """A column of a captured file that is spelled alike."""
    best: tuple[float, str, str] | None = None
    for item, profile in failure.tables():
        if column in profile.columns:
            return None  # it is lost on the way, not in the file
        for name in profile.columns:
            likely = likeness(column, name)
            if likely >= ALIKE and (best is None or likely > best[0]):
                best = (likely, name, item.path)
    if best is None:
        return None
    _, name, path = best
    return Finding(f"there is no column `{column}`; the closest one in {path} is `{name}`", 0.7,
                   "use the name that the file has", "inputs")  # fmt: skip


def name(failure: Failure, match: re.Match[str]) -> Finding:
    """A name that no cell above defines."""
    wanted, here = match["name"], failure.run.cell
    defining = [place for place, names in failure.cell_names.items() if wanted in names.defined]
    later = [place for place in defining if here is not None and place > here]
    restart = "restart the kernel and run all cells in order before you deploy"
    if later:
        return Finding(f"`{wanted}` is defined only in cell {later[0] + 1}, which runs later", 0.95,
                       f"move that cell up; {restart}")  # fmt: skip
    if defining:
        return Finding(f"`{wanted}` is not defined when the cell runs", 0.6,
                       f"look why cell {defining[0] + 1} did not define it")  # fmt: skip
    known = {other for names in failure.cell_names.values() for other in names.defined}
    best = max(known, key=lambda other: likeness(wanted, other), default="")
    if best and likeness(wanted, best) >= 0.75:
        return Finding(f"no cell defines `{wanted}`; perhaps `{best}` is meant", 0.9,
                       "correct the name")  # fmt: skip
    return Finding(
        f"no cell defines `{wanted}`; it may have been left over in your session from a cell that "
        "is gone", 0.9, f"define it above; {restart}",
    )  # fmt: skip


def text_value(failure: Failure, match: re.Match[str]) -> Finding | None:
    """The place in a captured table where a value stands."""
    value = match["value"]
    for item, _ in failure.tables():
        found = failure.profiler.find(Path(item.blob or ""), item.path, value)
        if found is not None:
            return Finding(
                f"'{value}' in row {found.row}, column `{found.column}`, of {item.path} is not a "
                "number", 0.85, kind="inputs",
            )  # fmt: skip
    return None


def empty(failure: Failure, _match: re.Match[str]) -> Finding | None:
    """A table without rows that the notebook reads."""
    for item, profile in failure.tables():
        if profile.rows == 0 and failure.is_mentioned(item.path):
            return Finding(f"{item.path} has no rows ({failure.name})", 0.9,
                           "look where its data comes from", "inputs")  # fmt: skip
    return None


def address(failure: Failure, _match: re.Match[str]) -> Finding | None:
    """Whom the notebook asked, where the error says so."""
    found = _ADDRESS.search(failure.value)
    if found is None:
        return None
    host = f"{found[1]}:{found[2]}"
    return Finding(f"{host} refused the connection: nothing listens there", 0.7)


def usual(failure: Failure, match: re.Match[str]) -> Finding | None:
    """How long the cell took in the last good run."""
    took = _usual(failure)
    if took is None or failure.good is None:
        return None
    which = "cell" if "The cell" in match[0] else "run"
    return Finding(
        f"the {which} took longer than its limit of {match['limit']}; "
        f"{'it' if which == 'cell' else 'the whole'} took {took:.3g} s in run {failure.good.run}",
        0.0,
    )


def _usual(failure: Failure) -> float | None:
    if failure.good is None or failure.run.cell is None:
        return failure.good.duration if failure.good else None
    if failure.good.executed is None:
        return None
    old = next((a for a, b in failure.pairs if a and b and b.index == failure.run.cell), None)
    cells = read_results(Path(failure.good.executed).read_bytes()).cells
    return next((c.duration for c in cells if old and c.index == old.index), None)
