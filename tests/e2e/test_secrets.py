"""The canary: runs do what they can to let secrets out, then every sink is searched for them."""

from __future__ import annotations

import base64
import html
import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import psutil
import pytest
from cli.conftest import COMMAND

from jupyter_deploy.client.api import PREFIX, PUBLISHED

from .conftest import Place, until

SECRETS = {
    "API_TOKEN": 'kJ8sd7+/hunter2"QWE_\\8123?h&jkäsd',
    "DB_URL": "postgresql://ada:c4nary-p%40ssword@db.example.org/orders?sslmode=require",
    "SIGNING_KEY": "-----BEGIN-----\nMIIcanaryBADANBgkqhkiG9w0B\nAQEFcanarySCBKcwgg\n-----END-----",
}
#: What is secret by itself.
PARTS = ("c4nary-p@ssword", "c4nary-p%40ssword", "MIIcanaryBADANBgkqhkiG9w0B")
#: What the engine was started with, and no kernel may have.
ENGINES = {"PGPASSWORD": "engine-canary-1", "JUPYTER_TOKEN": "engine-canary-2"}

TAKE = """
import os, sys, json, base64, html, time, urllib.parse, subprocess
from IPython.display import display, HTML, JSON
token, url, key = (os.environ[n] for n in ("API_TOKEN", "DB_URL", "SIGNING_KEY"))
values = (token, url, key)
"""
PRINTS = [
    "for v in values:\n    print('plain', v, repr(v), ascii(v), [v.encode()])",
    "for v in values:\n    for k in range(3):\n"
    "        b = b'x' * k + v.encode() + b'after'\n"
    "        print(base64.b64encode(b).decode(), base64.urlsafe_b64encode(b).decode())",
    "for v in values:\n    print(urllib.parse.quote(v), urllib.parse.quote(v, safe=''),"
    " urllib.parse.quote_plus(v), urllib.parse.urlencode({'v': v}))",
    "for v in values:\n    print(json.dumps({'v': v}), json.dumps(json.dumps(v)),"
    " json.dumps([v], ensure_ascii=False), html.escape(v), html.escape(v, quote=False))",
    "for v in values:\n    for place in (1, len(v) // 3, len(v) - 1):\n"
    "        print(v[:place], end='', flush=True)\n        time.sleep(0.3)\n"
    "        print(v[place:], flush=True)",
    "for letter in token:\n    sys.stdout.write(letter)\n    sys.stdout.flush()",
    "print(token[:20], end='', flush=True)\ntime.sleep(1.5)\nprint(token[20:])",
    "display(HTML(f'<b>{html.escape(token)}</b>'), JSON({'a': [{url: key}]}))\nvalues",
    "shown = display(token, display_id=True)\nshown.update(url)\nshown.update({'k': key})",
    "from comm import create_comm\ncreate_comm(target_name='jupyter.widget',"
    " data={'state': {'value': token}})",
    "import logging, warnings\nlogging.error('no %s', url)\nwarnings.warn(token)",
    "subprocess.run(['sh', '-c', 'echo $API_TOKEN; echo $DB_URL >&2'])",
    "!echo $API_TOKEN",
    "os.write(1, token.encode())\nos.write(2, url.encode())",
    "print(os.environ)\n%env",
    "open('report.html', 'w').write(f'<p>{html.escape(token)}</p>')\n"
    "open('table.csv', 'w').write('a\\n' + base64.b64encode(b'x' + url.encode()).decode())\n"
    "open('good.csv', 'w').write('a\\n1\\n')",
    "import jupyter_deploy as jd\njd.metric('rows', 3)\n"
    "jd.table('scores', [{'name': token, 'n': 1}, {'name': url, 'n': 2}])",
    "print('x' * 3_000_000, token, 'y' * 3_000_000, url)",
]
FAILS = {
    "raises": "raise ValueError(f'cannot log in with {token} at {url}')",
    "exits": "sys.exit(token)",
    "chained": "try:\n    {}[url]\nexcept KeyError as e:\n    raise RuntimeError(key) from e",
    "dies": "import faulthandler\nprint(url, file=sys.__stderr__, flush=True)\n"
    "os.write(2, token.encode())\nfaulthandler._sigsegv()",
    "misses": "open(f'/data/{urllib.parse.quote(token)}.csv')",
}
LIVES = "print(token[:9], end='', flush=True)\nprint(url, flush=True)\ntime.sleep(600)"


def spellings(text: str) -> Iterator[bytes]:
    """How it could be found, thought out apart from the redactor."""
    yield text.encode()
    yield json.dumps(text)[1:-1].encode()
    yield json.dumps(json.dumps(text)[1:-1])[1:-1].encode()
    yield json.dumps(text, ensure_ascii=False)[1:-1].encode()
    yield repr(text)[1:-1].encode()
    yield json.dumps(repr(text)[1:-1])[1:-1].encode()
    yield repr(text.encode())[2:-1].encode()
    yield html.escape(text).encode()
    yield json.dumps(html.escape(text))[1:-1].encode()
    yield html.escape(text, quote=False).encode()
    for spelled in (quote(text), quote(text, safe=""), quote_plus(text)):
        yield spelled.encode()
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # Without the letters that neighbours have a part in.
            yield encode(b"x" * before + text.encode() + b"xx")[4 if before else 0 : -4]


NEEDLES = {needle: text for text in (*SECRETS.values(), *PARTS) for needle in spellings(text)}


def hits(content: bytes) -> set[str]:
    return {NEEDLES[needle] for needle in NEEDLES if needle in content}


def searched(folder: Path) -> dict[str, set[str]]:
    """Files in which there is one, the vault's own apart."""
    found = {}
    for path in folder.rglob("*"):
        with suppress(OSError):
            if path.is_file() and path.name != "secrets.json":
                name = f"{path.relative_to(folder)}"
                found[name] = hits(path.read_bytes()) | hits(name.encode())
    return {name: held for name, held in found.items() if held}


def give(place: Place, name: str, value: str) -> None:
    done = subprocess.run(
        [*COMMAND, "secret", "set", name],
        cwd=place.work,
        env=place.environment,
        input=value,
        text=True,
        check=True,
        capture_output=True,
        timeout=60,
    )
    assert not hits((done.stdout + done.stderr).encode())


@pytest.fixture(scope="module")
def canary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, dict[str, int]]]:
    """A place in which all runs have ended but `lives`, and their numbers."""
    place = Place(tmp_path_factory.mktemp("canary") / "home", max_running=4)
    place.json_with(ENGINES, "engine", "start")
    for name, value in SECRETS.items():
        give(place, name, value)
    notebooks = {"prints": PRINTS, **{name: [cell] for name, cell in FAILS.items()}}
    notebooks |= {"lives": [LIVES], "killed": [LIVES]}
    policies = {"secrets": list(SECRETS)}
    for name, cells in notebooks.items():
        place.deploy(name, TAKE, *cells, policies=policies)
    outputs = {"page": {"format": "html"}, "scores": {"table": "scores"}}
    again = place.capture("prints", TAKE, *PRINTS)
    place.client.deploy(
        again, name="prints", parameters={}, schedule=None, policies=policies, outputs=outputs
    )
    numbers = {name: place.run(name) for name in notebooks}
    numbers["again"] = place.run("raises")
    for name in ("lives", "killed"):
        place.until_printed(numbers[name], "[DB_URL]")
    place.runner(numbers["killed"]).kill()
    for name, number in numbers.items():
        if name != "lives":
            place.ended(number, 180)
    yield place, numbers
    place.close()


def test_the_search_finds_what_is_planted(tmp_path: Path) -> None:
    for number, needle in enumerate(NEEDLES):
        place = tmp_path / "runs" / f"{number}"
        place.mkdir(parents=True)
        (place / "file.bin").write_bytes(bytes(5000) + b"<" + needle + b">" + bytes(5000))
    assert len(searched(tmp_path)) == len(NEEDLES)
    with sqlite3.connect(tmp_path / "one.db") as database:
        database.execute("CREATE TABLE t (a TEXT)")
        database.execute("INSERT INTO t VALUES (?)", (SECRETS["API_TOKEN"],))
    assert "one.db" in searched(tmp_path)


def test_the_runs_were_what_they_were_meant_to_be(canary: tuple[Place, dict[str, int]]) -> None:
    place, numbers = canary
    ends = {name: place.client.run(number) for name, number in numbers.items()}
    assert ends["prints"]["verdict"] == "succeeded_with_warnings", ends["prints"]["reason"]
    assert all(ends[name]["state"] == "failed" for name in (*FAILS, "killed", "again"))
    assert ends["lives"]["state"] == "running"
    marks = place.printed(numbers["prints"]).count("[API_TOKEN]")
    assert marks >= 20  # so the values were there
    assert [item["name"] for item in ends["prints"]["outputs"]] == ["output.ipynb", "good.csv"]


def test_nothing_on_disk_holds_one(canary: tuple[Place, dict[str, int]]) -> None:
    place, _ = canary
    assert searched(place.place) == {}
    values = json.loads((place.data / "deploy" / "secrets.json").read_text())
    assert values == SECRETS


def test_no_row_of_the_database_holds_one(canary: tuple[Place, dict[str, int]]) -> None:
    place, _ = canary
    file = place.data / "deploy" / "deploy.db"
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as database:
        lines = "\n".join(database.iterdump())
    assert "[API_TOKEN]" in lines or "API_TOKEN" in lines
    assert hits(lines.encode()) == set()


def test_no_process_but_kernels_has_one(canary: tuple[Place, dict[str, int]]) -> None:
    place, numbers = canary
    holders = set()
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            told = "\0".join([*process.cmdline(), *process.environ().values()]).encode()
            if hits(told):
                holders.add(process.pid)
                assert not hits("\0".join(process.cmdline()).encode())
                assert not any(value.encode() in told for value in ENGINES.values())
    runner = place.runner(numbers["lives"])
    assert holders == {process.pid for process in runner.children()}


def answers(place: Place, numbers: dict[str, int]) -> Iterator[tuple[str, Callable[[], bytes]]]:
    document = place.runtime_document()
    headers = {"Authorization": f"token {document['token']}"}

    def get(address: str) -> bytes:
        url = document["url"] + address
        answer = httpx.get(url, headers=headers, timeout=120, trust_env=False)
        assert answer.status_code in (200, 404, 409), (address, answer.text)
        return answer.content

    addresses = ["/runs", "/deployments", "/secrets", "/events?after=0", "/health"]
    addresses += ["/metrics?deployment=prints", "/deployments/prints/history"]
    for name in {*numbers} - {"again"}:
        addresses += [f"/deployments/{name}", f"/deployments/{name}/versions"]
    for number in numbers.values():
        addresses += [f"/runs/{number}{part}" for part in ("", "/ledger", "/why", "/diff")]
        addresses += [f"/runs/{number}/outputs/output.ipynb"]
        addresses += [f"/runs/{number}/outputs/output.ipynb?format=html"]
    addresses.append(f"/runs/{numbers['raises']}/diff/{numbers['again']}")
    for address in addresses:
        yield address, lambda address=address: get(PREFIX + address)  # type: ignore[misc]
    for address in ("/", "/page?raw=1", "/scores"):
        yield address, lambda address=address: get(f"{PUBLISHED}/prints{address}")  # type: ignore[misc]


def test_no_answer_holds_one(canary: tuple[Place, dict[str, int]]) -> None:
    place, numbers = canary
    until(lambda: place.client.outputs("prints")["current"], 120)
    found = {name: hits(get()) for name, get in answers(place, numbers)}
    assert {name: held for name, held in found.items() if held} == {}


def test_no_command_prints_one(canary: tuple[Place, dict[str, int]]) -> None:
    place, numbers = canary
    commands: list[list[Any]] = [["list"], ["runs"], ["secret", "list"], ["show", "prints"]]
    commands += [["logs", numbers[name]] for name in ("prints", "raises", "dies", "killed")]
    commands += [["why", numbers[name]] for name in ("raises", "exits", "misses")]
    commands += [["metrics", "prints"], ["output", numbers["chained"], "--format", "markdown"]]
    for command in commands:
        answer = place(*command)
        assert not hits((answer.out + answer.err).encode()), command


def test_a_run_whose_secret_was_deleted_names_it(canary: tuple[Place, dict[str, int]]) -> None:
    place, _ = canary
    give(place, "SHORT_LIVED", "here-for-a-while")
    place.deploy("forgets", "1", policies={"secrets": ["SHORT_LIVED"]})
    place.client.delete_secret("SHORT_LIVED", force=True)
    run = place.ended(place.run("forgets"))
    assert (run["state"], run["fault"]) == ("failed", "infrastructure")
    assert "The secret SHORT_LIVED is not set" in run["reason"]


def test_a_keyring_reaches_runs_as_well(make_place: Callable[..., Place], tmp_path: Path) -> None:
    ring = {
        "PYTHON_KEYRING_BACKEND": "vault.rings.Working",
        "RING": str(tmp_path / "ring"),
        "PYTHONPATH": f"{Path(__file__).parents[1]}:{Path(__file__).parents[2]}",
    }
    place = make_place()
    place.json_with(ring, "engine", "start")
    give(place, "API_TOKEN", SECRETS["API_TOKEN"])
    assert place.client.secrets()["kept_in"] == "the system's keyring"
    assert SECRETS["API_TOKEN"] in json.loads((tmp_path / "ring").read_text()).values()
    place.deploy(
        "rings", "import os\nlen(os.environ['API_TOKEN'])", policies={"secrets": ["API_TOKEN"]}
    )
    number = place.run("rings")
    assert place.ended(number)["state"] == "succeeded"
    [entry] = place.entries(number, "output")
    assert entry["output"]["data"]["text/plain"] == str(len(SECRETS["API_TOKEN"]))
    assert searched(place.place) == {}


def test_a_version_is_tried_with_its_secrets(make_place: Callable[..., Place]) -> None:
    place = make_place(preflight="full")
    place.start_engine()
    give(place, "API_TOKEN", SECRETS["API_TOKEN"])
    path = place.notebook("tried.ipynb", "import os\nopen('/data/' + os.environ['API_TOKEN'])")
    answer = place("notebook", path, "--secret", "API_TOKEN")
    assert answer.code == 1
    assert not hits((answer.out + answer.err).encode())
    assert searched(place.place) == {}
