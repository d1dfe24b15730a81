"""Claims about random numbers by index."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np

from simgen.render.noise import normals, sensor_key, uniforms

KEY = sensor_key(0, 0, "noise")


def test_normal_numbers_are_the_normal_quantiles_of_uniform_ones() -> None:
    index = np.arange(4000)
    expected = [NormalDist().inv_cdf(p + 0.5**54) for p in uniforms(KEY, index, 2).tolist()]
    assert np.abs(normals(KEY, index, 2) - expected).max() < 1e-8


def test_normal_numbers_have_mean_zero_deviation_one_and_normal_tails() -> None:
    drawn = normals(KEY, np.arange(1_000_000), 5)
    assert abs(drawn.mean()) < 4e-3 and abs(drawn.std() - 1.0) < 3e-3
    # Beyond 1, 2 and 4 deviations lie so many of a million.
    for deviations, share in ((1.0, 0.31731), (2.0, 0.045500), (4.0, 6.334e-5)):
        beyond = np.count_nonzero(np.abs(drawn) > deviations)
        assert abs(beyond - 1e6 * share) < 5.0 * np.sqrt(1e6 * share)
