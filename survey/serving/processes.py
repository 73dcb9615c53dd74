"""Several processes that answer on one listening socket: one of them computes on one processor only, however many threads it has.

Three steps lead there. The process that people start listens, and turns into the supervisor (`supervising.py`), which keeps its number and
nothing of what it had loaded. That begins one process which loads the whole program (`answering.py`), and from which the others part.
"""

import gc
import os
import signal
import sys
import threading
from socket import socket
from typing import NoReturn

from survey.serving.heap import return_heap
from survey.serving.supervising import FIRST

SUPERVISOR = "survey.serving.supervising"
ANSWERING = "survey.serving.answering"


def supervise(listener: socket, *, n_processes: int, threads: int) -> NoReturn:
    """Become the supervisor of so many processes that answer on this socket, with so many threads each."""
    os.set_inheritable(listener.fileno(), True)
    sys.stdout.flush()
    sys.stderr.flush()
    python = sys.executable
    answering = [python, "-m", ANSWERING, "--listener", str(listener.fileno()), "--threads", str(threads)]
    os.execv(python, [python, "-m", SUPERVISOR, str(n_processes), *answering])


def part(life: int, alive: tuple[int, ...]) -> int:
    """The number of this process, after it has parted into as many as there are in `alive`, each of which keeps its own.

    Call it before any thread is started and with no connection open, for processes share what they begin with. Each ends as on a request to
    terminate when nobody holds the other end of `life`.
    """
    gc.collect()
    return_heap()
    gc.freeze()  # what all share is not looked at for garbage, which would give each a copy of it
    number = next((number for number in range(1, len(alive)) if os.fork() == 0), FIRST)
    if number == FIRST:
        os.write(alive[FIRST], b"!")
    for each, end in enumerate(alive):
        if each == number:
            os.set_inheritable(end, False)
        else:
            os.close(end)
    os.set_inheritable(life, False)
    threading.Thread(target=_end_with, args=(life,), name="life", daemon=True).start()
    return number


def _end_with(life: int) -> None:
    os.read(life, 1)
    os.kill(os.getpid(), signal.SIGTERM)
