"""A local kernel's process: started, asked, interrupted, ended with all its children."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from jupyter_deploy.family import Group, below, end
from jupyter_deploy.runner.guard import sockets_of

#: Seconds between two looks at the process.
LOOK = 0.05
#: Seconds that an idle kernel has to leave by itself: `atexit` functions, files not closed.
LEAVE = 5.0
#: Seconds until a question that got no answer is asked again.
ASK_AGAIN = 0.5
#: Messages that wait here while others are written down; the rest waits in the kernel.
QUEUE = 200
#: Of a path to a unix socket, on the strictest system.
_LONGEST_SOCKET = 90


class KernelGoneError(Exception):
    """The process has ended; `status` is negative for a signal."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


class Kernel:
    """`client` is there after `start`, its iopub channel heard after `ready`."""

    def __init__(self, name: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix=sockets_of(os.getppid())))
        self._manager = AsyncKernelManager(
            kernel_name=name, connection_file=str(self._folder / "kernel.json")
        )
        self.client: AsyncKernelClient
        self._pid = 0
        self._group: Group

    async def start(
        self, cwd: Path, environment: dict[str, str], spec: KernelSpec | None = None
    ) -> None:
        """As its kernelspec of that name says now, or as this one does.

        Raises NoSuchKernel, OSError or RuntimeError.
        """
        if spec is not None:
            self._manager._kernel_spec = spec  # it has no other way to be told
        arguments = []
        if self._manager.ipykernel:
            arguments.append("--HistoryManager.hist_file=:memory:")
            self._use_sockets_in_folder()
        await self._manager.start_kernel(extra_arguments=arguments, cwd=str(cwd), env=environment)
        self._pid = self._provisioner.pid
        self._group = Group.of(self._pid)
        self.client = self._manager.client()
        # Behind a full queue kernels drop outputs without a word, except one that is told not to.
        self.client.context.rcvhwm = QUEUE if self._manager.ipykernel else 0
        self.client.start_channels(stdin=False, hb=False)
        self.client.allow_stdin = False

    def _use_sockets_in_folder(self) -> None:
        """Free TCP ports can be taken by somebody between choice and use, sockets cannot.

        Only for ipykernel: some other kernels know TCP alone.
        """
        if sys.platform != "win32" and len(str(self._folder)) < _LONGEST_SOCKET:
            self._manager.transport = "ipc"
            self._manager.ip = str(self._folder / "kernel-ipc")

    async def ready(self) -> dict[str, Any]:
        """Its kernel_info reply, once it answers and its broadcasts are heard.

        Raises KernelGoneError.
        """
        info: dict[str, Any] | None = None
        heard = False
        while info is None or not heard:
            self.client.kernel_info()
            info = await self._listen(self.client.shell_channel, "kernel_info_reply") or info
            heard = heard or await self._listen(self.client.iopub_channel) is not None
            await self.check()
        return info

    async def _listen(self, channel: Any, kind: str | None = None) -> dict[str, Any] | None:
        with contextlib.suppress(Empty):
            while True:
                message = await channel.get_msg(timeout=ASK_AGAIN)
                if kind in (None, message["msg_type"]):
                    content: dict[str, Any] = message["content"]
                    return content
        return None

    async def status(self) -> int | None:
        """The exit status, None while it lives."""
        if not self._pid or not self._manager.has_kernel:
            return None
        status: int | None = await self._provisioner.poll()
        return status

    @property
    def _provisioner(self) -> Any:
        return self._manager.provisioner

    async def check(self) -> None:
        """Raises KernelGoneError."""
        status = await self.status()
        if status is not None:
            raise KernelGoneError(status)

    @property
    def pid(self) -> int:
        return self._pid

    async def death(self) -> int:
        """Waits for the end of the process; its status."""
        while (status := await self.status()) is None:
            self._reap_adopted()
            await asyncio.sleep(LOOK)
        return status

    def _reap_adopted(self) -> None:
        """Orphans of the notebook that have ended; the kernel's own status is left for `poll`."""
        if sys.platform != "linux":
            return  # none are adopted
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitid(os.P_ALL, 0, look)) and ended.si_pid != self._pid:
                os.waitpid(ended.si_pid, 0)

    async def interrupt(self) -> None:
        if self._pid and await self.status() is None:
            await self._manager.interrupt_kernel()

    async def leave(self) -> None:
        """Let it end in order; `close` has to follow."""
        if self._pid and await self.status() is None:
            self.client.shutdown()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.death(), LEAVE)

    def kill(self) -> None:
        """End the process at once, and all that this runner has below it: it is the kernel's."""
        if not self._pid:
            return
        # Its group at one blow: processes that fork all the time outrun looking for them.
        self._group.kill()
        end(lambda: below(os.getpid()))

    async def close(self) -> None:
        """Nothing is left of it: processes, sockets, files."""
        self.kill()
        if self._pid:
            self.client.stop_channels()
            if self._manager.has_kernel:
                await self._provisioner.wait()
            self._reap_adopted()
            await self._manager.cleanup_resources()
        shutil.rmtree(self._folder, ignore_errors=True)
