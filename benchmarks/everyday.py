"""Every page that a coordinator reaches by following links on the demonstration data: the server's time for it, and what is transferred.

Links are followed from the start page on, up to a few addresses of each view, so that every page is opened with real records; what is typed
into the search, in signs and in pinyin, is looked for as well. Each page is
opened once, and then timed by the processor time of its thread: whoever else works on the machine changes nothing. What is transferred is
counted as a browser asks for it, which has styles and scripts already. Files to download are opened and counted, but not timed.
`python -m benchmarks.everyday FOLDER` takes a demonstration that is built already; `--all` lists every page on standard error.
"""

import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from benchmarks.figure import Figure, print_figure
from survey import create_app
from survey.accounts.models import User
from survey.config import Settings, read_settings
from survey.db import reading_scope
from survey.demo.build import build_demo
from survey.schema import upgrade_schema
from tests.signing_in import sign_in_as
from tests.walking import follow_links, links_of

LIMIT_MS, LIMIT_KB = 300.0, 100.0
OF_EACH_VIEW = 3
N_RUNS = 3
COORDINATOR = frozenset(("coordinator",))
SEARCHES = tuple(f"/find?q={quote(text)}" for text in ("饮水", "zhangdashan", "qxzv"))
BROWSER = {"Accept-Encoding": "gzip, deflate, br", "Accept-Language": "zh-CN"}


@dataclass(frozen=True, slots=True)
class Opened:
    """One page: milliseconds of processor time at the first opening and afterwards, kilobytes, and statements."""

    address: str
    view: str
    first_ms: float
    usual_ms: float
    kilobytes: float
    n_statements: int


class Walk:
    """Pages as they are found, and what came of each."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self._app, self._client = app, client
        self._n_statements = 0
        self.opened: list[Opened] = []
        self.n_files = 0
        self.failed: list[str] = []
        event.listen(app.extensions["survey.engine"], "before_cursor_execute", self._count)

    def _count(self, *_what: object) -> None:
        self._n_statements += 1

    def go(self) -> None:
        """Open everything that is reached from the start page, and the searches."""
        follow_links(self._app, COORDINATOR, self._open, OF_EACH_VIEW, SEARCHES)

    def _open(self, address: str, view: str) -> list[str]:
        times, kilobytes, links, n_statements = [], 0.0, [], 0
        for run in range(N_RUNS + 1):
            self._n_statements = 0
            start = time.thread_time()
            answer = self._client.get(address, headers=BROWSER)
            body = answer.data
            times.append((time.thread_time() - start) * 1000)
            kilobytes, n_statements = len(body) / 1000, self._n_statements
            if answer.status_code >= 400:
                self.failed.append(f"{answer.status_code} {address}")
                return []
            if answer.mimetype != "text/html":
                self.n_files += answer.status_code == 200
                return []
            if run == 0:
                links = list(links_of(self._client.get(address).text, address))
        self.opened.append(Opened(address, view, times[0], median(times[1:]), kilobytes, n_statements))
        return links


def walk(settings: Settings) -> Walk:
    """Everything that the coordinator of the demonstration comes to."""
    app = create_app(settings)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    with reading_scope(app) as session:
        coordinator = session.scalars(select(User).where(User.username == "coordinator")).one()
    sign_in_as(client, coordinator)
    found = Walk(app, client)
    found.go()
    app.extensions["survey.engine"].dispose()
    return found


def report(found: Walk, lists_all: bool) -> None:
    """Print the figures; pages above a limit, or all of them, on standard error."""
    for each in sorted(found.opened, key=lambda each: -each.usual_ms):
        if lists_all or each.usual_ms > LIMIT_MS or each.kilobytes > LIMIT_KB:
            times = f"{each.usual_ms:7.0f} ms ({each.first_ms:6.0f} first) {each.kilobytes:6.0f} kB {each.n_statements:4} statements"
            print(f"{times}  {each.view:40} {each.address}", file=sys.stderr)
    for line in found.failed:
        print(line, file=sys.stderr)
    slowest = max(found.opened, key=lambda each: each.usual_ms)
    largest = max(found.opened, key=lambda each: each.kilobytes)
    n_views = len({each.view for each in found.opened})
    told = f"of {len(found.opened)} pages of {n_views} views, beside {found.n_files} files; "
    n_slow = sum(each.usual_ms > LIMIT_MS for each in found.opened)
    n_large = sum(each.kilobytes > LIMIT_KB for each in found.opened)
    print_figure(
        Figure("slowest page of every day", LIMIT_MS, slowest.usual_ms, "ms", f"{told}processor time of {slowest.address}; {n_slow} above")
    )
    print_figure(Figure("largest page of every day", LIMIT_KB, largest.kilobytes, "kB", f"{told}{largest.address}; {n_large} above"))


def main() -> None:
    """Print the figures."""
    folders = [each for each in sys.argv[1:] if not each.startswith("-")]
    with tempfile.TemporaryDirectory() as temporary:
        data = folders[0] if folders else str(Path(temporary) / "demo")
        # One person opens in minutes what a whole office does in a day.
        settings = read_settings({}, data=data, demo=True, export_limit="100000 per day")
        app = create_app(settings)
        if folders:
            upgrade_schema(app.extensions["survey.engine"])
        else:
            build_demo(app)
        app.extensions["survey.engine"].dispose()
        report(walk(settings), "--all" in sys.argv)


if __name__ == "__main__":
    main()
