"""Claims about where chance comes from."""

import numpy as np
import pytest

from simgen.distributions import Constant, Uniform
from simgen.streams import Draws, stream


def test_a_stream_is_the_same_every_time_and_apart_from_its_neighbours():
    first = stream(7, "sun.elevation_deg", 3, 2).random(8)
    assert np.array_equal(first, stream(7, "sun.elevation_deg", 3, 2).random(8))
    others = [
        stream(8, "sun.elevation_deg", 3, 2),
        stream(7, "sun.azimuth_deg", 3, 2),
        stream(7, "sun.elevation_deg", 4, 2),
        stream(7, "sun.elevation_deg", 3, 3),
    ]
    for other in others:
        assert not np.isin(other.random(8), first).any()


def test_seed_zero_is_a_seed_like_any_other():
    assert np.array_equal(stream(0, "a", 0).random(4), stream(0, "a", 0).random(4))
    assert not np.array_equal(stream(0, "a", 0).random(4), stream(1, "a", 0).random(4))


def test_a_long_stream_never_reaches_the_next_item():
    first, second = stream(1, "a", 0, 0), stream(1, "a", 0, 1)
    assert not np.isin(second.random(1000), first.random(100_000)).any()


def test_a_factor_draws_the_same_whatever_else_is_drawn():
    alone, among = Draws(5, "traffic", 9), Draws(5, "traffic", 9)
    spread = Uniform(low=0.0, high=1.0)
    among.value("gap_m", spread)
    among.rng("paint").random(100)
    assert alone.value("speed_mps", spread) == among.value("speed_mps", spread)


def test_everything_drawn_is_recorded():
    draws = Draws(0, "drop", 1)
    draws.value("count", Constant(value=3))
    drawn = [draws.value("yaw_deg", Uniform(low=0.0, high=360.0), item) for item in range(3)]
    draws.note("asset", "families/mug/1", 0)
    assert draws.factors == {"drop.count": 3, "drop.yaw_deg": drawn, "drop.asset": ["families/mug/1"]}


def test_another_attempt_draws_anew():
    spread = Uniform(low=0.0, high=1.0)
    assert Draws(0, "drop", 1, 0).value("x", spread) != Draws(0, "drop", 1, 1).value("x", spread)


def test_a_negative_frame_is_refused():
    with pytest.raises(ValueError, match="frame and item must be 0 or more, got -1 and 0"):
        stream(0, "a", -1)
