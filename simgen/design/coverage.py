"""Factors in bins, and the designs that set them scene by scene: random, Sobol, grid, t-wise, or rows of one's own."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.design.t_wise import Row, covering_rows, is_allowed, is_completable, tuples_of, valid_tuples
from simgen.distributions import AnyDistribution, Constant, LogUniform, Uniform
from simgen.errors import RecipeError
from simgen.streams import stream

_MOST_SKIPPED = 10_000
_SOBOL_BITS = 30


@dataclass(frozen=True, kw_only=True)
class Coverage:
    """Sets named factors of every scene by a design.

    A factor is the path of a recipe's value: ``NAME.KEY`` of the randomizer of that name, ``place.KEY``,
    ``sensors.NAME.KEY``, or another section such as ``render.KEY``. Its bins are values or distributions by names of
    one's own.

    Attributes:
        factors: path to bins, each by its name.
        mode: ``random`` draws bins, ``sobol`` spreads them evenly (and places a ``uniform`` or ``log_uniform`` bin's
            value by the same point), ``grid`` goes through all combinations, ``t_wise`` through as few scenes as hold
            all combinations of ``strength`` factors, ``rows`` through those listed.
        strength: t of ``t_wise`` designs and of the report.
        forbidden: combinations that may not be: factor to the names of bins.
        rows: for ``rows``: factor to the name of its bin, for every factor.
    """

    factors: dict[str, dict[str, AnyDistribution]]
    mode: Literal["random", "sobol", "grid", "t_wise", "rows"] = "t_wise"
    strength: int = 2
    forbidden: tuple[dict[str, tuple[str, ...]], ...] = ()
    rows: tuple[dict[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not self.factors or not all(self.factors.values()):
            raise ValueError("factors must name at least one factor, each with at least one bin")
        if not 1 <= self.strength <= len(self.factors):
            raise ValueError(f"strength must lie in 1 to {len(self.factors)} (the factors), got {self.strength}")
        if (self.mode == "rows") != bool(self.rows):
            raise ValueError(f"rows are for mode 'rows', which needs at least one; mode is {self.mode!r}")
        for rule in self.forbidden:
            if not rule:
                raise ValueError("forbidden: a combination names no factor, which would forbid everything")
            for factor, names in rule.items():
                self._check_names(factor, names, "forbidden")
        for row in self.rows:
            if set(row) != set(self.factors):
                raise ValueError(f"rows: each must name {', '.join(self.factors)}, got {', '.join(row)}")
            for factor, name in row.items():
                self._check_names(factor, (name,), "rows")
        if not is_completable({}, self.levels, self._forbidden):
            raise ValueError("forbidden rules out every combination; take one out of it")

    def _check_names(self, factor: str, names: tuple[str, ...], key: str) -> None:
        if factor not in self.factors:
            raise ValueError(f"{key}: no factor {factor!r}; known: {', '.join(self.factors)}")
        for name in names:
            if name not in self.factors[factor]:
                raise ValueError(f"{key}: {factor!r} has no bin {name!r}; known: {', '.join(self.factors[factor])}")

    @property
    def levels(self) -> tuple[int, ...]:
        """How many bins each factor has."""
        return tuple(len(bins) for bins in self.factors.values())

    @property
    def _forbidden(self) -> tuple[dict[int, frozenset[int]], ...]:
        order = list(self.factors)
        return tuple(
            {order.index(f): frozenset(list(self.factors[f]).index(n) for n in names) for f, names in rule.items()}
            for rule in self.forbidden
        )


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a design sets in one scene: the bin's name and the value or distribution, by factor."""

    names: Mapping[str, str]
    values: Mapping[str, AnyDistribution]


@dataclass(frozen=True, kw_only=True)
class CoverageReport:
    """How many combinations of ``strength`` factors' bins there are, and which are missing.

    Attributes:
        strength: t.
        scenes: how many were looked at.
        valid, covered: counts of combinations.
        missing: factor to bin, of each that is not there.
        rows_needed: scenes that would complete it.
    """

    strength: int
    scenes: int
    valid: int
    covered: int
    missing: tuple[dict[str, str], ...]
    rows_needed: int


def settings(coverage: Coverage, seed: int, scenes: int) -> tuple[Setting, ...]:
    """Return what is set in scenes 0 to ``scenes`` - 1; those of fewer scenes are the first of more.

    A grid, t-wise design or list that is shorter starts over.
    """
    return tuple(itertools.islice(_settings(coverage, seed), scenes))


def report(coverage: Coverage, rows: Iterable[Mapping[str, str]]) -> CoverageReport:
    """Return which combinations the named bins of some scenes cover."""
    order = list(coverage.factors)
    found = [_row(coverage, row) for row in rows]
    seen = {t for row in set(found) for t in tuples_of(row, coverage.strength)}
    valid = list(valid_tuples(coverage.levels, coverage.strength, coverage._forbidden))
    missing = [t for t in valid if t not in seen]
    return CoverageReport(
        strength=coverage.strength,
        scenes=len(found),
        valid=len(valid),
        covered=len(valid) - len(missing),
        missing=tuple({order[f]: list(coverage.factors[order[f]])[k] for f, k in t} for t in missing),
        rows_needed=len(missing_rows(coverage, found)) if missing else 0,
    )


def missing_rows(coverage: Coverage, found: Iterable[Row | Mapping[str, str]]) -> tuple[dict[str, str], ...]:
    """Return rows that complete those found to a covering of ``strength``."""
    given = [row if isinstance(row, tuple) else _row(coverage, row) for row in found]
    rows = covering_rows(coverage.levels, coverage.strength, coverage._forbidden, given)
    return tuple(_named(coverage, row) for row in rows)


def _row(coverage: Coverage, names: Mapping[str, str]) -> Row:
    return tuple(list(bins).index(names[factor]) for factor, bins in coverage.factors.items())


def _named(coverage: Coverage, row: Row) -> dict[str, str]:
    return {f: list(bins)[k] for (f, bins), k in zip(coverage.factors.items(), row, strict=True)}


def _settings(coverage: Coverage, seed: int) -> Iterator[Setting]:
    if coverage.mode not in ("sobol", "random"):
        for row in itertools.cycle(_listed(coverage)):
            yield _setting(coverage, row, None)
    if coverage.mode == "sobol":
        points = _sobol(len(coverage.factors), seed)
    else:
        points = (stream(seed, "coverage", k).random(len(coverage.factors)) for k in itertools.count())
    skipped = 0
    for point in points:
        scaled = point * np.array(coverage.levels)
        row = tuple(int(v) for v in scaled)
        if not is_allowed(row, coverage._forbidden):
            skipped += 1
            if skipped > _MOST_SKIPPED:
                raise RecipeError(
                    f"coverage: {_MOST_SKIPPED} points of mode {coverage.mode!r} were forbidden; use mode 't_wise'"
                )
            continue
        yield _setting(coverage, row, scaled - np.array(row) if coverage.mode == "sobol" else None)


def _listed(coverage: Coverage) -> Sequence[Row]:
    if coverage.mode == "rows":
        return [_row(coverage, row) for row in coverage.rows]
    if coverage.mode == "grid":
        every = itertools.product(*(range(n) for n in coverage.levels))
        return [row for row in every if is_allowed(row, coverage._forbidden)]
    return covering_rows(coverage.levels, coverage.strength, coverage._forbidden)


def _setting(coverage: Coverage, row: Row, within: np.ndarray | None) -> Setting:
    names = _named(coverage, row)
    values = {f: coverage.factors[f][name] for f, name in names.items()}
    if within is not None:
        values = {f: _placed(v, float(u)) for (f, v), u in zip(values.items(), within, strict=True)}
    return Setting(names=names, values=values)


def _placed(value: AnyDistribution, u: float) -> AnyDistribution:
    """Return the value at share ``u`` of an even bin; other distributions are drawn from as they are."""
    match value:
        case Uniform(low=low, high=high):
            return Constant(value=low + u * (high - low))
        case LogUniform(low=low, high=high):
            return Constant(value=math.exp(math.log(low) + u * math.log(high / low)))
        case _:
            return value


def _sobol(dimensions: int, seed: int) -> Iterator[np.ndarray]:
    """Yield the points of a Sobol sequence, shifted digit by digit by the seed, which keeps it as even as it was."""
    # Half a second to import, and few recipes need it.
    from scipy.stats import qmc

    source = qmc.Sobol(dimensions, scramble=False, bits=_SOBOL_BITS)
    shift = stream(seed, "coverage.sobol", 0).integers(0, 1 << _SOBOL_BITS, dimensions)
    while True:
        for point in source.random(64):
            digits = (point * (1 << _SOBOL_BITS)).astype(np.int64) ^ shift
            yield (digits + 0.5) / (1 << _SOBOL_BITS)
