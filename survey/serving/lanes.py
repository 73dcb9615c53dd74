"""Who comes first: while five hundred tablets send at once, the next free thread takes a page, and never do all threads take interviews.

A tablet waits without anybody noticing; somebody who opens a page does not. A page also needs its share of the processor: Python lets one
thread compute at a time, so beside a page hardly any interview is begun. Put into waitress as the queue of its threads.
"""

from collections import deque
from collections.abc import Callable
from threading import Condition
from typing import Any

from waitress.utilities import Error

SENDING = ("/openrosa/submission", "/tablet/uploads/")
"""What tablets and ODK Collect send interviews and their files to."""
KEPT_FREE = 2
"""So many threads take no interviews, as far as there are more."""
MOST_SENDING = 8
"""So many interviews and files at most are being taken in a process: more would not be written sooner, and a page waits for its share of
the processor after each of its statements for as many threads as compute."""
BESIDE_PAGES = 2
"""So many interviews at most are being taken when another is begun while a page is answered."""
MOST_WAITING = 500
"""So many uploads at most wait in a process; whoever comes then is asked to come again, before there is more than the machine can hold."""
COME_AGAIN_S = 10


class BusyError(Error):  # type: ignore[misc]
    """What waitress answers an upload that comes while too many wait: 503, and when to send it again."""

    code, reason = 503, "Service Unavailable"

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """The status, the headers and the body."""
        status, headers, body = super().to_response(ident)
        return status, [*headers, ("Retry-After", str(COME_AGAIN_S))], body


class Lanes:
    """The requests that wait, pages before interviews; `changed` is the condition by which idle threads are told that something came.

    It is true when there is something that may be taken now. All but `Taken.service` is called with the lock of `changed` held.
    """

    def __init__(self, n_threads: int, changed: Condition, most_waiting: int = MOST_WAITING) -> None:
        self._most_waiting = most_waiting
        self._most_sending = max(1, min(MOST_SENDING, n_threads - KEPT_FREE))
        self._changed = changed
        self._n_sending = self._n_pages = 0
        self._pages: deque[Any] = deque()
        self._sent: deque[Any] = deque()

    def __len__(self) -> int:
        return len(self._pages) + len(self._sent)

    def __bool__(self) -> bool:
        most = min(BESIDE_PAGES, self._most_sending) if self._n_pages else self._most_sending
        return bool(self._pages) or (bool(self._sent) and self._n_sending < most)

    def append(self, task: Any) -> None:
        """Let a channel wait whose first request is whole, or is no request at all and has no path."""
        is_sent = bool(task.requests) and getattr(task.requests[0], "path", "").startswith(SENDING)
        if is_sent and len(self._sent) >= self._most_waiting:
            task.requests[0].error = BusyError(
                f"Too many send at this moment. Nothing was stored; send it again in {COME_AGAIN_S} seconds."
            )
            is_sent = False
        (self._sent if is_sent else self._pages).append(task)

    def popleft(self) -> Any:
        """What is to be done next."""
        if self._pages:
            self._n_pages += 1
            return Taken(self._pages.popleft(), self._changed, self.leave_page)
        self._n_sending += 1
        return Taken(self._sent.popleft(), self._changed, self.leave)

    def leave(self) -> None:
        """One interview less is being taken; another may be."""
        self._n_sending -= 1
        self._changed.notify()

    def leave_page(self) -> None:
        """One page less is being answered; after the last, as many interviews may be taken as there are threads for."""
        self._n_pages -= 1
        if not self._n_pages:
            self._changed.notify_all()


class Taken:
    """One request that is being answered; `leave` is called when it is over."""

    def __init__(self, task: Any, changed: Condition, leave: Callable[[], None]) -> None:
        self._task, self._changed, self._leave = task, changed, leave

    def service(self) -> None:
        """Answer it."""
        try:
            self._task.service()
        finally:
            with self._changed:
                self._leave()

    def cancel(self) -> None:
        """Let it go unanswered, as the server ends."""
        self._task.cancel()
        self._leave()
