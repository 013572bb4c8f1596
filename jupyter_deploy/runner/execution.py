"""One attempt: start the kernel, run the cells, write down what happens."""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import time
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import CellExecutionError, DeadKernelError
from nbformat import NotebookNode
from papermill.translators import papermill_translators

from jupyter_deploy.runner.client import RecordingClient
from jupyter_deploy.runner.ledger_file import LedgerFile
from jupyter_deploy.runner.recorder import PAUSE, Recorder
from jupyter_deploy.runner.task import Task
from jupyter_deploy.runner.workspace import Workspace

#: Seconds an interrupted cell has before its kernel is killed.
INTERRUPT_GRACE = 5.0


@dataclass
class Result:
    """How the cells ended; becomes the ledger's `finished` entry."""

    outcome: str
    cell: int | None = None
    error: dict[str, str] | None = None
    never_ran: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """A code cell; `index` is its place in the captured notebook."""

    cell: NotebookNode
    index: int | None


class _Ended(Exception):
    """The notebook is over before its last cell."""

    def __init__(self, outcome: str, error: dict[str, str] | None = None) -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.error = error


class Execution:
    """Runs `notebook`, which it changes, and appends to the ledger."""

    def __init__(self, task: Task, workspace: Workspace, ledger: LedgerFile) -> None:
        self._task = task
        self._workspace = workspace
        self._ledger = ledger
        self._recorder = Recorder(ledger)
        self._cancelled = False
        content = task.notebook.blob.read_text(encoding="utf-8")
        self.notebook: NotebookNode = nbformat.reads(content, as_version=4)  # type: ignore[no-untyped-call]
        self._steps = [
            Step(cell, index)
            for index, cell in enumerate(self.notebook.cells)
            if cell.cell_type == "code" and cell.source.strip()
        ]
        self._manager = AsyncKernelManager(kernel_name=task.kernel)
        self._client = RecordingClient(
            self.notebook,
            self._recorder,
            km=self._manager,
            timeout=None,
            startup_timeout=task.kernel_start,
            record_timing=False,
        )
        if task.parameters:
            self._inject()

    def _inject(self) -> None:
        """A cell with the values behind the parameters cell, as papermill does."""
        task = self._task
        translator = papermill_translators.find_translator(task.kernel, task.language)
        cell = nbformat.v4.new_code_cell(
            translator.codify(task.parameters, "Parameters"),
            id="deploy-parameters",
            metadata={"tags": ["injected-parameters"]},
        )
        tagged = [
            place
            for place, item in enumerate(self.notebook.cells)
            if "parameters" in item.metadata.get("tags", ())
        ]
        place = tagged[0] + 1 if tagged else 0
        self.notebook.cells.insert(place, cell)
        before = sum(1 for step in self._steps if step.index is not None and step.index < place)
        self._steps.insert(before, Step(cell, None))

    async def run(self) -> Result:
        """Run all cells; every end that a notebook can have is a result."""
        self._ledger.append(
            "attempt_started", notebook=self._task.notebook.path, cells=len(self._steps)
        )
        self._listen()
        flusher = asyncio.ensure_future(self._flush_regularly())
        try:
            failure = await self._start_kernel()
            return failure or await self._run_cells()
        finally:
            flusher.cancel()
            await self._stop_kernel()

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._cancel)

    def _cancel(self) -> None:
        """First interrupt, then, after the grace or when asked again, kill."""
        if self._cancelled:
            asyncio.ensure_future(self._kill_kernel())
            return
        self._cancelled = True
        if self._manager.has_kernel:
            asyncio.ensure_future(self._interrupt())

    async def _interrupt(self) -> None:
        await self._manager.interrupt_kernel()
        await asyncio.sleep(INTERRUPT_GRACE)
        await self._kill_kernel()

    async def _kill_kernel(self) -> None:
        if self._manager.has_kernel:
            await self._manager.shutdown_kernel(now=True)

    async def _start_kernel(self) -> Result | None:
        """Start it and wait until it answers; a result when it does not."""
        try:
            await self._client.async_start_new_kernel(
                cwd=str(self._workspace.cwd), env=self._environment()
            )
            await self._client.async_start_new_kernel_client()
        except NoSuchKernel:
            return Result("kernel_not_found", error=_error("", self._task.kernel))
        except (OSError, RuntimeError, TimeoutError) as error:
            outcome = "cancelled" if self._cancelled else "kernel_start"
            return Result(outcome, error=_error("", str(error).strip() or type(error).__name__))
        self._ledger.append("kernel_started", kernel=self._task.kernel)
        return None

    def _environment(self) -> dict[str, str]:
        own = {
            "JUPYTER_DEPLOY_RUN": str(self._task.run_id),
            "JUPYTER_DEPLOY_NAME": self._task.deployment,
        }
        return {**os.environ, **own}

    async def _run_cells(self) -> Result:
        for number, step in enumerate(self._steps, 1):
            try:
                await self._run_cell(step, number)
            except _Ended as end:
                rest = [item.index for item in self._steps[number:] if item.index is not None]
                never_ran = rest if end.outcome == "exit" else []
                return Result(end.outcome, step.index, end.error, never_ran)
        return Result("completed")

    async def _run_cell(self, step: Step, number: int) -> None:
        if self._cancelled:
            raise _Ended("cancelled")
        self._ledger.append("cell_started", cell=step.index, number=number, cells=len(self._steps))
        self._recorder.begin(step.index, step.cell.outputs)
        began, at = time.monotonic(), now()
        try:
            await self._execute(step)
        except _Ended:
            self._cell_finished(step, "error", began, at)
            raise
        self._cell_finished(step, "ok", began, at)

    async def _execute(self, step: Step) -> None:
        """Send the cell and wait for its end. Raises _Ended."""
        client, place = self._client, self.notebook.cells.index(step.cell)
        client.on_cell_executed = self._keep_reply
        execute = type(client.kc).execute
        expressions = client.ask_for_exit_code(step.cell)
        client.kc.execute = functools.partial(  # type: ignore[union-attr, method-assign]
            execute, client.kc, user_expressions=expressions
        )
        try:
            await client.async_execute_cell(step.cell, place)
        except CellExecutionError as error:
            self._recorder.flush()
            raise self._failed(error) from error
        except DeadKernelError as error:
            self._recorder.flush()
            raise _Ended("cancelled" if self._cancelled else "kernel_died") from error
        self._recorder.flush()
        self._look_at_reply(bool(expressions))

    def _keep_reply(self, cell: NotebookNode, cell_index: int, execute_reply: Any) -> None:
        self._client.reply = execute_reply["content"]

    def _failed(self, error: CellExecutionError) -> _Ended:
        if self._cancelled:
            return _Ended("cancelled")
        found = _error(error.ename, error.evalue)
        if error.ename == "SystemExit":
            return _Ended("exit", found)
        if error.ename == "StdinNotImplementedError":
            return _Ended("input", found)
        return _Ended("error", found)

    def _look_at_reply(self, has_exit_code: bool) -> None:
        reply = self._client.reply
        if has_exit_code:
            answer = reply.get("user_expressions", {}).get("exit_code", {})
            code = answer.get("data", {}).get("text/plain", "0")
            if code not in ("0", "None"):
                self._recorder.warn(f"A shell command ended with exit code {code}.")
        if any(item.get("source") == "ask_exit" for item in reply.get("payload", ())):
            raise _Ended("exit", _error("SystemExit", "0"))

    def _cell_finished(self, step: Step, status: str, began: float, at: str) -> None:
        duration = round(time.monotonic() - began, 6)
        step.cell.metadata["papermill"] = {
            "status": "completed" if status == "ok" else "failed",
            "exception": status != "ok",
            "start_time": at,
            "end_time": now(),
            "duration": duration,
        }
        self._ledger.append("cell_finished", cell=step.index, status=status, duration=duration)

    async def _flush_regularly(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            self._recorder.flush_if_due()

    async def _stop_kernel(self) -> None:
        self._recorder.flush()
        if self._client.kc is not None:
            self._client.kc.stop_channels()
        await self._kill_kernel()


def save_conventions(notebook: NotebookNode, task: Task, began: str, failed: bool) -> None:
    """The metadata that papermill writes, for programs that read it."""
    notebook.metadata["papermill"] = {
        "parameters": task.parameters,
        "input_path": task.notebook.path,
        "output_path": "output.ipynb",
        "start_time": began,
        "end_time": now(),
        "exception": failed or None,
    }


def now() -> str:
    return datetime.now(timezone.utc).isoformat()


def _error(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}
