"""python -m jupyter_deploy.notebook.render SOURCE TARGET FORMAT FOLDER [--hide-code]

Writes an executed notebook in another form, in a process of its own (`rendering.py` starts it):
a large notebook costs many times its size in memory. Says on standard output which suffix the
form has, on standard error what cannot be done.
"""

from __future__ import annotations

import base64
import binascii
import mimetypes
import re
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import nbformat

from jupyter_deploy.notebook.documents import Notebook
from jupyter_deploy.notebook.printing import NoBrowser, print_pdf

#: Bytes that rendering may take.
MEMORY = 3 * 1024**3
UNREADABLE, NO_BROWSER, TOO_LONG = 3, 4, 5
_PACKED = {"image/png", "image/jpeg"}
_LINKED = re.compile(r"\]\((?P<name>[^()\s]+)\)")


def to_html(notebook: Notebook, folder: Path, hide_code: bool = False) -> str:
    """A page that stands alone; images that its Markdown names lie below the folder."""
    from nbconvert import HTMLExporter  # slow to import

    exporter = HTMLExporter(
        template_name="lab",
        embed_images=True,
        sanitize_html=False,
        mathjax_url="",
        require_js_url="",
        **_hiding(hide_code),
    )
    resources = {"metadata": {"path": str(folder)}}
    return str(exporter.from_notebook_node(notebook, resources)[0])


def to_markdown(notebook: Notebook, hide_code: bool = False) -> str:
    """One text; its images are data URLs, so that nothing has to be packed beside it."""
    from nbconvert import MarkdownExporter

    exporter = MarkdownExporter(**_hiding(hide_code))
    text, resources = exporter.from_notebook_node(notebook)
    images = resources.get("outputs", {})

    def embedded(link: re.Match[str]) -> str:
        name = link["name"]
        return f"]({_data_url(name, images[name])})" if name in images else link[0]

    return _LINKED.sub(embedded, text)


def to_script(notebook: Notebook) -> tuple[str, str]:
    """A program in the kernel's language, and the suffix that such files have."""
    from nbconvert import ScriptExporter, get_export_names

    language = notebook.metadata.get("language_info", {})
    if language.get("nbconvert_exporter") not in get_export_names():
        language.pop("nbconvert_exporter", None)
    text, resources = ScriptExporter().from_notebook_node(notebook)
    return str(text), str(resources.get("output_extension") or ".txt")


def convert(source: Path, form: str, folder: Path, hide_code: bool) -> tuple[str, str]:
    """The text and its suffix; for `pdf` the page to be printed. Raises ValueError."""
    try:
        notebook = nbformat.reads(source.read_text(encoding="utf-8"), as_version=4)
        if form == "script":
            return to_script(notebook)
        _drop_broken_images(notebook)
        if form == "markdown":
            return to_markdown(notebook, hide_code), ".md"
        return to_html(notebook, folder, hide_code), f".{form}"
    except MemoryError:
        raise
    except Exception as error:  # the exporters fail in any way on malformed outputs
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ValueError(first.rstrip(".")) from error


def _drop_broken_images(notebook: Notebook) -> None:
    """What else the output has is shown in their place."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            for media_type in _PACKED & data.keys():
                try:
                    binascii.a2b_base64(data[media_type])
                except ValueError:
                    del data[media_type]


def _hiding(hide_code: bool) -> dict[str, Any]:
    names = ("exclude_input", "exclude_input_prompt", "exclude_output_prompt")
    return dict.fromkeys(names, True) if hide_code else {}


def _data_url(name: str, content: bytes) -> str:
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _limit_memory() -> None:
    highest = resource.getrlimit(resource.RLIMIT_AS)[1]
    with suppress(ValueError, OSError):  # macOS takes no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, highest))


def main(source: str, target: str, form: str, folder: str, *options: str) -> int:
    _limit_memory()
    try:
        text, suffix = convert(Path(source), form, Path(folder), "--hide-code" in options)
        if form == "pdf":
            print_pdf(text, Path(target).absolute())
        else:
            Path(target).write_text(text, encoding="utf-8")
    except ValueError as error:
        return _refuse(str(error), UNREADABLE)
    except NoBrowser as error:
        return _refuse(str(error), NO_BROWSER)
    except TimeoutError as error:
        return _refuse(str(error), TOO_LONG)
    print(suffix)  # noqa: T201, it is the answer
    return 0


def _refuse(sentence: str, code: int) -> int:
    print(sentence, file=sys.stderr)  # noqa: T201, it is the answer
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
