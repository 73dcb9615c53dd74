"""TLS in front of the server: asyncio ends the encryption and passes the bytes on to the plain server behind it, in the same process.

The server behind (waitress) reads a request whole before it takes a thread, so a tablet on weak Wi-Fi holds up nobody; and here a
handshake is awaited, not sat out. Between the two lies a loopback connection, by whose port the true address of a client is found again.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from socket import socket
from typing import Any

from cryptography import x509

from questionnaires.errors import ErrorCode, SurveyError
from survey.environment import variable
from survey.serving.authority import Authority

CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"
"""Of TLS 1.2 those with forward secrecy and authenticated encryption only; those of TLS 1.3 are all so."""
CHUNK_BYTES = 64 * 1024
HANDSHAKE_SECONDS = 20
DRAIN_SECONDS = 5
PAUSE_SECONDS = 0.5
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def tls_context(authority: Authority) -> ssl.SSLContext:
    """What a TLS server needs to present the certificate of this machine."""
    return _presenting(authority.certificate_path, authority.key_path)


def given_context(path: str) -> ssl.SSLContext:
    """What a TLS server needs to present the certificate in a file that also holds its key; raises INVALID_SETTING."""
    try:
        return _presenting(Path(path), None)
    except OSError as error:
        detail = "a certificate with its key cannot be read from there: {strerror}"
        raise SurveyError(
            ErrorCode.INVALID_SETTING, name=variable("certificate"), value=path, detail=detail, strerror=error.strerror or "it holds none"
        ) from error


def certificate_ends_at(path: str) -> datetime:
    """When the certificate in a file ends, or one of those behind it, if that is sooner; raises OSError, and ValueError for a file
    without any."""
    return min(each.not_valid_after_utc for each in x509.load_pem_x509_certificates(Path(path).read_bytes()))


def _presenting(certificate: Path, key: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.set_alpn_protocols(["http/1.1"])
    context.load_cert_chain(certificate, key)
    return context


class TlsFront:
    """Listens with TLS and passes every connection on to a plain server at a loopback port."""

    def __init__(self, listener: socket, context: ssl.SSLContext, inner_port: int) -> None:
        self._listener = listener
        self._context = context
        self._inner_port = inner_port
        self._clients: dict[int, str] = {}
        self._serving: set[asyncio.Task[None]] = set()
        self._accepting: asyncio.Task[None] | None = None
        self._is_refusing = False
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="tls", daemon=True)

    def start(self) -> None:
        """Accept connections from now on, in a thread of its own."""
        self._thread.start()

    def refuse_more(self) -> None:
        """Take no more connections; those that there are go on."""
        asyncio.run_coroutine_threadsafe(self._end_accepting(), self._loop).result()

    def stop(self) -> None:
        """Close everything, once what the server behind has answered is on its way; it must have stopped before."""
        asyncio.run_coroutine_threadsafe(self._drain(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def renew(self, authority: Authority) -> None:
        """Present the present certificate of this machine to connections made from now on; the others go on undisturbed."""
        self._context.load_cert_chain(authority.certificate_path, authority.key_path)

    def with_client_addresses(self, application: Application) -> Application:
        """The application, told the addresses of the clients instead of that of this front; nothing that a client sends can forge them."""

        def told(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            environ["REMOTE_ADDR"] = self._clients.get(int(environ.get("REMOTE_PORT") or 0), environ.get("REMOTE_ADDR", ""))
            return application(environ, start_response)

        return told

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        # A peer that breaks off, or speaks no TLS, is no event of ours.
        self._loop.set_exception_handler(_pass_over_broken_connections)
        self._listener.setblocking(False)
        self._accepting = self._loop.create_task(self._accept())
        try:
            self._loop.run_forever()
        finally:
            tasks = asyncio.all_tasks(self._loop)
            for task in tasks:
                task.cancel()
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
            self._loop.run_until_complete(_let_go())
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.close()

    async def _accept(self) -> None:
        """Each connection has its task from the first byte on, so that one still in its handshake is closed with the others."""
        try:
            while not self._is_refusing:
                try:
                    accepted, (address, *_) = await self._loop.sock_accept(self._listener)
                except OSError:
                    # Whoever asked is gone again, or all file descriptors are taken for a while.
                    await asyncio.sleep(PAUSE_SECONDS)
                    continue
                task = self._loop.create_task(self._shake_hands(accepted, str(address)))
                self._serving.add(task)
                task.add_done_callback(self._serving.discard)
        finally:
            self._listener.close()

    async def _shake_hands(self, accepted: socket, address: str) -> None:
        reader = asyncio.StreamReader(loop=self._loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=self._loop)
        try:
            transport, _ = await self._loop.connect_accepted_socket(
                lambda: protocol, accepted, ssl=self._context, ssl_handshake_timeout=HANDSHAKE_SECONDS
            )
        except (OSError, asyncio.CancelledError):  # no TLS is spoken, the peer is gone, or the server stops
            accepted.close()
            return
        await self._serve(reader, asyncio.StreamWriter(transport, protocol, reader, self._loop), address)

    async def _end_accepting(self) -> None:
        """A connection that was accepted at this very moment is served, too: with the task it would be lost, and its peer would wait."""
        self._is_refusing = True
        with suppress(NotImplementedError):  # not every loop of asyncio watches sockets
            self._loop.remove_reader(self._listener)
        await _let_go()
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.wait([self._accepting])

    async def _drain(self) -> None:
        tasks = set(self._serving)
        if tasks:
            await asyncio.wait(tasks, timeout=DRAIN_SECONDS)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str) -> None:
        inner_writer = None
        port = 0
        try:
            inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._inner_port)
            port = inner_writer.get_extra_info("sockname")[1]
            self._clients[port] = address
            await self._pass_both_ways((reader, inner_writer), (inner_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass  # one of the two sides is gone, or the server stops: both are closed below
        finally:
            self._clients.pop(port, None)
            for each in (writer, inner_writer):
                if each is not None:
                    await _close(each)

    async def _pass_both_ways(self, *ways: tuple[asyncio.StreamReader, asyncio.StreamWriter]) -> None:
        """Until one side ends: TLS knows no half-closed connections, and no browser needs them."""
        tasks = [asyncio.ensure_future(_pass_on(source, target)) for source, target in ways]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while data := await source.read(CHUNK_BYTES):
        target.write(data)
        await target.drain()


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    try:
        await writer.wait_closed()
    except OSError:
        pass  # the peer is gone, and its connection with it: Python 3.11.2 knows nothing of it that could be broken off
    except asyncio.CancelledError:
        writer.transport.abort()  # a server that stops takes leave of nobody


async def _let_go() -> None:
    """What was begun in their loop, and needs only its turn, is done: connections that were broken off are closed."""
    for _ in range(3):
        await asyncio.sleep(0)


def _pass_over_broken_connections(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    if not isinstance(context.get("exception"), OSError):  # ssl.SSLError is one
        loop.default_exception_handler(context)
