"""Checks cuboids against what cameras and LiDARs measured: nothing of an object lies outside its box."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numba
import numpy as np

from simgen.frame import ObjectTruth
from simgen.geometry.boxes import BoxPx, Cuboid, along_edges
from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose
from simgen.quality.masks import Pixels
from simgen.quality.report import Fault, Faults
from simgen.scene.camera import Camera
from simgen.scene.lens import Pinhole
from simgen.scene.rolling import seen_by_rows
from simgen.truth import FrameRecord, ViewRecord

OUTLINE_TOLERANCE_PX = 1.0
"""How far a mask may reach beyond its cuboid's outline."""

TIGHTNESS = 0.3
"""A fully visible object fills at least this share of its projected cuboid's width and of its height."""

_NEAR_M = 0.05

_TIGHT_FROM_PX = 30
"""Cuboids less wide or tall may look empty: what spans them can be thin, as a handlebar of 2 cm and 60 cm, and thinner
than a pixel falls between pixel centres."""

_EDGE_STEPS = 33


def cuboid_of(truth: ObjectTruth) -> Cuboid:
    """Return an object's box in the world."""
    return Cuboid(world_from_box=Pose(truth.rotation_wxyz, truth.center_m), size_m=truth.size_m)


def rig_motion_of(frame: FrameRecord) -> Motion:
    """Return how a frame's rig moves."""
    return Motion(
        velocity_mps=frame.rig_velocity_mps,
        yaw_rate_rps=frame.rig_yaw_rate_rps,
        center_m=frame.world_from_rig.translation_m,
    )


def motion_of(truth: ObjectTruth) -> Motion:
    """Return how an object moves."""
    return Motion(velocity_mps=truth.velocity_mps, yaw_rate_rps=truth.yaw_rate_rps, center_m=truth.center_m)


def at_the_instant(
    frame: FrameRecord, view: ViewRecord, truth: ObjectTruth, uv: np.ndarray, local: np.ndarray
) -> np.ndarray:
    """Return (N, 3) world points where an object has them at the frame's instant.

    Args:
        frame: the record.
        view: of one of its cameras.
        truth: the object.
        uv: (N, 2) pixel centres that show the points.
        local: (N, 3) the points in the camera's frame when the pixels' rows took light.
    """
    there, shutter = view.world_from_camera.apply(local), view.camera.shutter
    if not shutter.readout_s:
        return there
    time_s = shutter.times_s(uv[:, 1], view.camera.height_px)
    return motion_of(truth).move_back(rig_motion_of(frame).move(there, time_s), time_s)


def check_solids(where: str, frame: FrameRecord, view: ViewRecord, pixels: Pixels) -> Faults:
    """Yield the objects whose pixels, by depth or by outline, leave their cuboid, or whose cuboid is far too large."""
    fractions = {a.instance_id: a.visible_fraction for a in frame.annotations if a.camera == view.camera.name}
    seen = [truth for truth in frame.objects if truth.instance_id in pixels.box_of_id]
    poses = [view.world_from_camera.inverse @ cuboid_of(truth).world_from_box for truth in seen]
    rig = rig_motion_of(frame)
    if view.camera.shutter.readout_s:
        outside, beyond = _outside_by_rows(frame, seen, view, pixels)
    else:
        outside, beyond = _outside(seen, poses, view, pixels)
    for truth in seen:
        k = truth.instance_id
        box = pixels.box_of_id[k]
        at = f"{where}, object {k} ({truth.category})"
        if outside[k]:
            share = f"{outside[k]} of {pixels.count_of_id[k]} pixels"
            yield Fault(where=at, what=f"{share} lie outside the cuboid by their depth, by up to {beyond[k]:.3f} m")
        corners, _ = seen_by_rows(view.camera, view.world_from_camera, rig, motion_of(truth), cuboid_of(truth).corners)
        uv = _outline_of(corners, view.camera)
        if uv is not None:
            yield from _check_outline(at, uv, box, pixels.instance_id[box[1] : box[3], box[0] : box[2]] == k)
            if fractions.get(k, 0.0) > 0.999:
                yield from _check_tightness(at, uv, box)


def _outline_of(corners: np.ndarray, camera: Camera) -> np.ndarray | None:
    """Return (N, 2) image positions whose convex hull holds all that is seen of a cuboid.

    Through a pinhole they are its corners, otherwise points along its edges, which may bend. None when part of it lies
    where the lens shows nothing, or when it surrounds the camera or the direction straight back.
    """
    if isinstance(camera.lens, Pinhole):
        return camera.project(corners)[0] if (corners[:, 2] > _NEAR_M).all() else None
    directions = corners / np.linalg.norm(corners, axis=1, keepdims=True)
    center = corners.mean(axis=0)
    cosine = float((directions @ center).min() / np.linalg.norm(center))
    back = math.acos(max(-1.0, -float(center[2] / np.linalg.norm(center))))
    if not cosine > 0.05 or math.acos(min(cosine, 1.0)) >= back:
        return None
    uv, _ = camera.project(along_edges(corners, _EDGE_STEPS).reshape(-1, 3))
    return uv if np.isfinite(uv).all() else None


def _outside(
    seen: Sequence[ObjectTruth], poses: Sequence[Pose], view: ViewRecord, pixels: Pixels
) -> tuple[np.ndarray, np.ndarray]:
    """Return per instance id how many pixels, put back into space by their depth, lie outside its cuboid, and how far.

    The margin is the stored depth's rounding along the ray, and a hundred-thousandth of the distance for float32.
    """
    camera = view.camera
    directions = camera.directions(camera.pixel_centres()).reshape(camera.height_px, camera.width_px, 3)
    # A row per id: 9 numbers of the rotation into the box, 3 of the translation, 3 half sizes; 0 for what has no box.
    boxes = np.zeros((pixels.highest + 1, 15))
    for truth, camera_from_box in zip(seen, poses, strict=True):
        inverse = camera_from_box.inverse
        row = boxes[truth.instance_id]
        row[:9], row[9:12] = inverse.rotation.reshape(-1), inverse.translation_m
        row[12:] = np.asarray(truth.size_m) / 2
    return _measure_outside(pixels.instance_id, pixels.z_m, directions, boxes, 0.51 * camera.depth_unit_m)


def _outside_by_rows(
    frame: FrameRecord, seen: Sequence[ObjectTruth], view: ViewRecord, pixels: Pixels
) -> tuple[np.ndarray, np.ndarray]:
    """Return the same through a rolling shutter: each pixel's point is carried to where its object has it."""
    camera = view.camera
    outside, farthest = np.zeros(pixels.highest + 1, dtype=np.int64), np.zeros(pixels.highest + 1)
    for truth in seen:
        row, column = np.nonzero((pixels.instance_id == truth.instance_id) & (pixels.z_m > 0))
        uv = np.stack([column, row], axis=1) + 0.5
        direction, z_m = camera.directions(uv), pixels.z_m[row, column].astype(np.float64)
        point = at_the_instant(frame, view, truth, uv, direction * (z_m / direction[:, 2])[:, None])
        local = cuboid_of(truth).world_from_box.inverse.apply(point)
        beyond = (np.abs(local) - np.asarray(truth.size_m) / 2).max(axis=1, initial=-1.0)
        margin = (0.51 * camera.depth_unit_m + 1e-5 * z_m) / direction[:, 2] + 1e-5
        k, out = truth.instance_id, beyond > margin
        outside[k], farthest[k] = np.count_nonzero(out), beyond[out].max(initial=0.0)
    return outside, farthest


@numba.njit(cache=True)
def _measure_outside(
    ids: np.ndarray, z_m: np.ndarray, directions: np.ndarray, boxes: np.ndarray, rounding_m: float
) -> tuple[np.ndarray, np.ndarray]:
    outside = np.zeros(len(boxes), dtype=np.int64)
    farthest = np.zeros(len(boxes))
    for v in range(ids.shape[0]):
        for u in range(ids.shape[1]):
            box = boxes[ids[v, u]]
            z = float(z_m[v, u])
            if box[12] <= 0.0 or z <= 0.0:  # 0 beyond what the depth image can hold
                continue
            range_m = z / directions[v, u, 2]
            x, y = directions[v, u, 0] * range_m, directions[v, u, 1] * range_m
            beyond = -1.0
            for axis in range(3):
                local = box[3 * axis] * x + box[3 * axis + 1] * y + box[3 * axis + 2] * z + box[9 + axis]
                beyond = max(beyond, abs(local) - box[12 + axis])
            margin = (rounding_m + 1e-5 * z) / directions[v, u, 2] + 1e-5
            if beyond > margin:
                outside[ids[v, u]] += 1
                farthest[ids[v, u]] = max(farthest[ids[v, u]], beyond)
    return outside, farthest


def _check_outline(where: str, corners_uv: np.ndarray, box: BoxPx, own: np.ndarray) -> Faults:
    """Yield a fault when pixel centres of the mask ``own`` in ``box`` lie outside the convex outline of the corners."""
    hull = _convex_hull(corners_uv)
    edges = np.roll(hull, -1, axis=0) - hull
    length = np.hypot(edges[:, 0], edges[:, 1])
    normal = np.stack([edges[:, 1], -edges[:, 0]], axis=1) / length[:, None]
    # Only the first and the last pixel of a row can be outermost.
    rows = np.flatnonzero(own.any(axis=1))
    first, last = own.argmax(axis=1)[rows], own.shape[1] - 1 - own[:, ::-1].argmax(axis=1)[rows]
    centres = np.stack([np.r_[first, last] + box[0], np.r_[rows, rows] + box[1]], axis=1) + 0.5
    beyond = float(((centres[:, None, :] - hull[None]) * normal[None]).sum(axis=2).max())
    if beyond > OUTLINE_TOLERANCE_PX:
        yield Fault(where=where, what=f"its mask reaches {beyond:.1f} px beyond the outline of its cuboid")


def _check_tightness(where: str, corners_uv: np.ndarray, box: BoxPx) -> Faults:
    wide, tall = np.ptp(corners_uv, axis=0).tolist()
    if min(wide, tall) < _TIGHT_FROM_PX:
        return
    for name, found, outline in (("width", box[2] - box[0], wide), ("height", box[3] - box[1], tall)):
        if found < TIGHTNESS * outline:
            sizes = f"its {name} is {found} px of the cuboid's {outline:.0f} px"
            yield Fault(where=where, what=f"its cuboid is too large: all of it is seen, and {sizes}")


def _convex_hull(points: np.ndarray) -> np.ndarray:
    """Return the corners of the convex hull of (N, 2) points, turning one way (Andrew's monotone chain)."""
    ordered = sorted({(float(x), float(y)) for x, y in points})

    def half(walk: list[tuple[float, float]]) -> list[tuple[float, float]]:
        chain: list[tuple[float, float]] = []
        for p in walk:
            while len(chain) > 1 and _turn(chain[-2], chain[-1], p) <= 0:
                chain.pop()
            chain.append(p)
        return chain

    return np.array(half(ordered)[:-1] + half(ordered[::-1])[:-1])


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
