"""The command that checks a notebook, and changes it where its author agrees."""

from __future__ import annotations

import os
import stat
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jupyter_deploy.cli.capturing import capture_notebook
from jupyter_deploy.cli.common import as_json, print_json, say
from jupyter_deploy.cli.deployments import print_finding
from jupyter_deploy.cli.differences import print_edit
from jupyter_deploy.cli.render import print_line
from jupyter_deploy.domain.policies import read_policies
from jupyter_deploy.durable import whole_file
from jupyter_deploy.errors import Forbidden, InvalidInput

if TYPE_CHECKING:
    from jupyter_deploy.domain.bundle import Finding

SECRET = "secret_in_source"  # noqa: S105 (a cause)


@dataclass(frozen=True)
class _Wanted:
    """What is to be deployed: the options that findings depend on."""

    path: Path
    kernel: str | None
    files: tuple[str, ...]
    packages: tuple[str, ...]
    secrets: tuple[str, ...]
    given: tuple[str, ...]

    def findings(self) -> tuple[Finding, ...]:
        captured = capture_notebook(
            self.path,
            patterns=self.files,
            kernel=self.kernel,
            packages=self.packages,
            secrets=self.secrets,
            look_only=True,
            given=self.given,
        )
        return captured.bundle.findings

    def plus(self, action: Mapping[str, Sequence[str]]) -> _Wanted:
        return replace(
            self,
            files=_with(self.files, action.get("files", ())),
            packages=_with(self.packages, action.get("packages", ())),
            secrets=_with(self.secrets, action.get("secrets", ())),
        )


def _with(held: tuple[str, ...], more: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*held, *more]))


@click.command()
@click.argument("path", metavar="NOTEBOOK", type=click.Path(path_type=Path))
@click.option("--files", "patterns", multiple=True, metavar="PATTERN",
              help="Files that are taken along, relative to the notebook's folder.")  # fmt: skip
@click.option("--secret", "secrets", multiple=True, metavar="NAME",
              help="A secret that its runs get.")  # fmt: skip
@click.option("--package", "packages", multiple=True, metavar="NAME",
              help="A package that runs have beside those of the kernel.")  # fmt: skip
@click.option("--kernel", help="Another kernel than the notebook's.")
@click.option("-p", "assignments", multiple=True, metavar="K[=V]",
              help="A parameter that is to be given.")  # fmt: skip
@click.option("--fix", is_flag=True,
              help="Show the changes of the notebook that help, and ask for each.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Make all of them without asking.")
@as_json
def check(
    *,
    path: Path,
    patterns: tuple[str, ...],
    secrets: tuple[str, ...],
    packages: tuple[str, ...],
    kernel: str | None,
    assignments: tuple[str, ...],
    fix: bool,
    yes: bool,
    as_json: bool,
) -> int:
    """Say what would fail in production; nothing is executed or deployed.

    With --fix the notebook is changed where you agree, and checked again. With --json the
    changes are shown and none is made. The exit code is 1 while there are findings.

    Example: jupyter deploy check report.ipynb --fix
    """
    _check_use(path, fix, yes, as_json)
    read_policies({"secrets": list(secrets)})
    given = tuple(text.partition("=")[0].strip() for text in assignments)
    wanted = _Wanted(path, kernel, patterns, packages, secrets, given)
    if as_json:
        findings = wanted.findings()
        print_json({"notebook": str(path), "findings": [asdict(item) for item in findings]})
        return 1 if findings else 0
    if not fix:
        return _tell(path, wanted.findings())
    wanted, changed = _fixed(wanted, yes)
    return _tell(path, wanted.findings(), _options(wanted) if changed else "")


def _check_use(path: Path, fix: bool, yes: bool, as_json: bool) -> None:
    if yes and not fix:
        raise InvalidInput("--yes goes with --fix.", field="yes", hint="Add --fix.")
    if fix and not (yes or as_json or (sys.stdin and sys.stdin.isatty())):
        raise InvalidInput(
            f"Changing {path.name} needs your word, and there is nobody to ask.",
            field="yes",
            hint="See the changes with --json, or make all of them with --fix --yes.",
        )


def _fixed(wanted: _Wanted, yes: bool) -> tuple[_Wanted, bool]:
    """With what the accepted changes need, and whether there are any.

    Changes refer to the notebook as it is, so it is checked again after each.
    """
    declined: Counter[tuple[str, str]] = Counter()
    changed = False
    while (finding := _next(wanted.findings(), declined)) is not None:
        print_finding(asdict(finding))
        for edit in finding.edits:
            print_edit(edit, hidden=finding.cause == SECRET)
        if yes or click.confirm("Change the notebook?"):
            _change(wanted.path, finding)
            wanted, changed = wanted.plus(finding.action or {}), True
        else:
            declined[finding.cause, finding.message] += 1
    return wanted, changed


def _next(findings: Sequence[Finding], declined: Counter[tuple[str, str]]) -> Finding | None:
    """The first with a change that was not asked for yet; equal ones come in their order.

    Secrets come first: they would stand among the lines around other changes.
    """
    left = Counter(declined)
    for finding in sorted(findings, key=lambda item: item.cause != SECRET):
        if finding.edits:
            key = (finding.cause, finding.message)
            if not left[key]:
                return finding
            left[key] -= 1
    return None


def _change(path: Path, finding: Finding) -> None:
    """Raises Forbidden, Conflict or InvalidNotebook."""
    from jupyter_deploy.notebook.editing import edit_file

    place = Path(os.path.realpath(path))  # a link stays one
    try:
        content = edit_file(place.read_bytes(), finding.edits, path.name)
        mode = stat.S_IMODE(place.stat().st_mode)
        with whole_file(place, mode=mode) as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
    except OSError as error:
        raise Forbidden(
            f"{path.name} cannot be written: {error.strerror or error}.",
            field="notebook",
            hint="See that the file and its folder are yours, and that the disk is not full.",
        ) from error


def _tell(path: Path, findings: Sequence[Finding], options: str = "") -> int:
    for finding in findings:
        print_finding(asdict(finding))
    count = sum(1 for finding in findings if finding.edits)
    if not findings:
        print_line(("✓", "green"), f" Nothing is found in {path.name}.")
    elif count:
        say(f"jupyter deploy check {path} --fix shows changes of the notebook for {count} of them.")
    if options:
        say(f"Deploy it with {options}.")
    return 1 if findings else 0


def _options(wanted: _Wanted) -> str:
    """What a deploy has to name now."""
    import shlex

    given = [("--files", item) for item in wanted.files]
    given += [("--secret", item) for item in wanted.secrets]
    given += [("--package", item) for item in wanted.packages]
    return shlex.join(part for pair in given for part in pair)


COMMANDS = {"check": check}
