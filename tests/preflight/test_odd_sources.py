"""Whatever a notebook holds, the preflight says something or nothing, and is quick."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from jupyter_deploy.domain.bundle import Finding
from jupyter_deploy.preflight.check import propose
from jupyter_deploy.preflight.place import Place
from tests.preflight.clean import CLEAN
from tests.preflight.corpus import notebook_of
from tests.preflight.faults import FAULTS

ODD = {
    "brackets": "(" * 5000,
    "closed brackets": "x = " + "(" * 150 + "1" + ")" * 150,
    "lists": "x = " + "[" * 90 + "]" * 90,
    "sum": "x = " + "+".join(["1"] * 20_000),
    "path sum": "open(" + "+".join(["'a'"] * 3000) + ")",
    "attributes": "x = a" + ".b" * 5000,
    "calls": "x = f" + "()" * 5000,
    "conditions": "\n".join(" " * n + "if x:" for n in range(99)) + "\n" + " " * 99 + "pass",
    "functions": "\n".join(" " * n + f"def f{n}(a{n}):" for n in range(60)) + "\n" + " " * 60 + "g",
    "minus signs": "-" * 50_000 + "1",
    "NUL": "x = 1\0",
    "lone surrogate": "x = '\ud800'\nopen('\udfff.csv')",
    "surrogate escape": "open('\\ud800.csv')\nimport os\nos.environ['\\ud800']",
    "form feeds": "x = 1\f\f\r\r\n\x0b",
    "magic without name": "%",
    "cell magic without name": "%%",
    "only marks": "!\n?\n??\n%%%\n!!",
    "nested magics": "%time %time %timeit x",
    "bad quotes": "!pip install 'foo\n%pip install \"bar",
    "empty calls": "open()\nPath()\nglob.glob()\nimport_module()\nos.getenv()\nos.environ.setdefault()",
    "stars": "open(*a, **k)\nprint(**{})\nos.path.join(*a)\nimport_module(*a)\nsubprocess.run(*a)",
    "odd constants": "open(3)\nopen(b'a')\nopen(None, 3)\nPath(1) / 2\nos.environ[3]\npassword = b'abcdef12'",
    "long line": "x = '" + "a/" * 100_000 + "'",
    "long path": "open('" + "a/" * 190 + "')\nopen('" + "b" * 390 + "')",
    "circle": "a = b\nb = a\nopen(a)\nopen(b)",
    "itself": "p = p / 'x'\nopen(p)",
    "patterns": "import glob\nglob.glob('[')\nglob.glob('**/**/**')\nopen('[a')\nopen('*')",
    "relative import": "from . import x\nfrom .. import y\nfrom .a import b",
    "names": "import ünï\nimport a.b.c.d.e",
    "huge": "x = [" + "1, " * 200_000 + "]",
    "tabs": "if x:\n\ty\n        z",
    "returns": "return 1\nyield 2\nawait x\nnonlocal q\nglobal q",
}


def findings(folder: Path, *sources: str) -> tuple[Finding, ...]:
    place = Place(folder, folder, folder, frozenset(), dict.fromkeys)
    return propose(notebook_of(sources), (), place)[0]


@pytest.mark.parametrize("source", ODD.values(), ids=ODD)
def test_odd_source_is_survived(source: str, tmp_path: Path) -> None:
    begun = time.perf_counter()
    for finding in findings(tmp_path, source, "# parameters\n" + source, "x = 1"):
        assert finding.message
    assert time.perf_counter() - begun < 5


def test_a_syntax_error_is_a_finding_and_ends_certainty(tmp_path: Path) -> None:
    found = findings(tmp_path, "def f(:", "print(perhaps_from_there)")
    assert [(item.cause, item.cell) for item in found] == [("syntax_error", 0)]


def test_cells_that_are_not_run_or_may_fail_raise_no_alarm(tmp_path: Path) -> None:
    notebook = notebook_of(("print(x)", "print(y)", "print(z)"))
    notebook.cells[0].metadata["tags"] = ["skip-execution"]
    notebook.cells[1].metadata["tags"] = ["raises-exception"]
    place = Place(tmp_path, tmp_path, tmp_path, frozenset(), lambda names: {})
    assert [item.cell for item in propose(notebook, (), place)[0]] == [2]


def test_no_message_repeats_a_secret(tmp_path: Path) -> None:
    told = [item for item in FAULTS if item.cause == "secret_in_source"]
    for fault in told:
        for finding in findings(tmp_path, *fault.cells):
            for secret in ("Q3EGVTX7", "a8Fk2L", "tR0ub4dor", "s3cr3t-w0rd", "9f8e7d6c", "MIIEow"):
                assert secret not in finding.message + str(finding.fix)


def test_damaged_cells_of_the_corpus_are_survived(tmp_path: Path) -> None:
    """Cut, doubled and mixed at places that a seed says."""
    chance = random.Random(5)
    sources = [cell for item in [*FAULTS, *CLEAN] for cell in item.cells]
    for _ in range(300):
        text = chance.choice(sources) + "\n" + chance.choice(sources)
        start, end = sorted(chance.randrange(len(text)) for _ in range(2))
        parts = [text[:start] + text[end:], text[start:end] * 3, text[end:] + text[:start]]
        findings(tmp_path, *parts)


def test_a_usual_notebook_takes_no_time_that_one_would_notice(tmp_path: Path) -> None:
    cells = [cell for item in CLEAN for cell in item.cells if not cell.startswith("# parameters")]
    notebook = notebook_of(tuple(cells[:60]))
    place = Place(tmp_path, tmp_path, tmp_path, frozenset(), lambda names: {})
    propose(notebook, (), place)  # loads IPython's parser
    times = []
    for _ in range(5):
        begun = time.process_time()
        propose(notebook, (), place)
        times.append(time.process_time() - begun)
    assert min(times) < 0.2
