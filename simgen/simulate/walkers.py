"""Walkers through time: along pavements and over crossings, out of each other's way."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from simgen.assets.categories import category
from simgen.scene.footing import with_feet_on_ground
from simgen.scene.region import Area
from simgen.scene.scene import Instance, Scene
from simgen.scene.track import Gait, Track, level_track
from simgen.scene.ways import Way, heights_along, place_on, straight_way, way_along
from simgen.simulate.bodies import Body, covers

_ASIDE_MPS = 0.5
_WALKS_ON_M = 1.6
_SLENDER_M = 0.6
_SHOULDERS_M = 0.3


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
                    along, left, turn = place_on(way, place, heading)
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

    @property
    def body(self) -> Body:
        """What others see of it."""
        place, direction = self.place
        return Body(place=place, velocity=direction * self.speed, heading=direction, half_m=(0.3, 0.3), on_foot=True)

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


def posts_of(scene: Scene, moving: set[int]) -> np.ndarray:
    """Return (N, 3) places and radii of the slender things that stand in walkers' ways: people, bins, posts."""
    found = []
    for thing in scene.objects:
        radius = math.hypot(*thing.asset.size_m[:2]) * thing.scale / 2
        if thing.id in moving or not category(thing.category).thing or radius > _SLENDER_M:
            continue
        found.append((*thing.world_from_object.translation_m[:2], min(radius, _SHOULDERS_M)))
    return np.array(found).reshape(-1, 3)


def step_aside(
    own: Walker, walkers: Sequence[Walker], bodies: Sequence[Body], posts: np.ndarray
) -> tuple[float, float]:  # fmt: skip
    """Return a walker's next speed along and to the left: slower behind others, to the right of those who come.

    What stands in the way is passed on the side where it leaves more room.
    """
    place, direction = own.place
    speed, aside = own.wanted_mps, 0.0
    if any(not b.on_foot and covers(b, place + ahead * direction) for b in bodies for ahead in (0.6, 1.2)):
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


def _holds(area: Area, point: np.ndarray) -> bool:
    return bool(area.contains(point[None])[0])


def _way_out(area: Area, place: np.ndarray, heading_rad: float) -> float:
    """Return how far it is out of an area."""
    d = np.array([math.cos(heading_rad), math.sin(heading_rad)])
    along = np.arange(0.0, 40.0, 0.1)
    inside = area.contains(place + along[:, None] * d)
    return float(along[int(np.argmin(inside))]) if not inside.all() else 40.0
