"""What readers get, on the engine and through the extension."""

from __future__ import annotations

import asyncio
import io
import re
from typing import Any

import pyarrow.ipc
import pyarrow.parquet
import pytest

from .bundles import request_for
from .contract import Answer, Api
from .publishing import *  # noqa: F403, its fixtures
from .publishing import OUTPUTS, SALES, Readers, deploy, run

TABLES = ("scores", "scores?format=csv", "scores/schema")


@pytest.fixture
def both(engine_readers: Readers, lab_readers: Readers) -> tuple[Readers, Readers]:
    return engine_readers, lab_readers


@pytest.fixture
def table(engine: Api, jp_asyncio_loop: asyncio.AbstractEventLoop) -> str:
    """A deployment that has published all kinds of outputs, for those who only look."""

    async def found() -> str:
        name = "shown-to-all"
        if (await engine("GET", f"/deployments/{name}")).status == 404:
            await deploy(engine, name, SALES)
            await run(engine, name)
        return name

    return jp_asyncio_loop.run_until_complete(found())


async def test_all_outputs_of_a_good_run_are_published(
    engine: Api, extension: Api, both: tuple[Readers, Readers], name: str
) -> None:
    await deploy(engine, name, SALES)
    before = (await extension("GET", f"/deployments/{name}/outputs")).good()
    assert (before["current"], before["history"], before["problem"]) == (None, [], None)
    assert [item["published"] for item in before["outputs"]] == [False] * len(OUTPUTS)
    for readers in both:
        problem = (await readers(f"/{name}/report")).problem(404)
        assert "nothing yet" in problem["detail"]
    number = await run(engine, name)
    overview = (await extension("GET", f"/deployments/{name}/outputs")).good()
    assert overview["problem"] is None, overview
    assert overview["current"]["run"] == number
    assert re.fullmatch(r"data of \w{3} \d\d:\d\d, .*", overview["current"]["sentence"])
    assert {item["name"]: item["kind"] for item in overview["outputs"]} == {
        "report": "report", "source": "report", "text": "report", "scores": "table",
        "model": "file", "auc": "metric",
    }  # fmt: skip
    for readers in both:
        index = (await readers(f"/{name}/")).good()
        assert index["run"] == number
        assert sorted(item["name"] for item in index["outputs"]) == sorted(OUTPUTS)
        metric = (await readers(f"/{name}/auc")).good()
        assert (metric["value"], metric["unit"], metric["run"]) == (0.75, "%", number)
        assert (await readers(f"/{name}/auc?format=text")).body == b"0.75\n"
        model = await readers(f"/{name}/model")
        assert model.body == bytes(range(256)) * 40
        assert model.headers["X-Run"] == str(number)
        assert model.headers["X-Data-Time"] == index["data_at"]
        assert "attachment" in model.headers["Content-Disposition"]
        notebook = await readers(f"/{name}/source")
        assert notebook.media_type == "application/x-ipynb+json"
        assert notebook.json()["nbformat"] == 4
        assert (await readers(f"/{name}/text")).media_type == "text/markdown"


async def test_tables_in_every_form(engine: Api, both: tuple[Readers, Readers], name: str) -> None:
    await deploy(engine, name, SALES)
    number = await run(engine, name)
    for readers in both:
        page = (await readers(f"/{name}/scores")).good()
        assert page["data"] == [
            ["eu", 1.5, 1, "2026-03-03T06:00:00", '{"a": 1}'],
            ["us", None, 2, None, "text"],
            ["eu", 12.0, None, "2026-03-04T06:00:00", None],
        ]
        assert (page["total"], page["next"], page["run"]) == (3, None, number)
        text = (await readers(f"/{name}/scores?format=csv&columns=n,region")).body.decode()
        assert text.splitlines() == ['"n","region"', '1,"eu"', '2,"us"', ',"eu"']
        arrow = await readers(f"/{name}/scores", Accept="application/vnd.apache.arrow.stream")
        assert pyarrow.ipc.open_stream(arrow.body).read_all().num_rows == 3
        for query, count in (("", 3), ("&limit=2", 2), ("&price.gt=2", 1)):
            answer = await readers(f"/{name}/scores?format=parquet{query}")
            assert pyarrow.parquet.read_table(io.BytesIO(answer.body)).num_rows == count
        for address in ("scores/schema", "scores?schema=1"):
            schema = (await readers(f"/{name}/{address}")).good()
            assert schema["rows"] == 3
            assert schema["columns"][1] == {"name": "price", "type": "number"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("region=eu", [0, 2]),
        ("region.ne=eu", [1]),
        ("price.gt=1.5", [2]),
        ("price.le=1.5", [0]),
        ("n.in=1,2", [0, 1]),
        ("n.null=true", [2]),
        ("n.null=false&region=eu", [0]),
        ("at.ge=2026-03-04", [2]),
        ("limit=1&offset=1", [1]),
        ("region=eu&offset=1", [2]),
        ("limit=0", []),
        ("offset=99", []),
    ],
)
async def test_rows_are_filtered(
    engine: Api, engine_readers: Readers, table: str, query: str, found: list[int]
) -> None:
    everything = (await engine_readers(f"/{table}/scores")).good()["data"]
    some = (await engine_readers(f"/{table}/scores?{query}")).good()["data"]
    assert some == [everything[place] for place in found]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("prise=1", "prise"),
        ("columns=region,nothing", "nothing"),
        ("n=one", "n"),
        ("n=99999999999999999999", "n"),
        ("price.gt=nan", "price"),
        ("at.lt=yesterday", "at"),
        ("n.null=maybe", "n.null"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("limit=1000000", "limit"),
        ("offset=-1", "offset"),
        ("cursor=here", "cursor"),
        ("cursor=999999:0", "run"),
        ("format=xlsx", "format"),
        ("run=x", "run"),
        ("run=999999", "run"),
    ],
)
async def test_bad_questions_get_a_sentence(
    engine: Api, lab_readers: Readers, table: str, query: str, field: str
) -> None:
    answer = await lab_readers(f"/{table}/scores?{query}")
    status = 404 if "999999" in query and field == "run" else 400
    answer.problem(status, field)


async def test_a_media_type_that_there_is_not(lab_readers: Readers, table: str) -> None:
    assert (await lab_readers(f"/{table}/scores", Accept="image/png")).status == 406
    best = "text/csv;q=0.5, application/vnd.apache.parquet;q=0.9, */*;q=0.1"
    answer = await lab_readers(f"/{table}/scores", Accept=best)
    assert answer.media_type == "application/vnd.apache.parquet"


async def test_pages_follow_one_another_though_the_table_is_replaced(
    engine: Api, engine_readers: Readers, name: str
) -> None:
    await deploy(engine, name, SALES)
    first = await run(engine, name)
    page = (await engine_readers(f"/{name}/scores?limit=2&columns=n")).good()
    assert page["next"] == f"{first}:2"
    assert await run(engine, name) > first
    rest = await engine_readers(f"/{name}/scores?limit=2&columns=n&cursor={page['next']}")
    assert (rest.good()["data"], rest.good()["run"], rest.good()["next"]) == ([[None]], first, None)
    assert rest.headers["X-Run"] == str(first)


async def test_a_bad_run_replaces_nothing_and_says_why(
    engine: Api, extension: Api, both: tuple[Readers, Readers], name: str
) -> None:
    await deploy(engine, name, SALES)
    good = await run(engine, name)
    await deploy(engine, name, SALES, "1 / 0")
    await run(engine, name)
    await deploy(engine, name, "print('no outputs')")
    missing = await run(engine, name)
    overview = (await extension("GET", f"/deployments/{name}/outputs")).good()
    assert overview["current"]["run"] == good
    assert [item["run"] for item in overview["history"]] == [missing, good]
    assert overview["problem"].startswith("The output 'auc' cannot be made. The run has shown no")
    assert overview["history"][0]["problem"] == overview["problem"]
    for readers in both:
        assert (await readers(f"/{name}/auc")).good()["run"] == good
        problem = (await readers(f"/{name}/auc?run={missing}")).problem(404, "run")
        assert problem["hint"] == overview["problem"]


async def test_history_stays_addressable(
    engine: Api, both: tuple[Readers, Readers], name: str
) -> None:
    await deploy(engine, name, SALES)
    numbers = [await run(engine, name) for _ in range(2)]
    page = (await engine("GET", f"/deployments/{name}/outputs", query={"limit": 1})).good()
    assert [item["run"] for item in page["history"]] == numbers[1:]
    for readers in both:
        for number in numbers:
            assert (await readers(f"/{name}/auc?run={number}")).good()["run"] == number


async def test_answers_that_a_reader_has_already(
    engine: Api, both: tuple[Readers, Readers], table: str
) -> None:
    for readers in both:
        for address in ("", "model", "auc", "report", *TABLES):
            answer = await readers(f"/{table}/{address}")
            etag = answer.headers["ETag"]
            again = await readers(f"/{table}/{address}", If_None_Match=etag)
            assert (again.status, again.body) == (304, b""), address
            other = await readers(f"/{table}/{address}", If_None_Match='"another"')
            assert other.status == 200


async def test_heads_without_bodies(engine: Api, both: tuple[Readers, Readers], table: str) -> None:
    for readers in both:
        for address in ("", "scores", "scores?format=csv", "model", "auc", "report"):
            answer = await readers(f"/{table}/{address}", "HEAD")
            assert (answer.status, answer.body) == (200, b""), address
            assert answer.headers["X-Run"]
        assert (await readers(f"/{table}/model", "HEAD")).headers["Content-Length"] == "10240"
        assert (await readers(f"/{table}/model", "POST")).status == 405


def policy(answer: Answer) -> dict[str, str]:
    parts = [
        part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";")
    ]
    return {name: value for name, _, value in parts}


async def test_a_report_comes_in_a_page_and_in_a_sandbox(
    engine: Api, both: tuple[Readers, Readers], table: str
) -> None:
    for readers in both:
        bare = await readers(f"/{table}/report")
        assert b'<b id="hi">bold</b>' in bare.body
        assert b"show(kind" not in bare.body  # the code is hidden
        assert policy(bare)["sandbox"] == "allow-scripts"
        assert policy(bare)["default-src"] == "'none'"
        page = await readers(f"/{table}/report", Accept="text/html,*/*;q=0.8")
        text = page.body.decode()
        assert "data of" in text
        assert 'name="viewport"' in text
        assert 'sandbox="allow-scripts"' in text
        assert "<script" not in text
        assert policy(page)["default-src"] == "'none'"
        assert "script-src" not in policy(page)
        [frame] = re.findall(r'src="([^"]+)"', text)
        stranger = readers.acting()
        shown = await stranger(f"/{table}/{frame.replace('&amp;', '&')}")
        assert (shown.status, shown.body) == (200, bare.body)
        assert policy(shown)["sandbox"] == "allow-scripts"
        assert shown.headers["Referrer-Policy"] == "no-referrer"


async def test_a_ticket_opens_one_bare_report_only(
    engine: Api, engine_readers: Readers, table: str
) -> None:
    page = await engine_readers(f"/{table}/report", Accept="text/html")
    [ticket] = re.findall(r"ticket=([0-9a-f-]+)", page.body.decode())
    stranger = engine_readers.acting()
    assert (await stranger(f"/{table}/report?raw=1&ticket={ticket}")).status == 200
    for address in (
        f"report?ticket={ticket}", f"model?raw=1&ticket={ticket}", f"?raw=1&ticket={ticket}",
        f"report?raw=1&run=1&ticket={ticket}", f"report?raw=1&ticket=9{ticket}",
        f"report?raw=1&ticket={ticket[:-1]}", "report?raw=1&ticket=",
    ):  # fmt: skip
        assert (await stranger(f"/{table}/{address}")).status == 403, address


async def test_an_index_for_people(engine: Api, both: tuple[Readers, Readers], table: str) -> None:
    for readers in both:
        moved = await readers(f"/{table}?run=7")
        assert (moved.status, moved.headers["Location"]) == (302, f"{table}/?run=7")
        page = (await readers(f"/{table}/", Accept="text/html")).body.decode()
        assert 'href="report"' in page
        assert "3 rows" in page
        problem = await readers(f"/{table}/nothing", Accept="text/html")
        assert (problem.status, problem.media_type) == (404, "text/html")
        assert b"publishes no" in problem.body


async def test_a_number_that_is_printed_anyway(
    engine: Api, engine_readers: Readers, name: str
) -> None:
    await deploy(engine, name, "print('loss: 0.25')", outputs={"best": {"metric": "loss"}})
    await run(engine, name)
    assert (await engine_readers(f"/{name}/best")).good()["value"] == 0.25


async def test_an_output_that_was_cut_is_missed_and_said_to_be(
    engine: Api, engine_readers: Readers, name: str
) -> None:
    columns = "[{'name': 'a', 'type': 'string'}]"
    rows = "[['x' * 1000]] * 12_000"
    cell = f"show('table', name='t', columns={columns}, rows=12_000, data={rows})"
    outputs = {"t": {"table": "t"}, "report": {"format": "html"}}
    await deploy(engine, name, cell, outputs=outputs)
    number = await run(engine, name)
    overview = (await engine("GET", f"/deployments/{name}/outputs")).good()
    assert overview["current"] is None
    assert "has shown no table 't'" in overview["problem"]
    assert "The run warned: " in overview["problem"]
    assert (await engine_readers(f"/{name}/report?run={number}")).status == 404


async def test_numbers_that_are_none(engine: Api, engine_readers: Readers, name: str) -> None:
    cells = [f'show("metric", name="m{n}", value="{n}")' for n in ("nan", "inf", "-inf")]
    outputs = {n.strip("-") + str(len(n)): {"metric": f"m{n}"} for n in ("nan", "inf", "-inf")}
    await deploy(engine, name, *cells, outputs=outputs)
    await run(engine, name)
    told = [(await engine_readers(f"/{name}/{one}")).good()["value"] for one in outputs]
    assert told == ["nan", "inf", "-inf"]


@pytest.mark.parametrize(
    "wrong",
    [
        "..%2f..%2fdeploy.db", "%2e%2e/deploy.db", "report%2f..%2fscores", "report%00", "a/b/c",
        "..", "%2e%2e%2f", "report/", "scores/schema/", "<script>alert(1)</script>", "%ff",
    ],
)  # fmt: skip
async def test_names_that_lead_elsewhere(
    engine: Api, both: tuple[Readers, Readers], table: str, wrong: str
) -> None:
    for readers in both:
        answer = await readers(f"/{table}/{wrong}")
        assert answer.status in (400, 404), answer
        assert b"<script>" not in answer.body or answer.media_type.endswith("json")
        page = await readers(f"/{table}/{wrong}", Accept="text/html")
        assert b"<script>alert" not in page.body


async def test_what_a_deployment_cannot_publish(engine: Api, extension: Api, name: str) -> None:
    request = await request_for(engine, name)
    wrong: list[tuple[Any, str]] = [
        ({"a/b": {"format": "html"}}, "outputs"),
        ({"a": {}}, "outputs.a"),
        ({"a": {"format": "html", "table": "t"}}, "outputs.a"),
        ({"a": {"format": "docx"}}, "outputs.a.format"),
        ({"a": {"file": "../secret"}}, "outputs.a.file"),
        ({"a": {"file": "/etc/passwd"}}, "outputs.a.file"),
        ({"a": {"table": "t", "hide_code": True}}, "outputs.a.hide_code"),
        ({"a": {"format": "notebook", "hide_code": True}}, "outputs.a.hide_code"),
        ({"a": "html"}, "outputs"),
    ]
    for outputs, field in wrong:
        answer = await engine("POST", "/deployments", {**request, "outputs": outputs})
        problem = answer.json()
        assert answer.status == 400, outputs
        assert problem["field"].startswith(field), problem
