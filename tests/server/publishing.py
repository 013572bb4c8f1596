"""Deployments that publish, and the addresses of readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from jupyter_deploy.client.api import PUBLISHED
from jupyter_deploy.client.launch import Endpoint

from .bundles import request_for
from .contract import Answer, Api
from .test_extension import ended

#: What the SDK displays, without it: any language can.
SHOW = """
import json
from IPython.display import display

def show(kind, **data):
    media_type = f"application/vnd.jupyter-deploy.{kind}.v1+json"
    display({media_type: data, "text/plain": data["name"]}, raw=True)
"""
SALES = """
from pathlib import Path
columns = [{"name": n, "type": t} for n, t in (
    ("region", "string"), ("price", "number"), ("n", "integer"), ("at", "datetime"), ("x", "any"))]
rows = [
    ["eu", 1.5, 1, "2026-03-03T06:00:00", {"a": 1}],
    ["us", "nan", 2, None, "text"],
    ["eu", 12.0, None, "2026-03-04T06:00:00", None],
]
show("table", name="scores", columns=columns, rows=len(rows), data=rows)
show("metric", name="auc", value=0.5, unit="%")
show("metric", name="auc", value=0.75, unit="%")
Path("model.pkl").write_bytes(bytes(range(256)) * 40)
display({"text/html": "<script>parent.document</script><b id='hi'>bold</b>"}, raw=True)
"""
OUTPUTS = {
    "report": {"format": "html", "hide_code": True},
    "source": {"format": "notebook"},
    "text": {"format": "markdown"},
    "scores": {"table": "scores"},
    "model": {"file": "model.pkl"},
    "auc": {"metric": "auc"},
}


class Readers:
    """Addresses below `published`, asked for as a reader does."""

    def __init__(self, base: str, headers: Mapping[str, str]) -> None:
        self._api = Api(base, headers)

    async def __call__(self, path: str, method: str = "GET", **headers: str) -> Answer:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self._api.ask(method, path, None, told)

    def acting(self, **headers: str) -> Readers:
        other = Readers("", {})
        other._api = self._api.acting(**headers)
        return other


async def deploy(api: Api, name: str, *cells: str, **members: Any) -> None:
    request = await request_for(api, name, SHOW, *cells)
    (await api("POST", "/deployments", {"outputs": OUTPUTS, **request, **members})).good(201)


async def run(api: Api, name: str) -> int:
    """A run that has ended, and whose outputs are decided upon."""
    number: int = (await api("POST", f"/deployments/{name}/runs", {})).good(201)["id"]
    await ended(api, number)
    await decided(api, name, number)
    return number


async def decided(api: Api, name: str, number: int) -> Any:
    """The overview, once it is known what this run has published; events say when to look."""
    after = 0
    while True:
        overview = (await api("GET", f"/deployments/{name}/outputs")).good()
        found = [item for item in overview["history"] if item["run"] == number]
        if not found or found[0]["published_at"]:
            return overview
        query = {"after": after, "wait": 20}
        after = (await api("GET", "/events", query=query)).good()["next"]


@pytest.fixture
def engine_readers(endpoint: Endpoint) -> Readers:
    return Readers(endpoint.url + PUBLISHED, {"Authorization": f"token {endpoint.token}"})


@pytest.fixture
def lab_readers(
    extension: Api, http_server_client: Any, jp_auth_header: dict[str, str], jp_base_url: str
) -> Readers:
    url = http_server_client.get_url(jp_base_url.rstrip("/") + PUBLISHED)
    return Readers(url, jp_auth_header)
