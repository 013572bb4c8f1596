"""The parameters of a notebook.

papermill says which languages can be inspected and reads types and help from
comments. It goes by lines and a pattern, though: `query = "a = b"`, `n: int | None = 3`
or `tag = "#1"` escape it, and a parameter that is not listed could not be set. So
where a cell is Python that parses, names and defaults come from its syntax tree.
"""

from __future__ import annotations

import ast
import json
import keyword
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from papermill.exceptions import PapermillException
from papermill.translators import PythonTranslator, Translator

from jupyter_deploy.domain.bundle import Parameter
from jupyter_deploy.notebook.documents import Notebook
from jupyter_deploy.notebook.translators import papermill_translators

#: It warns of every line that its pattern does not fit.
logging.getLogger("papermill").setLevel(logging.ERROR)

TAG = "parameters"
_TYPES = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "str": "str",
    "list": "list",
    "List": "list",
    "dict": "dict",
    "Dict": "dict",
}
_MAGIC = re.compile(r"^\s*[%!?]")


def inspect_parameters(
    notebook: Notebook, kernel: str, language: str
) -> tuple[tuple[Parameter, ...], bool]:
    """The parameters in their order, and whether this language can be inspected at all."""
    try:
        translator = papermill_translators.find_translator(kernel, language.lower())
    except PapermillException:
        return (), False
    if translator.inspect.__func__ is Translator.inspect.__func__:
        return (), False
    for cell in notebook.cells:
        if TAG in cell.metadata.get("tags", ()):
            return (_of_cell(translator, cell) if cell.cell_type == "code" else ()), True
    return (), True


def _of_cell(translator: Any, cell: Notebook) -> tuple[Parameter, ...]:
    guessed = {item.name: item for item in translator.inspect(cell)}
    tree = _tree(cell.source) if issubclass(translator, PythonTranslator) else None
    # By name: of several assignments the last one counts, in the place of the first.
    if tree is None:
        found = {name: _guessed(item) for name, item in guessed.items()}
    else:
        found = {
            name: _assigned(name, declared, source, guessed.get(name))
            for name, declared, source in _assignments(tree, cell.source)
        }
    return tuple(
        item for name, item in found.items() if name.isidentifier() and not keyword.iskeyword(name)
    )


def _guessed(guess: Any) -> Parameter:
    """A parameter as papermill sees it."""
    literal, default = _literal(guess.default)
    kind = _type(guess.inferred_type_name, default, literal)
    return Parameter(guess.name, kind, default, guess.default, guess.help or None)


def _assigned(name: str, declared: str, source: str, guess: Any) -> Parameter:
    """A parameter of the syntax tree; type and help from comments are papermill's."""
    literal, default = _literal(source)
    commented = "" if guess is None else str(guess.inferred_type_name)
    # With a '#' in the value papermill takes the rest of the value for a comment.
    said = None if guess is None or "#" in source else guess.help
    return Parameter(
        name, _type(declared or commented, default, literal), default, source, said or None
    )


def _tree(source: str) -> ast.Module | None:
    """The cell as Python, if need be without IPython's magics; None if it does not parse."""
    plain = "\n".join("" if _MAGIC.match(line) else line for line in source.split("\n"))
    for text in (source, plain):
        try:
            with _no_syntax_warnings():
                return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None


def _assignments(tree: ast.AST, source: str) -> Iterator[tuple[str, str, str]]:
    """Name, annotation or "", and source of the value, of each assignment to a name.

    Conditions and the like are looked into, functions and classes are not.
    """
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            yield from _names(node.target, node.value, ast.unparse(node.annotation), source)
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                yield from _names(target, node.value, "", source)
        elif isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.ExceptHandler)):
            yield from _assignments(node, source)


def _names(
    target: ast.expr, value: ast.expr, declared: str, source: str
) -> Iterator[tuple[str, str, str]]:
    if isinstance(target, ast.Name):
        yield target.id, declared, ast.get_source_segment(source, value) or ""
    elif isinstance(target, (ast.Tuple, ast.List)) and isinstance(value, (ast.Tuple, ast.List)):
        for single, part in zip(target.elts, value.elts, strict=False):
            yield from _names(single, part, "", source)


@contextmanager
def _no_syntax_warnings() -> Iterator[None]:
    """Python warns of escapes like "\\d" whenever it parses them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def _literal(source: str) -> tuple[bool, Any]:
    """Whether the source is a literal that JSON can say, and its value."""
    try:
        with _no_syntax_warnings():
            value = ast.literal_eval(source)
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        text.encode()  # half a character has no place in a digest
        said = json.loads(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return False, None
    same = said == value or isinstance(value, tuple)
    return same, said if same else None


def _type(declared: str, default: Any, literal: bool) -> str:
    """From the annotation or comment; without one from the default."""
    if declared and declared != "None":
        plain = re.sub(r"\[.*\]$", "", declared.strip().strip("\"'"), flags=re.DOTALL)
        return _TYPES.get(plain.rsplit(".", 1)[-1], "any")
    if literal and default is not None:
        return _TYPES.get(type(default).__name__, "any")
    return "any"
