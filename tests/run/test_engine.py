"""Claims about running a task over many items."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from simgen.errors import StoreError
from simgen.run.engine import core_count, run_all


def _squares(offset: int, threads: int) -> Callable[[int], int]:
    return lambda item: item * item + offset


def _refuses_three(offset: int, threads: int) -> Callable[[int], int]:
    def task(item: int) -> int:
        if item == 3:
            raise ValueError("three is refused")
        return item

    return task


def _dies(offset: int, threads: int) -> Callable[[int], int]:
    return lambda item: os._exit(9)


@pytest.mark.parametrize("workers", [1, 2])
def test_results_come_in_the_order_of_the_items(workers):
    items = [5, 0, 3, 9]
    assert list(run_all(_squares, 100, items, workers)) == [(5, 125), (0, 100), (3, 109), (9, 181)]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_in_a_task_reaches_the_caller(workers):
    with pytest.raises(ValueError, match="three is refused"):
        list(run_all(_refuses_three, 0, [1, 2, 3, 4], workers))


def test_no_items_is_no_work():
    assert list(run_all(_squares, 0, [], 2)) == []


def test_a_killed_worker_is_told_with_the_way_out():
    with pytest.raises(StoreError, match=r"a worker process.*was killed.*with fewer workers"):
        list(run_all(_dies, 0, [1, 2], 2))


def _naps(file: str, threads: int) -> Callable[[int], int]:
    def task(item: int) -> int:
        with Path(file).open("a") as pids:
            pids.write(f"{os.getpid()}\n")
        time.sleep(30.0)
        return item

    return task


def _run_naps(file: str) -> None:
    list(run_all(_naps, file, [1, 2, 3], 2))


def test_workers_leave_when_their_parent_is_killed(tmp_path):
    file = tmp_path / "pids"
    parent = multiprocessing.get_context("spawn").Process(target=_run_naps, args=(str(file),))
    parent.start()
    _wait_for(lambda: file.is_file() and len(file.read_text().split()) == 2)
    os.kill(parent.pid or 0, signal.SIGKILL)
    parent.join()
    _wait_for(lambda: not any(_alive(int(pid)) for pid in file.read_text().split()))


def _wait_for(holds: Callable[[], bool], limit_s: float = 25.0) -> None:
    end = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end, "did not come true in time"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _settings(name: str, threads: int) -> Callable[[int], str]:
    return lambda item: os.environ[name]


def test_workers_share_the_cores_in_linear_algebra_too(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "77")
    results = dict(run_all(_settings, "OPENBLAS_NUM_THREADS", [1, 2], 2))
    assert set(results.values()) == {str(max(1, core_count() // 2))}
    assert os.environ["OPENBLAS_NUM_THREADS"] == "77"
