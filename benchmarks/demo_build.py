"""How long the whole demonstration takes to build: places, households, twelve visits, every form through the real intake."""

import tempfile
import time
from pathlib import Path

from benchmarks.figure import Figure, print_figure
from survey import create_app
from survey.config import read_settings
from survey.demo.build import build_demo
from survey.demo.facts import read_facts

LIMIT_SECONDS = 60


def main() -> None:
    """Build into a folder of its own and print the seconds."""
    facts = read_facts()
    n_forms = sum(visit.n_households + visit.n_files for visit in facts.visits)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(read_settings({}, data=str(Path(folder) / "demo"), demo=True))
        start, processor_start = time.perf_counter(), time.process_time()
        build_demo(app)
        seconds, processor_seconds = time.perf_counter() - start, time.process_time() - processor_start
        app.extensions["survey.engine"].dispose()
    detail = f"{n_forms} forms, {1000 * seconds / n_forms:.1f} ms each; {processor_seconds:.1f} s of processor time"
    print_figure(Figure("demonstration built", LIMIT_SECONDS, round(seconds, 1), "s", detail))


if __name__ == "__main__":
    main()
