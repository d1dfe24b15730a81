"""Vehicles on the road: moving traffic on lanes, and parked ones at the kerb."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, TruncatedNormal, Uniform, UniformInt, check_support, support
from simgen.errors import PlacementError
from simgen.randomize.actors import seated_on
from simgen.randomize.pick import check_models, check_weights, names_by_category, weighted_names
from simgen.randomize.placement import Spot, footprint, stand_all, stays_inside
from simgen.scene.asset import Asset
from simgen.scene.region import Lane
from simgen.scene.scene import Instance, Scene
from simgen.streams import Draws


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Puts vehicles on the lanes, within their edges, heading and moving as the lane does.

    Bicycles and motorcycles, which are not among them unless asked for, are ridden by adults of the families.

    Attributes:
        name: prefix of its factors.
        every: once per scene.
        count: how many vehicles; what finds no room beyond the lowest value is left out and counted.
        road: only lanes whose names start so (a place names its roads, such as ``street``); all of them by default.
        categories: what they are, with weights.
        tags: every model must carry all of these.
        models: weights of models by the beginning of their name, such as ``families/hatchback: 3``; 1 for all others.
        lateral_m: offset of each from its lane's middle, to the left.
        heading_jitter_deg: how far each is turned from the lane's direction.
        speed_mps: of each.
        gap_m: least distance ahead and behind.
        max_tries: places to draw for each.
    """

    kind: Literal["traffic"] = "traffic"
    name: str = "traffic"
    every: Literal["scene"] = "scene"
    count: AnyDistribution = UniformInt(low=4, high=14)
    road: str = ""
    categories: dict[str, float] = field(default_factory=lambda: {"car": 10.0, "van": 1.5, "truck": 0.7, "bus": 0.5})
    tags: tuple[str, ...] = ()
    models: dict[str, float] = field(default_factory=dict)
    lateral_m: AnyDistribution = TruncatedNormal(mean=0.0, std=0.15, low=-0.4, high=0.4)
    heading_jitter_deg: AnyDistribution = TruncatedNormal(mean=0.0, std=1.2, low=-4.0, high=4.0)
    speed_mps: AnyDistribution = TruncatedNormal(mean=9.0, std=4.0, low=0.0, high=16.0)
    gap_m: float = 2.5
    max_tries: int = 60

    def __post_init__(self) -> None:
        check_weights("categories", self.categories)
        check_models(self.models)
        check_support("count", self.count, 0, 500)
        check_support("lateral_m", self.lateral_m, -3.0, 3.0)
        check_support("heading_jitter_deg", self.heading_jitter_deg, -180.0, 180.0)
        check_support("speed_mps", self.speed_mps, 0.0, 90.0)
        _check_room(self.gap_m, self.max_tries)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with its traffic.

        Raises:
            PlacementError: the place has no lane, or too few vehicles found room.
        """
        lanes = lanes_of(scene, "drive", self.name, self.road)

        def propose(asset: Asset, _: Sequence[Instance], rng: np.random.Generator) -> Spot | None:
            lane = pick_lane(lanes, rng)
            along = _along(lane, asset, rng)
            lateral, turn = float(self.lateral_m.sample(rng)), math.radians(float(self.heading_jitter_deg.sample(rng)))
            speed = float(self.speed_mps.sample(rng))
            if along is None:
                return None
            (x, y, z), heading = lane.point_at(along, lateral)
            heading += turn
            pitch = lane.pitch_at(along)
            level = speed * math.cos(pitch)
            velocity = (level * math.cos(heading), level * math.sin(heading), speed * math.sin(pitch))
            spot = Spot(x_m=x, y_m=y, z_m=z, heading_rad=heading, velocity_mps=velocity, pitch_rad=pitch)
            return spot if stays_inside(lane, footprint(asset, spot)) else None

        names, weights = weighted_names(
            names_by_category(library, self.categories, self.tags), self.categories, self.models
        )
        filled = stand_all(
            scene, draws, library, what=self.name, weights=weights,
            wanted=int(draws.value("count", self.count)), at_least=int(support(self.count)[0]),
            names=names, propose=propose, margins_m=(self.gap_m, 0.25), max_tries=self.max_tries,
        )  # fmt: skip
        return filled.adding(*_riders(filled, len(scene.objects), draws, library))


@dataclass(frozen=True, kw_only=True)
class Parked:
    """Parks vehicles along the kerb; those too wide for the parking lane find no place.

    Attributes:
        name: prefix of its factors.
        every: once per scene.
        occupancy: share of the parking places that are taken, a place being ``place_m`` long.
        place_m: see above.
        categories: what they are, with weights.
        tags: every model must carry all of these.
        models: weights of models by the beginning of their name, as of `Traffic`.
        facing_back: share that stand against the lane's direction.
        gap_m: least distance between two.
        heading_jitter_deg: how far each is turned.
        max_tries: places to draw for each.
    """

    kind: Literal["parked"] = "parked"
    name: str = "parked"
    every: Literal["scene"] = "scene"
    occupancy: AnyDistribution = Uniform(low=0.3, high=0.85)
    place_m: float = 6.0
    categories: dict[str, float] = field(
        default_factory=lambda: {"car": 10.0, "van": 1.0, "motorcycle": 0.6, "bicycle": 0.4}
    )
    tags: tuple[str, ...] = ()
    models: dict[str, float] = field(default_factory=dict)
    facing_back: float = 0.08
    gap_m: float = 0.5
    heading_jitter_deg: AnyDistribution = TruncatedNormal(mean=0.0, std=0.8, low=-4.0, high=4.0)
    max_tries: int = 40

    def __post_init__(self) -> None:
        check_weights("categories", self.categories)
        check_models(self.models)
        check_support("occupancy", self.occupancy, 0.0, 1.0)
        check_support("heading_jitter_deg", self.heading_jitter_deg, -180.0, 180.0)
        if not 0.0 <= self.facing_back <= 1.0:
            raise ValueError(f"facing_back must lie in 0 to 1, got {self.facing_back}")
        if not self.place_m > 0:
            raise ValueError(f"place_m must be above 0, got {self.place_m}")
        _check_room(self.gap_m, self.max_tries)

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with parked vehicles; a place without parking lanes gets none."""
        lanes = scene.lanes("park")
        if not lanes:
            draws.note("placed", 0)
            return scene

        def propose(asset: Asset, _: Sequence[Instance], rng: np.random.Generator) -> Spot | None:
            lane = pick_lane(lanes, rng)
            along = _along(lane, asset, rng)
            turn = math.pi * bool(rng.random() < self.facing_back)
            turn += math.radians(float(self.heading_jitter_deg.sample(rng)))
            if along is None:
                return None
            (x, y, z), heading = lane.point_at(along)
            pitch = lane.pitch_at(along) * math.cos(turn)
            spot = Spot(x_m=x, y_m=y, z_m=z, heading_rad=heading + turn, pitch_rad=pitch)
            return spot if stays_inside(lane, footprint(asset, spot)) else None

        share = float(draws.value("occupancy", self.occupancy))
        places = sum(lane.length_m for lane in lanes) / self.place_m
        names, weights = weighted_names(
            names_by_category(library, self.categories, self.tags), self.categories, self.models
        )
        return stand_all(
            scene, draws, library, what=self.name, weights=weights, wanted=round(share * places), at_least=0,
            names=names, propose=propose,
            margins_m=(self.gap_m, 0.1), max_tries=self.max_tries,
        )  # fmt: skip


def lanes_of(scene: Scene, use: Literal["drive", "walk"], who: str, road: str = "") -> tuple[Lane, ...]:
    """Return the lanes of one use whose names start with ``road``.

    Raises:
        PlacementError: there are none; ``who`` is who needs them.
    """
    lanes = scene.lanes(use)
    if not lanes:
        raise PlacementError(f"'{who}' needs lanes to {use} on, and this place has none; take it out of the recipe")
    chosen = tuple(lane for lane in lanes if lane.name.startswith(road))
    if not chosen:
        roads = sorted({lane.name.split("/")[0] for lane in lanes})
        raise PlacementError(f"'{who}': no lane to {use} on is part of {road!r}; this place has {', '.join(roads)}")
    return chosen


def pick_lane(lanes: tuple[Lane, ...], rng: np.random.Generator) -> Lane:
    """Return one of the lanes, by length."""
    edges = np.cumsum([lane.length_m for lane in lanes])
    return lanes[min(int(np.searchsorted(edges, rng.uniform(0.0, edges[-1]), side="right")), len(lanes) - 1)]


_RIDDEN = ("bicycle", "motorcycle")
_RIDERS = "families/adult_standing"


def _riders(scene: Scene, first: int, draws: Draws, library: Library) -> list[Instance]:
    """Return an adult for each bicycle and motorcycle among the objects from ``first`` on, moving along with it."""
    found: list[Instance] = []
    for k, vehicle in enumerate(scene.objects[first:]):
        if vehicle.category not in _RIDDEN:
            continue
        names = [n for n in library.names("person") if n.startswith(_RIDERS)]
        seated = seated_on(vehicle.category, names[int(draws.rng("rider", k).integers(len(names)))]) if names else None
        if seated is None:
            raise PlacementError(
                f"{vehicle.name!r} needs a rider, and the recipe's assets have no {_RIDERS}; add families, or "
                f"leave {vehicle.category} out of its categories"
            )
        draws.note("rider", seated[0].name, k)
        found.append(
            Instance(
                id=scene.next_id + len(found),
                name=f"{vehicle.name}_rider",
                asset=seated[0],
                world_from_object=vehicle.world_from_object @ seated[1],
                velocity_mps=vehicle.velocity_mps,
            )
        )
    return found


def _along(lane: Lane, asset: Asset, rng: np.random.Generator) -> float | None:
    """Return a place along a lane that keeps all of an asset on it, or None where the lane is too short."""
    half = asset.size_m[0] / 2
    return None if lane.length_m <= 2 * half else float(rng.uniform(half, lane.length_m - half))


def _check_room(gap_m: float, max_tries: int) -> None:
    if gap_m < 0 or max_tries < 1:
        raise ValueError(f"gap_m must be 0 or more and max_tries 1 or more, got {gap_m} and {max_tries}")
