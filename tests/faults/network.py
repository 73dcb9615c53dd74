"""A network between client and server that cuts, delays, doubles and reorders what it carries, at any byte; and a client that is patient.

The client sends as a tablet does: the same request again until it has an answer that is final.
"""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from threading import Event, Thread
from time import sleep
from typing import Any

PIECE_BYTES = 65536
PATIENCE_S = 60
NOW_RESET = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Weather:
    """What happens to one connection: its request or its answer is cut after so many bytes (None for not at all), by a reset or an end;
    `delay_s` passes before each piece; `copies` arrive at the server at the same time; `after` others have arrived first. With an `answer`
    nothing reaches the server, and this is what comes back."""

    request_bytes: int | None = None
    answer_bytes: int | None = None
    is_reset: bool = False
    delay_s: float = 0.0
    copies: int = 1
    after: int = 0
    answer: bytes = b""


CALM = Weather()


class Network:
    """A network before one server. Each connection has the weather that is next; then it is calm."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._ahead: list[Weather] = []
        self._arrived = 0
        self._lines: set[asyncio.StreamWriter] = set()
        self._changed: asyncio.Condition
        self._ready, self._loop = Event(), asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_until_complete, args=(self._serve(),), daemon=True)
        self.port = 0

    def expect(self, *weather: Weather) -> None:
        """The next connections have this weather, in the order in which they are made; those that are open end."""
        self._ahead, self._arrived = list(weather), 0
        self._loop.call_soon_threadsafe(lambda: [line.close() for line in self._lines])

    async def _serve(self) -> None:
        self._changed, self._stopped = asyncio.Condition(), asyncio.Event()
        server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stopped.wait()
        server.close()
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for each in rest:
            each.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        weather = self._ahead.pop(0) if self._ahead else CALM
        self._lines.add(writer)
        if weather.answer:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(weather.answer)
            await writer.drain()
            self._lines.discard(writer)
            writer.close()
            return
        lines = [await asyncio.open_connection("127.0.0.1", self._server_port) for _ in range(weather.copies)]
        try:
            async with asyncio.timeout(PATIENCE_S):
                async with self._changed:
                    await self._changed.wait_for(lambda: self._arrived >= weather.after)
                there = asyncio.ensure_future(_pass(reader, [each[1] for each in lines], weather.request_bytes, weather.delay_s))
                back = asyncio.ensure_future(_pass(lines[0][0], [writer], weather.answer_bytes, weather.delay_s))
                rest = [asyncio.ensure_future(_pass(each[0], [], None, 0)) for each in lines[1:]]
                # Whichever is cut ends the connection on both sides; doubled requests are answered, to nobody, before it ends.
                await asyncio.wait([there, back], return_when=asyncio.FIRST_COMPLETED)
                if not there.done() or weather.request_bytes is None:
                    await asyncio.gather(back, *rest)
                for each in (there, back):
                    each.cancel()
        except (OSError, TimeoutError, asyncio.CancelledError):
            pass
        finally:
            self._lines.discard(writer)
            for each in (writer, *(line[1] for line in lines)):
                _end(each, weather.is_reset)
            async with self._changed:
                self._arrived += 1
                self._changed.notify_all()

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Nothing; it was done within the network."""
        asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def start(self) -> None:
        """Nothing; it carries from now on."""
        self._thread.start()
        self._ready.wait()

    def stop(self) -> None:
        """Nothing; it is gone."""
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join()
        self._loop.close()


async def _pass(reader: asyncio.StreamReader, writers: list[asyncio.StreamWriter], limit: int | None, delay_s: float) -> None:
    """Nothing; what is read was written, up to so many bytes, and no more comes."""
    n_bytes = 0
    while limit is None or n_bytes < limit:
        data = await reader.read(PIECE_BYTES if limit is None else min(PIECE_BYTES, limit - n_bytes))
        if not data:
            return
        n_bytes += len(data)
        if delay_s:
            await asyncio.sleep(delay_s)
        for writer in writers:
            writer.write(data)
            await writer.drain()


def _end(writer: asyncio.StreamWriter, is_reset: bool) -> None:
    line = writer.get_extra_info("socket")
    if is_reset and line is not None:
        with contextlib.suppress(OSError):
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOW_RESET)
    writer.close()


@contextmanager
def network_before(server_port: int) -> Iterator[Network]:
    """A network before the server while the block runs."""
    network = Network(server_port)
    network.start()
    try:
        yield network
    finally:
        network.stop()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, headers and a body."""

    status: int
    headers: dict[str, str]
    body: bytes


def ask_once(port: int, request: bytes) -> Answer | None:
    """The whole answer to the request, None where it did not come back whole."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
            with contextlib.suppress(ConnectionError):  # the server may answer and close before it has read everything
                line.sendall(request)
            answer = HTTPResponse(line)
            answer.begin()
            body = answer.read()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, body)
    except (OSError, HTTPException):
        return None


def ask(port: int, request: bytes, final: set[int], tries: int = 20, pause_s: float = 0.0) -> tuple[Answer, int]:
    """The answer that a client is content with, and how often it asked."""
    for number in range(1, tries + 1):
        answer = ask_once(port, request)
        if answer is not None and answer.status in final:
            return answer, number
        sleep(pause_s)
    raise AssertionError(f"no final answer in {tries} tries; the last was {answer}")
