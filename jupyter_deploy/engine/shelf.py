"""What readers are shown of a deployment, and who may read. On the core's thread."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from jupyter_deploy.domain.freshness import freshness
from jupyter_deploy.domain.publishing import Outputs, Publication, Published
from jupyter_deploy.domain.readers import PREFIX, Reader, check_label, digest_of_secret
from jupyter_deploy.errors import NotFound
from jupyter_deploy.ports.blobs import BlobStore
from jupyter_deploy.ports.clock import Clock
from jupyter_deploy.ports.store import Store


@dataclass(frozen=True)
class Shown:
    """A publication as of `now`, with what a reader should know beside it."""

    publication: Publication
    now: datetime
    sentence: str
    warning: str | None

    @property
    def age(self) -> float:
        return max(0.0, (self.now - self.publication.data_at).total_seconds())


@dataclass(frozen=True)
class Overview:
    declared: Outputs
    current: Shown | None
    problem: str | None
    history: Sequence[Publication]


class Shelf:
    def __init__(self, store: Store, blobs: BlobStore, clock: Clock) -> None:
        self._store = store
        self._blobs = blobs
        self._clock = clock

    def overview(self, name: str, before: int | None, limit: int) -> Overview:
        """Raises NotFound."""
        declared = self._store.deployment(name).current.outputs
        newest = self._store.newest_publication(name)
        decided = [item for item in self._store.publications(name, None, 2) if item.published_at]
        return Overview(
            declared,
            self._shown(newest) if newest else None,
            decided[0].problem if decided else None,
            self._store.publications(name, before, limit),
        )

    def shown(self, name: str, run_id: int | None = None) -> Shown:
        """The newest good one, or that of a run. Raises NotFound."""
        if run_id is not None:
            return self._shown(self._good(name, run_id))
        newest = self._store.newest_publication(name)
        if newest is None:
            raise NotFound(f"{name!r} has published nothing yet.", hint=self._advice(name))
        return self._shown(newest)

    def _good(self, name: str, run_id: int) -> Publication:
        publication = self._store.publication(name, run_id)
        if not publication.good:
            raise NotFound(
                f"Run {run_id} of {name!r} has published nothing.",
                field="run",
                hint=publication.problem or "Its outputs are being made; try again.",
            )
        return publication

    def _advice(self, name: str) -> str:
        newest = self._store.publications(name, None, 1)
        if newest and newest[0].problem:
            return newest[0].problem
        if newest:
            return "Its outputs are being made; try again."
        if self._store.deployment(name).current.outputs:
            return f"Its first good run will: jupyter deploy run {name}"
        return "Declare outputs in its deployment file, or with --publish."

    def _shown(self, publication: Publication) -> Shown:
        now = self._clock.now()
        run = self._store.run(publication.run)
        schedule = self._store.run_version(publication.run).schedule
        zone = ZoneInfo(schedule.timezone) if schedule else None
        warns = run.verdict == "succeeded_with_warnings"
        return Shown(
            publication,
            now,
            freshness(publication.data_at, now, zone),
            (run.reason or "The run ended with warnings.") if warns else None,
        )

    def path(self, output: Published) -> Path:
        """Raises NotFound."""
        assert output.digest is not None
        return self._blobs.path(output.digest)

    def create_reader(self, name: str, label: str, created_by: str | None) -> tuple[Reader, str]:
        """A new token and its secret, which is kept nowhere. Raises NotFound, InvalidInput."""
        secret = PREFIX + secrets.token_urlsafe(32)
        digest = digest_of_secret(secret)
        now = self._clock.now()
        return self._store.add_reader(name, check_label(label), digest, created_by, now), secret

    def readers(self, name: str) -> list[Reader]:
        return self._store.readers(name)

    def revoke_reader(self, name: str, reader_id: int) -> Reader:
        return self._store.revoke_reader(name, reader_id, self._clock.now())

    def opens(self, name: str, secret: str) -> bool:
        """Whether the secret is a token of this deployment; its use is noted now and then."""
        digest = digest_of_secret(secret)
        reader = self._store.reader(digest)
        if reader is None or not reader.opens(name, digest):
            return False
        now = self._clock.now()
        if reader.is_due(now):
            self._store.note_reading(reader.id, now)
        return True
