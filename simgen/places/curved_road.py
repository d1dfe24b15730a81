"""The place ``curved_road``: a country road of straights, clothoids and arcs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, Uniform, UniformInt, check_support
from simgen.places.pieces import Part
from simgen.places.roads.country import centred, country_lanes, country_scene, through_road
from simgen.places.roads.line import Spiral
from simgen.places.roads.network import Mark, Network
from simgen.places.roads.rails import guard_rail
from simgen.scene.scene import Scene
from simgen.streams import Draws

_SOLID_BELOW_M = 90.0
_RAIL_BELOW_M = 120.0


@dataclass(frozen=True, kw_only=True)
class CurvedRoad:
    """A road with one lane each way that winds through open country; its middle lies at the origin.

    Every bend is a clothoid, an arc and the same clothoid back, as roads are laid out (A^2 = R L); bends turn left and
    right by turns. Where a bend is tight the line in the middle is solid, and a guard rail stands on the outside.

    Attributes:
        bends: how many there are.
        radius_m: of each bend's arc.
        turn_deg: how far each bend turns as a whole.
        clothoid: length of a clothoid as a share of the arc's radius.
        straight_m: from one bend to the next.
        lane_m: width of a lane.
        verge_m: width of the grass beside it.
        drive_on: the side that traffic keeps to.
        guard_rails: whether tight bends have one.
        trees: how many stand near the road.
        bushes: the same for bushes.
    """

    bends: AnyDistribution = UniformInt(low=2, high=4)
    radius_m: AnyDistribution = Uniform(low=45.0, high=180.0)
    turn_deg: AnyDistribution = Uniform(low=25.0, high=75.0)
    clothoid: AnyDistribution = Uniform(low=0.25, high=0.45)
    straight_m: AnyDistribution = Uniform(low=15.0, high=60.0)
    lane_m: AnyDistribution = Uniform(low=3.0, high=3.5)
    verge_m: AnyDistribution = Constant(value=1.5)
    drive_on: Literal["right", "left"] = "right"
    guard_rails: bool = True
    trees: AnyDistribution = UniformInt(low=25, high=60)
    bushes: AnyDistribution = UniformInt(low=10, high=30)
    kind: Literal["curved_road"] = "curved_road"

    def __post_init__(self) -> None:
        check_support("bends", self.bends, 1, 12)
        check_support("radius_m", self.radius_m, 20.0, 2000.0)
        check_support("turn_deg", self.turn_deg, 2.0, 120.0)
        check_support("clothoid", self.clothoid, 0.02, 0.6)
        check_support("straight_m", self.straight_m, 1.0, 500.0)
        check_support("lane_m", self.lane_m, 2.5, 5.0)
        check_support("verge_m", self.verge_m, 0.5, 6.0)
        check_support("trees", self.trees, 0, 400)
        check_support("bushes", self.bushes, 0, 400)

    def network(self, draws: Draws) -> Network:
        """Draw the road."""
        curves: list[Spiral] = [self._straight(draws, 0)]
        sense = float(draws.rng("sense").choice((-1.0, 1.0)))
        tightest = math.inf
        for k in range(int(draws.value("bends", self.bends))):
            radius = float(draws.value("radius_m", self.radius_m, k))
            turn = math.radians(float(draws.value("turn_deg", self.turn_deg, k)))
            # A clothoid of length L turns by L / 2R; both together never turn more than the whole bend.
            eased = min(float(draws.value("clothoid", self.clothoid, k)) * radius, 0.9 * turn * radius)
            bend = sense / radius
            curves += [
                Spiral(length_m=eased, end_per_m=bend),
                Spiral(length_m=turn * radius - eased, start_per_m=bend, end_per_m=bend),
                Spiral(length_m=eased, start_per_m=bend),
                self._straight(draws, k + 1),
            ]
            sense, tightest = -sense, min(tightest, radius)
        lane, verge = float(draws.value("lane_m", self.lane_m)), float(draws.value("verge_m", self.verge_m))
        whole = replace(Mark(), kind="solid" if tightest < _SOLID_BELOW_M else "broken")
        return through_road(centred(tuple(curves)), (country_lanes(lane, verge, whole),), self.drive_on)

    def build(self, draws: Draws, library: Library) -> Scene:
        """Draw the road and return it with its lanes and verges."""
        network = self.network(draws)
        return country_scene(
            network, draws, library, trees=self.trees, bushes=self.bushes, without=("before", "after"),
            extra=tuple(self._rails(network)) if self.guard_rails else (),
        )  # fmt: skip

    def _straight(self, draws: Draws, k: int) -> Spiral:
        return Spiral(length_m=float(draws.value("straight_m", self.straight_m, k)))

    def _rails(self, network: Network) -> list[Part]:
        """Return guard rails on the outside of tight bends, from clothoid to clothoid."""
        road = network.road("road")
        parts = []
        for n, piece in enumerate(road.line.pieces):
            bend = piece.curve
            if not isinstance(bend, Spiral) or bend.start_per_m != bend.end_per_m or bend.start_per_m == 0.0:
                continue
            if abs(bend.start_per_m) > 1.0 / _RAIL_BELOW_M:
                ease = road.line.pieces[n - 1].curve.length_m / 2
                span = (piece.start_m - ease, piece.start_m + bend.length_m + ease)
                number = -3 if bend.start_per_m > 0 else 3
                parts += guard_rail(road, number, span, f"rail_{n}")
        return parts
