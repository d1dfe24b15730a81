"""Keypoints of objects: where they are, where a camera shows them, and whether it sees them."""

from __future__ import annotations

import numpy as np

from simgen.frame import HIDDEN, NOT_LABELLED, VISIBLE, View
from simgen.geometry.motion import Motion
from simgen.geometry.pose import Vector3
from simgen.scene.keypoints import SKELETONS, Skeleton
from simgen.scene.rolling import seen_by_rows
from simgen.scene.scene import Instance


def keypoints_in_world(thing: Instance) -> dict[str, Vector3]:
    """Return an object's keypoints in the world at the scene's instant, metres, by name; empty without any."""
    if not thing.asset.keypoints:
        return {}
    points = np.array(list(thing.asset.keypoints.values()), dtype=np.float64) * thing.scale
    there = thing.world_from_object.apply(points).tolist()
    return {name: (x, y, z) for name, (x, y, z) in zip(thing.asset.keypoints, there, strict=True)}


def seen_keypoints(thing: Instance, view: View, rig: Motion) -> tuple[tuple[float, float, int], ...]:
    """Return (x px, y px, flag) of an object's keypoints, in its category's order, through the lens.

    A keypoint is `VISIBLE` where the pixel that holds it shows the object itself, no further in front of the keypoint
    than that lies below the surface (`Skeleton.depth_m`), by the hits that the picture and its labels are made of.
    What is nearer is another part of the body or another object: it is `HIDDEN`.

    Args:
        thing: the object.
        view: the picture, of which ids and depths are asked.
        rig: how the camera's rig moves, for a rolling shutter.
    """
    skeleton = SKELETONS.get(thing.category)
    world = keypoints_in_world(thing)
    if skeleton is None or not world:
        return ()
    names = [name for name in skeleton.names if name in world]
    there = np.array([world[name] for name in names])
    local, _ = seen_by_rows(view.camera, view.world_from_camera, rig, thing.motion, there)
    uv, z_m = view.camera.project(local)
    found: dict[str, tuple[float, float, int]] = dict.fromkeys(skeleton.names, (0.0, 0.0, NOT_LABELLED))
    for name, (u, v), z, point in zip(names, uv.tolist(), z_m.tolist(), local, strict=True):
        if not (0.0 <= u < view.camera.width_px and 0.0 <= v < view.camera.height_px):
            continue
        # Depths count along the axis; a depth below the surface counts along the ray.
        along = z / max(float(np.linalg.norm(point)), 1e-9)
        column, row = int(u), int(v)
        own = int(view.instance_id[row, column]) == thing.id
        near = float(view.z_m[row, column]) >= z - _depth_m(skeleton, name) * thing.scale * along
        found[name] = (u, v, VISIBLE if own and near else HIDDEN)
    return tuple(found[name] for name in skeleton.names)


def _depth_m(skeleton: Skeleton, name: str) -> float:
    return skeleton.depth_m[skeleton.names.index(name)]
