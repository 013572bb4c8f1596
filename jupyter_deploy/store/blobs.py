"""Files in a PostgreSQL database, for engines that share nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, func, select
from sqlalchemy.dialects.postgresql import insert

from jupyter_deploy.errors import NotFound, TooLarge
from jupyter_deploy.store.schema import blobs
from jupyter_deploy.store.transactions import Transactions

#: Bytes of one row, and of the largest file.
PART = 4 * 1024 * 1024
LARGEST = 512 * 1024 * 1024
#: Seconds that a transaction with one part may take.
PATIENCE = 10.0


class DatabaseBlobs:
    """Contents by digest, in parts."""

    def __init__(self, engine: Engine) -> None:
        self._transactions = Transactions(engine)

    def has(self, digest: str) -> bool:
        query = select(blobs.c.digest).where(blobs.c.digest == digest, blobs.c.part == 0)
        with self._transactions.begin() as connection:
            return connection.execute(query).one_or_none() is not None

    def put(self, digest: str, path: Path) -> None:
        """Store the file whole or not at all. Raises TooLarge and OSError."""
        if path.stat().st_size > LARGEST:
            raise TooLarge(
                f"{path.name} is larger than the {LARGEST // 1024**2} MB that the database takes.",
                hint="Let the notebook write large results to where they belong.",
            )
        if self.has(digest):
            return
        first = next(_parts(path, 0))
        for number, part in enumerate(_parts(path, 1), 1):
            self._put(digest, number, part)
        # The first part comes last: it says that the others are there.
        self._put(digest, 0, first)

    def _put(self, digest: str, number: int, content: bytes) -> None:
        """A short transaction each: a long one would hold the engine up."""
        statement = insert(blobs).values(digest=digest, part=number, content=content)
        with self._transactions.begin(PATIENCE) as connection:
            # Who was faster, or broke off, has written the same.
            connection.execute(statement.on_conflict_do_nothing())

    def get(self, digest: str) -> Iterator[bytes]:
        """Its parts. Raises NotFound."""
        count = select(func.count()).where(blobs.c.digest == digest)
        with self._transactions.begin() as connection:
            parts = connection.execute(count).scalar_one()
        if not parts:
            raise NotFound(f"The captured file {digest} is not stored here.")
        for number in range(parts):
            query = select(blobs.c.content).where(blobs.c.digest == digest, blobs.c.part == number)
            with self._transactions.begin(PATIENCE) as connection:
                yield connection.execute(query).scalar_one()


def _parts(path: Path, begin: int) -> Iterator[bytes]:
    """From this part on; an empty file has a first one too."""
    with open(path, "rb") as file:
        file.seek(begin * PART)
        if not begin:
            yield file.read(PART)
        while part := file.read(PART):
            yield part
