"""Claims about distributions."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simgen.distributions import (
    Choice,
    Constant,
    LogUniform,
    Normal,
    TruncatedNormal,
    Uniform,
    UniformInt,
    check_support,
    support,
)
from simgen.streams import stream

finite = st.floats(-1e6, 1e6)


@given(finite, finite, st.integers(0, 2**31))
def test_uniform_stays_within_its_support(a, b, seed):
    spread = Uniform(low=min(a, b), high=max(a, b))
    low, high = support(spread)
    assert low <= spread.sample(stream(seed, "x", 0)) <= high


def test_samples_have_the_moments_they_should():
    rng = stream(1, "moments", 0)
    many = {
        Uniform(low=2.0, high=4.0): (3.0, math.sqrt(4 / 12)),
        UniformInt(low=1, high=6): (3.5, math.sqrt(35 / 12)),
        Normal(mean=-1.0, std=2.0): (-1.0, 2.0),
        TruncatedNormal(mean=0.0, std=1.0, low=-1.0, high=1.0): (0.0, 0.5396),
        Choice(options=(0.0, 10.0), weights=(3.0, 1.0)): (2.5, math.sqrt(18.75)),
    }
    for distribution, (mean, std) in many.items():
        drawn = np.array([distribution.sample(rng) for _ in range(20_000)])
        assert abs(drawn.mean() - mean) < 5 * std / math.sqrt(len(drawn)), distribution
        assert abs(drawn.std() / std - 1) < 0.03, distribution


def test_log_uniform_puts_as_much_in_each_octave():
    rng = stream(2, "octaves", 0)
    drawn = np.array([LogUniform(low=1.0, high=16.0).sample(rng) for _ in range(20_000)])
    shares = np.histogram(np.log2(drawn), bins=4, range=(0, 4))[0] / len(drawn)
    assert np.abs(shares - 0.25).max() < 0.015


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Uniform(low=2.0, high=1.0), "low must not exceed high, got low 2.0 and high 1.0"),
        (lambda: LogUniform(low=0.0, high=1.0), "low must be above 0 for log_uniform, got 0.0"),
        (lambda: Normal(mean=0.0, std=-1.0), "std must be 0 or more, got -1.0"),
        (lambda: Choice(options=()), "options must name at least one value"),
        (lambda: Choice(options=(1, 2), weights=(1.0,)), "1 weights for 2 options; give one each"),
        (lambda: TruncatedNormal(mean=0.0, std=1.0, low=9.0, high=10.0), r"\[9.0, 10.0\] holds .* needs 0.01 or more"),
    ],
)
def test_bad_parameters_are_refused_by_name(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_support_is_checked_before_anything_is_drawn():
    check_support("count", UniformInt(low=0, high=5), 0, 5)
    with pytest.raises(ValueError, match="pitch_deg must lie in -90 to 90, got 10 to 100"):
        check_support("pitch_deg", Uniform(low=10.0, high=100.0), -90, 90)
    with pytest.raises(ValueError, match="count must lie in 0 to 9, got nan"):
        check_support("count", Constant(value="three"), 0, 9)
    with pytest.raises(ValueError, match="must lie in"):
        check_support("x", Normal(mean=0.0, std=1.0), -100, 100)
