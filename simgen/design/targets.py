"""Outcomes to order: which distribution a measure of the objects in the pictures is to follow over a data set."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np

from simgen.design.measures import Measure, Seen, measured
from simgen.distributions import LogUniform, Normal, TruncatedNormal, Uniform
from simgen.spec import TAGGED

Wanted = Annotated[Uniform | LogUniform | Normal | TruncatedNormal, TAGGED]


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of the measured values: those in [``low``, ``high``).

    Attributes:
        low, high: of the measure, in its unit; null for no bound.
        share: of all values, 0 to 1.
    """

    low: float | None = None
    high: float | None = None
    share: float

    def __post_init__(self) -> None:
        if not self.bounds[0] < self.bounds[1]:
            raise ValueError(f"low must be below high, got {self.low} and {self.high}")
        if not 0.0 <= self.share <= 1.0:
            raise ValueError(f"share must lie in 0 to 1, got {self.share}")

    @property
    def bounds(self) -> tuple[float, float]:
        """``low`` and ``high``, infinite where there is none."""
        return (
            -math.inf if self.low is None else self.low,
            math.inf if self.high is None else self.high,
        )


@dataclass(frozen=True, kw_only=True)
class Target:
    """One wanted distribution.

    Attributes:
        name: prefix of its factors.
        categories: whose objects are measured.
        measure: ``visible_fraction``, ``occluded_fraction``, ``truncated_fraction``, ``box_height_px``,
            ``box_width_px``, ``box_area_px`` (of visible boxes), ``distance_m``, ``azimuth_deg`` (to the left of the
            camera's axis), ``time_to_collision_s``, or ``count`` (one value a frame).
        distribution: what the values are to follow; or
        shares: ranges that do not overlap, with the share of the values each is to hold; what is left of 1 may lie
            anywhere else.
        camera: whose pictures; null for the first.
        where: only objects whose other measures lie in these ranges: measure to [low, high]. Objects without a value
            of a measure are never counted.
    """

    name: str
    categories: tuple[str, ...]
    measure: Measure
    distribution: Wanted | None = None
    shares: tuple[Share, ...] = ()
    camera: str | None = None
    where: dict[Measure, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.categories:
            raise ValueError("categories must name at least one")
        if (self.distribution is None) == (not self.shares):
            raise ValueError("give either a distribution or shares")
        if "count" in self.where:
            raise ValueError("where: count is of a frame, not of an object; leave it out")
        ordered = sorted(share.bounds for share in self.shares)
        for (_, high), (low, _) in itertools.pairwise(ordered):
            if high > low:
                raise ValueError(f"shares: ranges overlap at {low:g}")
        total = sum(share.share for share in self.shares)
        if total > 1.0 + 1e-9:
            raise ValueError(f"shares add up to {total:g}, more than 1")
        if self.shares and total < 1.0 - 1e-9 and not _gaps(ordered):
            raise ValueError(f"shares add up to {total:g}, and their ranges leave no room for the rest")


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Wanted outcomes, and how much is done for them.

    Every frame has ``tries`` candidates, drawn like any frame and looked at without a picture. One is chosen by
    chances that make the candidates of the first ``pilot`` frames, taken together, follow the wanted distributions.

    Attributes:
        wanted: the targets.
        tries: candidates of each frame; more reach rarer outcomes and cost more.
        pilot: frames the chances are worked out on; the data of all frames depends on it.
        reduce: candidates are looked at in pictures this many times smaller; 1 for small boxes.
    """

    wanted: tuple[Target, ...]
    tries: int = 8
    pilot: int = 150
    reduce: int = 2

    def __post_init__(self) -> None:
        for key, least in (("tries", 2), ("pilot", 10), ("reduce", 1)):
            if getattr(self, key) < least:
                raise ValueError(f"{key} must be {least} or more, got {getattr(self, key)}")
        names = [target.name for target in self.wanted]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"wanted must hold at least one target, each with a name of its own, got {names}")


def values_of(target: Target, seen: Sequence[Seen]) -> list[float]:
    """Return what a target measures in one picture: a number for each object that counts, or their count."""
    counted = [s for s in seen if s.truth.category in target.categories and _counts(target, s)]
    if target.measure == "count":
        return [float(len(counted))]
    values = [measured(s, target.measure) for s in counted]
    return [v for v in values if not math.isnan(v)]


def _counts(target: Target, seen: Seen) -> bool:
    return all(low <= measured(seen, measure) <= high for measure, (low, high) in target.where.items())


def _gaps(ordered: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return the ranges between, below and above ranges in order."""
    edges = [-math.inf, *(edge for bounds in ordered for edge in bounds), math.inf]
    return [(low, high) for low, high in zip(edges[::2], edges[1::2], strict=True) if low < high]


@dataclass(frozen=True, kw_only=True)
class Bins:
    """A target's distribution in bins.

    Attributes:
        edges: of B cells in order, B + 1 numbers from -inf to inf.
        bin_of_cell: which of the target's bins each cell belongs to; the ranges left free share one.
        share: of each bin, adding up to 1.
    """

    edges: tuple[float, ...]
    bin_of_cell: tuple[int, ...]
    share: tuple[float, ...]

    def counts(self, values: Sequence[float]) -> np.ndarray:
        """Return (bins,) how many of the values each bin holds."""
        cell = np.searchsorted(self.edges[1:-1], np.asarray(values, dtype=np.float64), side="right")
        return np.bincount(np.asarray(self.bin_of_cell)[cell], minlength=len(self.share)).astype(np.float64)

    def describe(self, index: int) -> str:
        """Return a bin's ranges in words."""
        ranges = [
            f"{low:.4g} to {high:.4g}"
            for low, high, k in zip(self.edges, self.edges[1:], self.bin_of_cell, strict=False)
            if k == index
        ]
        return " and ".join(ranges)


CELLS = 16
"""A distribution is steered in so many equally likely bins, and two that are to stay empty beyond its ends."""


def bins_of(target: Target) -> Bins:
    """Return a target's bins."""
    if target.distribution is not None:
        inner = [quantile(target.distribution, k / CELLS) for k in range(CELLS + 1)]
        finite = [edge for edge in inner if math.isfinite(edge)]
        edges = (-math.inf, *finite, math.inf)
        share = [1.0 / CELLS] * (len(edges) - 1)
        if math.isfinite(inner[0]):
            share[0] = 0.0
        if math.isfinite(inner[-1]):
            share[-1] = 0.0
            # The highest value itself belongs to the distribution, as the lowest does.
            edges = (*edges[:-2], math.nextafter(edges[-2], math.inf), math.inf)
        return Bins(edges=edges, bin_of_cell=tuple(range(len(share))), share=tuple(share))
    given = [share.bounds for share in target.shares]
    rest = 1.0 - sum(share.share for share in target.shares)
    cells = sorted(
        [(bounds, k) for k, bounds in enumerate(given)] + [(gap, len(given)) for gap in _gaps(sorted(given))]
    )
    free = any(k == len(given) for _, k in cells)
    return Bins(
        edges=(*(low for (low, _), _ in cells), cells[-1][0][1]),
        bin_of_cell=tuple(k for _, k in cells),
        share=(*(share.share for share in target.shares), *((max(rest, 0.0),) if free else ())),
    )


def quantile(distribution: Wanted, u: float) -> float:
    """Return the value below which a share ``u`` of a distribution lies."""
    from scipy.stats import norm

    match distribution:
        case Uniform(low=low, high=high):
            return low + u * (high - low)
        case LogUniform(low=low, high=high):
            return low * (high / low) ** u
        case Normal(mean=mean, std=std):
            return float(norm.ppf(u, mean, std))
        case TruncatedNormal(mean=mean, std=std, low=low, high=high):
            below, above = norm.cdf((low, high), mean, std)
            return float(np.clip(norm.ppf(below + u * (above - below), mean, std), low, high))


def cumulative(distribution: Wanted, values: np.ndarray) -> np.ndarray:
    """Return the share of a distribution at or below each of (N,) values."""
    from scipy.stats import norm

    match distribution:
        case Uniform(low=low, high=high):
            return np.clip((values - low) / (high - low), 0.0, 1.0)
        case LogUniform(low=low, high=high):
            return np.clip(np.log(np.maximum(values, 1e-300) / low) / math.log(high / low), 0.0, 1.0)
        case Normal(mean=mean, std=std):
            return norm.cdf(values, mean, std)
        case TruncatedNormal(mean=mean, std=std, low=low, high=high):
            below, above = norm.cdf((low, high), mean, std)
            return np.clip((norm.cdf(values, mean, std) - below) / (above - below), 0.0, 1.0)


def distance(target: Target, values: Sequence[float], weights: Sequence[float] | None = None) -> float:
    """Return the Kolmogorov-Smirnov distance of values from what a target wants; 1 where there are none.

    For shares it is the largest difference of the cumulated shares of their ranges, the free rest coming last.

    Args:
        target: what is wanted.
        values: what there is.
        weights: of the values; equal by default.
    """
    if not len(values):
        return 1.0
    x = np.asarray(values, dtype=np.float64)
    mass = np.full(len(x), 1.0 / len(x)) if weights is None else np.asarray(weights) / np.sum(weights)
    if target.distribution is None:
        bins = bins_of(target)
        got = np.array([mass[bins_counts(bins, x) == k].sum() for k in range(len(bins.share))])
        return float(np.abs(np.cumsum(got - np.array(bins.share))).max())
    order = np.argsort(x, kind="stable")
    asked, above = cumulative(target.distribution, x[order]), np.cumsum(mass[order])
    return float(np.maximum(np.abs(above - asked), np.abs(above - mass[order] - asked)).max())


def bins_counts(bins: Bins, values: np.ndarray) -> np.ndarray:
    """Return (N,) the bin each value lies in."""
    return np.asarray(bins.bin_of_cell)[np.searchsorted(bins.edges[1:-1], values, side="right")]
