"""The nginx of deploy/ in front of the program, really run: what it lets through, what it adds, and what it keeps out."""

import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from pathlib import Path
from socket import create_connection, create_server
from threading import Thread

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.config import Settings
from survey.intake.models import Attachment, Submission
from survey.server import most_bytes
from survey.serving.authority import certify, open_authority
from survey.serving.away import PAGE
from survey.serving.plain import PlainServer
from survey.signing_in.models import SignIn
from tests.builders import PASSWORD, find_or_add_person
from tests.conftest import PATIENCE_SECONDS, MakeApp
from tests.faults.test_cut_network import fill, upload
from tests.postgres import free_port

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
DEPLOY = Path(__file__).parents[3] / "deploy"
MIME_TYPES = Path("/etc/nginx/mime.types")
MAX_MB = 2

pytestmark = [pytest.mark.soak, pytest.mark.skipif(NGINX is None or not MIME_TYPES.exists(), reason="nginx is not installed")]


@dataclass(frozen=True, slots=True)
class Front:
    """The ports of an nginx, what its certificate is checked with, and the application behind it."""

    plain: int
    encrypted: int
    context: ssl.SSLContext
    app: Flask

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None, source: str = "127.0.0.1"
    ) -> HTTPResponse:
        """The answer to an encrypted request from this address, its body read into it."""
        connection = HTTPSConnection(
            "localhost", self.encrypted, context=self.context, timeout=PATIENCE_SECONDS, source_address=(source, 0)
        )
        return _asked(connection, method, path, body, headers)

    def ask_in_the_clear(self, path: str) -> HTTPResponse:
        """The answer to a request that is not encrypted."""
        return _asked(HTTPConnection("127.0.0.1", self.plain, timeout=PATIENCE_SECONDS), "GET", path, None, None)

    def session(self) -> Session:
        """A session that reads what is kept."""
        return Session(self.app.extensions["survey.engine"].execution_options(writes=False))


def _asked(connection: HTTPConnection, method: str, path: str, body: bytes | None, headers: dict[str, str] | None) -> HTTPResponse:
    with closing(connection):
        with suppress(BrokenPipeError, ConnectionResetError):  # who is refused by the length alone is not read to the end
            connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        answer.text = answer.read().decode(errors="replace")  # type: ignore[attr-defined]
        return answer


@pytest.fixture
def front(make_app: MakeApp, settings: Settings, tmp_path: Path) -> Iterator[Front]:
    """The program behind the nginx that is shipped, of which only ports, names and folders are other ones."""
    app = make_app(replace(settings, https=True, proxies=1, max_upload_mb=MAX_MB))
    with Session(app.extensions["survey.engine"]) as session:
        fill(session)
        find_or_add_person(session, "coordinator")
        session.commit()
    authority = open_authority(tmp_path / "https", ["localhost"], datetime.now(UTC))
    certify(authority, ["localhost"], datetime.now(UTC))
    with create_server(("127.0.0.1", 0)) as listener:
        server = PlainServer(app, listener, threads=4, max_body_bytes=most_bytes(app.extensions["survey.settings"]))
        thread = Thread(target=server.run)
        thread.start()
        plain, encrypted = free_port(), free_port()
        programs = [listener.getsockname()[1]]
        upstream = of_one_server(programs)
        folder = configured(tmp_path / "nginx", upstream, plain, encrypted, authority.certificate_path, authority.key_path)
        process = subprocess.Popen([*command(folder), "-g", "daemon off;"])
        try:
            wait_for(encrypted)
            context = ssl.create_default_context(cadata=authority.root_pem.decode())
            yield Front(plain, encrypted, context, app)
        finally:
            process.terminate()
            process.wait(PATIENCE_SECONDS)
            server.stop()
            thread.join()
    app.extensions["survey.engine"].dispose()


def of_one_server(programs: list[int]) -> str:
    """The web processes as nginx is told of them, at these ports of this machine."""
    upstream = (DEPLOY / "upstream" / "one-server.conf").read_text(encoding="utf-8")
    line = "  server 127.0.0.1:5000 max_fails=2 fail_timeout=10s;\n"
    assert upstream.count(line) == 1
    return upstream.replace(line, "".join(line.replace("5000", str(program)) for program in programs))


def configured(folder: Path, upstream: str, plain: int, encrypted: int, certificate: Path, key: Path) -> Path:
    """The folder of an nginx with the shipped configuration in front of this upstream, which `nginx -t` finds no fault with."""
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    temporary = "".join(f"{name}_temp_path {folder}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    for old, new in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{encrypted} ssl;"),
        ("/var/log/nginx/access.log", f"{folder}/access.log"),
        ("http {", f"http {{ {temporary}"),
        ("root /etc/nginx;", f"root {folder};"),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "certificates").mkdir(parents=True)
    owner = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(f"pid {folder}/nginx.pid; error_log {folder}/error.log; {owner}\n{text}", encoding="utf-8")
    (folder / "upstream.conf").write_text(upstream, encoding="utf-8")
    shutil.copy(MIME_TYPES, folder)
    shutil.copy(PAGE, folder)
    shutil.copy(certificate, folder / "certificates" / "server.pem")
    shutil.copy(key, folder / "certificates" / "server.key")
    checked = subprocess.run([*command(folder), "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr, checked.stderr
    return folder


def command(folder: Path) -> list[str]:
    """nginx in this folder."""
    assert NGINX is not None
    return [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]


def wait_for(port: int) -> None:
    """Nothing; somebody listens there."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        with suppress(OSError), create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError("nginx did not start")


def interview(number: int) -> tuple[dict[str, str], bytes, str]:
    """An upload as its headers and body, and its instance id."""
    request, instance_id, _xml, _picture = upload(number)
    head, _, body = request.partition(b"\r\n\r\n")
    lines = (line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return {name: value for name, value in lines if name not in ("Host", "Connection", "Content-Length")}, body, instance_id


def test_nginx__asked_in_the_clear__leads_browsers_on_and_refuses_programs(front: Front) -> None:
    led = front.ask_in_the_clear("/sign-in")
    assert (led.status, led.getheader("Location")) == (301, "https://127.0.0.1/sign-in")
    assert [front.ask_in_the_clear(path).status for path in ("/openrosa/formList", "/handover/about.json")] == [403, 403]


def test_nginx__page__is_encrypted_numbered_and_has_the_headers_of_the_program(front: Front) -> None:
    page = front.ask("GET", "/sign-in")
    assert page.status == 200
    assert "max-age=" in (page.getheader("Strict-Transport-Security") or "")
    assert "default-src 'self'" in (page.getheader("Content-Security-Policy") or "")
    assert page.getheader("Server") == "nginx", "no version"
    assert len(page.getheader("X-Request-ID") or "") == 32
    cookies = page.headers.get_all("Set-Cookie") or []
    assert cookies
    assert all(each.startswith("__Host-session=") and "Secure" in each for each in cookies)
    assert [front.ask("GET", path).status for path in ("/metrics", "/healthz")] == [404, 200]


def test_nginx__no_program_behind_it__tells_visitors_in_words_and_programs_when_to_come_again(tmp_path: Path) -> None:
    authority = open_authority(tmp_path / "https", ["localhost"], datetime.now(UTC))
    certify(authority, ["localhost"], datetime.now(UTC))
    encrypted = free_port()
    upstream = of_one_server([free_port()])
    folder = configured(tmp_path / "nginx", upstream, free_port(), encrypted, authority.certificate_path, authority.key_path)
    with subprocess.Popen([*command(folder), "-g", "daemon off;"]) as process:
        try:
            wait_for(encrypted)
            context = ssl.create_default_context(cadata=authority.root_pem.decode())
            for method, path, body in (("GET", "/visits", None), ("POST", "/openrosa/submission", b"x")):
                connection = HTTPSConnection("localhost", encrypted, context=context, timeout=PATIENCE_SECONDS)
                answer = _asked(connection, method, path, body, None)
                assert (answer.status, answer.getheader("Retry-After")) == (503, "30")
                assert answer.text == PAGE.read_text(encoding="utf-8")  # type: ignore[attr-defined]
            connection = HTTPSConnection("localhost", encrypted, context=context, timeout=PATIENCE_SECONDS)
            assert _asked(connection, "GET", "/away.html", None, None).status == 404, "it is no page of its own"
        finally:
            process.terminate()


def test_nginx__upload__is_stored_whole_and_one_that_is_too_large_is_refused_in_words(front: Front) -> None:
    headers, body, instance_id = interview(1)
    assert front.ask("POST", "/openrosa/submission", body, headers).status == 201
    with front.session() as session:
        assert session.scalars(select(Submission.instance_id)).all() == [instance_id]
        assert session.scalars(select(Attachment.name)).all() == ["well.jpg"]
    too_large = body + bytes(MAX_MB * 1_100_000)
    refused = front.ask("POST", "/openrosa/submission", too_large, {**headers, "Accept": "application/json"})
    assert refused.status == 413
    assert "nginx" not in refused.text, "the program itself says why"  # type: ignore[attr-defined]
    beyond = front.ask("POST", "/openrosa/submission", None, {**headers, "Content-Length": "130000000"})
    assert beyond.status == 413
    with front.session() as session:
        assert len(session.scalars(select(Submission)).all()) == 1


def test_nginx__visitor_who_tells_an_address__is_known_by_the_true_one(front: Front) -> None:
    page = front.ask("GET", "/sign-in")
    token = page.text.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]  # type: ignore[attr-defined]
    cookie = "; ".join(each.partition(";")[0] for each in page.headers.get_all("Set-Cookie") or [])
    forged = {"X-Forwarded-For": "198.51.100.1", "X-Forwarded-Proto": "http", "X-Real-IP": "198.51.100.1", "Cookie": cookie}
    headers = {**forged, "Content-Type": "application/x-www-form-urlencoded", "Referer": "https://localhost/sign-in"}
    form = f"csrf_token={token}&username=coordinator&password={PASSWORD}".encode()
    assert front.ask("POST", "/sign-in", form, headers, source="127.0.0.2").status == 302
    with front.session() as session:
        assert session.scalars(select(SignIn.address)).all() == ["127.0.0.2"]


def test_nginx__visitor_who_asks_whether_the_server_is_ready__is_told_no_more_than_that(front: Front) -> None:
    answer = front.ask("GET", "/readyz")
    assert (answer.status, "checks" in answer.text) == (200, False)  # type: ignore[attr-defined]


def test_nginx__signing_in_again_and_again__is_slowed_down(front: Front) -> None:
    assert front.ask("GET", "/sign-in").status == 200
    # All at once: one after the other a slow machine may ask no more often than is let through.
    with ThreadPoolExecutor(40) as pool:
        statuses = {each.status for each in pool.map(lambda _: front.ask("GET", "/sign-in"), range(40))}
    assert statuses == {200, 429}
