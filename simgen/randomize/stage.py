"""Where an encounter is: the rig's vehicle on its way, and how the others are placed by it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from simgen.distributions import AnyDistribution, Constant, check_support
from simgen.errors import PlacementError
from simgen.geometry.pose import Pose, at
from simgen.randomize.actors import Actor, Cast, laid
from simgen.randomize.off_road import with_wheels_on_ground
from simgen.scene.asset import Asset
from simgen.scene.crossings import Turn, lane_across, meeting_of
from simgen.scene.footing import with_feet_on_ground
from simgen.scene.region import Lane
from simgen.scene.scene import Scene
from simgen.scene.track import Track, level_track
from simgen.scene.ways import Pace, Way, follow, ground_height, straight_way, way_along

_REACH_M = 150.0


@dataclass(frozen=True, kw_only=True)
class EgoVehicle:
    """The vehicle that carries the rig, unbraked up to the impact; the rig is at its middle, on the ground.

    Attributes:
        speed_kmh: until it brakes.
        brakes_s: when it begins to brake, at 7 m/s2, not before the impact; null for never.
        way: which lanes it may take: ``straight``, or through a junction ``turn_left`` or ``turn_right``.
        reverses: whether it goes backwards, so that its rear end meets.
        lane: words that the lane's name must contain.
        lateral_m: its offset to the left of the lane's middle.
        before_crossing_m: how far before the first lane from the left that its own crosses its front is at the impact;
            null for anywhere.
        before_bend_m: how far before its lane's first bend its front is at the impact, negative for in it, whichever
            way it bends; null for anywhere on a lane that goes ``way``.
        length_m, width_m: of it.
    """

    speed_kmh: AnyDistribution = Constant(value=40.0)
    brakes_s: float | None = None
    way: Turn = "straight"
    reverses: bool = False
    lane: str = ""
    lateral_m: AnyDistribution = Constant(value=0.0)
    before_crossing_m: AnyDistribution | None = None
    before_bend_m: AnyDistribution | None = None
    length_m: float = 4.5
    width_m: float = 1.85

    def __post_init__(self) -> None:
        check_support("speed_kmh", self.speed_kmh, 0.0, 200.0)
        check_support("lateral_m", self.lateral_m, -2.0, 2.0)
        if self.before_crossing_m is not None:
            check_support("before_crossing_m", self.before_crossing_m, -50.0, 100.0)
        if self.before_bend_m is not None:
            check_support("before_bend_m", self.before_bend_m, -50.0, 100.0)
        if not (0.5 <= self.length_m <= 25.0 and 0.3 <= self.width_m <= 3.5):
            raise ValueError(
                f"length_m must lie in 0.5 to 25 and width_m in 0.3 to 3.5, got {self.length_m} and {self.width_m}"
            )


@dataclass(frozen=True, kw_only=True, eq=False)
class Stage:
    """The ego vehicle's way, the impact's place along it, and which side of it is near: -1 for the right."""

    scene: Scene
    way: Way
    lane: Lane
    along_m: float
    speed_mps: float
    near: float
    impact_s: float
    ego: EgoVehicle

    def point(self, ahead_m: float, left_m: float) -> np.ndarray:
        """Return the (2,) place ahead and to the left of the ego vehicle's front at the impact."""
        middle, heading = self.way.frame(self.along_m)
        c, s = math.cos(heading), math.sin(heading)
        return middle + np.array([c * ahead_m - s * left_m, s * ahead_m + c * left_m])

    @property
    def heading_rad(self) -> float:
        """Of the ego vehicle's way at the impact."""
        return self.way.frame(self.along_m)[1]

    def lateral_m(self, drawn: Mapping[str, float], width_m: float) -> float:
        """Return how far left of the ego vehicle's middle an actor is met."""
        ego = self.ego.width_m
        overlap = drawn.get("overlap_percent")
        if overlap is None:
            return self.near * (0.5 - drawn["impact_percent"] / 100.0) * ego
        if abs(overlap) >= 100.0:
            return 0.0
        # Covered on its near side, it is offset to the near side.
        side = self.near if overlap > 0 else -self.near
        return side * (ego / 2 + width_m / 2 - abs(overlap) / 100.0 * ego)


def moving_track(actor: Actor, drawn: dict[str, float], who: Cast, stage: Stage, until_s: float) -> Track:
    """Return the track of an actor that has a way to go, its feet on the ground."""
    track = _track_of(actor, drawn, who, stage, until_s)
    if actor.off_road:
        return with_wheels_on_ground(stage.scene, track, who.asset, drawn["scale"])
    return with_feet_on_ground(stage.scene, track)


def _track_of(actor: Actor, drawn: dict[str, float], who: Cast, stage: Stage, until_s: float) -> Track:
    length, width = (v * drawn["scale"] for v in who.asset.size_m[:2])
    speed, scene = drawn["speed_kmh"] / 3.6, stage.scene
    if actor.course == "lane":
        lane = lane_across(scene, actor.lane, stage.lane)
        met = None if lane is None else meeting_of(lane, stage.lane)
        if lane is None or met is None:
            raise PlacementError(f"{actor.name!r}: no lane {actor.lane!r} meets {stage.lane.name!r}")
        pace = Pace(speed_mps=speed, meet_s=stage.impact_s)
        along = met[0] + drawn["ahead_m"]
        return follow(scene, way_along(lane.centre_m), along, pace, until_s, gait=who.gait, backwards=actor.reverses)
    if actor.course == "crossing":
        side = stage.near if actor.side == "near" else -stage.near
        left = drawn["left_m"]
        if actor.meets:
            left = stage.near * (0.5 - drawn["impact_percent"] / 100.0) * stage.ego.width_m
        ahead = width / 2 if actor.meets else drawn["ahead_m"]
        heading = stage.heading_rad - side * math.pi / 2 + math.radians(drawn["heading_deg"])
        pace = Pace(
            speed_mps=speed, meet_s=stage.impact_s, accelerate_m=drawn["accelerate_m"],
            start_m=None if "start_m" not in drawn else drawn["start_m"] + side * left,
        )  # fmt: skip
        way = straight_way(stage.point(ahead, left), heading, 40.0, 40.0)
        return follow(scene, way, 40.0, pace, until_s, gait=who.gait, backwards=actor.reverses)
    left = stage.lateral_m(drawn, width) if actor.meets else _beside(actor, drawn, width, stage)
    ahead = length / 2 if actor.meets else drawn["ahead_m"]
    heading = stage.heading_rad + (math.pi if actor.oncoming else 0.0) + math.radians(drawn["heading_deg"])
    way = _drifting(drawn, stage.point(ahead, left), heading)
    pace = _along_pace(drawn, speed, stage)
    track = follow(scene, way, _REACH_M, pace, until_s, gait=who.gait, backwards=actor.reverses)
    return track if "spin_deg" not in drawn else _spinning(track, drawn, pace)


def _drifting(drawn: dict[str, float], end: np.ndarray, heading_rad: float) -> Way:
    """Return the way through ``end`` that comes from ``drift_m`` beside it, over ``drift_over_m`` of its length.

    The shift follows s^3 (10 - 15 s + 6 s^2): no jump of direction or curvature at either end.
    """
    if "drift_m" not in drawn:
        return straight_way(end, heading_rad, _REACH_M, _REACH_M)
    along = np.unique(np.concatenate([np.arange(-_REACH_M, _REACH_M, 1.0), [_REACH_M]]))
    beside = drawn["drift_m"] * (1.0 - _drifted(drawn, along))
    c, d = math.cos(heading_rad), math.sin(heading_rad)
    return way_along(end + np.column_stack([c * along - d * beside, d * along + c * beside]))


def _drifted(drawn: dict[str, float], along_m: np.ndarray) -> np.ndarray:
    """Return (N,) shares, 0 to 1, of its drift that are over at distances along its way."""
    s = np.clip((along_m + drawn["drift_ends_m"] + drawn["drift_over_m"]) / drawn["drift_over_m"], 0.0, 1.0)
    return s**3 * (10.0 - 15.0 * s + 6.0 * s**2)


def _spinning(track: Track, drawn: dict[str, float], pace: Pace) -> Track:
    """Return a track whose body turns about the vertical as it drifts: it slides on, no longer where it faces."""
    turned = math.radians(drawn["spin_deg"]) * _drifted(drawn, pace.at(track.time_s)[0])
    heading = np.unwrap([track.at(float(t)).pose.yaw_rad for t in track.time_s])
    return level_track(track.time_s, track.position_m, track.velocity_mps, heading + turned)


def _along_pace(drawn: dict[str, float], speed: float, stage: Stage) -> Pace:
    """Return the pace of what goes along; a lead that brakes is met when its headway is used up.

    At equal speeds a gap h closes while the lead brakes at a: h = a t^2 / 2, until it stands after v / a, from when on
    it closes at the ego vehicle's speed.
    """
    if "headway_m" not in drawn:
        return Pace(
            speed_mps=speed, meet_s=stage.impact_s, start_m=drawn.get("start_m"), accelerate_m=drawn["accelerate_m"]
        )
    gap, brake, ego = drawn["headway_m"], drawn["brake_mps2"], stage.speed_mps
    stop_s = speed / brake
    closing = ego - speed
    # closing * t + brake t^2 / 2 = gap while the lead still rolls.
    root = (-closing + math.sqrt(closing**2 + 2 * brake * gap)) / brake
    taken_s = root if root <= stop_s else (gap + speed**2 / (2 * brake)) / ego
    return Pace(speed_mps=speed, meet_s=stage.impact_s, brakes_s=stage.impact_s - taken_s, brake_mps2=brake)


def standing_pose(actor: Actor, drawn: dict[str, float], asset: Asset, stage: Stage) -> Pose:
    """Return the pose of what stays."""
    lying = laid(asset, actor.lying)
    turn = (math.pi if actor.oncoming else 0.0) + math.radians(drawn["heading_deg"])
    there = (at(0.0, 0.0, 0.0, turn) @ lying).apply(asset.mesh.vertices * drawn["scale"])
    (x0, y0), (x1, y1) = there[:, :2].min(axis=0), there[:, :2].max(axis=0)
    if actor.meets:
        ahead, left = -float(x0), stage.lateral_m(drawn, float(y1 - y0)) - float(y0 + y1) / 2
    else:
        ahead = drawn["ahead_m"] - {"first_end": float(x0), "middle": 0.0, "last_end": float(x1)}[actor.anchor]
        left = _beside(actor, drawn, float(y1 - y0), stage)
    x, y = stage.point(ahead, left)
    z = float(ground_height(stage.scene, np.array([[x, y]]))[0])
    pose = at(float(x), float(y), z + drawn["up_m"], stage.heading_rad + turn) @ lying
    if drawn["scale"] == 1.0:
        return pose
    lift = float(lying.translation_m[2]) * (drawn["scale"] - 1.0)
    return Pose(pose.rotation_wxyz, (pose.translation_m[0], pose.translation_m[1], pose.translation_m[2] + lift))


def _beside(actor: Actor, drawn: dict[str, float], width_m: float, stage: Stage) -> float:
    """Return how far left of the ego vehicle's middle something is that it does not meet."""
    if "beside_m" not in drawn:
        return drawn["left_m"]
    side = stage.near if actor.side == "near" else -stage.near
    return side * (stage.ego.width_m / 2 + drawn["beside_m"] + width_m / 2)
