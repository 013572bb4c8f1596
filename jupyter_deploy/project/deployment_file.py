"""Deployment files: `schedules/NAME.yaml`."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from jupyter_deploy.errors import InvalidInput

FOLDER = "schedules"
#: Members that belong to the format and that this version cannot honour yet.
_LATER = (
    "needs inputs outputs run_on retry timeout secrets checks alerts budget".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class DeploymentFile:
    """One deployment as written down; `notebook` is absolute."""

    name: str
    notebook: Path
    project: Path
    parameters: dict[str, Any]
    schedule: dict[str, Any] | None
    files: tuple[str, ...]


@dataclass(frozen=True)
class FileError:
    """What is wrong in which line (from 1, None when it is about the whole file)."""

    file: str
    line: int | None
    message: str


def load_folder(project: Path) -> tuple[list[DeploymentFile], list[FileError]]:
    """All deployment files of a project and what is wrong with the others.

    Raises InvalidInput when there is no `schedules/` folder with YAML files.
    """
    folder = project if project.name == FOLDER else project / FOLDER
    paths = sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")])
    if not paths:
        raise InvalidInput(
            f"There are no deployment files in {folder}.",
            hint=f"Write {FOLDER}/NAME.yaml with at least `notebook: path.ipynb`.",
        )
    found, errors = [], []
    for path in paths:
        problems = list(_problems(path))
        errors += problems
        if not problems:
            found.append(_read(path, folder.resolve().parent))
    return found, errors


def _read(path: Path, project: Path) -> DeploymentFile:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return DeploymentFile(
        name=document.get("name", path.stem),
        notebook=project / document["notebook"],
        project=project,
        parameters=document.get("parameters", {}),
        schedule=document.get("schedule"),
        files=tuple(document.get("files", ())),
    )


def _problems(path: Path) -> Iterator[FileError]:
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or error
        yield FileError(
            str(path), mark.line + 1 if mark else None, f"This is not YAML: {said}."
        )
        return
    for error in _validator().iter_errors(document):
        for message, place in _sentences(error):
            yield FileError(str(path), _line(root, place), message)


def _sentences(error: ValidationError) -> Iterator[tuple[str, list[str | int]]]:
    place = list(error.absolute_path)
    if error.validator != "additionalProperties":
        where = ".".join(str(part) for part in place)
        yield f"{where}: {error.message}." if where else f"{error.message}.", place
        return
    known = list(error.schema["properties"])
    for name in sorted(set(error.instance) - set(known), key=str):
        yield _unknown(str(name), known, top=not place), [*place, name]


def _unknown(name: str, known: list[str], *, top: bool) -> str:
    if top and name in _LATER:
        return f"{name!r} is not supported by this version yet; remove it to deploy."
    close = difflib.get_close_matches(name, known, 1)
    hint = f" Did you mean {close[0]!r}?" if close else f" Known: {', '.join(known)}."
    return f"{name!r} is unknown.{hint}"


def _line(node: yaml.Node | None, place: list[str | int]) -> int | None:
    """The line of the value at this path, or of the deepest part that exists."""
    line = node.start_mark.line + 1 if node else None
    for part in place:
        if isinstance(node, yaml.MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
            line = node.start_mark.line + 1
    return line


@cache
def _validator() -> Draft202012Validator:
    path = Path(__file__).parent / "deployment.schema.json"
    return Draft202012Validator(json.loads(path.read_text(encoding="utf-8")))
