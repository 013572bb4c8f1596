"""What must hold when everything has come to rest."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Connection, Row, func, select

from jupyter_deploy.store.schema import attempts, events, runs, schedules

from .sites import Site
from .workload import Expected, Workload, in_database

OPEN = ("queued", "running")
#: A due time so young may not have been seen yet.
YOUNG = timedelta(seconds=5)


@dataclass(frozen=True)
class Books:
    """The database at rest."""

    read_at: datetime
    runs: dict[int, Row[Any]]
    attempts: dict[int, list[Row[Any]]]
    events: dict[int, Counter[str]]

    @property
    def count(self) -> int:
        return sum(map(len, self.attempts.values()))


def at_rest(connection: Connection) -> bool:
    """No run is open and no due time waits."""
    open_runs = select(func.count()).where(runs.c.state.in_(OPEN))
    now = datetime.now(timezone.utc)
    waiting = select(func.count()).where(schedules.c.in_force.is_(True), schedules.c.next_due < now)
    counts = [connection.execute(query).scalar_one() for query in (open_runs, waiting)]
    return counts == [0, 0]


def read(connection: Connection) -> Books:
    tries: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(attempts).order_by(attempts.c.run_id, attempts.c.fence)):
        tries[row.run_id].append(row)
    told: dict[int, Counter[str]] = defaultdict(Counter)
    for row in connection.execute(select(events).where(events.c.run_id.is_not(None))):
        told[row.run_id][row.kind] += 1
        if row.state not in OPEN:
            told[row.run_id]["end"] += 1
    found = {row.id: row for row in connection.execute(select(runs).order_by(runs.c.id))}
    return Books(datetime.now(timezone.utc), found, tries, told)


def check(workload: Workload) -> tuple[list[str], Books]:
    """Every violation as a line."""
    books = in_database(workload.url, read)
    found = [
        *_due_times(books, workload.expected),
        *_keys(books, workload.keys),
        *_fences(books),
        *_witnessed(books, workload),
        *_files(books, workload.sites),
        *_left_over(workload.sites),
        *_doctor(workload.sites),
    ]
    return found, books


def _due_times(books: Books, expected: Sequence[Expected]) -> list[str]:
    found = []
    for item in expected:
        rows = [row for row in books.runs.values() if row.deployment == item.deployment]
        rows = [row for row in rows if row.due_at is not None]
        end = books.read_at - YOUNG
        held = Counter(row.due_at for row in rows if row.due_at <= end)
        wanted = item.until(end)
        lost = sorted(set(wanted) - set(held))
        if lost:
            found.append(f"lost due times of {item.deployment}: {lost}")
        if held.total() > len(wanted):
            found.append(f"due times of {item.deployment} that are none or double: {held}")
        missed = sum(row.state == "missed" for row in rows)
        if item.catch_up == "all" and missed:
            found.append(f"{missed} due times of {item.deployment} were missed")
        if item.deployment.startswith("due-") and item.catch_up == "latest":
            found += [] if missed == len(wanted) - 1 else [f"{item}: {missed} missed"]
    return found


def _keys(books: Books, keys: dict[str, set[int]]) -> list[str]:
    found = [f"one key, several runs: {numbers}" for numbers in keys.values() if len(numbers) != 1]
    gone = {number for numbers in keys.values() for number in numbers} - set(books.runs)
    return found + [f"accepted runs that are gone: {gone}"] * bool(gone)


def _fences(books: Books) -> list[str]:
    found = []
    for number, run in books.runs.items():
        tries, told = books.attempts[number], books.events[number]
        fences = [row.fence for row in tries]
        if run.state in OPEN:
            found.append(f"run {number} is {run.state}: {fences}")
            continue
        if fences != list(range(1, run.fence + 1)):
            found.append(f"run {number} has fence {run.fence}, attempts {fences}")
        if any(row.outcome is None or row.ended_at is None for row in tries):
            found.append(f"run {number}: attempts without an end: {tries}")
        if any(row.outcome in ("succeeded", "cancelled") for row in tries[:-1]):
            found.append(f"run {number} went on after its end: {tries}")
        if told["end"] != 1 or told["run.started"] != len(tries):
            found.append(f"run {number}: {dict(told)} for {len(tries)} attempts")
    return found


@dataclass
class Seen:
    """One attempt, as it told itself."""

    starts: int = 0
    first: float = float("inf")
    last: float = 0.0
    ended: bool = False

    def add(self, word: str, at: float) -> None:
        self.starts += word == "start"
        self.ended |= word == "end"
        self.first, self.last = min(self.first, at), max(self.last, at)


def _witnessed(books: Books, workload: Workload) -> list[str]:
    seen: dict[int, dict[int, Seen]] = defaultdict(lambda: defaultdict(Seen))
    for line in workload.witness.read_text().splitlines():
        word, run, fence, at = line.split()
        seen[int(run)][int(fence)].add(word, float(at))
    found = []
    for number, tries in seen.items():
        spans = [tries[fence] for fence in sorted(tries)]
        found += [f"run {number} started twice: {s}" for s in spans if s.starts != 1]
        found += _overlaps(f"run {number}", spans)
    for number, run in books.runs.items():
        if run.state == "succeeded" and not seen[number][run.fence].ended:
            found.append(f"run {number} succeeded without an end: {dict(seen[number])}")
    alone = {row.deployment for row in books.runs.values() if row.max_running == 1}
    for name in alone:
        numbers = [number for number in seen if books.runs[number].deployment == name]
        spans = [span for number in numbers for span in seen[number].values()]
        found += _overlaps(f"deployment {name}", sorted(spans, key=lambda span: span.first))
    return found


def _overlaps(what: str, spans: Sequence[Seen]) -> list[str]:
    found = itertools.pairwise(spans)
    return [f"{what} overlaps: {a} {b}" for a, b in found if b.first <= a.last]


def _files(books: Books, sites: Sequence[Site]) -> list[str]:
    found = []
    for number, run in books.runs.items():
        for item in run.outputs:
            for place, site in enumerate(sites):
                content = site.ask(lambda c, n=number, i=item: c.output(n, i["name"]))  # type: ignore[misc]
                digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
                if (len(content), digest) != (item["size"], item["digest"]):
                    found.append(f"run {number} at engine {place}: {item} has {len(content)}")
    return found


def _left_over(sites: Sequence[Site]) -> list[str]:
    return [f"left over: {process}" for site in sites for process in site.left_over()]


def _doctor(sites: Sequence[Site]) -> list[str]:
    documents = [site.json("doctor") for site in sites]
    return [f"doctor: {c}" for d in documents for c in d["checks"] if c["state"] == "fail"]
