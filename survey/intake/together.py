"""Interviews that arrive at the same moment are written in one transaction: one wait for the disk, one hold on the chain of events.

Whoever comes first writes for all who wait by then, and nobody is answered before that is on disk. If any of them cannot be written,
nothing of the transaction is kept and each is written by itself, so that none suffers for another.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

from flask import Flask
from sqlalchemy.orm import Session

from survey.db import session_scope
from survey.events import hold_chain
from survey.intake.receive import Receipt
from survey.intake.senders import Sent, install_known_senders, keep_sent
from survey.intake.upload_operations import Arrived, Whole, attach_files
from survey.turns import one_at_a_time

_EXTENSION, _FILES = "survey.intake_writer", "survey.files_writer"
BY_KEYS = {
    "plan_cache_mode": "force_generic_plan",
    **dict.fromkeys(("jit", "enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_hashjoin", "enable_mergejoin"), "off"),
}
"""What PostgreSQL is told while interviews are written: all that is asked for them is asked by keys, and in the order of an index. So the
way there is thought out once, and is the same while tables are small or have just grown by more than the planner knows of."""
AT_ONCE = 64
"""So many interviews at most share a transaction."""
T = TypeVar("T")
R = TypeVar("R")


@dataclass(eq=False, slots=True)
class _Upload(Generic[T, R]):
    """One upload that waits: woken when it has its receipt or its failure, or when it is its turn to write."""

    upload: T
    woken: Event = field(default_factory=Event)
    receipt: R | None = None
    failure: BaseException | None = None


class Writer(Generic[T, R]):
    """Writes the uploads of one process, one transaction at a time.

    `keep_all` writes several and says what became of each; it is called again with each alone after what it wrote was taken back.
    """

    def __init__(self, keep_all: Callable[[Session, Sequence[T]], Sequence[R]]) -> None:
        self._keep_all = keep_all
        self._lock = Lock()
        self._waiting: deque[_Upload[T, R]] = deque()
        self._is_writing = False

    @property
    def is_writing(self) -> bool:
        """Whether a transaction is under way."""
        return self._is_writing

    @property
    def n_waiting(self) -> int:
        """How many uploads wait for the next transaction."""
        return len(self._waiting)

    def write(self, app: Flask, upload: T) -> R:
        """The receipt of an upload, once it is on disk; raises what `keep_all` or the database raises of this upload alone."""
        waiting = _Upload[T, R](upload)
        with self._lock:
            self._waiting.append(waiting)
            is_first, self._is_writing = not self._is_writing, True
        if not is_first:
            waiting.woken.wait()
        if waiting.receipt is None and waiting.failure is None:
            self._write_waiting(app)
        if waiting.failure is not None:
            raise waiting.failure
        assert waiting.receipt is not None
        return waiting.receipt

    def _write_waiting(self, app: Flask) -> None:
        """Nothing; those who wait are written, the caller's own among them, and one of those who came meanwhile is told to go on."""
        uploads: list[_Upload[T, R]] = []
        try:
            with app.app_context(), one_at_a_time(app.extensions["survey.engine"]):
                self._write_together(app, uploads)
                for each in uploads:
                    if each.receipt is None:
                        self._write_alone(app, each)
        except BaseException as failure:
            uploads = uploads or self._next()
            for upload in uploads:
                if upload.receipt is None:
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

    def _next(self) -> list[_Upload[T, R]]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(AT_ONCE, len(self._waiting)))]

    def _write_together(self, app: Flask, uploads: list[_Upload[T, R]]) -> None:
        """Nothing; `uploads` are those who waited when it was our turn, each with its receipt unless one of them could not be written."""
        try:
            with session_scope(app) as session:
                # Another process may write: whoever comes until it has finished is written along.
                hold_chain(session, **BY_KEYS)
                uploads += self._next()
                receipts = self._keep_all(session, [each.upload for each in uploads])
        except Exception as failure:
            if len(uploads) == 1:
                uploads[0].failure = failure
            if not uploads:
                raise
        else:
            for each, receipt in zip(uploads, receipts, strict=True):
                each.receipt = receipt

    def _write_alone(self, app: Flask, upload: _Upload[T, R]) -> None:
        if upload.failure is not None:
            return
        try:
            with session_scope(app) as session:
                [receipt] = self._keep_all(session, [upload.upload])
        except Exception as failure:
            upload.failure = failure
        else:
            upload.receipt = receipt


def install_writers(app: Flask) -> None:
    """Nothing; the application has a writer of interviews and one of files of its own, and knows no sender yet."""
    install_known_senders(app)
    app.extensions[_EXTENSION] = Writer(keep_sent)
    app.extensions[_FILES] = Writer(attach_files)


def writer_of(app: Flask) -> Writer[Sent, Receipt]:
    """What writes the interviews that the application is sent."""
    writer: Writer[Sent, Receipt] = app.extensions[_EXTENSION]
    return writer


def files_writer_of(app: Flask) -> Writer[Whole, Arrived]:
    """What attaches the files that come after their interviews."""
    writer: Writer[Whole, Arrived] = app.extensions[_FILES]
    return writer
