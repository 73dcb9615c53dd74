"""What visitors are told while the program cannot start: 503 with words, and to its keeper why.

Where systemd holds the address, whoever comes is accepted whether there is a program or not, and would wait for an answer that nobody
gives. So a server that fails there answers for a while before it ends, and is then started again.
"""

import ipaddress
import json
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from typing import Any

import click

from survey.console import foreseen
from survey.failures import RETRY_AFTER_S
from survey.serving.plain import PlainServer

PAGE = Path(__file__).parents[1] / "static" / "serving" / "away.html"
"""nginx shows it, too, where nobody listens (deploy/nginx.conf)."""
READINESS = "/readyz"
STAYS_S = 20.0
"""So long a server that failed answers, unless it is asked to end; then it is tried again whether it can start."""
THREADS = 2


class Away:
    """A WSGI application for which there is no program, for this reason."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """The page; the reason to whoever asks from this machine itself whether the server is ready."""
        if environ.get("PATH_INFO") == READINESS:
            told = {"status": "not ready"} | ({"checks": {"start": self._reason}} if _is_keeper(environ) else {})
            media_type, body = "application/json", json.dumps(told, ensure_ascii=False).encode()
        else:
            media_type, body = "text/html; charset=utf-8", PAGE.read_bytes()
        headers = [
            ("Content-Type", media_type),
            ("Content-Length", str(len(body))),
            ("Retry-After", str(RETRY_AFTER_S)),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response("503 Service Unavailable", headers)
        return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]


def _is_keeper(environ: dict[str, Any]) -> bool:
    """Whether a request comes from this machine itself, not through a proxy on it."""
    if "HTTP_X_FORWARDED_FOR" in environ or "HTTP_FORWARDED" in environ:
        return False
    try:
        return ipaddress.ip_address(environ.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


@contextmanager
def answered_when_it_fails(held: socket | None) -> Iterator[None]:
    """If the block fails, that is told at once and this process ends with a failure, after it has answered for a while on the socket that
    systemd holds, if there is one."""
    if held is None:
        yield
        return
    with held:
        try:
            with foreseen():
                yield
        except click.ClickException as failure:
            failure.show()
            answer_away(held, failure.format_message())
            raise SystemExit(failure.exit_code) from failure
        except Exception as error:
            traceback.print_exc()
            answer_away(held, f"{type(error).__name__}; the log tells more")
            raise SystemExit(1) from error


def answer_away(listener: socket, reason: str, seconds: float = STAYS_S) -> None:
    """Nothing; who came to the socket was answered, for so long or until this process was asked to end."""
    server = PlainServer(Away(reason), listener, threads=THREADS)
    server.stop_when_asked()
    over = threading.Timer(seconds, server.stop)
    over.daemon = True
    over.start()
    server.run()
    over.cancel()
