"""What goes compressed over the network, and what does not."""

import gzip

from flask import Flask, Response
from flask.testing import FlaskClient

from survey.pages.compression import compress
from tests.conftest import SignIn

GZIP = {"Accept-Encoding": "gzip"}


def test_page__for_a_browser_that_takes_it_compressed__is_smaller_and_the_same(client: FlaskClient) -> None:
    plain = client.get("/sign-in")
    packed = [client.get("/sign-in", headers=GZIP) for _ in range(5)]
    assert (plain.headers.get("Content-Encoding"), packed[0].headers["Content-Encoding"]) == (None, "gzip")
    assert "Accept-Encoding" in plain.headers["Vary"]
    assert int(packed[0].headers["Content-Length"]) == len(packed[0].data) < len(plain.data) / 2
    assert "</html>" in gzip.decompress(packed[0].data).decode()
    assert len({len(each.data) for each in packed}) > 1, "the length alone tells nothing"


def test_answers__small_or_tagged_or_files__go_as_they_are(app: Flask, sign_in: SignIn) -> None:
    assert "Content-Encoding" not in app.test_client().get("/healthz", headers=GZIP).headers
    assert "Content-Encoding" not in sign_in("coordinator").get("/ledger/ledger.xlsx", headers=GZIP).headers
    with app.test_request_context(headers=GZIP):
        tagged, streamed = Response("x" * 5000, mimetype="text/html"), Response(iter(["x" * 5000]), mimetype="text/html")
        tagged.set_etag("tag")
        assert [compress(each).headers.get("Content-Encoding") for each in (tagged, streamed)] == [None, None]
