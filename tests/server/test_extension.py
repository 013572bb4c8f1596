"""A deployment's life through the extension."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jupyter_server.auth import User
from jupyter_server.serverapp import ServerApp

from jupyter_deploy.domain.bundle import digest_of

from .bundles import request_for
from .conftest import notebook_text
from .contract import Api

Write = Callable[..., str]


async def ended(api: Api, run: int) -> Any:
    """The run, as soon as it has ended; the events say when to look."""
    after = 0
    while True:
        document = (await api("GET", f"/runs/{run}")).good()
        if document["state"] not in ("queued", "running"):
            return document
        query = {"after": after, "wait": 20}
        after = (await api("GET", "/events", query=query)).good()["next"]


async def test_inspecting_stores_nothing(extension: Api, write: Write) -> None:
    write("sales/Daily Sales.ipynb", "n", "n + 1", parameters="n = 3  # type: int  how many")
    request = {"notebook": "sales/Daily Sales.ipynb"}
    document = (await extension("POST", "/inspect", request)).good()
    assert document["name"] == "daily-sales"
    assert document["cells"] == 3
    assert document["current"] is None
    assert document["kernel"]["name"] == "python3"
    [parameter] = document["parameters"]
    assert (parameter["name"], parameter["type"], parameter["default"]) == ("n", "int", 3)
    listed = (await extension("GET", "/deployments")).good()["deployments"]
    assert "daily-sales" not in {item["name"] for item in listed}


async def test_the_kernel_is_compared_with_what_is_live(
    extension: Api, write: Write, name: str
) -> None:
    write(f"{name}.ipynb", "1")
    deploy = {"notebook": f"{name}.ipynb", "name": name}
    (await extension("POST", "/deployments", deploy)).good(201)
    drift = (await extension("GET", f"/deployments/{name}/environment")).good()
    assert (drift["state"], drift["version"], drift["differs"]) == ("same", 1, [])
    gone = {"name": "vanished", "display_name": "V", "language": "python", "interpreter": None}
    request = await request_for(extension, f"{name}-gone", kernel=gone)
    (await extension("POST", "/deployments", request)).good(201)
    drift = (await extension("GET", f"/deployments/{name}-gone/environment")).good()
    assert drift["state"] == "kernel_gone"
    assert "'vanished' is not installed here" in drift["reason"]
    (await extension("GET", "/deployments/nobody/environment")).problem(404, "name")


async def test_from_the_first_deploy_to_the_last_output(
    extension: Api, write: Write, name: str, jp_root_dir: Path
) -> None:
    (jp_root_dir / "prices.csv").write_text("a,b\n")
    write(
        f"{name}.ipynb",
        "print('printed', n)\nopen('side.html', 'w').write('<script>1</script>')",
        parameters="n = 3",
    )
    request: dict[str, Any] = {
        "notebook": f"{name}.ipynb",
        "name": name,
        "files": ["*.csv"],
        "parameters": {"n": 4},
        "schedule": {"cron": "0 6 * * mon-fri", "timezone": "Europe/Berlin"},
        "expected_version": 0,
    }
    made = (await extension("POST", "/deployments", request)).good(201)
    assert (made["name"], made["version"], made["state"]) == (name, 1, "live")
    assert [item["path"] for item in made["files"]] == ["prices.csv"]
    assert len(made["next_fires"]) == 5
    assert made["environment"]["packages"]

    again = (await extension("POST", "/deployments", {**request, "expected_version": 1})).good()
    assert again["version"] == 1
    found = (await extension("POST", "/inspect", {"notebook": f"{name}.ipynb"})).good()
    assert found["current"]["name"] == found["name"] == name

    run = (await extension("POST", f"/deployments/{name}/runs", {})).good(201)
    assert run["parameters"] == {"n": 4}
    done = await ended(extension, run["id"])
    assert (done["state"], done["verdict"]) == ("succeeded", "succeeded"), done
    address = f"/runs/{run['id']}"
    ledger = (await extension("GET", f"{address}/ledger")).good()
    assert ledger["complete"] is True
    assert [entry["seq"] for entry in ledger["entries"]] == list(range(1, ledger["next"] + 1))
    rest = (await extension("GET", f"{address}/ledger", query={"after": ledger["next"]})).good()
    assert rest == {"entries": [], "next": ledger["next"], "complete": True}
    source = await extension("GET", f"{address}/source")
    assert "printed" in source.good()["cells"][1]["source"]

    outputs = {item["name"]: item for item in done["outputs"]}
    assert set(outputs) == {"output.ipynb", "side.html"}
    for item in outputs.values():
        answer = await extension("GET", f"{address}/outputs/{item['name']}")
        assert (answer.status, answer.media_type) == (200, item["media_type"])
        assert (len(answer.body), digest_of(answer.body)) == (item["size"], item["digest"])
    page = await extension("GET", f"{address}/outputs/output.html")
    assert (page.status, page.media_type) == (200, "text/html")
    assert b"printed 4" in page.body
    digest = made["environment"]["digest"]
    snapshot = (await extension("GET", f"/environments/{digest}")).good()
    assert snapshot["packages"] == made["environment"]["packages"]

    paused = (await extension("PATCH", f"/deployments/{name}", {"paused": True})).good()
    assert (paused["paused"], paused["next_fires"]) == (True, [])
    resumed = (await extension("PATCH", f"/deployments/{name}", {"paused": False})).good()
    assert len(resumed["next_fires"]) == 5

    write(f"{name}.ipynb", "print('changed', n)", parameters="n = 3")
    changed = (await extension("POST", "/deployments", {**request, "expected_version": 1})).good(
        201
    )
    assert changed["version"] == 2
    versions = (await extension("GET", f"/deployments/{name}/versions")).good()["versions"]
    assert [(item["version"], item["state"]) for item in versions] == [
        (2, "live"),
        (1, "superseded"),
    ]
    gone = (await extension("DELETE", f"/deployments/{name}")).good()
    assert gone["version"] == 2
    (await extension("GET", f"/deployments/{name}")).problem(404, "name")
    assert (await extension("GET", address)).good()["deployment"] == name
    kept = (await extension("GET", "/runs", query={"deployment": name})).good()
    assert [item["id"] for item in kept["runs"]] == [run["id"]]


async def test_a_running_notebook_is_cancelled(extension: Api, write: Write, name: str) -> None:
    write("slow.ipynb", "print('begun', flush=True)\nimport time\ntime.sleep(600)")
    await extension("POST", "/deployments", {"notebook": "slow.ipynb", "name": name})
    run = (await extension("POST", f"/deployments/{name}/runs")).good(201)["id"]
    while True:
        state = (await extension("GET", f"/runs/{run}")).good()
        if state["progress"] is not None and state["progress"]["cell"] == 1:
            break
    (await extension("POST", f"/runs/{run}/cancel")).good()
    done = await ended(extension, run)
    assert (done["state"], done["fault"], done["verdict"]) == ("cancelled", "cancelled", None)
    (await extension("POST", f"/runs/{run}/cancel")).problem(409)


async def test_previews_are_the_schedulers_own(extension: Api) -> None:
    schedule = {"cron": "30 7 * * 1", "timezone": "America/New_York"}
    document = (await extension("POST", "/schedules/preview", schedule)).good()
    assert len(document["next_fires"]) == 5
    assert all("T07:30:00-0" in fire for fire in document["next_fires"])


async def test_blobs_go_through(extension: Api, name: str) -> None:
    content = name.encode() * 100
    digest = digest_of(content)
    wanted = {"digests": [digest]}
    assert (await extension("POST", "/blobs/missing", wanted)).good() == wanted
    for _ in range(2):
        assert (await extension("PUT", f"/blobs/{digest}", body=content)).status == 204
    assert (await extension("POST", "/blobs/missing", wanted)).good() == {"digests": []}
    (await extension("PUT", f"/blobs/{digest_of(b'')}", body=b"other")).problem(400)


@pytest.mark.parametrize("user", ["ada", "Zoë 李", "a\nX-Other: b", "%41", "x" * 300])
async def test_who_deployed_and_who_started_is_kept(
    extension: Api,
    write: Write,
    name: str,
    user: str,
    jp_serverapp: ServerApp,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider = jp_serverapp.identity_provider
    monkeypatch.setattr(provider, "generate_anonymous_user", lambda _handler: User(user))
    write("mine.ipynb", "1")
    made = await extension("POST", "/deployments", {"notebook": "mine.ipynb", "name": name})
    assert made.good(201)["created_by"] == user
    run = (await extension("POST", f"/deployments/{name}/runs", {})).good(201)
    assert run["created_by"] == user
    await extension("POST", f"/runs/{run['id']}/cancel")


async def test_what_was_sent_is_what_is_kept(extension: Api, jp_root_dir: Path, name: str) -> None:
    document = json.loads(notebook_text("'äöü 李 \U0001f600'"))
    (jp_root_dir / "Größe 李.ipynb").write_text(json.dumps(document), encoding="utf-8")
    request = {"notebook": "Größe 李.ipynb", "name": name}
    made = (await extension("POST", "/deployments", request)).good(201)
    assert made["notebook"] == "Größe 李.ipynb"


async def test_a_notebook_below_the_root_can_be_opened(
    extension: Api, write: Write, name: str, jp_root_dir: Path
) -> None:
    """Its project is a folder of its own below the server's root."""
    path = write("team/sales/notebooks/daily.ipynb", "1")
    (jp_root_dir / "team/sales/schedules").mkdir()
    made = (await extension("POST", "/deployments", {"notebook": path, "name": name})).good(201)
    assert made["notebook"] == "notebooks/daily.ipynb"
    assert made["origin"] == str((jp_root_dir / path).resolve())
    place = await extension("GET", f"/deployments/{name}/notebook")
    assert place.good() == {"path": path}
    (jp_root_dir / path).unlink()
    gone = (await extension("GET", f"/deployments/{name}/notebook")).problem(404, "notebook")
    assert "any more" in gone["detail"]
    (await extension("GET", "/deployments/nobody/notebook")).problem(404, "name")


async def test_a_notebook_outside_the_root_is_said_to_be(
    extension: Api, engine: Api, name: str, jp_root_dir: Path
) -> None:
    origin = str(jp_root_dir.parent / "elsewhere" / "sales.ipynb")
    request = {**await request_for(engine, name), "origin": origin}
    assert (await engine("POST", "/deployments", request)).good(201)["origin"] == origin
    problem = (await extension("GET", f"/deployments/{name}/notebook")).problem(404, "notebook")
    assert origin in problem["detail"]
    assert str(jp_root_dir) in problem["detail"]
    (await engine("GET", f"/deployments/{name}/notebook")).problem(400)
    (await engine("POST", "/deployments", {**request, "origin": "a\0b"})).problem(400, "origin")


async def test_before_origins_were_kept_the_path_was_the_servers(
    extension: Api, engine: Api, name: str, write: Write
) -> None:
    request = await request_for(engine, name)
    assert (await engine("POST", "/deployments", request)).good(201)["origin"] is None
    write("sales.ipynb", "1")
    place = await extension("GET", f"/deployments/{name}/notebook")
    assert place.good() == {"path": "sales.ipynb"}


async def test_two_notebooks_of_one_name_are_told_apart(
    extension: Api, write: Write, name: str
) -> None:
    one, two = (write(f"{name}/{folder}/same.ipynb", "1") for folder in ("one", "two"))
    made = await extension("POST", "/deployments", {"notebook": one, "name": name})
    assert made.good(201)["notebook"] == "same.ipynb"
    found = (await extension("POST", "/inspect", {"notebook": one})).good()
    assert found["current"]["name"] == name
    other = (await extension("POST", "/inspect", {"notebook": two})).good()
    assert other["current"] is None
    request = {"notebook": two, "name": name}
    problem = (await extension("POST", "/deployments", request)).problem(409, "name")
    assert one in problem["detail"]
    assert two in problem["detail"]
    moved = await extension("POST", "/deployments", {**request, "replace": True})
    assert moved.good()["origin"] == other["origin"]


async def test_values_that_could_be_parameters_are_proposed(
    extension: Api, write: Write, name: str
) -> None:
    path = write(f"{name}.ipynb", "import math", "limit = 3", "lost = 4\nprint(math.sqrt(limit))")
    document = (await extension("POST", "/inspect", {"notebook": path})).good()
    edits = [
        {"cell": 0, "before": None, "after": "limit = 3", "tags": ["parameters"]},
        {"cell": 1, "before": "limit = 3", "after": "", "tags": []},
    ]
    assert document["possible_parameters"] == [
        {"name": "limit", "default_source": "3", "cell": 1, "edits": edits}
    ]
    assert document["findings"] == []


async def test_edits_of_the_notebook_are_proposed_and_not_kept(
    extension: Api, write: Write, name: str, jp_root_dir: Path
) -> None:
    path = write(f"{name}.ipynb", "token = 'f7a91c03be5d2846'", "print(token)", "1 + 1")
    held = (jp_root_dir / f"{name}.ipynb").read_bytes()
    edit = {
        "cell": 0,
        "before": "token = 'f7a91c03be5d2846'",
        "after": 'import os\ntoken = os.environ["TOKEN"]',
        "tags": [],
    }
    [found] = (await extension("POST", "/inspect", {"notebook": path})).good()["findings"]
    assert (found["edits"], found["action"]) == ([edit], {"secrets": ["TOKEN"]})
    request = {"notebook": path, "name": name}
    made = (await extension("POST", "/deployments", request)).good(201)
    assert [item["message"] for item in made["preflight"]["findings"]] == [found["message"]]
    assert "f7a91c03be5d2846" not in json.dumps(made)
    assert (jp_root_dir / f"{name}.ipynb").read_bytes() == held
