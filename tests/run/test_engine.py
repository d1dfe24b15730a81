"""Claims about running a task over many items."""

import os
from collections.abc import Callable

import pytest

from simgen.errors import StoreError
from simgen.run.engine import run_all


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
    with pytest.raises(StoreError, match=r"a worker process was killed.*with fewer --workers"):
        list(run_all(_dies, 0, [1, 2], 2))
