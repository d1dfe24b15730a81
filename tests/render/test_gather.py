"""Claims about gathered light: what one ray in thousands meets makes no patch, what many meet stays."""

from __future__ import annotations

import numpy as np

from simgen.render.gather import _cut_glare as cut_glare

RNG = np.random.default_rng(3)


def rays(count: int = 50_000) -> np.ndarray:
    """Return what rays met by night: 1 nit more or less, of one hue."""
    return (np.array([1.0, 0.8, 0.5]) * RNG.lognormal(0.0, 0.5, (count, 1))).astype(np.float32)


def test_a_beacon_that_few_rays_meet_is_cut_and_keeps_its_hue() -> None:
    total = rays()
    total[100:110] = (40.0, 200.0, 36_000.0)
    before, hit = total.copy(), np.ones(len(total), bool)
    cut_glare(total, hit)
    assert total[100:110].max() < 100.0
    assert np.allclose(total[100] / total[100].max(), before[100] / before[100].max(), atol=1e-6)
    others = np.delete(np.arange(len(total)), np.arange(100, 110))
    assert (total[others] == before[others]).all()


def test_a_lit_window_that_many_rays_meet_stays_as_it_is() -> None:
    total = rays()
    total[:1000] = 800.0
    before = total.copy()
    cut_glare(total, np.ones(len(total), bool))
    assert (total == before).all()


def test_a_sunny_day_is_left_alone() -> None:
    total = 2000.0 * rays()
    total[:20] = 30_000.0
    before = total.copy()
    cut_glare(total, np.ones(len(total), bool))
    assert (total == before).all()


def test_rays_into_the_sky_are_not_looked_at() -> None:
    total, hit = rays(), np.ones(50_000, bool)
    hit[:50], total[:50] = False, 1e6
    before = total.copy()
    cut_glare(total, hit)
    assert (total == before).all()
