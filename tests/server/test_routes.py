"""Every address: described, closed to strangers, closed to those who may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_server.auth import AllowAllAuthorizer, Authorizer
from jupyter_server.serverapp import ServerApp
from openapi_spec_validator import validate
from tornado.routing import RuleRouter
from tornado.web import RequestHandler

from jupyter_deploy.server.api import READ, ROUTES
from jupyter_deploy.server.contract import description
from jupyter_deploy.server.published_forwarding import PublishedHandler

from .contract import METHODS, Api, operations, published, sample

OPERATIONS = operations()
#: Where the decorators `authenticated` and `authorized` are from.
GUARDS = ["tornado.web", "jupyter_server.auth.decorator"]


def methods_of(handler: type[RequestHandler]) -> set[str]:
    """What a handler answers to, beside what browsers ask before (OPTIONS)."""
    nothing = RequestHandler._unimplemented_method
    return {method.upper() for method in METHODS if getattr(handler, method) is not nothing}


def handlers_of(router: RuleRouter) -> Iterator[type[RequestHandler]]:
    for rule in router.rules:
        if isinstance(rule.target, RuleRouter):
            yield from handlers_of(rule.target)
        elif rule.target.__module__.startswith("jupyter_deploy."):
            yield rule.target


def test_the_description_is_valid() -> None:
    validate(description())


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_what_is_described_has_a_route(method: str, path: str) -> None:
    matching = [item for pattern, item in ROUTES if re.fullmatch(pattern, sample(path))]
    assert matching
    assert method in methods_of(matching[0])


@pytest.mark.parametrize(("pattern", "handler"), ROUTES)
def test_every_route_is_described(pattern: str, handler: type[RequestHandler]) -> None:
    described = {method for method, path in OPERATIONS if re.fullmatch(pattern, sample(path))}
    assert methods_of(handler) <= described


def test_what_readers_get_is_described() -> None:
    for method, path in published():
        address = sample(path).removeprefix("/published")
        matching = [item for pattern, item in READ if re.fullmatch(pattern, address)]
        assert matching, path
        assert method in methods_of(matching[0])
        assert methods_of(matching[0]) == {"GET", "HEAD"}


async def test_the_engine_answers_nobody_without_its_token(engine: Api) -> None:
    for headers in ({}, {"Authorization": "token wrong"}, {"Authorization": "Bearer é"}):
        stranger = engine.acting(**headers)
        for method, path in OPERATIONS:
            answer = await stranger(method, sample(path), {})
            assert answer.problem(403)["type"] == "forbidden", (method, path)


async def test_the_extension_answers_nobody_without_login(extension: Api) -> None:
    stranger = extension.acting()
    for method, path in [*OPERATIONS, ("GET", "/nothing"), ("DELETE", "/health")]:
        answer = await stranger(method, sample(path), {})
        assert answer.status in (403, 405), (method, path)
        answer.problem(answer.status)


async def test_the_extension_refuses_who_may_not(extension: Api, jp_serverapp: ServerApp) -> None:
    asked: list[tuple[str, str]] = []

    class Denying(Authorizer):
        def is_authorized(self, handler: Any, user: Any, action: str, resource: str) -> bool:
            asked.append((action, resource))
            return False

    jp_serverapp.web_app.settings["authorizer"] = Denying()
    for method, path in [*OPERATIONS, ("GET", "/nothing")]:
        (await extension(method, sample(path), {})).problem(403)
    assert {resource for _action, resource in asked} == {"jupyter_deploy"}
    assert len(asked) == len(OPERATIONS) + 1
    reading = [action for action, _resource in asked].count("read")
    assert reading == 1 + sum(method == "GET" for method, _path in OPERATIONS)


def test_no_method_of_the_extension_is_left_open(jp_serverapp: ServerApp) -> None:
    found = list(handlers_of(jp_serverapp.web_app.default_router))
    assert {item.__name__ for item in found} == {
        "HealthHandler",
        "InspectHandler",
        "DeployHandler",
        "DriftHandler",
        "PlaceHandler",
        "FileHandler",
        "ForwardHandler",
        "PublishedHandler",
    }
    for handler in found:
        if handler is PublishedHandler:  # looks for a login or a token itself: test_published.py
            continue
        for method in methods_of(handler):
            layers = [item.__globals__["__name__"] for item in _layers(handler, method)]
            assert layers == [*GUARDS, handler.__module__], (handler, method)


def _layers(handler: type[RequestHandler], method: str) -> Iterator[Any]:
    """A method and its decorators, outermost first."""
    layer = getattr(handler, method.lower())
    while layer is not None:
        yield layer
        layer = getattr(layer, "__wrapped__", None)


def test_the_default_allows_every_user(jp_serverapp: ServerApp) -> None:
    assert isinstance(jp_serverapp.authorizer, AllowAllAuthorizer)


async def test_unknown_addresses_and_wrong_methods(extension: Api, engine: Api) -> None:
    for api in (extension, engine):
        for path in ("/nothing", "/runs/one", "/runs/1/", "/deployments/a/b", "/runs/-1", "/%00"):
            (await api("GET", path)).problem(404)
        for method, path in (("POST", "/deployments/nobody"), ("DELETE", "/runs/1")):
            (await api(method, path, {})).problem(405)
        for method, path in (("PUT", "/runs"), ("PATCH", "/events"), ("DELETE", "/inspect")):
            (await api(method, path, {})).problem(405)
        assert (await api.ask("HEAD", "/health", None, {})).status == 405
