"""A run that failed beside the last good one: what explaining it needs."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.engine.comparing import NOTEBOOK, Output, blob_path, good_before
from jupyter_deploy.errors import Conflict, NotFound
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.store import Store
from jupyter_deploy.results.why.sides import Input, Side


@dataclass(frozen=True)
class Question:
    """`answer` is the sentence where nothing failed; then there is nothing to compare."""

    run: Run
    answer: str | None
    side: Side | None = None
    good: Side | None = None


def ask(store: Store, blobs: BlobStore, output: Output, run_id: int) -> Question:
    """Raises NotFound, and Conflict for a run that has not ended."""
    run = store.run(run_id)
    if run.state.open:
        raise Conflict(
            f"Run {run.id} has not ended yet ({run.state}).",
            hint="Why it failed can be said when it has failed.",
        )
    if run.state is not RunState.FAILED:
        return Question(run, _without_failure(run))
    good = good_before(store, run)
    sides = _Sides(store, blobs, output)
    return Question(run, None, sides.of(run), sides.of(good) if good else None)


def _without_failure(run: Run) -> str:
    if run.verdict == "succeeded_with_warnings":
        where = "" if run.cell is None else f" in cell {run.cell + 1}"
        return f"Run {run.id} succeeded, with a warning{where}: {run.reason}"
    if run.state is RunState.SUCCEEDED:
        return f"Run {run.id} succeeded: nothing to explain."
    return run.reason or run.why or f"Run {run.id} is {run.state}; nobody noted why."


class _Sides:
    """Reads what is known of a run; what was deleted meanwhile is not known."""

    def __init__(self, store: Store, blobs: BlobStore, output: Output) -> None:
        self._store = store
        self._blobs = blobs
        self._output = output
        self._hosts = {seen.member.id: seen.member.host for seen in store.engines()}

    def of(self, run: Run) -> Side:
        bundle = self._store.run_version(run.id).bundle
        digest = bundle.environment
        environment = self._store.environment(digest) if digest else None
        last = run.attempts[-1] if run.attempts else None
        took = (
            (run.ended_at - run.started_at).total_seconds()
            if run.ended_at and run.started_at
            else None
        )
        packages = {p.name: p.version for p in environment.packages} if environment else None
        return Side(
            run=run.id,
            cell=run.cell,
            fault=run.fault,
            reason=run.reason,
            outcome=last.outcome if last else None,
            duration=took,
            parameters=run.parameters,
            notebook=bundle.notebook.path,
            source=blob_path(self._blobs, bundle.notebook.digest),
            executed=self._executed(run),
            files=tuple(
                Input(file.path, file.digest, file.size, blob_path(self._blobs, file.digest))
                for file in bundle.files
            ),
            packages=packages,
            python=environment.python if environment else None,
            platform=environment.platform if environment else None,
            kernel=bundle.kernel.name,
            host=self._hosts.get(last.engine or "") if last else None,
        )

    def _executed(self, run: Run) -> str | None:
        try:
            path, _media_type = self._output(run.id, NOTEBOOK)
        except NotFound:
            return None
        return str(path) if path.is_file() else None
