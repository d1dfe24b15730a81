"""Further truths of every pixel of a view: categories, segments, positions in the object, texture coordinates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simgen.annotate.masks import boxes_and_counts
from simgen.assets.categories import category
from simgen.frame import Segment, View
from simgen.geometry.rays import Hits
from simgen.scene.scene import Instance, Scene
from simgen.trace.geometry import Geometry

CATEGORY_STEP = 65536
"""Segment ids are ``instance_id + CATEGORY_STEP * category_id``."""

_HIGHEST_CATEGORY = 255


def with_truths(
    scene: Scene,
    view: View,
    geometry: Geometry,
    *,
    semantic: bool = False,
    panoptic: bool = False,
    object_coordinates: bool = False,
    uv: bool = False,
) -> View:
    """Return ``view`` with the truths that are asked for.

    Args:
        scene: what there is.
        view: of a camera in it.
        geometry: the triangles that were traced.
        semantic: whether to add `View.semantic`.
        panoptic: whether to add `View.panoptic` and its segments.
        object_coordinates: whether to add `View.object_coordinates`.
        uv: whether to add `View.uv`.

    Raises:
        AssetError: an object's category is unknown.
        ValueError: a category's id is above 255.
    """
    if semantic:
        view = replace(view, semantic=semantic_ids(scene, view.instance_id))
    if panoptic:
        ids = panoptic_ids(scene, view.instance_id)
        view = replace(view, panoptic=ids, segments=segments_of(scene, view.instance_id))
    if object_coordinates:
        view = replace(view, object_coordinates=object_coordinates_of(scene, view))
    if uv:
        shape = view.instance_id.shape
        view = replace(view, uv=texture_coordinates(hits_of(view), geometry).reshape(*shape, 2))
    return view


def semantic_ids(scene: Scene, instance_id: np.ndarray) -> np.ndarray:
    """Return the (H, W) uint8 category ids of an instance image; 0 where it is 0.

    Raises:
        AssetError: an object's category is unknown.
        ValueError: a category's id is above 255.
    """
    return _category_of_id(scene)[instance_id].astype(np.uint8)


def panoptic_ids(scene: Scene, instance_id: np.ndarray) -> np.ndarray:
    """Return the (H, W) uint32 segment ids of an instance image, as `Segment` has them.

    Every object that can be counted is a segment; all ground of one category is one, as COCO wants it (Kirillov et
    al. 2019, Panoptic Segmentation). Ids fit the format's 24 bits.

    Raises:
        AssetError, ValueError: as `semantic_ids`.
    """
    return _segment_of_id(scene)[instance_id]


def segments_of(scene: Scene, instance_id: np.ndarray) -> tuple[Segment, ...]:
    """Return the segments of an instance image in the order of their ids; those without a pixel are left out."""
    segment_of_id = _segment_of_id(scene)
    boxes, counts = boxes_and_counts(instance_id, scene.next_id - 1)
    names = {int(segment_of_id[o.id]): o.category for o in scene.objects}
    found = []
    for segment in sorted(names):
        members = np.flatnonzero((segment_of_id == segment) & (counts > 0))
        if len(members):
            low, high = boxes[members, :2].min(axis=0).tolist(), boxes[members, 2:].max(axis=0).tolist()
            area, box = int(counts[members].sum()), (low[0], low[1], high[0], high[1])
            found.append(Segment(id=segment, category=names[segment], area_px=area, box_px=box))
    return tuple(found)


def object_coordinates_of(scene: Scene, view: View) -> np.ndarray:
    """Return (H, W, 3) float32 positions of the surface points in their objects' cuboids.

    Each axis runs from 0 (back, right, bottom) to 1 (front, left, top) of the cuboid, so that the point lies at
    ``(c - 0.5) * size_m`` in the object frame of `simgen.frame.ObjectTruth`, whose origin is the cuboid's middle, and
    where BOP's "object coordinates" are taken. The axes are stretched apart from each other, unlike those of Wang et
    al. 2019 (NOCS), whose unit is the cuboid's diagonal: theirs are ``(c - 0.5) * size_m / norm(size_m) + 0.5``.
    What cannot be counted, and where nothing was met, is 0.
    """
    things = [o for o in scene.objects if category(o.category).thing]
    row_of_id = np.full(scene.next_id, -1)
    row_of_id[[o.id for o in things]] = np.arange(len(things))
    row = row_of_id[view.instance_id.ravel()]
    out = np.zeros((len(row), 3), dtype=np.float32)
    on = np.flatnonzero(row >= 0)
    if len(on):
        turn, move, size = (np.stack(each) for each in zip(*map(_box_from_world, things), strict=True))
        points = surface_points(view)[on]
        inside = np.einsum("nij,nj->ni", turn[row[on]], points) + move[row[on]]
        # Hits lie in the box but for float32; a sheet without thickness lies in its middle.
        out[on] = np.clip(inside / np.maximum(size[row[on]], 1e-9) + 0.5, 0.0, 1.0)
    return out.reshape(*view.instance_id.shape, 3)


def texture_coordinates(hits: Hits, geometry: Geometry) -> np.ndarray:
    """Return (N, 2) float32 texture coordinates where rays met triangles; 0 where they met nothing."""
    out = np.zeros((len(hits), 2), dtype=np.float32)
    met = hits.triangle >= 0
    corner = geometry.uv[geometry.faces[hits.triangle[met]]]
    second, third = hits.barycentric[met, :1], hits.barycentric[met, 1:]
    out[met] = corner[:, 0] * (1.0 - second - third) + corner[:, 1] * second + corner[:, 2] * third
    return out


def surface_points(view: View) -> np.ndarray:
    """Return (H * W, 3) float64 world points that a view's pixel centres show; where nothing was met, infinite or NaN.

    Points seen at other times than the scene's instant are where their objects have them at that instant.

    Raises:
        ValueError: the view does not hold its hits.
    """
    if view.points_m is not None:
        return view.points_m
    away = view.world_from_camera.rotate(view.camera.pixel_directions())
    with np.errstate(invalid="ignore"):
        return np.asarray(view.world_from_camera.translation_m) + away * hits_of(view).range_m[:, None]


def hits_of(view: View) -> Hits:
    """Return what a view's rays met.

    Raises:
        ValueError: the view does not hold its hits.
    """
    if view.hits is None:
        raise ValueError(f"the view of camera {view.camera.name!r} does not hold its hits; render it with render_view")
    return view.hits


def _box_from_world(thing: Instance) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    cuboid = thing.cuboid
    back = cuboid.world_from_box.inverse
    return back.rotation, np.asarray(back.translation_m), np.asarray(cuboid.size_m)


def _category_of_id(scene: Scene) -> np.ndarray:
    ids = np.zeros(scene.next_id, dtype=np.uint32)
    for instance in scene.objects:
        ids[instance.id] = category(instance.category).id
    if ids.max() > _HIGHEST_CATEGORY:
        raise ValueError(f"category id {ids.max()} does not fit 8 bits; number categories below 256")
    return ids


def _segment_of_id(scene: Scene) -> np.ndarray:
    ids = _category_of_id(scene) * np.uint32(CATEGORY_STEP)
    for instance in scene.objects:
        if category(instance.category).thing:
            ids[instance.id] += np.uint32(instance.id)
    return ids
