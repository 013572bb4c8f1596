"""The engine's API: the files that runs left, and executed notebooks in other forms."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tornado.iostream import StreamClosedError

from jupyter_deploy.errors import InvalidInput, NotFound
from jupyter_deploy.notebook.rendering import FORMATS, render
from jupyter_deploy.server.base import EngineHandler
from jupyter_deploy.server.run_handlers import run_id

NOTEBOOK = "output.ipynb"
#: Names under which the forms are asked for as well, where the run left no file of that name.
NAMES = {
    "output.html": "html",
    "output.md": "markdown",
    "output.pdf": "pdf",
    "output.script": "script",
}
#: Outputs come from notebooks: nothing in them may act with the user's rights.
SANDBOX = (
    "sandbox allow-scripts; default-src 'none'; img-src data:; media-src data:; font-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
CHUNK = 1024 * 1024
#: Renderings at the same time; each is a process with memory of its own.
_turn = asyncio.Semaphore(2)


@dataclass(frozen=True)
class _Wanted:
    """`form` is None for the file as it is, `stem` begins the name it is saved under.

    `folder` is where the notebook ran.
    """

    path: Path
    media_type: str
    form: str | None
    stem: str
    folder: Path


class SourceHandler(EngineHandler):
    async def get(self, number: str) -> None:
        path = await self.on_core(lambda: self.service.source(run_id(number)))
        await send_file(self, path, "application/x-ipynb+json")


class OutputHandler(EngineHandler):
    async def get(self, number: str, name: str) -> None:
        form, hide_code = self._form(name), self._flag("hide_code")
        wanted = await self.on_core(lambda: self._find(run_id(number), name, form))
        if not wanted.path.is_file():
            raise NotFound(f"The output {name!r} of run {number} is no longer on disk.")
        self.set_header("Content-Security-Policy", SANDBOX)
        self.set_header("X-Content-Type-Options", "nosniff")
        if wanted.form is None:
            own = wanted.stem + ".ipynb" if name == NOTEBOOK else name.rpartition("/")[2]
            self._name(own)
            await send_file(self, wanted.path, wanted.media_type)
        else:
            await self._send_rendered(wanted, wanted.form, hide_code)

    def _form(self, name: str) -> str | None:
        text = self.get_query_argument("format", "")
        if text in ("", "ipynb"):
            return None
        if text not in FORMATS or name != NOTEBOOK:
            raise InvalidInput(
                f"{name!r} cannot be had as {text!r}.",
                field="format",
                hint=f"{NOTEBOOK} can be had as ipynb, {', '.join(FORMATS)}.",
            )
        return text

    def _flag(self, name: str) -> bool:
        text = self.get_query_argument(name, "false")
        if text not in ("true", "false", "1", "0"):
            raise InvalidInput(f"{name} is true or false, not {text!r}.", field=name)
        return text in ("true", "1")

    def _find(self, run: int, name: str, form: str | None) -> _Wanted:
        found = self.service.run(run)
        rest = (f"{found.deployment}-{run}", self.service.workplace(found))
        if form is None:
            try:
                return _Wanted(*self.service.output(run, name), None, *rest)
            except NotFound:
                if name not in NAMES:
                    raise
        return _Wanted(*self.service.output(run, NOTEBOOK), form or NAMES[name], *rest)

    async def _send_rendered(self, wanted: _Wanted, form: str, hide_code: bool) -> None:
        with tempfile.TemporaryDirectory(prefix="jupyter-deploy-") as folder:
            target = Path(folder) / "rendered"
            async with _turn:
                done = await render(
                    wanted.path, target, form, hide_code=hide_code, folder=wanted.folder
                )
            self._name(wanted.stem + done.suffix)
            await send_file(self, done.path, done.media_type)

    def _name(self, file: str) -> None:
        """What a browser calls it that saves it."""
        self.set_header("Content-Disposition", f"inline; filename*=UTF-8''{quote(file, safe='')}")


async def send_file(handler: EngineHandler, path: Path, media_type: str) -> None:
    handler.set_header("Content-Type", media_type)
    handler.set_header("Content-Length", str(path.stat().st_size))
    if handler.request.method == "HEAD":
        await handler.flush()
        return
    with open(path, "rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK):
            handler.write(chunk)
            try:
                await handler.flush()
            except StreamClosedError:  # the reader has gone
                return
