"""Tokens and passwords in the source: `secret_in_source`. No message repeats one."""

from __future__ import annotations

import ast
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.preflight.cells import Cell
from jupyter_deploy.preflight.literals import text_of
from jupyter_deploy.preflight.place import listed

#: What is told by its form alone.
_FORMS = {
    "an AWS access key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})",
    "a GitLab token": r"\bglpat-[A-Za-z0-9_-]{20,}",
    "a Slack token": r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    "a Slack webhook": r"hooks\.slack\.com/services/T\w+/B\w+/\w{16,}",
    "a Google API key": r"\bAIza[0-9A-Za-z_-]{35}",
    "a Stripe key": r"\b[rs]k_live_[0-9A-Za-z]{20,}",
    "an API key": r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}",
    "a Hugging Face token": r"\bhf_[A-Za-z0-9]{30,}",
    "a PyPI token": r"\bpypi-[A-Za-z0-9_-]{50,}",
    "an npm token": r"\bnpm_[A-Za-z0-9]{36}\b",
    "a SendGrid key": r"\bSG\.[\w-]{20,}\.[\w-]{20,}",
    "a Databricks token": r"\bdapi[0-9a-f]{32}\b",
    "a private key": r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----",
    "a web token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}",
    "an account key": r"AccountKey=[A-Za-z0-9+/]{40,}={0,2}",
}
_KNOWN = {said: re.compile(form) for said, form in _FORMS.items()}
_URL = re.compile(r"\b[A-Za-z][A-Za-z0-9+.-]*://[^\s:/@'\"{}]+:([^\s/@'\"{}$]+)@[^\s'\"]")
_NAME = re.compile(
    r"(^|_)(passw(or)?d|passwd|pwd|passphrase|secret|token|api_?key|apikey|access_?key|secret_?key"
    r"|auth_?key|private_?key|credentials?)$",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"passw|pwd|passphrase", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"^(change_?me|x+|\*+|\.+|-+|none|null|todo|fixme|test|dummy|example|sample|fake|secret|token"
    r"|password|passwd|pass|key|your.*|my[-_ ]?\w*|<.*>|\{.*\}|\$.*|%.*|.*(example|placeholder"
    r"|change_?me|replace|insert|dummy|redacted|your[-_ ]).*|user|pw|pwd|abc\d*|foo|bar)$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[a-z]+([_\-.:/ ][a-z]+)*", re.IGNORECASE)


def check_secrets(cells: Sequence[Cell]) -> Iterator[Finding]:
    for cell in cells:
        joined = "\n".join(_joined(cell))
        found = list(dict.fromkeys([*_by_form(cell.source), *_by_form(joined), *_by_name(cell)]))
        if found:
            yield Finding(
                "secret_in_source",
                cell.index,
                f"The cell holds {listed(found)}; everybody who reads the notebook can use it.",
                "Replace it, for it is in the file: `jupyter deploy secret set NAME`, deploy with "
                "--secret NAME, and read os.environ['NAME'] here.",
            )


def _joined(cell: Cell) -> Iterator[str]:
    """Texts that are put together of several literals."""
    for node in ast.walk(cell.tree):
        if isinstance(node, (ast.BinOp, ast.Constant)):
            text = text_of(node, {})
            if text is not None and text[1] and text[0] not in cell.source:
                yield text[0]


def _by_form(source: str) -> Iterator[str]:
    for said, form in _KNOWN.items():
        if any(not _is_example(match[0]) for match in form.finditer(source)):
            yield said
    if any(not _PLACEHOLDER.match(match[1]) for match in _URL.finditer(source)):
        yield "an address with a password"


def _is_example(text: str) -> bool:
    """AWS's documentation, or nothing but one character."""
    body = text[4:]
    return "EXAMPLE" in text or (len(set(body)) <= 2 and "PRIVATE KEY" not in text)


def _by_name(cell: Cell) -> Iterator[str]:
    for node in ast.walk(cell.tree):
        for name, value in pairs(node):
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                told = any(form.search(value.value) for form in _KNOWN.values())
                if is_told_by_name(name, value.value) and not told:
                    yield f"the value of {name.rpartition('.')[2]}"


def kinds_of(text: str) -> list[str]:
    """What a text is by its form alone, as messages call it."""
    return list(_by_form(text))


def is_told_by_name(name: str, value: str) -> bool:
    """Whether what is called so, with this value, is a secret."""
    plain = name.rpartition(".")[2]
    return bool(_NAME.search(plain)) and _is_secret(plain, value)


def pairs(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Names with what they are given."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, (ast.Name, ast.Attribute)):
                yield ast.unparse(target), node.value
            elif isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                yield str(target.slice.value), node.value
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        yield node.target.id, node.value
    elif isinstance(node, ast.keyword) and node.arg:
        yield node.arg, node.value
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and isinstance(key.value, str):
                yield key.value, value


def _is_secret(name: str, value: str) -> bool:
    """Passwords may be short words; tokens look random."""
    if len(value) < 6 or _PLACEHOLDER.match(value) or "\n" in value or " " in value:
        return False
    if _PASSWORD.search(name):
        return not (_WORDS.fullmatch(value) and value.lower() == value and "_" in value)
    return len(value) >= 12 and not _WORDS.fullmatch(value) and _entropy(value) >= 3.0


def _entropy(text: str) -> float:
    """Bits for each character."""
    counts = Counter(text).values()
    return -sum(count / len(text) * math.log2(count / len(text)) for count in counts)
