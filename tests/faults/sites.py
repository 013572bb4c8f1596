"""Engines as processes that are killed, stopped and frozen, and what runs below them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import psutil
from e2e.conftest import Place

from jupyter_deploy.client.api import EngineClient
from jupyter_deploy.errors import Forbidden, Unavailable

T = TypeVar("T")

COOKIE = "JUPYTER_DEPLOY_ATTEMPT"
#: Seconds until an answer is not waited for any more: the engine may be frozen.
ANSWER = 8.0

#: How an engine ends that cannot begin.
NO_DATABASE = 3


class Site(Place):
    """A data directory and the engine process on it, which may be away."""

    def __init__(self, place: Path, **settings: int | str) -> None:
        super().__init__(place, **settings)
        self._process: subprocess.Popen[bytes] | None = None
        self.frozen = False
        self._address = ("", "")
        #: Other threads may still be using those before.
        self._clients: list[EngineClient] = []

    @property
    def up(self) -> bool:
        return self._process is not None and not self.frozen

    @property
    def log(self) -> Path:
        return self.place / "engine.log"

    def launch(self) -> None:
        """Start the engine, without waiting until it answers."""
        with open(self.log, "ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "jupyter_deploy", "engine", "run", "--stay"],
                cwd=self.work,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait()
        self._process = None

    def ask_to_stop(self) -> Callable[[], None]:
        """What to call to see that it has."""
        process = self._process
        assert process
        process.terminate()
        self._process = None
        return lambda: self._see_ended(process)

    def _see_ended(self, process: subprocess.Popen[bytes]) -> None:
        status = process.wait(20)
        if status == NO_DATABASE:  # which was just starting again, as the engine did
            assert "The database cannot be opened" in self._last_words()
        else:  # -SIGTERM while it still imports
            assert status in (0, -signal.SIGTERM), self._last_words()

    def _last_words(self) -> str:
        return self.log.read_text()[-2000:]

    def freeze(self) -> None:
        assert self._process
        self.frozen = True
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process
        self._process.send_signal(signal.SIGCONT)
        self.frozen = False

    @property
    def client(self) -> EngineClient:
        """Raises Unavailable while no engine has said where it is."""
        try:
            document = self.runtime_document()
        except (OSError, ValueError) as error:
            raise Unavailable("no engine") from error
        address = (document["url"], document["token"])
        if self._client is None or address != self._address:
            self._client, self._address = EngineClient(*address), address
            self._client._http.timeout = ANSWER
            self._clients.append(self._client)
        return self._client

    def ask(self, question: Callable[[EngineClient], T], seconds: float = 120) -> T:
        """The answer, as soon as there is one."""
        end = time.monotonic() + seconds
        while True:
            try:
                return question(self.client)
            except (Unavailable, Forbidden):  # the latter: its port is another engine's now
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    def runners(self) -> list[psutil.Process]:
        """Runners and their guards, which look alike: either may be struck."""
        return self._with("jupyter_deploy.runner")

    def kernels(self) -> list[psutil.Process]:
        return self._with("ipykernel_launcher")

    def _with(self, module: str) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if module in process.cmdline() and self.owns(process):
                    found.append(process)
        return found

    def owns(self, process: psutil.Process) -> bool:
        """Whether it belongs to an attempt of this site."""
        runs = str(self.data.resolve() / "deploy" / "runs")
        return process.environ().get(COOKIE, "").startswith(runs)

    def left_over(self) -> list[psutil.Process]:
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if self.owns(process) and process.status() != "zombie":
                    found.append(process)
        return found

    def close(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self.kill()
        for client in self._clients:
            client.close()
        super().close()
