"""Traffic through time: who is ahead on one's way, who goes first, and the tracks that come of it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from simgen.assets.categories import category
from simgen.geometry.pose import Pose, Vector3
from simgen.scene.crossings import onward, parallel
from simgen.scene.footing import with_feet_on_ground
from simgen.scene.region import Area, Lane
from simgen.scene.scene import Instance, Scene
from simgen.scene.track import Gait, Track, level_track
from simgen.scene.ways import Way, heights_along, straight_way, way_along
from simgen.simulate.drivers import DriverModel, bend_limits

_LOOK_M = 70.0
_ONWARD_M = 600.0
_MERGE_M = 16.0
_FORESEEN_S = 2.5
_YIELD_S = 7.0
_BESIDE_M = 0.35
_ASIDE_MPS = 0.5
_WALKS_ON_M = 1.6
_SLENDER_M = 0.6
_SHOULDERS_M = 0.3


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
            along, left, turn = _place_on(way, np.array([x, y]), pose.yaw_rad)
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
        along, _, turn = _place_on(way, np.array([x, y]), pose.yaw_rad)
        return Driver(
            id=number, way=way, lane=lane, along_m=along, speed=math.hypot(*velocity[:2]), size_m=size_m,
            wanted_mps=wanted_mps, limits=bend_limits(way, DriverModel()), turned_rad=turn,
            z_m=z - float(way.heights(np.array([along]))[0]), gives_way_m=yields,
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


@dataclass(kw_only=True, eq=False)
class Walker:
    """Somebody on foot: ``along_m`` and ``left_m`` of the way change from step to step."""

    id: int
    way: Way
    ends_m: float
    along_m: float
    left_m: float
    bounds_m: float
    wanted_mps: float
    gait: Gait | None
    radius_m: float = 0.3
    speed: float = 0.0
    aside: float = 0.0
    rows: list[tuple[float, float, float, float]] = field(default_factory=list)

    @staticmethod
    def of(scene: Scene, person: Instance, gait: Gait | None) -> Walker:
        """Return a walker along the pavement it is on, or straight across the crossing it is on."""
        place = np.array(person.world_from_object.translation_m[:2])
        heading, speed = person.world_from_object.yaw_rad, math.hypot(*person.velocity_mps[:2])
        crossing = next((a for a in scene.areas("crossing") if _holds(a, place)), None)
        if crossing is None:
            for lane in scene.lanes("walk"):
                line = np.asarray(lane.centre_m)
                for way in (way_along(line), way_along(line[::-1])):
                    along, left, turn = _place_on(way, place, heading)
                    if abs(left) <= lane.width_m / 2 + 0.05 and abs(turn) < math.radians(45.0):
                        return Walker(
                            id=person.id, way=way, ends_m=way.length_m, along_m=along, left_m=left,
                            bounds_m=max(0.0, lane.width_m / 2 - 0.3), wanted_mps=speed, speed=speed, gait=gait,
                        )  # fmt: skip
        way = straight_way(place, heading, 1.0, 40.0)
        ends = 41.0 if crossing is None else 1.0 + _way_out(crossing, place, heading) + _WALKS_ON_M
        return Walker(
            id=person.id, way=way, ends_m=ends, along_m=1.0, left_m=0.0, bounds_m=0.0, wanted_mps=speed, speed=speed,
            gait=gait,
        )  # fmt: skip

    @property
    def place(self) -> tuple[np.ndarray, np.ndarray]:
        """Where it is and which way it goes, both (2,)."""
        point, direction = self.way.at(np.array([self.along_m]))
        d = direction[0]
        return point[0] + self.left_m * np.array([-d[1], d[0]]), d

    def track(self, scene: Scene, times: np.ndarray) -> Track:
        """Return what came of it."""
        rows = np.array(self.rows)
        point, d = self.way.at(rows[:, 0])
        normal = np.column_stack([-d[:, 1], d[:, 0]])
        z = heights_along(scene, self.way, rows[:, 0])
        position = np.column_stack([point + rows[:, 1:2] * normal, z])
        velocity = np.column_stack([d * rows[:, 2:3] + normal * rows[:, 3:4], np.gradient(z, times)])
        return with_feet_on_ground(
            scene, level_track(times, position, velocity, np.arctan2(d[:, 1], d[:, 0]), self.gait)
        )


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
    conflicts = _conflicts(drivers)
    posts = _posts(scene, {w.id for w in walkers} | set(tracks))
    for time_s in times:
        others = [_given_state(t, sizes[k], float(time_s)) for k, t in given]
        if rig is not None:
            others.append(_given_state(rig, (4.6, 1.9), float(time_s)))
        bodies = [_Body.of_driver(d) for d in drivers] + [_Body.of_walker(w) for w in walkers] + others
        if time_s == 0.0:
            _slow_to_safe(drivers, bodies, model)
        moves = [_decide(k, drivers, bodies, model, conflicts) for k in range(len(drivers))]
        asides = [_step_aside(w, walkers, bodies, posts) for w in walkers]
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


@dataclass(frozen=True, kw_only=True, eq=False)
class _Body:
    """Anything one may run into: middle, velocity, half of its length and width along its heading."""

    place: np.ndarray
    velocity: np.ndarray
    heading: np.ndarray
    half_m: tuple[float, float]
    on_foot: bool = False

    @staticmethod
    def of_driver(driver: Driver) -> _Body:
        point, direction = driver.way.at(np.array([driver.along_m]))
        return _Body(
            place=point[0], velocity=direction[0] * driver.speed, heading=direction[0],
            half_m=(driver.size_m[0] / 2, driver.size_m[1] / 2),
        )  # fmt: skip

    @staticmethod
    def of_walker(walker: Walker) -> _Body:
        place, direction = walker.place
        return _Body(place=place, velocity=direction * walker.speed, heading=direction, half_m=(0.3, 0.3), on_foot=True)


def _given_state(track: Track, size: tuple[float, float], time_s: float) -> _Body:
    now = track.at(min(time_s, track.span_s[1]))
    yaw = now.pose.yaw_rad
    return _Body(
        place=np.array(now.pose.translation_m[:2]), velocity=np.array(now.velocity_mps[:2]),
        heading=np.array([math.cos(yaw), math.sin(yaw)]), half_m=(size[0] / 2, size[1] / 2),
        on_foot=max(size) < 1.2,
    )  # fmt: skip


def _decide(
    k: int, drivers: Sequence[Driver], bodies: Sequence[_Body], model: DriverModel,
    conflicts: Mapping[tuple[int, int], tuple[float, float]],
) -> float:  # fmt: skip
    """Return a driver's acceleration: the lowest that what is ahead, bends, the lane's end and others ask for."""
    own = drivers[k]
    wanted = min(own.wanted_mps, float(np.interp(own.along_m + 0.5 * own.size_m[0], *own.limits)))
    front = own.along_m + own.size_m[0] / 2
    asked = [model.acceleration(own.speed, wanted, max(own.way.length_m - front, 0.1), 0.0)]
    for gap, speed in _ahead(k, own, bodies):
        asked.append(model.acceleration(own.speed, wanted, gap, speed))
    for (first, second), (at_first, at_second) in conflicts.items():
        if k not in (first, second):
            continue
        mine, other, theirs = (at_first, second, at_second) if k == first else (at_second, first, at_first)
        if _must_wait(own, mine, drivers[other], theirs):
            asked.append(model.acceleration(own.speed, wanted, max(mine - 3.0 - front, 0.1), 0.0))
    return min(asked)


def _ahead(k: int, own: Driver, bodies: Sequence[_Body]) -> list[tuple[float, float]]:
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
            if abs(left) < own.size_m[1] / 2 + wide + _BESIDE_M:
                gap = float(at[nearest]) - own.along_m + along - own.size_m[0] / 2 - long
                speed = 0.0 if body.on_foot else float(body.velocity @ d)
                found.append((max(gap - (1.0 if body.on_foot else 0.0), 0.1), max(speed, 0.0)))
                break
    return found


def _must_wait(own: Driver, mine_m: float, other: Driver, theirs_m: float) -> bool:
    """Return whether a driver lets another pass where their lanes meet: who ranks first and is near goes first."""
    if own.along_m + own.size_m[0] / 2 > mine_m - 1.0 or other.along_m - other.size_m[0] / 2 > theirs_m + 2.0:
        return False  # in it already, or the other is through
    if other.along_m + other.size_m[0] / 2 > theirs_m - 1.0:
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


def _slow_to_safe(drivers: Sequence[Driver], bodies: list[_Body], model: DriverModel) -> None:
    """Lower starting speeds to what comfortable braking allows."""
    for k, driver in enumerate(drivers):
        bend = float(np.interp(driver.along_m, *driver.limits))
        safe = [model.safe_speed(gap, speed) for gap, speed in _ahead(k, driver, bodies)]
        end = model.safe_speed(driver.way.length_m - driver.along_m - driver.size_m[0] / 2, 0.0)
        driver.speed = min(driver.speed, bend, end, *safe) if safe else min(driver.speed, bend, end)
        bodies[k] = _Body.of_driver(driver)


def _posts(scene: Scene, moving: set[int]) -> np.ndarray:
    """Return (N, 3) places and radii of the slender things that stand in walkers' ways: people, bins, posts."""
    found = []
    for thing in scene.objects:
        radius = math.hypot(*thing.asset.size_m[:2]) * thing.scale / 2
        if thing.id in moving or not category(thing.category).thing or radius > _SLENDER_M:
            continue
        found.append((*thing.world_from_object.translation_m[:2], min(radius, _SHOULDERS_M)))
    return np.array(found).reshape(-1, 3)


def _step_aside(
    own: Walker, walkers: Sequence[Walker], bodies: Sequence[_Body], posts: np.ndarray
) -> tuple[float, float]:  # fmt: skip
    """Return a walker's next speed along and to the left: slower behind others, to the right of those who come.

    What stands in the way is passed on the side where it leaves more room.
    """
    place, direction = own.place
    speed, aside = own.wanted_mps, 0.0
    if any(not b.on_foot and _covers(b, place + ahead * direction) for b in bodies for ahead in (0.6, 1.2)):
        speed = 0.0
    for other in walkers:
        if other is own:
            continue
        there, theirs = other.place
        offset = there - place
        ahead = float(offset @ direction)
        left = float(direction[0] * offset[1] - direction[1] * offset[0])
        if not 0.0 < ahead < 4.0 or abs(left) > 0.75:
            continue
        if float(theirs @ direction) * other.speed > 0.3:
            if ahead < 1.4 and other.speed < own.speed:
                speed = min(speed, other.speed)
        elif own.bounds_m > 0.0:
            aside = -_ASIDE_MPS if left >= 0.0 else _ASIDE_MPS
        elif ahead < 0.9:
            speed = 0.0
    offset = posts[:, :2] - place
    ahead, left = offset @ direction, offset @ np.array([-direction[1], direction[0]])
    close = posts[:, 2] + own.radius_m - np.abs(left)
    for k in np.flatnonzero((ahead > 0.0) & (ahead < 2.5) & (close > 0.0)):
        if own.bounds_m > 0.0:
            aside = -_ASIDE_MPS if left[k] >= 0.0 else _ASIDE_MPS
        if ahead[k] < posts[k, 2] + own.radius_m + 0.15:
            speed = 0.0
    if (own.left_m > own.bounds_m and aside > 0) or (own.left_m < -own.bounds_m and aside < 0):
        aside = 0.0
    left_m = own.ends_m - own.along_m
    if left_m < 0.6:
        speed = 0.0
    return speed, aside


def _covers(body: _Body, point: np.ndarray) -> bool:
    """Return whether a point is on a body, seen from above, or within 0.35 m."""
    offset = point - body.place
    along, left = float(offset @ body.heading), float(body.heading[0] * offset[1] - body.heading[1] * offset[0])
    return abs(along) < body.half_m[0] + _BESIDE_M and abs(left) < body.half_m[1] + _BESIDE_M


def _place_on(way: Way, point: np.ndarray, heading_rad: float) -> tuple[float, float, float]:
    """Return how far along a way a point is, how far to its left, and the heading beside the way's there."""
    at = np.linspace(0.0, way.length_m, max(2, math.ceil(way.length_m)) + 1)
    along = float(at[int(np.argmin(((way.at(at)[0] - point) ** 2).sum(axis=1)))])
    for _ in range(3):
        there, direction = way.at(np.array([along]))
        along += float((point - there[0]) @ direction[0])
    there, direction = way.at(np.array([along]))
    offset, d = point - there[0], direction[0]
    turn = heading_rad - math.atan2(d[1], d[0])
    return along, float(d[0] * offset[1] - d[1] * offset[0]), (turn + math.pi) % (2 * math.pi) - math.pi


def _holds(area: Area, point: np.ndarray) -> bool:
    return bool(area.contains(point[None])[0])


def _way_out(area: Area, place: np.ndarray, heading_rad: float) -> float:
    """Return how far it is out of an area."""
    d = np.array([math.cos(heading_rad), math.sin(heading_rad)])
    along = np.arange(0.0, 40.0, 0.1)
    inside = area.contains(place + along[:, None] * d)
    return float(along[int(np.argmin(inside))]) if not inside.all() else 40.0
