"""A hundred thousand broken requests to the server that people use: `python -m tests.fuzzing.requests.running --database PostgreSQL`.

The seed says in which order what is broken how; identifiers of records are other ones each time. What is found lies in the folder: the
request as it was sent, and beside it what was answered. The table tells what came of how many; whatever must not be ends the run with 1.
"""

import argparse
import logging
import re
import socket
import sys
import tempfile
import time
from collections import Counter, defaultdict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from statistics import median

from survey.openid.logout_token import EVENT
from tests.fuzzing.requests.broken import BEFORE_VIEWS, WAYS, Means, Way, suits
from tests.fuzzing.requests.files import broken_files
from tests.fuzzing.requests.known import known_requests
from tests.fuzzing.requests.place import Place, Server, place, serving
from tests.fuzzing.requests.whole import Text, Whole
from tests.survey.openid.provider import CLIENT_ID

HANGS_S = 60
"""Who has no answer after so long hangs."""
SIGNED_IN_EVERY, MEASURED_EVERY = 500, 500
GROWTH_MB = 30.0
MAY_BE_TOLD = frozenset(("submission.quarantined", "user.sign_in_paused"))
"""What the log tells of requests that were refused."""
INTERIM = re.compile(rb"HTTP/1\.[01] 1\d\d ")
"""How an answer begins that another one follows."""
UNKNOWN_CODING = b"Transfer-Encoding requested is not supported."


PLAIN = frozenset(
    (
        "handover.match",
        "handover.missing_files",
        "health.alive",
        "looks.choose_theme",
        "openid_logout.ended",
        "openrosa.form_list",
        "openrosa.probe",
        "openrosa.submission",
        "security.login",
        "static",
        "tablet_outcomes.receive",
        "uploads.piece",
    )
)
PLAIN_SHARE = 0.8
"""What is broken before a view is asked is so often broken in requests that cost the server little."""


@dataclass
class Came:
    """What came of all requests."""

    by_way: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    slowest: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    views: Counter[tuple[str, str]] = field(default_factory=Counter)
    beyond: set[str] = field(default_factory=set)
    memory: list[float] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    n_stored: int = 0
    n_events: int = 0

    @property
    def growth_mb(self) -> float:
        """By how much the median of the last sixth of what was held is above that of the sixth before: what is loaded when it is first
        asked for comes earlier."""
        sixth = len(self.memory) // 6
        return median(self.memory[-sixth:]) - median(self.memory[-2 * sixth : -sixth]) if sixth else 0.0


class Run:
    """Requests under way to one server."""

    def __init__(self, place: Place, server: Server, whole: list[Whole], seed: int, folder: Path) -> None:
        self.place, self.server, self.folder = place, server, folder
        self.rng, self.came = Random(seed), Came()
        values: dict[Text, list[Text]] = defaultdict(list)
        for each in whole:
            for name, value in (*each.fields, *each.query):
                if value and value not in values[name]:
                    values[name].append(value)
            values["/"] += [part for part in each.path.split("/") if part and part not in values["/"]]
        claims = {"iss": place.provider.issuer, "aud": CLIENT_ID, "iat": int(time.time()), "exp": int(time.time()) + 120}
        claims |= {"jti": "1", "sub": "somebody else", "events": {EVENT: {}}}
        self.means = Means(place.credentials, broken_files(self.rng), values, claims, place.provider.key, [0])
        self.whole = {way: by_view([each for each in whole if suits(way, each)]) for way in WAYS}
        self.plain = by_view([each for each in whole if each.view in PLAIN])
        self.last = place.last_event()
        self.n_interviews = place.n_interviews()

    def go(self, n: int) -> None:
        """Nothing; so many requests were sent."""
        ways, weights = list(WAYS), list(WAYS.values())
        began = time.monotonic()
        for number in range(n):
            if number % SIGNED_IN_EVERY == 0:
                self.place.sign_in()
                self.means.claims["iat"] = int(time.time())
                self.means.claims["exp"] = int(time.time()) + 120
                self.last = self.place.last_event()
            way = self.rng.choices(ways, weights)[0]
            chosen = self.plain if way in BEFORE_VIEWS and self.rng.random() < PLAIN_SHARE else self.whole[way]
            whole = self.rng.choice(chosen[self.rng.choice(list(chosen))])
            self.send(number, way, whole)
            if number % MEASURED_EVERY == MEASURED_EVERY - 1:
                self.came.memory.append(self.server.memory_mb)
                told = f"{number + 1} in {time.monotonic() - began:.0f} s, {self.came.memory[-1]:.0f} MB, {dict(self.came.found)}"
                (self.folder / "told.txt").write_text(told, encoding="utf-8")
                print(told, file=sys.stderr, flush=True)
            if not self.server.is_alive:
                self.keep("the server ended", number, b"", b"")
                return

    def send(self, number: int, way: Way, whole: Whole) -> None:
        """Nothing; the request was sent, and what came of it counted."""
        sent = way(self.rng, whole, self.means)
        began = time.monotonic()
        status, answer = ask(self.server.port, sent)
        took = time.monotonic() - began
        came = self.came
        came.by_way[way.__name__][kind_of(status, answer)] += 1
        came.slowest[way.__name__] = max(came.slowest[way.__name__], took)
        came.views[whole.view, whole.method] += 1
        if status not in (0, 400, 401, 403, 404, 405, 411, 413, 414, 429, 431):
            came.beyond.add(whole.view)
        if status >= 500 and not is_meant(status, whole, answer):
            self.keep(f"{status} {whole.method} {whole.view}", number, sent, answer)
        if status < 0:
            self.keep(f"hung {whole.method} {whole.view}", number, sent, answer)
        if b"Traceback (most recent" in answer or any(each.encode() in answer for each in (self.place.secrets[:2])):
            self.keep(f"told too much {whole.view}", number, sent, answer)
        self.look_at_log(number, status, whole, sent, answer)
        if 300 <= status < 400 and b"/sign-in" in answer[:2000] and whole.who in self.place.people:
            self.place.sign_in()

    def look_at_log(self, number: int, status: int, whole: Whole, sent: bytes, answer: bytes) -> None:
        """Nothing; a request that was refused has changed nothing, and an interview that is new is what was sent and acknowledged."""
        if self.place.last_event() == self.last:
            return
        events = self.place.events_after(self.last)
        self.last, self.came.n_events = events[-1][0], self.came.n_events + len(events)
        told = {action for _, action in events} - MAY_BE_TOLD
        if told and (status >= 400 or status <= 0):
            self.keep(f"refused and logged {status} {whole.view} {sorted(told)}", number, sent, answer)
        n_new = self.place.n_interviews() - self.n_interviews
        self.n_interviews += n_new
        self.came.n_stored += n_new
        if n_new and status != 201:
            self.keep(f"interview without acknowledgement {status} {whole.view}", number, sent, answer)

    def keep(self, what: str, number: int, sent: bytes, answer: bytes) -> None:
        """Nothing; the first requests that lead to this lie in the folder."""
        self.came.found[what] += 1
        if self.came.found[what] <= 3:
            path = self.folder / f"{number:06}"
            path.with_suffix(".request").write_bytes(sent)
            path.with_suffix(".answer").write_bytes(what.encode() + b"\n\n" + answer)


def by_view(whole: list[Whole]) -> dict[str, list[Whole]]:
    """The requests by their view, so that each view is as likely as any other."""
    found: dict[str, list[Whole]] = defaultdict(list)
    for each in whole:
        found[each.view].append(each)
    return found


def ask(port: int, request: bytes) -> tuple[int, bytes]:
    """The status and what was answered: 0 where the connection is closed without an answer, -1 where nothing comes."""
    answer = b""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=HANGS_S) as line:
            with suppress(ConnectionError, BrokenPipeError):
                line.sendall(request)
                line.shutdown(socket.SHUT_WR)
            while data := line.recv(65536):
                answer += data
    except TimeoutError:
        return -1, answer
    except OSError:
        pass
    while INTERIM.match(answer):
        answer = answer.partition(b"\r\n\r\n")[2]
    return int(answer[9:12]) if answer[9:12].isdigit() else 0, answer


def is_meant(status: int, whole: Whole, answer: bytes) -> bool:
    """Whether a status of 5xx is the right one: 503 that says when to come again, and 501 for a transfer coding that is not known
    (RFC 9112, section 6.1) or an option of a query that OData knows and we do not (OData 4.01, section 11.2)."""
    if status == 501:
        return UNKNOWN_CODING in answer or whole.view.startswith("odata.")
    return status == 503 and b"Retry-After" in answer


def kind_of(status: int, answer: bytes) -> str:
    """How the table calls an answer; what is no HTTP/1 is an answer by the oldest version, which has no head."""
    if status == 0:
        return "closed" if not answer else "0.9"
    return f"{status // 100}xx" if status < 400 else str(status) if status > 0 else "hung"


def compare(place: Place, before: dict[str, bytes], came: Came) -> None:
    """Nothing; what was there before is there unchanged."""
    now = place.interviews()
    changed = [each for each, xml in before.items() if now.get(each) != xml]
    if changed:
        came.found[f"interviews changed or gone: {changed[:3]}"] += len(changed)


def table(came: Came) -> str:
    """What came of how many, by way."""
    kinds = sorted({kind for each in came.by_way.values() for kind in each})
    rows = [["way", "sent", *kinds, "slowest s"]]
    for name, counts in sorted(came.by_way.items()):
        rows.append([name, str(counts.total()), *(str(counts[kind] or "") for kind in kinds), f"{came.slowest[name]:.1f}"])
    whole = sum(came.by_way.values(), Counter[str]())
    rows.append(["all", str(whole.total()), *(str(whole[kind]) for kind in kinds), f"{max(came.slowest.values(), default=0):.1f}"])
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.rjust(width) if at else cell.ljust(width) for at, (cell, width) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    )


def run(folder: Path, database: str, n: int, seed: int) -> bool:
    """Whether nothing came that must not; the table is printed."""
    folder.mkdir(parents=True, exist_ok=True)
    with place(folder, database) as here:
        whole = known_requests(here.app, here.tokens)
        here.sign_in()
        before = here.interviews()
        with serving(here) as server:
            running = Run(here, server, marked(whole, here.mark), seed, folder)
            running.go(n)
            is_alive = ask(server.port, b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")[0] == 200
            secrets, n_traces, lines = server.told(here.secrets)
        came = running.came
        compare(here, before, came)
        code, said = here.verify()
    views = {each.view for each in whole}
    print(f"{database}, seed {seed}: {len(whole)} whole requests of {len(views)} views; beyond refusal {len(came.beyond)}")
    print(table(came))
    if came.memory:
        print(f"memory {came.memory[0]:.0f} to {came.memory[-1]:.0f} MB, most {max(came.memory):.0f}, growth {came.growth_mb:.1f}")
    print(f"events {came.n_events}, interviews stored {came.n_stored}, accounts restored {here.n_restored}")
    print(f"log: secrets {secrets}, traces {n_traces}, lines {dict(lines.most_common(20))}")
    print(f"verify ended with {code}: {said.splitlines()[-4:]}")
    print(f"found: {dict(came.found)}")
    return not came.found and not secrets and not n_traces and code == 0 and is_alive and came.growth_mb < GROWTH_MB


def marked(whole: list[Whole], mark: str) -> list[Whole]:
    """The requests with what forms hold against forgery."""
    return [each.marked(mark) for each in whole]


def main() -> int:
    """Print the table; 1 where something came that must not."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", default="SQLite", choices=("SQLite", "PostgreSQL"))
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--folder", type=Path)
    given = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with tempfile.TemporaryDirectory() as folder:
        return 0 if run(given.folder or Path(folder), given.database, given.requests, given.seed) else 1


if __name__ == "__main__":
    sys.exit(main())
