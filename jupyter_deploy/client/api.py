"""The engine's API as Python calls; one method per operation of `openapi.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from jupyter_deploy.capture.bundle import Captured
from jupyter_deploy.errors import DeployError, Unavailable, from_problem

PREFIX = "/jupyter-deploy/api/v1"
#: Who acts, as checked by the Jupyter Server extension.
USER_HEADER = "X-Jupyter-Deploy-User"
TIMEOUT = 60.0
CHUNK = 1024 * 1024

Document = dict[str, Any]


class EngineClient:
    """Every method raises the DeployError that the engine answered, or Unavailable."""

    def __init__(self, url: str, token: str, *, user: str | None = None) -> None:
        headers = {"Authorization": f"token {token}"}
        if user:
            headers[USER_HEADER] = user
        self._http = httpx.Client(
            base_url=url + PREFIX, headers=headers, timeout=TIMEOUT, trust_env=False
        )

    def health(self) -> Document:
        return self._json("GET", "/health")

    def preview(self, schedule: Document) -> Document:
        return self._json("POST", "/schedules/preview", json=schedule)

    def deployments(self) -> Document:
        return self._json("GET", "/deployments")

    def deployment(self, name: str) -> Document:
        return self._json("GET", f"/deployments/{_part(name)}")

    def versions(self, name: str) -> Document:
        return self._json("GET", f"/deployments/{_part(name)}/versions")

    def set_paused(self, name: str, paused: bool) -> Document:
        return self._json(
            "PATCH", f"/deployments/{_part(name)}", json={"paused": paused}
        )

    def delete(self, name: str) -> Document:
        return self._json("DELETE", f"/deployments/{_part(name)}")

    def deploy(
        self,
        captured: Captured,
        *,
        name: str,
        parameters: Document,
        schedule: Document | None,
        expected_version: int | None = None,
        replace: bool = False,
    ) -> tuple[Document, bool]:
        """Upload what the engine does not have and make it live; False if it was already."""
        self._upload(captured)
        environment = captured.environment
        body = {
            "name": name,
            "bundle": captured.bundle.to_json(),
            "environment": environment.to_json() if environment else None,
            "parameters": parameters,
            "schedule": schedule,
            "expected_version": expected_version,
            "replace": replace,
        }
        response = self._send("POST", "/deployments", json=body)
        document: Document = response.json()
        return document, response.status_code == 201

    def _upload(self, captured: Captured) -> None:
        digests = list(captured.contents)
        missing = self._json("POST", "/blobs/missing", json={"digests": digests})[
            "digests"
        ]
        for digest in missing:
            self._send(
                "PUT", f"/blobs/{digest}", content=_content(captured.contents[digest])
            )

    def start_run(
        self, name: str, parameters: Document, key: str | None = None
    ) -> Document:
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/deployments/{_part(name)}/runs"
        return self._json(
            "POST", path, json={"parameters": parameters}, headers=headers
        )

    def runs(
        self,
        deployment: str | None = None,
        state: str | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> Document:
        query = {
            "deployment": deployment,
            "state": state,
            "limit": limit,
            "cursor": cursor,
        }
        given = {key: value for key, value in query.items() if value is not None}
        return self._json("GET", "/runs", params=given)

    def run(self, run_id: int) -> Document:
        return self._json("GET", f"/runs/{run_id}")

    def cancel(self, run_id: int) -> Document:
        return self._json("POST", f"/runs/{run_id}/cancel")

    def ledger(self, run_id: int, after: int = 0) -> Document:
        return self._json("GET", f"/runs/{run_id}/ledger", params={"after": after})

    def output(self, run_id: int, name: str) -> bytes:
        return self._send("GET", f"/runs/{run_id}/outputs/{quote(name)}").content

    def environment(self, digest: str) -> Document:
        return self._json("GET", f"/environments/{_part(digest)}")

    def _json(self, method: str, path: str, **options: Any) -> Document:
        document: Document = self._send(method, path, **options).json()
        return document

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except httpx.TransportError as error:
            raise Unavailable(
                f"The engine does not answer ({error}).",
                hint="`jupyter deploy engine start` starts it; `jupyter deploy doctor` looks for "
                "the cause.",
            ) from error
        if response.is_error:
            raise _error(response)
        return response


def _part(text: str) -> str:
    return quote(text, safe="")


def _content(content: bytes | Path) -> bytes | Iterator[bytes]:
    return content if isinstance(content, bytes) else _chunks(content)


def _chunks(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _error(response: httpx.Response) -> DeployError:
    try:
        return from_problem(response.json())
    except ValueError:
        return DeployError(f"The engine answered {response.status_code}.")
