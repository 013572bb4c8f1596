"""From deploying to reading what came out, in a terminal and over HTTP."""

from __future__ import annotations

import json
import threading
import time
from datetime import datetime
from pathlib import Path

import httpx
import nbformat
import pytest

from jupyter_deploy.client.api import PREFIX
from jupyter_deploy.errors import Conflict

from .conftest import Place, finish, until

SOURCE = ("print('n is', n)\nopen('table.csv', 'w').write('a,b')", "{'answer': n}")


def test_in_a_terminal(shared: Place, tmp_path: Path) -> None:
    shared.notebook("story.ipynb", *SOURCE, parameters="n = 1")
    deployed = shared.json("notebook", "story.ipynb", "-p", "n=7")
    assert (deployed["name"], deployed["version"], deployed["state"]) == ("story", 1, "live")
    run = shared.json("run", "story", "--wait")
    assert (run["state"], run["verdict"], run["parameters"]) == ("succeeded", "succeeded", {"n": 7})
    logs = shared("logs", run["id"])
    assert logs.code == 0
    assert "n is 7" in logs.out
    executed, table = tmp_path / "executed.ipynb", tmp_path / "table.csv"
    assert shared("output", run["id"], "-o", executed).code == 0
    assert shared("output", run["id"], "--file", "table.csv", "-o", table).code == 0
    assert nbformat.read(executed, as_version=4).cells[-1].outputs[0].data["text/plain"]
    assert table.read_text() == "a,b"


RECORDING = """
import jupyter_deploy as jd
jd.metric("auc", n / 10, unit="%")
jd.metric("worst", float("nan"))
jd.table("scores", [{"region": "eu", "score": n}, {"region": "us", "score": 1}])
jd.text("note", f"n was {n}")
open("model.txt", "w").write("a model")
jd.file("model.txt")
print("rows:", 12, "" if jd.run.is_production else "interactive")
"""


def test_what_a_notebook_records(shared: Place) -> None:
    shared.notebook("recording.ipynb", RECORDING, parameters="n = 7")
    shared.json("notebook", "recording.ipynb")
    first = shared.json("run", "recording", "--wait")
    second = shared.json("run", "recording", "-p", "n=9", "--wait")
    assert first["metrics"] == {"auc": 0.7, "worst": "nan", "rows": 12}
    assert [output["name"] for output in second["outputs"]] == ["output.ipynb", "model.txt"]
    [auc] = shared.json("metrics", "recording", "--name", "auc")["metrics"]
    assert [value["value"] for value in auc["values"]] == [0.7, 0.9]
    assert "+0.2" in shared("metrics", "recording").out
    changed = shared.json("diff", first["id"], second["id"])
    assert [change["name"] for change in changed["metrics"]] == ["auc"]
    assert [change["name"] for change in changed["tables"]] == ["scores"]
    assert [(one["old"], one["new"]) for one in changed["texts"]] == [("n was 7", "n was 9")]


def test_over_http(shared: Place) -> None:
    """Without our own client, as any other program would."""
    shared.deploy("told", *SOURCE, parameters="n = 1")
    document = shared.runtime_document()
    headers = {"Authorization": f"token {document['token']}"}
    address = document["url"] + PREFIX
    with httpx.Client(base_url=address, headers=headers, timeout=60) as http:
        started = http.post("/deployments/told/runs", json={"parameters": {"n": 5}})
        assert started.status_code == 201
        number = started.json()["id"]
        run = shared.ended(number)
        assert http.get(f"/runs/{number}").json() == run
        assert {output["name"] for output in run["outputs"]} == {"output.ipynb", "table.csv"}
        ledger = http.get(f"/runs/{number}/ledger").json()
        kinds = [entry["kind"] for entry in ledger["entries"]]
        assert ledger["complete"]
        assert (kinds[0], kinds[-1]) == ("attempt_started", "finished")
        assert "n is 5" in shared.printed(number)
        page = http.get(f"/runs/{number}/outputs/output.html")
        assert "n is 5" in page.text
        assert "sandbox" in page.headers["Content-Security-Policy"]
        assert http.get(f"/runs/{number}/outputs/table.csv").text == "a,b"


def test_progress_is_seen_within_a_second(shared: Place) -> None:
    cells = [f"import time\nprint('cell', {n})\ntime.sleep(1.2)" for n in range(3)]
    shared.deploy("steps", *cells)
    number = shared.run("steps")
    follower = shared.start("logs", number, "--follow")
    printed: dict[str, float] = {}

    def read() -> None:
        assert follower.stdout
        for line in follower.stdout:
            printed.setdefault(line.strip(), time.time())

    reader = threading.Thread(target=read)
    reader.start()
    seen: dict[int, float] = {}

    def look() -> bool:
        run = shared.client.run(number)
        if run["progress"] and run["state"] == "running":
            seen.setdefault(run["progress"]["cell"], time.time())
        return run["state"] == "succeeded"

    until(look)
    assert follower.wait(20) == 0
    reader.join()
    for entry in shared.entries(number, "cell_started")[1:]:  # the follower needs time to start
        began, cell = datetime.fromisoformat(entry["at"]).timestamp(), entry["number"]
        assert 0 <= seen[cell] - began < 1
        assert 0 <= printed[f"[{cell}/3] cell {cell}"] - began < 1
        assert 0 <= printed[f"cell {cell - 1}"] - began < 1


def test_ten_runs_at_once_share_the_slots(shared: Place) -> None:
    shared.deploy("short", "import time\ntime.sleep(0.3)")
    numbers = [shared.run("short") for _ in range(10)]
    runs = [shared.ended(number) for number in numbers]
    assert {run["verdict"] for run in runs} == {"succeeded"}
    starts = [(attempt["started_at"], 1) for run in runs for attempt in run["attempts"]]
    ends = [(attempt["ended_at"], -1) for run in runs for attempt in run["attempts"]]
    assert len(starts) == 10
    running = most = 0
    for _, change in sorted(starts + ends):
        running += change
        most = max(most, running)
    assert most == 3


def test_two_deploys_at_once(shared: Place) -> None:
    """Both count, one after the other, or the slower one is told."""
    for number in range(2):
        shared.notebook(f"{number}/twice.ipynb", f"print({number})")
    options = ("--name", "twice", "--replace", "--json")
    started = [shared.start("notebook", f"{n}/twice.ipynb", *options) for n in range(2)]
    answers = [finish(process) for process in started]
    assert [code for code, _, _ in answers] == [0, 0], answers
    assert sorted(json.loads(out)["version"] for _, out, _ in answers) == [1, 2]
    versions = shared.client.versions("twice")["versions"]
    assert [item["state"] for item in versions] == ["live", "superseded"]
    assert shared.ended(shared.run("twice"))["version"] == 2


def test_a_deploy_that_somebody_overtook(shared: Place) -> None:
    shared.deploy("overtaken", "1")
    shared.deploy("overtaken", "2")
    with pytest.raises(Conflict) as caught:
        shared.client.deploy(
            shared.capture("overtaken", "3"),
            name="overtaken",
            parameters={},
            schedule=None,
            expected_version=1,
        )
    assert caught.value.hint
    assert shared.client.deployment("overtaken")["version"] == 2


@pytest.mark.parametrize("fate", ["vanished", "changed", "grown", "became a folder"])
def test_a_file_that_does_not_stay(shared: Place, fate: str) -> None:
    """Between capture and upload; nothing is deployed then."""
    path = shared.work / f"{fate}.csv"
    path.write_text(f"captured {fate}")
    name = fate.replace(" ", "-")
    captured = shared.capture(name, "1", patterns=[path.name])
    if fate == "changed":
        path.write_text(f"CAPTURED {fate}")
    elif fate == "grown":
        path.write_text("x" * 3_000_000)
    else:
        path.unlink()
        if fate == "became a folder":
            path.mkdir()
    with pytest.raises(Conflict) as caught:
        shared.client.deploy(captured, name=name, parameters={}, schedule=None)
    assert path.name in caught.value.message
    assert caught.value.hint
    assert name not in {item["name"] for item in shared.client.deployments()["deployments"]}
