"""Runs a task over many items on local processes; the order of results is the order of the items."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any, TypeVar

from simgen.errors import StoreError

S = TypeVar("S")
R = TypeVar("R")

Opener = Callable[[S, int], Callable[[int], R]]
"""Called once per process with the set-up and the threads it may use; returns the task."""

_task: Callable[[int], Any] | None = None


def core_count() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def limit_threads(threads: int) -> None:
    """Let OpenCV and the renderer use ``threads`` threads in this process; 0 for all cores."""
    import cv2

    from simgen.render.compiled import use_threads

    cv2.setNumThreads(threads or core_count())
    use_threads(threads)


def run_all(opener: Opener[S, R], setup: S, items: Sequence[int], workers: int = 0) -> Iterator[tuple[int, R]]:
    """Yield (item, result) in the order of ``items``.

    Args:
        opener: a module-level function.
        setup: what it is given; must be picklable when there is more than one worker.
        items: what the task is called with.
        workers: processes; 0 for one per core. One runs in this process on all its cores.

    Raises:
        StoreError: a process was killed from outside, for want of memory say.
        Exception: whatever the task raises; items after it may have been done.
    """
    workers = min(workers or core_count(), max(len(items), 1))
    if workers == 1:
        task = opener(setup, 0)
        yield from ((item, task(item)) for item in items)
        return
    threads = max(1, core_count() // workers)
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _open, (opener, setup, threads)) as pool:
        with _linear_algebra_threads(threads):
            futures = [pool.submit(_call, item) for item in items]
        try:
            for item, future in zip(items, futures, strict=True):
                yield item, future.result()
        except BrokenProcessPool as error:
            raise StoreError(
                "a worker process could not start or was killed, probably for want of memory: run the same command "
                "again to go on, with fewer workers. A Python script that calls simgen.generate must do so under "
                "`if __name__ == '__main__':`, since every worker imports the script."
            ) from error
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


@contextmanager
def _linear_algebra_threads(threads: int) -> Iterator[None]:
    """Have processes that start now use ``threads`` threads in NumPy's linear algebra, which reads this once, early."""
    names = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, str(threads)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _open(opener: Opener[S, R], setup: S, threads: int) -> None:
    global _task
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    _task = opener(setup, threads)


def _end_with_parent() -> None:
    """Leave when the process that asked for the work is gone, killed say: nobody is there to take the results."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _call(item: int) -> Any:
    assert _task is not None, "the pool's initializer opens the task"
    return _task(item)
