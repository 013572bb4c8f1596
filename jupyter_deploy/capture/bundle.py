"""The capture of a notebook: everything that a later run needs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_deploy.capture.files import capture_file, check_total, find_files, vanished
from jupyter_deploy.capture.git import provenance
from jupyter_deploy.capture.root import find_root
from jupyter_deploy.domain.bundle import Bundle, CapturedFile, digest_of
from jupyter_deploy.domain.environment import Environment
from jupyter_deploy.errors import Forbidden, InvalidInput, InvalidNotebook, NotFound
from jupyter_deploy.kernels.snapshot import snapshot_environment
from jupyter_deploy.kernels.specs import find_kernel
from jupyter_deploy.notebook.documents import (
    Notebook,
    dump_notebook,
    read_notebook,
    source_only,
)
from jupyter_deploy.notebook.parameters import inspect_parameters


@dataclass(frozen=True)
class Captured:
    """A bundle and its contents by digest: bytes, or a file to read them from."""

    bundle: Bundle
    environment: Environment | None
    contents: Mapping[str, bytes | Path]


def capture(
    notebook: Path,
    *,
    limit: Path | None = None,
    base: Path | None = None,
    patterns: Sequence[str] = (),
    kernel: str | None = None,
) -> Captured:
    """Capture a notebook and the files that the patterns name.

    Nothing may lie outside `limit` (default: the project folder); patterns are
    relative to `base` (default: the notebook's folder). Raises NotFound,
    Forbidden, InvalidNotebook, InvalidInput, TooLarge or Conflict.
    """
    path, content = _read(notebook, limit)
    root = find_root(path, limit.resolve() if limit else None)
    document, findings = read_notebook(content, path.name)
    found, more = find_kernel(*_wanted(document, kernel))
    parameters, known = inspect_parameters(document, found.name, found.language)
    environment = snapshot_environment(found)
    source = dump_notebook(source_only(document))
    paths = [
        item for item in find_files(patterns, _base(base, path), root) if item != path
    ]
    files = tuple(capture_file(item, root) for item in paths)
    check_total(files)
    name = path.relative_to(root).as_posix()
    bundle = Bundle(
        notebook=CapturedFile(name, digest_of(source), len(source)),
        files=files,
        parameters=parameters,
        parameters_known=known,
        kernel=found,
        environment=environment.digest if environment else None,
        packages=len(environment.packages) if environment else None,
        git=provenance(root),
        cells=_count(document),
        findings=(*findings, *more),
    )
    contents: dict[str, bytes | Path] = {
        item.digest: path for item, path in zip(files, paths, strict=True)
    }
    contents[bundle.notebook.digest] = source
    return Captured(bundle, environment, contents)


def _read(notebook: Path, limit: Path | None) -> tuple[Path, bytes]:
    path = notebook.resolve()
    if limit is not None and not path.is_relative_to(limit.resolve()):
        raise Forbidden(
            f"{notebook.name} lies outside {limit}.",
            field="notebook",
            hint="Move the notebook into that folder.",
        )
    if path.is_dir():
        raise InvalidInput(f"{notebook} is a folder, not a notebook.", field="notebook")
    try:
        return path, path.read_bytes()
    except FileNotFoundError:
        raise NotFound(
            f"There is no notebook {notebook}.",
            field="notebook",
            hint="Check the path; it may have been moved or renamed.",
        ) from None
    except OSError as error:
        raise vanished(path, error) from error


def _base(base: Path | None, notebook: Path) -> Path:
    return base.resolve() if base else notebook.parent


def _wanted(notebook: Notebook, kernel: str | None) -> tuple[str | None, str | None]:
    """Name and language of the kernel that the notebook asks for."""
    spec: Any = notebook.metadata.get("kernelspec", {})
    info: Any = notebook.metadata.get("language_info", {})
    if not isinstance(spec, dict) or not isinstance(info, dict):
        raise InvalidNotebook(
            "The notebook's kernel is not described in a usable form."
        )
    name = kernel or spec.get("name") or None
    language = spec.get("language") or info.get("name") or None
    return name, str(language).lower() if language else None


def _count(notebook: Notebook) -> int:
    return sum(
        1 for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()
    )
