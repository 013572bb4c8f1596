"""Another kernel than Python's, with the same ends: what `bash_kernel` tells is enough."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from conftest import Attempt, code
from jupyter_client.kernelspec import KernelSpecManager

SO_FAR = "echo so far"
#: Started at once: each kernel needs seconds to come and to go.
NOTEBOOKS: dict[str, tuple[list[object], dict[str, object]]] = {
    "success": (
        [code("n=1\nname=x", "parameters"), 'echo "$n $name"'],
        {"parameters": {"n": 21, "name": "it's $(x)"}},
    ),
    "failing": ([SO_FAR, "ls nowhere", "echo never"], {}),
    "leaving": ([SO_FAR, "exit 3", "echo goes on"], {}),
    "late": ([SO_FAR, "(trap '' INT; sleep 600)", "echo never"], {"cell": 2}),
    "killed": ([SO_FAR, "kill -9 $PPID; sleep 600", "echo never"], {}),
}


@pytest.fixture(scope="module")
def kernels(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A place of kernelspecs, with that of bash."""
    place = tmp_path_factory.mktemp("jupyter")
    spec = place / "spec"
    spec.mkdir()
    (spec / "kernel.json").write_text(
        f'{{"argv": ["{sys.executable}", "-m", "bash_kernel", "-f", "{{connection_file}}"],'
        ' "display_name": "Bash", "language": "bash", "env": {"PS1": "$"}}'
    )
    KernelSpecManager().install_kernel_spec(str(spec), "bash", prefix=str(place))
    return str(place / "share" / "jupyter")


@pytest.fixture(scope="module")
def runs(kernels: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Attempt]]:
    started = {}
    for name, (cells, task) in NOTEBOOKS.items():
        folder = tmp_path_factory.mktemp(name)
        run = Attempt(folder, cells, kernel="bash", language="bash", **task)
        started[name] = run.start(JUPYTER_PATH=kernels)
    yield started
    for run in started.values():
        run.running.terminate()
        run.wait()


def test_success_with_parameters(runs: dict[str, Attempt]) -> None:
    run = runs["success"].wait()
    assert run.verdict().verdict == "succeeded"
    assert run.stream(2) == "21 it's $(x)\n"
    assert "injected-parameters" in run.notebook.cells[1].metadata.tags


def test_a_command_fails(runs: dict[str, Attempt]) -> None:
    run = runs["failing"].wait()
    verdict = run.verdict()
    assert (verdict.verdict, verdict.fault, verdict.cell) == ("failed", "notebook", 1)
    assert verdict.reason == "A command of the cell ended with exit code 2."
    assert (run.stream(0), run.notebook.cells[2].outputs) == ("so far\n", [])


def test_a_shell_that_is_left_is_started_again(runs: dict[str, Attempt]) -> None:
    """By the kernel, which reports success: only the output tells."""
    run = runs["leaving"].wait()
    assert run.verdict().verdict == "succeeded"
    assert "Restarting Bash" in run.stream(1)
    assert run.stream(2) == "goes on\n"


def test_a_limit(runs: dict[str, Attempt]) -> None:
    run = runs["late"].wait()
    verdict = run.verdict()
    assert (verdict.fault, verdict.outcome, verdict.cell) == ("timeout", "timed out", 1)
    assert "longer than its limit of 2 s" in str(verdict.reason)
    assert run.stream(0) == "so far\n"


def test_the_kernel_is_killed(runs: dict[str, Attempt]) -> None:
    run = runs["killed"].wait()
    verdict = run.verdict()
    assert (verdict.fault, verdict.outcome, verdict.cell) == ("infrastructure", "kernel died", 1)
    assert "killed from outside (SIGKILL)" in str(verdict.reason)
    assert run.stream(0) == "so far\n"
