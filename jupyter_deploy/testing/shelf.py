"""The part of the store in memory that is about publishing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from jupyter_deploy.domain.preflight import TRIGGER
from jupyter_deploy.domain.publishing import Publication, Published, newest
from jupyter_deploy.domain.readers import MOST, Reader
from jupyter_deploy.domain.runs import Run, RunState
from jupyter_deploy.errors import NotFound, TooMany
from jupyter_deploy.testing.slots import Slot, utc


@dataclass
class Held:
    """What is published and who may read it, by the number of the deployment's slot."""

    publications: dict[int, Publication] = field(default_factory=dict)
    readers: list[tuple[int, Reader]] = field(default_factory=list)


class Shelf:
    _held: Held
    _slot_of: dict[int, Slot]

    def run(self, run_id: int) -> Run:
        raise NotImplementedError

    def _slot(self, name: str) -> Slot:
        raise NotImplementedError

    def _record(self, kind: str, now: datetime, name: str, run: Run | None = None) -> None:
        raise NotImplementedError

    def _expect(self, run: Run) -> None:
        outputs = self._slot_of[run.id].versions[run.version - 1].outputs
        if run.trigger != TRIGGER and run.state is RunState.SUCCEEDED and outputs:
            data_at = run.due_at or run.created_at
            publication = Publication(run.deployment, run.id, run.version, data_at)
            self._held.publications[run.id] = publication

    def unpublished(self, engine: str, before: datetime, limit: int) -> list[Publication]:
        waiting = [item for item in self._held.publications.values() if not item.published_at]
        ours = [item for item in waiting if self._is_ours(item.run, engine, before)]
        return sorted(ours, key=lambda item: item.run)[:limit]

    def _is_ours(self, run_id: int, engine: str, before: datetime) -> bool:
        run = self.run(run_id)
        assert run.ended_at is not None
        return run.attempts[-1].engine in (engine, None) or run.ended_at < before

    def publish(
        self, run_id: int, outputs: Sequence[Published], problem: str | None, now: datetime
    ) -> bool:
        held = self._held.publications.get(run_id)
        if held is None or held.published_at:
            return False
        self._held.publications[run_id] = replace(
            held, outputs=tuple(outputs), problem=problem, published_at=utc(now)
        )
        kind = "outputs.refused" if problem else "outputs.published"
        self._record(kind, now, held.deployment, self.run(run_id))
        return True

    def newest_publication(self, name: str) -> Publication | None:
        return newest(self._publications_of(self._slot(name)))

    def publication(self, name: str, run_id: int) -> Publication:
        for item in self._publications_of(self._slot(name)):
            if item.run == run_id:
                return item
        raise NotFound(f"Run {run_id} of {name!r} has published nothing.", field="run")

    def publications(self, name: str, before: int | None, limit: int) -> list[Publication]:
        found = self._publications_of(self._slot(name))
        below = [item for item in found if before is None or item.run < before]
        return sorted(below, key=lambda item: -item.run)[:limit]

    def _publications_of(self, slot: Slot) -> list[Publication]:
        found = self._held.publications
        return [item for run, item in found.items() if self._slot_of[run] is slot]

    def _drop(self) -> list[str]:
        """Forget what pruned runs have published."""
        gone = [run for run in self._held.publications if self._may_go(run)]
        digests = {digest for run in gone for digest in self._held.publications.pop(run).digests}
        needed = {one for item in self._held.publications.values() for one in item.digests}
        return sorted(digests - needed)

    def _may_go(self, run_id: int) -> bool:
        slot = self._slot_of[run_id]
        shown = newest(self._publications_of(slot))
        is_shown = shown is not None and shown.run == run_id and not slot.deleted
        return self.run(run_id).pruned_at is not None and not is_shown

    def add_reader(
        self, name: str, label: str, digest: str, created_by: str | None, now: datetime
    ) -> Reader:
        slot = self._slot(name)
        if sum(not item.revoked_at for item in self.readers(name)) >= MOST:
            raise TooMany(f"{name!r} has {MOST} tokens already.")
        number = len(self._held.readers) + 1
        reader = Reader(number, name, label, digest, utc(now), created_by)
        self._held.readers.append((slot.number, reader))
        return reader

    def readers(self, name: str) -> list[Reader]:
        number = self._slot(name).number
        return [reader for slot, reader in self._held.readers[::-1] if slot == number]

    def revoke_reader(self, name: str, reader_id: int, now: datetime) -> Reader:
        for reader in self.readers(name):
            if reader.id == reader_id:
                return self._put_reader(replace(reader, revoked_at=reader.revoked_at or utc(now)))
        raise NotFound(f"{name!r} has no token {reader_id}.")

    def reader(self, digest: str) -> Reader | None:
        for _slot, reader in self._held.readers:
            if reader.digest == digest and self._is_in_force(reader):
                return reader
        return None

    def _is_in_force(self, reader: Reader) -> bool:
        try:
            return reader in self.readers(reader.deployment)
        except NotFound:
            return False

    def note_reading(self, reader_id: int, now: datetime) -> None:
        [found] = [reader for _slot, reader in self._held.readers if reader.id == reader_id]
        self._put_reader(replace(found, used_at=utc(now)))

    def _put_reader(self, reader: Reader) -> Reader:
        slot, _before = self._held.readers[reader.id - 1]
        self._held.readers[reader.id - 1] = (slot, reader)
        return reader
