"""From the command that starts the server to its first answer, on a database that is there already."""

import os
import subprocess
import sys
import tempfile
from time import perf_counter, sleep
from urllib.error import URLError
from urllib.request import urlopen

from benchmarks.databases import keyed_engine
from benchmarks.figure import Figure, print_figure
from benchmarks.intake import KEY
from survey.schema import upgrade_schema
from tests.postgres import free_port

LIMIT_S = 2.0
TIMES = 3
GIVE_UP_S = 60


def seconds_to_answer(folder: str) -> float:
    """The seconds until `/healthz` answers, asked for every ten milliseconds."""
    port = free_port()
    environ = {**os.environ, "SURVEY_DATA": folder, "SURVEY_SECRET_KEY": KEY}
    start = perf_counter()
    command = [sys.executable, "-m", "survey", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL) as server:
        try:
            while perf_counter() - start < GIVE_UP_S:
                try:
                    with urlopen(f"http://127.0.0.1:{port}/healthz") as answer:
                        answer.read()
                    return perf_counter() - start
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
        taken = sorted(seconds_to_answer(folder) for _ in range(TIMES))
    print_figure(Figure("start to the first answered request", LIMIT_S, taken[len(taken) // 2], "s", f"of {TIMES} starts"))


if __name__ == "__main__":
    main()
