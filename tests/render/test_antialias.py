"""Claims about where and how often pixels are sampled."""

from __future__ import annotations

import multiprocessing
import time
from types import SimpleNamespace

import numpy as np

from simgen.render.antialias import contrasty, sample_counts, shown, sub_positions, uneven
from simgen.render.compiled import _alone


def test_a_line_is_no_thicket():
    edges = np.zeros((20, 20), np.bool_)
    edges[9:12] = True  # a line one pixel wide, with the pixels on both its sides
    edges[0:6, 0:6] = True
    taken = {samples: set(index.tolist()) for index, samples in sample_counts(edges, 4)}
    assert {10 * 20 + x for x in range(20)} <= taken[4]
    assert 2 * 20 + 2 in taken[2]


def test_samples_stand_in_rows_and_columns_of_their_own():
    for count in (2, 3, 4, 6, 12):
        places = sub_positions(count)
        assert ((places > 0.0) & (places < 1.0)).all()
        assert len(set(np.floor(places[:, 0] * count))) == count
        assert len(set(np.floor(places[:, 1] * count))) >= count - 1
    first = sub_positions(4)[:2]
    assert (np.floor(first * 2)[0] != np.floor(first * 2)[1]).all()


def test_samples_that_look_alike_ask_for_no_more():
    ev100 = 10.0
    white = 1.2 * 2.0**ev100
    grey = np.full((3, 3), 0.2 * white, np.float32)
    extra = np.repeat(grey[:, None], 2, axis=1)
    extra[1, 1] *= 1.02
    extra[2, 1, 2] *= 2.0
    looks, seen = shown(grey, ev100), shown(extra.reshape(-1, 3), ev100).reshape(extra.shape)
    assert uneven(looks, seen).tolist() == [False, False, True]


def test_a_pixel_beside_a_bright_line_asks_for_all_samples():
    looks = np.full((7, 7, 3), 0.2, np.float32)
    looks[3] = 0.6
    found = contrasty(looks.reshape(-1, 3), (7, 7)).reshape(7, 7)
    assert found[2:5].all()
    assert not found[[0, 1, 5, 6]].any()


def _hold(folder, log):
    with _alone(SimpleNamespace(stats=SimpleNamespace(cache_path=folder), __name__="kernel")):
        with log.open("a") as file:
            file.write("in\n")
        time.sleep(0.2)
        with log.open("a") as file:
            file.write("out\n")


def test_one_process_at_a_time_compiles_a_kernel(tmp_path):
    context = multiprocessing.get_context("spawn")
    log = tmp_path / "log"
    both = [context.Process(target=_hold, args=(tmp_path / "cache", log)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert log.read_text().split() == ["in", "out", "in", "out"]
