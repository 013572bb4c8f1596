"""nbclient with our own handling of outputs."""

from __future__ import annotations

import re
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode

from jupyter_deploy.runner.recorder import Recorder

_SHELL = re.compile(r"^\s*(?:[\w, ]+=\s*)?!|^\s*%%?(?:sx|system|bash|sh|script)\b", re.MULTILINE)
_EXIT_CODE = "get_ipython().user_ns.get('_exit_code', 0)"


class RecordingClient(NotebookClient):
    """Hands every output to the recorder; asks for exit codes of shell lines."""

    def __init__(self, notebook: NotebookNode, recorder: Recorder, **options: Any) -> None:
        super().__init__(notebook, **options)
        self._recorder = recorder
        self.reply: dict[str, Any] = {}

    def ask_for_exit_code(self, cell: NotebookNode) -> dict[str, str]:
        """User expressions to send with this cell."""
        return {"exit_code": _EXIT_CODE} if _SHELL.search(cell.source) else {}

    def output(
        self,
        outs: list[NotebookNode],
        msg: dict[str, Any],
        display_id: str | None,
        cell_index: int,
    ) -> NotebookNode | None:
        if self.output_hook_stack[msg["parent_header"].get("msg_id")]:
            return super().output(outs, msg, display_id, cell_index)
        content = msg["content"]
        if msg["msg_type"] == "stream":
            self._clear_delayed(outs, cell_index)
            self._recorder.text(outs, content["name"], _clean(content["text"]))
            return None
        if not self._recorder.admits(content):
            return None
        self._clear_delayed(outs, cell_index)
        output = super().output(outs, msg, display_id, cell_index)
        if output is not None:
            self._recorder.rich(output)
        return output

    def clear_output(self, outs: list[NotebookNode], msg: dict[str, Any], cell_index: int) -> None:
        self._recorder.flush()
        super().clear_output(outs, msg, cell_index)
        if not self.clear_before_next_output:
            self._recorder.cleared()

    def _clear_delayed(self, outs: list[NotebookNode], cell_index: int) -> None:
        if self.clear_before_next_output:
            outs[:] = []
            self.clear_display_id_mapping(cell_index)
            self.clear_before_next_output = False
            self._recorder.cleared()


def _clean(text: str) -> str:
    """Lone surrogates cannot be stored."""
    return text.encode("utf-8", "replace").decode()
