"""Claims about steering: shares that are met, weights that restore what was natural, distances in closed form."""

from dataclasses import replace

import numpy as np
import pytest

from simgen.design.targets import (
    Share,
    Target,
    bins_of,
    cumulative,
    distance,
    quantile,
)
from simgen.design.tilt import asked_bins, chances, solve, weight
from simgen.distributions import LogUniform, Normal, TruncatedNormal, Uniform

HALVES = Target(
    name="t", categories=("car",), measure="occluded_fraction", shares=(Share(low=0.0, high=0.5, share=0.8),)
)


def drawn_groups(target, values, seed=0):
    """Return the pilot's groups of (frames, candidates, objects) values."""
    bins = (bins_of(target),)
    groups = []
    for index, frame in enumerate(values):
        asked, _ = asked_bins(bins, seed, index)
        groups.append(((np.stack([bins[0].counts(candidate) for candidate in frame]),), asked))
    return bins, groups


def test_expected_shares_are_those_wanted_where_candidates_allow_it():
    values = np.random.default_rng(1).uniform(0, 1, (100, 6, 3))
    plan = solve(*drawn_groups(HALVES, values))
    assert plan.natural[0][0] == pytest.approx((values < 0.5).mean())
    assert plan.expected[0][0] == pytest.approx(0.8, abs=2e-3)


def test_weights_restore_the_natural_shares():
    bins, groups = drawn_groups(HALVES, np.random.default_rng(2).uniform(0, 1, (100, 6, 3)))
    plan = solve(bins, groups)
    total = weighted = 0.0
    for counts, asked in groups:
        chance = chances(plan.slope, bins, plan.leasts, counts, asked)
        w = weight(plan, counts)
        total += float(chance @ w)
        weighted += (chance * w) @ counts[0]
    assert total / 100 == pytest.approx(1.0, abs=1e-2)
    assert weighted / weighted.sum() == pytest.approx(plan.natural[0], abs=5e-3)


def test_what_no_candidate_shows_stays_out_of_reach_and_the_nearest_share_is_told():
    values = np.full((20, 4, 2), 0.9)
    values[:, 0, 0] = 0.1  # one candidate of each frame shows one object in the wanted half, of its two
    plan = solve(*drawn_groups(HALVES, values))
    assert plan.seen[0].tolist() == [20, 80]
    assert 0.4 < plan.expected[0][0] <= 0.5


def test_no_candidate_is_ruled_out():
    bins, groups = drawn_groups(HALVES, np.random.default_rng(3).uniform(0, 1, (30, 5, 1)))
    plan = solve(bins, groups)
    least = min(float(chances(plan.slope, bins, plan.leasts, c, a).min()) for c, a in groups)
    assert least >= 0.02 / 5


def test_any_run_of_frames_is_asked_nearly_the_wanted_shares():
    bins = (bins_of(HALVES), bins_of(replace(HALVES, shares=(Share(low=0.2, high=0.3, share=0.25),))))
    for first in (0, 137, 5000):
        asked = [asked_bins(bins, 9, index)[0] for index in range(first, first + 100)]
        assert sum(a[0] == 0 for a in asked) == pytest.approx(80, abs=4)
        assert sum(a[1] == 0 for a in asked) == pytest.approx(25, abs=4)


@pytest.mark.parametrize(
    "wanted",
    [
        Uniform(low=2.0, high=6.0),
        LogUniform(low=12.0, high=300.0),
        Normal(mean=3.0, std=2.0),
        TruncatedNormal(mean=0.0, std=1.0, low=-0.5, high=2.0),
    ],
)
def test_quantiles_undo_cumulated_shares_and_are_at_no_distance(wanted):
    u = (np.arange(200) + 0.5) / 200
    values = np.array([quantile(wanted, v) for v in u])
    assert cumulative(wanted, values) == pytest.approx(u, abs=1e-9)
    target = Target(name="t", categories=("car",), measure="distance_m", distribution=wanted)
    assert distance(target, list(values)) == pytest.approx(1 / 400)
    counts = bins_of(target).counts(values)
    assert counts.sum() == 200
    assert counts[counts > 0] == pytest.approx(200 / 16, abs=1)


def test_the_distance_of_shares_is_the_largest_gap_between_cumulated_ones():
    # Half below 0.5 where 0.8 were wanted.
    assert distance(HALVES, [0.1, 0.2, 0.7, 0.9]) == pytest.approx(0.3)
    assert distance(HALVES, [0.1, 0.7], [0.8, 0.2]) == pytest.approx(0.0)
    assert distance(HALVES, []) == 1.0


def test_the_highest_value_belongs_to_a_distribution():
    target = Target(name="t", categories=("car",), measure="visible_fraction", distribution=Uniform(low=0.0, high=1.0))
    bins = bins_of(target)
    assert bins.share[int(np.argmax(bins.counts([1.0])))] > 0


def test_ranges_that_overlap_or_exceed_one_are_told():
    with pytest.raises(ValueError, match=r"ranges overlap at 0\.4"):
        replace(HALVES, shares=(Share(low=0.0, high=0.5, share=0.2), Share(low=0.4, high=0.6, share=0.2)))
    with pytest.raises(ValueError, match=r"shares add up to 1\.2, more than 1"):
        replace(HALVES, shares=(Share(low=0.0, high=0.5, share=0.6), Share(low=0.5, high=0.6, share=0.6)))
    with pytest.raises(ValueError, match="either a distribution or shares"):
        replace(HALVES, distribution=Uniform(low=0.0, high=1.0))
