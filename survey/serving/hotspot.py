"""`python -m survey serve --https`: the encrypted application on one port and the page of trust on another, for tablets on local Wi-Fi."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from questionnaires.errors import ErrorCode, SurveyError
from survey.config import Settings
from survey.db import utc_now
from survey.serving.addresses import MachineNames, choose_name, machine_names, url_host
from survey.serving.authority import Authority, certify, open_authority
from survey.serving.plain import PlainServer
from survey.serving.tls import TlsFront, tls_context
from survey.serving.trust import create_trust_app

WATCHED_EVERY_SECONDS = 60
TRUST_THREADS = 4


@dataclass(frozen=True, slots=True)
class Hotspot:
    """What tablets are told: the address of the application, that of the page of trust, and the authority they are to trust.

    `former` is the name that tablets were given before and that this machine no longer has, "" mostly.
    """

    app_address: str
    trust_address: str
    authority: Authority
    former: str


def prepare_hotspot(folder: Path, wanted_name: str, ports: tuple[int, int], machine: MachineNames) -> Hotspot:
    """The hotspot with everything on disk that it needs; `ports` are those of the application and of the page of trust.

    Raises INVALID_VALUE for a name that this machine does not have or its root may not vouch for, and CERTIFICATE_UNUSABLE.
    """
    authority = open_authority(folder, machine.all, utc_now())
    if wanted_name in machine.all and not authority.may_certify(wanted_name):
        detail = "the certificate authority in {folder} was made for other networks than that of {wanted_name}; choose another name"
        raise SurveyError(ErrorCode.INVALID_VALUE, field="--name", detail=detail, folder=folder, wanted_name=wanted_name)
    names, addresses = (tuple(each for each in group if authority.may_certify(each)) for group in (machine.names, machine.addresses))
    given = choose_name(wanted_name, MachineNames(names, addresses), folder / "address")
    certify(authority, machine.all, utc_now())
    host = url_host(given.name)
    return Hotspot(f"https://{host}:{ports[0]}", f"http://{host}:{ports[1]}", authority, given.former)


@contextlib.contextmanager
def encrypted(
    app: Flask, hotspot: Hotspot, listeners: tuple[socket.socket, socket.socket], threads: int, say: Callable[[str], None]
) -> Iterator[PlainServer]:
    """The server behind the TLS front, to be run by the caller; both, and the page of trust, are there while the block runs.

    `listeners` are the sockets of the application and of the page of trust. `say` is told when this machine's addresses change.
    """
    settings: Settings = app.extensions["survey.settings"]
    with contextlib.ExitStack() as stack:
        inner = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        front = TlsFront(listeners[0], tls_context(hotspot.authority), inner.getsockname()[1])
        limit = 2 * settings.max_upload_mb * 1_000_000
        answered = front.with_client_addresses(app)
        server = PlainServer(answered, inner, threads=threads, scheme="https", max_body_bytes=limit, refuse_more=front.refuse_more)
        trust = PlainServer(create_trust_app(hotspot.authority, hotspot.app_address), listeners[1], threads=TRUST_THREADS)
        trust_thread = threading.Thread(target=trust.run, name="trust", daemon=True)
        is_over = threading.Event()
        watch = threading.Thread(target=_watch, args=(hotspot.authority, front, is_over, say), name="addresses", daemon=True)
        front.start()
        stack.callback(front.stop)
        trust_thread.start()
        stack.callback(trust_thread.join)
        stack.callback(trust.stop)
        watch.start()
        stack.callback(watch.join)
        stack.callback(is_over.set)
        yield server


def _watch(authority: Authority, front: TlsFront, is_over: threading.Event, say: Callable[[str], None]) -> None:
    """Until `is_over`: a machine that moves to another network, or is left running for a year, gets a certificate that fits."""
    while not is_over.wait(WATCHED_EVERY_SECONDS):
        machine = machine_names()
        if certify(authority, machine.all, utc_now()):
            front.renew(authority)
            say(f"This computer is now reached as {', '.join(machine.all)}; its certificate was made anew, and tablets go on trusting it.")
