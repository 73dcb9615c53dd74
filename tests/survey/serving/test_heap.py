"""All threads of a server take their memory from one heap."""

import platform
import subprocess
import sys

import pytest

PROGRAM = """
from pathlib import Path
from threading import Barrier, Thread
from survey.serving.heap import return_heap, share_heap

if {shared}:
    share_heap()
    return_heap()
met = Barrier(9)

def take():
    taken = [bytearray(10_000) for _ in range(50)]
    met.wait()
    met.wait()

threads = [Thread(target=take) for _ in range(8)]
for each in threads:
    each.start()
met.wait()
lines = [line.split() for line in Path("/proc/self/maps").read_text().splitlines()]
kept = [tuple(int(end, 16) for end in line[0].split("-")) for line in lines if line[1] == "---p" and len(line) == 5]
print(sum(end - start > 50_000_000 for start, end in kept))
met.wait()
"""
"""Prints how many heaps beside the main one glibc has set aside, each 64 MB of addresses of which nearly all are not in use yet."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have one heap, or hand out memory otherwise")
def test_share_heap__eight_threads__use_no_heap_of_their_own() -> None:
    def n_heaps(shared: bool) -> int:
        run = subprocess.run([sys.executable, "-c", PROGRAM.format(shared=shared)], capture_output=True, text=True, check=True)
        return int(run.stdout)

    assert n_heaps(False) > 0
    assert n_heaps(True) == 0


def test_share_heap__arrow_loaded_afterwards__takes_its_memory_from_the_same_one() -> None:
    program = "from survey.serving.heap import share_heap; share_heap(); import pyarrow; print(pyarrow.default_memory_pool().backend_name)"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "system\n"


FREED = """
from pathlib import Path
from survey.serving.heap import share_heap

if {shared}:
    share_heap()

def resident_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmRSS:"))

bytearray(b"x") * 30_000_000  # what glibc learns from
before = resident_mb()
large = bytearray(b"x") * 25_000_000
above = bytearray(b"x") * 200_000
del large
print(resident_mb() - before)
"""
"""Prints how many megabytes stay in memory of a piece that was freed, over which a smaller one came to lie."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries hand out memory otherwise")
def test_share_heap__large_piece_freed__goes_back_to_the_system() -> None:
    def kept_mb(shared: bool) -> int:
        run = subprocess.run([sys.executable, "-c", FREED.format(shared=shared)], capture_output=True, text=True, check=True)
        return int(run.stdout)

    assert kept_mb(False) >= 20
    assert kept_mb(True) <= 5


MAPPED = """
from pathlib import Path
import pyarrow
from survey.serving.heap import return_libraries

def mapped_mb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("RssFile:"))

before = mapped_mb()
return_libraries()
after = mapped_mb()
print(before, after, pyarrow.array([1, 2]).to_pylist())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells where libraries lie")
def test_return_libraries__large_one_loaded__holds_a_fraction_of_it_and_the_library_works() -> None:
    run = subprocess.run([sys.executable, "-c", MAPPED], capture_output=True, text=True, check=True)
    before, after, answered = run.stdout.split(" ", 2)
    assert int(before) >= 20
    assert int(after) <= int(before) / 3
    assert answered == "[1, 2]\n"
