"""Notebooks that print more, or faster, than can be written down at once."""

from __future__ import annotations

import ast
from collections.abc import Callable

from conftest import Attempt

Make = Callable[..., Attempt]
MB = 1024 * 1024
ROOM = {"cell": 200 * MB, "run": 400 * MB}


def printed(run: Attempt) -> object:
    return ast.literal_eval(run.stream(0))


def test_text_comes_in_pieces_and_whole(attempt: Make) -> None:
    source = "for n in range(40):\n    print(f'{n} é😀\\\\' * 20_000)"
    run = attempt(source, caps=ROOM).run()
    lines = run.stream(0).splitlines()
    assert lines == [f"{n} é😀\\" * 20_000 for n in range(40)]
    assert run.verdict().verdict == "succeeded"


def test_nothing_is_dropped_however_fast_it_comes(attempt: Make) -> None:
    source = """
kernel = get_ipython().kernel
parent = kernel.get_parent()
content = {"data": {"text/plain": "x"}, "metadata": {}, "transient": {}}
for n in range(8000):
    kernel.session.send(kernel.iopub_socket, "display_data", content, parent=parent)
"""
    run = attempt(source).run()
    assert len(run.notebook.cells[0].outputs) == 8000


def test_a_kernel_that_dies_has_said_what_it_said(attempt: Make) -> None:
    source = "import os, time\nfor n in range(300):\n    display(n)\n"
    source += "time.sleep(1)\nos.kill(os.getpid(), 9)"
    run = attempt(source).run()
    assert run.verdict().outcome == "kernel died"
    assert len(run.notebook.cells[0].outputs) == 300


def test_the_notebook_does_not_see_what_its_kernel_was_told(attempt: Make) -> None:
    source = """
import inspect, sys
from ipykernel.iostream import OutStream
new = [n for n in dir() if n not in ("In", "Out", "exit", "quit", "get_ipython", "open", "source")]
print((
    [n for n in new if not n.startswith("_") and n not in ("inspect", "sys", "OutStream")],
    type(sys.stdout) is OutStream,
    OutStream._flush_buffers.__name__,
    str(inspect.signature(OutStream._flush_buffers)),
))
"""
    run = attempt(source).run()
    assert printed(run) == ([], True, "_flush_buffers", "(self)")
    assert run.notebook.cells[0].execution_count == 1


def test_an_output_too_large_is_refused_before_it_is_read(attempt: Make) -> None:
    html = "from IPython.display import HTML\nHTML('<b>' * 1_000_000)"
    run = attempt(html, "1 + 1", caps={"cell": MB}).run()
    assert run.verdict().verdict == "succeeded_with_warnings"
    [cut] = run.notebook.cells[0].outputs
    assert cut.text == "\n[output cut here: more than 1 MB in this cell]\n"
    assert run.notebook.cells[0].execution_count == 1
    assert run.notebook.cells[1].outputs[0].data["text/plain"] == "2"


def test_a_large_display_is_updated_in_its_place(attempt: Make) -> None:
    first = "h = display('a' * 300_000, display_id=True)\nprint('after')"
    run = attempt(first, "h.update('b' * 300_000)").run()
    shown, text = run.notebook.cells[0].outputs
    assert shown.data["text/plain"] == repr("b" * 300_000)
    assert text.text == "after\n"
