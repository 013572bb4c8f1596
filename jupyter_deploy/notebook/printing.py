"""Pages as PDF, printed by a browser that is there: Chromium, Chrome or Edge."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
#: Seconds that a browser may take.
LIMIT = 80.0
#: Milliseconds on the page's own clock, in which its scripts draw their plots.
DRAWING = 5_000
#: Nothing is fetched, whatever the page asks for; what it brings along is shown.
POLICY = (
    "default-src 'none'; img-src data:; font-src data:; media-src data:; "
    "style-src 'unsafe-inline'; script-src 'unsafe-inline'"
)
_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    f"--virtual-time-budget={DRAWING}",
)


class NoBrowser(Exception):
    """There is none, or it does not print."""


def find_browser() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_pdf(page: str, target: Path) -> None:
    """Raises NoBrowser with a sentence, and TimeoutError."""
    browser = find_browser()
    if browser is None:
        raise NoBrowser("there is no browser on this machine that prints PDF")
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        place = Path(folder) / "page.html"
        place.write_text(_closed(page), encoding="utf-8")
        said = _run([browser, *_options(folder, target), place.as_uri()], folder)
    if not target.exists():
        last = (said.strip().splitlines() or ["it wrote nothing"])[-1]
        raise NoBrowser(f"{Path(browser).name} did not print: {last}")


def _options(profile: str, target: Path) -> list[str]:
    # Chromium's own sandbox refuses root, as which it runs in most containers.
    own = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [*_OPTIONS, *own, f"--user-data-dir={profile}/profile", f"--print-to-pdf={target}"]


def _closed(page: str) -> str:
    meta = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
    return page.replace("<head>", f"<head>{meta}", 1)


def _run(command: list[str], home: str) -> str:
    """What it said on standard error. The limit of memory is ours: a browser reserves far more."""
    with suppress(ValueError, OSError):  # macOS has none
        highest = resource.getrlimit(resource.RLIMIT_AS)[1]
        resource.setrlimit(resource.RLIMIT_AS, (highest, highest))
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=LIMIT,
            env={**os.environ, "HOME": home},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TimeoutError(f"the browser did not print it within {LIMIT:g} s") from None
    return done.stderr
