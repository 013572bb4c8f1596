"""One attempt: start the kernel, run the cells, write down what happens."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Coroutine, Iterable, Iterator, Mapping
from contextlib import ExitStack
from datetime import datetime, timezone
from typing import Any, TypeVar

from jupyter_client.kernelspec import NoSuchKernel
from nbformat import NotebookNode

from jupyter_deploy.domain import ledger
from jupyter_deploy.domain.ledger import Finished
from jupyter_deploy.domain.metrics import Executed
from jupyter_deploy.durable import is_full
from jupyter_deploy.environments.building import in_use
from jupyter_deploy.notebook.replay import ends_of_texts, merged
from jupyter_deploy.runner import probes, trial
from jupyter_deploy.runner.client import CellClient, Target
from jupyter_deploy.runner.environment import kernel_environment, tell
from jupyter_deploy.runner.kernel import Kernel, KernelGoneError
from jupyter_deploy.runner.ledger_file import LedgerFile
from jupyter_deploy.runner.log import RedactedLog
from jupyter_deploy.runner.notebook_file import (
    Step,
    allows_errors,
    describe_language,
    mark_cell,
    never_ran,
    planned,
    read_source,
    steps_of,
)
from jupyter_deploy.runner.rebuilding import RebuildError, with_environment, with_own_packages
from jupyter_deploy.runner.recorder import Recorder
from jupyter_deploy.runner.redactor import Redactor
from jupyter_deploy.runner.secrets import SecretError
from jupyter_deploy.runner.sheet import PAUSE, Sheet
from jupyter_deploy.runner.task import Task
from jupyter_deploy.runner.workspace import Workspace

#: Seconds that an interrupted cell has before its kernel is killed.
INTERRUPT_GRACE = 5.0
#: Seconds that the questions after the last cell may take.
PROBE = 10.0
#: Seconds in which a dead kernel's last messages arrive.
LAST_WORDS = 0.2

#: Characters that a cell has printed last, among which its numbers are looked for.
LONGEST_TEXT = 1_000_000

T = TypeVar("T")


class EndedError(Exception):
    """The notebook is over before its last cell."""

    def __init__(self, outcome: str, name: str = "", value: str = "") -> None:
        super().__init__(outcome)
        self.outcome = outcome
        self.error = {"name": name, "value": value}


class Execution:
    """Runs `notebook`, which it changes, and appends to the ledger."""

    def __init__(self, task: Task, workspace: Workspace, file: LedgerFile) -> None:
        self._task = task
        self._workspace = workspace
        self._file = file
        self.recorder = Recorder(file, task.caps)
        self.notebook: NotebookNode = read_source(task)
        self._kernel = Kernel(task.kernel)
        self._client: CellClient
        self._steps: list[Step] = []
        self._sheets: dict[int, Sheet] = {}
        self._current: Step | None = None
        self._stopped: EndedError | None = None
        self._writers: list[asyncio.Future[None]] = []
        self._stopper: list[asyncio.Future[None]] = []
        #: Until the process ends, which is later than its kernel.
        self._held = ExitStack()
        #: Where the terminal's output goes, once there are secrets.
        self.log: RedactedLog | None = None

    def outputs(self, place: int) -> Iterable[Mapping[str, Any]]:
        """Those of the cell at this place in the executed notebook."""
        sheet = self._sheets.get(place)
        return sheet.written() if sheet else ()

    def cells(self) -> Iterator[Executed]:
        """Those that ran, with what they show; of a long text the end."""
        for place, sheet in self._sheets.items():
            source = self.notebook.cells[place].source
            outputs = merged(ends_of_texts(sheet.written(), LONGEST_TEXT))
            yield Executed(sheet.index, source, outputs)

    async def run(self) -> Finished:
        """Run all cells; every end that a notebook can have is a result.

        Raises OSError when the ledger cannot be written.
        """
        cells = planned(self.notebook, self._task)
        self._file.append(ledger.attempt_started(self._task.notebook.path, cells))
        self._listen()
        try:
            await self._start_kernel()
            await self._run_cells()
            return Finished("completed")
        except EndedError as end:
            return self._finished(end)
        finally:
            await self._close()

    def _finished(self, end: EndedError) -> Finished:
        cell = self._current.index if self._current else None
        rest: list[int] = []
        if end.outcome == "exit" and self._current:
            rest = never_ran(self._steps[self._steps.index(self._current) + 1 :])
        return Finished(end.outcome, cell, end.error, rest)

    def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._cancel)
        limit = self._task.timeouts.run
        if limit is not None:
            loop.call_later(limit, self._stop, EndedError("run_timeout", value=_seconds(limit)))

    def _cancel(self) -> None:
        """The second time at once."""
        if self._stopped is not None:
            self._kernel.kill()
        self._stop(EndedError("cancelled"))

    def _stop(self, end: EndedError) -> None:
        """End the notebook from outside: interrupt the cell, after a grace kill the kernel."""
        if self._stopped is None:
            self._stopped = end
            self._stopper.append(asyncio.ensure_future(self._interrupt_then_kill()))

    async def _interrupt_then_kill(self) -> None:
        if self._current is not None:
            await self._kernel.interrupt()
            await asyncio.sleep(INTERRUPT_GRACE)
        self._kernel.kill()

    async def _start_kernel(self) -> None:
        """Start it and wait until it answers. Raises EndedError."""
        limit = self._task.timeouts.kernel_start
        try:
            told = tell(self._task, self._workspace.root.parent)
            secrets = await self._take_secrets()
            environment = kernel_environment(self._task, told, os.environ, secrets)
            await self._start_process(environment)
            self.notebook, steps = steps_of(self.notebook, self._task)
            self._steps = trial.to_try(steps, self._task)
            info = await asyncio.wait_for(self._kernel.ready(), limit)
        except SecretError as error:
            raise EndedError("secret", value=str(error)) from None
        except RebuildError as error:
            outcome = "disk_full" if error.full else "environment"
            raise EndedError(outcome, value=str(error)) from None
        except NoSuchKernel:
            raise EndedError("kernel_not_found", value=self._task.kernel) from None
        except asyncio.TimeoutError:
            raise EndedError("kernel_timeout", value=_seconds(limit)) from None
        except KernelGoneError as gone:
            reason = f"its process ended with status {gone.status}; the runner's log says why"
            raise self._stopped or EndedError("kernel_start", value=reason) from None
        except (OSError, RuntimeError) as error:
            outcome = "disk_full" if is_full(error) else "kernel_start"
            raise EndedError(outcome, value=str(error)) from error
        self._file.append(ledger.kernel_started(self._task.kernel))
        describe_language(self.notebook, self._file.redactor.clean(info))
        self._client = CellClient(self.notebook, self._kernel.client, self.recorder)
        self._writers = [
            asyncio.ensure_future(self._client.read()),
            asyncio.ensure_future(self._tick()),
        ]
        folder = self._workspace.root.parent
        self._client.tell(
            {**probes.at_the_start(self._task.language), **trial.at_the_start(self._task, folder)}
        )

    async def _take_secrets(self) -> dict[str, str]:
        """From here on nothing is written that they are part of. Raises SecretError."""
        if self._task.secrets is None:
            return {}
        values = await asyncio.to_thread(self._task.secrets.values)
        self._file.redactor = Redactor(values)
        self.log = RedactedLog(self._file.redactor)
        return values

    async def _start_process(self, environment: dict[str, str]) -> None:
        locked, cwd = self._task.environment, self._workspace.cwd
        if locked is None:
            await self._kernel.start(cwd, environment)
            return
        python = await locked.ready(lambda: self._stopped is not None)
        if python is None:
            raise self._stopped or EndedError("cancelled")
        self._held.enter_context(in_use(locked.plan))
        spec = locked.kernelspec(python, self._task.kernel, self._task.language)
        own = self._workspace.root.parent / "packages"
        variables = with_own_packages(own, with_environment(python, environment))
        await self._kernel.start(cwd, variables, spec)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            self.recorder.tick()

    async def _run_cells(self) -> None:
        target = None
        for number, step in enumerate(self._steps, 1):
            if self._stopped is not None:
                raise self._stopped
            self._current = step
            target = await self._run_cell(step, number)
        if target is not None:
            await self._look_back(target)

    async def _run_cell(self, step: Step, number: int) -> Target:
        self._file.append(ledger.cell_started(step.index, number, len(self._steps)))
        sheet = self.recorder.begin(step.index, step.cell.outputs)
        self._sheets[step.place] = sheet
        target = Target(step.cell, step.place, sheet)
        began, clock = datetime.now(timezone.utc), time.monotonic()
        status = "error"
        try:
            await self._execute(target)
            status = "ok"
        finally:
            self.recorder.end(target.sheet)
            mark_cell(step.cell, "completed" if status == "ok" else "failed", began)
            duration = round(time.monotonic() - clock, 6)
            self._file.append(ledger.cell_finished(step.index, status, duration))
        return target

    async def _execute(self, target: Target) -> None:
        """Run the cell and look how it ended. Raises EndedError."""
        cell = target.cell
        expressions = probes.with_cell(cell, self._task.language)
        request = self._client.request(
            target, cell.source, expressions, stop_on_error=not allows_errors(cell)
        )
        limit = self._task.timeouts.cell
        timer = None
        if limit is not None:
            late = EndedError("cell_timeout", value=_seconds(limit))
            timer = asyncio.get_running_loop().call_later(limit, self._stop, late)
        try:
            reply = await self._while_alive(request)
        finally:
            if timer is not None:
                timer.cancel()
        if self._stopped is not None:
            raise self._stopped
        self._judge_reply(target, reply)

    async def _while_alive(self, request: Coroutine[Any, Any, T]) -> T:
        """The result of the request. Raises EndedError when the kernel dies before it comes."""
        asked = asyncio.ensure_future(request)
        death = asyncio.ensure_future(self._kernel.death())
        try:
            watched: list[asyncio.Future[Any]] = [asked, death, *self._writers]
            await asyncio.wait(watched, return_when=asyncio.FIRST_COMPLETED)
            for writer in self._writers:
                if writer.done():
                    writer.result()  # raises: they only end when they cannot write
            if asked.done():
                return asked.result()
            await asyncio.sleep(LAST_WORDS)
            raise self._stopped or EndedError("kernel_died", value=str(death.result()))
        finally:
            asked.cancel()
            death.cancel()

    def _judge_reply(self, target: Target, reply: dict[str, Any]) -> None:
        """Raises EndedError unless the next cell may run."""
        if reply["status"] != "ok":
            self._judge_error(target, reply)
            return
        sentence = probes.shell_warning(reply)
        if sentence is not None:
            self.recorder.warn(target.sheet, sentence)
        for item in reply.get("payload", ()):
            if item.get("source") == "ask_exit":
                raise EndedError("exit", "SystemExit", _code(item.get("keepkernel")))

    def _judge_error(self, target: Target, reply: Mapping[str, Any]) -> None:
        name, value = reply.get("ename", reply["status"]), reply.get("evalue", "")
        if allows_errors(target.cell):
            return
        if self.notebook.metadata.get("execution", {}).get("allow_errors") is True:
            self.recorder.warn(target.sheet, f"An error that the notebook allows: {name}: {value}")
            return
        raise EndedError(_outcome(name, value), name, value)

    async def _look_back(self, target: Target) -> None:
        """Ask the kernel for failures that nobody has seen; hear threads out."""
        expressions = probes.at_the_end(self._task.language)
        if not expressions:
            return
        request = self._client.request(target, "", expressions, silent=True)
        try:
            reply = await asyncio.wait_for(self._while_alive(request), PROBE)
        except (asyncio.TimeoutError, EndedError):
            return  # every cell has ended well: what the kernel does now is its own affair
        for sentence in probes.task_warnings(reply):
            self.recorder.warn(target.sheet, sentence)

    async def _close(self) -> None:
        memory = trial.most_memory(self._kernel.pid)
        try:
            if self._stopped is None:
                await self._kernel.leave()
            self.recorder.finish()
        finally:
            for task in (*self._writers, *self._stopper):
                task.cancel()
            await self._kernel.close()
            if self._task.trial is not None:
                seen = trial.seen(self._workspace.root.parent, self._steps)
                most = memory or trial.most_memory_of_children()
                self._file.append(ledger.observed(seen, most))
                if self._file.redactor:
                    trial.forget(self._workspace.root.parent)


def _outcome(name: str, value: str) -> str:
    if name == "SystemExit":
        return "exit"
    if name == "StdinNotImplementedError":
        return "input"
    if name == "OSError" and "[Errno 28]" in value:
        return "disk_full"
    return "error"


def _code(keep: object) -> str:
    """`exit(3)` of IPython takes its argument for a wish to keep the kernel."""
    return "0" if isinstance(keep, bool) or keep is None else str(keep)


def _seconds(limit: float) -> str:
    return f"{limit:g} s"
