"""Tasks on one process, on several of this machine, or on a Dask cluster: the results are the same, in the order of the tasks.

A process that is lost in the middle is replaced and its tasks are done again, by us on this machine and by Dask on a cluster.
"""

import ctypes
import gc
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import get_context
from typing import Any, Protocol, TypeVar

import pyarrow as pa

from questionnaires.errors import ErrorCode, SurveyError

SCHEDULER = "SURVEY_DASK_SCHEDULER"
"""The environment variable with the address of a Dask scheduler, such as tcp://10.0.0.5:8786."""
LOSSES = 3
"""How often processes may be lost before it is given up: a task that always ends its process would go on for ever."""
CONNECT_SECONDS = 20
TRIM_THRESHOLD, MMAP_THRESHOLD = -1, -3
"""Of the C library's mallopt(3)."""
KEPT_BYTES = 1 << 30
SELDOM = 200_000
"""New objects between two runs of the collector."""

Task = TypeVar("Task")
Result = TypeVar("Result")
Report = Callable[[int], None]
"""Called with how many tasks are done."""


class Workers(Protocol):
    """Whoever does the tasks."""

    def run(self, function: Callable[[Task], Result], tasks: Sequence[Task], report: Report) -> list[Result]:
        """The results in the order of the tasks; an error of a task is raised."""


@contextmanager
def workers_of(n_processes: int, scheduler: str | None = None) -> Iterator[Workers]:
    """Those of the cluster with this address if one is named, else so many processes; one process is this one.

    Raises UNREACHABLE_CLUSTER when the scheduler does not answer or Dask is not installed.
    """
    if scheduler:
        with _cluster(scheduler) as cluster:
            yield cluster
    elif n_processes > 1:
        pool = _Processes(n_processes)
        try:
            yield pool
        finally:
            pool.close()
    else:
        yield _Here()


def usable_cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Here:
    def run(self, function: Callable[[Task], Result], tasks: Sequence[Task], report: Report) -> list[Result]:
        results = []
        for task in tasks:
            results.append(function(task))
            report(len(results))
        return results


class _Processes:
    """Processes that are started anew rather than forked, because a fork would copy locks that another thread holds."""

    def __init__(self, n_processes: int) -> None:
        self._n_processes = n_processes
        self._pool: Executor | None = None

    def run(self, function: Callable[[Task], Result], tasks: Sequence[Task], report: Report) -> list[Result]:
        results: dict[int, Result] = {}
        losses = 0
        while len(results) < len(tasks):
            try:
                self._collect(function, tasks, results, report)
            except BrokenProcessPool:
                losses += 1
                self.close()
                if losses > LOSSES:
                    raise
        return [results[number] for number in range(len(tasks))]

    def _collect(self, function: Callable[[Task], Result], tasks: Sequence[Task], results: dict[int, Result], report: Report) -> None:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(self._n_processes, get_context("spawn"), initializer=_begin)
        left = {self._pool.submit(function, task): number for number, task in enumerate(tasks) if number not in results}
        try:
            for future in as_completed(left):
                results[left.pop(future)] = future.result()
                report(len(results))
        finally:
            for future in left:
                future.cancel()

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


def _begin() -> None:
    """Every process has one core; threads of its own would only stand in the others' way.

    Arrays of one part are about as large as those of the next, so freed memory is kept for them: giving it back and asking for it anew
    takes a fifth of the time.
    """
    # What was imported stays; arrays are freed without the collector, which would only go through many small things again and again.
    gc.freeze()
    gc.set_threshold(SELDOM)
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    set_option = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if set_option is not None:
        set_option(MMAP_THRESHOLD, KEPT_BYTES)
        set_option(TRIM_THRESHOLD, KEPT_BYTES)
        pa.set_memory_pool(pa.system_memory_pool())


class _Cluster:
    def __init__(self, client: Any, as_completed: Callable[..., Any]) -> None:
        self._client, self._as_completed = client, as_completed

    def run(self, function: Callable[[Task], Result], tasks: Sequence[Task], report: Report) -> list[Result]:
        futures = [self._client.submit(function, task, pure=False, retries=LOSSES) for task in tasks]
        place = {future.key: number for number, future in enumerate(futures)}
        results: dict[int, Result] = {}
        try:
            for future in self._as_completed(futures, loop=self._client.loop):
                results[place[future.key]] = future.result()
                # What has arrived here need not be kept there.
                future.release()
                report(len(results))
        finally:
            self._client.cancel([future for number, future in enumerate(futures) if number not in results])
        return [results[number] for number in range(len(tasks))]


@contextmanager
def _cluster(scheduler: str) -> Iterator[Workers]:
    place = f"{SCHEDULER}={scheduler}"
    try:
        distributed = import_module("distributed")
    except ImportError:
        detail = "Dask is not installed. Install it with: pip install -r requirements-dask.txt"
        raise SurveyError(ErrorCode.UNREACHABLE_CLUSTER, place=place, detail=detail) from None
    try:
        client = distributed.Client(scheduler, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        detail = f"no scheduler answers ({error}). Check the address, or leave {SCHEDULER} out to use this machine."
        raise SurveyError(ErrorCode.UNREACHABLE_CLUSTER, place=place, detail=detail) from None
    try:
        yield _Cluster(client, distributed.as_completed)
    finally:
        client.close()
