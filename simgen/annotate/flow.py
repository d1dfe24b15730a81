"""Optical flow between two frames of a scene, and what of it is hidden in the other one."""

from __future__ import annotations

import numpy as np

from simgen.annotate.pixels import hits_of, surface_points
from simgen.frame import OCCLUDED, OUTSIDE, SEEN, Flow, View
from simgen.geometry.pose import Pose
from simgen.geometry.rays import Rays
from simgen.scene.camera import Camera
from simgen.scene.rolling import each_seen_by_rows
from simgen.scene.scene import Instance, Scene
from simgen.trace.panes import hit_behind_glass
from simgen.trace.tracer import Tracer

TOLERANCE_M = 2e-4
TOLERANCE_PER_M = 1e-4
"""A point is hidden when the other camera's ray to it meets something nearer by more than these two, the second times
the distance: room for the rounding of float32 where a surface is seen at a flat angle."""


def flow(here: Scene, view: View, there: Scene, tracer: Tracer) -> Flow:
    """Return where the surface points of ``view`` lie in the same camera's picture of another frame.

    Each point is moved with its object (found by instance id; position, rotation and scale may differ), projected
    through the other camera's lens, and asked for by a ray from there. The sky turns with the camera.

    Args:
        here: the scene of ``view``.
        view: as `simgen.render.camera.render_view` gave it.
        there: the scene of the other frame; may be earlier or later.
        tracer: of the other scene's objects.

    Raises:
        ValueError: ``there`` has no such camera, or ``view`` does not hold its hits.
    """
    hits, shape = hits_of(view), view.instance_id.shape
    camera = _camera(there, view.camera.name)
    world_from_camera = there.world_from_rig @ camera.rig_from_camera
    met = hits.triangle >= 0
    seen = world_from_camera.inverse.rotate(view.world_from_camera.rotate(view.camera.pixel_directions()))
    distance, row_s = np.full(len(seen), np.inf), np.zeros(len(seen))
    moved, known = _moved(here, there, hits.instance_id[met], surface_points(view)[met])
    bodies = {o.id: o.motion for o in there.objects if not o.motion.still}
    rows = each_seen_by_rows(camera, world_from_camera, there.rig_motion, bodies, hits.instance_id[met], moved)
    seen[met], row_s[met] = rows
    distance[met] = np.linalg.norm(seen[met], axis=1)
    there_uv, _ = camera.project(seen)
    valid = np.isfinite(there_uv).all(axis=1) & (distance > 0)
    valid[met] &= known
    on = np.flatnonzero(valid)
    direction = seen[on] / np.linalg.norm(seen[on], axis=1, keepdims=True)
    hidden = _hidden(there, world_from_camera, direction, distance[on], row_s[on], tracer, view.through_glass)
    inside = ((there_uv[on] >= 0) & (there_uv[on] < (camera.width_px, camera.height_px))).all(axis=1)
    uv_px, state = np.zeros((len(seen), 2), np.float32), np.zeros(len(seen), np.uint8)
    uv_px[on] = there_uv[on] - view.camera.pixel_centres()[on]
    state[on] = np.where(inside, np.where(hidden, OCCLUDED, SEEN), OUTSIDE)
    return Flow(uv_px=uv_px.reshape(*shape, 2), state=state.reshape(shape))


def _camera(scene: Scene, name: str) -> Camera:
    for sensor in scene.sensors:
        if isinstance(sensor, Camera) and sensor.name == name:
            return sensor
    raise ValueError(f"the other frame has no camera {name!r}; it has: {', '.join(s.name for s in scene.sensors)}")


def _moved(here: Scene, there: Scene, ids: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (N, 3) world points carried along by their objects, and (N,) whether these are there in both scenes."""
    others = {o.id: o for o in there.objects}
    turn, move = np.tile(np.eye(3), (here.next_id, 1, 1)), np.zeros((here.next_id, 3))
    known = np.zeros(here.next_id, dtype=bool)
    for instance in here.objects:
        other = others.get(instance.id)
        if other is None or other.asset is not instance.asset:
            continue
        known[instance.id] = True
        if other is not instance:
            turn[instance.id], move[instance.id] = _motion(instance, other)
    return np.einsum("nij,nj->ni", turn[ids], points) + move[ids], known[ids]


def _motion(before: Instance, after: Instance) -> tuple[np.ndarray, np.ndarray]:
    """Return the matrix and shift that take a world point of one pose of an object to its place in the other."""
    turn = after.world_from_object.rotation @ before.world_from_object.rotation.T * (after.scale / before.scale)
    move = np.asarray(after.world_from_object.translation_m) - turn @ np.asarray(before.world_from_object.translation_m)
    return turn, move


def _hidden(
    there: Scene,
    world_from_camera: Pose,
    direction: np.ndarray,
    distance: np.ndarray,
    time_s: np.ndarray,
    tracer: Tracer,
    through_glass: bool,
) -> np.ndarray:
    """Return (N,) whether something stands before points at ``distance`` in (N, 3) directions at (N,) times."""
    cast, origin = world_from_camera.rotate(direction), np.asarray(world_from_camera.translation_m)
    if time_s.any():
        cast = there.rig_motion.turn(cast, time_s)
        origin = there.rig_motion.move(np.broadcast_to(origin, cast.shape), time_s)
    origin = np.broadcast_to(origin.astype(np.float32), cast.shape)
    rays = Rays(origin=origin, direction=cast.astype(np.float32), time_s=time_s.astype(np.float32))
    hits = hit_behind_glass(tracer, rays) if through_glass else tracer.closest_hit(rays)
    return hits.range_m < distance * (1.0 - TOLERANCE_PER_M) - TOLERANCE_M
