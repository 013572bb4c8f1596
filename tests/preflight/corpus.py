"""How the notebooks of the corpus are written down, and put on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from jupyter_deploy.capture.bundle import capture
from jupyter_deploy.domain.bundle import Finding

#: A code cell that begins with this line is tagged as the parameters' one.
PARAMETERS = "# parameters\n"
#: A cell that begins with it is Markdown.
MARKDOWN = "# markdown\n"


@dataclass(frozen=True)
class Sample:
    """`files` lie in the project; `takes` are the patterns that the version takes along."""

    name: str
    cells: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict)
    takes: tuple[str, ...] = ()
    #: Where in the project the notebook is.
    path: str = "report.ipynb"
    #: Whether it can be executed without a network and other machines' disks.
    runs: bool = True

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


@dataclass(frozen=True)
class Fault(Sample):
    """`cell` is the index of the cell that the finding names."""

    cause: str = ""
    cell: int = 0


def findings(sample: Sample, folder: Path, packages: Sequence[str] = ()) -> tuple[Finding, ...]:
    """What capturing the sample as a notebook in a project says."""
    return look(sample, notebook_of(sample.cells), folder, packages=packages)


def look(
    sample: Sample, notebook: nbformat.NotebookNode, folder: Path, **more: Sequence[str]
) -> tuple[Finding, ...]:
    """What capturing this notebook in the sample's project says."""
    place = write(sample, notebook, folder / "project")
    captured = capture(place, patterns=sample.takes, look_only=True, **more)
    return captured.bundle.findings


def write(sample: Sample, notebook: nbformat.NotebookNode, project: Path) -> Path:
    """Lay out the sample's project with this notebook; where that is."""
    (project / "schedules").mkdir(parents=True)
    for name, text in sample.files.items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    place = project / sample.path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(nbformat.writes(notebook).encode())
    return place


def notebook_of(sources: tuple[str, ...]) -> nbformat.NotebookNode:
    cells = []
    for number, source in enumerate(sources):
        if source.startswith(MARKDOWN):
            text = source.removeprefix(MARKDOWN)
            cells.append(nbformat.v4.new_markdown_cell(text, id=f"c{number}"))
            continue
        tags = {"tags": ["parameters"]} if source.startswith(PARAMETERS) else {}
        cells.append(nbformat.v4.new_code_cell(source, metadata=tags, id=f"c{number}"))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
