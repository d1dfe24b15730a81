"""Actors of an encounter: what they are, how they go, and how they stand."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.spatial import ConvexHull

from simgen.assets.categories import category as check_category
from simgen.assets.families.gait import rider as riding
from simgen.assets.families.gait import walker
from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Constant, check_support
from simgen.errors import PlacementError
from simgen.geometry.pose import Pose, about
from simgen.scene.asset import Asset
from simgen.scene.track import Gait
from simgen.streams import Draws

Side = Literal["near", "far"]
Lying = Literal["upright", "on_left_side", "on_right_side", "on_back", "on_front", "upside_down", "felled"]

_SADDLE = {
    "bicycle": (-0.16, 0.93, 18.0, 62.0, 38.0, 60.0),
    "motorcycle": (-0.22, 0.80, 12.0, 78.0, 38.0, 58.0),
    "wheelchair": (-0.10, 0.60, 0.0, 84.0, 0.0, 12.0),
}
"""Of what sits on it: hips before the middle and above the ground (m), the trunk's lean, the higher thigh's lift, how
much lower the other is, and the arms' lift (degrees)."""


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Somebody or something in an encounter; it is placed by where the ego vehicle's front is at the impact.

    Lengths along are from there, ahead of the ego vehicle; ``near`` is the side of the road that traffic keeps to.

    Attributes:
        name: unique in the encounter.
        category: what it is.
        models: beginnings of model names to choose among, such as ``families/child_walking``; all of the category's.
        tags: words its models must all have.
        rider: beginning of the model name of who rides it; null for nobody.
        course: ``crossing`` walks straight across the ego vehicle's way, ``along`` keeps its direction or the
            opposite one, ``lane`` follows the lane named by ``lane``, ``standing`` stays.
        meets: whether it is where the ego vehicle's front is at the impact; else it is placed by ``ahead_m``.
        side: from which side it comes, or on which it stands.
        oncoming: whether it faces the ego vehicle, for ``along`` and ``standing``.
        lane: for ``lane``, which of the lanes that cross or join the ego vehicle's: ``from_right``, ``from_left``,
            ``oncoming`` for straight ones, those with ``_turning_left`` or ``_turning_right`` after them for others, or
            words of its name.
        reverses: whether it goes backwards, for ``along``, ``crossing`` and ``lane``.
        speed_kmh: of what moves.
        start_m: how far from the middle of the ego vehicle's way (for ``along``, before its place at the impact) it
            stands at first; null for moving all along.
        accelerate_m: the distance over which it gets to its speed.
        impact_percent: where on the ego vehicle's front it is met, from the near side; for ``crossing``, ``along``.
        overlap_percent: share of the ego vehicle's width that it covers, for ``along`` and ``standing``; negative where
            it is offset to the far side, 100 for in line. Takes the place of ``impact_percent``.
        drift_m: for ``along``, how far to the left of its final line it comes from, as it faces; null for a straight
            way. Lane changes, cutting in, pulling out.
        drift_over_m: length of its way over which it drifts.
        drift_ends_m: how far before its place at the impact the drift is over.
        spin_deg: for ``along``, how far it turns to its left over ``drift_over_m`` of its way, sliding: control lost.
        off_road: for ``along``, whether it stands and tilts on whatever ground is below its wheels, off the lanes too.
        headway_m: distance ahead at which it begins to brake, for ``along``; null for not at all.
        brake_mps2: how hard it brakes.
        ahead_m: of what does not meet: where its middle is (at the impact, if it moves), or its front or rear end.
        anchor: which part of it ``ahead_m`` is of, the ends as the ego vehicle passes them.
        beside_m: its clear distance from the ego vehicle's side; null for ``left_m``.
        left_m: its middle, to the left of the ego vehicle's.
        heading_deg: turned to the left of the direction that its course or ``oncoming`` gives it.
        up_m: how high it is above the ground, or above its carrier's.
        lying: how it lies on the ground; ``felled`` to its left side, on its foot and its crown.
        scale: its size beside the model's.
        count: how many of it, each drawn anew.
        spread_m: how far the further ones are strewn about its place, ahead and to the left.
        carrier: name of the actor before it in the list that carries it, for ``standing``; ``ahead_m`` and ``left_m``
            are from the carrier's middle then.
        falls_s: when its carrier loses it, for physics on record; null for never.
        crashes_into: name of an actor before it in the list: once they touch, physics moves both.
    """

    name: str
    category: str = "person"
    models: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    rider: str | None = None
    course: Literal["crossing", "along", "lane", "standing"] = "crossing"
    meets: bool = True
    side: Side = "near"
    oncoming: bool = False
    lane: str = ""
    reverses: bool = False
    speed_kmh: AnyDistribution = Constant(value=5.0)
    start_m: AnyDistribution | None = None
    accelerate_m: AnyDistribution = Constant(value=0.0)
    impact_percent: AnyDistribution = Constant(value=50.0)
    overlap_percent: AnyDistribution | None = None
    drift_m: AnyDistribution | None = None
    drift_over_m: AnyDistribution = Constant(value=25.0)
    drift_ends_m: AnyDistribution = Constant(value=0.0)
    spin_deg: AnyDistribution | None = None
    off_road: bool = False
    headway_m: AnyDistribution | None = None
    brake_mps2: AnyDistribution = Constant(value=6.0)
    ahead_m: AnyDistribution = Constant(value=0.0)
    anchor: Literal["first_end", "middle", "last_end"] = "middle"
    beside_m: AnyDistribution | None = None
    left_m: AnyDistribution = Constant(value=0.0)
    heading_deg: AnyDistribution = Constant(value=0.0)
    up_m: AnyDistribution = Constant(value=0.0)
    lying: Lying = "upright"
    scale: AnyDistribution = Constant(value=1.0)
    count: int = 1
    spread_m: tuple[float, float] = (0.0, 0.0)
    carrier: str | None = None
    falls_s: AnyDistribution | None = None
    crashes_into: str | None = None

    def __post_init__(self) -> None:
        check_category(self.category)
        check_support("speed_kmh", self.speed_kmh, 0.0, 200.0)
        check_support("accelerate_m", self.accelerate_m, 0.0, 100.0)
        check_support("impact_percent", self.impact_percent, -50.0, 150.0)
        check_support("brake_mps2", self.brake_mps2, 0.1, 12.0)
        check_support("ahead_m", self.ahead_m, -100.0, 150.0)
        check_support("left_m", self.left_m, -60.0, 60.0)
        check_support("heading_deg", self.heading_deg, -180.0, 180.0)
        check_support("scale", self.scale, 0.05, 20.0)
        for key, low, high in (("start_m", 0.1, 60.0), ("headway_m", 1.0, 100.0), ("beside_m", -3.0, 30.0),
                               ("overlap_percent", -125.0, 125.0), ("drift_m", -15.0, 15.0),
                               ("spin_deg", -720.0, 720.0)):  # fmt: skip
            value = getattr(self, key)
            if value is not None:
                check_support(key, value, low, high)
        check_support("drift_over_m", self.drift_over_m, 2.0, 150.0)
        check_support("drift_ends_m", self.drift_ends_m, -100.0, 100.0)
        check_support("up_m", self.up_m, -0.5, 20.0)
        if not 1 <= self.count <= 200:
            raise ValueError(f"count must lie in 1 to 200, got {self.count}")
        if self.carrier is not None and self.course != "standing":
            raise ValueError(f"carrier is for course standing, got {self.course!r}")
        if self.falls_s is not None and self.carrier is None:
            raise ValueError("falls_s needs a carrier to fall from")
        if self.crashes_into is not None and self.course == "standing":
            raise ValueError("crashes_into is for what moves")
        if self.rider is not None and self.category not in _SADDLE:
            raise ValueError(f"rider: only {', '.join(_SADDLE)} carry one, got {self.category!r}")
        for key in ("headway_m", "drift_m", "spin_deg"):
            if getattr(self, key) is not None and self.course != "along":
                raise ValueError(f"{key} is for course along, got {self.course!r}")
        if self.off_road and (self.course != "along" or self.category == "person"):
            raise ValueError(f"off_road is for vehicles of course along, got {self.category!r} and {self.course!r}")
        if self.reverses and self.course == "standing":
            raise ValueError("reverses is for what moves")
        if self.course == "lane" and not self.lane:
            raise ValueError("course lane needs 'lane': from_right, from_left, oncoming, or words of the lane's name")

    @property
    def moves(self) -> bool:
        """Whether it has a way to go."""
        return self.course != "standing"


@dataclass(frozen=True, kw_only=True, eq=False)
class Cast:
    """Who plays an actor.

    Attributes:
        asset: its model.
        gait: of a walker.
        rider: who rides it.
        object_from_rider: where.
    """

    asset: Asset
    gait: Gait | None = None
    rider: Asset | None = None
    object_from_rider: Pose = Pose()


def cast(actor: Actor, draws: Draws, library: Library, k: int = 0) -> Cast:
    """Draw the models of an actor, or of the k-th of several.

    Raises:
        PlacementError: the recipe's sources have none that fits.
    """
    name = _choose(actor.category, actor.models, actor.tags, actor.name, draws, library, k)
    asset = library.load(name)
    gait = walker(name) if actor.category == "person" and actor.moves else None
    if actor.rider is None:
        return Cast(asset=asset if gait is None else gait.bodies[0], gait=gait)
    who = _choose("person", (actor.rider,), (), f"{actor.name}_rider", draws, library, k)
    seated = seated_on(actor.category, who)
    if seated is None:
        raise PlacementError(f"{actor.name!r}: {actor.rider!r} is no family of people that can ride")
    return Cast(asset=asset, rider=seated[0], object_from_rider=seated[1])


def seated_on(category: str, person: str) -> tuple[Asset, Pose] | None:
    """Return a model of a person sitting on a bicycle, motorcycle or in a wheelchair, and where; None if it cannot.

    Args:
        category: of what is ridden.
        person: name of the model, of one of the families that walk or stand.
    """
    back, high, *posture = _SADDLE[category]
    mounted = riding(person, *posture)
    if mounted is None:
        return None
    return mounted, Pose(translation_m=(back, 0.0, high - _hips_above_feet(mounted)))


def laid(asset: Asset, lying: Lying) -> Pose:
    """Return the turn that lays a model down, lifted so that its lowest point is on the ground."""
    axis, angle = {
        "upright": ((0.0, 0.0, 1.0), 0.0),
        "on_left_side": ((1.0, 0.0, 0.0), -90.0),
        "on_right_side": ((1.0, 0.0, 0.0), 90.0),
        "on_back": ((0.0, 1.0, 0.0), -90.0),
        "on_front": ((0.0, 1.0, 0.0), 90.0),
        "upside_down": ((1.0, 0.0, 0.0), 180.0),
        "felled": ((1.0, 0.0, 0.0), -90.0),
    }[lying]
    turn = about(axis, math.radians(angle))
    if lying == "felled":
        turn = about(axis, _settling_rad(turn.apply(asset.mesh.vertices))) @ turn
    low = turn.apply(asset.mesh.vertices)
    middle = (low.min(axis=0) + low.max(axis=0)) / 2
    if lying == "upright":
        return turn
    return Pose(turn.rotation_wxyz, (-float(middle[0]), -float(middle[1]), -float(low[:, 2].min())))


def _settling_rad(vertices: np.ndarray) -> float:
    """Return how far what lies along y turns about x until it rests on the longest of its hull's lower edges."""
    flat = vertices[:, 1:]
    start = flat[ConvexHull(flat).vertices]  # counter-clockwise: lower edges run along +y
    way = np.roll(start, -1, axis=0) - start
    y, z = way[np.where(way[:, 0] > 0.0, np.linalg.norm(way, axis=1), 0.0).argmax()]
    return -math.atan2(float(z), float(y))


def _choose(
    category: str, models: tuple[str, ...], tags: tuple[str, ...], factor: str, draws: Draws, library: Library, k: int
) -> str:
    names = [n for n in library.names(category, tags=tags) if not models or n.startswith(models)]
    if not names:
        raise PlacementError(
            f"no model of category {category!r} for {factor!r}: tags {tags}, names starting with {models or 'anything'}"
        )
    chosen = names[int(draws.rng(f"{factor}.model", k).integers(len(names)))]
    draws.note(f"{factor}.model" if k == 0 else f"{factor}.model_{k}", chosen)
    return chosen


def _hips_above_feet(body: Asset) -> float:
    """Return how high the hips of a sitting body are above its lowest point: about three tenths below its top."""
    return float(body.size_m[2]) * 0.44
