"""The targets of one room, tried by atheris: `python -m tests.fuzzing.running ROOM FOLDER`.

What is found lies in the folder, a file of input and one of what was raised for each place in the program; nothing stops at the first.
"""

import argparse
import importlib
import os
import sys
import time
import traceback
from pathlib import Path
from random import Random

import atheris

from tests.fuzzing.targets import Target, changed

ROOT = Path(__file__).parents[2]
OURS = ("questionnaires", "analysis", "survey")
MEMORY_MB = 3000
SLOW_S = 5.0
"""Seconds of the processor that no input may take."""
HANGS_S = 120
MAX_BYTES = 100_000
TOLD_EVERY = 100
CHANGED_AS_DOCUMENT = 0.7
"""Of the changes to a document so many leave it one."""


class Trial:
    """A target under way: how often it was read, what was found."""

    def __init__(self, target: Target, folder: Path) -> None:
        self.target, self.folder = target, folder
        self.n_read = self.n_refused = 0
        self.slowest_s = 0.0

    def read(self, data: bytes) -> None:
        """Nothing; what comes of reading the data is counted, and kept where it is a finding."""
        self.n_read += 1
        began = time.process_time()
        try:
            self.target.read(data)
        except self.target.refuses:
            self.n_refused += 1
        except Exception as error:
            self.keep(data, "".join(traceback.format_exception(error)), place_of(error))
        took = time.process_time() - began
        self.slowest_s = max(self.slowest_s, took)
        if took > SLOW_S:
            self.keep(data, f"took {took:.1f} s", "slow")
        if self.n_read % TOLD_EVERY == 0:
            told = f"read {self.n_read}, refused {self.n_refused}, slowest {self.slowest_s:.2f} s"
            (self.folder / "told.txt").write_text(told)

    def keep(self, data: bytes, text: str, place: str) -> None:
        """Nothing; the smallest input that leads to this place lies in the folder."""
        held = self.folder / f"{place}.input"
        if not held.exists() or len(data) < held.stat().st_size:
            held.write_bytes(data)
            held.with_suffix(".txt").write_text(text)

    def change(self, data: bytes, max_size: int, seed: int) -> bytes:
        """Other data: a document with another value, or whatever the fuzzer makes of it."""
        rng, kind, n_before = Random(seed), self.target.kind, self.target.n_before
        made = changed(data[n_before:], kind, rng) if kind and rng.random() < CHANGED_AS_DOCUMENT else None
        return atheris.Mutate(data, max_size) if made is None or len(made) + n_before > max_size else data[:n_before] + made


def place_of(error: BaseException) -> str:
    """Where it was raised, as far as it is ours, as a name for a file."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if Path(each.filename).is_relative_to(ROOT / "tests") is False]
    ours = [each for each in frames if Path(each.filename).is_relative_to(ROOT) and ".venv" not in each.filename]
    at = (ours or frames)[-1]
    return f"{type(error).__name__}-{Path(at.filename).stem}-{at.name}-{at.lineno}".replace("<", "").replace(">", "")


def escaped(word: str) -> str:
    """The word as a dictionary of libFuzzer has it."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def fuzz(target: Target, folder: Path, times: int, seconds: int, seed: int) -> None:
    """Never returns: the process ends when the runs are done."""
    seeds, found, words = folder / "seeds", folder / "found", folder / "words.txt"
    for each in (seeds, found):
        each.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(target.seeds):
        (seeds / f"{number:04}").write_bytes(data)
    trial = Trial(target, found)
    options = [
        f"-runs={-1 if seconds else target.runs * times}",
        f"-seed={seed}",
        f"-max_total_time={seconds}",
        f"-timeout={HANGS_S}",
        f"-max_len={MAX_BYTES}",
    ]
    options += [
        f"-report_slow_units={HANGS_S}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={found}/",
        f"-seed_inputs={','.join(map(str, sorted(seeds.iterdir())))}",
    ]
    if target.words:
        words.write_text("".join(f'"{escaped(word)}"\n' for word in target.words))
        options.append(f"-dict={words}")
    atheris.Setup([sys.argv[0], *options], trial.read, custom_mutator=trial.change)
    atheris.Fuzz()


def main() -> int:
    """Nothing; each target of the room was tried in a process of its own, which has all loaded already."""
    parser = argparse.ArgumentParser()
    parser.add_argument("room")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="Names of targets, with commas between.")
    parser.add_argument("--times", type=int, default=1, help="So many times the runs of each target.")
    parser.add_argument("--seconds", type=int, default=0, help="So long each target instead.")
    parser.add_argument("--seed", type=int, default=2018)
    given = parser.parse_args()
    with atheris.instrument_imports(include=list(OURS), enable_loader_override=False):
        room = importlib.import_module(f"tests.fuzzing.{given.room}")
    ended = 0
    for name in given.only.split(",") if given.only else room.TARGETS:
        process = os.fork()
        if not process:
            fuzz(getattr(room, name)(), given.folder / name, given.times, given.seconds, given.seed)
        ended |= os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    return ended


if __name__ == "__main__":
    sys.exit(main())
