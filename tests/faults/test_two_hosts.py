"""Two hosts that receive the same interviews at the same time: web processes of one database, and laptops that hand over to one centre."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.faults.dying import Server, server_in_child
from tests.faults.installations import Installation, Tally
from tests.faults.network import ask
from tests.faults.test_cut_network import FINAL, compare, fill, upload
from tests.faults.test_killed_intake import send_all
from tests.faults.test_killed_push import add_administrator, laptop, push

__all__ = ["laptop"]

pytestmark = pytest.mark.soak

N_SENT = 30
Record = Callable[[str, object], None]


def port_of(server: Server) -> int:
    """The port that a server answers at."""
    return int(server.url.rsplit(":", 1)[1])


def test_interview__received_by_two_hosts_of_one_database_at_once__is_there_once(
    installation: Installation, tally: Tally, record_property: Record
) -> None:
    installation.fill(fill)
    installation.renew()
    sent = [upload(number) for number in range(N_SENT)]
    with server_in_child(installation.app) as one, server_in_child(installation.app) as other, ThreadPoolExecutor(4) as pool:
        for request, *_more in sent:
            # Both ways to begin, twice each, so that now one host is first and now the other.
            both = [pool.submit(ask, port_of(server), request, FINAL) for server in (one, other, other, one)]
            assert [each.result()[1] for each in both] == [1] * len(both)
    tally.tried = tally.killed = N_SENT
    compare(installation, sent, tally)
    tally.record(record_property)


def test_interview__received_by_two_laptops__is_once_at_the_centre_as_the_first_brought_it(
    installation: Installation, laptop: Installation, tally: Tally, record_property: Record
) -> None:
    token = installation.fill(add_administrator)
    installation.renew()
    with server_in_child(installation.app) as server:
        push(laptop, server.url, token)
    expected = installation.state()
    # The other laptop has the same plan and receives the same, later.
    uploads = laptop.filled
    laptop.renew()
    send_all(laptop, uploads, lambda _told: None)
    laptop.close()
    with server_in_child(installation.app) as server:
        result = push(laptop, server.url, token)
    found = installation.state()
    tally.tried = tally.killed = len(uploads)
    tally.lost += (expected.kept - found.kept).total()
    tally.doubled += (found.kept - expected.kept).total()
    tally.altered += len(found.problems)
    assert next(each for each in result.tables if each.name == "submissions").new == 0
    tally.record(record_property)
