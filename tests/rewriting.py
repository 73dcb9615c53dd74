"""Rewrites the assertions of all tests before a run, on every core.

Pytest rewrites assertions so that a failing one tells what it compared, and keeps what it made beside the file. On a fresh clone each
process of a run would do that for every file, at the same time as the others.
"""

from functools import cache
from multiprocessing import Pool
from pathlib import Path

from _pytest.assertion import AssertionState, rewrite
from _pytest.config import Config, get_config

REWRITTEN = ("test_*.py", "conftest.py")


@cache
def config() -> Config:
    """Pytest's own settings, made once in a process."""
    return get_config()


def keep_rewritten(path: Path) -> None:
    """Nothing; the file's rewritten form is kept where pytest looks for it, unless it is there already."""
    folder = rewrite.get_cache_dir(path)
    kept = folder / f"{path.stem}{rewrite.PYC_TAIL}"
    if rewrite.try_makedirs(folder) and rewrite._read_pyc(path, kept) is None:
        digest, code = rewrite._rewrite_test(path, config())
        rewrite._write_pyc(AssertionState(config(), "rewrite"), code, digest, kept)


if __name__ == "__main__":
    with Pool() as pool:
        pool.map(keep_rewritten, sorted(path for name in REWRITTEN for path in Path(__file__).parent.rglob(name)), chunksize=4)
