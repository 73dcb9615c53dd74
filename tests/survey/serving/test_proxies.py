"""Behind proxies of one's own a visitor is known by the address that they tell, through the server as it runs; otherwise by none."""

from contextlib import closing
from http.client import HTTPConnection
from socket import create_server
from threading import Thread

import pytest
from flask import Flask, request

from survey.config import Settings
from survey.health.proxies import trust_proxies
from survey.serving.plain import PlainServer
from tests.conftest import PATIENCE_SECONDS, SECRET_KEY

TOLD = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.example"}
"""The last address is what the proxy in front tells, the first what the visitor told it."""


@pytest.mark.parametrize(("proxies", "known"), [(0, "127.0.0.1 http"), (1, "198.51.100.7 https")])
def test_visitor__behind_so_many_proxies__is_known_by_the_address_that_the_last_of_them_tells(proxies: int, known: str) -> None:
    app = Flask("told")
    app.extensions["survey.settings"] = Settings(secret_key=SECRET_KEY, proxies=proxies)
    app.add_url_rule("/", "who", lambda: f"{request.remote_addr} {request.scheme} {request.host.partition(':')[0]}")
    trust_proxies(app)
    with create_server(("127.0.0.1", 0)) as listener:
        server = PlainServer(app, listener, threads=1)
        thread = Thread(target=server.run)
        thread.start()
        try:
            with closing(HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=PATIENCE_SECONDS)) as connection:
                connection.request("GET", "/", headers=TOLD)
                assert connection.getresponse().read().decode() == f"{known} 127.0.0.1"
        finally:
            server.stop()
            thread.join()
