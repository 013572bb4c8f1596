"""Comparing the results of two runs, beside nbdime on the same notebooks."""

from __future__ import annotations

import base64
import json
import random
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output

from benchmarks.home import home, timed

ROUNDS = 3
#: Megabytes of the executed notebooks.
SIZES = (5, 50)
#: Seconds that the peer may take; it is not asked about what takes longer.
PATIENCE = 300
PEER_AT_MOST = 5


def diff() -> dict[str, Any]:
    with home() as place:
        return {f"{size}_MB": _measure(place.folder, size) for size in SIZES}


def _measure(folder: Path, size: int) -> dict[str, Any]:
    pair = [_write(folder / f"{size}-{side}.ipynb", size, side) for side in (0, 1)]
    ours = [timed(lambda: _ours(pair)) for _ in range(ROUNDS)]
    found = json.loads(_ours(pair))
    changes = {key: len(found[key]) for key in ("metrics", "tables", "images", "texts")}
    result: dict[str, Any] = {
        "megabytes": [round(path.stat().st_size / 1e6, 1) for path in pair],
        "jupyter_deploy_seconds": round(statistics.median(ours), 3),
        "megabytes_of_memory": _memory(pair),
        "changes": changes,
    }
    if size <= PEER_AT_MOST:
        theirs = statistics.median(timed(lambda: _theirs(pair)) for _ in range(ROUNDS))
        result |= {
            "nbdime_seconds": round(theirs, 3),
            "ratio": round(statistics.median(ours) / theirs, 4),
        }
    return result


def _ours(pair: list[Path]) -> bytes:
    command = (sys.executable, "-m", "jupyter_deploy.results", *map(str, pair))
    return subprocess.run(command, input=b"{}", capture_output=True, check=True).stdout


def _memory(pair: list[Path]) -> int:
    """The largest that any child of this process was; ours comes before the peer."""
    _ours(pair)
    return round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)


def _theirs(pair: list[Path]) -> None:
    command = (sys.executable, "-m", "nbdime.nbdiffapp", *map(str, pair), "--out", "/dev/null")
    subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE)


def _write(path: Path, size: int, side: int) -> Path:
    """Tables, logs, numbers and pictures; every tenth cell of the second one differs."""
    chance = random.Random(7)
    notebook = new_notebook()
    written = 0
    number = 0
    while written < size * 1_000_000:
        number += 1
        outputs = _outputs(chance, changed=bool(side) and number % 10 == 0)
        notebook.cells.append(new_code_cell(f"step_{number}(data)", outputs=outputs))
        written += sum(len(json.dumps(output)) for output in outputs)
    nbformat.write(notebook, path)
    return path


def _outputs(chance: random.Random, *, changed: bool) -> list[Any]:
    address = random.randrange(16**12)
    rows = [(f"item-{n}", chance.random(), chance.randrange(1000)) for n in range(200)]
    loss, picture = chance.random(), chance.randbytes(20_000)
    if changed:
        rows[17] = (rows[17][0], rows[17][1] + 1, rows[17][2])
        loss += 1
    log = "".join(f"epoch {n} of <Model at 0x{address:012x}> took {n} s\n" for n in range(200))
    body = "".join(f"<tr><th>{n}</th>{''.join(f'<td>{v}</td>' for v in row)}</tr>"
                   for n, row in enumerate(rows))  # fmt: skip
    html = f"<table><tr><th></th><th>name</th><th>share</th><th>count</th></tr>{body}</table>"
    image = base64.b64encode(picture).decode()
    return [
        new_output("stream", name="stdout", text=f"{log}loss: {loss}\n"),
        new_output("display_data", data={"text/html": html, "text/plain": str(rows)}),
        new_output("display_data", data={"image/png": image}),
    ]
