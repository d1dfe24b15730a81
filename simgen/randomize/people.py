"""People on pavements and crossings, alone and in groups."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, UniformInt, check_support, support
from simgen.randomize.pick import check_weights, names_by_category
from simgen.randomize.placement import Spot, stand_all
from simgen.randomize.vehicles import lanes_of, pick_lane
from simgen.scene.asset import Asset
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.streams import Draws

WALKING_MPS = 1.35
"""A pedestrian's usual pace."""


@dataclass(frozen=True, kw_only=True)
class Pedestrians:
    """Puts people on the pavements, and some on the crossings.

    Attributes:
        name: prefix of its factors.
        every: once per scene.
        count: how many; what finds no room beyond the lowest value is left out and counted.
        road: only pavements whose names start so; all of them by default.
        categories: what they are, with weights.
        tags: every model must carry all of these.
        on_crossing: share of them that cross the road at a crossing, where there is one.
        in_group: share of them that walk close to the one before.
        standing: share of those on the pavement that stand, facing any way.
        spacing_m: least distance between two.
        max_tries: places to draw for each.
    """

    kind: Literal["pedestrians"] = "pedestrians"
    name: str = "pedestrians"
    every: Literal["scene"] = "scene"
    count: AnyDistribution = UniformInt(low=4, high=16)
    road: str = ""
    categories: dict[str, float] = field(default_factory=lambda: {"person": 1.0})
    tags: tuple[str, ...] = ()
    on_crossing: float = 0.15
    in_group: float = 0.3
    standing: float = 0.3
    spacing_m: float = 0.15
    max_tries: int = 40

    def __post_init__(self) -> None:
        check_weights("categories", self.categories)
        check_support("count", self.count, 0, 1000)
        for key in ("on_crossing", "in_group", "standing"):
            if not 0.0 <= getattr(self, key) <= 1.0:
                raise ValueError(f"{key} must lie in 0 to 1, got {getattr(self, key)}")
        if self.spacing_m < 0 or self.max_tries < 1:
            raise ValueError(
                f"spacing_m must be 0 or more and max_tries 1 or more, got {self.spacing_m} and {self.max_tries}"
            )

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with people in it.

        Raises:
            PlacementError: the place has no pavement, or too few people found room.
        """
        pavements = lanes_of(scene, "walk", self.name, self.road)
        crossings = scene.areas("crossing")
        grounds = scene.areas("pavement") + crossings
        last: list[Spot] = []

        def propose(asset: Asset, rng: np.random.Generator) -> Spot | None:
            if last and rng.random() < self.in_group:
                spot = _beside(last[-1], rng)
                return spot if any(_holds(area, spot) for area in grounds) else None
            if crossings and rng.random() < self.on_crossing:
                spot = _crossing(crossings[int(rng.integers(len(crossings)))], rng)
            else:
                lane = pick_lane(pavements, rng)
                room = max(0.0, lane.width_m / 2 - asset.size_m[1] / 2 - 0.1)
                (x, y, z), heading = lane.point_at(
                    float(rng.uniform(0.0, lane.length_m)), float(rng.uniform(-room, room))
                )
                heading += math.pi * bool(lane.both_ways and rng.random() < 0.5) + float(rng.normal(0.0, 0.12))
                stands = bool(rng.random() < self.standing)
                spot = _walker(x, y, z, float(rng.uniform(-math.pi, math.pi)) if stands else heading, not stands)
            last.append(spot)
            return spot

        return stand_all(
            scene, draws, library, what=self.name, weights=self.categories,
            wanted=int(draws.value("count", self.count)), at_least=int(support(self.count)[0]),
            names=names_by_category(library, self.categories, self.tags), propose=propose,
            margins_m=(self.spacing_m, self.spacing_m), max_tries=self.max_tries,
        )  # fmt: skip


def _holds(area: Area, spot: Spot) -> bool:
    return abs(area.z_m - spot.z_m) < 0.01 and bool(area.contains(np.array([[spot.x_m, spot.y_m]]), 0.2)[0])


def _walker(x: float, y: float, z: float, heading: float, walks: bool) -> Spot:
    speed = WALKING_MPS * walks
    velocity = (speed * math.cos(heading), speed * math.sin(heading), 0.0)
    return Spot(x_m=x, y_m=y, z_m=z, heading_rad=heading, velocity_mps=velocity)


def _beside(other: Spot, rng: np.random.Generator) -> Spot:
    """Return a place half a step to one metre from another, on a side, walking along."""
    side = 1.0 if rng.random() < 0.5 else -1.0
    away, ahead = side * float(rng.uniform(0.55, 0.95)), float(rng.uniform(-0.4, 0.4))
    c, s = math.cos(other.heading_rad), math.sin(other.heading_rad)
    return Spot(
        x_m=other.x_m + c * ahead - s * away,
        y_m=other.y_m + s * ahead + c * away,
        z_m=other.z_m,
        heading_rad=other.heading_rad + float(rng.normal(0.0, 0.1)),
        velocity_mps=other.velocity_mps,
    )


def _crossing(area: Area, rng: np.random.Generator) -> Spot:
    """Return a place on a crossing, its heading across the road, which is along the area's heading or against it."""
    corners = np.asarray(area.corners_m)
    weights = rng.dirichlet(np.ones(len(corners)))
    x, y = (float(v) for v in weights @ corners)
    heading = math.radians(area.heading_deg) + math.pi * bool(rng.random() < 0.5) + float(rng.normal(0.0, 0.1))
    return _walker(x, y, area.z_m, heading, True)
