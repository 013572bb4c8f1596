"""Executed notebooks in other forms, each made by a process with limits of its own."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from jupyter_deploy.errors import Conflict, InvalidInput, TooLarge, Unavailable
from jupyter_deploy.family import Group

#: The names of the forms, and the media types in which they are served.
FORMATS = {
    "html": "text/html; charset=utf-8",
    "markdown": "text/markdown; charset=utf-8",
    "script": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
}
#: Seconds that rendering may take.
LIMIT = 120.0
#: Bytes of a notebook; a page of more is slow to make, and no browser shows it.
LARGEST = 100 * 1024**2
_UNREADABLE, _NO_BROWSER, _TOO_LONG = 3, 4, 5
_SMALLER = "Download the notebook itself, print less, or write large tables to files."


@dataclass(frozen=True)
class Rendered:
    """`suffix` of a script is that of the kernel's language."""

    path: Path
    media_type: str
    suffix: str


def render_file(
    source: Path,
    target: Path,
    form: str,
    *,
    hide_code: bool = False,
    folder: Path | None = None,
) -> Rendered:
    """Write the notebook to the target in one of FORMATS; waits for the process that does it.

    Images that its Markdown names are looked for below `folder`. Raises TooLarge, Conflict for
    what is no notebook, InvalidInput for a form that cannot be had, Unavailable and OSError.
    """
    command = _command(source, target, form, hide_code, folder)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # a browser that it starts ends with it
    ) as process:
        group = Group.of(process.pid)
        try:
            said, complaint = process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            raise _failure(_TOO_LONG, "", form) from None
        finally:
            group.kill()
    return _rendered(target, form, process.returncode, said, complaint)


async def render(
    source: Path,
    target: Path,
    form: str,
    *,
    hide_code: bool = False,
    folder: Path | None = None,
) -> Rendered:
    """The same without waiting for it on this thread; it ends when this is cancelled."""
    process = await asyncio.create_subprocess_exec(
        *_command(source, target, form, hide_code, folder),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    group = Group.of(process.pid)
    try:
        said, complaint = await asyncio.wait_for(process.communicate(), LIMIT)
    except asyncio.TimeoutError:
        raise _failure(_TOO_LONG, "", form) from None
    finally:
        group.kill()
    return _rendered(target, form, process.returncode or 0, said, complaint)


def _command(
    source: Path, target: Path, form: str, hide_code: bool, folder: Path | None
) -> list[str]:
    if form not in FORMATS:
        raise InvalidInput(
            f"{form!r} is not a format of executed notebooks.",
            field="format",
            hint=f"Use one of {', '.join(FORMATS)}.",
        )
    if source.stat().st_size > LARGEST:
        raise TooLarge(
            f"The executed notebook has more than {LARGEST // 1024**2} MB; "
            f"it cannot be made into {form}.",
            hint=_SMALLER,
        )
    program = [sys.executable, "-m", "jupyter_deploy.notebook.render"]
    places = [str(source), str(target), form, str(folder or source.parent)]
    return [*program, *places, *(["--hide-code"] if hide_code else [])]


def _rendered(target: Path, form: str, code: int, said: bytes, complaint: bytes) -> Rendered:
    if code != 0:
        raise _failure(code, complaint.decode(errors="replace"), form)
    return Rendered(target, FORMATS[form], said.decode(errors="replace").strip())


def _failure(
    code: int, complaint: str, form: str
) -> TooLarge | Conflict | InvalidInput | Unavailable:
    last = (complaint.strip().splitlines() or [f"it ended with {code}"])[-1]
    if code == _NO_BROWSER:
        return InvalidInput(
            f"The notebook cannot be printed: {last}.",
            field="format",
            hint="Install Chromium or Chrome where the engine runs, or take the HTML page and "
            "print it in your browser.",
        )
    if code == _TOO_LONG:
        return TooLarge(f"The notebook could not be made into {form} in time.", hint=_SMALLER)
    if "MemoryError" in complaint or code == -signal.SIGKILL:
        return TooLarge(f"The notebook is too large to be made into {form}.", hint=_SMALLER)
    if code == _UNREADABLE:
        return Conflict(
            f"The executed notebook cannot be made into {form}: {last}.",
            hint="Something has changed the file since it was written; run it again.",
        )
    return Unavailable(
        f"Making {form} of the notebook failed: {last}.",
        hint="Nothing was changed. `jupyter deploy doctor` may say more.",
    )
