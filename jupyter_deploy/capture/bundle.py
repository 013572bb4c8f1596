"""The capture of a notebook: everything that a later run needs."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from jupyter_deploy.capture.drift import not_recorded
from jupyter_deploy.capture.files import MAX_BYTES, capture_file, find_files, name_below, unreadable
from jupyter_deploy.capture.git import provenance
from jupyter_deploy.capture.locks import LIVE, lock
from jupyter_deploy.capture.root import find_root
from jupyter_deploy.domain.bundle import (
    Bundle,
    CapturedFile,
    Finding,
    Kernel,
    Parameter,
    PossibleParameter,
    Start,
    digest_of,
)
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.domain.variables import is_passed
from jupyter_deploy.errors import Forbidden, InvalidInput, NotFound, TooLarge
from jupyter_deploy.kernels.importable import find_modules
from jupyter_deploy.kernels.snapshot import snapshot_environment
from jupyter_deploy.kernels.specs import find_kernel, start_of
from jupyter_deploy.notebook.documents import (
    Notebook,
    dump_notebook,
    read_notebook,
)
from jupyter_deploy.notebook.parameters import inspect_parameters
from jupyter_deploy.notebook.upstreams import find_upstreams
from jupyter_deploy.preflight.check import check, propose
from jupyter_deploy.preflight.place import Place
from jupyter_deploy.preflight.variables import variables_of


@dataclass(frozen=True)
class Captured:
    """A bundle and its contents by digest: bytes, or a file to read them from.

    `origin` is the notebook's absolute path, None when that is no text; `possible` is what
    could become a parameter, told of a notebook that is only looked at.
    """

    bundle: Bundle
    environment: Environment | None
    contents: Mapping[str, bytes | Path]
    origin: str | None = None
    possible: tuple[PossibleParameter, ...] = ()


def capture(
    notebook: Path,
    *,
    limit: Path | None = None,
    base: Path | None = None,
    patterns: Sequence[str] = (),
    kernel: str | None = None,
    environment: str | Path | None = LIVE,
    packages: Sequence[str] = (),
    look_only: bool = False,
    secrets: Sequence[str] = (),
    passed: Sequence[str] = (),
    given: Collection[str] = (),
) -> Captured:
    """Capture a notebook and the files that the patterns name.

    Nothing may lie outside `limit` (default: the project folder); patterns are
    relative to `base` (default: the notebook's folder). `environment` is `live`,
    `locked` or the path of a lock, None for locked where that is possible; `packages`
    are requirements to lock beside what the kernel has. With `look_only` nothing is
    locked, which takes its time, and findings come with changes of the notebook. Runs
    have the `secrets` as variables, and of those of the engine the ones that are `passed`
    beside the usual ones; `given` are names of parameters that are to have values. Raises
    NotFound, Forbidden, InvalidNotebook, InvalidInput, TooLarge or Conflict.
    """
    path, content = _read(notebook, limit)
    root = find_root(path, limit.resolve() if limit else None)
    name = name_below(path, root, "notebook")
    document, findings = read_notebook(content, path.name)
    found, more = find_kernel(*_wanted(document, kernel))
    parameters, known = inspect_parameters(document, found.name, found.language)
    snapshot = snapshot_environment(found)
    start = start_of(found)
    wanted = LIVE if look_only else environment
    locked, unlocked = lock(found, start, snapshot, wanted, () if look_only else packages)
    source = dump_notebook(document)
    paths = [item for item in find_files(patterns, _base(base, path), root) if item != path]
    files = tuple(capture_file(item, root) for item in paths)
    place = Place(
        folder=path.parent,
        root=root,
        base=_base(base, path),
        taken=frozenset(item.path for item in files),
        find=lambda names: find_modules(found, names),
        added=frozenset(packages),
        variables=_variables(start, secrets, passed),
        given=frozenset(given),
    )
    faults, possible = _checked(document, parameters, found, place, look_only)
    bundle = Bundle(
        notebook=CapturedFile(name, digest_of(source), len(source)),
        files=files,
        parameters=parameters,
        parameters_known=known,
        kernel=found,
        environment=snapshot.digest if snapshot else None,
        packages=len(snapshot.packages) if snapshot else None,
        git=provenance(root, [name, *(item.path for item in files)]),
        cells=_count(document),
        findings=(
            *findings,
            *more,
            *(unlocked if snapshot else _not_locked(found)),
            *faults,
        ),
        upstreams=find_upstreams(document, found.language),
        lock=locked.lock if locked else None,
        start=start,
        variables=variables_of(document) if found.language == "python" else (),
    )
    contents: dict[str, bytes | Path] = {
        item.digest: path for item, path in zip(files, paths, strict=True)
    }
    contents[bundle.notebook.digest] = source
    contents.update(locked.contents if locked else {})
    return Captured(bundle, snapshot, contents, _text(path), possible)


def _variables(start: Start, secrets: Sequence[str], passed: Sequence[str]) -> frozenset[str]:
    """What runs have, if the engine's environment is like this one."""
    shared = {name for name in os.environ if is_passed(name, passed)}
    return frozenset({*shared, *secrets, *start.env})


def _checked(
    document: Notebook,
    parameters: Sequence[Parameter],
    kernel: Kernel,
    place: Place,
    look_only: bool,
) -> tuple[tuple[Finding, ...], tuple[PossibleParameter, ...]]:
    """Only of Python is known what its code means."""
    if kernel.language != "python":
        return (), ()
    if look_only:
        return propose(document, parameters, place)
    return check(document, parameters, place), ()


def _not_locked(kernel: Kernel) -> tuple[Finding, ...]:
    return (Finding("environment_not_locked", None, not_recorded(kernel), None),)


def _text(path: Path) -> str | None:
    try:
        path.as_posix().encode()
    except UnicodeEncodeError:  # a folder above, whose name is not UTF-8
        return None
    return path.as_posix()


def _read(notebook: Path, limit: Path | None) -> tuple[Path, bytes]:
    try:
        path = Path(os.path.realpath(notebook))  # unlike resolve(), calm about loops of links
        if limit is not None and not path.is_relative_to(limit.resolve()):
            raise Forbidden(
                f"{notebook.name} lies outside {limit}.",
                field="notebook",
                hint="Move the notebook into that folder.",
            )
        _check_kind(path)
        return path, path.read_bytes()
    except FileNotFoundError:
        raise NotFound(
            f"There is no notebook {notebook}.",
            field="notebook",
            hint="Check the path; it may have been moved or renamed.",
        ) from None
    except ValueError:  # a NUL character
        raise InvalidInput(f"{str(notebook)!r} is not a path.", field="notebook") from None
    except OSError as error:
        raise unreadable(notebook, error, "notebook") from error


def _check_kind(path: Path) -> None:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        raise InvalidInput(
            f"{path.name} is a folder, not a notebook.",
            field="notebook",
            hint="Name the notebook in it.",
        )
    if not stat.S_ISREG(status.st_mode):  # reading a pipe would wait for ever
        raise InvalidInput(f"{path.name} is not a file.", field="notebook")
    if status.st_size > MAX_BYTES:
        raise TooLarge(
            f"{path.name} has {status.st_size // 1024**2} MB, more than {MAX_BYTES // 1024**2} MB.",
            field="notebook",
            hint="Clear its outputs and save it.",
        )


def _base(base: Path | None, notebook: Path) -> Path:
    return base.resolve() if base else notebook.parent


def _wanted(notebook: Notebook, kernel: str | None) -> tuple[str | None, str | None]:
    """Name and language of the kernel that the notebook asks for."""
    spec = notebook.metadata.get("kernelspec", {})
    info = notebook.metadata.get("language_info", {})
    language = spec.get("language") or info.get("name")
    return kernel or spec.get("name") or None, str(language).lower() if language else None


def _count(notebook: Notebook) -> int:
    return sum(1 for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip())
