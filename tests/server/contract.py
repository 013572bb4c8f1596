"""Requests whose answers are held against `openapi.yaml`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from jsonschema import Draft202012Validator, FormatChecker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from tornado.httpclient import AsyncHTTPClient
from tornado.simple_httpclient import SimpleAsyncHTTPClient

from jupyter_deploy.server.contract import description

PROBLEM = "application/problem+json"
METHODS = ("get", "head", "post", "put", "patch", "delete")
#: A value for each kind of part that an address has.
SAMPLES = {
    "{digest}": "sha256:" + "0" * 64,
    "{name}": "nobody",
    "{id}": "1",
    "{other}": "2",
    "{file}": "output.ipynb",
    "{token}": "1",
    "{output}": "report",
    "{number}": "1",
}

formats = FormatChecker()


@formats.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def operations() -> list[tuple[str, str]]:
    """Method and address of everything that `openapi.yaml` promises below the prefix."""
    return _described(published=False)


def published() -> list[tuple[str, str]]:
    """The same of what readers are shown, which is not below the prefix."""
    return _described(published=True)


def _described(*, published: bool) -> list[tuple[str, str]]:
    return [
        (method.upper(), path)
        for path, item in description()["paths"].items()
        for method in METHODS
        if method in item and ("servers" in item) == published
    ]


def sample(template: str) -> str:
    """An address of this form."""
    for part, value in SAMPLES.items():
        template = template.replace(part, value)
    return template


def template_of(path: str) -> str | None:
    """The address in `openapi.yaml` that this one is of; fixed ones come before patterns."""
    for template in sorted(description()["paths"], key=lambda item: item.count("{")):
        if re.fullmatch(re.sub(r"\\{(\w+)\\}", _part, re.escape(template)), path):
            return template
    return None


def _part(match: re.Match[str]) -> str:
    if match[1] in ("id", "other", "token", "number"):
        return "[0-9]+"
    return ".+" if match[1] == "file" else "[^/]+"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        return self.headers.get("Content-Type", "").partition(";")[0]

    def json(self) -> Any:
        return json.loads(self.body)

    def good(self, status: int = 200) -> Any:
        """The document of an answer that must have this status."""
        assert self.status == status, self.body
        return self.json()

    def problem(self, status: int, field: str | None = None) -> Any:
        """The refusal, which must be about this field and one sentence."""
        document = self.json()
        assert (self.status, document["field"]) == (status, field), document
        detail = document["detail"]
        assert len(detail) <= 600
        assert detail.endswith((".", "!", "?"))
        assert "\n" not in detail
        return document


def check(method: str, path: str, answer: Answer) -> None:
    """The answer is one that `openapi.yaml` promises for this request."""
    assert "Traceback" not in answer.body.decode(errors="replace")
    template = template_of(path)
    operation = description()["paths"].get(template, {}).get(method.lower())
    if operation is None:
        assert answer.status in (403, 404, 405), (method, path, answer)
        _check_body(["components", "responses", "Problem"], answer)
        return
    known = str(answer.status) in operation["responses"]
    assert known or 400 <= answer.status < 600, (method, path, answer)
    assert answer.status != 500, answer.body
    status = str(answer.status) if known else "default"
    _check_body(["paths", template, method.lower(), "responses", status], answer)


def _check_body(place: list[str], answer: Answer) -> None:
    response = _at(place)
    if "$ref" in response:
        place = response["$ref"].removeprefix("#/").split("/")
        response = _at(place)
    content = response.get("content")
    if content is None:
        assert answer.body == b""
        return
    media_type = answer.media_type if answer.media_type in content else "*/*"
    assert media_type in content, (answer.media_type, place, answer.body[:300])
    if "schema" in content[media_type]:
        pointer = [*place, "content", media_type, "schema"]
        errors = list(_validator(pointer).iter_errors(answer.json()))
        assert not errors, errors


def _at(place: list[str]) -> Any:
    found: Any = description()
    for part in place:
        found = found[part]
    return found


def _validator(place: list[str]) -> Draft202012Validator:
    resource: Resource[Any] = Resource.from_contents(description(), DRAFT202012)
    registry: Registry[Any] = Registry().with_resource("openapi", resource)
    pointer = "/".join(part.replace("~", "~0").replace("/", "~1") for part in place)
    pointer = pointer.replace("{", "%7B").replace("}", "%7D")
    return Draft202012Validator(
        {"$ref": f"openapi#/{pointer}"}, registry=registry, format_checker=formats
    )


class Api:
    """Calls addresses below `base`; each answer is checked before it is given back."""

    def __init__(self, base: str, headers: Mapping[str, str]) -> None:
        self.base = base
        self.headers = dict(headers)
        self._client: AsyncHTTPClient | None = None

    def acting(self, **headers: str) -> Api:
        """The same with these headers only."""
        return Api(self.base, headers)

    async def __call__(
        self,
        method: str,
        path: str,
        document: Any = None,
        *,
        body: bytes | None = None,
        query: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        answer = await self.ask(
            method,
            path + (f"?{urlencode(query, doseq=True)}" if query else ""),
            json.dumps(document).encode() if document is not None else body,
            headers or {},
        )
        check(method, path, answer)
        return answer

    async def ask(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> Answer:
        """The answer as it comes."""
        if self._client is None:
            self._client = SimpleAsyncHTTPClient(force_instance=True, max_clients=50)
        response = await self._client.fetch(
            self.base + path,
            method=method,
            headers={**self.headers, **headers},
            body=body,
            allow_nonstandard_methods=True,
            follow_redirects=False,
            raise_error=False,
            request_timeout=60,
        )
        return Answer(response.code, response.headers, response.body)
