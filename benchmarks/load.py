"""Five hundred tablets that come back at once with interviews and pictures: all in, none doubled, and pages stay quick meanwhile.

Each tablet has one connection; every tenth upload is sent twice, as a tablet does whose answer was lost. Pages of a coordinator are asked
for twice a second while everything arrives. `python -m benchmarks.load 10000 5 200` is a whole visit that comes home: twenty interviews of
each tablet, with five pictures of 200 kB each. With a fourth number nothing new is sent after so many seconds.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from random import randbytes
from threading import Event as Signal
from threading import Thread
from time import perf_counter
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, print_figure
from benchmarks.intake import descendants, memory_mb, postmaster_of, prepare, serving
from benchmarks.sending import form, send_all, uploads
from survey.intake.models import Attachment, Submission
from tests.builders import PASSWORD, find_or_add_person
from tests.postgres import free_port, postgres_programs, temporary_cluster

N_TABLETS = 500
PICTURE_HEAD = b"\x89PNG\r\n\x1a\n"
PAGES = ("/", "/visits", "/review", "/issues")
PAGE_S, MEMORY_MB = 1.0, 1_000.0


def signed_in(port: int) -> tuple[HTTPConnection, str]:
    """A connection, and the cookie of a coordinator on it."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/sign-in")
    answer = connection.getresponse()
    page, cookie = answer.read().decode(), answer.headers["Set-Cookie"].partition(";")[0]
    token = page.partition('name="csrf_token"')[2].partition('value="')[2].partition('"')[0]
    fields = urlencode({"username": "coordinator", "password": PASSWORD, "csrf_token": token})
    connection.request("POST", "/sign-in", fields, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie})
    answer = connection.getresponse()
    answer.read()
    if answer.status != 302:
        raise SystemExit(f"nobody could sign in: {answer.status}")
    return connection, answer.headers["Set-Cookie"].partition(";")[0]


@dataclass(frozen=True, slots=True)
class Load:
    """How much comes home: interviews, the pictures of each and their size; and how many seconds something new is sent for."""

    n_interviews: int = 2_000
    n_pictures: int = 5
    picture_kb: int = 25
    seconds: int = 600

    def pictures(self) -> list[bytes]:
        """The pictures of an interview, before each is given what makes it another."""
        return [PICTURE_HEAD + randbytes(1000 * self.picture_kb)] * self.n_pictures


def ask_for_pages(connection: HTTPConnection, cookie: str, waits: list[tuple[float, str]], stopped: Signal) -> None:
    """Open the pages one after the other, and note how long each took, until told to stop."""
    number = 0
    while not stopped.wait(0.5):
        start = perf_counter()
        connection.request("GET", PAGES[number % len(PAGES)], headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{PAGES[number % len(PAGES)]} answered {answer.status}")
        waits.append((perf_counter() - start, PAGES[number % len(PAGES)]))
        number += 1


def twice_now_and_then(requests: Iterator[bytes], until: float, numbers: list[int]) -> Iterator[bytes]:
    """The requests until that moment, every tenth of them twice; `numbers` are those that were sent."""
    for number, request in enumerate(requests):
        if perf_counter() > until:
            return
        numbers.append(number)
        yield request
        if number % 10 == 0:
            yield request


def counted(url: str) -> tuple[int, int]:
    """How many interviews and attachments lie in the database."""
    engine = keyed_engine(url)
    with Session(engine) as session:
        found = tuple(session.scalar(select(func.count()).select_from(model)) or 0 for model in (Submission, Attachment))
    engine.dispose()
    return found[0], found[1]


def measure(folder: str, url: str, load: Load, name: str, database: list[int]) -> None:
    """Print the figures of one database; stops with what is wrong where something was lost or doubled."""
    prepare(url, load.n_interviews, 0, form(load.n_pictures))
    engine = keyed_engine(url)
    with Session(engine) as session:
        find_or_add_person(session, "coordinator")
        session.commit()
    engine.dispose()
    port, waits, numbers, stopped = free_port(), [(0.0, "")], list[int](), Signal()
    with serving(folder, url, port) as process:
        pages = Thread(target=ask_for_pages, args=(*signed_in(port), waits, stopped))
        pages.start()
        requests = uploads(range(load.n_interviews), "lead1", load.pictures())
        sent = send_all(port, twice_now_and_then(requests, perf_counter() + load.seconds, numbers), N_TABLETS)
        memory = memory_mb([each for root in (process, *database) for each in descendants(root)])
        stopped.set()
        pages.join()
    n = len(numbers)
    if counted(url) != (n, n * load.n_pictures) or set(sent.statuses) - {201, 202}:
        raise SystemExit(f"{name}: {sent.statuses}, stored {counted(url)} of {n:,}")
    detail = f"{n:,} interviews and {n * load.n_pictures:,} pictures of {load.picture_kb} kB sent and stored in {sent.seconds:.0f} s"
    waits.sort()
    usual, (slowest, page) = waits[int(0.95 * (len(waits) - 1))][0], waits[-1]
    told = f"{page}; 95 of 100 of {len(waits) - 1} within {usual:.2f} s; {detail}, every tenth twice"
    print_figure(Figure(f"500 tablets at once on {name}: slowest page meanwhile", PAGE_S, slowest, "s", told))
    print_figure(Figure(f"500 tablets at once on {name}: memory of all processes", MEMORY_MB, memory, "MB"))


def main() -> None:
    """Print the figures, on PostgreSQL where it is installed and on SQLite."""
    load = Load(*map(int, sys.argv[1:]))
    with tempfile.TemporaryDirectory() as folder:
        measure(folder, f"sqlite:///{folder}/survey.sqlite3", load, "SQLite", [])
    programs = postgres_programs()
    if programs is not None:
        with tempfile.TemporaryDirectory() as folder, temporary_cluster(programs, is_durable=True) as url:
            measure(folder, url, load, "PostgreSQL", [postmaster_of(url)])


if __name__ == "__main__":
    main()
