"""Serving the application, plain or encrypted, and telling people where it is."""

import ipaddress
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, NoReturn

import click
import segno
from flask import Flask

from questionnaires.errors import ErrorCode, SurveyError
from survey.config import Settings
from survey.serving.addresses import machine_names, url_host
from survey.serving.held import held_socket
from survey.serving.hotspot import Hotspot, encrypted, prepare_hotspot
from survey.serving.opening import Opening
from survey.serving.plain import PlainServer
from survey.serving.processes import supervise
from survey.serving.supervising import READY, STOPPED
from survey.serving.tls import TlsFront, given_context

DEFAULT_HOST = "127.0.0.1"
EVERYWHERE = "0.0.0.0"
DEFAULT_PORT = 5000
DEFAULT_HTTPS_PORT = 5443
DEFAULT_TRUST_PORT = 5080
DEFAULT_THREADS = 8


def serve_app(
    app: Flask,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    threads: int = DEFAULT_THREADS,
    allow_network: bool = False,
    announce: Callable[[str], None] | None = None,
    beside: Callable[[Flask], AbstractContextManager[Any]] = nullcontext,
) -> None:
    """Serve until Ctrl-C or a request to terminate; requests that are under way are finished first.

    Prints the address and a QR code of the tablet page once the port is taken; `announce` is then called with the address to print
    more. `beside` is what the server does by itself meanwhile. Raises DEMO_ON_NETWORK for a demonstration on
    anything but loopback, and ADDRESS_IN_USE.
    """
    settings: Settings = app.extensions["survey.settings"]
    refuse_demo_on_network(settings, host, allow_network)
    with listen(host, port) as listener:
        address = say_where(settings, host, port)
        if announce is not None:
            announce(address)
        click.echo(READY)
        server = server_of(app, listener, settings, threads)
        with beside(app):
            server.run()


def serve_at_once(
    settings: Settings,
    load: Callable[[], Flask],
    beside: Callable[[Flask], AbstractContextManager[None]],
    *,
    host: str,
    port: int,
    threads: int,
    allow_network: bool,
) -> None:
    """Serve as `serve_app` does, in one process, and listen before the program is there: `load` brings it, with all its imports.

    Raises as `serve_app` does, and whatever `load` raises.
    """
    refuse_demo_on_network(settings, host, allow_network)
    opening = Opening(settings, load)
    with listen(host, port) as listener, ExitStack() as aside, answering(opening, listener, settings, threads) as server:

        def say_ready(app: Flask) -> None:
            aside.enter_context(beside(app))
            say_where(settings, host, port)
            click.echo(READY)

        with opening.loading(server.stop, say_ready):
            server.run()


def serve_together(settings: Settings, *, host: str, port: int, threads: int, n_processes: int, allow_network: bool) -> NoReturn:
    """Serve as `serve_app` does, in so many processes that share one listening socket; this one becomes their supervisor.

    Raises as `serve_app` does. Whether the installation is ready only the processes find out, who then say so and end it.
    """
    refuse_demo_on_network(settings, host, allow_network)
    listener = listen(host, port)
    if not settings.redis_url:
        click.echo("Without SURVEY_REDIS_URL each process counts attempts for itself: limits by address are that many times as high.")
    supervise(listener, n_processes=n_processes, threads=threads)


@contextmanager
def answering(application: Any, listener: socket.socket, settings: Settings, threads: int) -> Iterator[PlainServer]:
    """The server of a WSGI application, to be run by the caller: on this socket, or behind TLS on it where the settings name a certificate.

    Raises INVALID_SETTING for a certificate that cannot be used.
    """
    if not settings.certificate:
        yield server_of(application, listener, settings, threads)
        return
    with listen(DEFAULT_HOST, 0) as inner:
        front = TlsFront(listener, given_context(settings.certificate), inner.getsockname()[1])
        server = server_of(front.with_client_addresses(application), inner, settings, threads, front.refuse_more)
        front.start()
        try:
            yield server
        finally:
            front.stop()


def server_of(
    application: Any, listener: socket.socket, settings: Settings, threads: int, refuse_more: Callable[[], None] | None = None
) -> PlainServer:
    """The server of a WSGI application on this socket, which ends when this process is asked to terminate."""
    limit, scheme = most_bytes(settings), scheme_of(settings)
    server = PlainServer(application, listener, threads=threads, scheme=scheme, max_body_bytes=limit, refuse_more=refuse_more)
    server.stop_when_asked()
    return server


def scheme_of(settings: Settings) -> str:
    """What addresses of the server begin with."""
    return "https" if settings.https else "http"


def most_bytes(settings: Settings) -> int:
    """The largest body that the server reads: above the application's own limit, so that an upload too large is refused by it, in its
    words."""
    return 2 * settings.max_upload_mb * 1_000_000


def say_where(settings: Settings, host: str, port: int) -> str:
    """The address, after it is printed with the tablet's page as a QR code; behind a proxy, that which people have, if it is known."""
    address = f"{scheme_of(settings)}://{reachable_name(host)}:{port}"
    if settings.proxies:
        click.echo(
            f"  Supervision Survey 监督调研   {settings.public_url or 'behind the proxy, under its name 经代理服务器，用其域名访问'}"
        )
    else:
        click.echo(address_lines(address, is_local=is_loopback(host), is_encrypted=settings.https))
    return address


def serve_hotspot(app: Flask, *, host: str, ports: tuple[int, int], threads: int, name: str, allow_network: bool) -> None:
    """Serve encrypted until Ctrl-C or a request to terminate; `ports` are those of the application and of the page of trust.

    Prints the addresses, the QR code of the page of trust and the fingerprint that people compare. Raises as `serve_app` does, and
    INVALID_VALUE for a name that this machine does not have.
    """
    settings: Settings = app.extensions["survey.settings"]
    refuse_demo_on_network(settings, host, allow_network)
    with listen(host, ports[0]) as listener, listen(host, ports[1]) as trust_listener:
        hotspot = prepare_hotspot(Path(settings.data) / "https", name, ports, machine_names())
        with encrypted(app, hotspot, (listener, trust_listener), threads, click.echo) as server:
            click.echo(hotspot_lines(hotspot))
            click.echo(READY)
            server.stop_when_asked()
            server.run()


def end_now() -> NoReturn:
    """End this process once nothing is served any more. Threads that go on beside it are not waited for: one that is cut off in the middle
    of a statement can keep Python from ever ending."""
    click.echo(STOPPED)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(0)


def refuse_demo_on_network(settings: Settings, host: str, allow_network: bool) -> None:
    """Raise DEMO_ON_NETWORK for a demonstration that others could reach, unless that is allowed."""
    if settings.demo and not is_loopback(host) and not allow_network:
        raise SurveyError(ErrorCode.DEMO_ON_NETWORK, host=host)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on this address, that of systemd if it holds one; raises ADDRESS_IN_USE."""
    if held := held_socket(host, port):
        return held
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
        return url_host(host)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Nothing is sent: connecting a datagram socket only asks which of our addresses would be used.
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return socket.gethostname()
        return str(probe.getsockname()[0])


def address_lines(address: str, *, is_local: bool, is_encrypted: bool) -> str:
    """What is printed when the server is ready: the address, and the tablet's page as a QR code."""
    tablet = f"{address}/tablet/"
    lines = ["", f"  Supervision Survey 监督调研   {address}", "", f"  Tablet 平板  {tablet}", qr_code(tablet)]
    if is_local:
        lines.append("  Only this computer can open it. For tablets: python -m survey serve --https")
        lines.append("  (a demonstration, whose passwords are known, also needs --allow-network).")
    elif not is_encrypted:
        lines.append("  Not encrypted 未加密: on other machines browsers allow neither encrypted storage nor work without a network")
        lines.append("  on such a page, and passwords can be read on the way. For tablets: python -m survey serve --https")
    return "\n".join(lines)


def hotspot_lines(hotspot: Hotspot) -> str:
    """What is printed when the encrypted server is ready: the page of trust as a QR code, and what is to be compared on it."""
    groups = hotspot.authority.fingerprint.split(" ")
    halves = (" ".join(groups[:8]), " ".join(groups[8:]))
    lines = [
        "",
        f"  Supervision Survey 监督调研   {hotspot.app_address}",
        "",
        f"  Set up a tablet 设置平板  {hotspot.trust_address}",
        qr_code(hotspot.trust_address + "/"),
        "  1. Join the tablet to the same Wi-Fi, and scan the code. 平板连接同一无线网络，扫描上面的二维码。",
        "  2. The page must show this fingerprint 页面上的指纹须与此相同:",
        *(f"       {half}" for half in halves),
        "  3. Follow the page until it says that the tablet trusts this computer. 按页面步骤操作，直到显示“本平板已信任这台电脑”。",
        "",
    ]
    if hotspot.former:
        lines += [
            f"  Attention 注意: tablets that were set up under {hotspot.former} keep their interviews under that address, and cannot reach",
            "  this computer under it now. Give it that address again, or export the unsent work on those tablets.",
            "",
        ]
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
