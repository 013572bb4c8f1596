"""Failures explained from real tracebacks, against a last good run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from jupyter_deploy.results.why.diagnosis import diagnose
from jupyter_deploy.results.why.explain import explain
from jupyter_deploy.results.why.failure import read_failure
from jupyter_deploy.results.why.known import TABLE
from jupyter_deploy.results.why.sides import Input, Side

SERVER = """
import threading, urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(int(self.path[1:]))
    def log_message(self, *args):
        pass
server = HTTPServer(("127.0.0.1", 0), Answers)
threading.Thread(target=server.serve_forever, daemon=True).start()
def ask(code):
    urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/{code}")
"""
#: Key of the table's row, the cell, and words of the sentence.
ERRORS = [
    ("module", "import nowhere_at_all", "`nowhere_at_all` is not installed"),
    ("import", "from json import nothing_such", "`json` has no `nothing_such`"),
    ("library", "import ctypes; ctypes.CDLL('libnone.so.1')", "libnone.so.1 is missing"),
    ("folder", "import pandas as pd\npd.DataFrame({'a': [1]}).to_csv('none/x.csv')",
     "none does not"),
    ("file", "open('data/none.csv')", "data/none.csv was not captured"),
    ("permission", "raise PermissionError(13, 'Permission denied', '/root/x')", "/root/x may not"),
    ("memory", "import numpy\nnumpy.zeros((10**9, 10**6))", "memory ran out"),
    ("unauthorized", "ask(401)", "HTTP 401"),
    ("forbidden", "ask(403)", "HTTP 403"),
    ("gone", "ask(404)", "is not there (HTTP 404)"),
    ("too_many", "ask(429)", "asked too often"),
    ("service", "ask(503)", "has failed (HTTP 503)"),
    ("tls", "import ssl\nraise ssl.SSLCertVerificationError('CERTIFICATE_VERIFY_FAILED')",
     "certificate could not be verified"),
    ("dns", "import socket; socket.getaddrinfo('nowhere.invalid', 80)", "could not be resolved"),
    ("refused", "import urllib.request\nurllib.request.urlopen('http://127.0.0.1:9')",
     "nothing listens"),
    ("no_answer", "import socket\ns = socket.create_server(('127.0.0.1', 0))\ns.settimeout(0.01)\n"
     "s.accept()", "did not answer in time"),
    ("key", "{'a': 1}['price']", "no key 'price'"),
    ("name", "prices + 1", "no cell defines `prices`"),
    ("none", "None.split()", "is missing (None)"),
    ("version", "import json; json.parse('1')", "`json` has no `parse`"),
    ("attribute", "(1).append(2)", "int has no attribute `append`"),
    ("argument", "def f(): pass\nf(x=1)", "f() has no argument `x`"),
    ("type", "1 + 'a'", "values do not fit together"),
    ("convert", "float('n/a')", "'n/a' is not a number"),
    ("zero", "1 / len([])", "divided by zero"),
    ("empty", "max([])", "there is no data"),
    ("index", "[][0]", "fewer entries"),
    ("parser", "import json; json.loads('{')", "another form than expected"),
    ("assertion", "assert False, 'too few rows'", "a check of the notebook failed: too few rows"),
    ("bare_assertion", "assert 1 > 2", "a check of the notebook failed: `assert 1 > 2`"),
    ("exit", "import sys; sys.exit(3)", "exit code 3"),
    ("input", "input()", "asks for input"),
    ("syntax", "x = = 1", "the code cannot be read"),
    ("recursion", "def f(): f()\nf()", "calls itself without an end"),
    ("table", "import sqlite3\nsqlite3.connect(':memory:').execute('select 1 from t')",
     "no table t"),
    ("disk", "raise OSError(28, 'No space left on device')", "the disk is full"),
]  # fmt: skip
#: What ends without a traceback: outcome, fault and reason as the verdict writes them.
FAULTS = [
    ("killed", "kernel died", "infrastructure",
     "The kernel died, killed from outside (SIGKILL); most often memory ran out"),
    ("crashed", "kernel died", "infrastructure",
     "The kernel died: native code crashed (SIGSEGV); the outputs so far are kept."),
    ("no_kernel", "kernel not found", "infrastructure",
     "Kernel not found: 'ml' is not installed here any more; install it."),
    ("cell_timeout", "timed out", "timeout",
     "The cell took longer than its limit of 30 s; raise the limit or make it faster."),
    ("run_timeout", "timed out", "timeout",
     "The run took longer than its limit of 2 h; raise the limit or make it faster."),
    ("infrastructure", "engine lost", "lost",
     "The engine that ran it fell silent; its machine may be down or cut off: run it again."),
]  # fmt: skip


def write(place: Path, *cells: str, cwd: Path | None = None) -> Path:
    """A notebook; executed by a real kernel where a folder is given."""
    document = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(c) for c in cells])
    if cwd is not None:
        NotebookClient(
            document, allow_errors=True, kernel_name="python3",
            resources={"metadata": {"path": str(cwd)}},
        ).execute()  # fmt: skip
    nbformat.write(document, place)
    return place


def side(run: int, notebook: Path, **members: Any) -> Side:
    known: dict[str, Any] = {
        "cell": None, "fault": None, "reason": None, "outcome": None, "duration": 180.0,
        "parameters": {}, "notebook": "churn.ipynb", "source": str(notebook),
        "executed": str(notebook), "files": (), "packages": None, "python": "3.11.7",
        "platform": None, "kernel": "python3", "host": None,
    }  # fmt: skip
    return Side(run=run, **{**known, **members})


def failed(notebook: Path, cell: int, **members: Any) -> Side:
    failure = {"fault": "notebook", "outcome": "failed", "cell": cell}
    return side(42, notebook, **{**failure, **members})


def captured(place: Path, path: str, content: str) -> Input:
    blob = place / f"{abs(hash(content))}"
    blob.write_text(content)
    return Input(path, str(blob), len(content), str(blob))


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One kernel has run all the cells of ERRORS, each of which failed."""
    place = tmp_path_factory.mktemp("why")
    return write(place / "out.ipynb", SERVER, *(cell for _, cell, _ in ERRORS), cwd=place)


@pytest.mark.parametrize(("place", "key", "words"),
                         [(n, e[0], e[2]) for n, e in enumerate(ERRORS, 1)],
                         ids=[e[0] for e in ERRORS])  # fmt: skip
def test_a_known_error_gets_its_meaning(executed: Path, place: int, key: str, words: str) -> None:
    run = failed(executed, place)
    assert diagnose(read_failure(run, None)).key == key
    document = explain(run, None)
    assert words in document["sentence"]
    assert document["sentence"].startswith(f"Failed in cell {place + 1} after 3 min: ")
    if key != "exit":  # IPython tells no place of it
        assert document["line"]["file"] is None
        assert document["line"]["text"] in ERRORS[place - 1][1].splitlines()


@pytest.mark.parametrize(("key", "outcome", "fault", "reason"), FAULTS)
def test_a_fault_that_is_not_the_notebooks(
    executed: Path, key: str, outcome: str, fault: str, reason: str
) -> None:
    run = failed(executed, 0, outcome=outcome, fault=fault, reason=reason)
    assert diagnose(read_failure(run, None)).key == key


def test_every_key_of_the_table_is_of_one_row() -> None:
    keys = [row.key for row in TABLE]
    assert len(set(keys)) == len(keys)


Explain = Callable[..., dict[str, Any]]


@pytest.fixture
def run(tmp_path: Path) -> Explain:
    """Executes cells and explains their last one against a run of other cells or files."""

    def make(*cells: str, before: tuple[str, ...] = (), **sides: Any) -> dict[str, Any]:
        notebook = write(tmp_path / "new.ipynb", *cells, cwd=tmp_path)
        old = write(tmp_path / "old.ipynb", *(before or cells))
        good = side(41, old, **sides.pop("good", {}))
        found = explain(failed(notebook, len(cells) - 1, **sides), good)
        json.dumps(found, allow_nan=False)
        return found

    return make


def test_a_column_that_vanished(run: Explain, tmp_path: Path) -> None:
    old = captured(tmp_path, "data/orders.csv", "id,price\n" + "1,2\n" * 10)
    new = captured(tmp_path, "data/orders.csv", "id,unit_price\n" + "1,2\n" * 6)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "orders.csv").write_text(Path(new.blob or "").read_text())
    document = run(
        "import pandas as pd\norders = pd.read_csv('data/orders.csv')", "x = 1\norders['price']",
        files=(new,), good={"files": (old,)},
    )  # fmt: skip
    assert document["sentence"] == (
        "Failed in cell 2 after 3 min: data/orders.csv has no column `price` (it had one in run 41)"
        "; `unit_price` has taken its place; use `unit_price` in the cell, or mend the file."
    )
    assert document["line"] == {"number": 2, "text": "orders['price']", "file": None}
    assert [cause["kind"] for cause in document["causes"]] == ["inputs", "inputs"]
    assert "40 % fewer rows (6, 10 before)" in document["causes"][1]["message"]


def test_a_captured_file_is_known_by_its_whole_path(executed: Path) -> None:
    files = tuple(Input(path, path, 1, None) for path in ("x.py", "work/x.py", "lib/x.py"))
    failure = read_failure(failed(executed, 1, files=files), None)
    place = "/runs/7/1/work/"
    for item in files:
        assert failure.captured(place + item.path) == item
        assert failure.captured((place + item.path).replace("/", "\\")) == item
    assert failure.captured("/usr/lib/x.py") is None
    assert failure.captured(None) is None


def test_a_parameter_that_the_failing_line_uses(run: Explain) -> None:
    document = run("n = 0", "1 / n", parameters={"n": 0}, good={"parameters": {"n": 5}})
    assert "probably because parameter `n` is 0 (5 in run 41)" in document["sentence"]
    assert document["causes"][0]["kind"] == "parameters"


def test_a_cell_above_that_defines_what_is_used(run: Explain) -> None:
    document = run("a = []", "b = 1", "a[0]", before=("a = [1]", "b = 2", "a[0]"))
    assert (
        document["causes"][0]["message"] == "Cell 1, which defines `a`, was changed since run 41."
    )
    assert document["causes"][1]["score"] < 0.5


def test_a_package_that_was_removed(run: Explain) -> None:
    document = run(
        "import nowhere_at_all", packages={}, good={"packages": {"nowhere-at-all": "1.2"}}
    )
    assert "(run 41 had nowhere-at-all 1.2)" in document["sentence"]
    assert document["causes"][0]["kind"] == "packages"


def test_a_file_of_other_case_or_of_another_folder(run: Explain, tmp_path: Path) -> None:
    files = (captured(tmp_path, "data/Orders.csv", "a\n1\n"),)
    assert "upper and lower case differ" in run("open('data/orders.csv')", files=files)["sentence"]
    assert "captured as data/Orders.csv" in run("open('Orders.csv')", files=files)["sentence"]


def test_a_name_that_only_a_later_cell_defines(tmp_path: Path) -> None:
    notebook = write(tmp_path / "new.ipynb", "total + 1", "total = 1", cwd=tmp_path)
    sentence = explain(failed(notebook, 0), None)["sentence"]
    assert "`total` is defined only in cell 2, which runs later" in sentence


def test_a_value_is_found_in_its_table(run: Explain, tmp_path: Path) -> None:
    files = (captured(tmp_path, "orders.csv", "id;price\n1;2\n2;two\n"),)
    sentence = run("float('two')", files=files)["sentence"]
    assert "'two' in row 2, column `price`, of orders.csv is not a number" in sentence


def test_nothing_that_is_known_has_changed(run: Explain) -> None:
    document = run("assert False, 'no'")
    assert "nothing that is known has changed since run 41" in document["sentence"]
    assert document["causes"] == []
