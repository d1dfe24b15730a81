"""An object's whole outline, as if nothing stood before it and the image had no edge."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numba
import numpy as np

from simgen.geometry.boxes import BoxPx, box_of_mask
from simgen.geometry.motion import Motion
from simgen.geometry.pose import Pose
from simgen.geometry.rays import Rays
from simgen.scene.camera import Camera
from simgen.scene.lens import BrownConrady, KannalaBrandt, Pinhole
from simgen.scene.rolling import seen_by_rows
from simgen.scene.scene import Instance
from simgen.trace.bent import Body, bent_triangles
from simgen.trace.cutout import Cutouts, cutouts_of, has_holes, is_solid
from simgen.trace.geometry import flatten
from simgen.trace.panes import hit_behind_glass
from simgen.trace.tracer import Tracer

CANVAS = 3
"""The outline is followed on a canvas this many times the image's width and height, centred on it, as BOP does."""

_NEAREST_M = 0.001


@dataclass(frozen=True, kw_only=True, eq=False)
class Silhouette:
    """Where one object alone would be seen.

    Attributes:
        box_px: image region that ``mask`` covers; no area when the outline lies wholly outside.
        mask: (y1 - y0, x1 - x0) booleans at pixel centres, inside the image only.
        outside_px: number of the outline's pixels on the canvas beyond the image's edge.
        canvas_box_px: tight box of the outline on the whole canvas.
    """

    box_px: BoxPx
    mask: np.ndarray
    outside_px: int
    canvas_box_px: BoxPx


def silhouette(
    instance: Instance,
    camera: Camera,
    world_from_camera: Pose,
    rig: Motion = Motion(),  # noqa: B008 - it is frozen
    *,
    through_glass: bool = False,
) -> Silhouette | None:
    """Return the outline of ``instance``, or None when no pixel of the canvas shows it.

    Through a pinhole its triangles are projected one by one, and those pixels marked whose centres they cover: the
    pixels whose rays meet the object, found without building anything to cast rays against. What lies less than 1 mm in
    front of the camera's plane, or behind it, is cut off. For a lens that bends lines the triangles are first cut into
    pieces whose edges are straight (`simgen.trace.bent`). Holes in its textures are left out, and with
    ``through_glass`` its panes where nothing else of it lies behind them.

    Through a rolling shutter every corner of a triangle is where its own row sees it (`simgen.scene.rolling`), and the
    edges between them are straight.

    Args:
        instance: the object.
        camera: the sensor.
        world_from_camera: its pose at the scene's instant.
        rig: how it moves.
        through_glass: whether panes do not count.
    """
    body = _body(instance, camera, world_from_camera, rig)
    margin_u, margin_v = (CANVAS - 1) // 2 * camera.width_px, (CANVAS - 1) // 2 * camera.height_px
    canvas = (-margin_u, -margin_v, camera.width_px + margin_u, camera.height_px + margin_v)
    if isinstance(camera.lens, Pinhole):
        cutouts = cutouts_of(flatten([instance])) if has_holes(instance.surface) else None
        found = _straight(body, camera, canvas, cutouts)
    else:
        found = _bent(body, camera.lens, camera, canvas)
    if found is None:
        return None
    covered, x0, y0 = found
    holed = not isinstance(camera.lens, Pinhole) and has_holes(instance.surface)
    glazed = through_glass and any(m.substance == "glass" for m in instance.surface)
    if holed or glazed:
        rays, row, column = _rays_at(covered, x0, y0, camera, world_from_camera, rig)
        tracer = Tracer([instance])
        hits = hit_behind_glass(tracer, rays) if glazed else tracer.closest_hit(rays)
        covered = np.zeros_like(covered)
        covered[row, column] = hits.triangle >= 0
    y1, x1 = y0 + covered.shape[0], x0 + covered.shape[1]
    tight = box_of_mask(covered)
    if tight is None:
        return None
    inside = (max(x0, 0), max(y0, 0), min(x1, camera.width_px), min(y1, camera.height_px))
    if inside[0] >= inside[2] or inside[1] >= inside[3]:
        inside = (x0, y0, x0, y0)
    mask = covered[inside[1] - y0 : inside[3] - y0, inside[0] - x0 : inside[2] - x0]
    return Silhouette(
        box_px=inside,
        mask=mask,
        outside_px=int(np.count_nonzero(covered)) - int(np.count_nonzero(mask)),
        canvas_box_px=(tight[0] + x0, tight[1] + y0, tight[2] + x0, tight[3] + y0),
    )


def _rays_at(
    covered: np.ndarray, x0: int, y0: int, camera: Camera, world_from_camera: Pose, rig: Motion
) -> tuple[Rays, np.ndarray, np.ndarray]:
    """Return the rays through the covered pixels' centres, and their rows and columns in ``covered``."""
    row, column = np.nonzero(covered)
    rays = camera.rays(world_from_camera, np.stack([column + x0 + 0.5, row + y0 + 0.5], axis=1))
    if camera.shutter.readout_s:
        height = camera.height_px
        time_s = camera.shutter.times_s(np.clip(row + y0 + 0.5, -height, 2 * height), height)
        rays = Rays(
            origin=rig.move(rays.origin, time_s).astype(np.float32),
            direction=rig.turn(rays.direction, time_s).astype(np.float32),
            time_s=time_s.astype(np.float32),
        )
    return rays, row, column


def _body(instance: Instance, camera: Camera, world_from_camera: Pose, rig: Motion) -> Body:
    mesh, camera_from_world = instance.asset.mesh, world_from_camera.inverse
    if camera.shutter.readout_s and not (rig.still and instance.motion.still):
        seen, _ = seen_by_rows(camera, world_from_camera, rig, instance.motion, instance.world_vertices())
        low, high = seen.min(axis=0), seen.max(axis=0)
        corners = np.where(np.indices((2, 2, 2)).reshape(3, 8).T, high, low)
        return Body(seen.astype(np.float32), mesh.faces, np.eye(4)[:3], corners)
    matrix = (camera_from_world @ instance.world_from_object).matrix[:3]
    matrix[:, :3] *= instance.scale
    return Body(mesh.vertices, mesh.faces, matrix, camera_from_world.apply(instance.cuboid.corners))


def _straight(body: Body, camera: Camera, canvas: BoxPx, cutouts: Cutouts | None) -> tuple[np.ndarray, int, int] | None:
    """Return (h, w) booleans that hold all of the outline through a pinhole, and the column and row they start at."""
    if _beside_canvas(body.corners, camera, canvas):
        return None
    lens = np.array([camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px])
    points, low, high = _project(body.vertices, body.faces, body.matrix, lens)
    if low[0] > high[0]:
        return None  # A corner of its cuboid lies before the camera's plane, but nothing of it does.
    x0, y0 = max(math.floor(max(low[0], -1e9)), canvas[0]), max(math.floor(max(low[1], -1e9)), canvas[1])
    x1, y1 = min(math.ceil(min(high[0], 1e9)), canvas[2]), min(math.ceil(min(high[1], 1e9)), canvas[3])
    if x0 >= x1 or y0 >= y1:
        return None
    covered = np.zeros((y1 - y0, x1 - x0), dtype=np.bool_)
    if cutouts is None:
        _cover(points, body.faces, lens, x0, y0, covered)
    else:
        solid = cutouts.of_face < 0
        _cover(points, body.faces[solid], lens, x0, y0, covered)
        _cover_holed(points, body.faces[~solid], lens, x0, y0, covered, cutouts)
    return covered, x0, y0


def _bent(
    body: Body, lens: BrownConrady | KannalaBrandt, camera: Camera, canvas: BoxPx
) -> tuple[np.ndarray, int, int] | None:
    """Return the same through a lens that bends lines."""
    pieces = bent_triangles(body, lens, camera, canvas)
    if pieces is None or not len(pieces):
        return None
    low, high = pieces.reshape(-1, 2).min(axis=0), pieces.reshape(-1, 2).max(axis=0)
    x0, y0 = max(math.floor(low[0]), canvas[0]), max(math.floor(low[1]), canvas[1])
    x1, y1 = min(math.ceil(high[0]), canvas[2]), min(math.ceil(high[1]), canvas[3])
    if x0 >= x1 or y0 >= y1:
        return None
    covered = np.zeros((y1 - y0, x1 - x0), dtype=np.bool_)
    _cover_pieces(pieces, x0, y0, covered)
    return covered, x0, y0


def _beside_canvas(corners: np.ndarray, camera: Camera, canvas: BoxPx) -> bool:
    """Return whether (8, 3) corners in the camera frame all lie beyond one side of the canvas's pyramid."""
    x, y, z = corners.T
    sides = (
        z < _NEAREST_M,
        camera.fx_px * x < (canvas[0] - camera.cx_px) * z,
        camera.fx_px * x > (canvas[2] - camera.cx_px) * z,
        camera.fy_px * y < (canvas[1] - camera.cy_px) * z,
        camera.fy_px * y > (canvas[3] - camera.cy_px) * z,
    )
    return any(bool(outer.all()) for outer in sides)


@numba.njit(cache=True)
def _project(
    vertices: np.ndarray, faces: np.ndarray, matrix: np.ndarray, lens: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return (V, 5) points (x, y, z, u, v) in the camera's frame and image, and the bounds of what is not cut off.

    The image position of a vertex that is cut off is not set.
    """
    points = np.empty((len(vertices), 5))
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    some_behind = False
    for k in range(len(vertices)):
        for row in range(3):
            value = matrix[row, 3]
            for column in range(3):
                value += matrix[row, column] * vertices[k, column]
            points[k, row] = value
        if points[k, 2] < _NEAREST_M:
            some_behind = True
            continue
        for axis in range(2):
            points[k, 3 + axis] = lens[axis] * points[k, axis] / points[k, 2] + lens[2 + axis]
            low[axis] = min(low[axis], points[k, 3 + axis])
            high[axis] = max(high[axis], points[k, 3 + axis])
    if some_behind:
        corners = np.empty((4, 2))
        for k in range(len(faces)):
            for corner in range(_cut(points, faces[k], lens, corners)):
                for axis in range(2):
                    low[axis] = min(low[axis], corners[corner, axis])
                    high[axis] = max(high[axis], corners[corner, axis])
    return points, low, high


@numba.njit(cache=True)
def _cut(points: np.ndarray, face: np.ndarray, lens: np.ndarray, corners: np.ndarray) -> int:
    """Write the image corners of the part of a triangle that lies before the camera, and return how many: 0, 3 or 4."""
    count = 0
    for k in range(3):
        start, end = points[face[k]], points[face[(k + 1) % 3]]
        if start[2] >= _NEAREST_M:
            corners[count, 0], corners[count, 1] = start[3], start[4]
            count += 1
        if (start[2] >= _NEAREST_M) != (end[2] >= _NEAREST_M):
            share = (_NEAREST_M - start[2]) / (end[2] - start[2])
            for axis in range(2):
                value = start[axis] + share * (end[axis] - start[axis])
                corners[count, axis] = lens[axis] * value / _NEAREST_M + lens[2 + axis]
            count += 1
    return count


@numba.njit(cache=True)
def _cover(points: np.ndarray, faces: np.ndarray, lens: np.ndarray, left: int, top: int, covered: np.ndarray) -> None:
    """Mark in ``covered``, whose first pixel is (left, top), the pixels whose centres the triangles cover."""
    corners = np.empty((4, 2))
    for k in range(len(faces)):
        a, b, c = faces[k]
        if points[a, 2] >= _NEAREST_M and points[b, 2] >= _NEAREST_M and points[c, 2] >= _NEAREST_M:
            au, av, bu, bv = points[a, 3], points[a, 4], points[b, 3], points[b, 4]
            _cover_triangle(au, av, bu, bv, points[c, 3], points[c, 4], left, top, covered)
            continue
        for second in range(1, _cut(points, faces[k], lens, corners) - 1):
            au, av, bu, bv = corners[0, 0], corners[0, 1], corners[second, 0], corners[second, 1]
            _cover_triangle(au, av, bu, bv, corners[second + 1, 0], corners[second + 1, 1], left, top, covered)


@numba.njit(cache=True)
def _cover_holed(
    points: np.ndarray,
    faces: np.ndarray,
    lens: np.ndarray,
    left: int,
    top: int,
    covered: np.ndarray,
    cutouts: Cutouts,
) -> None:
    """Mark the pixels whose centres' rays meet solid parts of triangles with holes, those of ``cutouts``."""
    corners, low, high = np.empty((4, 2)), np.empty(2), np.empty(2)
    across = np.empty((3, 3))
    for k in range(len(faces)):
        count = _cut(points, faces[k], lens, corners)
        if count == 0:
            continue
        for axis in range(2):
            low[axis], high[axis] = corners[:count, axis].min(), corners[:count, axis].max()
        for corner in range(3):
            p, q = points[faces[k, (corner + 1) % 3]], points[faces[k, (corner + 2) % 3]]
            across[corner, 0] = p[1] * q[2] - p[2] * q[1]
            across[corner, 1] = p[2] * q[0] - p[0] * q[2]
            across[corner, 2] = p[0] * q[1] - p[1] * q[0]
        for row in range(max(math.ceil(low[1] - top - 0.5), 0), min(math.floor(high[1] - top - 0.5) + 1, len(covered))):
            y = (row + top + 0.5 - lens[3]) / lens[1]
            from_column = max(math.ceil(low[0] - left - 0.5), 0)
            to_column = min(math.floor(high[0] - left - 0.5) + 1, covered.shape[1])
            for column in range(from_column, to_column):
                if not covered[row, column]:
                    x = (column + left + 0.5 - lens[2]) / lens[0]
                    # A corner's weight is the volume that the ray and the edge across from it span.
                    w0 = across[0, 0] * x + across[0, 1] * y + across[0, 2]
                    w1 = across[1, 0] * x + across[1, 1] * y + across[1, 2]
                    w2 = across[2, 0] * x + across[2, 1] * y + across[2, 2]
                    total = w0 + w1 + w2
                    if (w0 >= 0 and w1 >= 0 and w2 >= 0 and total > 0) or (
                        w0 <= 0 and w1 <= 0 and w2 <= 0 and total < 0
                    ):
                        covered[row, column] = is_solid(cutouts, k, w1 / total, w2 / total)


@numba.njit(cache=True)
def _cover_pieces(pieces: np.ndarray, left: int, top: int, covered: np.ndarray) -> None:
    """Mark the pixels whose centres (N, 6) triangles cover."""
    for k in range(len(pieces)):
        au, av, bu, bv, cu, cv = pieces[k]
        _cover_triangle(au, av, bu, bv, cu, cv, left, top, covered)


@numba.njit(cache=True)
def _cover_triangle(
    au: float, av: float, bu: float, bv: float, cu: float, cv: float, left: int, top: int, covered: np.ndarray
) -> None:
    """Mark one triangle row by row, its edges included, so that two that share an edge leave no gap."""
    height, width = covered.shape
    first = max(math.ceil(min(av, bv, cv) - top - 0.5), 0)
    last = min(math.floor(max(av, bv, cv) - top - 0.5), height - 1)
    if first > last or math.ceil(min(au, bu, cu) - 0.5) > math.floor(max(au, bu, cu) - 0.5):
        return
    for row in range(first, last + 1):
        v = row + top + 0.5
        start, end = _span(np.inf, -np.inf, v, au, av, bu, bv)
        start, end = _span(start, end, v, bu, bv, cu, cv)
        start, end = _span(start, end, v, cu, cv, au, av)
        if start <= end:
            from_column = max(math.ceil(start - left - 0.5), 0)
            to_column = min(math.floor(end - left - 0.5), width - 1)
            for column in range(from_column, to_column + 1):
                covered[row, column] = True


@numba.njit(inline="always")
def _span(start: float, end: float, v: float, pu: float, pv: float, qu: float, qv: float) -> tuple[float, float]:
    """Return the span from ``start`` to ``end`` of row ``v``, widened to where the edge from p to q crosses the row."""
    if pv > qv:  # so that both triangles that share an edge find the same crossing
        pu, pv, qu, qv = qu, qv, pu, pv
    if pv <= v <= qv and pv < qv:
        u = pu + (v - pv) / (qv - pv) * (qu - pu)
        return min(start, u), max(end, u)
    return start, end
