"""python -m jupyter_deploy.runner FOLDER: execute the attempt in this folder."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from dataclasses import asdict
from pathlib import Path

from jupyter_deploy.notebook.documents import dump_notebook
from jupyter_deploy.runner.execution import Execution, Result, now, save_conventions
from jupyter_deploy.runner.ledger_file import LedgerFile
from jupyter_deploy.runner.task import Task, read_task
from jupyter_deploy.runner.workspace import Workspace, describe

OUTPUT = "output.ipynb"


def main(folder: Path) -> None:
    """Run the task; the ledger's `finished` entry tells how it ended."""
    task, ledger = read_task(folder), LedgerFile(folder / "ledger.jsonl")
    outputs = []
    try:
        workspace = Workspace(folder / "work", task)
        result = _execute(task, workspace, ledger, folder)
        outputs = [describe(folder / OUTPUT, OUTPUT), *workspace.outputs()]
    except OSError as error:
        outcome = "disk_full" if error.errno == errno.ENOSPC else "broken"
        result = Result(outcome, error={"name": type(error).__name__, "value": str(error)})
    ledger.append("finished", **asdict(result), outputs=outputs)


def _execute(task: Task, workspace: Workspace, ledger: LedgerFile, folder: Path) -> Result:
    began = now()
    execution = Execution(task, workspace, ledger)
    result = asyncio.run(execution.run())
    save_conventions(execution.notebook, task, began, result.outcome not in ("completed", "exit"))
    write_whole(folder / OUTPUT, dump_notebook(execution.notebook))
    return result


def write_whole(path: Path, content: bytes) -> None:
    """At any instant the file is absent or whole."""
    temporary = path.with_suffix(".tmp")
    with open(temporary, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
