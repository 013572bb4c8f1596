"""Requests held against `openapi.yaml`, the one description of the API."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from jupyter_deploy.errors import InvalidInput

OPENAPI = Path(__file__).parent / "openapi.yaml"
_ADDRESS = "openapi"


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document."""
    document: dict[str, Any] = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
    return document


@cache
def validator(schema: str) -> Draft202012Validator:
    """Validator of `components/schemas/{schema}`."""
    resource: Resource[Any] = Resource.from_contents(description(), DRAFT202012)
    registry: Registry[Any] = Registry().with_resource(_ADDRESS, resource)
    reference = {"$ref": f"{_ADDRESS}#/components/schemas/{schema}"}
    return Draft202012Validator(reference, registry=registry)


def read_body(body: bytes, schema: str) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object.

    Raises InvalidInput with the field that does not fit.
    """
    document: dict[str, Any] = _parse(body)
    error = best_match(validator(schema).iter_errors(document))
    if error is not None:
        raise _invalid(error)
    return document


def _parse(body: bytes) -> Any:
    try:
        document = json.loads(body or b"{}", parse_constant=_refuse_constant)
        # Lone surrogates parse, but can be neither stored nor sent.
        json.dumps(document, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            f"The request's body is not JSON: {error}.", hint="Send one JSON object."
        ) from error
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON number")


def _invalid(error: ValidationError) -> InvalidInput:
    field = ".".join(str(part) for part in error.absolute_path) or None
    where = f"{field}: " if field else ""
    return InvalidInput(
        f"{where}{error.message[:300]}.",
        field=field,
        hint="The API is described in openapi.yaml.",
    )
