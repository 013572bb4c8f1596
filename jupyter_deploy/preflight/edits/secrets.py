"""A secret in the source becomes a variable of the environment."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from jupyter_deploy.domain.bundle import Edit, Finding
from jupyter_deploy.domain.variables import is_secret_name
from jupyter_deploy.preflight.cells import Cell
from jupyter_deploy.preflight.edits.book import Book, Changes
from jupyter_deploy.preflight.edits.rewriting import UncertainError, is_plain
from jupyter_deploy.preflight.secrets import is_told_by_name, kinds_of, pairs

#: What a secret is called whose variable says nothing.
_USUAL = {
    "an AWS access key": "AWS_ACCESS_KEY_ID",
    "a GitHub token": "GITHUB_TOKEN",
    "a GitLab token": "GITLAB_TOKEN",
    "a Slack token": "SLACK_TOKEN",
    "a Slack webhook": "SLACK_WEBHOOK_URL",
    "a Google API key": "GOOGLE_API_KEY",
    "a Stripe key": "STRIPE_API_KEY",
    "an API key": "API_KEY",
    "a Hugging Face token": "HF_TOKEN",
    "a PyPI token": "PYPI_TOKEN",
    "an npm token": "NPM_TOKEN",
    "a SendGrid key": "SENDGRID_API_KEY",
    "a Databricks token": "DATABRICKS_TOKEN",
    "a private key": "PRIVATE_KEY",
    "a web token": "WEB_TOKEN",
    "an account key": "ACCOUNT_KEY",
    "an address with a password": "SERVICE_URL",
}
_VAGUE = re.compile(
    r"..?|key|keys|url|uri|dsn|pem|text|value|auth|token|secret|conn|connection", re.I
)


@dataclass(frozen=True)
class _Secret:
    node: ast.Constant
    wanted: str


def edit_secrets(book: Book, finding: Finding) -> tuple[tuple[Edit, ...], dict[str, list[str]]]:
    """Those of the cell, wherever else they stand too. Raises UncertainError."""
    cell, names, changes = book.cell(finding.cell), _names(book), Changes(book)
    held = {secret.node.value for secret in _secrets(cell)}
    if not held:
        raise UncertainError
    for other in book.cells:
        for secret in _secrets(other):
            if secret.node.value in held and (other is cell or is_plain(other)):
                changes.of(other).replace(secret.node, variable(names[secret.node.value]))
                changes.import_os(other, secret.node)
    return changes.edits(), {"secrets": [name for value, name in names.items() if value in held]}


def variable(name: str) -> str:
    """How the code reads it."""
    return f'os.environ["{name}"]'


def free_secret(book: Book, wanted: str, others: set[str]) -> str:
    """A name for a secret that the notebook does not read yet. Raises UncertainError."""
    plain = re.sub(r"\W+", "_", wanted, flags=re.ASCII).strip("_").upper()
    for name in [plain, *(f"{plain}_{number}" for number in range(2, 100))]:
        if is_secret_name(name) and name not in others and not book.quotes(name):
            return name
    raise UncertainError


def _names(book: Book) -> dict[object, str]:
    """Of all secrets of the notebook: equal ones have one name, different ones never."""
    found: dict[object, str] = {}
    for cell in book.cells:
        for secret in _secrets(cell):
            if secret.node.value not in found:
                found[secret.node.value] = free_secret(book, secret.wanted, {*found.values()})
    return found


def _secrets(cell: Cell) -> Iterator[_Secret]:
    """Literals that are secrets as a whole."""
    nodes = list(ast.walk(cell.tree))
    named = {value: name for node in nodes for name, value in pairs(node)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            name, kinds = named.get(node, "").rpartition(".")[2], kinds_of(node.value)
            whole = "a private key" in kinds or not re.search(r"\s", node.value)
            if (kinds and whole) or (name and is_told_by_name(name, node.value)):
                usual = _USUAL[kinds[0]] if kinds else name
                yield _Secret(node, usual if _VAGUE.fullmatch(name) or not name else name)
