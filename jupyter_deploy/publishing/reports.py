"""The executed notebook as a report."""

from __future__ import annotations

import html
import re
from pathlib import Path

from jupyter_core.paths import jupyter_path

from jupyter_deploy.domain.publishing import Declared
from jupyter_deploy.errors import DeployError
from jupyter_deploy.notebook.rendering import render_file
from jupyter_deploy.publishing.material import File, ImpossibleError, Material

_SUFFIXES = {"html": ".html", "markdown": ".md", "pdf": ".pdf"}
#: Where nbconvert has the colours that JupyterLab has in the dark.
_DARK = Path("lab", "static", "theme-dark.css")
#: Wide outputs scroll by themselves, so that the rest stays readable on a phone.
_STYLE = """
body.jp-Notebook { max-width: 60em; margin: 0 auto; padding: 0.5em; }
.jp-OutputArea-output { overflow-x: auto; }
.jp-OutputArea-output img, .jp-OutputArea-output svg { max-width: 100%; height: auto; }
.jp-InputPrompt, .jp-OutputPrompt { display: none; }
:root { color-scheme: light dark; }
"""


def make_report(material: Material, item: Declared, target: Path) -> File:
    """Raises ImpossibleError."""
    if material.notebook is None:
        raise ImpossibleError("The run left no executed notebook.")
    if item.source == "notebook":
        return material.notebook
    path = target / f"{item.name}{_SUFFIXES[item.source]}"
    material.notebook.open().close()  # a plain file
    try:
        made = render_file(
            material.notebook.path,
            path,
            item.source,
            hide_code=item.hide_code,
            folder=material.workplace,
        )
    except DeployError as error:
        raise ImpossibleError(error.message) from error
    if item.source == "html":
        page = path.read_text(encoding="utf-8")
        path.write_text(_readable(page, material.title), encoding="utf-8")
    return File(path, made.media_type.partition(";")[0])


def _readable(page: str, title: str) -> str:
    """With the deployment's name, on a phone and in the dark too."""
    head, end, body = page.partition("</head>")
    named = f"<title>{html.escape(title)}</title>"
    head = re.sub(r"<title>.*?</title>", lambda _found: named, head, count=1, flags=re.DOTALL)
    dark = f"@media (prefers-color-scheme: dark) {{\n{_dark_colours()}\n}}\n"
    return f"{head}<style>{dark}{_STYLE}</style>{end}{body}"


def _dark_colours() -> str:
    for folder in jupyter_path("nbconvert", "templates"):
        path = Path(folder) / _DARK
        if path.is_file():
            return path.read_text(encoding="utf-8")
    return ""
