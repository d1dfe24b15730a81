"""Traffic through time: who is ahead on one's way, who goes first, and the tracks that come of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from simgen.geometry.pose import Pose, Vector3
from simgen.scene.crossings import onward, parallel
from simgen.scene.region import Lane
from simgen.scene.scene import Scene
from simgen.scene.signals import stops_of
from simgen.scene.track import Track, level_track
from simgen.scene.ways import Way, place_on, way_along
from simgen.simulate.bodies import BESIDE_M, Body, given_state
from simgen.simulate.drivers import DriverModel, bend_limits
from simgen.simulate.walkers import Walker, posts_of, step_aside

_LOOK_M = 70.0
_ONWARD_M = 600.0
_MERGE_M = 16.0
_FORESEEN_S = 2.5
_YIELD_S = 7.0


@dataclass(kw_only=True, eq=False)
class Driver:
    """A vehicle on its way; ``along_m`` and ``speed`` change from step to step.

    Attributes:
        id: of the object; 0 is the rig's vehicle.
        way: the line its middle follows.
        lane: whose parallel that is.
        size_m: length and width.
        wanted_mps: on a free road.
        limits: speeds that bends allow, by distance along the way.
        z_m: of its origin above its way.
        turned_rad: its heading beside its lane's at the start; wears off.
        gives_way_m: distances along the way at which it lets others go first.
        stops_m: distances along the way of the stop lines at which lights make it wait.
    """

    id: int
    way: Way
    lane: Lane
    along_m: float
    speed: float
    size_m: tuple[float, float]
    wanted_mps: float
    limits: tuple[np.ndarray, np.ndarray]
    z_m: float = 0.0
    turned_rad: float = 0.0
    gives_way_m: tuple[float, ...] = ()
    stops_m: tuple[float, ...] = ()
    rank: int = 0
    rows: list[tuple[float, float]] = field(default_factory=list)

    @staticmethod
    def on_lane(
        ways: Mapping[str, tuple[Lane, Way]], number: int, pose: Pose, velocity: Vector3,
        size_m: tuple[float, float], wanted_mps: float, chance: float,
    ) -> Driver | None:  # fmt: skip
        """Return a vehicle on one of the lanes that it stands on and heads along, or None where there is none."""
        x, y, z = pose.translation_m
        fit: list[tuple[float, Lane, float]] = []
        for lane, way in ways.values():
            along, left, turn = place_on(way, np.array([x, y]), pose.yaw_rad)
            if (
                abs(left) < lane.width_m / 2 + 0.3
                and abs(turn) < math.radians(25.0)
                and -1.0 < along < way.length_m - 1.0
            ):
                fit.append((abs(left), lane, left))
        if not fit:
            return None
        nearest = min(f[0] for f in fit)
        close = [f for f in fit if f[0] < nearest + 0.4]
        which = int(chance * len(close))
        _, lane, left = close[which]
        lanes = {name: other for name, (other, _) in ways.items()}
        whole, yields = onward(lane, lanes, chance * len(close) - which, _ONWARD_M)
        way = way_along(parallel(whole, left))
        along, _, turn = place_on(way, np.array([x, y]), pose.yaw_rad)
        return Driver(
            id=number, way=way, lane=lane, along_m=along, speed=math.hypot(*velocity[:2]), size_m=size_m,
            wanted_mps=wanted_mps, limits=bend_limits(way, DriverModel()), turned_rad=turn,
            z_m=z - float(way.heights(np.array([along]))[0]), gives_way_m=yields,
        )  # fmt: skip

    @property
    def front_m(self) -> float:
        """Where its front is along its way."""
        return self.along_m + self.size_m[0] / 2

    def held_before(self, along_m: float) -> bool:
        """Return whether a light makes it wait before a place on its way."""
        return any(self.front_m <= stop < along_m for stop in self.stops_m)

    @property
    def body(self) -> Body:
        """What others see of it."""
        point, direction = self.way.at(np.array([self.along_m]))
        return Body(
            place=point[0], velocity=direction[0] * self.speed, heading=direction[0],
            half_m=(self.size_m[0] / 2, self.size_m[1] / 2),
        )  # fmt: skip

    def track(self, times: np.ndarray) -> Track:
        """Return what came of it."""
        rows = np.array(self.rows)
        point, direction = self.way.at(rows[:, 0])
        ahead, _ = self.way.at(rows[:, 0] + 0.3 * self.size_m[0])
        back, _ = self.way.at(rows[:, 0] - 0.3 * self.size_m[0])
        facing = ahead - back
        wears_off = self.turned_rad * np.exp(-(rows[:, 0] - rows[0, 0]) / 8.0)
        heading = np.arctan2(facing[:, 1], facing[:, 0]) + wears_off
        if self.way.height_m is None:
            velocity = np.column_stack([direction * rows[:, 1:2], np.zeros(len(rows))])
            return level_track(times, np.column_stack([point, np.full(len(rows), self.z_m)]), velocity, heading)
        half = 0.3 * self.size_m[0]
        fore, aft = (self.way.heights(rows[:, 0] + half), self.way.heights(rows[:, 0] - half))
        position = np.column_stack([point, self.way.heights(rows[:, 0]) + self.z_m])
        rise = (self.way.heights(rows[:, 0] + 0.5) - self.way.heights(rows[:, 0] - 0.5)) * rows[:, 1]
        velocity = np.column_stack([direction * rows[:, 1:2], rise])
        return level_track(times, position, velocity, heading, pitch_rad=np.arctan2(fore - aft, 2 * half))


def lane_ways(scene: Scene) -> dict[str, tuple[Lane, Way]]:
    """Return the lanes for traffic, each with its way."""
    return {lane.name: (lane, way_along(lane.centre_m)) for lane in scene.lanes("drive")}


def run(
    scene: Scene, drivers: Sequence[Driver], walkers: Sequence[Walker], model: DriverModel, until_s: float,
    step_s: float, tracks: Mapping[int, Track], rig: Track | None,
) -> dict[int, Track]:  # fmt: skip
    """Return the tracks of drivers and walkers from 0 to ``until_s``.

    Args:
        scene: at time 0.
        drivers: those to be moved; their states are used up.
        walkers: the same on foot.
        model: how drivers follow.
        until_s: last time; tracks end up to a step later.
        step_s: of time.
        tracks: of objects that have their own; drivers stop for them, walkers do not.
        rig: the rig's own, if it has one.
    """
    # Whole steps, so that the world does not depend on how long it is looked at.
    times = np.arange(max(1, math.ceil(until_s / step_s - 1e-9)) + 1) * step_s
    given = [(k, t) for k, t in tracks.items() if k in {o.id for o in scene.objects}]
    sizes = {o.id: (o.asset.size_m[0] * o.scale, o.asset.size_m[1] * o.scale) for o in scene.objects}
    for driver in drivers:
        driver.stops_m = stops_of(scene, driver.way)
    conflicts = _conflicts(drivers)
    posts = posts_of(scene, {w.id for w in walkers} | set(tracks))
    for time_s in times:
        others = [given_state(t, sizes[k], float(time_s)) for k, t in given]
        if rig is not None:
            others.append(given_state(rig, (4.6, 1.9), float(time_s)))
        bodies = [d.body for d in drivers] + [w.body for w in walkers] + others
        if time_s == 0.0:
            _slow_to_safe(drivers, bodies, model)
        moves = [_decide(k, drivers, bodies, model, conflicts) for k in range(len(drivers))]
        asides = [step_aside(w, walkers, bodies, posts) for w in walkers]
        for driver, wanted in zip(drivers, moves, strict=True):
            driver.rows.append((driver.along_m, driver.speed))
            # It stops within the step rather than roll back.
            after = max(0.0, driver.speed + wanted * step_s)
            driver.along_m += (driver.speed + after) / 2 * step_s
            driver.speed = after
        for walks, (speed, aside) in zip(walkers, asides, strict=True):
            walks.rows.append((walks.along_m, walks.left_m, walks.speed, walks.aside))
            walks.along_m += (walks.speed + speed) / 2 * step_s
            walks.left_m += (walks.aside + aside) / 2 * step_s
            walks.speed, walks.aside = speed, aside
    return {d.id: d.track(times) for d in drivers} | {w.id: w.track(scene, times) for w in walkers}


def _decide(
    k: int, drivers: Sequence[Driver], bodies: Sequence[Body], model: DriverModel,
    conflicts: Mapping[tuple[int, int], tuple[float, float]],
) -> float:  # fmt: skip
    """Return a driver's acceleration: the lowest that what is ahead, bends, the lane's end and others ask for."""
    own = drivers[k]
    wanted = min(own.wanted_mps, float(np.interp(own.along_m + 0.5 * own.size_m[0], *own.limits)))
    front = own.front_m
    asked = [model.acceleration(own.speed, wanted, max(own.way.length_m - front, 0.1), 0.0)]
    for gap, speed in (*_ahead(k, own, bodies), *_lights(own, model)):
        asked.append(model.acceleration(own.speed, wanted, gap, speed))
    for (first, second), (at_first, at_second) in conflicts.items():
        if k not in (first, second):
            continue
        mine, other, theirs = (at_first, second, at_second) if k == first else (at_second, first, at_first)
        if _must_wait(own, mine, drivers[other], theirs):
            asked.append(model.acceleration(own.speed, wanted, max(mine - 3.0 - front, 0.1), 0.0))
    return min(asked)


def _ahead(k: int, own: Driver, bodies: Sequence[Body]) -> list[tuple[float, float]]:
    """Return the gap to and speed of whatever is, or on foot soon will be, in one's way ahead."""
    at = own.along_m + np.arange(0.0, _LOOK_M, 1.0)
    points, directions = own.way.at(at)
    here, reach = points[0], _LOOK_M + 5.0
    found = []
    for j, body in enumerate(bodies):
        if j == k or abs(body.place[0] - here[0]) > reach or abs(body.place[1] - here[1]) > reach:
            continue
        for after_s in np.arange(0.0, _FORESEEN_S + 0.1, 0.5) if body.on_foot else (0.0,):
            offset = body.place + after_s * body.velocity - points
            nearest = int(np.argmin((offset**2).sum(axis=1)))
            if nearest == 0 or nearest == len(points) - 1:
                continue
            d = directions[nearest]
            along, left = float(offset[nearest] @ d), float(d[0] * offset[nearest][1] - d[1] * offset[nearest][0])
            cosine, sine = abs(float(body.heading @ d)), abs(float(body.heading[0] * d[1] - body.heading[1] * d[0]))
            long = body.half_m[0] * cosine + body.half_m[1] * sine
            wide = body.half_m[0] * sine + body.half_m[1] * cosine
            if abs(left) < own.size_m[1] / 2 + wide + BESIDE_M:
                gap = float(at[nearest]) - own.along_m + along - own.size_m[0] / 2 - long
                speed = 0.0 if body.on_foot else float(body.velocity @ d)
                found.append((max(gap - (1.0 if body.on_foot else 0.0), 0.1), max(speed, 0.0)))
                break
    return found


def _lights(own: Driver, model: DriverModel) -> list[tuple[float, float]]:
    """Return the gap to and speed of what stands for the next red light: one's front stops a metre before its line."""
    return [(stop - own.front_m + model.gap_m - 1.0, 0.0) for stop in own.stops_m if stop >= own.front_m][:1]


def _must_wait(own: Driver, mine_m: float, other: Driver, theirs_m: float) -> bool:
    """Return whether a driver lets another pass where their lanes meet: who ranks first and is near goes first."""
    if own.front_m > mine_m - 1.0 or other.along_m - other.size_m[0] / 2 > theirs_m + 2.0:
        return False  # in it already, or the other is through
    if other.held_before(theirs_m):
        return False
    if other.front_m > theirs_m - 1.0:
        return True
    away_s = (theirs_m - other.along_m) / max(other.speed, 2.0)
    yields, is_let = _gives_way(own, mine_m), _gives_way(other, theirs_m)
    return away_s < _YIELD_S and (yields if yields != is_let else other.rank < own.rank)


def _gives_way(driver: Driver, along_m: float) -> bool:
    """Return whether a place on its way lies where a driver lets others go first."""
    return any(-_MERGE_M < along_m - line < _MERGE_M for line in driver.gives_way_m)


def _conflicts(drivers: Sequence[Driver]) -> dict[tuple[int, int], tuple[float, float]]:
    """Return where the ways of each pair meet, as distances along both, and rank drivers by when they get there."""
    found: dict[tuple[int, int], tuple[float, float]] = {}
    samples = [d.way.at(np.arange(0.0, d.way.length_m, 1.0))[0] for d in drivers]
    arrival = [math.inf] * len(drivers)
    for i in range(len(drivers)):
        for j in range(i + 1, len(drivers)):
            apart = np.linalg.norm(samples[i][:, None] - samples[j][None], axis=2)
            a, b = int(drivers[i].along_m), int(drivers[j].along_m)
            if drivers[i].lane is drivers[j].lane or apart[0, 0] < 2.5:
                continue
            close = np.argwhere(apart[a:, b:] < 2.3)
            if not len(close):
                continue
            at_i, at_j = float(close[:, 0].min() + a), float(close[:, 1].min() + b)
            found[i, j] = (at_i, at_j)
            for k, at in ((i, at_i), (j, at_j)):
                arrival[k] = min(arrival[k], (at - drivers[k].along_m) / max(drivers[k].speed, 2.0))
    for rank, k in enumerate(sorted(range(len(drivers)), key=lambda k: (arrival[k], k))):
        drivers[k].rank = rank
    return found


def _slow_to_safe(drivers: Sequence[Driver], bodies: list[Body], model: DriverModel) -> None:
    """Lower starting speeds to what comfortable braking allows."""
    for k, driver in enumerate(drivers):
        bend = float(np.interp(driver.along_m, *driver.limits))
        ahead = (*_ahead(k, driver, bodies), *_lights(driver, model))
        safe = [model.safe_speed(gap, speed) for gap, speed in ahead]
        end = model.safe_speed(driver.way.length_m - driver.along_m - driver.size_m[0] / 2, 0.0)
        driver.speed = min(driver.speed, bend, end, *safe) if safe else min(driver.speed, bend, end)
        bodies[k] = driver.body
