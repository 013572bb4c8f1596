"""What notebooks leave is served in a sandbox, and nothing else is served."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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


FORGED = """
import json, os, signal
from pathlib import Path
folder = Path(os.environ["JUPYTER_DEPLOY_ATTEMPT"])
lines = (folder / "ledger.jsonl").read_text().splitlines()
seq = json.loads(lines[-1])["seq"] + 1
wanted = {"name": "../../../../deploy.db", "media_type": "text/plain", "size": 1, "digest": "x"}
entry = {"seq": seq, "at": "2026-01-01T00:00:00+00:00", "kind": "finished", "outcome": "completed",
         "cell": None, "error": {}, "never_ran": [], "outputs": [wanted]}
with open(folder / "ledger.jsonl", "a") as file:
    file.write(json.dumps(entry) + "\\n")
os.kill(os.getppid(), signal.SIGKILL)
"""


async def test_a_forged_ledger_opens_no_other_file(engine: Api, name: str) -> None:
    (await engine("POST", "/deployments", await request_for(engine, name, FORGED))).good(201)
    run = (await engine("POST", f"/deployments/{name}/runs", {})).good(201)["id"]
    done = await ended(engine, run)
    assert [item["name"] for item in done["outputs"]] == ["../../../../deploy.db"]
    path = f"/runs/{run}/outputs/..%2f..%2f..%2f..%2fdeploy.db"
    (await engine.ask("GET", path, None, {})).problem(404)
