"""What is published and who may read it, as the engine sees it in the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from jupyter_deploy.domain.publishing import Publication, Published
from jupyter_deploy.domain.readers import Reader


class Publications(Protocol):
    """A good run of a version with outputs has a publication from the moment it ends."""

    def unpublished(self, engine: str, before: datetime, limit: int) -> list[Publication]:
        """Those that wait, oldest first: of this engine, and of runs that ended before then."""

    def publish(
        self, run_id: int, outputs: Sequence[Published], problem: str | None, now: datetime
    ) -> bool:
        """Say what became of a run's outputs; False when that has been said.

        With a problem nothing of it is published. From here on the newest data of the
        deployment are those of the good publication with the latest `data_at`.
        """

    def newest_publication(self, name: str) -> Publication | None:
        """The good one with the newest data. Raises NotFound for an unknown deployment."""

    def publication(self, name: str, run_id: int) -> Publication:
        """That of this run. Raises NotFound."""

    def publications(self, name: str, before: int | None, limit: int) -> list[Publication]:
        """Good, bad and waiting ones by run, newest first, of runs below `before`.

        Raises NotFound.
        """


class Readers(Protocol):
    def add_reader(
        self, name: str, label: str, digest: str, created_by: str | None, now: datetime
    ) -> Reader:
        """Keep a new token by its digest. Raises NotFound, TooMany."""

    def readers(self, name: str) -> list[Reader]:
        """All tokens of the deployment, revoked ones too, newest first. Raises NotFound."""

    def revoke_reader(self, name: str, reader_id: int, now: datetime) -> Reader:
        """A revoked token stays revoked. Raises NotFound."""

    def reader(self, digest: str) -> Reader | None:
        """The token with this digest whose deployment is in production."""

    def note_reading(self, reader_id: int, now: datetime) -> None:
        """It was used."""
