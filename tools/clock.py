"""What benchmarks time with: the shortest of several repeats, and sums by stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


def best(work: Callable[[], object], repeats: int) -> float:
    """Return the shortest time of ``repeats`` calls, seconds: what is least disturbed by the rest of the machine."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def best_of_each(works: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Return the shortest time of each of several works, seconds; they take turns, so that all see the same machine."""
    times = {name: best(work, 1) for name, work in works.items()}
    for _ in range(repeats - 1):
        times = {name: min(times[name], best(work, 1)) for name, work in works.items()}
    return times


@contextmanager
def counted(sums_s: dict[str, float], stage: str) -> Iterator[None]:
    """Add the seconds that the block takes to ``sums_s[stage]``."""
    start = time.perf_counter()
    yield
    sums_s[stage] = sums_s.get(stage, 0.0) + time.perf_counter() - start
