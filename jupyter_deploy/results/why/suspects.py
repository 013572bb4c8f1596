"""What differs from the last good run, each weighed by how near to the failure it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jupyter_deploy.results.cells import Cell
from jupyter_deploy.results.inputs import TableChange
from jupyter_deploy.results.why.failure import Failure, profile_of
from jupyter_deploy.results.why.names import names_of
from jupyter_deploy.results.why.sides import Cause, Input, Side

#: Packages that are imported under another name.
_IMPORTED_AS = {
    "beautifulsoup4": "bs4",
    "opencv-python": "cv2",
    "pillow": "PIL",
    "python-dateutil": "dateutil",
    "pyyaml": "yaml",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
}
#: Names of packages, columns and cells that one message lists.
MOST = 5
#: Changes of rows and shares of gaps that are told.
GROWTH, GAPS = 0.2, 0.1


def suspects(failure: Failure, good: Side) -> list[Cause]:
    """All that differs, in no order."""
    return [
        *_code(failure, good),
        *_files(failure, good),
        *_parameters(failure, good),
        *_packages(failure, good),
        *_machine(failure.run, good),
    ]


def _code(failure: Failure, good: Side) -> Iterator[Cause]:
    """Cells at and above the failing one; what is below never ran."""
    if not failure.old:
        return
    last = failure.run.cell
    for old, new in failure.pairs:
        if new is None and old is not None:
            yield from _removed_cell(failure, old, good)
        elif new is None or new.index is None or (last is not None and new.index > last):
            continue
        elif old is None or old.source != new.source:
            yield _changed_cell(failure, old, new, good)


def _removed_cell(failure: Failure, old: Cell, good: Side) -> Iterator[Cause]:
    lost = sorted(names_of(old.source).defined & failure.names.used)
    above = {name for place in failure.needed for name in failure.cell_names[place].defined}
    missing = [name for name in lost if name not in above]
    if missing:
        names = _listed([f"`{name}`" for name in missing])
        where = _cell(old.index)
        yield Cause("code", 0.85, f"{where} of run {good.run}, which defined {names}, is gone")


def _changed_cell(failure: Failure, old: Cell | None, new: Cell, good: Side) -> Cause:
    where = _cell(new.index)
    what = f"was changed since run {good.run}" if old else f"is new since run {good.run}"
    if new.index == failure.run.cell:
        known = old is not None and failure.cell_line in old.source
        return Cause("code", 0.7 if known else 0.9, f"{where}, which failed, {what}")
    name = failure.needed.get(new.index if new.index is not None else -1)
    if name is None:
        return Cause("code", 0.2, f"{where} {what}")
    direct = name in failure.names.used
    return Cause("code", 0.7 if direct else 0.5, f"{where}, which defines `{name}`, {what}")


def _files(failure: Failure, good: Side) -> Iterator[Cause]:
    before = {item.path: item for item in good.files}
    after = {item.path: item for item in failure.run.files}
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if old and new and old.digest == new.digest:
            continue
        near = 0.2 if failure.is_mentioned(path) else 0.0
        if new is None:
            score = 0.5 + near
            yield Cause("inputs", score, f"file {path}, which run {good.run} had, is not captured")
        elif old is None:
            yield Cause("inputs", 0.15 + near, f"file {path} is new since run {good.run}")
        elif path.endswith((".py", ".R", ".jl")):
            yield _module(failure, new, good)
        else:
            yield _data(failure, old, new, good, near)


def _module(failure: Failure, new: Input, good: Side) -> Cause:
    """A file of code is a cause of that kind."""
    message = f"file {new.path} was changed since run {good.run}"
    if any(failure.captured(file) == new for file in failure.trace.files):
        return Cause("code", 0.9, f"{message}, and the error came out of it")
    stem = new.path.rpartition("/")[2].partition(".")[0]
    used = any(stem in module.split(".") for module in failure.modules.values())
    return Cause("code", 0.5 if used else 0.25, message)


def _data(failure: Failure, old: Input, new: Input, good: Side, near: float) -> Cause:
    if new.size == 0:
        return Cause(
            "inputs", 0.75 + near, f"file {new.path} is empty (it was not in run {good.run})"
        )
    a, b = (profile_of(failure.profiler, item) for item in (old, new))
    if a and b:
        score, message = _table(TableChange(a, b), good.run)
        return Cause("inputs", score + near, f"file {new.path} {message}")
    return Cause(
        "inputs", 0.3 + near,
        f"file {new.path} has other content than in run {good.run} "
        f"({new.size:,} bytes, {old.size:,} then)",
    )  # fmt: skip


def _table(change: TableChange, good: int) -> tuple[float, str]:
    """A score and what became of the table."""
    told = [*_columns(change), *_rows(change), *_gaps(change)]
    if not told:
        told = [(0.25, "has other values")]
    cut = f" ({change.cut} was read)" if change.cut else ""
    message = ", ".join(text for _, text in told) + f", compared with run {good}{cut}"
    return max(score for score, _ in told), message


def _columns(change: TableChange) -> Iterator[tuple[float, str]]:
    renamed = change.renamed
    for old, new in list(renamed.items())[:MOST]:
        yield 0.75, f"has the column `{new}` where `{old}` was"
    gone = [f"`{name}`" for name in change.removed if name not in renamed]
    if gone:
        yield 0.75, f"has lost the column{'s' if len(gone) > 1 else ''} {_listed(gone)}"
    came = [f"`{name}`" for name in change.added if name not in renamed.values()]
    if came:
        yield 0.3, f"has {len(came)} new column{'s' if len(came) > 1 else ''} {_listed(came)}"


def _rows(change: TableChange) -> Iterator[tuple[float, str]]:
    growth = change.growth
    if growth is None or not change.old.rows:
        return
    if change.new.rows == 0:
        yield 0.75, f"has no rows (it had {change.old.rows:,})"
    elif abs(growth) >= GROWTH:
        word = "fewer" if growth < 0 else "more"
        percent = f"{abs(growth):.0%}".replace("%", " %")
        score = 0.55 if growth < 0 else 0.4
        yield score, f"has {percent} {word} rows ({change.new.rows:,}, {change.old.rows:,} before)"


def _gaps(change: TableChange) -> Iterator[tuple[float, str]]:
    for name, share in change.new.gaps.items():
        before = change.old.gaps.get(name)
        if before is not None and share - before >= GAPS:
            yield (
                0.5,
                f"lacks {share:.0%} of the values of `{name}` ({before:.0%} before)".replace(
                    "%", " %"
                ),
            )


def _parameters(failure: Failure, good: Side) -> Iterator[Cause]:
    old, new = good.parameters, failure.run.parameters
    for name in sorted({*old, *new}):
        if name in old and name in new and old[name] == new[name]:
            continue
        now = _value(new[name]) if name in new else "the notebook's own"
        then = _value(old[name]) if name in old else "the notebook's own"
        message = f"parameter `{name}` is {now} ({then} in run {good.run})"
        yield Cause("parameters", _nearness(failure, name), message)


def _nearness(failure: Failure, name: str) -> float:
    """How near a parameter's use is to the failure."""
    if re.search(rf"\b{re.escape(name)}\b", failure.cell_line):
        return 0.8
    if name in failure.names.used:
        return 0.7
    uses = (failure.cell_names[place].used for place in failure.needed)
    return 0.5 if any(name in used for used in uses) else 0.2


def _value(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _packages(failure: Failure, good: Side) -> Iterator[Cause]:
    """The near ones one by one, the rest in one cause."""
    old, new = good.packages, failure.run.packages
    if old is None or new is None:
        return
    far = []
    for name in sorted({*old, *new}):
        if old.get(name) == new.get(name):
            continue
        score = _package_score(failure, name)
        if score:
            yield Cause("packages", score, _package(name, old.get(name), new.get(name), good.run))
        else:
            far.append(name)
    if far:
        names = _listed(far)
        plural = "s" if len(far) > 1 else ""
        yield Cause("packages", 0.1, f"{len(far)} package{plural} that the notebook does not "
                    f"import changed since run {good.run}: {names}")  # fmt: skip


def _package(name: str, old: str | None, new: str | None, good: int) -> str:
    if new is None:
        return f"package {name} {old} of run {good} is no longer installed"
    then = f"{old} in run {good}" if old else f"not installed in run {good}"
    return f"package {name} is {new} ({then})"


def module_of(package: str) -> str:
    """The name under which a package is imported."""
    plain = package.lower()
    return _IMPORTED_AS.get(plain, plain.replace("-", "_"))


def _package_score(failure: Failure, package: str) -> float:
    module = module_of(package)
    if any(f"-packages/{module}/" in file.replace("\\", "/") for file in failure.trace.files):
        return 0.8
    if module == failure.value.partition("'")[2].partition("'")[0].partition(".")[0]:
        return 0.8
    stands_for = {name: full.partition(".")[0] for name, full in failure.modules.items()}
    if any(stands_for.get(name) == module for name in failure.names.used | failure.names.defined):
        return 0.6
    return 0.3 if module in stands_for.values() else 0.0


def _machine(run: Side, good: Side) -> Iterator[Cause]:
    if run.kernel != good.kernel:
        message = f"the kernel is {run.kernel!r} ({good.kernel!r} in run {good.run})"
        yield Cause("machine", 0.5, message)
    if run.python and good.python and run.python != good.python:
        minor = run.python.split(".")[:2] != good.python.split(".")[:2]
        message = f"Python is {run.python} ({good.python} in run {good.run})"
        yield Cause("machine", 0.45 if minor else 0.15, message)
    if run.host and good.host and run.host != good.host:
        yield Cause("machine", 0.35, f"it ran on {run.host} (on {good.host} in run {good.run})")
    if run.platform and good.platform and run.platform != good.platform:
        message = f"the system is {run.platform} ({good.platform} in run {good.run})"
        yield Cause("machine", 0.2, message)


def _cell(index: int | None) -> str:
    return "the parameters cell" if index is None else f"cell {index + 1}"


def _listed(names: list[str]) -> str:
    more = len(names) - MOST
    return ", ".join(names[:MOST]) + (f" and {more} more" if more > 0 else "")
