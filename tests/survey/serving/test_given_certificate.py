"""A server that encrypts with a given certificate for the one in front of it: whom it answers, and what is said of the end of that."""

import asyncio
import os
import signal
import socket
import ssl
import struct
import subprocess
from asyncio.sslproto import _SSLProtocolTransport
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection, RemoteDisconnected
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner
from flask import Flask, request

from questionnaires.errors import ErrorCode, SurveyError
from survey.config import Settings
from survey.db import utc_now
from survey.health.checks import check_readiness
from survey.server import answering, listen
from survey.serving.commands import serve
from survey.serving.tls import _close, certificate_ends_at
from tests.conftest import PATIENCE_SECONDS, SECRET_KEY
from tests.deployed import make_secrets


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """The folder of the certificates that secrets.sh makes."""
    (tmp_path / "deploy").mkdir()
    return make_secrets(tmp_path / "deploy")


def presented(secrets: Path, name: str) -> str:
    """The file with the certificate of a service."""
    return str(secrets / f"{name}_certificate")


# Python 3.11 leaves a socket of TLS open whose peer was gone before the handshake began.
@pytest.mark.filterwarnings("ignore:Exception ignored in. <ssl.SSLSocket:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("is_encrypted", [True, False])
def test_server__asked_to_end_during_a_request__refuses_others_at_once_and_answers_it(
    secrets: Path, tmp_path: Path, is_encrypted: bool
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    settings = Settings(data=str(tmp_path), secret_key=SECRET_KEY, certificate=presented(secrets, "web") if is_encrypted else "")
    context = ssl.create_default_context(cafile=str(secrets / "authority"))
    app, asked, may_answer = Flask("behind"), Event(), Event()
    app.add_url_rule("/seen", "seen", lambda: f"{request.remote_addr}")
    app.add_url_rule("/slow", "slow", lambda: (asked.set(), may_answer.wait(PATIENCE_SECONDS)) and "done")
    answers: list[str] = []

    def is_refused() -> bool:
        """Whether nobody takes the request; whoever takes it before the server ends answers it."""
        try:
            assert ask("/seen") == "127.0.0.2"
        except RemoteDisconnected:
            raise  # it was taken, and not answered
        except ConnectionError:
            return True  # also where the system had made the connection, which the server never came to take
        return False

    def ask(path: str) -> str:
        to = {"host": "localhost", "port": port, "timeout": PATIENCE_SECONDS, "source_address": ("127.0.0.2", 0)}
        with closing(HTTPSConnection(**to, context=context) if is_encrypted else HTTPConnection(**to)) as connection:
            connection.request("GET", path)
            return connection.getresponse().read().decode()

    with listen("127.0.0.1", 0) as listener, answering(app, listener, settings, threads=2) as server:
        port = listener.getsockname()[1]
        serving = Thread(target=server.run)
        serving.start()
        asking = Thread(target=lambda: answers.append(ask("/slow")))
        asking.start()
        assert asked.wait(PATIENCE_SECONDS)
        server.stop()
        while not is_refused():
            pass
        assert answers == []
        may_answer.set()
        asking.join()
        serving.join()
    signal.signal(signal.SIGTERM, before)
    assert answers == ["done"]


def test_server__with_a_certificate__answers_nobody_in_the_clear(secrets: Path, tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    settings = Settings(data=str(tmp_path), secret_key=SECRET_KEY, certificate=presented(secrets, "web"))
    with listen("127.0.0.1", 0) as listener, answering(Flask("behind"), listener, settings, threads=1) as server:
        serving = Thread(target=server.run)
        serving.start()
        with closing(HTTPConnection(*listener.getsockname(), timeout=PATIENCE_SECONDS)) as plain:
            plain.request("GET", "/")
            with pytest.raises((OSError, HTTPException)):
                plain.getresponse()
        server.stop()
        serving.join()
    signal.signal(signal.SIGTERM, before)


def test_close__of_a_connection_that_its_peer_broke_off__ends_well_on_every_python(secrets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As Python 3.11.2 has it, that of Debian 12; later ones look first whether there is anything left.
    monkeypatch.setattr(_SSLProtocolTransport, "abort", lambda transport: transport._ssl_protocol._abort())
    server_side, client_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(secrets / "authority"))
    server_side.load_cert_chain(presented(secrets, "web"))

    async def broken_off() -> None:
        """Nothing; a client was gone without a word, and the server closed what it had of it."""
        came: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        async with await asyncio.start_server(lambda *both: came.put_nowait(both), "localhost", 0, ssl=server_side) as server:
            port = server.sockets[0].getsockname()[1]
            _, client = await asyncio.open_connection("localhost", port, ssl=client_side)
            reader, writer = await came.get()
            gone = client.get_extra_info("socket")
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.transport._ssl_protocol._transport.abort()
            with pytest.raises(ConnectionResetError):
                await reader.read()
            await _close(writer)

    # The browser of other tests keeps a loop running in this thread.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(asyncio.run, broken_off()).result(PATIENCE_SECONDS)


def test_server__with_a_file_that_holds_no_certificate__says_which(tmp_path: Path) -> None:
    (tmp_path / "nothing.pem").write_text("nothing", encoding="ascii")
    for path in (tmp_path / "nothing.pem", tmp_path / "none.pem"):
        settings = Settings(data=str(tmp_path), secret_key=SECRET_KEY, certificate=str(path))
        with listen("127.0.0.1", 0) as listener, pytest.raises(SurveyError) as raised, answering(Flask("none"), listener, settings, 1):
            pass
        assert raised.value.code is ErrorCode.INVALID_SETTING
        assert all(part in str(raised.value) for part in ("SURVEY_CERTIFICATE", str(path)))


def test_serve__with_a_certificate_and_several_processes__is_refused(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SURVEY_DATA", settings.data)
    monkeypatch.setenv("SURVEY_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("SURVEY_CERTIFICATE", "/none.pem")
    told = CliRunner().invoke(serve, ["--processes", "2"])
    assert (told.exit_code, "one process serves" in told.output) == (2, True)


def test_ready__certificate_near_its_end_or_unreadable__warns(app: Flask, settings: Settings, secrets: Path) -> None:
    path = presented(secrets, "web")
    app.extensions["survey.settings"] = replace(settings, certificate=path)
    ends_at = certificate_ends_at(path)
    assert timedelta(days=390) < ends_at - utc_now() < timedelta(days=400)
    assert not any("certificate" in each for each in check_readiness(app, ends_at - timedelta(days=31)).warnings)
    near = [each for each in check_readiness(app, ends_at - timedelta(days=29)).warnings if "certificate" in each]
    assert near == [f"the certificate of this server ends on {ends_at:%Y-%m-%d}; make a new one (docs/growing.md)"]
    app.extensions["survey.settings"] = replace(settings, certificate=f"{path}.gone")
    assert any("cannot be read" in each for each in check_readiness(app, utc_now()).warnings)


def of_openssl(*arguments: str) -> subprocess.CompletedProcess[str]:
    """What OpenSSL says."""
    return subprocess.run(["openssl", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("name", "known_as"), [("database", "database"), ("redis", "redis"), ("web", "web"), ("web", "localhost")])
def test_certificates__of_secrets_sh__vouch_for_their_service_only(secrets: Path, name: str, known_as: str) -> None:
    check = ["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", str(secrets / "authority"), "-verify_hostname"]
    assert of_openssl(*check, known_as, presented(secrets, name)).returncode == 0
    assert of_openssl(*check, "elsewhere.example", presented(secrets, name)).returncode != 0


def test_authority__of_secrets_sh__may_vouch_for_nobody_else(secrets: Path, tmp_path: Path) -> None:
    request_path, made = str(tmp_path / "request.pem"), str(tmp_path / "made.pem")
    of_openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=bank", "-keyout", os.devnull, "-out", request_path)
    extensions = tmp_path / "extensions"
    extensions.write_text("subjectAltName = DNS:bank.example\nextendedKeyUsage = serverAuth\n", encoding="ascii")
    signing = ["-CA", str(secrets / "authority"), "-CAkey", str(secrets / "authority_key"), "-set_serial", "1"]
    of_openssl("x509", "-req", "-in", request_path, *signing, "-extfile", str(extensions), "-out", made)
    assert "permitted subtree violation" in of_openssl("verify", "-CAfile", str(secrets / "authority"), made).stderr


def test_certificates__near_their_end_or_of_another_authority__are_made_anew_together(secrets: Path) -> None:
    first = {path.name: path.read_bytes() for path in secrets.iterdir()}
    certificates = {"database_certificate", "redis_certificate", "web_certificate"}

    def changed() -> set[str]:
        make_secrets(secrets.parent)
        return {path.name for path in secrets.iterdir() if first[path.name] != path.read_bytes()}

    assert changed() == set()
    end = ["-subj", "/CN=redis", "-addext", "subjectAltName=DNS:redis", "-key", presented(secrets, "redis"), "-days", "59"]
    signed = ["-CA", str(secrets / "authority"), "-CAkey", str(secrets / "authority_key")]
    made = of_openssl("req", "-x509", *end, *signed)
    assert made.returncode == 0, made.stderr
    (secrets / "redis_certificate").write_bytes(first["redis_certificate"].partition(b"-----BEGIN CERT")[0] + made.stdout.encode())
    assert changed() == certificates
    (secrets / "authority").unlink()
    assert changed() == certificates | {"authority", "authority_key"}
    assert of_openssl("verify", "-CAfile", str(secrets / "authority"), presented(secrets, "web")).returncode == 0
