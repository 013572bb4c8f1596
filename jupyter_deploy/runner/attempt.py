"""An attempt from its task to the last entry of its ledger."""

from __future__ import annotations

import asyncio
import logging
import signal
import traceback
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from jupyter_deploy.domain.ledger import Finished, warning
from jupyter_deploy.domain.verdict import weigh
from jupyter_deploy.durable import is_full
from jupyter_deploy.runner.deadline import obey
from jupyter_deploy.runner.execution import Execution
from jupyter_deploy.runner.ledger_file import LedgerFile
from jupyter_deploy.runner.notebook_file import mark_notebook, save
from jupyter_deploy.runner.task import Task, read_task
from jupyter_deploy.runner.workspace import OUTPUT, Workspace, describe


def main(folder: Path) -> int:
    """Run the task; the ledger's `finished` entry tells how it ended.

    The exit code only says whether there is such an entry.
    """
    logging.basicConfig(level=logging.WARNING)
    try:
        task = read_task(folder)
        if task.lease is not None:
            obey(task.lease, folder)
        file = LedgerFile(folder / "ledger.jsonl")
        _Attempt(folder, task, file).run()
    except Exception:
        traceback.print_exc()
        return 1
    return 0


class _Attempt:
    def __init__(self, folder: Path, task: Task, file: LedgerFile) -> None:
        self._folder = folder
        self._task = task
        self._file = file
        self._outputs: list[Mapping[str, Any]] = []
        self._metrics: list[Mapping[str, Any]] = []
        self._warnings: list[tuple[int | None, str]] = []

    def run(self) -> None:
        try:
            finished = self._execute()
        except Exception as error:  # whatever it is, the run ends with a reason
            _note()
            finished = _broken(error)
        self._file.release_reserve()
        finished = replace(finished, error=self._file.redactor.clean(finished.error))
        verdict = weigh(finished, self._warnings)
        said = replace(
            finished,
            outputs=self._outputs,
            metrics=self._metrics,
            fault=verdict.fault,
            reason=verdict.reason,
        )
        self._file.append(said.draft())

    def _execute(self) -> Finished:
        workspace = Workspace(self._folder / "work", self._task)
        execution = Execution(self._task, workspace, self._file)
        self._warnings = execution.recorder.warnings
        began = datetime.now(timezone.utc)
        try:
            finished = asyncio.run(execution.run())
        except OSError as error:
            self._file.release_reserve()
            _note()
            finished = _broken(error)
        # The notebook is over: asking to stop comes too late and must not lose it.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        failed = finished.outcome not in ("completed", "exit")
        mark_notebook(execution.notebook, self._task, began, failed)
        save(execution.notebook, execution.outputs, self._folder / OUTPUT)
        self._check_record()
        if execution.log:
            execution.log.settle()
        self._collect(workspace)
        self._measure(execution)
        return self._with_log(finished)

    def _check_record(self) -> None:
        """Outputs are read from the ledger, which the notebook can reach."""
        if not self._file.is_whole:
            self._warn("Outputs may be missing: something changed the run's record while it ran.")

    def _warn(self, message: str) -> None:
        self._warnings.append((None, message))
        self._file.append(warning(None, message))

    def _collect(self, workspace: Workspace) -> None:
        if redactor := self._file.redactor:
            for name, secret in workspace.drop(redactor.in_file):
                self._warn(f"The file {name} held the secret {secret} and was not kept.")
        files, left_out = workspace.outputs()
        self._outputs = [describe(self._folder / OUTPUT, OUTPUT), *files]
        if left_out:
            more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
            name = left_out[0].encode(errors="replace").decode()
            message = f"Not among the outputs (name taken or too many files): {name}{more}."
            self._warn(message)

    def _measure(self, execution: Execution) -> None:
        from jupyter_deploy.results.metrics import metrics_of  # not while the kernel starts

        try:
            metrics, more = metrics_of(execution.cells())
        except Exception:  # whatever it shows, the notebook has run
            _note()
            self._warn("The notebook's numbers could not be read; the runner's log says why.")
            return
        self._metrics = [metric.to_json() for metric in metrics]
        if more:
            self._warn(f"Only {len(metrics)} metrics are kept; the notebook has {more} more.")

    def _with_log(self, finished: Finished) -> Finished:
        """What a kernel that did not start has written before it ended."""
        if finished.outcome != "kernel_start":
            return finished
        try:
            lines = (self._folder / "runner.log").read_text(errors="replace").split("\n")
        except OSError:
            return finished
        last = next((line.strip() for line in reversed(lines) if line.strip()), None)
        if last is None:
            return finished
        return replace(finished, error={"name": "", "value": f"{last[:300]}"})


def _note() -> None:
    """The traceback into the log, which a full disk may have no room for."""
    with suppress(OSError):
        traceback.print_exc()


def _broken(error: Exception) -> Finished:
    evidence = {"name": type(error).__name__, "value": str(error)}
    return Finished("disk_full" if is_full(error) else "broken", error=evidence)
