"""What is true of every countable object, and how each camera sees it."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

import numpy as np

from simgen.annotate.keypoints import keypoints_in_world, seen_keypoints
from simgen.annotate.masks import boxes_and_counts, rle_of_crop
from simgen.assets.categories import category
from simgen.frame import Annotation, ObjectTruth, Observation, Scan, View
from simgen.geometry.boxes import BoxPx, box_of_mask
from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose
from simgen.scene.scene import Instance, Scene
from simgen.trace.silhouette import Silhouette, silhouette


def annotate(
    scene: Scene, observations: Sequence[Observation], of: Collection[str] | None = None
) -> tuple[tuple[ObjectTruth, ...], tuple[Annotation, ...]]:
    """Return the truth of every countable object, and one annotation for each that lies on a camera's canvas.

    Ground, walls and other stuff is left out. Annotations come camera by camera, objects in the scene's order.

    Args:
        scene: what there is.
        observations: what the sensors saw of it; masks come from the views' ids, point counts from the scans'.
        of: only objects of these categories; None for all.

    Raises:
        AssetError: an object's category is unknown.
    """
    things = [o for o in scene.objects if category(o.category).thing and (of is None or o.category in of)]
    highest = scene.next_id - 1
    points = {
        seen.lidar.name: np.bincount(seen.instance_id, minlength=highest + 1)
        for seen in observations
        if isinstance(seen, Scan)
    }
    truths = tuple(_truth(thing, {name: int(counts[thing.id]) for name, counts in points.items()}) for thing in things)
    annotations: list[Annotation] = []
    for view in observations:
        if isinstance(view, View):
            annotations.extend(_annotate_view(things, highest, view, scene.rig_motion))
    return truths, tuple(annotations)


def observation_angle(world_from_object: Pose, world_from_camera: Pose, center_camera_m: np.ndarray) -> float:
    """Return KITTI's alpha in (-pi, pi]: the heading about the camera's y axis, less the direction it is seen in.

    The heading is that of the object's x axis, 0 along the camera's x axis and growing from there away from z
    (Geiger et al. 2012, object development kit).
    """
    heading = world_from_camera.inverse.rotate(world_from_object.rotate(np.array([1.0, 0.0, 0.0])))
    turned = math.atan2(-heading[2], heading[0]) - math.atan2(center_camera_m[0], center_camera_m[2])
    return -((math.pi - turned) % (2.0 * math.pi) - math.pi)


def _truth(thing: Instance, lidar_points: dict[str, int]) -> ObjectTruth:
    cuboid = thing.cuboid
    return ObjectTruth(
        instance_id=thing.id,
        name=thing.name,
        category=thing.category,
        asset=thing.asset.name,
        center_m=cuboid.world_from_box.translation_m,
        size_m=cuboid.size_m,
        rotation_wxyz=cuboid.world_from_box.rotation_wxyz,
        velocity_mps=thing.velocity_mps,
        lidar_points=lidar_points,
        yaw_rate_rps=thing.yaw_rate_rps,
        keypoints_m=keypoints_in_world(thing),
    )


def _annotate_view(things: Sequence[Instance], highest: int, view: View, rig: Motion) -> list[Annotation]:
    boxes, counts = boxes_and_counts(view.instance_id, max(highest, int(view.instance_id.max())))
    annotations = []
    for thing in things:
        outline = silhouette(thing, view.camera, view.world_from_camera, rig, through_glass=view.through_glass)
        box = (int(boxes[thing.id, 0]), int(boxes[thing.id, 1]), int(boxes[thing.id, 2]), int(boxes[thing.id, 3]))
        annotation = _annotation(thing, view, box if counts[thing.id] else None, outline, rig)
        if annotation is not None:
            annotations.append(annotation)
    return annotations


def _annotation(
    thing: Instance, view: View, box: BoxPx | None, outline: Silhouette | None, rig: Motion
) -> Annotation | None:
    """Return the annotation of one object, or None when nothing of it lies on the canvas.

    The outline is found apart from the picture, so rounding may leave out a pixel at its edge that the picture shows;
    what is seen always counts as part of the outline.
    """
    width, height = view.camera.width_px, view.camera.height_px
    region = _union(box, outline.box_px if outline is not None and outline.mask.size else None)
    outside_px = outline.outside_px if outline is not None else 0
    if region is None and outside_px == 0:
        return None
    x0, y0, x1, y1 = region or (0, 0, 0, 0)
    ids = view.instance_id[y0:y1, x0:x1]
    visible = ids == thing.id
    amodal = visible.copy()
    if outline is not None and outline.mask.size:
        u0, v0, u1, v1 = outline.box_px
        amodal[v0 - y0 : v1 - y0, u0 - x0 : u1 - x0] |= outline.mask
    visible_px, amodal_px = int(np.count_nonzero(visible)), int(np.count_nonzero(amodal))
    outline_px = amodal_px + outside_px
    if outline_px == 0:
        return None
    tight = box_of_mask(amodal)
    amodal_box = None if tight is None else (tight[0] + x0, tight[1] + y0, tight[2] + x0, tight[3] + y0)
    center = view.world_from_camera.inverse.apply(np.asarray(thing.cuboid.world_from_box.translation_m))
    return Annotation(
        camera=view.camera.name,
        instance_id=thing.id,
        box_px=box,
        mask=rle_of_crop(visible, (x0, y0, x1, y1), width, height) if box else None,
        visible_px=visible_px,
        amodal_box_px=amodal_box,
        amodal_mask=rle_of_crop(amodal, (x0, y0, x1, y1), width, height) if amodal_box else None,
        amodal_px=amodal_px,
        outline_box_px=_outline_box(amodal_box, outline),
        outline_px=float(outline_px),
        visible_fraction=visible_px / outline_px,
        occluded_fraction=1.0 - visible_px / amodal_px if amodal_px else 0.0,
        truncated_fraction=outside_px / outline_px,
        occluder_ids=_occluders(ids[amodal & ~visible]),
        z_m=float(center[2]),
        distance_m=float(np.linalg.norm(center)),
        alpha_rad=observation_angle(thing.world_from_object, view.world_from_camera, center),
        keypoints=seen_keypoints(thing, view, rig),
    )


def _union(first: BoxPx | None, second: BoxPx | None) -> BoxPx | None:
    if first is None or second is None:
        return first or second
    return min(first[0], second[0]), min(first[1], second[1]), max(first[2], second[2]), max(first[3], second[3])


def _outline_box(amodal_box: BoxPx | None, outline: Silhouette | None) -> tuple[float, float, float, float]:
    """Return the box around all of the outline, what was seen included."""
    boxes = [b for b in (amodal_box, outline.canvas_box_px if outline is not None else None) if b is not None]
    edges = np.array(boxes, dtype=np.float64)
    low, high = edges[:, :2].min(axis=0), edges[:, 2:].max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _occluders(hiding: np.ndarray) -> tuple[int, ...]:
    """Return the ids among ``hiding``, the most frequent first, the lower id first where they are equal."""
    counts = np.bincount(hiding) if len(hiding) else np.zeros(0, dtype=np.int64)
    ids = [int(i) for i in np.flatnonzero(counts) if i > 0]
    return tuple(sorted(ids, key=lambda i: (-int(counts[i]), i)))
