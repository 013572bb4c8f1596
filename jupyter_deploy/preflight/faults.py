"""What a Python notebook's source tells of its failures, in the order of its cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from jupyter_deploy.domain.bundle import Finding, Parameter
from jupyter_deploy.preflight.cells import MAY_FAIL, Cell
from jupyter_deploy.preflight.files import check_files
from jupyter_deploy.preflight.imports import check_imports
from jupyter_deploy.preflight.installs import check_installs
from jupyter_deploy.preflight.names import check_names
from jupyter_deploy.preflight.parameters import check_given, check_parameters
from jupyter_deploy.preflight.place import Place
from jupyter_deploy.preflight.questions import check_questions
from jupyter_deploy.preflight.secrets import check_secrets
from jupyter_deploy.preflight.variables import check_variables


def find_faults(
    cells: Sequence[Cell], parameters: Sequence[Parameter], place: Place
) -> tuple[Finding, ...]:
    """What would make it fail in production, as far as its source tells."""
    checks = (
        _unreadable(cells),
        check_imports(cells, place),
        check_installs(cells),
        check_files(cells, place),
        check_names(cells),
        check_questions(cells),
        check_secrets(cells),
        check_variables(cells, place.variables),
        check_parameters(cells, parameters),
        check_given(cells, place.given),
    )
    found = [finding for each in checks for finding in _survived(each)]
    return tuple(sorted(found, key=lambda finding: finding.cell or 0))


def _survived(findings: Iterable[Finding]) -> list[Finding]:
    """Code may be nested deeper than Python recurses; then one check says less."""
    found: list[Finding] = []
    with suppress(RecursionError):
        for finding in findings:
            found.append(finding)
    return found


def _unreadable(cells: Sequence[Cell]) -> Iterator[Finding]:
    for cell in cells:
        if cell.error is not None and MAY_FAIL not in cell.tags:
            yield Finding(
                "syntax_error",
                cell.index,
                f"The cell is not valid Python: {cell.error}.",
                "Mend it, or make it a Markdown or raw cell.",
            )
