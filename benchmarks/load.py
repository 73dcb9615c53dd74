"""Five hundred tablets that come back at once with interviews and pictures: all in, none doubled, and pages stay quick meanwhile.

Each tablet is signed in and sends as `benchmarks/returning.py` tells: answers, then every picture by itself; now and then once more, as
when an answer was lost. Pages of a coordinator are asked for twice a second meanwhile, by a process of their own, which waits for nothing
that the tablets do. `python -m benchmarks.load 10000 5 200` is a whole visit that comes home: twenty interviews of each tablet, with five
pictures of 200 kB each; a fourth word, `SQLite` or `PostgreSQL`, has it do so on that database only.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from multiprocessing import get_context
from multiprocessing.connection import Connection
from random import randbytes
from time import perf_counter
from urllib.parse import urlencode

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.databases import KEY, keyed_engine
from benchmarks.figure import Figure, print_figure
from benchmarks.intake import descendants, memory_mb, postmaster_of, prepare, serving
from benchmarks.returning import Client, Tablet
from benchmarks.sending import form
from survey.application import create_app
from survey.config import Settings
from survey.intake.models import Attachment, Submission
from tests.builders import PASSWORD, find_or_add_person
from tests.postgres import free_port, postgres_programs, temporary_cluster
from tests.signing_in import fill_cookie

N_TABLETS = 500
PICTURE_HEAD = b"\x89PNG\r\n\x1a\n"
PAGES = ("/", "/visits", "/review", "/issues")
PAGE_S, MEMORY_MB = 1.0, 1_000.0
WAIT_S = 60.0
"""A tablet waits so long for the answer to a piece of a file before it tries again."""


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
    """How much comes home: interviews, the pictures of each and their size."""

    n_interviews: int = 2_000
    n_pictures: int = 5
    picture_kb: int = 25

    def pictures(self) -> list[bytes]:
        """The pictures of an interview, before each is given what makes it another."""
        return [PICTURE_HEAD + randbytes(1000 * self.picture_kb)] * self.n_pictures


def ask_for_pages(port: int, stop: Connection) -> None:
    """Open the pages one after the other until told to stop; send back how long each took."""
    connection, cookie = signed_in(port)
    waits: list[tuple[float, str]] = []
    stop.send(waits)
    while not stop.poll(0.5):
        page = PAGES[len(waits) % len(PAGES)]
        start = perf_counter()
        connection.request("GET", page, headers={"Cookie": cookie})
        answer = connection.getresponse()
        answer.read()
        waits.append((perf_counter() - start, page if answer.status == 200 else f"{page} answered {answer.status}"))
    stop.send(waits)


@contextmanager
def asking(port: int, waits: list[tuple[float, str]]) -> Iterator[None]:
    """While the block runs pages are asked for; `waits` is filled with how long each took when it ends."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=ask_for_pages, args=(port, there))
    process.start()
    here.recv()
    try:
        yield
    finally:
        here.send(None)
        waits += here.recv()
        process.join()


def cookies_of(url: str, folder: str) -> list[str]:
    """The cookie of every tablet, each of which one and the same person has just signed in at."""
    app = create_app(Settings(data=folder, database_url=url, secret_key=KEY))
    signed = app.session_interface.get_signing_serializer(app)
    cookies = []
    with Session(app.extensions["survey.engine"]) as session:
        person = find_or_add_person(session, "lead1")
        for _ in range(N_TABLETS):
            fields: dict[str, object] = {}
            fill_cookie(fields, session, person)
            cookies.append(f"{app.config['SESSION_COOKIE_NAME']}={signed.dumps(fields)}")
        session.commit()
    app.extensions["survey.engine"].dispose()
    return cookies


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
    port, waits, n = free_port(), list[tuple[float, str]](), load.n_interviews
    pictures, cookies = load.pictures(), cookies_of(url, folder)
    tablets = (Tablet(number, cookie, range(number, n, N_TABLETS), pictures) for number, cookie in enumerate(cookies))
    with serving(folder, url, port) as process, asking(port, waits):
        told = Client(port).talk(tablet.come_home() for tablet in tablets)
        memory = memory_mb([each for root in (process, *database) for each in descendants(root)])
    if counted(url) != (n, n * load.n_pictures) or any("answered" in page for _, page in waits):
        raise SystemExit(f"{name}: {told.statuses}, stored {counted(url)} of {n:,}; {waits}")
    waits.sort()
    usual, (slowest, page) = waits[int(0.95 * (len(waits) - 1))][0], waits[-1]
    detail = f"{page}; 95 of 100 of {len(waits):,} within {usual:.2f} s"
    print_figure(Figure(f"500 tablets at once on {name}: slowest page meanwhile", PAGE_S, slowest, "s", detail))
    things = f"{n:,} interviews and {n * load.n_pictures:,} pictures of {load.picture_kb} kB"
    detail = f"{things}, all confirmed, none doubled, in {told.seconds:.0f} s"
    sent = f"{sum(told.statuses.values()):,} requests, {told.n_sent_away} asked to come again"
    print_figure(Figure(f"500 tablets at once on {name}: longest wait of a tablet", WAIT_S, told.longest_s, "s", f"{detail}; {sent}"))
    print_figure(Figure(f"500 tablets at once on {name}: memory of all processes", MEMORY_MB, memory, "MB"))


def main() -> None:
    """Print the figures, on PostgreSQL where it is installed and on SQLite."""
    given = sys.argv[1:]
    only = given.pop() if given and not given[-1].isdecimal() else ""
    load = Load(*map(int, given))
    if only in ("", "SQLite"):
        with tempfile.TemporaryDirectory() as folder:
            measure(folder, f"sqlite:///{folder}/survey.sqlite3", load, "SQLite", [])
    programs = postgres_programs()
    if programs is not None and only in ("", "PostgreSQL"):
        with tempfile.TemporaryDirectory() as folder, temporary_cluster(programs, is_durable=True) as url:
            measure(folder, url, load, "PostgreSQL", [postmaster_of(url)])


if __name__ == "__main__":
    main()
