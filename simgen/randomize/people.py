"""People on pavements and crossings, alone and in groups."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, UniformInt, check_support, support
from simgen.randomize.pick import check_models, check_weights, names_by_category, weighted_names
from simgen.randomize.placement import Footprint, Spot, footprint, stand_all, stands_in
from simgen.randomize.vehicles import lanes_of, pick_lane
from simgen.scene.asset import Asset
from simgen.scene.region import Area, Lane
from simgen.scene.scene import Instance, Scene
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
        models: weights of models by the beginning of their name, such as ``families/child: 0.5``; 1 for all others.
        standing: share of them that stand, facing any way; the others walk. A model made walking walks, one made
            standing stands, and one without either tag does both.
        on_crossing: share of the walking ones that cross the road at a crossing, where there is one.
        waiting: share of the standing ones that wait at a crossing's kerb, facing the road, where there is one.
        in_group: share that join one that walks, or stands, as they do.
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
    models: dict[str, float] = field(default_factory=dict)
    standing: float = 0.3
    on_crossing: float = 0.15
    waiting: float = 0.0
    in_group: float = 0.3
    spacing_m: float = 0.15
    max_tries: int = 40

    def __post_init__(self) -> None:
        check_weights("categories", self.categories)
        check_models(self.models)
        check_support("count", self.count, 0, 1000)
        for key in ("standing", "on_crossing", "waiting", "in_group"):
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
        kerbs = scene.areas("crossing_wait") if self.waiting else ()
        grounds = scene.areas("pavement") + crossings + kerbs

        def propose(asset: Asset, placed: Sequence[Instance], rng: np.random.Generator) -> Spot | None:
            stands = _stands(asset, rng, self.standing)
            others = [o for o in placed if any(o.velocity_mps) != stands]
            if others and rng.random() < self.in_group:
                spot = _beside(others[int(rng.integers(len(others)))], stands, rng)
            elif kerbs and stands and rng.random() < self.waiting:
                spot = _waiting(kerbs[int(rng.integers(len(kerbs)))], rng)
            elif crossings and not stands and rng.random() < self.on_crossing:
                spot = _crossing(crossings[int(rng.integers(len(crossings)))], rng)
            else:
                spot = _on_pavement(pick_lane(pavements, rng), stands, rng)
            low = footprint(asset, spot)
            ground = next((area for area in grounds if _holds(area, low, spot.z_m)), None)
            return None if ground is None else replace(spot, z_m=ground.height(spot.x_m, spot.y_m))

        kinds, weights = weighted_names(*self._by_gait(library), self.models)
        return stand_all(
            scene, draws, library, what=self.name, weights=weights,
            wanted=int(draws.value("count", self.count)), at_least=int(support(self.count)[0]),
            names=kinds, propose=propose,
            margins_m=(self.spacing_m, self.spacing_m), max_tries=self.max_tries,
        )  # fmt: skip

    def _by_gait(self, library: Library) -> tuple[dict[str, tuple[str, ...]], dict[str, float]]:
        """Return the models and weights of every category, split into those that may stand and those that may walk."""
        models = names_by_category(library, self.categories, self.tags)
        kinds: dict[str, tuple[str, ...]] = {}
        weights: dict[str, float] = {}
        for gait, unlike, share in (
            ("standing", "walking", self.standing),
            ("walking", "standing", 1.0 - self.standing),
        ):
            for category, names in models.items():
                others = set(library.names(category, tags=(*self.tags, unlike)))
                fit = tuple(name for name in names if name not in others)
                if fit and share > 0:
                    kinds[f"{category} {gait}"], weights[f"{category} {gait}"] = fit, self.categories[category] * share
        return (kinds, weights) if kinds else (models, self.categories)


def _stands(asset: Asset, rng: np.random.Generator, standing: float) -> bool:
    return "standing" in asset.tags or ("walking" not in asset.tags and bool(rng.random() < standing))


def _holds(area: Area, low: Footprint, z_m: float) -> bool:
    # On a slope, who stands beside another stands higher or lower.
    least = 0.01 if not any(area.slope) else 0.3
    return abs(area.height(low.x_m, low.y_m) - z_m) < least and stands_in(area, low, 0.02)


def _on_pavement(lane: Lane, stands: bool, rng: np.random.Generator) -> Spot:
    along, left = float(rng.uniform(0.0, lane.length_m)), float(rng.uniform(-0.5, 0.5)) * lane.width_m
    (x, y, z), heading = lane.point_at(along, left)
    if stands:
        return _person(x, y, z, float(rng.uniform(-math.pi, math.pi)), walks=False)
    turn = math.pi * bool(lane.both_ways and rng.random() < 0.5) + float(rng.normal(0.0, 0.12))
    return _person(x, y, z, heading + turn, walks=True)


def _person(x: float, y: float, z: float, heading: float, walks: bool) -> Spot:
    speed = WALKING_MPS * walks
    velocity = (speed * math.cos(heading), speed * math.sin(heading), 0.0)
    return Spot(x_m=x, y_m=y, z_m=z, heading_rad=heading, velocity_mps=velocity)


def _beside(other: Instance, stands: bool, rng: np.random.Generator) -> Spot:
    """Return a place close to another: abreast and going the same way, or standing face to face."""
    x, y, z = other.world_from_object.translation_m
    heading = other.world_from_object.yaw_rad
    if stands:
        towards, away = heading + float(rng.normal(0.0, 0.5)), float(rng.uniform(0.7, 1.2))
        turned = towards + math.pi + float(rng.normal(0.0, 0.3))
        return _person(x + away * math.cos(towards), y + away * math.sin(towards), z, turned, walks=False)
    side = 1.0 if rng.random() < 0.5 else -1.0
    away, ahead = side * float(rng.uniform(0.65, 0.95)), float(rng.uniform(-0.4, 0.4))
    c, s = math.cos(heading), math.sin(heading)
    return _person(x + c * ahead - s * away, y + s * ahead + c * away, z, heading, walks=True)


def _waiting(area: Area, rng: np.random.Generator) -> Spot:
    """Return a place near the kerb of a waiting area, which faces the road."""
    corners = np.asarray(area.corners_m)
    weights = rng.dirichlet(np.ones(len(corners)))
    x, y = (float(v) for v in weights @ corners)
    return _person(x, y, area.z_m, math.radians(area.heading_deg) + float(rng.normal(0.0, 0.35)), walks=False)


def _crossing(area: Area, rng: np.random.Generator) -> Spot:
    """Return a place on a crossing, its heading across the road, which is along the area's heading or against it."""
    corners = np.asarray(area.corners_m)
    weights = rng.dirichlet(np.ones(len(corners)))
    x, y = (float(v) for v in weights @ corners)
    heading = math.radians(area.heading_deg) + math.pi * bool(rng.random() < 0.5) + float(rng.normal(0.0, 0.1))
    return _person(x, y, area.z_m, heading, walks=True)
