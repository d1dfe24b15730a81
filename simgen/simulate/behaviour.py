"""What moves in a sequence: drivers and walkers that no randomizer has given a way of their own."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from simgen.assets.families.gait import walker
from simgen.distributions import AnyDistribution, TruncatedNormal, check_support
from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose, about
from simgen.scene.scene import Instance, Scene
from simgen.scene.track import Track, carried_track
from simgen.simulate.drivers import DriverModel
from simgen.simulate.traffic import Driver, lane_ways, run
from simgen.simulate.walkers import Walker
from simgen.streams import Draws

DRIVEN = ("car", "van", "truck", "bus", "motorcycle", "bicycle")


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """How drivers and walkers behave.

    Drivers keep to their lanes, follow, slow down for bends, stop at red and amber lights and for people in their way,
    and let the one go first at a crossing of lanes who gets there first. Walkers keep to their pavements or cross, and
    step aside for others.

    Attributes:
        driver: how they follow.
        wanted_mps: speeds on a free road.
        ego_length_m, ego_width_m: of the rig's own vehicle, which drives as one of them.
        time_step_s: of the simulation.
    """

    driver: DriverModel = DriverModel()
    wanted_mps: AnyDistribution = TruncatedNormal(mean=11.0, std=1.8, low=7.0, high=16.0)
    ego_length_m: float = 4.5
    ego_width_m: float = 1.9
    time_step_s: float = 0.1

    def __post_init__(self) -> None:
        check_support("wanted_mps", self.wanted_mps, 0.5, 90.0)
        if not 0.005 <= self.time_step_s <= 0.25:
            raise ValueError(f"time_step_s must lie in 0.005 to 0.25, got {self.time_step_s}")


def unfold(scene: Scene, behaviour: Behaviour | None, until_s: float, draws: Draws) -> Scene:
    """Return the scene with a track for everything that moves, and for the rig, from 0 to ``until_s``."""
    until_s = max(until_s, 1e-3)
    tracks: dict[int, Track] = dict(scene.tracks)
    rig = scene.rig_track
    carriers = {f"{o.name}_rider": o for o in scene.objects}
    riders = [o for o in scene.objects if o.id not in tracks and o.name in carriers]
    movers = [o for o in scene.objects if o.id not in tracks and not o.motion.still and o.name not in carriers]
    if behaviour is not None:
        drivers, walkers = _agents(scene, behaviour, movers, rig is None, draws)
        found = run(scene, drivers, walkers, behaviour.driver, until_s, behaviour.time_step_s, tracks, rig)
        rig = found.pop(0, rig)
        tracks |= found
    for thing in movers:
        if thing.id not in tracks:
            tracks[thing.id] = steady_track(thing.motion, thing.world_from_object, until_s)
    for rider in riders:
        carrier = carriers[rider.name]
        if carrier.id in tracks:
            seat = carrier.world_from_object.inverse @ rider.world_from_object
            tracks[rider.id] = carried_track(tracks[carrier.id], seat)
    if rig is None and not scene.rig_motion.still:
        rig = steady_track(scene.rig_motion, scene.world_from_rig, until_s)
    return replace(scene, tracks=tracks, rig_track=rig)


def steady_track(motion: Motion, pose: Pose, until_s: float) -> Track:
    """Return the track of what keeps its velocity and its turn about the vertical."""
    times = np.linspace(0.0, until_s, 2 if not motion.yaw_rate_rps else max(2, math.ceil(until_s / 0.05)) + 1)
    velocity = np.tile(np.asarray(motion.velocity_mps), (len(times), 1))
    turned = [about((0.0, 0.0, 1.0), float(t) * motion.yaw_rate_rps) @ pose for t in times]
    return Track(
        time_s=times,
        position_m=np.asarray(motion.center_m) + times[:, None] * velocity,
        velocity_mps=velocity,
        rotation_wxyz=np.array([p.rotation_wxyz for p in turned]),
    )


def _agents(
    scene: Scene, behaviour: Behaviour, movers: list[Instance], with_rig: bool, draws: Draws
) -> tuple[list[Driver], list[Walker]]:
    """Return those that drive on a lane (the rig's vehicle as number 0) and those that walk."""
    ways = lane_ways(scene)
    drivers: list[Driver] = []
    walkers: list[Walker] = []
    for thing in movers:
        if thing.category in DRIVEN:
            wanted = float(draws.value("wanted_mps", behaviour.wanted_mps, thing.id))
            length, width, _ = (v * thing.scale for v in thing.asset.size_m)
            driver = Driver.on_lane(
                ways, thing.id, thing.world_from_object, thing.velocity_mps, (length, width), wanted,
                float(draws.rng("lane", thing.id).random()),
            )  # fmt: skip
            drivers += [driver] if driver is not None else []
        elif thing.category == "person":
            walkers.append(Walker.of(scene, thing, walker(thing.asset.name)))
    if with_rig and any(scene.rig_velocity_mps):
        wanted = float(draws.value("ego_wanted_mps", behaviour.wanted_mps))
        size = (behaviour.ego_length_m, behaviour.ego_width_m)
        chance = float(draws.rng("ego_lane").random())
        ego = Driver.on_lane(ways, 0, scene.world_from_rig, scene.rig_velocity_mps, size, wanted, chance)
        drivers += [ego] if ego is not None else []
    return drivers, walkers
