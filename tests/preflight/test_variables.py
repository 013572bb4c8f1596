"""Names of the environment variables that a notebook reads."""

from __future__ import annotations

import nbformat

from jupyter_deploy.preflight.variables import variables_of


def of(*cells: str) -> tuple[str, ...]:
    document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    return variables_of(document)


def test_every_way_of_reading_is_known() -> None:
    assert of(
        "import os\nfrom os import environ, getenv",
        "os.environ['A'], environ['B'], os.getenv('C'), getenv('D', 'x')",
        "os.environ.get('E') or environ.get('F', '')",
    ) == ("A", "B", "C", "D", "E", "F")


def test_what_is_set_or_computed_is_not_named() -> None:
    assert of("os.environ['SET'] = '1'", "os.environ[name]", "config['KEY']", "not python(") == ()
