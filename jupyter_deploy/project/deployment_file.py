"""Deployment files: `schedules/NAME.yaml`."""

from __future__ import annotations

import difflib
import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from jupyter_deploy.domain.names import check_name
from jupyter_deploy.domain.parameters import check_parameters
from jupyter_deploy.domain.policies import POLICIES, read_policies
from jupyter_deploy.domain.preflight import NONE, read_preflight
from jupyter_deploy.domain.publishing import read_outputs
from jupyter_deploy.errors import InvalidInput
from jupyter_deploy.timetable import check_schedule

FOLDER = "schedules"
#: Members that belong to the format and that this version cannot honour yet.
_LATER = {
    "needs",
    "inputs",
    "run_on",
    "checks",
    "alerts",
    "budget",
}


@dataclass(frozen=True)
class DeploymentFile:
    """One deployment as written down in `source`; `notebook` is absolute."""

    name: str
    notebook: Path
    project: Path
    parameters: dict[str, Any]
    schedule: dict[str, Any] | None
    policies: dict[str, Any]
    outputs: dict[str, Any]
    files: tuple[str, ...]
    environment: str | Path | None
    packages: tuple[str, ...]
    preflight: str | dict[str, Any] | None
    source: Path


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
    project = project.resolve()
    folder = project if project.name == FOLDER else project / FOLDER
    paths = sorted(path for path in folder.glob("*") if path.suffix in (".yaml", ".yml"))
    if not paths:
        raise InvalidInput(
            f"There are no deployment files in {folder}.",
            hint=f"Write {FOLDER}/NAME.yaml with at least `notebook: path.ipynb`.",
        )
    found: dict[str, DeploymentFile] = {}
    errors: list[FileError] = []
    for path in paths:
        try:
            item = _load(path, folder.parent)
        except _UnusableError as error:
            errors += error.errors
            continue
        other = found.setdefault(item.name, item)
        if other is not item:
            message = f"The name {item.name!r} is taken by {other.source.name}."
            errors.append(FileError(str(path), None, message))
    return list(found.values()), errors


class _UnusableError(Exception):
    """A file that cannot be applied."""

    def __init__(self, errors: list[FileError]) -> None:
        super().__init__()
        self.errors = errors


def _load(path: Path, project: Path) -> DeploymentFile:
    """Raises _UnusableError."""
    root, document = _parse(path)
    said = [part for error in _validator().iter_errors(document) for part in _sentences(error)]
    if not said:
        said = list(_wrong_values(document, path))
    if said:
        errors = [FileError(str(path), _line(root, place), message) for message, place in said]
        raise _UnusableError(sorted(errors, key=lambda error: error.line or 0))
    return DeploymentFile(
        name=document.get("name", path.stem),
        notebook=project / document["notebook"],
        project=project,
        parameters=document.get("parameters", {}),
        schedule=document.get("schedule"),
        policies={key: document.get(key) for key in POLICIES},
        outputs=document.get("outputs", {}),
        files=tuple(document.get("files", ())),
        environment=_environment(document.get("environment"), project),
        packages=tuple(document.get("packages", ())),
        preflight=document.get("preflight"),
        source=path,
    )


def _environment(said: str | dict[str, str] | None, project: Path) -> str | Path | None:
    """`live`, `locked`, or where the lock lies; None for what is usual."""
    return project / said["lock"] if isinstance(said, dict) else said


class _Loader(yaml.SafeLoader):
    """A key is the word that is written: `on` is not `True`, as in values."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:bool":
                key.tag = "tag:yaml.org,2002:str"
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def _parse(path: Path) -> tuple[yaml.Node, Any]:
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is None:
            raise _UnusableError([FileError(str(path), None, "The file is empty.")])
        repeated = [
            FileError(str(path), line, f"{key!r} is written twice.")
            for key, line in _repeated(root, set())
        ]
        if repeated:
            raise _UnusableError(repeated)
        return root, yaml.load(text, Loader=_Loader)  # noqa: S506, it is a safe one
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        message = f"This is not YAML: {error.problem}.{_quoting_hint(error)}"
        raise _UnusableError(
            [FileError(str(path), mark.line + 1 if mark else None, message)]
        ) from None
    except OSError as error:
        message = f"The file cannot be read: {error.strerror}."
        raise _UnusableError([FileError(str(path), None, message)]) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        # ValueError: not UTF-8, or a date like 2026-13-01
        first = (str(error).splitlines() or ["nested too deeply"])[0]
        raise _UnusableError([FileError(str(path), None, f"This is not YAML: {first}.")]) from None


def _quoting_hint(error: yaml.MarkedYAMLError) -> str:
    """`cron: * 6 * * *` is the slip that everybody makes once."""
    aliased = "alias" in f"{error.context} {error.problem}"
    return " Put a value that begins with * into quotes." if aliased else ""


def _repeated(node: yaml.Node, seen: set[int]) -> Iterator[tuple[str, int]]:
    """Keys that a mapping has twice, of which YAML would silently keep the last."""
    if id(node) in seen:
        return
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if isinstance(key.value, str) and key.value in keys:
                yield key.value, key.start_mark.line + 1
            elif isinstance(key.value, str):
                keys.add(key.value)
            yield from _repeated(value, seen)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated(value, seen)


def _wrong_values(document: dict[str, Any], path: Path) -> Iterator[tuple[str, list[str | int]]]:
    """What is of the right form and still cannot be applied, with its place."""
    try:
        check_name(document.get("name", path.stem))
    except InvalidInput as error:
        yield _said(error), ["name"]
    schedule = document.get("schedule")
    if schedule:
        try:
            check_schedule(schedule["cron"], schedule["timezone"], datetime.now(timezone.utc))
        except InvalidInput as error:
            yield _said(error), [*(error.field or "schedule").split(".")]
        if math.isnan(schedule.get("jitter", 0)):  # which is beyond no limit of the schema
            yield "schedule.jitter is a number of seconds, not nan.", ["schedule", "jitter"]
    for read in (read_policies, _read_outputs, _read_preflight):
        try:
            read(document)
        except InvalidInput as error:
            yield _said(error), [*(error.field or "").split(".")]
    said = document.get("environment")
    if isinstance(said, dict) and not _is_inside(said["lock"], path.parent.parent):
        yield "environment.lock leads out of the project.", ["environment", "lock"]
    # Types are the notebook's to say; that a value can travel as JSON is checked here.
    for name, value in document.get("parameters", {}).items():
        try:
            check_parameters({name: value}, (), known=False)
        except InvalidInput as error:
            yield _said(error), ["parameters", name]


def _read_outputs(document: dict[str, Any]) -> None:
    read_outputs(document.get("outputs"))


def _read_preflight(document: dict[str, Any]) -> None:
    given = read_preflight(document.get("preflight"), NONE)
    check_parameters(given.parameters, (), known=False)


def _is_inside(name: str, project: Path) -> bool:
    """Also by whatever links."""
    root = os.path.realpath(project)
    return "\0" not in name and Path(os.path.realpath(project / name)).is_relative_to(root)


def _said(error: InvalidInput) -> str:
    return f"{error.message} {error.hint}" if error.hint else error.message


def _sentences(error: ValidationError) -> Iterator[tuple[str, list[str | int]]]:
    place = list(error.absolute_path)
    if error.validator != "additionalProperties":
        where = ".".join(str(part) for part in place)
        yield f"{where}: {error.message}." if where else f"{error.message}.", place
        return
    schema: Any = error.schema
    instance: Any = error.instance
    known = list(schema["properties"])
    for name in sorted(set(instance) - set(known), key=str):
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
