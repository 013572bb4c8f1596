"""Reading notebooks, mending what can be mended and saying so."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import nbformat
from nbformat.validator import NotebookValidationError

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.errors import InvalidNotebook

Notebook = nbformat.NotebookNode
_OPEN_HINT = "Open it in JupyterLab and save it again."
MINOR = 5


def read_notebook(content: bytes, name: str) -> tuple[Notebook, tuple[Finding, ...]]:
    """The notebook in format 4.5 with ids, and what was mended.

    Raises InvalidNotebook with one sentence.
    """
    document = _parse(content, name)
    findings: list[Finding] = []
    notebook = _to_current_format(document, name, findings)
    if _mend(notebook):
        findings.append(
            _finding("notebook_mended", f"{name} had slips in its form; mended.")
        )
    _check(notebook, name)
    return notebook, tuple(findings)


def dump_notebook(notebook: Notebook) -> bytes:
    """One spelling per notebook, as Jupyter writes it."""
    return (
        json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    ).encode()


def source_only(notebook: Notebook) -> Notebook:
    """The notebook without what earlier executions left in it."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            for key in ("execution", "papermill", "ExecuteTime", "collapsed"):
                cell.metadata.pop(key, None)
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    return notebook


def _parse(content: bytes, name: str) -> dict[str, Any]:
    if not content.strip():
        raise InvalidNotebook(f"{name} is empty.", field="notebook", hint=_OPEN_HINT)
    try:
        document = json.loads(content.decode("utf-8-sig"))
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise InvalidNotebook(
            f"{name} holds half a character (a lone surrogate).",
            field="notebook",
            hint=_OPEN_HINT,
        ) from None
    except RecursionError:
        raise InvalidNotebook(
            f"{name} is nested too deeply.", field="notebook"
        ) from None
    except ValueError as error:
        raise InvalidNotebook(
            f"{name} is not a notebook: it is not JSON ({error}).",
            field="notebook",
            hint=_OPEN_HINT,
        ) from None
    if not _is_notebook(document):
        raise InvalidNotebook(
            f"{name} is JSON but not a notebook.",
            field="notebook",
            hint="Choose a file that Jupyter opens as a notebook.",
        )
    return document  # type: ignore[no-any-return]


def _is_notebook(document: Any) -> bool:
    if not isinstance(document, dict):
        return False
    cells = document.get("cells", document.get("worksheets"))
    return isinstance(cells, list) and isinstance(document.get("nbformat"), int)


def _to_current_format(
    document: dict[str, Any], name: str, findings: list[Finding]
) -> Notebook:
    version = document["nbformat"]
    if version > nbformat.current_nbformat:
        raise InvalidNotebook(
            f"{name} has notebook format {version}, newer than this version can read.",
            field="notebook",
            hint="Upgrade jupyterlab-deploy and nbformat.",
        )
    if version < nbformat.current_nbformat:
        findings.append(
            _finding(
                "nbformat_upgraded",
                f"{name} is in the old notebook format {version}; a converted copy is deployed.",
            )
        )
    try:
        notebook = nbformat.convert(
            nbformat.from_dict(document),
            nbformat.current_nbformat,  # type: ignore[no-untyped-call]
        )
    except Exception as error:  # the converters fail in any way on malformed cells
        raise InvalidNotebook(
            f"{name} cannot be converted from notebook format {version}: {error}",
            field="notebook",
            hint=_OPEN_HINT,
        ) from error
    return notebook  # type: ignore[no-any-return]


def _mend(notebook: Notebook) -> bool:
    """Supply what the format asks for and programs forget; true when something was."""
    if not isinstance(notebook.get("metadata"), dict):
        notebook["metadata"] = nbformat.from_dict({})  # type: ignore[no-untyped-call]
    mended = False
    for cell in notebook.cells:
        if not isinstance(cell, dict):
            continue
        wanted: dict[str, Any] = {"metadata": nbformat.from_dict({}), "source": ""}  # type: ignore[no-untyped-call]
        if cell.get("cell_type") == "code":
            wanted |= {"outputs": [], "execution_count": None}
        for key, value in wanted.items():
            if key not in cell:
                cell[key], mended = value, True
        if isinstance(cell.get("source"), list):
            cell["source"] = "".join(str(line) for line in cell["source"])
    _give_ids(notebook)
    return mended


def _give_ids(notebook: Notebook) -> None:
    """Ids made from position and source: the same file gives the same bundle."""
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        if not isinstance(cell, dict):
            continue
        held = cell.get("id")
        if (
            not isinstance(held, str)
            or not held
            or held in seen
            or notebook.nbformat_minor < MINOR
        ):
            text = f"{number}:{cell.get('source')}"
            cell["id"] = hashlib.sha256(text.encode()).hexdigest()[:12]
        seen.add(cell["id"])
    notebook["nbformat_minor"] = max(MINOR, notebook.nbformat_minor)


def _check(notebook: Notebook, name: str) -> None:
    try:
        nbformat.validate(notebook, relax_add_props=True)  # type: ignore[no-untyped-call]
    except (NotebookValidationError, RecursionError) as error:
        first = str(error).strip().splitlines()[0]
        raise InvalidNotebook(
            f"{name} is not a valid notebook: {first}",
            field="notebook",
            hint=_OPEN_HINT,
        ) from error


def _finding(cause: str, message: str) -> Finding:
    return Finding(cause=cause, cell=None, message=message, fix=None)
