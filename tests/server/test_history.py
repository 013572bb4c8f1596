"""History, what is usual and metrics, through the extension and at the engine itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from .contract import Api

#: Seconds that a run may take on a busy machine.
PATIENCE = 120


async def run(api: Api, name: str) -> dict[str, Any]:
    """Run the deployment once, to its end."""
    made = (await api("POST", f"/deployments/{name}/runs", {"parameters": {}})).good(201)
    found: dict[str, Any] = made
    deadline = time.monotonic() + PATIENCE
    while found["state"] in ("queued", "running"):
        assert time.monotonic() < deadline, found
        await asyncio.sleep(0.2)
        found = (await api("GET", f"/runs/{made['id']}")).good()
    return found


async def test_the_history_of_runs(
    extension: Api, engine: Api, write: Callable[..., str], name: str
) -> None:
    request = {"notebook": write("history.ipynb", "print('rows: 12')"), "name": name}
    (await extension("POST", "/deployments", request)).good(201)
    empty = (await extension("GET", f"/deployments/{name}/history")).good()
    assert (empty["runs"]["id"], empty["failing"], empty["more"]) == ([], None, False)
    good = await run(engine, name)
    write("history.ipynb", "print('rows: 12')", "1 / 0")
    (await extension("POST", "/deployments", request)).good(201)
    bad = await run(engine, name)

    for api in (extension, engine):
        found = (await api("GET", f"/deployments/{name}/history")).good()
        assert found["runs"]["id"] == found["matrix"]["runs"] == [bad["id"], good["id"]]
        assert found["failing"]["since"] == {
            "run": bad["id"], "at": bad["started_at"], "cell": 1,
        }  # fmt: skip
        assert [row["status"] for row in found["matrix"]["cells"]] == [["ok", "ok"],
                                                                       ["error", None]]  # fmt: skip
        one = (await api("GET", f"/deployments/{name}/history", query={"runs": 1})).good()
        assert (one["runs"]["id"], one["more"]) == ([bad["id"]], True)
        two = (await api("GET", f"/deployments/{name}/history", query={"runs": 2})).good()
        assert two["more"] is False
        usual = (await api("GET", f"/runs/{bad['id']}/usual")).good()
        assert (usual["runs"], [cell["cell"] for cell in usual["cells"]]) == (1, [0, 1])
        assert usual["cells"][1]["seconds"] is None
        [series] = (await api("GET", "/metrics", query={"deployment": name})).good()["metrics"]
        assert [value["value"] for value in series["values"]] == [12, 12]


@pytest.mark.parametrize(
    ("path", "query", "status", "field"),
    [
        ("/deployments/nobody/history", {}, 404, "name"),
        ("/runs/999999999/usual", {}, 404, None),
        ("/runs/9999999999999999999999/usual", {}, 404, None),
        ("/metrics", {}, 400, "deployment"),
        ("/metrics", {"deployment": "nobody"}, 404, "name"),
        ("/metrics", {"deployment": "nobody", "limit": 0}, 400, "limit"),
        ("/metrics", {"deployment": "nobody", "name": [f"m{n}" for n in range(51)]}, 400, "name"),
    ],
)
async def test_what_is_not_there_or_wrong(
    extension: Api, engine: Api, path: str, query: dict[str, Any], status: int, field: str | None
) -> None:
    for api in (extension, engine):
        (await api("GET", path, query=query)).problem(status, field)


@pytest.mark.parametrize("runs", ["0", "10001", "many", "-1"])
async def test_so_many_runs_are_told(extension: Api, runs: str) -> None:
    answer = await extension("GET", "/deployments/nobody/history", query={"runs": runs})
    answer.problem(400, "runs")
