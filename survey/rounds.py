"""What a server does again and again beside its requests, in a thread of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread


@contextmanager
def going_round(act: Callable[[], None], name: str, *, first_after_s: float, every_s: float) -> Iterator[None]:
    """While the block runs, `act` is called after the first pause and then after each of the others; it sees to its own failures."""
    has_ended = Event()

    def go_round() -> None:
        pause = first_after_s
        while not has_ended.wait(pause):
            pause = every_s
            act()

    Thread(target=go_round, name=name, daemon=True).start()
    try:
        yield
    finally:
        has_ended.set()
