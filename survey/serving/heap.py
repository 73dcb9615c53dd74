"""How memory is handed out to the many threads of a server."""

import ctypes
import os
import platform

M_ARENA_MAX = -8
"""The number by which glibc's `mallopt` knows how many heaps it may have (malloc.h)."""


def share_heap() -> None:
    """Nothing; all threads take their memory from one heap. glibc, where that is the C library, would give each a heap that keeps what the
    largest request of that thread once needed; as Python's threads take turns, none waits for another at the one heap.

    Arrow, which has a heap for each thread too, takes its memory from the same one. Call it before Arrow is loaded.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def return_heap() -> None:
    """Nothing; what was freed since the start is given back to the system, before processes part and each keeps a copy."""
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).malloc_trim(0)
