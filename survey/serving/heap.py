"""How memory is handed out to the many threads of a server, and what goes back to the system."""

import ctypes
import os
import platform
import re
import sys
from pathlib import Path

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""The numbers by which glibc's `mallopt` knows how much may lie free at the end of a heap, from which size on a piece of memory stands
apart from the heap, and how many heaps there may be (malloc.h)."""
LEAST_APART = 256 * 1024
"""What is as large as that goes back to the system as soon as it is freed. Left to itself, glibc learns from the largest piece that was
ever freed, up to 32 MB, to keep as much for the next."""
MADV_DONTNEED = 4
"""The advice to Linux that these pages are not needed now (mman.h)."""
_AS_IN_ITS_FILE = re.compile(
    r"^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ \d+ +/[^\n]*\.so[.\d]*\n(?:\w+: [^\n]*\n)*?Anonymous: +0 kB$", re.MULTILINE
)
"""Where a part of a library lies that is only read and into which nothing was written, in `/proc/self/smaps` (proc(5)). Python never lets
go of a library, so nothing else can come to lie there meanwhile."""


def share_heap() -> None:
    """Nothing; all threads take their memory from one heap. glibc, where that is the C library, would give each a heap that keeps what the
    largest request of that thread once needed; as Python's threads take turns, none waits for another at the one heap.

    Arrow, which has a heap for each thread too, takes its memory from the same one. Call it before Arrow is loaded. What the heap does not
    need goes back to the system (`LEAST_APART`).
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if platform.libc_ver()[0] == "glibc":
        glibc = ctypes.CDLL(None)
        glibc.mallopt(M_ARENA_MAX, 1)
        glibc.mallopt(M_MMAP_THRESHOLD, LEAST_APART)
        glibc.mallopt(M_TRIM_THRESHOLD, LEAST_APART)


def return_heap() -> None:
    """Nothing; what was freed since the start is given back to the system, before processes part and each keeps a copy.

    glibc sorts what is left, small pieces, when it is next asked for a large one, and writes into each: that is done here, too.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)
        bytearray(LEAST_APART // 2)


def return_libraries() -> None:
    """Nothing; on Linux, pages of libraries that were looked at while they were loaded are no longer held by this process.

    Whichever is needed comes back from the system's cache of files, unseen. Of a hundred megabytes a server then uses a fifth; a process
    that parted from another begins without any of them.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for start, end in _AS_IN_ITS_FILE.findall(Path("/proc/self/smaps").read_text(encoding="utf-8", errors="surrogateescape")):
            first, after = int(start, 16), int(end, 16)
            libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(after - first), MADV_DONTNEED)
