"""The end of an attempt: verdict and outputs, from the ledger and the process."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from jupyter_deploy.domain.history import cell_times
from jupyter_deploy.domain.ledger import Entry, Finished, progress
from jupyter_deploy.domain.metrics import MOST, Metric
from jupyter_deploy.domain.preflight import Report
from jupyter_deploy.domain.runs import Closing, OutputFile
from jupyter_deploy.domain.verdict import Ending, judge
from jupyter_deploy.engine.keeping import digest_of_file
from jupyter_deploy.engine.ledger_tail import read_placed
from jupyter_deploy.engine.reserve import Spend, plainly
from jupyter_deploy.ports.executor import Placement
from jupyter_deploy.preflight.report import report
from jupyter_deploy.preflight.trial import Trial

log = logging.getLogger(__name__)

NOTEBOOK_TYPE = "application/x-ipynb+json"


def conclude(
    placement: Placement, entries: Sequence[Entry], ending: Ending, spend: Spend = plainly
) -> Closing:
    """What the attempt came to; `spend` writes outputs that the runner could not write."""
    try:
        return _conclude(placement, entries, ending, spend)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        # A notebook can write into its own ledger; what cannot be read is no evidence.
        log.warning("run %s: its ledger is damaged: %r", placement.run_id, error)
        return _conclude(placement, (), ending, spend)


def _conclude(
    placement: Placement, entries: Sequence[Entry], ending: Ending, spend: Spend
) -> Closing:
    verdict = judge(entries, ending)
    return Closing(
        state=verdict.state,
        verdict=verdict.verdict,
        fault=verdict.fault,
        reason=verdict.reason,
        cell=verdict.cell,
        outcome=verdict.outcome,
        progress=progress(entries),
        outputs=_outputs(placement, entries, spend),
        metrics=tuple(_metrics(entries)),
        cells=cell_times(entries),
    )


def reported(trial: Trial, entries: Sequence[Entry]) -> Report:
    """What the run that tried a version has found."""
    try:
        return report(trial, entries)
    except Exception as error:  # whatever a damaged trace or an odd source leads to
        log.warning("%s: what was observed cannot be read: %r", trial.folder, error)
        return Report()


def _metrics(entries: Sequence[Entry]) -> Iterator[Metric]:
    """What is no metric is left out: it decides nothing."""
    finished = next((entry for entry in reversed(entries) if entry.kind == "finished"), None)
    for item in Finished.of(finished).metrics[:MOST] if finished else ():
        with suppress(KeyError, TypeError, ValueError):
            yield Metric.from_json(item)


def _outputs(
    placement: Placement, entries: Sequence[Entry], spend: Spend
) -> tuple[OutputFile, ...]:
    finished = [entry for entry in entries if entry.kind == "finished"]
    if finished:
        return tuple(OutputFile(**item) for item in finished[-1].data.get("outputs", ()))
    return _rebuilt(placement, spend)


def _rebuilt(placement: Placement, spend: Spend) -> tuple[OutputFile, ...]:
    """A runner that died left its ledger: keep the outputs so far."""
    if not (placement.folder / "task.json").exists():
        return ()  # of another engine, or never begun
    target = placement.folder / "output.ipynb"
    try:
        spend(lambda: _rebuild(placement, target))
        digest, size = digest_of_file(target), target.stat().st_size
    except Exception as error:  # whatever a damaged ledger leads to
        log.warning("run %s: no outputs could be kept: %r", placement.run_id, error)
        return ()
    return (OutputFile("output.ipynb", NOTEBOOK_TYPE, size, digest),)


def _rebuild(placement: Placement, target: Path) -> None:
    from jupyter_deploy.notebook.replay import rebuild_file  # loads nbformat, rarely needed

    ledger = placement.folder / "ledger.jsonl"
    rebuild_file(placement.folder / "task.json", ledger, read_placed(ledger), target)
