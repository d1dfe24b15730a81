"""Labels drawn over a camera's picture: masks, boxes, cuboids, names, LiDAR points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from pycocotools import mask as coco_mask

from simgen.assets.categories import category
from simgen.frame import Annotation, ObjectTruth, Rle
from simgen.geometry.boxes import CUBOID_EDGES, Cuboid
from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose
from simgen.quality.ink import BACKGROUND, Color, Scale, blend, category_color, fill, line, text_width, write
from simgen.quality.skeletons import draw_skeleton
from simgen.quality.solids import cuboid_of, motion_of, rig_motion_of
from simgen.scene.camera import Camera
from simgen.scene.lens import KannalaBrandt
from simgen.scene.rolling import seen_by_rows
from simgen.truth import FrameRecord, ViewRecord

_FINER = 2
_NEAR_M = 0.05
_FRONT = (4, 5, 7, 6)
_EDGE_STEPS = 33


def draw_overlay(
    rgb: np.ndarray,
    instance_id: np.ndarray,
    frame: FrameRecord,
    view: ViewRecord,
    *,
    width_px: int | None = None,
    masks: bool = True,
    boxes: bool = True,
    cuboids: bool = True,
    names: bool = True,
    skeletons: bool = True,
) -> np.ndarray:
    """Return a picture with its labels on it, drawn at the size they are shown.

    Args:
        rgb: (H, W, 3) uint8.
        instance_id: (H, W) uint16.
        frame: what is true of the frame.
        view: the camera's record in it.
        width_px: width of the result; None for the picture's own.
        masks: lay each visible mask, in its category's colour, over the picture.
        boxes: draw the boxes of what is visible.
        cuboids: draw the 3-D boxes, the front face filled.
        names: write category, visible share and distance.
        skeletons: draw keypoints and the lines between them; those that are hidden hollow.

    Returns:
        (H', W', 3) uint8 RGB.
    """
    picture = fit(rgb, width_px or rgb.shape[1])
    zoom = picture.shape[1] / rgb.shape[1]
    truths = {o.instance_id: o for o in frame.objects}
    seen = [a for a in frame.annotations if a.camera == view.camera.name and a.visible_px > 0]
    seen.sort(key=lambda a: -a.distance_m)
    if masks:
        colors = np.zeros((1 << 16, 3), dtype=np.uint8)
        for annotation in seen:
            colors[annotation.instance_id] = color_of(truths[annotation.instance_id])
        draw_masks(picture, instance_id, colors, [a.instance_id for a in seen])
    for annotation in seen:
        truth = truths[annotation.instance_id]
        if cuboids:
            motions, pose = (rig_motion_of(frame), motion_of(truth)), view.world_from_camera
            draw_cuboid(picture, cuboid_of(truth), view.camera, pose, color_of(truth), zoom, motions)
        if boxes and annotation.box_px is not None:
            x0, y0, x1, y1 = (edge * zoom for edge in annotation.box_px)
            line(picture, np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]]), color_of(truth), closed=True)
        if skeletons and annotation.keypoints:
            draw_skeleton(picture, annotation, truth.category, zoom)
    if names:
        draw_names(picture, seen, truths, zoom)
    return picture


def color_of(truth: ObjectTruth) -> Color:
    """Return the colour of an object's category."""
    return category_color(category(truth.category).id)


def fit(picture: np.ndarray, width_px: int) -> np.ndarray:
    """Return a copy of an (H, W, 3) picture scaled to a width; small ones keep their square pixels."""
    height = max(1, round(picture.shape[0] * width_px / picture.shape[1]))
    if width_px >= 2 * picture.shape[1]:
        how = cv2.INTER_NEAREST
    else:
        how = cv2.INTER_AREA if width_px < picture.shape[1] else cv2.INTER_LINEAR
    return cv2.resize(np.ascontiguousarray(picture), (width_px, height), interpolation=how)


def draw_masks(
    picture: np.ndarray, instance_id: np.ndarray, colors: np.ndarray, ids: Sequence[int], opacity: float = 0.38
) -> None:
    """Lay the masks of ``ids`` over a picture of any size, each with an outline.

    Args:
        picture: (H', W', 3) uint8, drawn upon.
        instance_id: (H, W) uint16.
        colors: (65536, 3) uint8 by instance id.
        ids: which to draw.
        opacity: of a small area; that of large ones falls with the root of their size. The outline is nearly solid.
    """
    size = (picture.shape[1] * _FINER, picture.shape[0] * _FINER)
    fine = np.asarray(cv2.resize(instance_id, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint16)
    share = np.bincount(instance_id.reshape(-1), minlength=1 << 16) / instance_id.size
    inside = np.zeros(1 << 16, dtype=np.float32)
    inside[list(ids)] = opacity * np.clip(np.sqrt(0.04 / np.maximum(share[list(ids)], 1e-9)), 0.35, 1.0)
    edge = np.zeros(fine.shape, dtype=bool)
    edge[:, 1:] |= fine[:, 1:] != fine[:, :-1]
    edge[:, :-1] |= fine[:, 1:] != fine[:, :-1]
    edge[1:] |= fine[1:] != fine[:-1]
    edge[:-1] |= fine[1:] != fine[:-1]
    alpha = np.where(edge & (inside[fine] > 0), np.float32(0.95), inside[fine])
    _blend_finer(picture, colors[fine], alpha)


def draw_cuboid(
    picture: np.ndarray,
    cuboid: Cuboid,
    camera: Camera,
    world_from_camera: Pose,
    color: Color,
    zoom: float = 1.0,
    motions: tuple[Motion, Motion] = (Motion(), Motion()),
) -> None:
    """Draw a 3-D box as the camera sees it, its front face filled; parts that the lens does not show are cut off.

    Edges bend as the lens bends them.

    Args:
        picture: drawn upon.
        cuboid: in the world.
        camera: whose picture it is.
        world_from_camera: its pose.
        color: of lines and front.
        zoom: size of ``picture`` relative to the camera's.
        motions: of the camera's rig and of the object, which a rolling shutter sees.
    """
    corners, _ = seen_by_rows(camera, world_from_camera, *motions, cuboid.corners)
    for a, b in CUBOID_EDGES:
        for path in _projected_edge(corners[a], corners[b], camera):
            line(picture, path * zoom, color)
    front = corners[[*_FRONT, _FRONT[0]]]
    if isinstance(camera.lens, KannalaBrandt) or (front[:, 2] > _NEAR_M).all():
        rim = [_projected_edge(a, b, camera) for a, b in pairwise(front)]
        if all(len(paths) == 1 and len(paths[0]) == _EDGE_STEPS for paths in rim):
            fill(picture, np.concatenate([paths[0] for paths in rim]) * zoom, color, 0.22)


def draw_names(
    picture: np.ndarray, seen: Sequence[Annotation], truths: dict[int, ObjectTruth], zoom: float, size: int = 11
) -> None:
    """Write category, visible share and distance above each box; near objects first, none over another."""
    height, width = picture.shape[:2]
    taken: list[tuple[float, float, float, float]] = []
    tall = size + 4
    for annotation in sorted(seen, key=lambda a: a.distance_m):
        if annotation.box_px is None or (annotation.box_px[3] - annotation.box_px[1]) * zoom < 9:
            continue
        truth = truths[annotation.instance_id]
        text = f"{truth.category.replace('_', ' ')} {annotation.visible_fraction:.0%} {annotation.distance_m:.3g} m"
        wide = text_width(text, size, 550) + 6
        x0, y0, _, y1 = (edge * zoom for edge in annotation.box_px)
        x = min(max(x0, 0.0), width - wide)
        places = [(x, y0 - tall), (x, y1), (x, y0)]
        for place in places:
            spot = (place[0], place[1], place[0] + wide, place[1] + tall)
            inside = spot[1] >= 0 and spot[3] <= height
            if inside and not any(_overlap(spot, other) for other in taken):
                taken.append(spot)
                _name_plate(picture, text, spot, color_of(truth), size)
                break


def draw_points(
    picture: np.ndarray,
    points: np.ndarray,
    view: ViewRecord,
    paint: Scale | np.ndarray,
    zoom: float = 1.0,
    size_px: float = 2.0,
) -> None:
    """Draw world points into a camera's picture, near ones on top.

    Args:
        picture: drawn upon.
        points: (N, 3) in the world.
        view: the camera's record.
        paint: a scale from ``z_m`` to colour, or (N, 3) uint8 colours.
        zoom: size of ``picture`` relative to the camera's.
        size_px: width of a dot.
    """
    local = view.world_from_camera.inverse.apply(points)
    uv, z = view.camera.project(local)
    size = (view.camera.width_px, view.camera.height_px)
    range_m = np.linalg.norm(local, axis=1)
    with np.errstate(invalid="ignore"):
        inside = (range_m > _NEAR_M) & (uv >= 0).all(axis=1) & (uv < size).all(axis=1)
    order = np.argsort(-range_m[inside], kind="stable")
    colors = paint.colors(z[inside]) if isinstance(paint, Scale) else paint[inside]
    splat(picture, uv[inside][order] * zoom, colors[order], size_px)


def splat(picture: np.ndarray, at: np.ndarray, colors: np.ndarray, size_px: float) -> None:
    """Draw anti-aliased square dots at (N, 2) positions in (N, 3) colours; later ones cover earlier ones."""
    finer = 3
    height, width = picture.shape[:2]
    layer = np.zeros((height * finer, width * finer, 3), dtype=np.uint8)
    alpha = np.zeros(layer.shape[:2], dtype=np.float32)
    reach = max(1, round(size_px * finer))
    corner = np.rint(np.asarray(at) * finer - reach / 2).astype(np.int64)
    # Dot by dot order matters, so all pixels of the N dots are listed with the dots in order, then written once.
    offset = np.stack(np.meshgrid(np.arange(reach), np.arange(reach)), axis=-1).reshape(1, -1, 2)
    pixels = (corner[:, None, :] + offset).reshape(-1, 2)
    inside = (pixels >= 0).all(axis=1) & (pixels < (width * finer, height * finer)).all(axis=1)
    x, y = pixels[inside].T
    layer[y, x] = np.repeat(colors, reach * reach, axis=0)[inside]
    alpha[y, x] = 1.0
    _blend_finer(picture, layer, alpha)


def draw_amodal(picture: np.ndarray, frame: FrameRecord, view: ViewRecord) -> None:
    """Draw the whole outline of each object over a picture, its hidden part striped."""
    truths = {o.instance_id: o for o in frame.objects}
    width, height = picture.shape[1], picture.shape[0]
    rows, columns = np.mgrid[0:height, 0:width]
    stripes = (rows + columns) % 7 < 3
    outlined = [a for a in frame.annotations if a.camera == view.camera.name and a.amodal_mask is not None]
    outlined.sort(key=lambda a: -a.distance_m)
    colors = [np.asarray(color_of(truths[a.instance_id]), np.float32) for a in outlined]
    wholes = [_decoded(a.amodal_mask, (width, height)) for a in outlined]
    visibles = [_decoded(a.mask, (width, height)) for a in outlined]
    for color, whole, visible in zip(colors, wholes, visibles, strict=True):
        blend(picture, color, 0.5 * whole * (1.0 - visible) * stripes)
    for color, whole, visible in zip(colors, wholes, visibles, strict=True):
        blend(picture, color, 0.34 * visible)
        contours, _ = cv2.findContours((whole > 0.5).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(picture, contours, -1, color.tolist(), 1, cv2.LINE_AA)


def _blend_finer(picture: np.ndarray, colors: np.ndarray, alpha: np.ndarray) -> None:
    """Lay a finer layer, (h, w, 3) colours of (h, w) float32 opacity, over the picture."""
    size = (picture.shape[1], picture.shape[0])
    opacity = cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    weighted = cv2.resize(colors * alpha[..., None], size, interpolation=cv2.INTER_AREA)
    blend(picture, weighted / np.maximum(opacity, 1e-6)[..., None], opacity)


def _decoded(rle: Rle | None, size: tuple[int, int]) -> np.ndarray:
    if rle is None:
        return np.zeros(size[::-1], dtype=np.float32)
    mask = coco_mask.decode({"size": list(rle.size), "counts": rle.counts.encode()})
    how = cv2.INTER_AREA if size[0] < mask.shape[1] else cv2.INTER_NEAREST
    return cv2.resize(mask.astype(np.float32), size, interpolation=how)


def _projected_edge(start: np.ndarray, end: np.ndarray, camera: Camera) -> list[np.ndarray]:
    """Return image positions along those parts of an edge, given in the camera frame, that the lens shows."""
    ends = np.stack([start, end])
    if not isinstance(camera.lens, KannalaBrandt):  # which alone shows what lies beside the camera, and behind it
        if (ends[:, 2] < _NEAR_M).all():
            return []
        for k in (0, 1):
            if ends[k, 2] < _NEAR_M:
                share = (_NEAR_M - ends[k, 2]) / (ends[1 - k, 2] - ends[k, 2])
                ends[k] = ends[k] + share * (ends[1 - k] - ends[k])
    points = ends[0] + np.linspace(0.0, 1.0, _EDGE_STEPS)[:, None] * (ends[1] - ends[0])
    uv, z = camera.project(points)
    shown = np.isfinite(uv[:, 0])
    # An edge straight behind a fisheye goes from one side of the picture's rim to the other.
    across = ((points[1:, :2] * points[:-1, :2]).sum(axis=1) < 0) & (z[1:] < 0)
    parts = np.split(np.arange(_EDGE_STEPS), np.flatnonzero(np.diff(shown) | across) + 1)
    return [uv[part] for part in parts if len(part) > 1 and shown[part[0]]]


def _overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _name_plate(picture: np.ndarray, text: str, spot: tuple[float, ...], color: Color, size: int) -> None:
    x0, y0, x1, y1 = (round(edge) for edge in spot)
    plate = picture[max(y0, 0) : y1, max(x0, 0) : x1]
    plate[:] = (0.3 * plate + 0.7 * np.asarray(BACKGROUND)).astype(np.uint8)
    write(picture, text, (x0 + 3, y1 - 4), size=size, color=color, weight=550)
