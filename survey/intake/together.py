"""Interviews that arrive at the same moment are written in one transaction: one wait for the disk, one hold on the chain of events.

Whoever comes first writes for all who wait by then, and nobody is answered before that is on disk. If any of them cannot be written,
nothing of the transaction is kept and each is written by itself, so that none suffers for another.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock

from flask import Flask, current_app
from sqlalchemy.orm import Session

from survey.db import session_scope
from survey.intake.receive import Receipt

_EXTENSION = "survey.intake_writer"
AT_ONCE = 32
"""So many interviews at most share a transaction."""

Keep = Callable[[Session], Receipt]
"""Writes one upload and says what became of it; may be called again after what it wrote was taken back."""


@dataclass(eq=False, slots=True)
class _Upload:
    """One upload that waits: woken when it has its receipt or its failure, or when it is its turn to write."""

    keep: Keep
    woken: Event = field(default_factory=Event)
    receipt: Receipt | None = None
    failure: BaseException | None = None


class Writer:
    """Writes the uploads of one process, one transaction at a time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[_Upload] = deque()
        self._is_writing = False

    @property
    def is_writing(self) -> bool:
        """Whether a transaction is under way."""
        return self._is_writing

    @property
    def n_waiting(self) -> int:
        """How many uploads wait for the next transaction."""
        return len(self._waiting)

    def write(self, app: Flask, keep: Keep) -> Receipt:
        """The receipt of an upload, once it is on disk; raises what `keep` or the database raises of this upload alone."""
        upload = _Upload(keep)
        with self._lock:
            self._waiting.append(upload)
            is_first, self._is_writing = not self._is_writing, True
        if not is_first:
            upload.woken.wait()
        if upload.receipt is None and upload.failure is None:
            self._write_waiting(app)
        if upload.failure is not None:
            raise upload.failure
        assert upload.receipt is not None
        return upload.receipt

    def _write_waiting(self, app: Flask) -> None:
        """Nothing; those who wait are written, the caller's own among them, and one of those who came meanwhile is told to go on."""
        with self._lock:
            uploads = [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]
        try:
            _write(app, uploads)
        except BaseException as failure:
            for upload in uploads:
                upload.failure = upload.failure or failure
            raise
        finally:
            with self._lock:
                after = self._waiting[0] if self._waiting else None
                self._is_writing = after is not None
            for upload in uploads:
                upload.woken.set()
            if after is not None:
                after.woken.set()


def _write(app: Flask, uploads: list[_Upload]) -> None:
    try:
        with session_scope(app) as session:
            receipts = [upload.keep(session) for upload in uploads]
    except Exception as failure:
        if len(uploads) == 1:
            uploads[0].failure = failure
        else:
            for upload in uploads:
                _write(app, [upload])
    else:
        for upload, receipt in zip(uploads, receipts, strict=True):
            upload.receipt = receipt


def install_writer(app: Flask) -> None:
    """Nothing; the application has a writer of its own."""
    app.extensions[_EXTENSION] = Writer()


def write_together(keep: Keep) -> Receipt:
    """The receipt of an upload that the current request brings, once it is on disk with those that others bring."""
    writer: Writer = current_app.extensions[_EXTENSION]
    return writer.write(current_app._get_current_object(), keep)
