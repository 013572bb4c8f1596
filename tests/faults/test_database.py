"""A database that is slow, silent, gone or held by others, under an engine that has work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from e2e.conftest import Document, until
from sqlalchemy.engine import make_url

from jupyter_deploy.errors import DeployError
from jupyter_deploy.store.dialects import create
from jupyter_deploy.testing import postgres

from .conftest import Make
from .proxy import Proxy, between
from .sites import Site
from .workload import MINUTE, SIGNS, set_back, tried

#: Seconds within which the engine is back.
BACK = 5.0
#: Seconds of an answer: four for its turn, and one transaction that does not succeed.
ANSWERED = 8.0
#: Seconds of a run that is to outlive a fault.
LONG = 12


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.server() as running:
        yield running


@pytest.fixture
def proxy(server: postgres.Server) -> Iterator[Proxy]:
    with between(server.port) as proxy:
        yield proxy


@dataclass
class Answers:
    """What the API says while the database is in trouble."""

    site: Site
    seen: list[tuple[int, float]] = field(default_factory=list)
    numbers: dict[str, set[int]] = field(default_factory=dict)
    key: str = field(default_factory=lambda: uuid4().hex)

    def ask(self) -> int:
        """The status of an answer, which is in form and in time."""
        document = self.site.runtime_document()
        began = time.monotonic()
        response = httpx.post(
            f"{document['url']}/jupyter-deploy/api/v1/deployments/short/runs",
            headers={
                "Authorization": f"token {document['token']}",
                "Idempotency-Key": self.key,
            },
            json={"parameters": {}},
            timeout=30,
            trust_env=False,
        )
        self.seen.append((response.status_code, time.monotonic() - began))
        if response.status_code == 503:
            assert response.headers["Content-Type"] == "application/problem+json"
            assert response.headers["Retry-After"]
            assert "database" in response.json()["detail"]
        else:
            assert response.status_code in (200, 201), response.text
            self.numbers.setdefault(self.key, set()).add(response.json()["id"])
            self.key = uuid4().hex
        return response.status_code

    def slowest(self) -> float:
        return max(seconds for _, seconds in self.seen)


@contextmanager
def customers(site: Site, count: int = 3) -> Iterator[list[Answers]]:
    """Some who want runs all the time, each with a key until it is served."""
    over = threading.Event()
    all_answers = [Answers(site) for _ in range(count)]
    failures: list[BaseException] = []

    def insist(answers: Answers) -> None:
        try:
            while not over.wait(0.2):
                answers.ask()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=insist, args=(answers,)) for answers in all_answers]
    for thread in threads:
        thread.start()
    try:
        yield all_answers
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if failures:
        raise failures[0]


@dataclass
class Scene:
    """An engine with a long run under way, whose signs of life are in `witness`."""

    site: Site
    witness: Path
    run: int

    def signs(self) -> list[float]:
        return [float(line.split()[-1]) for line in self.witness.read_text().splitlines()]

    def back(self) -> float:
        """Seconds until the API answers again, all of the engine."""
        began = time.monotonic()
        until(self._answers, 30, 0.02)
        return time.monotonic() - began

    def _answers(self) -> bool:
        try:
            return bool(self.site.client.deployments())
        except DeployError:
            return False

    def ended(self) -> Document:
        return self.site.ended(self.run)


@pytest.fixture
def make_scene(
    make_site: Make, server: postgres.Server, proxy: Proxy, tmp_path: Path
) -> Callable[..., Scene]:
    def make(**settings: int) -> Scene:
        url = server.database().replace(f":{server.port}/", f":{proxy.port}/")
        return scene(make_site(database_url=url, max_running=1, **settings), tmp_path / "witness")

    return make


def scene(site: Site, witness: Path) -> Scene:
    site.launch()
    site.ask(lambda client: client.health())
    cell = SIGNS.format(witness=str(witness), seconds=LONG)
    site.deploy("long", cell, "say('end')", policies=tried(2))
    site.deploy("short", "print('here')")
    number = site.run("long")
    until(witness.exists)
    return Scene(site, witness, number)


def check(scene: Scene, all_answers: list[Answers], outcomes: list[str]) -> None:
    """The long run went as it should, and everybody has what was asked for, once."""
    run = scene.ended()
    assert [attempt["outcome"] for attempt in run["attempts"]] == outcomes
    assert run["state"] == "succeeded"
    for answers in all_answers:
        assert all(len(numbers) == 1 for numbers in answers.numbers.values())
    wanted = {n for answers in all_answers for ns in answers.numbers.values() for n in ns}
    page = scene.site.client.runs(deployment="short", limit=500)
    held = {item["id"] for item in page["runs"]}
    unserved = len(all_answers)  # a key that was told 503 last may have its run nevertheless
    assert wanted <= held
    assert len(held) <= len(wanted) + unserved
    for number in wanted:
        scene.site.client.cancel(number) if scene.site.client.run(number)[
            "state"
        ] == "queued" else 0


def told(name: str, scene: Scene, all_answers: list[Answers], back: float) -> None:
    statuses = [status for answers in all_answers for status, _ in answers.seen]
    slowest = max(answers.slowest() for answers in all_answers)
    print(
        f"{name}: back after {back:.2f} s, slowest answer {slowest:.2f} s, "
        f"{statuses.count(503)} of {len(statuses)} answers 503"
    )
    assert back <= BACK
    assert slowest <= ANSWERED
    assert 503 in statuses


def test_a_silence_shorter_than_the_lease(make_scene: Callable[..., Scene], proxy: Proxy) -> None:
    scene = make_scene(lease_seconds=15)
    with customers(scene.site) as answers:
        proxy.swallows = True
        time.sleep(7)
        proxy.swallows = False
        back = scene.back()
    told("silence, short", scene, answers, back)
    check(scene, answers, ["succeeded"])


def test_a_silence_longer_than_the_lease(make_scene: Callable[..., Scene], proxy: Proxy) -> None:
    scene = make_scene(lease_seconds=3)
    with customers(scene.site) as answers:
        proxy.swallows = True
        began = time.monotonic()
        until(lambda: not scene.site.left_over(), 6)
        died = scene.signs()[-1] - began
        time.sleep(max(0.0, began + 8 - time.monotonic()))
        proxy.swallows = False
        back = scene.back()
    print(f"the runner ended itself {died:.2f} s after the last word of the database")
    assert died < 3
    told("silence, long", scene, answers, back)
    check(scene, answers, ["lease lapsed", "succeeded"])


def test_resets(make_scene: Callable[..., Scene], proxy: Proxy) -> None:
    scene = make_scene(lease_seconds=10)
    with customers(scene.site) as answers:
        end = time.monotonic() + 5
        while time.monotonic() < end:
            proxy.reset()
            time.sleep(0.02)
        back = scene.back()
    told("resets", scene, answers, back)
    check(scene, answers, ["succeeded"])


def test_every_packet_late(make_scene: Callable[..., Scene], proxy: Proxy) -> None:
    scene = make_scene(lease_seconds=30)
    with customers(scene.site) as answers:
        proxy.delay = 0.3
        time.sleep(10)
        proxy.delay = 0.0
        back = scene.back()
    told("delay", scene, answers, back)
    check(scene, answers, ["succeeded"])


def test_a_server_that_is_restarted_at_once(
    make_scene: Callable[..., Scene], server: postgres.Server
) -> None:
    scene = make_scene(lease_seconds=10)
    with customers(scene.site) as answers:
        for _ in range(3):
            server.stop("immediate")
            time.sleep(0.5)
            server.start()
            back = scene.back()
            assert back <= BACK
    told("restarts", scene, answers, back)
    check(scene, answers, ["succeeded"])


def test_an_sqlite_file_that_another_program_holds(make_site: Make, tmp_path: Path) -> None:
    site = make_site(max_running=1)
    held = scene(site, tmp_path / "witness")
    file = site.data.resolve() / "deploy" / "deploy.db"
    now = datetime.now(timezone.utc).replace(second=0, microsecond=0)
    minutes = tuple((now - number * MINUTE).minute for number in (2, 3, 4))
    schedule = {
        "cron": f"{','.join(map(str, sorted(minutes)))} * * * *",
        "timezone": "UTC",
        "catch_up": "all",
        "overlap": "queue_all",
    }
    site.deploy("scheduled", "print('here')", schedule=schedule)
    other = create(make_url(f"sqlite:///{file}"))
    with customers(site) as answers:
        with other.begin() as connection:
            set_back(connection, "scheduled", now - 5 * MINUTE)
            time.sleep(LONG + 2)  # the long run ends meanwhile
        other.dispose()
        back = held.back()
    told("locked", held, answers, back)
    check(held, answers, ["succeeded"])
    runs = site.client.runs(deployment="scheduled")["runs"]
    assert len(runs) == len(minutes)
    assert {datetime.fromisoformat(run["due_at"]).minute for run in runs} == set(minutes)
    assert {site.ended(run["id"], 120)["state"] for run in runs} == {"succeeded"}


def test_who_asks_while_the_engine_is_stopped_is_answered(make_site: Make) -> None:
    """With an answer or the end of the connection, never with an error of its own."""
    site = make_site()
    site.launch()
    site.ask(lambda client: client.health())
    site.deploy("short", "print('here')")
    document = site.runtime_document()
    statuses: list[int] = []
    stopping = threading.Event()

    def insist() -> None:
        headers = {"Authorization": f"token {document['token']}"}
        url = f"{document['url']}/jupyter-deploy/api/v1/deployments/short/runs"
        client = httpx.Client(headers=headers, trust_env=False, timeout=30)
        with client as http, suppress(httpx.TransportError):
            while True:
                statuses.append(http.get(url).status_code)
                if len(statuses) > 50:
                    stopping.set()

    threads = [threading.Thread(target=insist) for _ in range(8)]
    for thread in threads:
        thread.start()
    assert stopping.wait(60)
    ended = site.ask_to_stop()
    for thread in threads:
        thread.join(30)
    ended()
    assert set(statuses) <= {200, 503}
