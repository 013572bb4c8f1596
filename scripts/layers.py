"""Run the layers of `make test`, cheap ones first, and stop at the first that fails.

The closing lines are a table of the layers and the sum of pytest's counts in pytest's own form.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / ".make" / "reports"
LAYERS = ("lint", "types", "test-unit", "lint-js", "test-js", "browser", "test-slow")
#: Folders of tests/ that start kernels or build packages, the longest files first: what is begun
#: last is what the others wait for.
DEAR = ("faults", "real_notebooks", "packaging", "e2e", "oracle")


@dataclass(frozen=True)
class Result:
    layer: str
    passed: bool
    seconds: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folders", choices=("quick", "dear"), help="print folders of tests/")
    wanted = parser.parse_args().folders
    if wanted:
        print(*folders(wanted))
        return 0
    REPORTS.mkdir(parents=True, exist_ok=True)
    for old in REPORTS.glob("*.xml"):
        old.unlink()
    results: list[Result] = []
    for layer in LAYERS:
        results.append(run(layer))
        if not results[-1].passed:
            break
    summarize(results)
    return 0 if all(result.passed for result in results) else 1


def folders(wanted: str) -> list[str]:
    found = {
        path.parent.relative_to(ROOT / "tests").parts[0]
        for path in (ROOT / "tests").glob("*/**/test_*.py")
    }
    names = (
        sorted(found - set(DEAR)) if wanted == "quick" else [name for name in DEAR if name in found]
    )
    return [f"tests/{name}" for name in names]


def run(layer: str) -> Result:
    print(f"\n::: {layer}", flush=True)
    started = time.monotonic()
    arguments = f"--junitxml={REPORTS / layer}.xml -q {os.environ.get('PYTEST_ARGS', '')}"
    code = subprocess.run(
        ["make", layer, f"PYTEST_ARGS={arguments}"], cwd=ROOT, check=False
    ).returncode
    return Result(layer, code == 0, time.monotonic() - started)


def summarize(results: list[Result]) -> None:
    print("\nlayer        result   seconds")
    for result in results:
        print(
            f"{result.layer:<12} {'passed' if result.passed else 'FAILED':<8} {result.seconds:7.1f}"
        )
    for layer in LAYERS[len(results) :]:
        print(f"{layer:<12} not run")
    total = sum(result.seconds for result in results)
    counts = dict.fromkeys(("tests", "failures", "errors", "skipped"), 0)
    for path in REPORTS.glob("*.xml"):
        for suite in ET.parse(path).iter("testsuite"):  # our own file
            for name in counts:
                counts[name] += int(suite.get(name, 0))
    passed = counts["tests"] - counts["failures"] - counts["errors"] - counts["skipped"]
    said = [f"{passed} passed"]
    # A layer without pytest that fails counts as one error.
    errors = counts["errors"]
    if not counts["failures"] and not errors and not all(result.passed for result in results):
        errors = 1
    for count, word in (
        (counts["failures"], "failed"),
        (counts["skipped"], "skipped"),
        (errors, "errors"),
    ):
        if count:
            said.append(f"{count} {word}")
    line = f" {', '.join(said)} in {total:.2f}s "
    print(f"\n{line:=^80}")


if __name__ == "__main__":
    sys.exit(main())
