"""Reading notebooks: what can be mended is mended and said, the rest is refused.

Only the source counts here. What earlier executions left (outputs, counts, times) is
dropped before anything is checked: it must not keep a notebook out of production,
and equal sources are to give equal bundles.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import nbformat
from nbformat.reader import reads
from nbformat.validator import NotebookValidationError

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.errors import InvalidNotebook
from jupyter_deploy.notebook.mending import Slip, mend

Notebook = nbformat.NotebookNode
MAJOR, MINOR = 4, 5
#: Far beyond what programs write, far below where Python's own recursion ends.
MAX_DEPTH = 100
_OPEN_HINT = "Open it in JupyterLab and save it again."
_CHOOSE_HINT = "Choose a file that Jupyter opens as a notebook."
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def read_notebook(content: bytes, name: str) -> tuple[Notebook, tuple[Finding, ...]]:
    """The notebook's source in format 4.5 with cell ids, and what was mended.

    `name` is for the sentences. The same content gives the same notebook, ids
    included. Raises InvalidNotebook (field `notebook`).
    """
    try:
        return _read(content, name)
    except RecursionError:
        raise _too_deep(name) from None


def dump_notebook(notebook: Notebook) -> bytes:
    """One spelling per notebook, as Jupyter writes it."""
    return (json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _read(content: bytes, name: str) -> tuple[Notebook, tuple[Finding, ...]]:
    document = _parse(content, name)
    version = _version(document, name)
    findings = []
    if version < MAJOR:
        message = f"{name} is in the old notebook format {version}; a converted copy is deployed."
        findings.append(Finding("nbformat_upgraded", None, message, _OPEN_HINT))
    try:
        slips = mend(document, version)
    except ValueError as error:
        raise _refused(f"{name} is not a notebook: {error}.", _CHOOSE_HINT) from None
    if slips:
        findings.append(_mended(name, slips))
    if _depth(document) > MAX_DEPTH:
        raise _too_deep(name)
    keeps_ids = version == MAJOR and document["nbformat_minor"] >= MINOR
    notebook = _convert(document, version, name)
    _give_ids(notebook, keeps_ids)
    _check(notebook, name)
    return notebook, tuple(findings)


def _parse(content: bytes, name: str) -> dict[str, Any]:
    if not content.strip():
        raise _refused(f"{name} is empty.", _OPEN_HINT)
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise _refused(f"{name} is not a notebook: it is not UTF-8 text.", _CHOOSE_HINT) from None
    except ValueError as error:
        sentence = f"{name} is not a notebook: it is not JSON ({_short(error)})."
        raise _refused(sentence, _CHOOSE_HINT) from None
    if not isinstance(document, dict):
        raise _refused(f"{name} is JSON but not a notebook.", _CHOOSE_HINT)
    return document


def _version(document: dict[str, Any], name: str) -> int:
    version = document.get("nbformat")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise _refused(f"{name} is JSON but not a notebook.", _CHOOSE_HINT)
    if version > MAJOR:
        raise _refused(
            f"{name} has notebook format {version}, newer than this version can read.",
            "Upgrade jupyterlab-deploy and nbformat.",
        )
    return version


def _mended(name: str, slips: list[Slip]) -> Finding:
    """One finding for all slips, at the cell if they are all in the same one."""
    cells = {slip.cell for slip in slips}
    said = ", ".join(dict.fromkeys(slip.said for slip in slips))
    message = f"{name} had slips in its form, mended in the deployed copy: {said}."
    return Finding("notebook_mended", cells.pop() if len(cells) == 1 else None, message, _OPEN_HINT)


def _depth(document: Any) -> int:
    """Levels of lists and objects; counted without recursion."""
    depth, level = 0, [document]
    while level:
        depth += 1
        children = [item.values() if isinstance(item, dict) else item for item in level]
        level = [item for items in children for item in items if isinstance(item, (dict, list))]
    return depth


def _convert(document: dict[str, Any], version: int, name: str) -> Notebook:
    try:
        text = json.dumps(document, ensure_ascii=False).encode().decode()
        notebook = nbformat.convert(reads(text), MAJOR)
    except UnicodeEncodeError:
        sentence = f"{name} holds half a character (a lone surrogate)."
        raise _refused(sentence, _OPEN_HINT) from None
    except RecursionError:
        raise
    except Exception as error:  # the converters fail in any way on malformed cells
        sentence = f"{name} cannot be read as notebook format {version}: {_short(error)}"
        raise _refused(sentence, _OPEN_HINT) from error
    return notebook  # type: ignore[no-any-return]


def _give_ids(notebook: Notebook, keep: bool) -> None:
    """Ids where none can be kept, made from position and source.

    The converters draw random ones, which would make each deploy a new version.
    """
    seen: set[str] = set()
    for number, cell in enumerate(notebook.cells):
        held = cell.get("id")
        valid = isinstance(held, str) and _ID.fullmatch(held) and held not in seen
        if not keep or not valid:
            text = f"{number}:{cell.get('source')}"
            cell["id"] = hashlib.sha256(text.encode()).hexdigest()[:12]
        seen.add(cell["id"])
    notebook["nbformat_minor"] = max(MINOR, notebook.nbformat_minor)


def _check(notebook: Notebook, name: str) -> None:
    try:
        nbformat.validate(notebook, relax_add_props=True)
    except NotebookValidationError as error:
        sentence = f"{name} is not a valid notebook: {_short(error)}."
        raise _refused(sentence, _OPEN_HINT) from error


def _short(error: Exception) -> str:
    first = (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
    return first if len(first) <= 160 else first[:157] + "..."


def _refused(sentence: str, hint: str) -> InvalidNotebook:
    return InvalidNotebook(sentence, field="notebook", hint=hint)


def _too_deep(name: str) -> InvalidNotebook:
    hint = "Remove the nested metadata from its text."
    return _refused(f"{name} is nested more than {MAX_DEPTH} deep.", hint)
