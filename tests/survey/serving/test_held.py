"""A listening socket that systemd holds outlives the server: whoever comes while there is none waits, and is answered."""

import http.client
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_urlsafe

import pytest

from survey.config import read_settings
from survey.server import listen, say_where
from survey.serving.held import held_socket
from tests.conftest import PATIENCE_SECONDS

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="systemd hands descriptors over on Linux only")

SERVER = """
import os, sys
from survey.server import listen
from survey.serving.plain import PlainServer

def whole(environ, start_response):
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]

os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
with listen("127.0.0.1", int(sys.argv[2])) as listener:
    server = PlainServer(whole, listener, threads=1)
    server.stop_when_asked()
    print("listens", flush=True)
    server.run()
"""


@contextmanager
def serving(held: socket.socket) -> Iterator[None]:
    """A server that was handed this socket as systemd does it: under the next number after the standard streams."""
    command = [sys.executable, "-c", SERVER, str(held.fileno()), str(held.getsockname()[1])]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, pass_fds=[held.fileno()])
    with running:
        assert running.stdout is not None
        assert running.stdout.readline() == "listens\n"
        yield
        running.terminate()
        assert running.wait(PATIENCE_SECONDS) == 0


def test_server__ended_and_begun_anew_on_a_socket_of_systemd__answers_who_came_meanwhile() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        for _time in range(2):
            visitor = http.client.HTTPConnection("127.0.0.1", held.getsockname()[1], timeout=PATIENCE_SECONDS)
            visitor.request("GET", "/")
            with serving(held):
                assert visitor.getresponse().read() == b"ok"
            visitor.close()


def test_listen__without_a_socket_of_systemd_for_this_process_and_address__makes_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LISTEN_FDS", "1")
    monkeypatch.setenv("LISTEN_PID", str(os.getpid() + 1))
    assert held_socket("127.0.0.1", 5000) is None
    monkeypatch.setenv("LISTEN_PID", str(os.getpid()))
    monkeypatch.setenv("LISTEN_FDS", "0")
    with listen("127.0.0.1", 0) as made:
        assert made.getsockname()[0] == "127.0.0.1"


@pytest.mark.parametrize(("public_url", "told"), [("https://survey.example.org", "https://survey.example.org"), ("", "behind the proxy")])
def test_say_where__behind_a_proxy__tells_the_address_that_people_have(
    public_url: str, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SURVEY_SECRET_KEY", token_urlsafe(48))
    monkeypatch.setenv("SURVEY_PUBLIC_URL", public_url)
    say_where(read_settings(proxies=1), "127.0.0.1", 5000)
    said = capsys.readouterr().out
    assert told in said
    assert "127.0.0.1" not in said
    assert len(said.splitlines()) == 1
