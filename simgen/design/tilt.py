"""Chances of candidates under which, on average, outcomes come in the wanted shares."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simgen.design.targets import Bins
from simgen.streams import stream

_RIDGE = 1e-3
_EVEN = 0.02
_PULL = 2.0
_LEAST = 0.6

Group = tuple[Sequence[np.ndarray], Sequence[int]]
"""A frame's candidates: per target, how many values each shows in each bin, (K, bins); and the bins asked of it."""
_MOST_STEPS = 200


@dataclass(frozen=True, kw_only=True)
class Plan:
    """How candidates are weighed, worked out on a pilot.

    Attributes:
        slope: (F,) what each feature adds to the logarithm of a candidate's chance.
        weight_slope, weight_level: what `weight` is worked out with.
        leasts: per target, the least mean number of values a frame that is asked for.
        expected_counts: per target, how many values in each of its bins choosing from the pilot's candidates gives a
            frame on average.
        natural_counts: the same without choosing.
        seen: per target, how many candidates of the pilot show each bin at all.
        candidates: how many the pilot had.
    """

    slope: np.ndarray
    weight_slope: np.ndarray
    weight_level: float
    leasts: np.ndarray
    expected_counts: tuple[np.ndarray, ...]
    natural_counts: tuple[np.ndarray, ...]
    seen: tuple[np.ndarray, ...]
    candidates: int

    @property
    def expected(self) -> tuple[np.ndarray, ...]:
        """Per target, the shares of its bins."""
        return tuple(c / max(c.sum(), 1e-12) for c in self.expected_counts)

    @property
    def natural(self) -> tuple[np.ndarray, ...]:
        """Per target, the shares of its bins without choosing."""
        return tuple(c / max(c.sum(), 1e-12) for c in self.natural_counts)


def asked_bins(bins: Sequence[Bins], seed: int, index: int) -> tuple[tuple[int, ...], float]:
    """Return the bin that each target asks of a frame, and the number in [0, 1) that decides among candidates.

    They are the coordinates of Roberts' R sequence (2018), a lattice of as many dimensions as needed whose points any
    run of frames spreads evenly, shifted by the seed; what a frame is asked does not depend on other frames.
    """
    dimensions = len(bins) + 1
    root = 2.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / (dimensions + 1))
    shift = stream(seed, "targets.asked", 0).random(dimensions)
    point = (shift + (index + 1) * root ** -np.arange(1.0, dimensions + 1)) % 1.0
    asked = tuple(
        min(int(np.searchsorted(np.cumsum(b.share), u, side="right")), len(b.share) - 1)
        for b, u in zip(bins, point, strict=False)
    )
    return asked, float(point[-1])


def chances(
    slope: np.ndarray, bins: Sequence[Bins], leasts: np.ndarray, counts: Sequence[np.ndarray], asked: Sequence[int]
) -> np.ndarray:
    """Return (K,) chances of a frame's K candidates, adding up to 1.

    They grow with ``exp(slope . features)`` and with the share of the values that lie in the bins asked of the frame; a
    fiftieth goes to all alike, so that nothing the recipe may show is ruled out.

    Args:
        slope: of the plan.
        leasts: likewise.
        bins: of the targets.
        counts: per target, (K, bins) how many values each candidate shows.
        asked: per target, the bin.
    """
    score = features(bins, counts, leasts) @ slope + pulls(counts, asked)
    grown = np.exp(score - score.max())
    return (1.0 - _EVEN) * grown / grown.sum() + _EVEN / len(score)


def features(bins: Sequence[Bins], counts: Sequence[np.ndarray], leasts: np.ndarray) -> np.ndarray:
    """Return (K, F): for each bin how many more values it holds than its share of the candidate's, then excesses.

    Shares are met over all frames exactly when the mean of each is 0. The last, one per target, are how many more
    values there are than ``leasts``.
    """
    shares = [c - c.sum(axis=-1, keepdims=True) * b.share for b, c in zip(bins, counts, strict=True)]
    excess = np.stack([c.sum(axis=-1) - least for c, least in zip(counts, leasts, strict=True)], axis=-1)
    return np.concatenate([*shares, excess], axis=-1)


def pulls(counts: Sequence[np.ndarray], asked: Sequence[int]) -> np.ndarray:
    """Return (K,) what the bins asked of a frame add to the logarithm of its candidates' chances."""
    parts = [c[..., a] / np.maximum(c.sum(axis=-1), 1.0) for c, a in zip(counts, asked, strict=True)]
    return _PULL * np.sum(parts, axis=0)


def weight(plan: Plan, counts: Sequence[np.ndarray]) -> np.ndarray:
    """Return (K,) weights of frames that restore natural frequencies, from their values' counts per target.

    Over the pilot, weighted means of all bins' counts are those of the candidates unchosen, and the mean weight is 1.
    Such weights come nearest, in information, to the frames' own: raking (Deville and Sarndal 1992, JASA 87). They
    stand for the ratio of natural to steered density as far as the targets' bins can tell; what these do not tell
    apart keeps the mixture that steering gave it.
    """
    return np.exp(np.concatenate(counts, axis=-1) @ plan.weight_slope - plan.weight_level)


def solve(bins: Sequence[Bins], groups: Sequence[Group]) -> Plan:
    """Return the plan that makes a pilot's expected shares those wanted, or comes as near as its candidates let it.

    Minimizes the mean over frames of log sum over candidates exp(score), which is convex and whose gradient is the
    expected mean of the features: minimum discrimination information (Kullback 1959), here within each frame's
    candidates as sampling-importance-resampling takes them. What even chances add is made up for.

    Args:
        bins: of the targets.
        groups: per frame of the pilot, the counts of its candidates as for `chances`, and the bins asked of it.
    """
    leasts = np.array([_LEAST * np.mean([c[k].sum(axis=-1).mean() for c, _ in groups]) for k in range(len(bins))])
    plan = _plan(bins, groups, leasts, _slope(bins, groups, leasts, np.zeros(len(bins), np.bool_)))
    short = np.array([e.sum() for e in plan.expected_counts]) < leasts * (1.0 - 1e-6)
    # Empty pictures break no share; where choosing them is what meets the shares, a least number is asked for too.
    return _plan(bins, groups, leasts, _slope(bins, groups, leasts, short)) if short.any() else plan


def _slope(bins: Sequence[Bins], groups: Sequence[Group], leasts: np.ndarray, holding: np.ndarray) -> np.ndarray:
    """Return the plan's slope; mean numbers of values are ``leasts`` for those targets that ``holding`` tells."""
    table = [(features(bins, counts, leasts), pulls(counts, asked)) for counts, asked in groups]
    kept = np.concatenate([np.ones(sum(len(b.share) for b in bins), np.bool_), holding])
    scale = _scale(np.concatenate([f for f, _ in table])) * kept
    scaled = [(f * scale, offset) for f, offset in table]
    unchosen = np.mean([f.mean(axis=0) for f, _ in scaled], axis=0) * _EVEN / (1.0 - _EVEN)
    # Rounded far more coarsely than what other machines' arithmetic may differ by.
    return np.round(_minimized(lambda x: _steering(scaled, unchosen, x), len(scale)) * scale, 9)


_Objective = tuple[float, np.ndarray, np.ndarray]
"""A convex function's value, gradient and curvature."""


def _minimized(objective: Callable[[np.ndarray], _Objective], size: int) -> np.ndarray:
    """Return where a convex function is least, by Newton's method with halved steps."""
    x = np.zeros(size)
    value, gradient, curvature = objective(x)
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(curvature, gradient)
        length, trial = 1.0, objective(x - step)
        while trial[0] > value and length > 1e-6:
            length /= 2.0
            trial = objective(x - length * step)
        if trial[0] >= value:
            break
        x, (value, gradient, curvature) = x - length * step, trial
        if np.abs(gradient).max() < 1e-9:
            break
    return x


def _scale(found: np.ndarray) -> np.ndarray:
    spread = found.std(axis=0)
    return 1.0 / np.where(spread > 1e-9, spread, 1.0)


def _exponential(scaled: np.ndarray, offset: np.ndarray, slope: np.ndarray) -> _Objective:
    """Return the logarithm of the sum of exp(scaled . slope + offset), its gradient and its curvature."""
    score = scaled @ slope + offset
    grown = np.exp(score - score.max())
    chance = grown / grown.sum()
    mean = chance @ scaled
    value = float(score.max()) + float(np.log(grown.sum()))
    return value, mean, (scaled * chance[:, None]).T @ scaled - np.outer(mean, mean)


def _steering(scaled: Sequence[tuple[np.ndarray, np.ndarray]], unchosen: np.ndarray, slope: np.ndarray) -> _Objective:
    value, gradient, curvature = 0.0, np.zeros(len(slope)), np.zeros((len(slope), len(slope)))
    for found, offset in scaled:
        part = _exponential(found, offset, slope)
        value += part[0] / len(scaled)
        gradient += part[1] / len(scaled)
        curvature += part[2] / len(scaled)
    return (
        value + float(unchosen @ slope) + 0.5 * _RIDGE * float(slope @ slope),
        gradient + unchosen + _RIDGE * slope,
        curvature + _RIDGE * np.eye(len(slope)),
    )


def _weighing(
    bins: Sequence[Bins], groups: Sequence[Group], leasts: np.ndarray, slope: np.ndarray
) -> tuple[np.ndarray, float]:
    """Return the slope and level of `weight`."""
    counts = [np.concatenate(c, axis=-1) for c, _ in groups]
    scale = _scale(np.concatenate(counts))
    scaled = np.concatenate(counts) * scale
    offset = np.log(np.concatenate([chances(slope, bins, leasts, c, a) for c, a in groups]) / len(groups))
    natural = np.mean([c.mean(axis=0) for c in counts], axis=0) * scale

    def objective(x: np.ndarray) -> _Objective:
        value, gradient, curvature = _exponential(scaled, offset, x)
        ridge = _RIDGE * np.eye(len(x))
        return (
            value - float(natural @ x) + 0.5 * float(x @ ridge @ x),
            gradient - natural + ridge @ x,
            curvature + ridge,
        )

    found = _minimized(objective, len(scale))
    return np.round(found * scale, 9), round(_exponential(scaled, offset, found)[0], 9)


def _plan(bins: Sequence[Bins], groups: Sequence[Group], leasts: np.ndarray, slope: np.ndarray) -> Plan:
    expected, natural, seen = ([np.zeros(len(b.share)) for b in bins] for _ in range(3))
    for counts, asked in groups:
        chance = chances(slope, bins, leasts, counts, asked)
        for k, c in enumerate(counts):
            expected[k] += chance @ c
            natural[k] += c.mean(axis=0)
            seen[k] += (c > 0).sum(axis=0)
    weight_slope, weight_level = _weighing(bins, groups, leasts, slope)
    return Plan(
        slope=slope,
        weight_slope=weight_slope,
        weight_level=weight_level,
        leasts=leasts,
        expected_counts=tuple(e / len(groups) for e in expected),
        natural_counts=tuple(n / len(groups) for n in natural),
        seen=tuple(seen),
        candidates=sum(len(counts[0]) for counts, _ in groups),
    )
