"""Checks further images of a picture against its instances and depths, read by their formats' own definitions."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from simgen.assets.categories import categories
from simgen.quality.masks import Pixels
from simgen.quality.report import Fault, Faults, differs
from simgen.quality.solids import at_the_instant, cuboid_of
from simgen.truth import FrameRecord, ViewRecord

FORMS: dict[str, tuple[int, type[np.generic]]] = {
    "semantic": (1, np.uint8),
    "panoptic": (3, np.uint8),
    "object_coordinates": (3, np.uint16),
    "albedo": (3, np.uint8),
    "uv": (3, np.uint16),
    "lens_mask": (1, np.uint8),
    "linear": (3, np.uint16),
    "flow_forward": (3, np.uint16),
    "flow_backward": (3, np.uint16),
    "occlusion_forward": (1, np.uint8),
    "occlusion_backward": (1, np.uint8),
}
"""Number of channels and type of each kind of image; channels come blue first."""

_SEEN, _OUTSIDE = 1, 3
_FLAT_M = 1e-3


def check_truths(
    where: str,
    frame: FrameRecord,
    view: ViewRecord,
    pixels: Pixels,
    images: Mapping[str, np.ndarray],
    category_ids: Mapping[str, int],
) -> Faults:
    """Yield what is wrong with a picture's further images.

    Args:
        where: the frame and camera.
        frame: what is true of the frame.
        view: the camera's record.
        pixels: its instances and depths.
        images: by kind, as OpenCV reads them.
        category_ids: id by category name, as ``dataset.json`` has them.
    """
    category_of_id = np.zeros(max(pixels.highest, *frame.instances, 0) + 1, dtype=np.int64)
    for k, name in frame.instances.items():
        category_of_id[k] = category_ids.get(name, 0)
    nothing = pixels.instance_id == 0
    if "semantic" in images:
        wrong = np.count_nonzero(images["semantic"] != category_of_id[pixels.instance_id])
        yield from _some(where, wrong, "of the semantic image are not their instance's category")
    if "panoptic" in images:
        yield from _check_panoptic(where, frame, view, pixels, images["panoptic"], category_of_id)
    if "object_coordinates" in images:
        yield from _check_coordinates(where, frame, view, pixels, images["object_coordinates"])
    for kind in ("albedo", "uv"):
        if kind in images:
            wrong = np.count_nonzero(images[kind][nothing].any(axis=-1))
            yield from _some(where, wrong, f"of the {kind} image are not 0 though nothing is there")
    if "uv" in images:
        wrong = np.count_nonzero(images["uv"][..., 0] != ~nothing)
        yield from _some(where, wrong, "of the uv image are marked as surface where there is none, or the other way")
    for way in ("forward", "backward"):
        if f"flow_{way}" in images and f"occlusion_{way}" in images:
            yield from _check_flow(where, way, images[f"flow_{way}"], images[f"occlusion_{way}"])


def _check_panoptic(
    where: str, frame: FrameRecord, view: ViewRecord, pixels: Pixels, image: np.ndarray, category_of_id: np.ndarray
) -> Faults:
    """Hold COCO's ``id = R + 256 G + 65536 B`` against the instances, and the list of segments against the image."""
    ids = image[..., 2].astype(np.int64) + 256 * image[..., 1].astype(np.int64) + 65536 * image[..., 0].astype(np.int64)
    expected = category_of_id * 65536
    for truth in frame.objects:
        if truth.instance_id < len(expected):
            expected[truth.instance_id] += truth.instance_id
    wrong = np.count_nonzero(ids != expected[pixels.instance_id])
    yield from _some(where, wrong, "of the panoptic image are not their instance's segment")
    found, counts = np.unique(ids[ids > 0], return_counts=True)
    listed = {segment.id: segment for segment in view.segments}
    yield from differs(where, "the list of segments", sorted(listed), found.tolist())
    for k, count in zip(found.tolist(), counts.tolist(), strict=True):
        if k not in listed:
            continue
        segment, rows, columns = listed[k], *np.nonzero(ids == k)
        at = f"{where}, segment {k} ({segment.category})"
        yield from differs(at, "area_px", segment.area_px, count)
        box = (int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
        yield from differs(at, "box_px", segment.box_px, box)
        known = categories().get(segment.category)
        yield from differs(at, "its category's id", None if known is None else known.id, k // 65536)


def _check_coordinates(where: str, frame: FrameRecord, view: ViewRecord, pixels: Pixels, image: np.ndarray) -> Faults:
    """Hold positions in cuboids against the depths, put back into space."""
    countable = np.zeros(max(pixels.highest, *(o.instance_id for o in frame.objects), 0) + 1, dtype=bool)
    countable[[o.instance_id for o in frame.objects]] = True
    wrong = np.count_nonzero(image[~countable[pixels.instance_id]].any(axis=-1))
    yield from _some(where, wrong, "of the object coordinates are not 0 though no object is there")
    directions = view.camera.pixel_directions().reshape(*pixels.z_m.shape, 3)
    for truth in frame.objects:
        if truth.instance_id not in pixels.box_of_id:
            continue
        on = (pixels.instance_id == truth.instance_id) & (pixels.z_m > 0)
        along = directions[on] / directions[on][:, 2:]
        uv = np.argwhere(on)[:, ::-1] + 0.5
        point = at_the_instant(frame, view, truth, uv, along * pixels.z_m[on][:, None])
        inside = cuboid_of(truth).world_from_box.inverse.apply(point)
        size = np.asarray(truth.size_m)
        told = (image[on][:, ::-1] / 65535.0 - 0.5) * size
        # Half a count of depth along the ray, half a step of the coordinates, and float32's rounding.
        margin = np.linalg.norm(along, axis=1) * (0.51 * view.camera.depth_unit_m + 1e-5 * pixels.z_m[on])
        margin = margin[:, None] + size / 65535.0
        off = np.abs(told - inside) > margin
        off[:, size < _FLAT_M] = False
        at = f"{where}, object {truth.instance_id} ({truth.category})"
        yield from _some(at, int(off.any(axis=1).sum()), "have object coordinates that are not where the depth is")


def _check_flow(where: str, way: str, flow: np.ndarray, state: np.ndarray) -> Faults:
    """Hold a flow's valid bit, its size and the states of its pixels against each other."""
    valid = flow[..., 0] > 0
    yield from _some(where, (flow[..., 0] > 1).sum(), f"of flow_{way} have a valid bit that is not 0 or 1")
    yield from _some(where, (state > _OUTSIDE).sum(), f"of occlusion_{way} are not a known state")
    yield from _some(where, (valid & (state == 0)).sum(), f"of flow_{way} are valid, but of unknown state")
    yield from _some(where, int(flow[~valid].any(axis=-1).sum()), f"of flow_{way} are not valid, yet not 0")
    height, width = state.shape
    v, u = np.nonzero(valid & ((state == _SEEN) | (state == _OUTSIDE)))
    there = (flow[v, u, 2:0:-1].astype(np.float64) - 32768) / 64 + np.stack([u, v], axis=1) + 0.5
    slack = 1 / 64
    inside = ((there >= slack) & (there < np.array([width, height]) - slack)).all(axis=1)
    beyond = ((there < -slack) | (there >= np.array([width, height]) + slack)).any(axis=1)
    wrong = np.where(state[v, u] == _SEEN, beyond, inside)
    yield from _some(where, int(wrong.sum()), f"of flow_{way} end inside or outside the image, unlike their state")


def _some(where: str, count: int | np.integer, what: str) -> Faults:
    if count:
        yield Fault(where=where, what=f"{count} pixels {what}")
