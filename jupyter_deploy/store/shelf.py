"""The part of the SQL store that is about publishing. See `ports.publications`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection

from jupyter_deploy.domain.publishing import Publication, Published
from jupyter_deploy.domain.readers import Reader
from jupyter_deploy.store import publications, readers


class Shelf:
    _transaction: Callable[[], AbstractContextManager[Connection]]

    def unpublished(self, engine: str, before: datetime, limit: int) -> list[Publication]:
        with self._transaction() as connection:
            return publications.unpublished(connection, engine, before, limit)

    def publish(
        self, run_id: int, outputs: Sequence[Published], problem: str | None, now: datetime
    ) -> bool:
        with self._transaction() as connection:
            return publications.publish(connection, run_id, outputs, problem, now)

    def newest_publication(self, name: str) -> Publication | None:
        with self._transaction() as connection:
            return publications.newest(connection, name)

    def publication(self, name: str, run_id: int) -> Publication:
        with self._transaction() as connection:
            return publications.one(connection, name, run_id)

    def publications(self, name: str, before: int | None, limit: int) -> list[Publication]:
        with self._transaction() as connection:
            return publications.page(connection, name, before, limit)

    def add_reader(
        self, name: str, label: str, digest: str, created_by: str | None, now: datetime
    ) -> Reader:
        with self._transaction() as connection:
            return readers.add(connection, name, label, digest, created_by, now)

    def readers(self, name: str) -> list[Reader]:
        with self._transaction() as connection:
            return readers.page(connection, name)

    def revoke_reader(self, name: str, reader_id: int, now: datetime) -> Reader:
        with self._transaction() as connection:
            return readers.revoke(connection, name, reader_id, now)

    def reader(self, digest: str) -> Reader | None:
        with self._transaction() as connection:
            return readers.find(connection, digest)

    def note_reading(self, reader_id: int, now: datetime) -> None:
        with self._transaction() as connection:
            readers.note_reading(connection, reader_id, now)
