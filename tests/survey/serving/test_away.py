"""A server that cannot start, on an address that systemd holds: visitors are told so at once, its keeper why, and it ends."""

import base64
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_urlsafe

import pytest
from werkzeug.test import Client

from survey.config import Settings
from survey.serving import away
from survey.serving.away import PAGE, Away, answer_away
from tests.conftest import PATIENCE_SECONDS

ROOT = Path(__file__).parents[3]
HELD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.executable, [sys.executable, "-m", "survey", "serve", *sys.argv[2:]])
"""
"""Becomes a server that was handed this socket as systemd does it."""

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd hands descriptors over on Linux only")


@contextmanager
def serving(held: socket.socket, settings: Settings, log: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """A server on this socket, which writes into this file."""
    told = {"SURVEY_DATA": settings.data, "SURVEY_SECRET_KEY": settings.secret_key, "SURVEY_FIELD_KEY": settings.field_key}
    command = [sys.executable, "-c", HELD, str(held.fileno()), "--port", str(held.getsockname()[1]), *options]
    environment = {**os.environ, **told, "PYTHONUNBUFFERED": "1", "LANGUAGE": "en"}
    with (
        log.open("wb") as file,
        subprocess.Popen(command, env=environment, stdout=file, stderr=subprocess.STDOUT, pass_fds=[held.fileno()]) as process,
    ):
        try:
            yield process
        finally:
            process.kill()


def asked(held: socket.socket, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
    """Status and text of the answer that is given at this socket."""
    connection = http.client.HTTPConnection("127.0.0.1", held.getsockname()[1], timeout=PATIENCE_SECONDS)
    connection.request("GET", path, headers=headers or {})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def reason_told(held: socket.socket) -> str:
    """Why the server cannot start. The one that is ending may still answer for a moment, and knows only that the log tells it."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while True:
        status, text = asked(held, "/readyz")
        reason = str(json.loads(text)["checks"]["start"])
        assert status == 503
        assert time.monotonic() < give_up_at, reason
        if not reason.endswith("the log tells why"):
            return reason
        time.sleep(0.1)


@pytest.mark.soak
@pytest.mark.parametrize("options", [(), ("--init",), ("--processes", "2")])
def test_server__that_cannot_start_on_a_socket_of_systemd__tells_visitors_at_once_and_its_keeper_why(
    options: tuple[str, ...], settings: Settings, tmp_path: Path
) -> None:
    """Without `init` there is no database; with it the data folder is a file."""
    data = tmp_path / "data of nobody"
    if "--init" in options:
        data.write_bytes(b"no folder")
    wrong = Settings(data=str(data), secret_key=token_urlsafe(48))
    with socket.create_server(("127.0.0.1", 0)) as held, serving(held, wrong, tmp_path / "log", *options) as process:
        status, text = asked(held, "/visits")
        assert (status, "暂时无法访问" in text, "Not available just now" in text) == (503, True, True)
        reason = reason_told(held)
        assert reason in (tmp_path / "log").read_text(encoding="utf-8"), "the log tells it at once"
        assert ("survey init" in reason) == ("--init" not in options)
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_SECONDS)


def test_server__with_a_setting_that_is_none__tells_so_before_it_reads_anything(settings: Settings, tmp_path: Path) -> None:
    wrong = Settings(data=settings.data, secret_key="short")
    with socket.create_server(("127.0.0.1", 0)) as held, serving(held, wrong, tmp_path / "log") as process:
        assert asked(held, "/")[0] == 503
        assert "SURVEY_SECRET_KEY" in asked(held, "/readyz")[1]
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 1


@pytest.mark.soak
def test_server__brings_its_database_up_to_date_first__and_answers_who_waited(tmp_path: Path) -> None:
    fresh = Settings(data=str(tmp_path / "data"), secret_key=token_urlsafe(48))
    with socket.create_server(("127.0.0.1", 0)) as held, serving(held, fresh, tmp_path / "log", "--init") as process:
        assert asked(held, "/sign-in")[0] in (200, 302)
        assert asked(held, "/readyz")[0] == 200
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_away__after_its_time__is_over_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_arguments: None)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        answer_away(listener, "no reason", seconds=0.1)
    assert away.STAYS_S < 60, "nobody waits long until it is tried again"


def test_away__asked_through_a_proxy__tells_no_reason() -> None:
    here, through = ({}, {"X-Forwarded-For": "127.0.0.1"})
    answers = [
        Client(Away("the reason")).get("/readyz", headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"}) for headers in (here, through)
    ]
    assert [("the reason" in each.text, each.status_code, each.headers["Retry-After"]) for each in answers] == [
        (True, 503, "30"),
        (False, 503, "30"),
    ]


def test_page__of_a_server_that_is_away__allows_its_own_style_and_nothing_else() -> None:
    text = PAGE.read_text(encoding="utf-8")
    [style] = re.findall("<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"content=\"default-src 'none'; style-src 'sha256-{digest}'\"" in text
    assert re.findall(r"src=|url\(|<script|style=", text) == []
    nginx, compose = ((ROOT / "deploy" / name).read_text(encoding="utf-8") for name in ("nginx.conf", "compose.yaml"))
    assert "error_page 502 504 =503 /away.html;" in nginx
    assert f"../{PAGE.relative_to(ROOT)}:/etc/nginx/{PAGE.name}:ro" in compose
