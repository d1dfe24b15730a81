"""Vehicles off the road: their wheels on whatever ground is below them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simgen.assets.categories import category
from simgen.geometry.pose import from_matrix
from simgen.geometry.rays import Rays
from simgen.scene.asset import Asset
from simgen.scene.scene import Scene
from simgen.scene.track import Track
from simgen.trace.tracer import Tracer

_WHEELS = np.array([(0.3, 0.42), (0.3, -0.42), (-0.3, 0.42), (-0.3, -0.42)])
"""Where wheels are: shares of a vehicle's length and width from its middle."""

_ABOVE_M = 3.0


def with_wheels_on_ground(scene: Scene, track: Track, asset: Asset, scale: float) -> Track:
    """Return the track of a vehicle that rests on the ground below its four wheels, pitched and rolled as that is.

    The plane is the least squares fit to the four heights; the vehicle is lifted until no wheel is in the ground.

    Args:
        scene: whose ground it is: all that is no thing.
        track: level, its heading kept.
        asset: of the vehicle.
        scale: its size beside the model's.
    """
    wheels = _WHEELS * asset.size_m[:2] * scale
    rotations = [track.at(float(t)).pose for t in track.time_s]
    yaw = np.array([p.yaw_rad for p in rotations])
    c, s = np.cos(yaw)[:, None], np.sin(yaw)[:, None]
    x = track.position_m[:, :1] + c * wheels[:, 0] - s * wheels[:, 1]
    y = track.position_m[:, 1:2] + s * wheels[:, 0] + c * wheels[:, 1]
    z = _heights(scene, np.stack([x, y], axis=-1).reshape(-1, 2)).reshape(x.shape)
    # By distances ahead and to the left, from the middle, whose squares sum up without mixed terms.
    rise, tilt = ((z * w).sum(axis=1) / (w * w).sum() for w in wheels.T)
    plane = z.mean(axis=1)[:, None] + rise[:, None] * wheels[:, 0] + tilt[:, None] * wheels[:, 1]
    height = z.mean(axis=1) + np.maximum(z - plane, 0.0).max(axis=1)
    position = np.column_stack([track.position_m[:, :2], height])
    velocity = np.column_stack([track.velocity_mps[:, :2], np.gradient(height, track.time_s)])
    turns = [_turned(float(a), float(r), float(t)) for a, r, t in zip(yaw, rise, tilt, strict=True)]
    return replace(track, position_m=position, velocity_mps=velocity, rotation_wxyz=np.array(turns))


def _turned(yaw_rad: float, rise: float, tilt: float) -> tuple[float, float, float, float]:
    """Return the quaternion of a body that faces a way and stands on a plane rising ahead and to its left."""
    up = np.array([-rise, -tilt, 1.0]) / np.linalg.norm([rise, tilt, 1.0])
    ahead = np.array([1.0, 0.0, rise]) / np.hypot(1.0, rise)
    own = np.column_stack([ahead, np.cross(up, ahead), up])
    c, s = np.cos(yaw_rad), np.sin(yaw_rad)
    matrix = np.eye(4)
    matrix[:3, :3] = np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]]) @ own
    return from_matrix(matrix).rotation_wxyz


def _heights(scene: Scene, points: np.ndarray) -> np.ndarray:
    """Return (N,) heights of the ground at (N, 2) points; 0 where there is none."""
    ground = Tracer([o for o in scene.objects if not category(o.category).thing])
    origin = np.column_stack([points, np.full(len(points), _ABOVE_M)]).astype(np.float32)
    down = np.tile(np.array([0.0, 0.0, -1.0], np.float32), (len(points), 1))
    hits = ground.closest_hit(Rays(origin=origin, direction=down, time_s=np.zeros(len(points), np.float32)))
    return np.where(hits.triangle >= 0, _ABOVE_M - hits.range_m.astype(np.float64), 0.0)
