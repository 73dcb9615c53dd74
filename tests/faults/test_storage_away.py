"""An object store whose connections are cut or slow, or that answers with an error: uploads, whole or in pieces, wait, and each file is
there whole, once, in the end."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey.storage import Storage
from tests.faults.installations import Installation, Tally
from tests.faults.network import Weather, network_before
from tests.faults.test_killed_intake import FINAL, Upload, fill, instance_id_of, kept_names
from tests.faults.test_pieces import Picture, push
from tests.survey.intake.interviews import send
from tests.survey.test_storage import Server, hurried, known, s3

__all__ = ["hurried", "known", "s3"]

pytestmark = pytest.mark.soak


def error(status: str, code: str) -> bytes:
    """What an object store answers that cannot do now what it is asked to."""
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>no</Message></Error>'
    return f"HTTP/1.1 {status}\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}".encode()


WEATHERS = (
    Weather(request_bytes=0),
    *(Weather(request_bytes=n_bytes, is_reset=True) for n_bytes in (20, 700)),
    Weather(answer_bytes=0),
    Weather(answer_bytes=60, is_reset=True),
    Weather(delay_s=0.7),
    Weather(answer=error("500 Internal Server Error", "InternalError")),
    Weather(answer=error("503 Slow Down", "SlowDown")),
    Weather(answer=error("403 Forbidden", "AccessDenied")),
)
N_BAD = 100
"""So many connections are bad, for the library tries again by itself; once an upload was refused for now, the store is well again."""
TRIES = 5
IN_PIECES = {"edit of b"}
CONTENT = FINAL | {204}
"""With these a client is content, be it with a whole interview or with the last piece of a picture."""


def deliver(client: FlaskClient, upload: Upload) -> TestResponse:
    """The last answer to an interview that comes with its pictures, or to its pictures that come in pieces after it."""
    if upload.name not in IN_PIECES:
        return send(client, upload.xml, upload.files, **upload.texts)
    answer = send(client, upload.xml, **upload.texts)
    if answer.status_code in FINAL:
        for name, data in upload.files.items():
            answer = push(client, Picture(instance_id_of(upload), data, name))
    return answer


@pytest.mark.parametrize("installation", ["SQLite"], indirect=True)
def test_intake__storage_cut_off_slow_or_erring__is_refused_for_now_and_kept_once(
    installation: Installation,
    s3: Server,
    hurried: None,
    tally: Tally,
    record_property: Callable[[str, object], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uploads = installation.fill(fill)
    with network_before(s3.port) as network:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{network.port}")
        storage = Storage("s3://survey")
        for weather in WEATHERS:
            installation.renew()
            installation.app.extensions["survey.storage"] = storage
            client, n_refused = installation.app.test_client(), 0
            for upload in uploads:
                network.expect(*[weather] * N_BAD)
                for _ in range(TRIES):
                    answer = deliver(client, upload)
                    if answer.status_code in CONTENT:
                        break
                    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30"), answer.text
                    n_refused += 1
                    network.expect()
                assert answer.status_code in CONTENT
            network.expect()
            tally.tried += 1
            tally.killed += n_refused > 0
            tally.miss((upload.name for upload in uploads), kept_names(installation, uploads))
            tally.altered += len(installation.state().problems)
            for sha256 in storage.sizes():
                storage.remove(sha256)
    tally.record(record_property, least_killed=0.6)
