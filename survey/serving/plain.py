"""The plain HTTP server that answers all requests, with or without TLS in front of it: waitress, on a socket that listens already."""

import contextlib
import logging
import re
import select
import signal
import sys
import time
from collections.abc import Callable
from socket import socket
from typing import Any

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError

from survey.serving.lanes import MOST_WAITING, Lanes

CONNECTION_LIMIT = 1000
"""A browser keeps half a dozen connections open, and a county's visit brings some thirty tablets."""
READ_AT_ONCE = 65536
"""One thread reads what all connections send, and must wait for Python's lock after each piece: large ones let it come round soon."""
LAST_ANSWERS_SECONDS = 5
QUIET_SECONDS = 0.2
"""So long nobody may have been under way before a server that is to end believes that all are answered: who was accepted last may still be
in the handshake of the TLS in front of it."""
FOLDED, CODING = re.compile(rb"\r\n[ \t]"), re.compile(rb"\r\ntransfer-encoding[ \t]*:([^\r\n]*)", re.IGNORECASE)
SWITCH_S = 0.001
"""After so long a thread that computes makes room for another: one that has waited for the disk or the database, and for which others
wait, is not kept for Python's usual five milliseconds after each of its statements."""


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Takes a request apart. It has an address before its first line could be read: waitress names it in the log when somebody whose
    request cannot be read does not wait for the answer."""

    path = ""

    def parse_header(self, header_plus: bytes) -> None:
        """Nothing; first line and headers are read. Raises ParsingError, besides for what waitress refuses, where a proxy in front could
        see the end of the request elsewhere: what RFC 9112 lets a server guess (sections 5.2, 6.1 and 6.3) is not guessed."""
        codings = CODING.findall(header_plus)
        if FOLDED.search(header_plus) or len(codings) > 1 or any(b"," in each for each in codings):
            raise ParsingError("A header goes on in the next line, or there are several codings")
        try:
            super().parse_header(header_plus)
        except ValueError as error:
            # Of an address in brackets that do not close, which urllib does not take apart.
            raise ParsingError("The address is none") from error
        if codings and (self.version != "1.1" or "CONTENT_LENGTH" in self.headers):
            raise ParsingError("The body has both chunks and a length, or chunks that its version does not know")


class _Channel(HTTPChannel):  # type: ignore[misc]
    """One connection."""

    parser_class = _Parser


class PlainServer:
    """waitress around one application on one listening socket. What stands in front of it is told by `refuse_more` when it ends."""

    def __init__(
        self,
        application: Any,
        listener: socket,
        *,
        threads: int,
        scheme: str = "http",
        max_body_bytes: int = 1_000_000,
        most_waiting: int = MOST_WAITING,
        refuse_more: Callable[[], None] | None = None,
    ) -> None:
        self._channels: dict[int, Any] = {}
        self._refuse_more = refuse_more or self._close_listener
        self._is_stopping = False
        self._server = waitress.create_server(
            application,
            map=self._channels,
            sockets=[listener],
            threads=threads,
            ident="",
            url_scheme=scheme,
            max_request_body_size=max_body_bytes,
            connection_limit=CONNECTION_LIMIT,
            recv_bytes=READ_AT_ONCE,
            asyncore_use_poll=hasattr(select, "poll"),
            # Whose word is taken on a visitor's address is decided by the application (survey/health/proxies.py).
            clear_untrusted_proxy_headers=False,
        )
        self._server.channel_class = _Channel
        dispatcher = self._server.task_dispatcher
        with dispatcher.lock:
            dispatcher.queue = Lanes(threads, dispatcher.queue_cv, most_waiting)
        # A request that waits a moment for a free thread is no event worth a line.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)

    def run(self) -> None:
        """Answer until Ctrl-C or `stop`; requests that are under way are finished and their answers sent first, while who comes is refused
        at once: a server in front turns to another one before it has sent anything."""
        sys.setswitchinterval(SWITCH_S)
        with contextlib.suppress(KeyboardInterrupt):
            while not self._is_stopping:
                self._turn(self._server.adj.asyncore_loop_timeout)
        self._refuse_more()
        self._answer_the_last()
        self._server.task_dispatcher.shutdown()
        self._server.close()
        give_up_at = time.monotonic() + LAST_ANSWERS_SECONDS
        while any(channel.writable() for channel in self._channels.values()) and time.monotonic() < give_up_at:
            self._turn(0.1)
        wasyncore.close_all(self._channels)

    def stop_when_asked(self) -> None:
        """From now on a request to terminate this process lets `run` end, begun or not.

        No exception is raised for it: Python drops one that comes while it clears something up.
        """
        signal.signal(signal.SIGTERM, lambda _signal, _frame: self.stop())

    def stop(self) -> None:
        """Let `run` end, called from another thread or a signal."""
        self._is_stopping = True
        self._server.pull_trigger()

    def _answer_the_last(self) -> None:
        """Whoever was accepted is read and answered, also on connections that were kept; not for ever, for some send slowly."""
        began = quiet_since = time.monotonic()
        while (now := time.monotonic()) < began + LAST_ANSWERS_SECONDS and now < quiet_since + QUIET_SECONDS:
            self._turn(QUIET_SECONDS / 4)
            if any(each.requests or each.request or each.writable() for each in self._channels.values() if isinstance(each, _Channel)):
                quiet_since = time.monotonic()

    def _close_listener(self) -> None:
        self._server.del_channel()
        self._server.socket.close()

    def _turn(self, timeout: float) -> None:
        wasyncore.loop(timeout=timeout, use_poll=self._server.adj.asyncore_use_poll, map=self._channels, count=1)
