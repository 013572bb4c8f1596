"""What notebooks leave is served in a sandbox, and nothing else is served."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import httpx
import psutil

from jupyter_deploy.config import Settings

from .bundles import request_for
from .contract import Answer, Api
from .test_extension import ended

HOSTILE = """
from pathlib import Path
from IPython.display import HTML, display
display(HTML("<script>document.title = 'ran'</script>"))
for name in ("page.html", "image.svg", "script.js", "notes.txt", "data.bin", "sub/ä ö.csv"):
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text("<script>fetch('/api/contents')</script>")
Path("link.txt").symlink_to("/etc/hostname")
Path("later.txt").write_text("a file for now")
"""


def assert_sandboxed(answer: Answer) -> None:
    assert answer.status == 200
    policy = [part.strip() for part in answer.headers["Content-Security-Policy"].split(";")]
    [sandbox] = [part for part in policy if part.startswith("sandbox")]
    assert "allow-same-origin" not in sandbox
    assert "default-src 'none'" in policy
    assert not any(part.startswith("connect-src") for part in policy)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_outputs_are_sandboxed_and_stay_in_the_attempts_folder(
    extension: Api, engine: Api, name: str, deploy_settings: Settings
) -> None:
    (await engine("POST", "/deployments", await request_for(engine, name, HOSTILE))).good(201)
    run = (await engine("POST", f"/deployments/{name}/runs", {})).good(201)["id"]
    done = await ended(engine, run)
    assert done["state"] == "succeeded", done
    names = {item["name"] for item in done["outputs"]}
    assert {"page.html", "image.svg", "sub/ä ö.csv", "later.txt"} < names
    assert "link.txt" not in names
    for api in (extension, engine):
        for output in ("output.html", "output.ipynb", "page.html", "image.svg", "script.js"):
            assert_sandboxed(await api("GET", f"/runs/{run}/outputs/{output}"))
        assert_sandboxed(await api("GET", f"/runs/{run}/outputs/sub/%C3%A4%20%C3%B6.csv"))
        for wrong in LEADING_OUT:
            answer = await api.ask("GET", f"/runs/{run}/outputs/{wrong}", None, {})
            answer.problem(404)

    attempt = deploy_settings.runs_dir / str(run) / "1"
    for change in (_link_outside(attempt), _remove(attempt)):
        change()
        for api in (extension, engine):
            (await api("GET", f"/runs/{run}/outputs/later.txt")).problem(404)


LEADING_OUT = [
    "link.txt",
    "task.json",
    "..%2ftask.json",
    "%2e%2e/task.json",
    "work/page.html",
    "..%2f..%2f..%2f..%2fdeploy.db",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "page.html%00.txt",
    "sub",
    ".",
]


def _link_outside(attempt: Path) -> Callable[[], None]:
    def change() -> None:
        (attempt / "work" / "later.txt").unlink()
        (attempt / "work" / "later.txt").symlink_to(attempt.parents[2] / "deploy.db")

    return change


def _remove(attempt: Path) -> Callable[[], None]:
    return (attempt / "work" / "later.txt").unlink


WILD = [
    {"name": "kept", "value": 1, "cell": 10**30, "unit": "x" * 1000},
    {"name": "kept\0\ud800", "value": "nan"},
    {"name": "large", "value": 10**400},
    {"name": ["x"], "value": 1},
    {"name": "", "value": 1},
    "text",
    None,
]
FORGED = """
import json, os, signal
from pathlib import Path
folder = Path(os.environ["JUPYTER_DEPLOY_ATTEMPT"])
lines = (folder / "ledger.jsonl").read_text().splitlines()
seq = json.loads(lines[-1])["seq"] + 1
wanted = {"name": "../../../../deploy.db", "media_type": "text/plain", "size": 1, "digest": "x"}
entry = {"seq": seq, "at": "2026-01-01T00:00:00+00:00", "kind": "finished", "outcome": "completed",
         "cell": None, "error": {}, "never_ran": [], "outputs": [wanted], "metrics": WILD}
with open(folder / "ledger.jsonl", "a") as file:
    file.write(json.dumps(entry) + "\\n")
os.kill(os.getppid(), signal.SIGKILL)
"""


async def test_a_forged_ledger_opens_no_other_file(engine: Api, name: str) -> None:
    request = await request_for(engine, name, f"WILD = {WILD!r}{FORGED}")
    (await engine("POST", "/deployments", request)).good(201)
    run = (await engine("POST", f"/deployments/{name}/runs", {})).good(201)["id"]
    done = await ended(engine, run)
    assert [item["name"] for item in done["outputs"]] == ["../../../../deploy.db"]
    assert done["metrics"] == {"kept": "nan"}
    path = f"/runs/{run}/outputs/..%2f..%2f..%2f..%2fdeploy.db"
    (await engine.ask("GET", path, None, {})).problem(404)


LEAVING = """
print("printed")
open("output.md", "w").write("the notebook's own")
with open("large.bin", "wb") as file:
    file.truncate(130_000_000)
"""


async def test_forms_of_the_notebook_and_large_files(
    extension: Api, engine: Api, name: str, deploy_settings: Settings
) -> None:
    (await engine("POST", "/deployments", await request_for(engine, name, LEAVING))).good(201)
    run = (await engine("POST", f"/deployments/{name}/runs", {})).good(201)["id"]
    assert (await ended(engine, run))["state"] == "succeeded"
    files, notebook = f"/runs/{run}/outputs", f"/runs/{run}/outputs/output.ipynb"
    for api in (extension, engine):
        shown = await api("GET", f"{files}/output.html")
        hidden = await api("GET", notebook, query={"format": "html", "hide_code": "1"})
        script = await api("GET", notebook, query={"format": "script"})
        for answer in (shown, hidden, script):
            assert_sandboxed(answer)
        assert (b"130_000_000" in shown.body, b"130_000_000" in hidden.body) == (True, False)
        assert saved_as(shown) == f"{name}-{run}.html"
        assert (saved_as(script), script.media_type) == (f"{name}-{run}.py", "text/plain")
        own = await api("GET", f"{files}/output.md")
        assert (own.body, saved_as(own)) == (b"the notebook's own", "output.md")
        for query, field in (
            ({"format": "docx"}, "format"),
            ({"hide_code": "perhaps"}, "hide_code"),
        ):
            (await api("GET", notebook, query=query)).problem(400, field)
        (await api("GET", f"{files}/output.md", query={"format": "html"})).problem(400, "format")
        (await api("GET", "/runs/99999/outputs/output.pdf")).problem(404)
        assert await size_of(api, f"{files}/large.bin") == 130_000_000

    executed = deploy_settings.runs_dir / str(run) / "1" / "output.ipynb"
    os.truncate(executed, 101 * 1024**2)
    for api in (extension, engine):
        refused = (await api("GET", f"{files}/output.html")).problem(413)
        assert "Download the notebook itself" in refused["hint"]
        assert await size_of(api, notebook) == 101 * 1024**2


def saved_as(answer: Answer) -> str:
    return unquote(answer.headers["Content-Disposition"].partition("UTF-8''")[2])


async def size_of(api: Api, path: str) -> int:
    """The bytes of an answer that is never held, here or on the way."""
    before, size = psutil.Process().memory_info().rss, 0
    async with (
        httpx.AsyncClient(headers=api.headers, trust_env=False, timeout=60) as client,
        client.stream("GET", api.base + path) as response,
    ):
        async for piece in response.aiter_raw():
            size += len(piece)
    assert psutil.Process().memory_info().rss - before < 60_000_000
    assert response.headers["Content-Length"] == str(size)
    return size
