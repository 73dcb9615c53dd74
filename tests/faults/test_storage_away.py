"""An object store whose connections are cut, slow or refused: uploads wait, and each file is there whole, once, in the end."""

from collections.abc import Callable

import pytest

from survey.storage import Storage
from tests.faults.installations import Installation, Tally
from tests.faults.network import Weather, network_before
from tests.faults.test_killed_intake import FINAL, fill, kept_names
from tests.survey.intake.interviews import send
from tests.survey.test_storage import Server, hurried, s3

__all__ = ["hurried", "s3"]

pytestmark = pytest.mark.soak

WEATHERS = (
    Weather(request_bytes=0),
    *(Weather(request_bytes=n_bytes, is_reset=True) for n_bytes in (20, 400, 700)),
    Weather(answer_bytes=0),
    *(Weather(answer_bytes=n_bytes, is_reset=True) for n_bytes in (9, 60)),
    Weather(delay_s=0.7),
)
N_BAD = 100
"""So many connections are bad, for the library tries again by itself; once an upload was refused for now, the store is well again."""
TRIES = 5


@pytest.mark.parametrize("installation", ["SQLite"], indirect=True)
def test_intake__storage_cut_off_or_slow__is_refused_for_now_and_kept_once(
    installation: Installation, s3: Server, tally: Tally, record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    uploads = installation.fill(fill)
    with network_before(s3.port) as network:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{network.port}")
        storage = Storage("s3://survey")
        for weather in WEATHERS:
            installation.renew()
            installation.app.extensions["survey.storage"] = storage
            client, n_refused = installation.app.test_client(), 0
            network.expect(*[weather] * N_BAD)
            for upload in uploads:
                for _ in range(TRIES):
                    answer = send(client, upload.xml, upload.files, **upload.texts)
                    if answer.status_code in FINAL:
                        break
                    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30"), answer.text
                    n_refused += 1
                    network.expect()
                assert answer.status_code in FINAL
            network.expect()
            tally.tried += 1
            tally.killed += n_refused > 0
            tally.miss((upload.name for upload in uploads), kept_names(installation, uploads))
            tally.altered += len(installation.state().problems)
            for sha256 in storage.sizes():
                storage.remove(sha256)
    tally.record(record_property, least_killed=0.6)
