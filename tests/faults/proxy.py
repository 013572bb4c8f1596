"""A way to the database on which packets are late, lost or answered with a reset."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CHUNK = 65536
#: A close that tells the other side of nothing but a reset.
RESET = struct.pack("ii", 1, 0)


@dataclass(eq=False)
class _Way:
    """One connection; once it has lost a byte it never says anything again."""

    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    lost: bool = False

    def reset(self) -> None:
        for writer in self.writers:
            with suppress(OSError):
                own: socket.socket = writer.get_extra_info("socket")
                own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            writer.transport.abort()


class Proxy:
    """Listens on `port` and passes on to the target, in a thread of its own."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._ways: set[_Way] = set()
        #: Seconds by which everything is late.
        self.delay = 0.0
        #: Whether what comes is swallowed, on new connections too.
        self.swallows = False
        self.port = 0
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(5)

    def reset(self) -> None:
        """End every connection with a reset."""
        self._call(lambda: [way.reset() for way in list(self._ways)])

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _call(self, work: Callable[[], object]) -> None:
        async def call() -> None:
            work()

        asyncio.run_coroutine_threadsafe(call(), self._loop).result(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        way = _Way([writer])
        self._ways.add(way)
        try:
            further = await asyncio.open_connection("127.0.0.1", self._target)
            way.writers.append(further[1])
            there = self._pump(way, reader, further[1])
            back = self._pump(way, further[0], writer)
            await asyncio.gather(there, back)
        except OSError:
            way.reset()  # as if nobody listened
        finally:
            for each in way.writers:
                each.close()
            self._ways.discard(way)

    async def _pump(
        self, way: _Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while chunk := await reader.read(CHUNK):
            await asyncio.sleep(self.delay)
            way.lost |= self.swallows
            if not way.lost:
                writer.write(chunk)
                await writer.drain()
        if not way.lost:
            writer.close()


@contextmanager
def between(target: int) -> Iterator[Proxy]:
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
