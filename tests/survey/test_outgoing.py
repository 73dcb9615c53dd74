"""What this server sends to others goes encrypted, and to those alone whose certificate somebody known vouches for."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest
from aiosmtpd.controller import Controller

from survey.outgoing import opener
from survey.reminders.sending import mail_server, send_mail
from survey.serving.addresses import machine_names
from survey.serving.authority import Authority, certify, open_authority
from survey.serving.tls import tls_context
from tests.conftest import POLL_SECONDS


@pytest.fixture
def elsewhere() -> str:
    """An address of this machine by which others reach it."""
    found = next((each for each in machine_names().addresses if "." in each and not each.startswith("127.")), None)
    if found is None:
        pytest.skip("this machine is in no network")
    return found


@pytest.fixture
def authority(tmp_path: Path, elsewhere: str) -> Authority:
    """An authority that nobody knows, with a certificate for this machine."""
    made = open_authority(tmp_path, ("localhost", "127.0.0.1", elsewhere), datetime.now(UTC))
    certify(made, ("localhost", "127.0.0.1", elsewhere), datetime.now(UTC))
    return made


@pytest.fixture
def known(authority: Authority, tmp_path: Path) -> Path:
    """A file of authorities that are known, with ours in it."""
    path = tmp_path / "known.pem"
    path.write_text(ssl.DER_cert_to_PEM_cert(authority.root_der), encoding="ascii")
    return path


class Hello(BaseHTTPRequestHandler):
    """Answers everybody."""

    def do_GET(self) -> None:  # noqa: N802  # the name is that of the standard library
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_told: Any) -> None:
        """Nothing."""


@pytest.fixture
def port(authority: Authority) -> Iterator[int]:
    """The port of a server with that certificate."""
    server = HTTPServer(("127.0.0.1", 0), Hello)
    server.socket = tls_context(authority).wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,))
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def test_opener__certificate_that_nobody_known_vouches_for__says_nothing_to_that_server(
    port: int, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(URLError, match="CERTIFICATE_VERIFY_FAILED"):
        opener().open(f"https://localhost:{port}/", timeout=20)
    monkeypatch.setenv("SSL_CERT_FILE", str(known))
    with opener().open(f"https://localhost:{port}/", timeout=20) as answer:
        assert answer.read() == b"hello"


class Mailbox:
    """Keeps what a mail server receives."""

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  # the name is that of aiosmtpd
        self.messages.append(envelope.content)
        return "250 OK"


def test_mail__over_a_network__goes_by_starttls_to_a_known_server_or_not_at_all(
    elsewhere: str, authority: Authority, known: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server((elsewhere, 0)) as free:
        port = free.getsockname()[1]
    box, server = Mailbox(), mail_server(f"smtp://{elsewhere}:{port}", "survey@example.org")
    assert server is not None
    encrypted = {"tls_context": tls_context(authority), "require_starttls": True}
    for options, authorities, refusal in (({}, "", "STARTTLS"), (encrypted, "", "CERTIFICATE_VERIFY_FAILED"), (encrypted, str(known), "")):
        monkeypatch.setenv("SSL_CERT_FILE", authorities)
        controller = Controller(box, elsewhere, port, **options)
        controller.start()
        try:
            with pytest.raises((ValueError, OSError), match=refusal) if refusal else nullcontext():
                send_mail(server, "lead@example.org", "due", "what is due")
        finally:
            controller.stop()
        assert len(box.messages) == (0 if refusal else 1)
