"""Checks the truth of one picture: every count, box and mask against the instance image."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from simgen.frame import Annotation, ObjectTruth, Rle
from simgen.geometry.boxes import BoxPx
from simgen.quality.report import Fault, Faults, differs, is_near
from simgen.quality.runs import Tally, run_lengths, tally
from simgen.truth import FrameRecord, ViewRecord

FRACTION_TOLERANCE = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class Pixels:
    """A picture's images, with what is counted in them once.

    Attributes:
        instance_id: (H, W) uint16.
        z_m: (H, W) float32.
        columns: (W, H) contiguous, ``instance_id`` transposed.
        count_of_id: (highest id + 1,) pixels of each id.
        box_of_id: tight box of each id that is there.
    """

    instance_id: np.ndarray
    z_m: np.ndarray
    columns: np.ndarray
    count_of_id: np.ndarray
    box_of_id: dict[int, BoxPx]

    @property
    def highest(self) -> int:
        """The highest id."""
        return len(self.count_of_id) - 1


def count_pixels(instance_id: np.ndarray, z_m: np.ndarray) -> Pixels:
    """Return a picture's instance image with its counts and boxes."""
    columns = np.ascontiguousarray(instance_id.T)
    count_of_id, edges = _count(columns, int(columns.max(initial=0)))
    boxes = {int(k): tuple(edges[k].tolist()) for k in np.flatnonzero(count_of_id)}
    return Pixels(instance_id=instance_id, z_m=z_m, columns=columns, count_of_id=count_of_id, box_of_id=boxes)


@numba.njit(cache=True)
def _count(columns: np.ndarray, highest: int) -> tuple[np.ndarray, np.ndarray]:
    """Return (highest + 1,) pixels and (highest + 1, 4) half-open boxes of each id."""
    width, height = columns.shape
    counts = np.zeros(highest + 1, dtype=np.int64)
    edges = np.zeros((highest + 1, 4), dtype=np.int64)
    edges[:, 0], edges[:, 1] = width, height
    for x in range(width):
        for y in range(height):
            k = columns[x, y]
            counts[k] += 1
            edges[k, 0], edges[k, 2] = min(edges[k, 0], x), x + 1
            edges[k, 1], edges[k, 3] = min(edges[k, 1], y), max(edges[k, 3], y + 1)
    return counts, edges


def check_picture(where: str, frame: FrameRecord, view: ViewRecord, pixels: Pixels) -> Faults:
    """Yield what is wrong between a camera's annotations and its instance and depth images."""
    truths = {o.instance_id: o for o in frame.objects}
    unknown = [int(k) for k in np.flatnonzero(pixels.count_of_id) if k and int(k) not in frame.instances]
    if unknown:
        yield Fault(where=where, what=f"the instance image holds ids that the truth does not list: {_few(unknown)}")
    empty = int(np.count_nonzero((pixels.instance_id == 0) & (pixels.z_m > 0)))
    if empty:
        yield Fault(where=where, what=f"{empty} pixels have a depth but no instance")
    annotations = [a for a in frame.annotations if a.camera == view.camera.name]
    ids = [a.instance_id for a in annotations]
    if len(set(ids)) != len(ids):
        twice = [k for k in set(ids) if ids.count(k) > 1]
        yield Fault(where=where, what=f"objects annotated more than once: {_few(twice)}")
    missing = [k for k in sorted(truths) if k < len(pixels.count_of_id) and pixels.count_of_id[k] and k not in set(ids)]
    if missing:
        yield Fault(where=where, what=f"objects are seen but not annotated: {_few(missing)}")
    for annotation in annotations:
        truth = truths.get(annotation.instance_id)
        if truth is None:
            k = annotation.instance_id
            yield Fault(where=where, what=f"annotation of object {k}, which the truth does not list")
            continue
        at = f"{where}, object {truth.instance_id} ({truth.category})"
        yield from _check_annotation(at, annotation, frame, pixels)
        yield from _check_place(at, annotation, truth, view)


def _check_annotation(where: str, seen: Annotation, frame: FrameRecord, pixels: Pixels) -> Faults:
    k = seen.instance_id
    count = int(pixels.count_of_id[k]) if k <= pixels.highest else 0
    yield from differs(where, "visible_px", seen.visible_px, count)
    yield from differs(where, "box_px", seen.box_px, pixels.box_of_id.get(k))
    modal, fault = _read(where, "mask", seen.mask, pixels)
    yield from fault
    if modal is not None and not (modal.area_px == count and (count == 0 or modal.count_of_id[k] == count)):
        own = int(modal.count_of_id[k]) if k <= pixels.highest else 0
        yield Fault(where=where, what=f"mask covers {modal.area_px} pixels, {own} of the object's {count}")
    amodal, fault = _read(where, "amodal_mask", seen.amodal_mask, pixels)
    yield from fault
    if amodal is not None:
        yield from _check_amodal(where, seen, amodal, count)
    yield from _check_fractions(where, seen)
    unknown = [i for i in seen.occluder_ids if i not in frame.instances]
    if unknown:
        yield Fault(where=where, what=f"occluder_ids names {_few(unknown)}, which the truth does not list")


def _check_amodal(where: str, seen: Annotation, amodal: Tally, count: int) -> Faults:
    yield from differs(where, "amodal_px", seen.amodal_px, amodal.area_px)
    yield from differs(where, "amodal_box_px", seen.amodal_box_px, amodal.box_px)
    k = seen.instance_id
    own = int(amodal.count_of_id[k]) if k < len(amodal.count_of_id) else 0
    if own != count:
        yield Fault(where=where, what=f"amodal mask leaves out {count - own} of {count} visible pixels")
    hidden_by = {i: int(n) for i, n in enumerate(amodal.count_of_id) if n and i not in (0, k)}
    expected = tuple(sorted(hidden_by, key=lambda i: (-hidden_by[i], i)))
    yield from differs(where, "occluder_ids", seen.occluder_ids, expected)


def _check_fractions(where: str, seen: Annotation) -> Faults:
    if not seen.outline_px >= seen.amodal_px >= seen.visible_px >= 0 or seen.outline_px <= 0:
        counts = f"{seen.visible_px} visible, {seen.amodal_px} amodal, {seen.outline_px:g} outline"
        yield Fault(where=where, what=f"pixel counts must rise from visible to amodal to outline, got {counts}")
        return
    expected = {
        "visible_fraction": seen.visible_px / seen.outline_px,
        "occluded_fraction": 1.0 - seen.visible_px / seen.amodal_px if seen.amodal_px else 0.0,
        "truncated_fraction": 1.0 - seen.amodal_px / seen.outline_px,
    }
    for name, value in expected.items():
        found = getattr(seen, name)
        if not is_near(found, value, FRACTION_TOLERANCE):
            yield Fault(where=where, what=f"{name} is {found:.6f}, should be {value:.6f}")
    outer = seen.outline_box_px
    if seen.amodal_box_px is not None:
        inner = seen.amodal_box_px
        if outer[0] > inner[0] or outer[1] > inner[1] or outer[2] < inner[2] or outer[3] < inner[3]:
            yield Fault(where=where, what=f"outline_box_px {outer} does not hold amodal_box_px {inner}")


def _check_place(where: str, seen: Annotation, truth: ObjectTruth, view: ViewRecord) -> Faults:
    """Yield what is wrong with distance, depth and KITTI's angle, found again from the poses."""
    camera_from_world = view.world_from_camera.inverse
    center = camera_from_world.apply(np.asarray(truth.center_m))
    away = float(np.linalg.norm(center))
    if not is_near(seen.z_m, float(center[2]), 1e-4) or not is_near(seen.distance_m, away, 1e-4):
        found = f"z_m {seen.z_m:.4f}, distance_m {seen.distance_m:.4f}"
        yield Fault(where=where, what=f"{found}; the cuboid's centre has {center[2]:.4f}, {away:.4f}")
    w, x, y, z = truth.rotation_wxyz
    forward = camera_from_world.rotate(np.array([1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)]))
    alpha = math.atan2(-forward[2], forward[0]) - math.atan2(center[0], center[2])
    turn = math.remainder(seen.alpha_rad - alpha, 2 * math.pi)
    if math.hypot(forward[0], forward[2]) > 1e-3 and not abs(turn) <= 1e-4:
        right = math.remainder(alpha, 2 * math.pi)
        yield Fault(where=where, what=f"alpha_rad is {seen.alpha_rad:.4f}, should be {right:.4f}")


def _read(where: str, what: str, rle: Rle | None, pixels: Pixels) -> tuple[Tally | None, list[Fault]]:
    """Return what a mask covers, an empty one for none, or the fault that it cannot be read."""
    height, width = pixels.instance_id.shape
    if rle is None:
        return tally(np.array([height * width]), pixels.columns, pixels.highest), []
    if tuple(rle.size) != (height, width):
        return None, [Fault(where=where, what=f"{what}'s size is {tuple(rle.size)}, should be {(height, width)}")]
    try:
        return tally(run_lengths(rle.counts, height, width), pixels.columns, pixels.highest), []
    except ValueError as error:
        return None, [Fault(where=where, what=f"{what} {error}")]


def _few(ids: list[int]) -> str:
    return ", ".join(map(str, sorted(ids)[:8])) + (f" and {len(ids) - 8} more" if len(ids) > 8 else "")
