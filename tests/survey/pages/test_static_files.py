"""Static files as they are sent: small, asked for again by their tag, and nothing from outside their folder."""

import gzip
from pathlib import Path

from flask.testing import FlaskClient

import survey

STATIC = Path(survey.__file__).parent / "static"


def test_script__sent__is_compressed_and_without_comments(client: FlaskClient) -> None:
    answer = client.get("/static/tablet/form/instance.js", headers={"Accept-Encoding": "gzip"})
    source = (STATIC / "tablet" / "form" / "instance.js").read_bytes()
    sent = gzip.decompress(answer.data)
    assert (answer.status_code, answer.mimetype, answer.headers["Content-Encoding"]) == (200, "text/javascript", "gzip")
    assert len(answer.data) < 0.8 * len(gzip.compress(source))
    assert b"export class Instance" in sent
    assert not any(line.lstrip().startswith(b"//") for line in sent.splitlines())
    bundle = client.get("/static/bundles/lock.js").data.splitlines()
    assert [line for line in bundle if line.startswith(b"//")] == bundle[:1] == [b"//# allFunctionsCalledOnLoad"]


def test_script__in_the_browser_already__is_not_sent_again(client: FlaskClient) -> None:
    headers = {"Accept-Encoding": "gzip"}
    tag = client.get("/static/tablet/form/instance.js", headers=headers).headers["ETag"]
    again = client.get("/static/tablet/form/instance.js", headers={**headers, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_text_file__for_a_client_that_takes_no_compression__is_sent_plain(client: FlaskClient) -> None:
    answer = client.get("/static/vendor/pico.css", headers={"Accept-Encoding": "identity"})
    assert answer.data == (STATIC / "vendor" / "pico.css").read_bytes()
    assert "Content-Encoding" not in answer.headers


def test_library__sent__is_as_its_makers_made_it(client: FlaskClient) -> None:
    answer = client.get("/static/vendor/idb.js", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.data) == (STATIC / "vendor" / "idb.js").read_bytes()


def test_file_that_is_none__asked_for__is_not_found(client: FlaskClient) -> None:
    for name in ("tablet/no_such_script.js", "../config.py", "%2e%2e/config.py", "tablet"):
        assert client.get(f"/static/{name}").status_code == 404, name
