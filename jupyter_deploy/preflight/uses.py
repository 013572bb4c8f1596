"""Where code names files: to read them, to write them, or neither."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

#: SEARCH is where modules are looked for, ASK whether it is there, MAYBE is given to something
#: unknown, NAMED only gets a name.
READ, WRITE, SEARCH, ASK = "read", "write", "search", "ask"
MAYBE, NAMED = "maybe", "named"

#: Methods of paths.
_OF_PATHS = {
    "read_text": READ, "read_bytes": READ, "iterdir": READ, "rglob": READ, "glob": READ,
    "write_text": WRITE, "write_bytes": WRITE, "mkdir": WRITE, "touch": WRITE, "unlink": WRITE,
    "exists": ASK, "is_file": ASK, "is_dir": ASK,
}  # fmt: skip
_OPENERS = {"open", "ZipFile", "TarFile", "File"}
_READERS = {
    "load", "loadtxt", "genfromtxt", "fromfile", "memmap", "imread", "listdir", "scandir", "walk",
    "glob", "iglob", "open_dataset", "open_mfdataset", "open_zarr", "connect", "chdir", "loadmat",
    "from_csv", "from_file", "ExcelFile", "HDFStore", "ParquetFile", "load_workbook",
    "load_model", "from_pretrained", "getsize", "copy", "copy2", "copyfile", "copytree",
    "unpack_archive", "load_dotenv", "runpy", "run_path", "dotenv_values", "ImageFolder", "parse",
    "read", "CDLL",
}  # fmt: skip
_WRITERS = (
    "to_", "write", "save", "dump", "mkdir", "makedirs", "touch", "remove", "unlink", "rmtree",
    "rename", "export", "download", "urlretrieve", "FileHandler", "mkstemp", "symlink",
    "make_archive", "sink_",
)  # fmt: skip
_ASKERS = {"exists", "isfile", "isdir", "lexists"}
#: What takes texts that are no paths, or only asks.
_OTHERS = {
    "print", "endswith", "startswith", "split",
    "format", "join", "replace", "info", "debug", "warning", "error", "exception", "title",
    "Markdown", "HTML", "getenv", "append", "get", "pop", "len", "isin", "contains", "fnmatch",
    "strip", "count", "index", "find", "match", "search", "sub", "compile", "set_title",
    "suptitle", "xlabel", "ylabel", "ValueError", "FileNotFoundError", "Exception",
    "RuntimeError", "display", "label", "add", "route", "setdefault", "remove_prefix", "basename",
    "splitext", "dirname", "type", "isinstance", "getattr", "log_artifact", "table", "artifact",
    "text", "metric", "upstream", "add_argument", "system", "run", "abspath", "realpath",
    "normpath", "relpath", "expanduser", "expandvars", "commonpath", "isabs",
    "PurePath", "PurePosixPath", "PureWindowsPath",
}  # fmt: skip
_MODULES = {
    "gzip", "io", "codecs", "bz2", "lzma", "zipfile", "tarfile", "Image", "os", "rasterio",
    "glob", "fiona", "h5py", "netCDF4", "wave", "shelve", "dbm", "fsspec", "xr", "np", "pd",
    "aiofiles",
}  # fmt: skip
_FILES = {
    "filename",
    "path",
    "file",
    "filepath",
    "fname",
    "filepath_or_buffer",
    "io",
    "source",
    "fp",
}


@dataclass(frozen=True)
class Use:
    """`node` is what uses the path."""

    how: str
    path: ast.expr
    node: ast.AST


def uses(nodes: list[ast.AST]) -> Iterator[Use]:
    for node in nodes:
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            yield from (Use(MAYBE, item, node) for item in node.elts)
        elif isinstance(node, ast.Dict):
            yield from (Use(MAYBE, item, node) for item in node.values)
        elif isinstance(node, ast.arguments):
            yield from (Use(MAYBE, item, node) for item in node.defaults)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            yield Use(NAMED, node.value, node)


def _of_call(node: ast.Call) -> Iterator[Use]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    if isinstance(function, ast.Attribute) and name in _OF_PATHS and not _is_module(function.value):
        yield Use(_OF_PATHS[name], function.value, node)
        return
    if ast.unparse(function).startswith("sys.path."):
        yield from (Use(SEARCH, item, node) for item in node.args)
        return
    if name in _OPENERS:
        yield from _opened(node)
        return
    how = _how(name)
    if how is None:
        return
    places = [*node.args, *(item.value for item in node.keywords if item.arg in _FILES)]
    if how == ASK:
        yield from (Use(ASK, item, node) for item in places[:1])
    elif how == READ:
        yield from (Use(READ, item, node) for item in places[:1])
        yield from (Use(WRITE, item, node) for item in places[1:2] if name.startswith("copy"))
    else:
        yield from (Use(how, item, node) for item in places)


def _how(name: str) -> str | None:
    if name in _READERS or name.startswith(("read_", "scan_")):
        return READ
    if name in _ASKERS:
        return ASK
    if name.startswith(_WRITERS):
        return WRITE
    return None if name in _OTHERS or not name else MAYBE


def _opened(node: ast.Call) -> Iterator[Use]:
    """`open(path, mode)`, or `path.open(mode)`."""
    function = node.func
    bound = isinstance(function, ast.Attribute) and not _is_module(function.value)
    arguments = node.args if bound else node.args[1:]
    mode = arguments[0] if arguments else None
    for item in node.keywords:
        mode = item.value if item.arg == "mode" else mode
    text = mode.value if isinstance(mode, ast.Constant) else "r"
    how = WRITE if isinstance(text, str) and set(text) & set("wax") else READ
    if mode is not None and not isinstance(mode, ast.Constant):
        how = WRITE  # nobody knows; then nothing is said
    if bound and isinstance(function, ast.Attribute):
        yield Use(how, function.value, node)
    elif node.args:
        yield Use(how, node.args[0], node)


def _is_module(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in _MODULES


def puts(node: ast.AST, key: str) -> bool:
    """Whether this makes the key: `df["key"] = …`, `df.key = …`, `df.assign(key=…)`."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store):
        return isinstance(node.slice, ast.Constant) and node.slice.value == key
    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
        return node.attr == key
    return isinstance(node, ast.keyword) and node.arg == key
