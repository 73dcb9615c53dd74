"""Serving the application with waitress, and telling people where it is."""

import ipaddress
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any

import click
import segno
import waitress
from flask import Flask

from questionnaires.errors import ErrorCode, SurveyError
from survey.config import Settings

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 5000
DEFAULT_THREADS = 8


def serve_app(
    app: Flask,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    threads: int = DEFAULT_THREADS,
    allow_network: bool = False,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until Ctrl-C or a request to terminate; requests that are under way are finished first.

    Prints the address and a QR code of the tablet page once the port is taken; `announce` is then called with the address to print
    more. Raises DEMO_ON_NETWORK for a demonstration on anything but loopback, and ADDRESS_IN_USE.
    """
    settings: Settings = app.extensions["survey.settings"]
    if settings.demo and not is_loopback(host) and not allow_network:
        raise SurveyError(ErrorCode.DEMO_ON_NETWORK, host=host)
    with listen(host, port) as listener:
        server = waitress.create_server(
            app,
            sockets=[listener],
            threads=threads,
            ident="",
            url_scheme="https" if settings.https else "http",
            # Above the application's own limit, so that an upload too large is refused by it, in its words; beyond, waitress refuses.
            max_request_body_size=2 * settings.max_upload_mb * 1_000_000,
        )
        address = f"{'https' if settings.https else 'http'}://{reachable_name(host)}:{port}"
        click.echo(address_lines(address, is_local=is_loopback(host)))
        if announce is not None:
            announce(address)
        click.echo("Ready. Stop with Ctrl-C.")
        # A request that waits a moment for a free thread is no event worth a line.
        logging.getLogger("waitress.queue").setLevel(logging.ERROR)
        signal.signal(signal.SIGTERM, _terminate)
        server.run()
    click.echo("Stopped.")


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on this address; raises ADDRESS_IN_USE."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise SurveyError(ErrorCode.ADDRESS_IN_USE, host=host, port=port, detail=getattr(error, "strerror", None) or error) from error


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens on `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def reachable_name(host: str) -> str:
    """The name to write into an address: of a server that listens everywhere, this machine's address in the local network."""
    try:
        listens_everywhere = ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return host
    if not listens_everywhere:
        return f"[{host}]" if ":" in host else host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only asks which of our addresses would be used.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])


def address_lines(address: str, *, is_local: bool) -> str:
    """What is printed when the server is ready: the address, and the tablet's page as a QR code."""
    tablet = f"{address}/tablet/"
    lines = ["", f"  Supervision Survey 监督调研   {address}", "", f"  Tablet 平板  {tablet}", qr_code(tablet)]
    if is_local:
        lines.append("  Only this computer can open it. For tablets, start it again with --host 0.0.0.0")
        lines.append("  (a demonstration, whose passwords are known, also needs --allow-network).")
    return "\n".join(lines)


def qr_code(text: str) -> str:
    """The QR code of `text` in characters, two rows of modules to a line, black on white whatever the terminal's colours."""
    rows = [list(row) for row in segno.make(text, error="m").matrix_iter(border=2)]
    if len(rows) % 2:
        rows.append([0] * len(rows[0]))
    blocks = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    lines = ("".join(blocks[bool(top), bool(bottom)] for top, bottom in zip(*pair, strict=True)) for pair in pairs)
    return "\n".join("  " + click.style(line, fg="black", bg="bright_white") for line in lines)


def _terminate(_signal: int, _frame: Any) -> None:
    raise SystemExit(0)
