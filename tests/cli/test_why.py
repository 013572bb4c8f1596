"""`why`, as people use it, on real runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .conftest import Home
from .test_contract import check

READ = "import csv\nrows = list(csv.DictReader(open('orders.csv')))"
USE = "total = 0\nfor row in rows:\n    total += float(row['price'])"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Run 1 is good; in run 2 a column has another name."""
    place = Home(tmp_path_factory.mktemp("why"))
    place.notebook("sales.ipynb", READ, USE)
    for column, count in (("price", 10), ("cost", 6)):
        lines = "".join(f"{number},2\n" for number in range(count))
        (place.work / "orders.csv").write_text(f"id,{column}\n{lines}")
        place.json("notebook", "sales.ipynb", "--files", "orders.csv")
        place("run", "sales", "--wait")
    yield place
    place.close()


def test_a_run_that_failed(home: Home) -> None:
    document = home.json("why", "2")
    check(document, "Why")
    assert (document["run"], document["last_good"], document["cell"]) == (2, 1, 1)
    assert document["line"] == {"number": 3, "text": "total += float(row['price'])", "file": None}
    assert "orders.csv has no column `price` (it had one in run 1)" in document["sentence"]
    assert document["causes"][0]["kind"] == "inputs"
    shown = home("why", "2").out
    assert "Failed in cell 2" in shown and "cell 2, line 3" in shown and "Likely causes" in shown


def test_the_comparison_counts_rows_and_columns(home: Home) -> None:
    document = home.json("diff", "1", "2")
    check(document, "Diff")
    [table] = document["causes"]["inputs"]
    assert (table["old"]["rows"], table["new"]["rows"]) == (10, 6)
    assert (table["columns_added"], table["columns_removed"]) == (["cost"], ["price"])
    assert "orders.csv has 40 % fewer rows" in document["summary"]


def test_a_run_that_succeeded(home: Home) -> None:
    document = home.json("why", "1")
    check(document, "Why")
    assert document["sentence"] == "Run 1 succeeded: nothing to explain."
    assert document["causes"] == []


def test_without_a_good_run(home: Home) -> None:
    home.notebook("bad.ipynb", "1 / 0")
    home.json("notebook", "bad.ipynb")
    number = home.json("run", "bad", "--wait", code=1)["id"]
    document = home.json("why", str(number))
    assert document["last_good"] is None
    assert "no run before it succeeded" in document["sentence"]


def test_bad_input_is_a_sentence(home: Home) -> None:
    assert home.error("why", "999")["message"] == "There is no run 999."
    home.notebook("slow.ipynb", "import time; time.sleep(60)")
    home.json("notebook", "slow.ipynb")
    number = str(home.json("run", "slow")["id"])
    assert "has not ended yet" in home.error("why", number)["message"]
    home.json("cancel", number)
