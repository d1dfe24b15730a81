"""The place ``hill``: a country road over a crest or through a dip, with vertical curves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Choice, Constant, Uniform, UniformInt, check_support
from simgen.errors import PlacementError
from simgen.places.roads.country import centred, country_lanes, country_scene, through_road
from simgen.places.roads.line import Cubic, Spiral, evaluate
from simgen.places.roads.network import Mark, Network
from simgen.scene.scene import Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class Hill:
    """A road with one lane each way over a hill or through a dip, whose crest or bottom lies at the origin.

    In profile: a vertical curve, a slope of even grade, the curve about the middle, and the same down again. Vertical
    curves are parabolas, as road design has them: the grade changes by 1 / R every metre.

    Attributes:
        form: ``crest`` or ``dip``.
        grade: rise by distance on the slopes: 0.06 is 6 %.
        crest_radius_m: of the vertical curve in the middle.
        foot_radius_m: of those at the slopes' far ends.
        slope_m: length of each even slope.
        bend_per_m: curvature in plan; above 0 to the left.
        lane_m: width of a lane.
        verge_m: width of the grass beside it.
        drive_on: the side that traffic keeps to.
        trees: how many stand near the road.
        bushes: the same for bushes.
    """

    form: AnyDistribution = Choice(options=("crest", "crest", "dip"))
    grade: AnyDistribution = Uniform(low=0.04, high=0.09)
    crest_radius_m: AnyDistribution = Uniform(low=500.0, high=1500.0)
    foot_radius_m: AnyDistribution = Uniform(low=500.0, high=1000.0)
    slope_m: AnyDistribution = Uniform(low=10.0, high=60.0)
    bend_per_m: AnyDistribution = Uniform(low=-0.002, high=0.002)
    lane_m: AnyDistribution = Uniform(low=3.0, high=3.5)
    verge_m: AnyDistribution = Constant(value=1.5)
    drive_on: Literal["right", "left"] = "right"
    trees: AnyDistribution = UniformInt(low=25, high=60)
    bushes: AnyDistribution = UniformInt(low=10, high=30)
    kind: Literal["hill"] = "hill"

    def __post_init__(self) -> None:
        check_support("grade", self.grade, 0.0, 0.2)
        check_support("crest_radius_m", self.crest_radius_m, 100.0, 1e5)
        check_support("foot_radius_m", self.foot_radius_m, 100.0, 1e5)
        check_support("slope_m", self.slope_m, 1.0, 500.0)
        check_support("bend_per_m", self.bend_per_m, -0.01, 0.01)
        check_support("lane_m", self.lane_m, 2.5, 5.0)
        check_support("verge_m", self.verge_m, 0.5, 6.0)
        check_support("trees", self.trees, 0, 400)
        check_support("bushes", self.bushes, 0, 400)

    def network(self, draws: Draws) -> Network:
        """Draw the road.

        Raises:
            PlacementError: the form drawn is neither a crest nor a dip.
        """
        form = str(draws.value("form", self.form))
        if form not in ("crest", "dip"):
            raise PlacementError(f"a hill's form must be crest or dip, got {form!r}")
        grade, slope_m = float(draws.value("grade", self.grade)), float(draws.value("slope_m", self.slope_m))
        top, foot = (float(draws.value(k, getattr(self, k))) for k in ("crest_radius_m", "foot_radius_m"))
        heights = _profile(grade, foot, slope_m, top)
        length = 2 * heights[3].start_m + 2 * _reach(grade, top)
        middle = evaluate(heights, np.array([length / 2]))[0][0]
        sign = 1.0 if form == "crest" else -1.0
        level = tuple(
            Cubic(start_m=h.start_m, a=sign * (h.a - float(middle)), b=sign * h.b, c=sign * h.c) for h in heights
        )
        bend = float(draws.value("bend_per_m", self.bend_per_m))
        line = centred((Spiral(length_m=length, start_per_m=bend, end_per_m=bend),), level)
        lane, verge = float(draws.value("lane_m", self.lane_m)), float(draws.value("verge_m", self.verge_m))
        # One must not overtake where the crest hides what comes.
        mark = Mark(kind="solid" if form == "crest" else "broken")
        return through_road(line, (country_lanes(lane, verge, mark),), self.drive_on)

    def build(self, draws: Draws, library: Library) -> Scene:
        """Draw the road and return it with its lanes and verges."""
        network = self.network(draws)
        return country_scene(network, draws, library, trees=self.trees, bushes=self.bushes, without=("before", "after"))


def _reach(grade: float, radius_m: float) -> float:
    """Return the length over which a vertical curve of a radius comes to a grade."""
    return max(grade * radius_m, 1.0)


def _profile(grade: float, foot_m: float, slope_m: float, crest_m: float) -> tuple[Cubic, ...]:
    """Return the heights from 20 m before a hill to 20 m behind it, the foot at height 0."""
    at, z = 20.0, 0.0
    rows: list[Cubic] = [Cubic()]
    low, high = _reach(grade, foot_m), _reach(grade, crest_m)
    for length, begins, ends in (
        (low, 0.0, grade),
        (slope_m, grade, grade),
        (2 * high, grade, -grade),
        (slope_m, -grade, -grade),
        (low, -grade, 0.0),
    ):
        rows.append(Cubic(start_m=at, a=z, b=begins, c=(ends - begins) / (2 * length)))
        at, z = at + length, z + (begins + ends) / 2 * length
    return (*rows, Cubic(start_m=at, a=z))
