"""What readers see while engines die, runs fail and data are replaced."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psutil
import pytest

from jupyter_deploy.client.api import PUBLISHED

from .conftest import Document, Place, until

NUMBERS = """
import jupyter_deploy as jd
number = jd.run.id
jd.table("numbers", [{"run": number, "place": place} for place in range(5000)])
jd.metric("number", number)
"""
OUTPUTS = {
    "numbers": {"table": "numbers"},
    "number": {"metric": "number"},
    "report": {"format": "markdown"},
}


class Reader:
    def __init__(self, place: Place, name: str) -> None:
        document = place.runtime_document()
        self._http = httpx.Client(
            base_url=f"{document['url']}{PUBLISHED}/{name}/",
            headers={"Authorization": f"token {document['token']}"},
            timeout=120,
            trust_env=False,
        )

    def __call__(self, output: str, **query: object) -> httpx.Response:
        told: dict[str, Any] = query
        return self._http.get(output, params=told)


def published(place: Place, name: str, number: int) -> Document:
    """The overview, once it is decided what the run has published."""

    def look() -> Document | None:
        overview = place.client.outputs(name)
        found = [item for item in overview["history"] if item["run"] == number]
        return overview if found and found[0]["published_at"] else None

    found = until(look, 120)
    assert found is not None
    return found


def deploy(place: Place, name: str, *cells: str, outputs: Document = OUTPUTS) -> None:
    captured = place.capture(name, *cells)
    place.client.deploy(captured, name=name, parameters={}, schedule=None, outputs=outputs)


def test_readers_never_see_a_mixture(shared: Place) -> None:
    """One reads in a loop while three runs replace the table one after another."""
    deploy(shared, "mixed", NUMBERS)
    first = shared.run("mixed")
    published(shared, "mixed", first)
    over, seen, wrong = threading.Event(), set(), []

    def read() -> None:
        reader = Reader(shared, "mixed")
        while not over.is_set():
            answer = reader("numbers", limit=5000)
            runs = {row[0] for row in answer.json()["data"]}
            told = {int(answer.headers["X-Run"]), answer.json()["run"]}
            seen.update(runs)
            if answer.status_code != 200 or runs != told or len(answer.json()["data"]) != 5000:
                wrong.append((answer.status_code, runs, told))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    numbers = [shared.run("mixed") for _ in range(3)]
    for number in numbers:
        published(shared, "mixed", number)
    over.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert {first, numbers[-1]} <= seen | {numbers[-1]}
    assert Reader(shared, "mixed")("number").json()["value"] == numbers[-1]


def test_a_failed_run_replaces_nothing(shared: Place) -> None:
    deploy(shared, "steady", NUMBERS)
    good = shared.run("steady")
    published(shared, "steady", good)
    deploy(shared, "steady", NUMBERS, "1 / 0")
    assert shared.ended(shared.run("steady"))["state"] == "failed"
    cancelled = shared.run("steady")
    shared.client.cancel(cancelled)
    shared.ended(cancelled)
    assert Reader(shared, "steady")("number").json()["run"] == good
    assert [item["run"] for item in shared.client.outputs("steady")["history"]] == [good]


def test_a_killed_engine_publishes_after_its_next_start(place: Place) -> None:
    deploy(place, "durable", NUMBERS)
    number = place.run("durable")
    until(lambda: place.client.outputs("durable")["history"])  # it waits or is made just now
    place.kill_engine()
    place.start_engine()
    overview = published(place, "durable", number)
    assert overview["problem"] is None
    assert Reader(place, "durable")("numbers").json()["total"] == 5000


def test_large_files_need_no_memory(shared: Place) -> None:
    size = 200 * 1024**2
    cell = f"with open('large.bin', 'wb') as file:\n    file.truncate({size})"
    deploy(shared, "large", cell, outputs={"large": {"file": "large.bin"}})
    engine = psutil.Process(shared.runtime_document()["pid"])
    before = engine.memory_info().rss
    overview = published(shared, "large", shared.run("large"))
    [output] = overview["outputs"]
    assert output["size"] == size
    seen = hashlib.sha256()
    document = shared.runtime_document()
    with httpx.stream(
        "GET", f"{document['url']}{PUBLISHED}/large/large", timeout=120, trust_env=False,
        headers={"Authorization": f"token {document['token']}"},
    ) as answer:  # fmt: skip
        for piece in answer.iter_bytes():
            seen.update(piece)
    assert f"sha256:{seen.hexdigest()}" == output["digest"]
    assert engine.memory_info().rss - before < 60 * 1024**2


def test_a_million_rows_page_by_page(shared: Place) -> None:
    cell = (
        "with open('rows.csv', 'w') as file:\n    file.write('n,half,kind\\n')\n"
        "    file.writelines(f'{n},{n / 2},{n % 3}\\n' for n in range(1_000_000))"
    )
    deploy(shared, "million", cell, outputs={"rows": {"table": "rows"}})
    overview = published(shared, "million", shared.run("million"))
    assert overview["outputs"][0]["rows"] == 1_000_000, overview
    reader = Reader(shared, "million")
    reader("rows", limit=1)  # loads what is loaded once
    began = time.monotonic()
    page = reader("rows").json()
    assert time.monotonic() - began < 1  # 0.1 where nothing else runs: see the benchmark
    assert (page["total"], page["data"][-1]) == (1_000_000, [999, 499.5, 0])
    last = reader("rows", offset=999_999).json()
    assert (last["data"], last["next"]) == ([[999_999, 499_999.5, 0]], None)
    some = reader("rows", **{"n.ge": 999_990, "kind": 1}).json()
    assert [row[0] for row in some["data"]] == [999_991, 999_994, 999_997]
    cursor, count = "", 0
    while cursor is not None and count < 3:
        page = reader("rows", limit=100_000, cursor=cursor).json()
        cursor, count = page["next"], count + 1
        assert page["data"][0][0] == (count - 1) * 100_000


@pytest.fixture
def chain(shared: Place) -> Iterator[Place]:
    outputs = {"model": {"file": "model.txt"}, "auc": {"metric": "auc"}, "t": {"table": "t"}}
    cell = (
        "import jupyter_deploy as jd, pathlib\npathlib.Path('model.txt').write_text('weights')\n"
        "jd.metric('auc', 0.5)\njd.table('t', [{'a': 1}])"
    )
    deploy(shared, "train", cell, outputs=outputs)
    published(shared, "train", shared.run("train"))
    return shared


USE = """
import jupyter_deploy as jd
found = jd.upstream("train")
print(found.file("model").read_text(), found.metric("auc"), found.table("t").name, found.run)
print(found)
"""


def test_a_notebook_gets_what_another_has_published(chain: Place) -> None:
    chain.deploy("use", USE)
    number = chain.run("use")
    run = chain.ended(number)
    assert run["state"] == "succeeded", run
    train = chain.client.outputs("train")["current"]["run"]
    assert f"weights 0.5 t.parquet {train}\n<train: auc, model, t of run" in chain.printed(number)
    assert [item["name"] for item in run["outputs"]] == ["output.ipynb"]  # no copies among them


def test_what_is_not_published_yet_is_said(chain: Place) -> None:
    for name, cell, words in (
        ("none", "jd.upstream('never-was')", "has published nothing yet"),
        ("wrong", "jd.upstream('train').table('model')", "it has auc (metric)"),
        ("computed", "jd.upstream('tr' + 'ain')", "Write the name in the notebook as it is"),
    ):
        chain.deploy(name, f"import jupyter_deploy as jd\n{cell}")
        run = chain.ended(chain.run(name))
        assert run["state"] == "failed"
        assert words in run["reason"], run["reason"]


def test_a_notebook_that_is_written_asks_the_engine(chain: Place) -> None:
    def python(code: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code], env=chain.environment, cwd=chain.work,
            capture_output=True, text=True, timeout=100, check=False)  # fmt: skip

    answer = python(USE + "print(found.file('model') == found.file('model'))")
    assert answer.stderr == ""
    assert answer.stdout.startswith("weights 0.5 t.parquet")
    assert answer.stdout.endswith("True\n")
    failed = python("import jupyter_deploy as jd\njd.upstream('never-was')")
    assert "NothingPublished: " in failed.stderr
    assert "never-was" in failed.stderr
