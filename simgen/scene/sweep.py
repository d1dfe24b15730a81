"""Sweeps of LiDARs that move while they turn: rays at each firing's own time, points with and without skew."""

from __future__ import annotations

import functools

import numpy as np

from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose
from simgen.geometry.rays import Rays
from simgen.scene.lidar import Lidar


def sweep_rays(lidar: Lidar, world_from_rig: Pose, rig: Motion) -> Rays:
    """Return the world rays of one sweep, column by column, each from where the sensor is when it fires.

    Times are relative to the scene's instant, so they run from ``-lidar.reference_s`` on.

    Args:
        lidar: the sensor.
        world_from_rig: the rig's pose at the scene's instant.
        rig: how it moves.
    """
    world_from_lidar = world_from_rig @ lidar.rig_from_lidar
    origins, direction = lidar.origins(world_from_lidar), lidar.directions(world_from_lidar)
    if rig.still:
        return Rays(origin=origins, direction=direction, time_s=_times_s(lidar))
    time_s = lidar.times_s() - lidar.reference_s
    return Rays(
        origin=rig.move(origins, time_s).astype(np.float32),
        direction=rig.turn(direction, time_s).astype(np.float32),
        time_s=time_s.astype(np.float32),
    )


@functools.lru_cache(maxsize=8)
def _times_s(lidar: Lidar) -> np.ndarray:
    """Return (N,) float32, read-only: when each beam fires, from the reference time on; kept from sweep to sweep."""
    times_s = (lidar.times_s() - lidar.reference_s).astype(np.float32)
    times_s.flags.writeable = False
    return times_s


def in_world(
    points: np.ndarray, time_s: np.ndarray, lidar: Lidar, world_from_lidar: Pose, rig: Motion, *, deskewed: bool = False
) -> np.ndarray:
    """Return (N, 3) float64 world positions where the sensor measured its points, each at its own time.

    Args:
        points: (N, 3) in the LiDAR's frame.
        time_s: (N,) from the sweep's start, as scans and clouds have them.
        lidar: the sensor.
        world_from_lidar: its pose at the reference time.
        rig: how the rig moves around then.
        deskewed: whether the points are in the frame at the reference time, not in that of their own firing.
    """
    there = world_from_lidar.apply(np.asarray(points, dtype=np.float64))
    if deskewed or rig.still:
        return there
    return rig.move(there, np.asarray(time_s, dtype=np.float64) - lidar.reference_s)


def deskew(points: np.ndarray, time_s: np.ndarray, lidar: Lidar, world_from_lidar: Pose, rig: Motion) -> np.ndarray:
    """Return (N, 3) float64 raw points in the LiDAR's frame as it stands at the reference time.

    A point is carried by the rig's motion alone: what moves by itself stays smeared, as with real clouds.

    Args:
        points: (N, 3), each in the LiDAR's frame at its own firing.
        time_s: (N,) from the sweep's start.
        lidar: the sensor.
        world_from_lidar: its pose at the reference time.
        rig: how the rig moves around then.
    """
    return world_from_lidar.inverse.apply(in_world(points, time_s, lidar, world_from_lidar, rig))


def skew(points: np.ndarray, time_s: np.ndarray, lidar: Lidar, world_from_lidar: Pose, rig: Motion) -> np.ndarray:
    """Return (N, 3) float64 points as measured, each in the LiDAR's frame at its own firing: undoes `deskew`."""
    there = world_from_lidar.apply(np.asarray(points, dtype=np.float64))
    if not rig.still:
        there = rig.move_back(there, np.asarray(time_s, dtype=np.float64) - lidar.reference_s)
    return world_from_lidar.inverse.apply(there)
