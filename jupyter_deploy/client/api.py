"""The engine's API as Python calls; one method per operation of `openapi.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import httpx

from jupyter_deploy.capture.files import unreadable
from jupyter_deploy.errors import (
    Conflict,
    DeployError,
    InvalidInput,
    Unavailable,
    from_problem,
)

if TYPE_CHECKING:  # reading notebooks loads slowly, and only deploying needs it
    from jupyter_deploy.capture.bundle import Captured

PREFIX = "/jupyter-deploy/api/v1"
#: Where readers find what is published.
PUBLISHED = "/jupyter-deploy/published"
#: Who acts, as checked by the Jupyter Server extension; percent-encoded, names are any text.
USER_HEADER = "X-Jupyter-Deploy-User"
#: An engine that is alive answers within milliseconds; what moves or renders files takes longer.
TIMEOUT = httpx.Timeout(20, connect=5)
SLOW = httpx.Timeout(300, connect=5)
CHUNK = 1024 * 1024

Document = dict[str, Any]


class EngineClient:
    """Every method raises the DeployError that the engine answered, or Unavailable."""

    def __init__(self, url: str, token: str, *, user: str | None = None) -> None:
        self.url = url
        headers = {"Authorization": f"token {token}"}
        if user:
            headers[USER_HEADER] = quote(user)
        self._http = httpx.Client(
            base_url=url + PREFIX, headers=headers, timeout=TIMEOUT, trust_env=False
        )

    def close(self) -> None:
        self._http.close()

    def health(self) -> Document:
        return self._json("GET", "/health")

    def preview(self, schedule: Document) -> Document:
        return self._json("POST", "/schedules/preview", json=schedule)

    def deployments(self) -> Document:
        return self._json("GET", "/deployments")

    def deployment(self, name: str, version: int | None = None) -> Document:
        """As this version describes it, or the current one."""
        query = {"version": version} if version else {}
        return self._json("GET", f"/deployments/{_part(name)}", params=query)

    def versions(self, name: str) -> Document:
        return self._json("GET", f"/deployments/{_part(name)}/versions")

    def version_changes(self, name: str, since: int, number: int) -> Document:
        path = f"/deployments/{_part(name)}/versions/{number}/changes"
        return self._json("GET", path, params={"since": since})

    def set_paused(self, name: str, paused: bool) -> Document:
        return self._json("PATCH", f"/deployments/{_part(name)}", json={"paused": paused})

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
        policies: Document | None = None,
        outputs: Document | None = None,
        preflight: str | Document | None = None,
    ) -> tuple[Document, bool]:
        """Upload what the engine does not have and deploy it; False if it was already."""
        self._upload(captured)
        environment = captured.environment
        body = {
            "name": name,
            "bundle": captured.bundle.to_json(),
            "origin": captured.origin,
            "environment": environment.to_json() if environment else None,
            "parameters": parameters,
            "schedule": schedule,
            "expected_version": expected_version,
            "replace": replace,
            "outputs": outputs,
            "preflight": preflight,
            **(policies or {}),
        }
        response = self._send("POST", "/deployments", json=body)
        return _document(response), response.status_code == 201

    def _upload(self, captured: Captured) -> None:
        digests = list(captured.contents)
        missing = self._json("POST", "/blobs/missing", json={"digests": digests})["digests"]
        for digest in missing:
            self._put(digest, captured.contents[digest])

    def _put(self, digest: str, content: bytes | Path) -> None:
        source = content if isinstance(content, bytes) else _chunks(content)
        try:
            self._send("PUT", f"/blobs/{digest}", content=source, timeout=SLOW)
        except InvalidInput as error:
            if isinstance(content, bytes):
                raise
            raise Conflict(
                f"{content.name} changed while it was deployed.",
                field="files",
                hint="See that nothing writes to it and deploy again.",
            ) from error

    def outputs(self, name: str) -> Document:
        return self._json("GET", f"/deployments/{_part(name)}/outputs")

    def tokens(self, name: str) -> Document:
        return self._json("GET", f"/deployments/{_part(name)}/tokens")

    def create_token(self, name: str, label: str) -> Document:
        return self._json("POST", f"/deployments/{_part(name)}/tokens", json={"label": label})

    def revoke_token(self, name: str, token_id: int) -> Document:
        return self._json("DELETE", f"/deployments/{_part(name)}/tokens/{token_id}")

    def secrets(self) -> Document:
        return self._json("GET", "/secrets")

    def set_secret(self, name: str, value: str) -> Document:
        body = {"value": value}
        return self._json("PUT", f"/secrets/{_part(name)}", json=body, timeout=SLOW)

    def delete_secret(self, name: str, *, force: bool = False) -> Document:
        query = {"force": "true"} if force else {}
        return self._json("DELETE", f"/secrets/{_part(name)}", params=query, timeout=SLOW)

    def start_run(
        self,
        name: str,
        parameters: Document,
        key: str | None = None,
        version: int | None = None,
    ) -> Document:
        headers = {"Idempotency-Key": key} if key else {}
        path = f"/deployments/{_part(name)}/runs"
        body = {"parameters": parameters, **({"version": version} if version else {})}
        return self._json("POST", path, json=body, headers=headers)

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

    def retry(self, run_id: int) -> Document:
        return self._json("POST", f"/runs/{run_id}/retry")

    def pin(self, run_id: int, pinned: bool) -> Document:
        return self._json("PATCH", f"/runs/{run_id}", json={"pinned": pinned})

    def retention(self, older_than: int | None) -> Document:
        """What is older than so many days; None for as many as are configured."""
        query = {} if older_than is None else {"older_than": older_than}
        return self._json("GET", "/retention", params=query)

    def prune(self, older_than: int) -> Document:
        return self._json("POST", "/retention", json={"older_than": older_than})

    def ledger(self, run_id: int, after: int = 0) -> Document:
        return self._json("GET", f"/runs/{run_id}/ledger", params={"after": after})

    def diff(self, run: int, later: int | None = None, **options: Any) -> Document:
        """Two runs, or one and the last good one before it.

        `ignore` and `tolerance` are lists, `hidden` is "true" or "false".
        """
        path = f"/runs/{run}/diff" if later is None else f"/runs/{run}/diff/{later}"
        return self._json("GET", path, params=options, timeout=SLOW)

    def history(self, deployment: str, runs: int) -> Document:
        path = f"/deployments/{_part(deployment)}/history"
        return self._json("GET", path, params={"runs": runs}, timeout=SLOW)

    def metrics(self, deployment: str, names: Sequence[str], limit: int) -> Document:
        query = {"deployment": deployment, "name": list(names), "limit": limit}
        return self._json("GET", "/metrics", params=query)

    def why(self, run_id: int) -> Document:
        return self._json("GET", f"/runs/{run_id}/why", timeout=SLOW)

    def output(self, run_id: int, name: str) -> bytes:
        """`output.ipynb` or a file that the run left."""
        return b"".join(self.output_pieces(run_id, name))

    def output_pieces(
        self, run_id: int, name: str, form: str | None = None, hide_code: bool = False
    ) -> Iterator[bytes]:
        """The same without holding it; `output.ipynb` also in another form."""
        given = {"format": form, "hide_code": "true" if hide_code else None}
        query = {key: value for key, value in given.items() if value is not None}
        path = f"/runs/{run_id}/outputs/{_part(name)}"
        try:
            with self._http.stream("GET", path, params=query, timeout=SLOW) as response:
                if response.is_error:
                    response.read()
                    raise _error(response)
                yield from response.iter_bytes(CHUNK)
        except httpx.TransportError as error:
            raise _unavailable(str(error) or "it took too long") from error

    def source(self, run_id: int) -> bytes:
        """The notebook as captured in the version that ran."""
        return self._send("GET", f"/runs/{run_id}/source", timeout=SLOW).content

    def environment(self, digest: str) -> Document:
        return self._json("GET", f"/environments/{_part(digest)}")

    def events(self, after: int = -1, wait: float = 0) -> Document:
        return self._json("GET", "/events", params={"after": after, "wait": wait}, timeout=SLOW)

    def _json(self, method: str, path: str, **options: Any) -> Document:
        return _document(self._send(method, path, **options))

    def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        try:
            response = self._http.request(method, path, **options)
        except httpx.TimeoutException as error:
            raise _unavailable("it took too long") from error
        except httpx.TransportError as error:
            raise _unavailable(str(error)) from error
        if response.is_error:
            raise _error(response)
        return response


def _unavailable(why: str) -> Unavailable:
    return Unavailable(
        f"The engine does not answer: {why}.",
        hint="`jupyter deploy engine start` starts it; "
        "`jupyter deploy doctor` looks for the cause.",
    )


def _part(text: str) -> str:
    return quote(text, safe="")


def _chunks(path: Path) -> Iterator[bytes]:
    """Raises Conflict when the file vanished since it was captured."""
    try:
        with open(path, "rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise unreadable(path, error, "files") from error


def _document(response: httpx.Response) -> Document:
    try:
        document: Document = response.json()
    except ValueError as error:
        raise _unavailable("what listens at its address is something else") from error
    return document


def _error(response: httpx.Response) -> DeployError:
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict):
        return _unavailable(f"something else answered with status {response.status_code}")
    return from_problem(problem)
