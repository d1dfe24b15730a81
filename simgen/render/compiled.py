"""How the renderer's kernels are compiled and spread over threads."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numba

try:
    import fcntl
except ImportError:  # Windows: every process compiles for itself.
    fcntl = None

# Sums may be reordered and divisions become multiplications: a kernel's results then differ in the last bits from
# another compiler's, never between threads or runs. Infinities keep their meaning: a ray that meets nothing has one.
_LOOSE = {"reassoc", "contract", "arcp", "nsz", "afn"}

_PARTS_PER_THREAD = 4

# Without reference counts: arrays that a kernel is given outlive it. Numba would count each array up and down wherever
# a point takes it out of its tuple, with a locked instruction each time: more than half of a kernel's time.
_UNCOUNTED: dict[str, Any] = {"_nrt": False}

inlined = numba.njit(forceinline=True, error_model="numpy", fastmath=_LOOSE, **_UNCOUNTED)
"""Compiles what kernels call for one point; it makes no arrays."""

called = numba.njit(error_model="numpy", fastmath=_LOOSE, **_UNCOUNTED)
"""Compiles what kernels call for few points: once, where inlining it everywhere would take long to compile."""

_threads = 0


def use_threads(threads: int) -> None:
    """Let kernels use ``threads`` threads; 0, as at first, for one per core that may be used."""
    global _threads
    _threads = threads


@functools.lru_cache(maxsize=1)
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, "kernel")


@functools.cache
def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _alone(compiled: Any) -> Iterator[None]:
    """Wait until no other process compiles this kernel: one of several that start together does, the rest load it."""
    folder = Path(compiled.stats.cache_path)
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = (folder / f"{compiled.__name__}.lock").open("a")
    except OSError:  # Nowhere to write: nothing could be shared either.
        yield
        return
    with lock:
        if fcntl is not None:
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def kernel(loop: Callable[..., None]) -> Callable[..., None]:
    """Compile ``loop(start, stop, *arrays)``, which fills items ``start`` to ``stop``, each on its own.

    The result is called with the number of items in the two bounds' place, and shares them among threads; which
    thread does what changes nothing. (Numba's own ``prange`` compiles everything twice and takes twice as long.)
    """
    return _shared(loop, **_UNCOUNTED)


def kernel_with_scratch(loop: Callable[..., None]) -> Callable[..., None]:
    """Compile a `kernel` that makes arrays of its own before it begins."""
    return _shared(loop)


def kernel_in_order(loop: Callable[..., None]) -> Callable[..., None]:
    """Compile a `kernel` that sums in the order written, as NumPy does: its bytes are the same on every machine."""
    return _shared(loop, **_UNCOUNTED, fastmath=False)


def _shared(loop: Callable[..., None], **options: Any) -> Callable[..., None]:
    how: dict[str, Any] = {"fastmath": _LOOSE, **options}
    compiled = numba.njit(cache=True, nogil=True, error_model="numpy", **how)(loop)

    @functools.wraps(loop)
    def run(count: int, *arrays: Any) -> None:
        if not compiled.signatures:
            with _alone(compiled):
                compiled(0, 0, *arrays)
        threads = _threads or _cores()
        if threads == 1 or count < threads:
            compiled(0, count, *arrays)
            return
        step = max(-(-count // (threads * _PARTS_PER_THREAD)), 1)
        starts = range(0, count, step)
        for _ in _pool(threads).map(lambda start: compiled(start, min(start + step, count), *arrays), starts):
            pass

    return run
