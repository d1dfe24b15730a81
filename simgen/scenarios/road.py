"""More of what makes a scenario on a road what it is: who changes lanes, backs up, is carried, what is overhead."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.geometry.rays import Rays
from simgen.randomize.encounter import Encounter
from simgen.scenarios.measures import actor_at, facing_signal, left_m
from simgen.scene.region import Lane
from simgen.scene.scene import Scene
from simgen.scene.sequence import scene_at
from simgen.simulate.contact import fall_m, penetration_m
from simgen.trace.tracer import Tracer


@dataclass(frozen=True, kw_only=True)
class ComesOver:
    """An actor comes from beside the ego vehicle's line into it: a lane change, pulling out, drifting.

    Attributes:
        actor: who.
        from_m: least and most distance of its middle at the first instant, to the left of the ego vehicle's.
        to_m: most distance at the impact, either side.
    """

    kind: Literal["comes_over"] = "comes_over"
    actor: str
    from_m: tuple[float, float]
    to_m: float


@dataclass(frozen=True, kw_only=True)
class Backs:
    """An actor moves backwards at the impact."""

    kind: Literal["backs"] = "backs"
    actor: str


@dataclass(frozen=True, kw_only=True)
class RestsOn:
    """An actor rests on another all the time: no higher above it than ``gap_m``, no deeper in it than ``depth_m``."""

    kind: Literal["rests_on"] = "rests_on"
    actor: str
    on: str
    gap_m: float = 0.05
    depth_m: float = 0.05


@dataclass(frozen=True, kw_only=True)
class Roofed:
    """The first camera is under a roof at the first instant, and open sky begins before it within ``open_m``.

    Attributes:
        open_m: least and most distance ahead to the open, at the first instant.
    """

    kind: Literal["roofed"] = "roofed"
    open_m: tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class ClosesIn:
    """An actor in the ego vehicle's own lane comes near.

    Attributes:
        actor: who.
        from_m: least and most distance of its middle ahead of the rig at the first instant; negative behind.
        to_m: the same at the impact.
        beside_m: most distance beside the ego vehicle's middle.
    """

    kind: Literal["closes_in"] = "closes_in"
    actor: str
    from_m: tuple[float, float]
    to_m: tuple[float, float]
    beside_m: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Slides:
    """An actor that goes where it faces at the first instant slides beside that by ``slip_deg`` or more later on."""

    kind: Literal["slides"] = "slides"
    actor: str
    slip_deg: float = 40.0


@dataclass(frozen=True, kw_only=True)
class LeavesRoad:
    """An actor is on a lane at the first instant, and its middle ``off_m`` or more beside all of them at the last."""

    kind: Literal["leaves_road"] = "leaves_road"
    actor: str
    off_m: float = 0.5


@dataclass(frozen=True, kw_only=True)
class Signals:
    """The traffic lights that face the ego vehicle and an actor at the first instant show these.

    Attributes:
        actor: who.
        shows: the lamp that is lit for it.
        ego: the lamp that is lit for the ego vehicle.
    """

    kind: Literal["signals"] = "signals"
    actor: str
    shows: Literal["red", "amber", "green"] = "red"
    ego: Literal["red", "amber", "green"] = "green"


RoadRelation = ComesOver | Backs | RestsOn | Roofed | ClosesIn | Slides | LeavesRoad | Signals


def broken_on_road(
    relation: RoadRelation, scene: Scene, encounter: Encounter, span_s: tuple[float, float]
) -> Iterator[str]:
    """Tell what of a relation does not hold; see `broken`."""
    match relation:
        case ComesOver():
            return _comes_over(relation, scene, encounter, span_s)
        case Backs():
            return _backs(relation, scene, encounter)
        case RestsOn():
            return _rests(relation, scene, encounter, span_s)
        case Roofed():
            return _roofed(relation, scene, span_s)
        case ClosesIn():
            return _closes_in(relation, scene, encounter, span_s)
        case Slides():
            return _slides(relation, scene, encounter, span_s)
        case LeavesRoad():
            return _leaves(relation, scene, encounter, span_s)
        case Signals():
            return _signals(relation, scene, encounter, span_s)


def _comes_over(relation: ComesOver, scene: Scene, encounter: Encounter, span_s: tuple[float, float]) -> Iterator[str]:
    first, last = (left_m(*actor_at(scene, encounter, relation.actor, t)) for t in (span_s[0], encounter.impact_s))
    low, high = relation.from_m
    if not low <= first <= high:
        yield f"comes_over: {relation.actor!r} is {first:.2f} m left at first, should be {low:g} to {high:g} m"
    if abs(last) > relation.to_m:
        yield f"comes_over: {relation.actor!r} is {last:.2f} m left at the impact, should be within {relation.to_m:g} m"


def _backs(relation: Backs, scene: Scene, encounter: Encounter) -> Iterator[str]:
    _, body = actor_at(scene, encounter, relation.actor, encounter.impact_s)
    yaw = body.world_from_object.yaw_rad
    ahead_mps = float(np.array([math.cos(yaw), math.sin(yaw)]) @ np.array(body.velocity_mps[:2]))
    if ahead_mps > -0.3:
        yield f"backs: {relation.actor!r} moves ahead at {ahead_mps:.1f} m/s, should move backwards"


def _rests(relation: RestsOn, scene: Scene, encounter: Encounter, span_s: tuple[float, float]) -> Iterator[str]:
    for time_s in span_s:
        _, body = actor_at(scene, encounter, relation.actor, time_s)
        _, under = actor_at(scene, encounter, relation.on, time_s)
        gap, depth = fall_m(body, under), penetration_m(body, under)
        if depth > relation.depth_m or (depth == 0.0 and gap > relation.gap_m):
            yield f"rests_on: {relation.actor!r} is {gap:.3f} m above and {depth:.3f} m deep in {relation.on!r}"


def _roofed(relation: Roofed, scene: Scene, span_s: tuple[float, float]) -> Iterator[str]:
    now = scene_at(scene, span_s[0])
    ahead = np.arange(0.0, 200.0, 1.0)
    points = now.world_from_rig.apply(np.column_stack([ahead, np.zeros(len(ahead)), np.full(len(ahead), 1.3)]))
    up = np.broadcast_to(np.array([0.0, 0.0, 1.0], np.float32), points.shape)
    rays = Rays(origin=points.astype(np.float32), direction=up, time_s=np.zeros(len(points), np.float32))
    opened = Tracer(now.objects).closest_hit(rays).instance_id == 0
    low, high = relation.open_m
    begins = float(ahead[opened.argmax()]) if opened.any() else math.inf
    if opened[0] or not low <= begins <= high:
        yield f"roofed: the open begins {begins:.0f} m ahead, should begin {low:g} to {high:g} m ahead"


def _closes_in(relation: ClosesIn, scene: Scene, encounter: Encounter, span_s: tuple[float, float]) -> Iterator[str]:
    for (low, high), time_s in ((relation.from_m, span_s[0]), (relation.to_m, encounter.impact_s)):
        now, body = actor_at(scene, encounter, relation.actor, time_s)
        x, y, _ = now.world_from_rig.inverse.apply(np.array(body.world_from_object.translation_m))
        if not low <= x <= high or abs(y) > relation.beside_m:
            yield (
                f"closes_in: {relation.actor!r} is {x:.1f} m ahead and {y:.1f} m left at {time_s:.2f} s, should be "
                f"{low:g} to {high:g} m ahead and within {relation.beside_m:g} m"
            )


def _slides(relation: Slides, scene: Scene, encounter: Encounter, span_s: tuple[float, float]) -> Iterator[str]:
    slips = []
    for time_s in np.linspace(*span_s, 25):
        _, body = actor_at(scene, encounter, relation.actor, float(time_s))
        vx, vy, _ = body.velocity_mps
        turn = math.degrees(body.world_from_object.yaw_rad - math.atan2(vy, vx))
        slips.append(abs((turn + 180.0) % 360.0 - 180.0))
    if slips[0] > 8.0:
        yield f"slides: {relation.actor!r} faces {slips[0]:.0f} degrees beside its way at first, should face along it"
    if max(slips) < relation.slip_deg:
        yield f"slides: {relation.actor!r} slips by {max(slips):.0f} degrees, should by {relation.slip_deg:g} or more"


def _leaves(relation: LeavesRoad, scene: Scene, encounter: Encounter, span_s: tuple[float, float]) -> Iterator[str]:
    beside = []
    for time_s in span_s:
        now, body = actor_at(scene, encounter, relation.actor, time_s)
        place = np.array(body.world_from_object.translation_m[:2])
        beside.append(min(_away_m(lane, place) - lane.width_m / 2 for lane in now.lanes("drive")))
    if beside[0] > 0.0:
        yield f"leaves_road: {relation.actor!r} is {beside[0]:.1f} m beside the lanes at first, should be on one"
    if beside[1] < relation.off_m:
        yield f"leaves_road: {relation.actor!r} ends {beside[1]:.1f} m off the lanes, should by {relation.off_m:g} m"


def _away_m(lane: Lane, place: np.ndarray) -> float:
    """Return how far a (2,) point is from a lane's middle line, which ends where it ends."""
    line = np.asarray(lane.centre_m)[:, :2]
    steps, offsets = np.diff(line, axis=0), place - line[:-1]
    share = np.clip((offsets * steps).sum(axis=1) / (steps * steps).sum(axis=1), 0.0, 1.0)
    return float(np.linalg.norm(offsets - share[:, None] * steps, axis=1).min())


def _signals(relation: Signals, scene: Scene, encounter: Encounter, span_s: tuple[float, float]) -> Iterator[str]:
    now, body = actor_at(scene, encounter, relation.actor, span_s[0])
    own = ("the vehicle", now.world_from_rig, relation.ego)
    for who, pose, wanted in ((repr(relation.actor), body.world_from_object, relation.shows), own):
        lit = facing_signal(now, pose)
        if lit != wanted:
            yield f"signals: {who} has {lit or 'no light'}, should have {wanted}"
