"""From the command that starts the server to its first answer, and to its first page, on a database that is there already.

The server answers `/healthz` before it has loaded everything; a page waits for that. The detail says how much processor time the server had
used by then, which is what a busy machine does not change.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from time import perf_counter, sleep
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, print_figure
from benchmarks.intake import KEY, cpu_seconds
from survey.schema import upgrade_schema
from tests.postgres import free_port

PROMISES = (("answered request", "/healthz", 2.0), ("page", "/sign-in", 6.0))
TIMES = 3
GIVE_UP_S = 60


@dataclass(frozen=True, slots=True, order=True)
class Started:
    """The seconds from the command to an answer, and the server's processor time until then."""

    seconds: float
    processor_seconds: float


def start_until(address: str, folder: str) -> Started:
    """How long until this address answers, asked for every ten milliseconds."""
    port = free_port()
    environ = {**os.environ, "SURVEY_DATA": folder, "SURVEY_SECRET_KEY": KEY}
    start = perf_counter()
    command = [sys.executable, "-m", "survey", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as server:
        try:
            while perf_counter() - start < GIVE_UP_S:
                try:
                    with urlopen(f"http://127.0.0.1:{port}{address}") as answer:
                        answer.read()
                    return Started(perf_counter() - start, cpu_seconds([server.pid]))
                except URLError:
                    sleep(0.01)
        finally:
            server.terminate()
    raise SystemExit("the server has not answered")


def main() -> None:
    """Print the middle one of a few starts; the first also compiles."""
    with tempfile.TemporaryDirectory() as folder:
        engine = keyed_engine(f"sqlite:///{folder}/survey.sqlite3")
        upgrade_schema(engine)
        engine.dispose()
        for what, address, limit in PROMISES:
            taken = sorted(start_until(address, folder) for _ in range(TIMES))
            middle = taken[len(taken) // 2]
            told = f"of {TIMES} starts; {middle.processor_seconds:.2f} s of processor time"
            print_figure(Figure(f"start to the first {what}", limit, middle.seconds, "s", told))


if __name__ == "__main__":
    main()
