"""Ways that actors follow, smooth lines on the ground, and how fast they go along them: tracks in closed form."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.interpolate import CubicSpline

from simgen.geometry.pose import Vector3
from simgen.scene.region import Area
from simgen.scene.scene import Scene
from simgen.scene.track import Gait, Track, level_track

_STEP_M = 0.5
_SMOOTH_M = 1.5
_KNOT_S = 0.05
_KERB_M = 0.3
_RAISED = ("pavement", "kerb_strip", "kerb", "crossing_wait", "corner")


@dataclass(frozen=True, kw_only=True, eq=False)
class Way:
    """A smooth line on the ground, by the distance along it.

    Attributes:
        length_m: of the line; before and beyond it goes straight on.
        spline: (x, y) by distance.
        height_m: (N, 2) distances and heights; None for what is level at 0.
    """

    length_m: float
    spline: CubicSpline
    height_m: np.ndarray | None = None

    def heights(self, along_m: np.ndarray) -> np.ndarray:
        """Return (N,) heights at (N,) distances; it goes on as steeply as it ends."""
        along = np.asarray(along_m, dtype=np.float64)
        if self.height_m is None:
            return np.zeros_like(along)
        at, z = self.height_m.T
        before, after = (z[1] - z[0]) / (at[1] - at[0]), (z[-1] - z[-2]) / (at[-1] - at[-2])
        beyond = np.minimum(along - at[0], 0.0) * before + np.maximum(along - at[-1], 0.0) * after
        return np.interp(along, at, z) + beyond

    def at(self, along_m: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (N, 2) points and (N, 2) unit directions at (N,) distances."""
        along = np.asarray(along_m, dtype=np.float64)
        inside = np.clip(along, 0.0, self.length_m)
        direction = self.spline(inside, 1)
        direction = direction / np.linalg.norm(direction, axis=1, keepdims=True)
        return self.spline(inside) + (along - inside)[:, None] * direction, direction

    def frame(self, along_m: float) -> tuple[np.ndarray, float]:
        """Return the (2,) point at a distance and the heading there, radians."""
        point, direction = self.at(np.array([along_m]))
        return point[0], math.atan2(direction[0, 1], direction[0, 0])


def way_along(line: tuple[Vector3, ...] | np.ndarray) -> Way:
    """Return the way along a polyline; its corners are rounded within 1.5 m, straight parts stay exact."""
    given = np.asarray(line, dtype=np.float64)
    points = given[:, :2]
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    count = max(4, math.ceil(along[-1] / _STEP_M))
    at = np.linspace(0.0, along[-1], count + 1)
    even = np.column_stack([np.interp(at, along, points[:, k]) for k in (0, 1)])
    reach = round(_SMOOTH_M / (at[1] - at[0]))
    if count > 2 * reach:
        kernel = np.hanning(2 * reach + 3)[1:-1]
        kernel /= kernel.sum()
        inner = np.column_stack([np.convolve(even[:, k], kernel, "valid") for k in (0, 1)])
        even[reach : len(even) - reach] = inner
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(even, axis=0), axis=1))])
    height = None
    if given.shape[1] == 3 and np.ptp(given[:, 2]) > 1e-9:
        height = np.column_stack([length, np.interp(at, along, given[:, 2])])
    return Way(length_m=float(length[-1]), spline=CubicSpline(length, even), height_m=height)


def straight_way(middle: np.ndarray, heading_rad: float, before_m: float, after_m: float) -> Way:
    """Return a straight way through a (2,) point, which lies ``before_m`` along it."""
    direction = np.array([math.cos(heading_rad), math.sin(heading_rad)])
    return way_along(np.array([middle - direction * before_m, middle + direction * after_m]))


def place_on(way: Way, point: np.ndarray, heading_rad: float) -> tuple[float, float, float]:
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


@dataclass(frozen=True, kw_only=True)
class Pace:
    """Distance and speed by time, so that the distance is 0 when the time is ``meet_s``.

    Attributes:
        speed_mps: once it is reached, and before it brakes.
        meet_s: when it is at 0.
        start_m: how far before 0 it stands at first; None for what has moved all along.
        accelerate_m: distance over which it then gets to its speed, steadily.
        brakes_s: when it starts to brake; None for never.
        brake_mps2: how hard, above 0.
    """

    speed_mps: float
    meet_s: float
    start_m: float | None = None
    accelerate_m: float = 0.0
    brakes_s: float | None = None
    brake_mps2: float = 0.0

    def at(self, time_s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (N,) distances and (N,) speeds."""
        time_s, v = np.asarray(time_s, dtype=np.float64), self.speed_mps
        if v == 0.0:
            return np.zeros_like(time_s), np.zeros_like(time_s)
        if self.brakes_s is not None:
            return self._braking(time_s, self.brakes_s)
        if self.start_m is None:
            return v * (time_s - self.meet_s), np.full_like(time_s, v)
        # From rest: v^2 / 2a over the first metres takes 2 accelerate_m / v.
        ramp_s = 2 * self.accelerate_m / v
        begin_s = self.meet_s - ramp_s - (self.start_m - self.accelerate_m) / v
        t = time_s - begin_s
        if ramp_s > 0:
            up = np.clip(t, 0.0, ramp_s)
            speed = v * up / ramp_s
            covered = v * up**2 / (2 * ramp_s) + v * np.maximum(t - ramp_s, 0.0)
        else:
            speed, covered = np.where(t > 0, v, 0.0), v * np.maximum(t, 0.0)
        return covered - self.start_m, speed

    def _braking(self, time_s: np.ndarray, brakes_s: float) -> tuple[np.ndarray, np.ndarray]:
        def covered(t: np.ndarray) -> np.ndarray:
            braked = np.clip(t - brakes_s, 0.0, self.speed_mps / self.brake_mps2)
            return self.speed_mps * (np.minimum(t, brakes_s) + braked) - self.brake_mps2 * braked**2 / 2

        braked = np.clip(time_s - brakes_s, 0.0, self.speed_mps / self.brake_mps2)
        return covered(time_s) - covered(np.array([self.meet_s])), self.speed_mps - self.brake_mps2 * braked


def follow(
    scene: Scene,
    way: Way,
    along_m: float,
    pace: Pace,
    until_s: float,
    *,
    gait: Gait | None = None,
    backwards: bool = False,
    front_m: float = 0.0,
) -> Track:
    """Return the track of what follows a way.

    Args:
        scene: whose pavements it steps up and down.
        way: the line its middle follows.
        along_m: where on it the pace's 0 is.
        pace: how fast.
        until_s: the track's end; it starts at 0.
        gait: of walkers.
        backwards: whether it goes in reverse, facing against the way.
        front_m: how far before its middle the point is that is on the way too; 0 for what turns about its middle.
    """
    time_s = np.linspace(0.0, until_s, max(2, math.ceil(until_s / _KNOT_S)) + 1)
    distance, speed = pace.at(time_s)
    point, direction = way.at(along_m + distance)
    z = heights_along(scene, way, along_m + distance)
    velocity = np.column_stack([direction * speed[:, None], np.gradient(z, time_s)])
    facing = direction if front_m == 0.0 else way.at(along_m + distance + front_m)[0] - point
    heading = np.arctan2(facing[:, 1], facing[:, 0]) + (math.pi if backwards else 0.0)
    return level_track(time_s, np.column_stack([point, z]), velocity, heading, gait)


def ground_height(scene: Scene, points: np.ndarray) -> np.ndarray:
    """Return the (N,) heights of the ground at (N, 2) points: of raised areas, 0 elsewhere."""
    height = np.zeros(len(points))
    for region in scene.regions:
        if isinstance(region, Area) and (region.use in _RAISED or any(region.slope)):
            inside, own = region.contains(points), region.heights(points)
            height = np.where(inside, own if any(region.slope) or region.z_m < 0 else np.maximum(height, own), height)
    return height


def heights_along(scene: Scene, way: Way, along_m: np.ndarray) -> np.ndarray:
    """Return heights along a way, the step at a kerb spread over 0.6 m."""
    low, high = float(along_m.min()) - _KERB_M, float(along_m.max()) + _KERB_M
    fine = np.linspace(low, high, max(2, math.ceil((high - low) / 0.05)) + 1)
    height = ground_height(scene, way.at(fine)[0])
    if not height.any():
        return np.zeros(len(along_m))
    reach = max(1, round(_KERB_M / (fine[1] - fine[0])))
    kernel = np.hanning(2 * reach + 3)[1:-1]
    padded = np.concatenate([np.full(reach, height[0]), height, np.full(reach, height[-1])])
    return np.interp(along_m, fine, np.convolve(padded, kernel / kernel.sum(), "valid"))
