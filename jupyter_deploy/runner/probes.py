"""What a Python kernel is told and asked beside the cells."""

from __future__ import annotations

import ast
import re
from typing import Any

from nbformat import NotebookNode

#: Lines that IPython hands to a shell and whose exit code it keeps.
_SHELL = re.compile(r"^[ \t]*!(?!!)", re.MULTILINE)
_EXIT_CODE = "get_ipython().user_ns.get('_exit_code', 0)"
#: Tasks that failed and were never awaited: those that are garbage say so when they are
#: collected, those that a variable holds are looked for. Asking for the exception marks it seen.
_LOST_TASKS = (
    "(lambda asyncio, gc: (gc.collect(), [repr(v.exception())"
    " for v in list(get_ipython().user_ns.values())"
    " if isinstance(v, asyncio.Future) and v.done() and not v.cancelled()"
    " and getattr(v, '_log_traceback', False)])[1])(__import__('asyncio'), __import__('gc'))"
)

#: ipykernel makes one message of all that was printed in 0.2 s, and whoever gets 100 MB in one
#: message holds them as a whole. A hook that takes a message ends the flush, so it gets all.
#: Of messages that cannot be sent at once ipykernel keeps 1000 and drops the rest: keep all.
_PATIENT = """
import functools, sys
PIECE = 256 * 1024

def in_pieces(flush_buffers):
    @functools.wraps(flush_buffers)
    def wrapper(self):
        for parent, data in flush_buffers(self):
            size = max(1, len(data)) if self._hooks else PIECE
            for start in range(0, len(data), size):
                yield parent, data[start:start + size]
    return wrapper

thread = shell.kernel.iopub_thread
thread.schedule(lambda: setattr(thread.socket, 'sndhwm', 0))
stream = sys.modules['ipykernel.iostream'].OutStream
if hasattr(stream, '_flush_buffers'):
    stream._flush_buffers = in_pieces(stream._flush_buffers)
"""


def at_the_start(language: str) -> dict[str, str]:
    """User expressions to send before the first cell; they leave no name behind."""
    if language != "python":
        return {}
    return {"patient": f"exec({_PATIENT!r}, {{'shell': get_ipython()}})"}


def with_cell(cell: NotebookNode, language: str) -> dict[str, str]:
    """User expressions to send with a cell.

    Only the last shell line's exit code is known, and none of `x = !command`.
    """
    if language == "python" and _SHELL.search(cell.source):
        return {"exit_code": _EXIT_CODE}
    return {}


def shell_warning(reply: dict[str, Any]) -> str | None:
    code = _value(reply, "exit_code")
    if code in (None, "0", "None"):
        return None
    return f"A shell command ended with exit code {code}."


def at_the_end(language: str) -> dict[str, str]:
    """User expressions to send after the last cell."""
    return {"lost": _LOST_TASKS} if language == "python" else {}


def task_warnings(reply: dict[str, Any]) -> list[str]:
    text = _value(reply, "lost")
    if text is None:
        return []
    try:
        failures = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return []
    return [f"An asyncio task failed without stopping the notebook: {item}." for item in failures]


def _value(reply: dict[str, Any], name: str) -> str | None:
    text = reply.get("user_expressions", {}).get(name, {}).get("data", {}).get("text/plain")
    return text if isinstance(text, str) else None
