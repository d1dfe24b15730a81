"""Where a camera whose rows take light one after the other shows points that move, or that it moves past."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose
from simgen.scene.camera import Camera

_ROUNDS = 6
"""Each round leaves the share of the last one's error that the image moves by, in heights, during the readout."""


def seen_by_rows(
    camera: Camera, world_from_camera: Pose, rig: Motion, body: Motion, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (N, 3) camera-frame points as the rows that show them see them, and (N,) these rows' times.

    The row a point falls on depends on where it is when that row takes light: found by iteration from the scene's
    instant. Rows up to a height above and below the image count as read at the same pace, so that straight edges that
    leave it stay straight; what the lens does not show is seen at the scene's instant.

    Args:
        camera: the sensor.
        world_from_camera: its pose at the scene's instant.
        rig: how it moves.
        body: how the points move.
        points: (N, 3) in the world at the scene's instant.
    """
    points = np.asarray(points, dtype=np.float64)
    camera_from_world, height = world_from_camera.inverse, camera.height_px
    time_s = np.zeros(len(points))
    local = camera_from_world.apply(points)
    if not camera.shutter.readout_s or (rig.still and body.still):
        return local, time_s
    for _ in range(_ROUNDS):
        v = camera.project(local)[0][:, 1]
        time_s = np.where(np.isfinite(v), camera.shutter.times_s(np.clip(v, -height, 2 * height), height), 0.0)
        local = camera_from_world.apply(rig.move_back(body.move(points, time_s), time_s))
    return local, time_s


def each_seen_by_rows(
    camera: Camera,
    world_from_camera: Pose,
    rig: Motion,
    bodies: Mapping[int, Motion],
    instance_id: np.ndarray,
    points: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what `seen_by_rows` does of points on several bodies.

    Args:
        camera: as there.
        world_from_camera: as there.
        rig: as there.
        bodies: how each object moves, by its id; the others stand still.
        instance_id: (N,) the objects the points are on.
        points: (N, 3) in the world at the scene's instant.
    """
    seen, time_s = seen_by_rows(camera, world_from_camera, rig, Motion(), points)
    if camera.shutter.readout_s:
        for number in np.intersect1d(instance_id, list(bodies)).tolist():
            on = np.flatnonzero(instance_id == number)
            seen[on], time_s[on] = seen_by_rows(camera, world_from_camera, rig, bodies[number], points[on])
    return seen, time_s
