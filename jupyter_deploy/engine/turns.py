"""Work on many things, of which one may be broken."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from jupyter_deploy.errors import Unavailable

T = TypeVar("T")


def take_turns(items: Iterable[T], work: Callable[[T], object]) -> None:
    """Work on every item; the first failure is raised when all have had their turn.

    Without a database nobody else has a turn: each would wait for it.
    """
    failures: list[Exception] = []
    for item in items:
        try:
            work(item)
        except Unavailable:
            raise
        except Exception as error:
            failures.append(error)
    if failures:
        raise failures[0]
