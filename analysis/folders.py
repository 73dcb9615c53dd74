"""Results that are folders: written beside their place, and there at once when they are whole."""

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """An empty folder beside `out` that takes its place when the block ends; when the block fails, what is at `out` stays as it is."""
    partial = out.absolute().parent / f".{out.name}.{uuid.uuid4().hex}"
    partial.mkdir(parents=True)
    try:
        yield partial
        _put_in_place(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _put_in_place(partial: Path, out: Path) -> None:
    """Let the folder take the place of an earlier one; between the two steps nothing is there, and never half of it."""
    if not out.exists():
        partial.rename(out)
        return
    older = partial.with_name(f"{partial.name}.older")
    out.rename(older)
    try:
        partial.rename(out)
    except OSError:
        older.rename(out)
        raise
    shutil.rmtree(older)
