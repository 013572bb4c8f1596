"""The client against engines that answer oddly, or not at all."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from jupyter_deploy.capture.bundle import Captured
from jupyter_deploy.client.api import PREFIX, EngineClient
from jupyter_deploy.domain.bundle import Bundle, CapturedFile, Kernel, digest_of
from jupyter_deploy.errors import Conflict, DeployError, InvalidInput, NotFound, Unavailable

Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler) -> EngineClient:
    engine = EngineClient("http://engine", "secret", user="ada")
    engine._http = httpx.Client(
        base_url=f"http://engine{PREFIX}",
        headers=engine._http.headers,
        transport=httpx.MockTransport(handler),
    )
    return engine


def answering(status: int, content: bytes) -> EngineClient:
    return client(lambda _request: httpx.Response(status, content=content))


@pytest.mark.parametrize("error", [InvalidInput, NotFound, Conflict, Unavailable])
def test_problems_become_errors(error: type[DeployError]) -> None:
    problem = error("What is wrong.", field="name", hint="What to do.").problem()
    engine = answering(error.status, json.dumps(problem).encode())
    with pytest.raises(error) as caught:
        engine.health()
    assert (caught.value.message, caught.value.field, caught.value.hint) == (
        "What is wrong.",
        "name",
        "What to do.",
    )


@pytest.mark.parametrize(("status", "content"), [(200, b"<html>"), (502, b"bad"), (404, b"[]")])
def test_something_else_at_the_address(status: int, content: bytes) -> None:
    with pytest.raises(Unavailable):
        answering(status, content).deployments()


def test_nothing_at_the_address() -> None:
    with socket.socket() as taken:  # bound, and not listening
        taken.bind(("127.0.0.1", 0))
        engine = EngineClient(f"http://127.0.0.1:{taken.getsockname()[1]}", "secret")
        with pytest.raises(Unavailable) as caught:
            engine.health()
        engine.close()
    assert caught.value.exit_code == 3
    assert "engine start" in str(caught.value.hint)


@pytest.mark.parametrize("fault", [httpx.ReadTimeout, httpx.ConnectTimeout, httpx.ReadError])
def test_faults_of_the_transport(fault: type[httpx.TransportError]) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise fault("")

    with pytest.raises(Unavailable):
        client(fail).health()


def test_names_cannot_change_the_address() -> None:
    seen: list[str] = []

    def note(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path.decode().removeprefix(PREFIX))
        return httpx.Response(200, content=b"{}")

    engine = client(note)
    engine.deployment("a/../b?c")
    engine.output(1, "../../ledger?x=1")
    engine.output(1, "sub/ä.csv")
    assert seen == [
        "/deployments/a%2F..%2Fb%3Fc",
        "/runs/1/outputs/..%2F..%2Fledger%3Fx%3D1",
        "/runs/1/outputs/sub%2F%C3%A4.csv",
    ]


def test_deploy_uploads_only_what_is_missing(tmp_path: Path) -> None:
    kept, sent = b"kept", b"sent" * 1_000_000
    path = tmp_path / "sent.bin"
    path.write_bytes(sent)
    uploaded: dict[str, bytes] = {}

    def engine(request: httpx.Request) -> httpx.Response:
        place = request.url.path.removeprefix(PREFIX)
        assert request.headers["Authorization"] == "token secret"
        assert request.headers["X-Jupyter-Deploy-User"] == "ada"
        if place == "/blobs/missing":
            assert set(json.loads(request.content)["digests"]) == {digest_of(kept), digest_of(sent)}
            return httpx.Response(200, json={"digests": [digest_of(sent)]})
        if request.method == "PUT":
            uploaded[place.removeprefix("/blobs/")] = request.read()
            return httpx.Response(204)
        body = json.loads(request.content)
        assert (body["expected_version"], body["replace"]) == (2, True)
        return httpx.Response(201, json={"version": 3})

    contents: dict[str, bytes | Path] = {digest_of(kept): kept, digest_of(sent): path}
    bundle = Bundle(
        notebook=CapturedFile("a.ipynb", digest_of(kept), len(kept)),
        files=(CapturedFile("sent.bin", digest_of(sent), len(sent)),),
        parameters=(),
        parameters_known=True,
        kernel=Kernel("python3", "Python 3", "python", None),
        environment=None,
        packages=None,
        git=None,
        cells=1,
        findings=(),
    )
    document, created = client(engine).deploy(
        Captured(bundle, None, contents),
        name="a",
        parameters={},
        schedule=None,
        expected_version=2,
        replace=True,
    )
    assert (document, created) == ({"version": 3}, True)
    assert uploaded == {digest_of(sent): sent}
