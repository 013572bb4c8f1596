"""A connection that swallows everything: what ends the wait, and that nothing else would."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, TimeoutError
from typing import Any

import pytest
from sqlalchemy import Engine, event, text

from jupyter_deploy.errors import Unavailable
from jupyter_deploy.store.database import open_database
from jupyter_deploy.store.transactions import Transactions
from jupyter_deploy.testing import postgres

from .proxy import Proxy, between

#: Seconds that the watchdog of these tests allows, and after which a wait is one for ever.
PATIENCE = 0.5
FOR_EVER = 6.0


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.server() as running:
        yield running


@pytest.fixture
def proxy(server: postgres.Server) -> Iterator[Proxy]:
    with between(server.port) as proxy:
        yield proxy


@pytest.fixture
def engine(server: postgres.Server, proxy: Proxy) -> Iterator[Engine]:
    engine = open_database(server.database().replace(f":{server.port}/", f":{proxy.port}/"))
    yield engine
    proxy.reset()
    engine.dispose()


def ask(transactions: Transactions) -> Future[int]:
    """A transaction in a thread of its own."""
    answer: Future[int] = Future()

    def work() -> None:
        try:
            with transactions.begin(PATIENCE) as connection:
                found: int = connection.execute(text("SELECT 1")).scalar_one()
            answer.set_result(found)
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    return answer


def test_a_silent_connection_is_hung_up(engine: Engine, proxy: Proxy) -> None:
    transactions = Transactions(engine)
    assert ask(transactions).result(5) == 1
    proxy.swallows = True
    began = time.monotonic()
    with pytest.raises(Unavailable):
        ask(transactions).result(FOR_EVER)
    print(f"told after {time.monotonic() - began:.2f} s")
    proxy.swallows = False
    assert ask(transactions).result(5) == 1


def test_without_the_watchdog_it_would_be_waited_for_for_ever(
    engine: Engine, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Transactions, "_hang_up", lambda _self: None)
    transactions = Transactions(engine)
    assert ask(transactions).result(5) == 1
    proxy.swallows = True
    waiting = ask(transactions)
    with pytest.raises(TimeoutError):
        waiting.result(FOR_EVER)
    proxy.swallows = False  # what was swallowed does not come back
    with pytest.raises(TimeoutError):
        waiting.result(1)
    proxy.reset()
    assert waiting.result(5) == 1  # on a connection made anew


def test_a_connection_made_anew_is_watched_too(engine: Engine, proxy: Proxy) -> None:
    transactions = Transactions(engine)
    assert ask(transactions).result(5) == 1

    def speak(*_: Any) -> None:
        proxy.swallows = False

    def fall_silent(*_: Any) -> None:
        proxy.swallows = True

    event.listen(engine, "invalidate", speak)
    event.listen(engine, "connect", fall_silent)
    fall_silent()
    with pytest.raises(Unavailable):
        ask(transactions).result(FOR_EVER)
