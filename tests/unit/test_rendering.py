"""Executed notebooks in other forms."""

from __future__ import annotations

import asyncio
import base64
import os
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import psutil
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from jupyter_deploy.errors import Conflict, DeployError, InvalidInput, TooLarge
from jupyter_deploy.notebook import rendering
from jupyter_deploy.notebook.documents import dump_notebook
from jupyter_deploy.notebook.rendering import FORMATS, Rendered, render_file

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
Render = Callable[..., Rendered]
PYTHON = {"name": "python", "file_extension": ".py", "nbconvert_exporter": "python"}


def notebook(*outputs: NotebookNode, language: dict[str, str] = PYTHON) -> NotebookNode:
    cells = [new_markdown_cell("# Sales"), new_code_cell("secret = 1", outputs=list(outputs))]
    return new_notebook(metadata={"language_info": language}, cells=cells)


def shown(**data: str) -> NotebookNode:
    return new_output("display_data", data={key.replace("_", "/"): data[key] for key in data})


@pytest.fixture
def render(tmp_path: Path) -> Iterator[Render]:
    def make(document: NotebookNode | bytes, form: str, *, hide_code: bool = False) -> Rendered:
        source = tmp_path / "output.ipynb"
        source.write_bytes(document if isinstance(document, bytes) else dump_notebook(document))
        return render_file(source, tmp_path / "target", form, hide_code=hide_code)

    return make


@pytest.mark.parametrize("form", ["html", "markdown"])
def test_code_is_shown_or_hidden(render: Render, form: str) -> None:
    document = notebook(new_output("stream", text="printed\n"))
    whole = render(document, form)
    assert "secret" in whole.path.read_text()
    hidden = render(document, form, hide_code=True).path.read_text()
    assert "secret" not in hidden
    assert "printed" in hidden
    assert "Sales" in hidden


def test_markdown_brings_its_images_along(render: Render) -> None:
    image = base64.b64encode(PIXEL).decode()
    svg = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    outputs = (shown(image_png=image), new_output("display_data", data={"image/svg+xml": svg}))
    text = render(notebook(*outputs), "markdown").path.read_text()
    assert f"(data:image/png;base64,{image})" in text
    assert f"(data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})" in text


def test_a_page_brings_along_the_images_of_its_markdown(render: Render, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(PIXEL)
    document = notebook()
    attached = {"pixel.png": {"image/png": base64.b64encode(PIXEL).decode()}}
    document.cells += [
        new_markdown_cell("![logo](logo.png) ![none](none.png) ![out](/etc/hostname)"),
        new_markdown_cell("![pixel](attachment:pixel.png)", attachments=attached),
    ]
    page = render(document, "html").path.read_text()
    assert page.count(base64.b64encode(PIXEL).decode()) == 2
    assert 'src="/etc/hostname"' in page
    assert base64.b64encode(PIXEL).decode() in render(document, "markdown").path.read_text()


@pytest.mark.parametrize(
    ("language", "suffix"),
    [
        (PYTHON, ".py"),
        ({"name": "R", "file_extension": ".r"}, ".r"),
        ({"name": "unheard"}, ".txt"),
        ({"name": "x", "file_extension": ".x", "nbconvert_exporter": "unheard"}, ".x"),
    ],
)
def test_a_script_is_in_the_kernels_language(
    render: Render, language: dict[str, str], suffix: str
) -> None:
    done = render(notebook(language=language), "script")
    assert (done.suffix, done.media_type) == (suffix, "text/plain; charset=utf-8")
    assert "secret = 1" in done.path.read_text()


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """The address of a server, and what was asked of it."""
    paths: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_args: object) -> None:
            """Not on standard error."""

    with socketserver.TCPServer(("127.0.0.1", 0), Noting) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", paths
        server.shutdown()


def test_a_pdf_is_printed_and_nothing_is_fetched(
    render: Render, asked: tuple[str, list[str]]
) -> None:
    address, paths = asked
    html = f"""<img src="{address}/image"><iframe src="{address}/frame"></iframe>
        <script>fetch("{address}/fetch"); location = "{address}/away"</script>"""
    done = render(notebook(shown(text_html=html)), "pdf")
    assert (done.suffix, done.media_type) == (".pdf", "application/pdf")
    assert done.path.read_bytes().startswith(b"%PDF-")
    assert paths == []


def test_without_a_browser_a_sentence_says_what_to_install(
    render: Render, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidInput, match="no browser") as caught:
        render(notebook(), "pdf")
    assert "Install Chromium" in str(caught.value.hint)
    assert "target" not in os.listdir(tmp_path)


@pytest.mark.parametrize("content", [b"", b"no notebook", b"[]", b'{"nbformat": 4}', b"\xff"])
@pytest.mark.parametrize("form", ["html", "script"])
def test_what_is_no_notebook_is_refused(render: Render, content: bytes, form: str) -> None:
    with pytest.raises(Conflict, match=f"cannot be made into {form}") as caught:
        render(content, form)
    assert "Traceback" not in caught.value.message


@pytest.mark.parametrize(
    "output",
    [
        shown(image_png="no image", text_plain="instead"),
        shown(image_png=""),
        shown(**{"image_svg+xml": "<svg"}),
        shown(text_html="<table><tr><td>never closed"),
        shown(text_latex="$$"),
    ],
)
@pytest.mark.parametrize("form", ["html", "markdown"])
def test_broken_outputs_break_no_page(render: Render, output: NotebookNode, form: str) -> None:
    assert "Sales" in render(notebook(output), form).path.read_text()


def test_limits_of_size_and_time(render: Render, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "LARGEST", 100)
    with pytest.raises(TooLarge, match="cannot be made into html"):
        render(notebook(), "html")
    monkeypatch.undo()
    monkeypatch.setattr(rendering, "LIMIT", 0.01)
    with pytest.raises(TooLarge, match="in time"):
        render(notebook(), "html")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such limit")
def test_a_notebook_beyond_the_memory_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "output.ipynb"
    text = "a line of text\n" * 6_000_000
    source.write_bytes(dump_notebook(notebook(new_output("stream", text=text))))
    program = f"""
import resource
from pathlib import Path
from jupyter_deploy.errors import TooLarge
from jupyter_deploy.notebook.rendering import render_file
resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))
try:
    render_file(Path({str(source)!r}), Path({str(tmp_path / "target")!r}), "html")
except TooLarge as error:
    print(error)
"""
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout == "The notebook is too large to be made into html.\n", done.stderr


def test_it_ends_when_nobody_waits_any_more(tmp_path: Path) -> None:
    source = tmp_path / "output.ipynb"
    source.write_bytes(dump_notebook(notebook()))

    others = psutil.Process().children()  # of other tests

    async def give_up() -> list[psutil.Process]:
        waiting = asyncio.create_task(rendering.render(source, tmp_path / "target", "html"))
        while not (started := [p for p in psutil.Process().children() if p not in others]):
            await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        return started

    _gone, alive = psutil.wait_procs(asyncio.run(give_up()), timeout=10)
    assert not alive
    assert not (tmp_path / "target").exists()


def test_an_unknown_form_is_refused(render: Render) -> None:
    with pytest.raises(DeployError, match="not a format") as caught:
        render(notebook(), "docx")
    assert all(form in str(caught.value.hint) for form in FORMATS)


@pytest.mark.parametrize("module", ["notebook.render", "publishing.making"])
def test_no_grammar_of_iris_is_compiled_for_a_notebook(module: str) -> None:
    code = f"import jupyter_deploy.{module}, sys; print(sys.modules['rfc3987_syntax'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "None\n"
