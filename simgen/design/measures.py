"""What can be ordered of an object in a picture: numbers of its annotation, its truth and where the rig is."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from simgen.frame import Annotation, ObjectTruth
from simgen.geometry.pose import Pose, Vector3
from simgen.scene.scene import Scene

Measure = Literal[
    "visible_fraction",
    "occluded_fraction",
    "truncated_fraction",
    "box_height_px",
    "box_width_px",
    "box_area_px",
    "distance_m",
    "azimuth_deg",
    "time_to_collision_s",
    "count",
]


class Seen(NamedTuple):
    """One object as a camera sees it, with what is needed to measure it.

    Attributes:
        annotation: in pixels of the camera's picture divided by ``reduce``.
        truth: the object.
        world_from_camera: the camera's pose.
        rig_velocity_mps: in the world.
        reduce: how many of the camera's pixels one pixel of the annotation is wide.
    """

    annotation: Annotation
    truth: ObjectTruth
    world_from_camera: Pose
    rig_velocity_mps: Vector3
    reduce: int


def seen_by(
    scene: Scene, camera: str, objects: Sequence[ObjectTruth], annotations: Sequence[Annotation], reduce: int = 1
) -> tuple[Seen, ...]:
    """Return the objects that a camera of the scene has annotations of."""
    sensor = next(s for s in scene.sensors if s.name == camera)
    pose, truths = scene.world_from_rig @ sensor.rig_from_camera, {o.instance_id: o for o in objects}  # type: ignore[union-attr]
    return tuple(
        Seen(a, truths[a.instance_id], pose, scene.rig_velocity_mps, reduce) for a in annotations if a.camera == camera
    )


def measured(seen: Seen, measure: Measure) -> float:
    """Return one measure of an object; NaN where it has none: no box, or no collision ahead.

    Boxes are of what is visible. Azimuth is to the left of the camera's axis. The time to collision is distance over
    the speed at which it shrinks, both at constant velocities.
    """
    return _MEASURES[measure](seen)


def _box(seen: Seen) -> tuple[float, float]:
    box = seen.annotation.box_px
    return (math.nan, math.nan) if box is None else ((box[2] - box[0]) * seen.reduce, (box[3] - box[1]) * seen.reduce)


def _azimuth_deg(seen: Seen) -> float:
    x, _, z = seen.world_from_camera.inverse.apply(np.asarray(seen.truth.center_m))
    return math.degrees(math.atan2(-x, z))


def _time_to_collision_s(seen: Seen) -> float:
    away = np.asarray(seen.truth.center_m) - np.asarray(seen.world_from_camera.translation_m)
    distance = float(np.linalg.norm(away))
    closing = -float(away @ (np.asarray(seen.truth.velocity_mps) - np.asarray(seen.rig_velocity_mps))) / distance
    return distance / closing if closing > 0 else math.nan


_MEASURES: Mapping[str, Callable[[Seen], float]] = {
    "visible_fraction": lambda s: s.annotation.visible_fraction,
    "occluded_fraction": lambda s: s.annotation.occluded_fraction,
    "truncated_fraction": lambda s: s.annotation.truncated_fraction,
    "box_height_px": lambda s: _box(s)[1],
    "box_width_px": lambda s: _box(s)[0],
    "box_area_px": lambda s: _box(s)[0] * _box(s)[1],
    "distance_m": lambda s: s.annotation.distance_m,
    "azimuth_deg": _azimuth_deg,
    "time_to_collision_s": _time_to_collision_s,
}
