"""What was ordered against what came: targets and coverage of a finished data set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simgen import spec
from simgen.design.coverage import CoverageReport
from simgen.design.coverage import report as coverage_report
from simgen.design.targets import Target, bins_of, distance
from simgen.recipe import Recipe
from simgen.run.store import Dataset

_SHORT = 0.02
"""A bin whose expected share misses the wanted one by more is named as infeasible."""


@dataclass(frozen=True, kw_only=True)
class BinOutcome:
    """One range of a target's measure: shares that were wanted, achieved, and natural to the recipe."""

    range: str
    wanted: float
    achieved: float
    natural: float | None


@dataclass(frozen=True, kw_only=True)
class TargetOutcome:
    """How a target was met.

    Attributes:
        name: the target's.
        values: how many were measured.
        distance: Kolmogorov-Smirnov, of what was measured from what was wanted.
        bins: range by range.
        infeasible: what could not be met, why, and the nearest that can.
    """

    name: str
    values: int
    distance: float
    bins: tuple[BinOutcome, ...]
    infeasible: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OutcomeReport:
    """Targets and coverage.

    Attributes:
        frames: looked at.
        targets: each one's outcome.
        tries: mean number of candidates a frame.
        effective_frames: how many equally weighted frames the weights that restore natural frequencies are worth.
        coverage: of the recipe's coverage design.
    """

    frames: int
    targets: tuple[TargetOutcome, ...] = ()
    tries: float | None = None
    effective_frames: float | None = None
    coverage: CoverageReport | None = None


def outcomes(data: Dataset) -> OutcomeReport:
    """Return the report of a finished data set.

    Raises:
        RecipeError: its recipe is not one of this version.
    """
    recipe = spec.parse(Recipe, data.manifest["recipe"], str(data.root))
    return outcomes_of(recipe, [(f.scene_index, f.factors) for f in data.frames()], data.manifest.get("steering"))


def outcomes_of(
    recipe: Recipe, frames: Sequence[tuple[int, Mapping[str, Any]]], steering: Mapping[str, Any] | None
) -> OutcomeReport:
    """Return the report of frames by scene index and factors.

    Args:
        recipe: theirs.
        frames: of each its scene's index and its factors.
        steering: what the pilot told, as ``dataset.json`` keeps it; None without targets.
    """
    covered = None
    if recipe.coverage is not None:
        scenes = dict(frames)
        rows = [{f: str(factors[f"coverage.{f}"]) for f in recipe.coverage.factors} for factors in scenes.values()]
        covered = coverage_report(recipe.coverage, rows)
    if recipe.targets is None:
        return OutcomeReport(frames=len(frames), coverage=covered)
    met = []
    for k, target in enumerate(recipe.targets.wanted):
        values = [float(v) for _, factors in frames for v in factors[f"targets.{target.name}.achieved"]]
        met.append(_outcome(target, values, None if steering is None else steering["targets"][k], steering))
    weights = np.array([factors["targets.weight"] for _, factors in frames])
    return OutcomeReport(
        frames=len(frames),
        targets=tuple(met),
        tries=float(np.mean([factors["targets.tries"] for _, factors in frames])),
        effective_frames=float(weights.sum() ** 2 / (weights**2).sum()),
        coverage=covered,
    )


def _outcome(
    target: Target, values: Sequence[float], told: Mapping[str, Any] | None, steering: Mapping[str, Any] | None
) -> TargetOutcome:
    bins = bins_of(target)
    counts = bins.counts(values)
    shares = counts / max(counts.sum(), 1.0)
    natural = [None] * len(shares) if told is None else told["natural"]
    return TargetOutcome(
        name=target.name,
        values=len(values),
        distance=distance(target, values),
        bins=tuple(
            BinOutcome(range=bins.describe(k), wanted=bins.share[k], achieved=float(shares[k]), natural=natural[k])
            for k in range(len(shares))
        ),
        infeasible=() if told is None or steering is None else _infeasible(target, told, int(steering["candidates"])),
    )


def _infeasible(target: Target, told: Mapping[str, Any], candidates: int) -> tuple[str, ...]:
    bins = bins_of(target)
    lines = []
    for k, (wanted, expected, seen) in enumerate(zip(bins.share, told["expected"], told["seen"], strict=True)):
        if abs(wanted - expected) <= _SHORT:
            continue
        why = "none of them shows it" if not seen else f"{seen} of them show it"
        lines.append(
            f"{target.measure} {bins.describe(k)}: a share of {wanted:.3f} cannot be met by choosing among "
            f"{candidates} candidates ({why}); the nearest is {expected:.3f}. Widen what the recipe draws for each "
            "frame, raise tries, or ask for that."
        )
    return tuple(lines)
