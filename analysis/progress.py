"""How far a long piece of work is, as a bar on a terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

Progress = Callable[[int, int, str], None]
"""Called with how many steps are done, how many there are, and what comes next."""
MAX_NAME = 40


@contextmanager
def progress_bar(unit: str) -> Iterator[Progress]:
    """A function that moves the bar, which is gone once the block is left; where there is no terminal nothing is shown."""
    with tqdm(unit=unit, disable=None, leave=False) as bar:

        def show(done: int, total: int, name: str) -> None:
            bar.total = total
            bar.set_postfix_str(name[-MAX_NAME:], refresh=False)
            bar.update(done - bar.n)

        yield show
