"""Outputs as the command line names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_deploy.domain.publishing import FORMATS, read_outputs
from jupyter_deploy.errors import InvalidInput

_KINDS = ("table", "file", "metric")


def read_published(given: Sequence[str]) -> dict[str, Any]:
    """`report=html`, `scores=table:scores` and the like as in a deployment file.

    Raises InvalidInput.
    """
    found = dict(_one(text) for text in given)
    read_outputs(found)
    return found


def _one(text: str) -> tuple[str, dict[str, Any]]:
    name, equals, told = text.partition("=")
    kind, colon, source = told.partition(":")
    form, comma, more = told.partition(",")
    if equals and colon and kind in _KINDS:
        return name, {kind: source}
    if equals and form in FORMATS and (not comma or more == "hide-code"):
        return name, {"format": form, **({"hide_code": True} if comma else {})}
    raise InvalidInput(
        f"{text!r} does not say what to publish.",
        field="publish",
        hint="Write for example report=html, report=html,hide-code, scores=table:scores, "
        "model=file:model.pkl or auc=metric:auc.",
    )
