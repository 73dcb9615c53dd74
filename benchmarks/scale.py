"""Time and memory to estimate 40 indicators of 1, 3 and 10 million households, with six persons each, from Parquet.

Every county and village has its figures with standard errors and intervals, written to a file. Each size runs in a process of its own with
workers on two cores; memory is what all of them hold together, pages that they share counted once. `python -m benchmarks.scale 100000`
takes other numbers of households at the largest, and promises in proportion.
"""

import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from analysis.scale.large import estimate_large
from analysis.scale.writing import write_estimates
from benchmarks.figure import Figure, print_figure
from benchmarks.scale_bundle import N_INDICATORS, N_MEMBERS, SHARES_OF_MONTHS, Nation, write_nation

N_HOUSEHOLDS = 10_000_000
SECONDS = 90.0
MEMORY_MB = 4096.0
WORKERS = 2
FLAT = 1.35
"""The memory of the largest beside that of the smallest, which has a tenth of the rows in the same places."""
LINEAR = 1.25
"""The time per household of the largest beside that of the middle one; the smallest is mostly places and beginnings."""
SAMPLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Run:
    """What the whole run of one bundle took, in processes of its own; all of them together worked for `worked_seconds`."""

    seconds: float
    worked_seconds: float
    peak_mb: float


def measure(folder: Path, out: Path) -> Run:
    """What the run of the bundle takes."""
    begun, before = time.perf_counter(), worked()
    process = psutil.Popen([sys.executable, "-m", "benchmarks.scale", "--one", str(folder), str(out)])
    peak = 0.0
    while process.poll() is None:
        peak = max(peak, held_mb(process))
        time.sleep(SAMPLE_SECONDS)
    seconds = time.perf_counter() - begun
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, "benchmarks.scale")
    return Run(seconds, worked() - before, peak)


def worked() -> float:
    """The processor's seconds of all processes that have ended."""
    of_children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return of_children.ru_utime + of_children.ru_stime


def held_mb(process: psutil.Process) -> float:
    """What the process and those that it started hold, in megabytes, each shared page counted once."""
    held = 0
    try:
        for each in (process, *process.children(recursive=True)):
            try:
                held += each.memory_full_info().pss
            except psutil.Error:
                continue
    except psutil.Error:
        pass
    return held / 2**20


def one(folder: Path, out: Path) -> None:
    """Estimate the bundle and write its figures."""
    write_estimates(estimate_large(folder, n_workers=WORKERS), out)


def main() -> None:
    """Print the figures."""
    if sys.argv[1:2] == ["--one"]:
        one(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    n_households = int(sys.argv[1]) if len(sys.argv) > 1 else N_HOUSEHOLDS
    share = n_households / N_HOUSEHOLDS
    with tempfile.TemporaryDirectory() as name:
        nation = Nation(Path(name) / "nation", n_households)
        if share < 1:
            places = {"n_counties": max(round(nation.n_counties * share), 2), "n_villages": max(round(nation.n_villages * share), 4)}
            nation = replace(nation, **places)
        folders = write_nation(nation)
        sizes = [n_households * sum(SHARES_OF_MONTHS[:months]) for months in (1, 2, 3)]
        found = []
        for n, folder in zip(sizes, folders, strict=True):
            run = measure(folder, Path(name) / "estimates.parquet")
            found.append((n, run))
            what = f"{n:,.0f} households, {n * N_MEMBERS:,.0f} persons, {N_INDICATORS} indicators"
            places_told = f"{nation.n_counties} counties, {nation.n_villages:,} villages, {WORKERS} processes"
            detail = f"{places_told}, which worked for {run.worked_seconds:.1f} s"
            print_figure(Figure(f"estimates of {what}", max(SECONDS * share, 10), run.seconds, "s", detail))
            print_figure(Figure(f"memory for {n:,.0f} households", MEMORY_MB, run.peak_mb, "MB", places_told))
    (_, least), (some, middle), (most, largest) = found
    of_sizes = ", ".join(f"{n:,.0f}: {run.seconds:.1f} s, {run.peak_mb:.0f} MB" for n, run in found)
    print_figure(Figure("memory of the largest beside the smallest", FLAT, largest.peak_mb / least.peak_mb, "times", of_sizes))
    growth = (largest.seconds / most) / (middle.seconds / some)
    print_figure(Figure("time per household of the largest beside the middle one", LINEAR, growth, "times", of_sizes))


if __name__ == "__main__":
    main()
