"""Requests to the kernel and what comes back.

nbclient understands the messages (displays, widgets, clearing); reading them is
our own: one reader for the whole run also hears threads that print after their
cell has ended, and a dead kernel's last words.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionComplete
from nbformat import NotebookNode

from jupyter_deploy.runner.messages import Large, read_message
from jupyter_deploy.runner.recorder import Recorder
from jupyter_deploy.runner.sheet import Sheet

log = logging.getLogger(__name__)

#: Seconds that outputs may come later than the reply.
LATE = 5.0
#: Messages that only add an output.
_RICH = ("display_data", "execute_result")


@dataclass(frozen=True)
class Target:
    """Where the outputs of a request go: a cell and its place in the executed notebook."""

    cell: NotebookNode
    place: int
    sheet: Sheet


@dataclass
class _Request:
    target: Target
    idle: asyncio.Event = field(default_factory=asyncio.Event)


class CellClient(NotebookClient):
    """Sends cells and hands their outputs to the recorder."""

    def __init__(
        self, notebook: NotebookNode, client: AsyncKernelClient, recorder: Recorder
    ) -> None:
        super().__init__(notebook, record_timing=False)
        self.kc = client
        self.clear_before_next_output = False
        self._recorder = recorder
        self._requests: dict[str, _Request] = {}
        self._sheets: dict[int, Sheet] = {}

    async def read(self) -> None:
        """Take in broadcasts for ever. Raises OSError when they cannot be written down."""
        assert self.kc is not None
        channel = self.kc.iopub_channel
        while True:
            # Not `get_msg`: its polling costs more than the rest of a message.
            frames = await channel.socket.recv_multipart(copy=False)
            try:
                message = read_message(channel.session, frames)
            except (ValueError, TypeError) as error:
                log.warning("a message that cannot be read: %s", error)
                continue
            frames.clear()
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        request = self._asked(message)
        if request is None:
            return
        target = request.target
        try:
            if not self._take_large(message, target):
                self.process_message(message, target.cell, target.place)
        except CellExecutionComplete:
            request.idle.set()
        except OSError:
            raise
        except Exception:  # widgets of notebooks send anything
            log.exception("a message that cannot be understood")

    def _asked(self, message: dict[str, Any]) -> _Request | None:
        """Text that says of no request, as of a task between two cells, is the newest cell's."""
        parent = message["parent_header"].get("msg_id")
        if parent is None and message["msg_type"] == "stream":
            return next(reversed(self._requests.values()), None)
        return self._requests.get(parent)

    def _take_large(self, message: dict[str, Any], target: Target) -> bool:
        """Take in what need not be decoded as a whole; True when nothing is left to do."""
        content, kind = message["content"], message["msg_type"]
        if not isinstance(content, Large):
            return False
        if not self.output_hook_stack[message["parent_header"].get("msg_id")]:
            stream = content.stream() if kind == "stream" else None
            if stream is not None:
                self._take_text(target, *stream)
                return True
            if kind in _RICH and not content.mentions("display_id"):
                self._clear_delayed(target.cell.outputs, target.place)
                if self._recorder.refuses(target.sheet, content.least):
                    return True
        message["content"] = content.decoded()
        return False

    def _take_text(self, target: Target, name: str, pieces: Iterator[str]) -> None:
        self._clear_delayed(target.cell.outputs, target.place)
        for piece in pieces:
            if target.sheet.full:
                return
            self._recorder.text(target.sheet, name, piece)

    def tell(self, expressions: dict[str, str]) -> None:
        """Have them evaluated; nobody waits for it or hears what came of it."""
        assert self.kc is not None
        if expressions:
            self.kc.execute("", silent=True, user_expressions=expressions, stop_on_error=False)

    async def request(
        self, target: Target, source: str, expressions: dict[str, str], **options: Any
    ) -> dict[str, Any]:
        """Run the source; the content of the reply, when all outputs have come."""
        assert self.kc is not None
        self._sheets[target.place] = target.sheet
        self.clear_before_next_output = False
        message_id = self.kc.execute(source, user_expressions=expressions, **options)
        request = self._requests[message_id] = _Request(target)
        reply = await self._reply(message_id)
        try:
            await asyncio.wait_for(request.idle.wait(), LATE)
        except asyncio.TimeoutError:
            self._recorder.warn(target.sheet, "Outputs may be incomplete: the kernel fell silent.")
        return reply

    async def _reply(self, message_id: str) -> dict[str, Any]:
        assert self.kc is not None
        while True:
            message = await self.kc.shell_channel.get_msg(timeout=None)
            if message["parent_header"].get("msg_id") == message_id:
                content: dict[str, Any] = message["content"]
                return content

    def output(
        self,
        outs: list[NotebookNode],
        msg: dict[str, Any],
        display_id: str | None,
        cell_index: int,
    ) -> NotebookNode | None:
        if self.output_hook_stack[msg["parent_header"].get("msg_id")]:
            return super().output(outs, msg, display_id, cell_index)
        sheet, content = self._sheets[cell_index], msg["content"]
        self._clear_delayed(outs, cell_index)
        if msg["msg_type"] == "stream":
            self._recorder.text(sheet, content["name"], content["text"])
            return None
        msg["content"] = self._recorder.admit(sheet, content, always=msg["msg_type"] == "error")
        if msg["content"] is None:
            return None
        output = super().output(outs, msg, display_id, cell_index)
        if output is not None:
            self._recorder.rich(sheet, output)
        return output

    def _update_display_id(self, display_id: str, msg: dict[str, Any]) -> None:
        places = self._display_id_map.get(display_id, {})
        for place in places:
            sheet = self._sheets[place]
            msg["content"] = self._recorder.admit(sheet, msg["content"], always=False) or {
                "data": {"text/plain": "[update cut here: too large]"},
                "metadata": {},
            }
            self._recorder.changing(sheet)
        super()._update_display_id(display_id, msg)

    def clear_output(self, outs: list[NotebookNode], msg: dict[str, Any], cell_index: int) -> None:
        self._recorder.flush()
        super().clear_output(outs, msg, cell_index)
        if not outs:
            self._recorder.cleared(self._sheets[cell_index])

    def _clear_delayed(self, outs: list[NotebookNode], cell_index: int) -> None:
        if self.clear_before_next_output:
            self._recorder.flush()
            outs[:] = []
            self.clear_display_id_mapping(cell_index)
            self.clear_before_next_output = False
            self._recorder.cleared(self._sheets[cell_index])
