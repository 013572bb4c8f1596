"""Watching runs as they go: on a pipe, on a terminal, interrupted."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from .conftest import COMMAND, Home


def begun(home: Home, number: int) -> None:
    """The run has printed something."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        answer = home("logs", number, "--json")
        if answer.code == 0 and '"output"' in answer.out:
            return
        time.sleep(0.1)
    raise AssertionError(f"Run {number} does not begin.")


@contextmanager
def slow_run(home: Home) -> Iterator[int]:
    """A run that has begun to print and goes on until it is cancelled."""
    number = home.json("run", "slow")["id"]
    begun(home, number)
    try:
        yield number
    finally:
        home("cancel", number)
        home("logs", number, "--follow")


def test_logs_of_an_ended_run(deployed: Home) -> None:
    lines = deployed("logs", "1").out.splitlines()
    assert "kernel python3 is ready" in lines
    assert "[1/3] cell 1" in lines
    assert lines[lines.index("[2/3] cell 2") + 1] == "printed 3 eu"
    assert lines[lines.index("[3/3] cell 3") + 1] == "{'answer': 3}"
    assert lines[-1].startswith("✓ succeeded run 1 of good after ")


def test_logs_of_a_failed_run(deployed: Home) -> None:
    out = deployed("logs", "2").out
    assert "ZeroDivisionError" in out
    assert "----> 1" in out
    assert "\x1b" not in out
    assert "'never'" not in out
    assert "✗ failed run 2 of bad after " in out.splitlines()[-1]


def test_logs_follow_prints_at_once(deployed: Home) -> None:
    with slow_run(deployed) as number:
        process = deployed.start("logs", number, "--follow")
        assert process.stdout
        seen = [process.stdout.readline() for _ in range(3)]
        assert seen[1:] == ["[1/2] cell 1\n", "begun\n"]
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=10)
        assert process.returncode == 130
        assert f"Run {number} goes on." in err
        assert f"jupyter deploy cancel {number}" in err
        assert deployed.json("runs", "slow", "--limit", "1")["runs"][0]["state"] == "running"


@pytest.mark.parametrize("as_json", [False, True])
def test_interrupting_a_wait_leaves_the_run(deployed: Home, as_json: bool) -> None:
    last = deployed.json("runs", "--limit", "1")["runs"][0]["id"]
    process = deployed.start("run", "slow", "--wait", *(["--json"] if as_json else []))
    if as_json:
        begun(deployed, last + 1)  # it says nothing while it waits
    else:
        assert process.stderr
        assert process.stderr.readline().startswith("run ")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 130
    [run] = deployed.json("runs", "slow", "--limit", "1")["runs"]
    assert run["state"] == "running"
    assert f"Run {run['id']} goes on." in (out if as_json else err)
    assert out.startswith('{"error": {"type": "interrupted"' if as_json else "")
    deployed("cancel", run["id"])
    deployed("logs", run["id"], "--follow")


def test_wait_without_a_terminal_prints_lines(deployed: Home) -> None:
    answer = deployed("run", "good", "--wait")
    assert "cell 3 of 3" in answer.err
    assert answer.out.startswith("✓ succeeded run ")
    assert "\x1b" not in answer.out + answer.err


def on_terminal(home: Home, *arguments: object, after: Sequence[str] = ()) -> tuple[int, str]:
    """Exit code and everything that reached a terminal; after these texts somebody interrupts."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(home.work)
        environment = {**home.environment, "TERM": "xterm-256color", "COLUMNS": "100"}
        os.execvpe(sys.executable, [*COMMAND, *map(str, arguments)], environment)
    out, began = b"", time.monotonic()
    while time.monotonic() - began < 60:
        if after and all(text.encode() in out for text in after):
            os.write(terminal, b"\x03")
            after = ()
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            out += os.read(terminal, 65536)
        except OSError:  # the terminal's other end is closed
            break
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.close(terminal)
    return code, out.decode(errors="replace")


def test_a_bar_on_a_terminal(deployed: Home) -> None:
    code, out = on_terminal(deployed, "run", "good", "--wait")
    assert code == 0
    assert "cell 3 of 3 · " in out
    assert "✓ succeeded" in out


def test_a_traceback_keeps_its_colours_on_a_terminal(deployed: Home) -> None:
    code, out = on_terminal(deployed, "logs", "2")
    assert code == 0
    assert "\x1b[31m" in out


def test_logs_follow_on_a_terminal(deployed: Home) -> None:
    with slow_run(deployed) as number:
        code, out = on_terminal(deployed, "logs", number, "-f", after=["begun", "cell 1 of 2 · "])
    assert code == 130
    assert "begun\r\n" in out
    assert "cell 1 of 2 · " in out
    assert f"Run {number} goes on." in out


def test_run_on_a_terminal_says_how_to_follow(deployed: Home) -> None:
    code, out = on_terminal(deployed, "run", "good")
    assert code == 0
    assert "jupyter deploy logs " in out
    assert deployed("run", "good").out.strip().isdigit()


def test_the_engine_may_be_killed_while_a_run_is_watched(deploy_home: Home) -> None:
    deploy_home.notebook("slow.ipynb", "import time\ntime.sleep(4)")
    deploy_home.json("notebook", "slow.ipynb")
    process = deploy_home.start("run", "slow", "--wait")
    assert process.stderr
    assert process.stderr.readline().startswith("run 1: ")
    os.kill(deploy_home.json("engine", "status")["pid"], signal.SIGKILL)
    _out, err = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "Run 1 is not affected." in err
    assert deploy_home.json("engine", "status")["running"] is False
    assert {check["name"]: check["state"] for check in deploy_home.json("doctor")["checks"]}[
        "leftovers"
    ] == "warn"
    assert deploy_home("logs", "1", "--follow").code == 0
