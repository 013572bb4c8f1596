"""Each protection is taken away in turn, and a test must notice.

A mutant is a copy of the package with a few lines changed; the named tests run on it in a
process of their own and at least one of them has to fail. Where two protections cover for
each other, both are gone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

import jupyter_deploy

TESTS = Path(__file__).resolve().parent.parent
PACKAGE = Path(jupyter_deploy.__file__).parent
#: Exit codes of pytest.
FAILED, PASSED = 1, 0


@dataclass(frozen=True)
class Change:
    file: str
    old: str
    new: str


@dataclass(frozen=True)
class Mutant:
    name: str
    tests: tuple[str, ...]
    changes: tuple[Change, ...]


CURSOR = Change(
    "store/scheduling.py",
    "held.get(plan.due.schedule_id) == plan.due.cursor",
    "plan.due.schedule_id in held",
)
UNIQUE = (
    Change(
        "store/schema.py",
        '    UniqueConstraint("schedule_id", "due_at", name="one_run_per_due_time"),\n',
        "",
    ),
    Change(
        "store/migrations/versions/0001_first.py",
        '        sa.UniqueConstraint("schedule_id", "due_at", name="one_run_per_due_time"),\n',
        "",
    ),
)
NO_LOCK = Change("store/queue.py", "        .with_for_update(skip_locked=True)\n    )\n", "    )\n")
SHARING = "conformance/test_sharing.py::"
MOVED = "conformance/test_firing.py::test_a_moved_cursor_fires_nothing"

MUTANTS = (
    Mutant(
        "fence",
        ("conformance/test_attempts.py::test_a_stale_attempt_changes_nothing",),
        (Change("store/ending.py", "runs.c.fence == fence, ", ""),),
    ),
    Mutant(
        "fence, in the model",
        ("faults/test_model.py",),
        (Change("store/ending.py", "runs.c.fence == fence, ", ""),),
    ),
    Mutant(
        "only silent engines are taken over, in the model",
        ("faults/test_model.py",),
        (Change("store/members.py", ", engines.c.lease_until <= clock(connection))", ")"),),
    ),
    Mutant(
        "cursor is compared, in the model",
        ("faults/test_model.py",),
        (CURSOR, *UNIQUE),
    ),
    Mutant(
        "what ran before a restart is adopted, in the model",
        ("faults/test_model.py",),
        (Change("engine/watcher.py", "in self._store.running(self.engine)", "in ()"),),
    ),
    Mutant(
        "closed once",
        ("conformance/test_engines.py::test_the_first_end_counts_whoever_tells_of_it",),
        (Change("store/ending.py", ", runs.c.state == RunState.RUNNING)", ")"),),
    ),
    Mutant("cursor is compared", (MOVED,), (CURSOR,)),
    Mutant(
        "due time is unique",
        (f"{SHARING}test_a_due_time_has_one_row", MOVED),
        (CURSOR, *UNIQUE),
    ),
    Mutant(
        "cursor moves with its rows",
        ("faults/test_crash_points.py::test_it_goes_on[inside SqlStore.fire]",),
        (
            Change(
                "store/scheduling.py",
                "    done = _due_times(connection, plans)\n",
                '    connection.exec_driver_sql("COMMIT")\n'
                '    connection.exec_driver_sql("BEGIN")\n'
                "    done = _due_times(connection, plans)\n",
            ),
        ),
    ),
    Mutant(
        "lock is inherited",
        ("e2e/test_deaths.py::test_during_a_run_that_goes_on",),
        (Change("executors/local.py", "pass_fds=(lock,)", "pass_fds=()"),),
    ),
    Mutant(
        "orphans are adopted",
        ("runner/test_guard.py::test_a_daemon_ends_with_its_notebook",),
        (Change("runner/guard.py", "    _prctl(_SET_CHILD_SUBREAPER, 1)\n", "    pass\n"),),
    ),
    Mutant(
        "a guard ends what its runner left",
        ("runner/test_guard.py::test_a_killed_runner_leaves_nothing",),
        (
            Change(
                "runner/guard.py",
                "        end(lambda: members(folder, os.getpid()))\n",
                "        pass\n",
            ),
        ),
    ),
    Mutant(
        "a deleted record is no sign that nothing was executed",
        ("engine/test_watcher.py",),
        (
            Change(
                "engine/watcher.py",
                "untouched=not live.begun",
                "untouched=not live.ledger_is_there",
            ),
        ),
    ),
    Mutant(
        "live runs are adopted",
        ("e2e/test_deaths.py::test_during_a_run_that_goes_on",),
        (Change("engine/watcher.py", "in self._store.running(self.engine)", "in ()"),),
    ),
    Mutant(
        "written whole",
        ("unit/test_durable.py",),
        (
            Change(
                "durable.py",
                "    with whole_file(path, mode=mode) as file:\n        file.write(content)",
                "    path.write_bytes(content)",
            ),
        ),
    ),
    Mutant(
        "SKIP LOCKED",
        (f"{SHARING}test_what_another_engine_is_claiming_is_passed_over",),
        (
            Change(
                "store/queue.py",
                "        .with_for_update(skip_locked=True)\n    )\n",
                "        .with_for_update()\n    )\n",
            ),
        ),
    ),
    Mutant(
        "a claim is one engine's",
        (f"{SHARING}test_no_run_is_claimed_twice",),
        (NO_LOCK,
         Change("store/queue.py", "runs.c.state == RunState.QUEUED, _allowed())", "True)")),
    ),
    Mutant(
        "runs at once are counted by one engine",
        (f"{SHARING}test_a_deployment_has_no_more_running_than_it_may",),
        (Change("store/queue.py", "if row.max_running is None:", "if True:"),),
    ),
    Mutant(
        "a cancelled run is not claimed",
        (f"{SHARING}test_cancelling_what_is_being_claimed",),
        (Change("store/ending.py", "row_of(connection, run_id, lock=True)",
                "row_of(connection, run_id)"),),
    ),
    Mutant(
        "a term that is over is not renewed",
        ("conformance/test_engines.py::test_who_was_taken_over_is_told_so",),
        (Change("store/members.py", ", engines.c.term == member.term)", ")"),
         Change("store/members.py", "delete(engines).where(engines.c.id.in_(gone))",
                'delete(engines).where(engines.c.id == "")')),
    ),
    Mutant(
        "runners obey the deadline",
        ("e2e/test_postgresql.py::"
         "test_an_engine_that_stood_still_gives_up_what_is_no_longer_its_own",),
        (Change("runner/attempt.py", "if task.lease is not None:", "if False:"),),
    ),
    Mutant(
        "a key starts one run",
        (f"{SHARING}test_a_key_starts_one_run",),
        (Change("store/transactions.py", "except IntegrityError:", "except KeyError:"),),
    ),
)  # fmt: skip


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_test_notices(mutant: Mutant, tmp_path: Path) -> None:
    _copy(tmp_path)
    for change in mutant.changes:
        _apply(change, tmp_path / "jupyter_deploy" / change.file)
    done = _run(mutant.tests, tmp_path)
    assert done.returncode == FAILED, done.stdout[-3000:] + done.stderr[-1000:]


def test_without_a_mutant_they_pass(tmp_path: Path) -> None:
    """On a plain copy, so that a mutant fails for what was changed alone."""
    _copy(tmp_path)
    quick = {test for mutant in MUTANTS for test in mutant.tests if test[:3] in ("con", "uni")}
    done = _run(tuple(sorted(quick)), tmp_path)
    assert done.returncode == PASSED, done.stdout[-3000:]


def _copy(folder: Path) -> None:
    """With what Python has compiled: every process of a test would do it again."""
    ignored = shutil.ignore_patterns("labextension")
    shutil.copytree(PACKAGE, folder / "jupyter_deploy", ignore=ignored)


def _apply(change: Change, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(change.old) == 1, f"{change.file} has no single place {change.old!r}"
    path.write_text(text.replace(change.old, change.new), encoding="utf-8")


def _run(tests: tuple[str, ...], folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder), "EXAMPLES": "500"}
    # None of these tests needs the plugins, which take longer to load than most of them.
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    plugins = ["-p", "no:cacheprovider", "-p", "pytest_timeout"]
    command = [sys.executable, "-m", "pytest", "-q", "-x", *plugins, *tests]
    return subprocess.run(
        command, cwd=TESTS, env=environment, capture_output=True, text=True, check=False
    )
