"""`diff`, as people use it, on real runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .conftest import Home
from .test_contract import check

SOURCE = """
import os, time
print("auc:", n / 100)
print(object())
print(f"trained in {time.perf_counter():.3f} s")
if n == 13:
    raise ValueError("no luck")
"""
TABLE = """
class Table:
    def _repr_html_(self):
        row = "<tr><th>{0}</th><td>{0}</td><td>{1}</td></tr>"
        rows = "".join(row.format(name, n * len(name)) for name in ("eu", "us"))
        return f"<table><tr><th></th><th>region</th><th>sales</th></tr>{rows}</table>"
Table()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Runs 1 and 2 are the same, 3 has another parameter, 4 fails."""
    place = Home(tmp_path_factory.mktemp("diff"))
    place.notebook("sales.ipynb", SOURCE, TABLE, parameters="n = 5")
    place.json("notebook", "sales.ipynb")
    for value in (5, 5, 7, 13):
        place("run", "sales", "-p", f"n={value}", "--wait")
    yield place
    place.close()


def test_the_same_twice(home: Home) -> None:
    document = home.json("diff", "1", "2")
    check(document, "Diff")
    assert (document["a"], document["b"], document["same"]) == (1, 2, True)
    assert document["hidden"]["kinds"] == {"addresses": 1, "timings": 1}
    shown = home("diff", "1", "2", "--show-hidden").out
    assert "No difference in the results" in shown
    assert "2 differences hidden: addresses, timings" in shown
    assert "<object object at 0x" in shown


def test_another_parameter(home: Home) -> None:
    document = home.json("diff", "2", "3")
    check(document, "Diff")
    assert document["summary"] == (
        "Results differ in 1 metric and 1 table; 1 parameter changed, "
        "code, packages and files are the same."
    )
    [metric] = document["metrics"]
    assert (metric["name"], metric["old"], metric["new"]) == ("auc", 0.05, 0.07)
    assert [cell["row"] for cell in document["tables"][0]["cells"]] == ["eu", "us"]
    assert document["causes"]["parameters"] == [
        {"name": "n", "kind": "changed", "old": 5, "new": 7}
    ]
    shown = home("diff", "2", "3").out
    assert "+0.02" in shown and "parameters: ~ n: 5 → 7" in shown


def test_a_deployment_or_one_run_against_the_last_good_one(home: Home) -> None:
    assert [home.json("diff", "sales")[side] for side in "ab"] == [3, 4]
    assert [home.json("diff", "3")[side] for side in "ab"] == [2, 3]
    assert home.json("diff", "sales")["deployments"] == ["sales", "sales"]
    [error] = home.json("diff", "sales")["errors"]
    assert error["new"] == {"name": "ValueError", "value": "no luck"}


def test_other_code_is_a_cause(home: Home) -> None:
    home.notebook("edited.ipynb", "print('total:', 1)")
    home.json("notebook", "edited.ipynb")
    first = home.json("run", "edited", "--wait")["id"]
    home.notebook("edited.ipynb", "print('total:', 2)")
    home.json("notebook", "edited.ipynb")
    second = home.json("run", "edited", "--wait")["id"]
    document = home.json("diff", str(first), str(second))
    assert [change["kind"] for change in document["causes"]["code"]] == ["changed"]
    assert "+print('total:', 2)" in home("diff", str(first), str(second)).out
    assert home.json("diff", "1", str(first))["notes"] == [
        "The runs are of two deployments, sales and edited."
    ]


def test_tolerances_and_own_patterns(home: Home) -> None:
    options = ("--tolerance", "auc=0.05", "--tolerance", "sales=100")
    assert home.json("diff", "2", "3", *options)["same"] is True
    assert home.json("diff", "2", "3", "--ignore", r"auc: [\d.]+", *options[2:])["same"] is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("1", "999"), "There is no run 999."),
        (("nobody",), "There is no deployment 'nobody'."),
        (("sales", "3"), "only two runs can be compared"),
        (("1",), "No run of 'sales' before run 1 succeeded."),
        (("1", "2", "--ignore", "["), "a pattern to ignore cannot be read"),
        (("1", "2", "--tolerance", "auc"), "'auc' is not a tolerance."),
        (("1", "2", "--tolerance", "auc=-1"), "is not a tolerance."),
        (("1", "2", "--ignore", "x" * 501), "500 characters"),
    ],
)
def test_bad_input_is_a_sentence(home: Home, arguments: tuple[str, ...], message: str) -> None:
    assert message in home.error("diff", *arguments)["message"]


def test_a_run_without_results(home: Home) -> None:
    home.notebook("slow.ipynb", "import time; time.sleep(60)")
    home.json("notebook", "slow.ipynb", "--max-running", "1")
    first, second = (str(home.json("run", "slow")["id"]) for _ in range(2))
    assert home.json("cancel", second)["state"] == "cancelled"
    error = home.error("diff", "1", second)
    assert error["message"] == f"Run {second} left no results: it is cancelled."
    assert "has not ended yet" in home.error("diff", "1", first)["message"]
    home.json("cancel", first)


def test_an_executed_notebook_that_was_damaged(home: Home) -> None:
    home.notebook("broken.ipynb", "1 + 1")
    home.json("notebook", "broken.ipynb")
    number = home.json("run", "broken", "--wait")["id"]
    [executed] = home.data.glob(f"deploy/runs/{number}/1/output.ipynb")
    executed.write_text("[" * 100_000)
    assert "output.ipynb cannot be read" in home.error("diff", "1", str(number))["message"]
    executed.unlink()
    assert "no longer on disk" in home.error("diff", "1", str(number))["message"]
