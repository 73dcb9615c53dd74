"""Runs every benchmark in a process of its own and prints a table of promise against figure; exits 1 if a promise is missed."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.figure import Figure

NOT_BENCHMARKS = {"__init__", "__main__", "databases", "figure", "slow_tablet", "scale_bundle", "sending", "soak_hour"}


def measure(script: str) -> list[Figure]:
    """The figures that one script prints; raises CalledProcessError if the script fails."""
    run = subprocess.run([sys.executable, "-m", f"benchmarks.{script}"], check=True, stdout=subprocess.PIPE, text=True)
    return [Figure(**json.loads(line)) for line in run.stdout.splitlines()]


def main() -> int:
    """0 if every promise is kept, 1 otherwise; the table goes to standard output."""
    scripts = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_BENCHMARKS)
    missed = 0
    for script in scripts:
        for figure in measure(script):
            kept = figure.measured <= figure.limit
            missed += not kept
            verdict = "kept" if kept else "MISSED"
            print(f"{verdict:7} {figure.promise:58} {figure.measured:10.2f} of {figure.limit:g} {figure.unit}  {figure.detail}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
