"""An encounter: the rig's vehicle and others on ways that meet at a set point and time, as test protocols have it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets.categories import category
from simgen.assets.library import Library
from simgen.distributions import AnyDistribution, Uniform
from simgen.errors import PlacementError
from simgen.geometry.pose import Pose, at
from simgen.randomize.actors import Actor, Cast, cast, laid
from simgen.randomize.placement import Footprint, Ground, Spot, footprint
from simgen.randomize.stage import EgoVehicle, Stage, moving_track, standing_pose
from simgen.randomize.vehicles import lanes_of
from simgen.scene.crossings import lane_across, meeting_of, parallel, turn_end, turn_of, turn_start
from simgen.scene.region import Lane
from simgen.scene.scene import Instance, Scene
from simgen.scene.track import Track, carried_track
from simgen.scene.ways import Pace, follow, way_along
from simgen.streams import Draws

_AFTER_S = 0.5
_EGO_BRAKES_MPS2 = 7.0
_CLEAR_M = 0.25
_SWEPT_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Encounter:
    """Lays out an encounter in a sequence: whoever `meets` is at the front of the unbraked ego vehicle at ``impact_s``.

    What stands in the ways of those who move is taken away, and counted. Place it after what fills the place.

    Attributes:
        name: prefix of its factors and of its objects' names.
        every: once per scene.
        ego: the rig's vehicle.
        actors: who else.
        impact_s: when they meet, from the sequence's start; frames after it show no more than ways going on.
        lasts_s: how long ways go on; null for half a second beyond the impact.
        beyond_turn_m: how far after a turn's end the impact is, for ways that turn.
        drive_on: the side that traffic keeps to.
    """

    kind: Literal["encounter"] = "encounter"
    name: str = "encounter"
    every: Literal["scene"] = "scene"
    ego: EgoVehicle = EgoVehicle()
    actors: tuple[Actor, ...] = ()
    impact_s: float = 4.0
    lasts_s: float | None = None
    beyond_turn_m: AnyDistribution = Uniform(low=1.0, high=2.5)
    drive_on: Literal["right", "left"] = "right"

    def __post_init__(self) -> None:
        if not 0.1 <= self.impact_s <= 60.0:
            raise ValueError(f"impact_s must lie in 0.1 to 60, got {self.impact_s}")
        if self.lasts_s is not None and not self.impact_s <= self.lasts_s <= 600.0:
            raise ValueError(f"lasts_s must lie in impact_s ({self.impact_s}) to 600, got {self.lasts_s}")
        if self.ego.brakes_s is not None and self.ego.brakes_s < self.impact_s:
            raise ValueError(f"ego.brakes_s must be impact_s ({self.impact_s}) or later, got {self.ego.brakes_s}")
        names = [a.name for a in self.actors]
        if len(set(names)) != len(names):
            raise ValueError(f"actors: each needs a name of its own, got {', '.join(names)}")
        for k, actor in enumerate(self.actors):
            for key in ("carrier", "crashes_into"):
                other = getattr(actor, key)
                if other is not None and other not in names[:k]:
                    raise ValueError(f"actors: {key} of {actor.name!r} names {other!r}; before it: {names[:k]}")

    @property
    def until_s(self) -> float:
        """When its ways end."""
        return self.impact_s + _AFTER_S if self.lasts_s is None else self.lasts_s

    def __call__(self, scene: Scene, draws: Draws, library: Library) -> Scene:
        """Return the scene with the encounter in it, as it is at its start.

        Raises:
            PlacementError: no lane is long enough, or no model fits an actor.
        """
        stage = self._stage(scene, draws)
        until_s = self.until_s
        pace = Pace(
            speed_mps=stage.speed_mps, meet_s=self.impact_s, brakes_s=self.ego.brakes_s, brake_mps2=_EGO_BRAKES_MPS2
        )
        middle = stage.along_m - self.ego.length_m / 2
        rig = follow(
            scene, stage.way, middle, pace, until_s, backwards=self.ego.reverses, front_m=self.ego.length_m / 2
        )
        placed: list[Instance] = []
        tracks: dict[int, Track] = {}
        for actor in self.actors:
            for k in range(actor.count):
                self._enter(actor, k, stage, draws, library, placed, tracks)
        scene, removed = _cleared(scene, self.ego, rig, placed, tracks)
        draws.note("removed", removed)
        start = rig.at(0.0)
        return replace(
            scene.adding(*placed),
            tracks={**scene.tracks, **tracks},
            rig_track=rig,
            world_from_rig=start.pose,
            rig_velocity_mps=start.velocity_mps,
        )

    def _stage(self, scene: Scene, draws: Draws) -> Stage:
        """Draw the lane and the place of the impact on it; in reverse, the way is the lane's, backwards."""
        speed = float(draws.value("ego.speed_kmh", self.ego.speed_kmh)) / 3.6
        offset = float(draws.value("ego.lateral_m", self.ego.lateral_m))
        before = speed * self.impact_s + self.ego.length_m + 2.0
        after = speed * (self.until_s - self.impact_s) + 8.0
        shift = self.ego.before_crossing_m
        before_m = None if shift is None else float(draws.value("ego.before_crossing_m", shift))
        beyond = float(draws.value("beyond_turn_m", self.beyond_turn_m)) if self.ego.way != "straight" else 0.0
        bend = self.ego.before_bend_m
        bend_m = None if bend is None else float(draws.value("ego.before_bend_m", bend))
        fit: list[tuple[Lane, float, float]] = []
        for lane in lanes_of(scene, "drive", self.name):
            if self.ego.lane in lane.name and (bend_m is not None or turn_of(lane) == self.ego.way):
                low, high = self._reach(scene, lane, before_m, beyond)
                if bend_m is not None:
                    low = high = turn_start(lane) - bend_m
                low, high = max(low, before), min(high, lane.length_m - after)
                fit += [(lane, low, high)] if low <= high else []
        if not fit:
            raise PlacementError(
                f"'{self.name}': no {self.ego.way} lane with {self.ego.lane!r} in its name has {before:.0f} m before "
                f"the impact and {after:.0f} m after it. Lower ego.speed_kmh or impact_s, or choose another place."
            )
        lane, low, high = fit[int(draws.rng("ego.lane").integers(len(fit)))]
        draws.note("ego.lane", lane.name)
        along = low + (high - low) * float(draws.rng("ego.along").random())
        draws.note("ego.along", along)
        line = parallel(lane, offset)
        way = way_along(line[::-1] if self.ego.reverses else line)
        near = -1.0 if (self.drive_on == "right") != self.ego.reverses else 1.0
        return Stage(
            scene=scene, way=way, lane=lane, along_m=along, speed_mps=speed, near=near,
            impact_s=self.impact_s, ego=self.ego,
        )  # fmt: skip

    def _reach(self, scene: Scene, lane: Lane, before_m: float | None, beyond_m: float) -> tuple[float, float]:
        """Return the least and largest distance along a lane at which the impact may be; empty if nowhere."""
        met = next((a.lane for a in self.actors if a.meets and a.course == "lane"), None)
        if before_m is not None or met is not None:
            other = lane_across(scene, "from_left" if met is None else met, lane)
            meeting = None if other is None else meeting_of(lane, other)
            if meeting is None:
                return math.inf, -math.inf
            at_m = meeting[0] - (before_m or 0.0)
            return at_m, at_m
        if self.ego.way != "straight":
            end = turn_end(lane) + beyond_m
            return end, end
        return 0.0, lane.length_m

    def _enter(
        self, actor: Actor, k: int, stage: Stage, draws: Draws, library: Library,
        placed: list[Instance], tracks: dict[int, Track],
    ) -> None:  # fmt: skip
        """Add an actor, its track and its rider."""
        drawn = _drawn(actor, k, draws)
        who = cast(actor, draws, library, k)
        number = stage.scene.next_id + len(placed)
        name = f"{self.name}/{actor.name}" + (f"_{k}" if k else "")
        thing = Instance(id=number, name=name, asset=who.asset, world_from_object=Pose(), scale=drawn["scale"])
        if actor.carrier is not None:
            carrier = next(o for o in placed if o.name == f"{self.name}/{actor.carrier}")
            seat = _seat(actor, drawn, who)
            if carrier.id in tracks:
                whole = carried_track(tracks[carrier.id], seat)
                tracks[number] = whole.until(drawn["falls_s"]) if "falls_s" in drawn else whole
            thing = replace(
                thing, world_from_object=carrier.world_from_object @ seat, dynamic=actor.falls_s is not None
            )
        elif actor.moves:
            tracks[number] = moving_track(actor, drawn, who, stage, self.until_s)
        else:
            thing = replace(thing, world_from_object=standing_pose(actor, drawn, who.asset, stage))
        if number in tracks:
            thing = _started(thing, tracks[number])
        placed.append(thing)
        if actor.crashes_into is not None:
            other = next(j for j, o in enumerate(placed) if o.name == f"{self.name}/{actor.crashes_into}")
            placed[other], placed[-1] = _crashing(placed[other], thing, tracks)
        if who.rider is not None:
            seat = who.object_from_rider
            rider = Instance(
                id=number + 1, name=f"{name}_rider", asset=who.rider, world_from_object=thing.world_from_object @ seat
            )
            if number in tracks:
                tracks[number + 1] = carried_track(tracks[number], seat)
                rider = _started(rider, tracks[number + 1])
            placed.append(rider)


def _started(thing: Instance, track: Track) -> Instance:
    """Return a thing as its track has it at 0."""
    now = track.at(0.0)
    return replace(
        thing, world_from_object=now.pose, velocity_mps=now.velocity_mps, yaw_rate_rps=now.yaw_rate_rps
    )  # fmt: skip


def _seat(actor: Actor, drawn: dict[str, float], who: Cast) -> Pose:
    """Return where an actor is on its carrier."""
    turn = math.radians(drawn["heading_deg"])
    return at(drawn["ahead_m"], drawn["left_m"], drawn["up_m"], turn) @ laid(who.asset, actor.lying)


def _crashing(one: Instance, other: Instance, tracks: dict[int, Track]) -> tuple[Instance, Instance]:
    """Return two things that physics takes over as they touch, and end their tracks there.

    Raises:
        PlacementError: they never touch.
    """
    end_s = min(tracks[one.id].span_s[1], tracks[other.id].span_s[1])
    for time_s in np.arange(0.1, end_s, 0.01):
        ground = Ground(Scene())
        ground.add(_print_of(one, tracks[one.id].at(float(time_s)).pose))
        if not ground.is_free(_print_of(other, tracks[other.id].at(float(time_s)).pose), 0.0, 0.0):
            for thing in (one, other):
                tracks[thing.id] = tracks[thing.id].until(float(time_s) - 0.01)
            return replace(one, dynamic=True), replace(other, dynamic=True)
    raise PlacementError(f"{other.name!r} does not touch {one.name!r} within {end_s:.1f} s")


def _drawn(actor: Actor, k: int, draws: Draws) -> dict[str, float]:
    """Draw an actor's numbers; those that are null are left out. The k-th of several is strewn about."""
    keys = (
        "speed_kmh", "start_m", "accelerate_m", "impact_percent", "overlap_percent", "headway_m", "brake_mps2",
        "drift_m", "drift_over_m", "drift_ends_m", "spin_deg", "ahead_m", "beside_m", "left_m", "heading_deg", "up_m",
        "scale", "falls_s",
    )  # fmt: skip
    given = {key: getattr(actor, key) for key in keys if getattr(actor, key) is not None}
    item = None if actor.count == 1 else k
    found = {key: float(draws.value(f"{actor.name}.{key}", value, item)) for key, value in given.items()}
    if k and any(actor.spread_m):
        strewn = draws.rng(f"{actor.name}.strewn", k).uniform(-1.0, 1.0, 2) * np.asarray(actor.spread_m)
        draws.note(f"{actor.name}.strewn_ahead_m", float(strewn[0]), k)
        draws.note(f"{actor.name}.strewn_left_m", float(strewn[1]), k)
        found["ahead_m"] += float(strewn[0])
        found["left_m"] += float(strewn[1])
    return found


def _cleared(
    scene: Scene, ego: EgoVehicle, rig: Track, placed: list[Instance], tracks: dict[int, Track]
) -> tuple[Scene, int]:
    """Return the scene without countable things in the ways of those who move or where actors stand, and how many."""
    taken = Ground(Scene())
    for time_s in np.arange(*rig.span_s, _SWEPT_S):
        x, y, _ = rig.at(float(time_s)).pose.translation_m
        yaw = rig.at(float(time_s)).pose.yaw_rad
        taken.add(
            Footprint(
                x_m=x, y_m=y, half_length_m=ego.length_m / 2, half_width_m=ego.width_m / 2, heading_rad=yaw
            )
        )  # fmt: skip
        for actor in placed:
            if actor.id in tracks:
                there = min(float(time_s), tracks[actor.id].span_s[1])
                taken.add(_print_of(actor, tracks[actor.id].at(there).pose))
    for actor in placed:
        if actor.id not in tracks:
            taken.add(_print_of(actor, actor.world_from_object))
    kept = tuple(
        o for o in scene.objects
        if not category(o.category).thing or o.id in scene.tracks
        or taken.is_free(_print_of(o, o.world_from_object), _CLEAR_M, _CLEAR_M)
    )  # fmt: skip
    return replace(scene, objects=kept), len(scene.objects) - len(kept)


def _print_of(thing: Instance, pose: Pose) -> Footprint:
    x, y, _ = pose.translation_m
    up = float(pose.rotation[2, 2])
    if up > 0.99:
        return footprint(thing.asset, Spot(x_m=x, y_m=y, z_m=0.0, heading_rad=pose.yaw_rad), thing.scale)
    points = pose.apply(thing.asset.mesh.vertices * thing.scale)[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    middle, half = (low + high) / 2, (high - low) / 2
    return Footprint(
        x_m=float(middle[0]), y_m=float(middle[1]), half_length_m=float(half[0]), half_width_m=float(half[1]),
        heading_rad=0.0,
    )  # fmt: skip
