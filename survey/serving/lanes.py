"""Who comes first: while five hundred tablets send at once, the next free thread takes a page, and never do all threads take interviews.

A tablet waits without anybody noticing; somebody who opens a page does not. Put into waitress as the queue of its threads.
"""

from collections import deque
from threading import Condition
from typing import Any

SENDING = ("/openrosa/submission", "/tablet/uploads/")
"""What tablets and ODK Collect send interviews and their files to."""
KEPT_FREE = 2
"""So many threads take no interviews, as far as there are more."""


class Lanes:
    """The requests that wait, pages before interviews; `changed` is the condition by which idle threads are told that something came.

    It is true when there is something that may be taken now. All but `Sending.service` is called with the lock of `changed` held.
    """

    def __init__(self, n_threads: int, changed: Condition) -> None:
        self._most_sending = max(1, n_threads - KEPT_FREE)
        self._changed = changed
        self._n_sending = 0
        self._pages: deque[Any] = deque()
        self._sent: deque[Any] = deque()

    def __len__(self) -> int:
        return len(self._pages) + len(self._sent)

    def __bool__(self) -> bool:
        return bool(self._pages) or (bool(self._sent) and self._n_sending < self._most_sending)

    def append(self, task: Any) -> None:
        """Let a channel wait whose first request is whole, or is no request at all and has no path."""
        is_sent = bool(task.requests) and getattr(task.requests[0], "path", "").startswith(SENDING)
        (self._sent if is_sent else self._pages).append(task)

    def popleft(self) -> Any:
        """What is to be done next."""
        if self._pages:
            return self._pages.popleft()
        self._n_sending += 1
        return Sending(self._sent.popleft(), self)

    def leave(self) -> None:
        """One interview less is being taken; another may be."""
        self._n_sending -= 1
        self._changed.notify()

    def done(self) -> None:
        """As `leave`, for a thread that does not hold the lock."""
        with self._changed:
            self.leave()


class Sending:
    """One interview that is being taken."""

    def __init__(self, task: Any, lanes: Lanes) -> None:
        self._task, self._lanes = task, lanes

    def service(self) -> None:
        """Answer it."""
        try:
            self._task.service()
        finally:
            self._lanes.done()

    def cancel(self) -> None:
        """Let it go unanswered, as the server ends."""
        self._task.cancel()
        self._lanes.leave()
