"""What IPython's magics mean for the code around them.

IPython turns them into calls; those that run Python are put back as what they run.
"""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

#: They run the Python that follows them.
_RUNS = {"time", "timeit", "prun", "memit", "mprun", "lprun", "capture", "snakeviz", "pyinstrument"}
#: Cells in other languages, of which no name comes back.
_FOREIGN = {
    "bash", "sh", "html", "HTML", "javascript", "js", "latex", "markdown", "svg", "SVG",
    "perl", "ruby", "cmd", "script", "writefile", "file", "system", "sx", "!",
}  # fmt: skip
#: They define no name.
_HARMLESS = {
    "matplotlib", "config", "pip", "conda", "mamba", "uv", "env", "set_env", "cd", "pwd", "ls",
    "who", "whos", "who_ls", "autoreload", "precision", "xmode", "doctest_mode", "colors",
    "logstart",
    "logstop", "pinfo", "pinfo2", "pdoc", "psource", "mkdir", "rm", "cat", "head", "history",
    "time", "timeit", "prun", "memit", "load_ext", "reload_ext", "dotenv", "lsmagic", "watermark",
    "system", "sx", "capture", "magic", "alias", "automagic", "page", "pprint", "gui", "cp", "mv",
    "load_dotenv", "debug", "pdb", "tb", "man", "less", "more", "notebook", "quickref", "bookmark",
    "dirs", "dhist", "pushd", "popd", "ll", "rmdir", "code_wrap", "unload_ext", "writefile",
}  # fmt: skip
#: Of a cell of one line IPython takes these for magics without a `%`.
_AUTOMAGIC = re.compile(
    r"\s*(ls|ll|cd|pwd|cat|less|more|mkdir|rm|cp|mv|who|whos|pip|conda|matplotlib|load_ext|env)"
    r"(\s+(?![=.(\[,+*/%:])\S[^\n]*)?\s*"
)
_CALLS = {"run_line_magic": "line", "run_cell_magic": "cell", "system": "!", "getoutput": "!"}
_CELL_MAGIC = re.compile(r"\s*%%(\S+)")
_OPTIONS = re.compile(r"\s*(-[a-zA-Z]\S*(\s+\d+)?\s+)*")


@dataclass(frozen=True)
class Magic:
    """`name` is `!` for a shell command; `text` is what stands behind it."""

    name: str
    text: str
    node: ast.Call


def magics(nodes: list[ast.AST]) -> Iterator[Magic]:
    for node in nodes:
        if (found := _magic(node)) is not None:
            yield found


def is_certain(magic: Magic) -> bool:
    """Whether it is known to define no name."""
    return magic.name == "!" or magic.name in _HARMLESS


def is_foreign(source: str) -> bool:
    found = _CELL_MAGIC.match(source)
    return found is not None and found[1] in _FOREIGN


def named_by(source: str) -> ast.Module:
    """The names that a cell in another language fills: `%%bash --out listing`."""
    options = words(source.lstrip().partition("\n")[0])
    names = [name for option, name in pairwise(options) if option in ("--out", "--err", "--proc")]
    return _filled([name for name in names if name.isidentifier()])


def _filled(names: Sequence[str]) -> ast.Module:
    lines = [f"{name} = None" for name in names]
    return ast.parse("\n".join(lines))


def is_automagic(source: str) -> bool:
    return bool(_AUTOMAGIC.fullmatch(source))


def words(text: str) -> list[str]:
    """As a shell splits it, or by blanks where its quotes do not match."""
    try:
        return shlex.split(text, comments=True)
    except ValueError:
        return text.split()


def inlined(tree: ast.Module) -> ast.Module:
    """With what `%time` and its like run in their place."""
    found: ast.Module = _Inliner().visit(tree)
    return ast.fix_missing_locations(found)


class _Inliner(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST | list[ast.stmt]:
        found = _magic(node.value)
        if found is None or found.name not in _RUNS:
            return node
        names, body = _of_cell(found) if _is_cell(node.value) else ([], found.text)
        body = body if _is_cell(node.value) else _OPTIONS.sub("", body, count=1)
        try:
            statements = _parse(body)
        except (SyntaxError, ValueError):
            return node
        return [*statements, *_filled(names).body] or node


def _parse(body: str) -> list[ast.stmt]:
    from IPython.core.inputtransformer2 import TransformerManager  # loaded already

    tree = ast.parse(TransformerManager().transform_cell(body))
    return inlined(tree).body


def _of_cell(magic: Magic) -> tuple[list[str], str]:
    """The name that `%%capture` fills, and the cell below the magic."""
    line, _, body = magic.text.partition("\n")
    plain = [word for word in words(line) if word.isidentifier()]
    if magic.name == "timeit":  # its own line is run before
        body = f"{_OPTIONS.sub('', line, count=1)}\n{body}"
    return (plain[:1] if magic.name == "capture" else []), body


def _is_cell(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", None) == "run_cell_magic"


def _magic(node: ast.AST) -> Magic | None:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    kind = _CALLS.get(node.func.attr)
    given = [item.value for item in node.args if isinstance(item, ast.Constant)]
    texts = [item for item in given if isinstance(item, str)]
    if kind is None or (kind == "!" and ast.unparse(node.func.value) != "get_ipython()"):
        return None
    if kind == "!":
        return Magic("!", texts[0], node) if texts else None
    return Magic(texts[0], "\n".join(texts[1:]), node) if texts else None
