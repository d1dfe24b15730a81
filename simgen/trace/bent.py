"""Triangles as a lens that bends straight lines shows them: cut into pieces so small that their edges are straight."""

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np

from simgen.geometry.boxes import BoxPx
from simgen.scene.camera import Camera
from simgen.scene.distortion import image_position
from simgen.scene.lens import BrownConrady, KannalaBrandt

_STRAIGHT_PX = 0.1
"""How far the middle of an edge may lie beside the straight line between its ends."""

_LONGEST_PX = 48.0
"""Longer edges are cut anyway, since one that bends both ways may have its middle on the straight line."""

_SHORTEST_PX = 3.0
"""Shorter edges are taken as straight."""

_CLIPPED_RAD = 0.01
"""Edges that leave what the lens shows are cut down to this angle, then clipped."""

_DEEPEST = 18


class Body(NamedTuple):
    """A mesh before a camera.

    Attributes:
        vertices: (V, 3) float32.
        faces: (F, 3) int32.
        matrix: (3, 4) float64 that takes the vertices into the camera's frame.
        corners: (8, 3) in the camera's frame, of a box around all of it.
    """

    vertices: np.ndarray
    faces: np.ndarray
    matrix: np.ndarray
    corners: np.ndarray


def bent_triangles(body: Body, lens: BrownConrady | KannalaBrandt, camera: Camera, canvas: BoxPx) -> np.ndarray | None:
    """Return small triangles that together cover what ``body`` covers, (N, 6) u and v of their corners.

    Two that share an edge share its cuts too. Some that lie outside the canvas are left out; None when all are sure to.
    """
    widest_rad = _widest_rad(camera, canvas)
    if _is_wider(body.corners, widest_rad):
        return None
    bending = lens.bending  # cut short, since far beyond the canvas an image may grow without bound
    bending[1] = min(bending[1], math.tan(widest_rad) if isinstance(lens, BrownConrady) else widest_rad)
    intrinsics = np.array([camera.fx_px, camera.fy_px, camera.cx_px, camera.cy_px])
    points = _project(body.vertices, body.matrix, bending, intrinsics)
    return _cut(points, body.faces, bending, intrinsics, np.array(canvas, dtype=np.float64), widest_rad)


def _widest_rad(camera: Camera, canvas: BoxPx) -> float:
    """Return an angle from the axis beyond which nothing shows on the canvas."""
    x0, y0, x1, y1 = canvas
    corners = camera.directions(np.array([[x0, y0], [x1, y0], [x0, y1], [x1, y1]]))
    if np.isnan(corners).any():
        return camera.lens.reach_rad
    # Tangential distortion may put the farthest point of the canvas a little beside a corner.
    return min(1.02 * math.acos(max(-1.0, float(corners[:, 2].min()))) + 0.01, camera.lens.reach_rad)


def _is_wider(corners: np.ndarray, widest_rad: float) -> bool:
    """Return whether all of a body with (8, 3) corners in the camera frame is seen beyond an angle from the axis."""
    center = corners.mean(axis=0)
    lengths = np.linalg.norm(corners, axis=1) * float(np.linalg.norm(center))
    along = corners @ center
    if not (along > 0).all():  # it may surround the camera
        return False
    cosine = float((along / lengths).min())
    off_axis = math.acos(min(max(float(center[2] / np.linalg.norm(center)), -1.0), 1.0))
    return off_axis - math.acos(min(cosine, 1.0)) > widest_rad + 1e-6


@numba.njit(cache=True)
def _project(vertices: np.ndarray, matrix: np.ndarray, bending: np.ndarray, intrinsics: np.ndarray) -> np.ndarray:
    """Return (V, 5) points (x, y, z, u, v) in the camera's frame and image; u and v are NaN where it shows none."""
    points = np.empty((len(vertices), 5))
    for k in range(len(vertices)):
        for row in range(3):
            value = matrix[row, 3]
            for column in range(3):
                value += matrix[row, column] * vertices[k, column]
            points[k, row] = value
        _see(points[k], bending, intrinsics)
    return points


@numba.njit(cache=True)
def _see(point: np.ndarray, bending: np.ndarray, intrinsics: np.ndarray) -> None:
    """Set u and v of a point (x, y, z, u, v)."""
    u, v = image_position(point[0], point[1], point[2], bending)
    point[3], point[4] = intrinsics[0] * u + intrinsics[2], intrinsics[1] * v + intrinsics[3]


@numba.njit(cache=True)
def _cut(
    points: np.ndarray,
    faces: np.ndarray,
    bending: np.ndarray,
    intrinsics: np.ndarray,
    canvas: np.ndarray,
    widest_rad: float,
) -> np.ndarray:
    pieces, count = np.empty((len(faces) + 64, 6)), 0
    waiting, depth = np.empty((4 * _DEEPEST, 3, 5)), np.empty(4 * _DEEPEST, dtype=np.int64)
    whole, middles, split = np.empty((3, 5)), np.empty((3, 5)), np.empty(3, dtype=np.bool_)
    rim = np.empty((6, 5))
    for face in range(len(faces)):
        _put(waiting[0], points[faces[face, 0]], points[faces[face, 1]], points[faces[face, 2]])
        depth[0], top = 0, 1
        while top > 0:
            top -= 1
            _put(whole, waiting[top, 0], waiting[top, 1], waiting[top, 2])
            if _is_outside(whole, canvas, widest_rad):
                continue
            level, cuts = depth[top], 0
            for k in range(3):
                split[k] = _bends(whole[k], whole[(k + 1) % 3], middles[k], bending, intrinsics)
                cuts += split[k]
            if cuts > 0:
                if level < _DEEPEST - 1:  # what is left then lies on the direction straight back, or on the camera
                    added = _divide(whole, middles, split, cuts, waiting, top)
                    depth[top : top + added] = level + 1
                    top += added
                continue
            corners = _clip(whole, rim, bending, intrinsics)
            for k in range(1, corners - 1):
                if count == len(pieces):
                    larger = np.empty((2 * len(pieces), 6))
                    larger[:count] = pieces
                    pieces = larger
                pieces[count, 0], pieces[count, 1] = rim[0, 3], rim[0, 4]
                pieces[count, 2], pieces[count, 3] = rim[k, 3], rim[k, 4]
                pieces[count, 4], pieces[count, 5] = rim[k + 1, 3], rim[k + 1, 4]
                count += 1
    return pieces[:count]


@numba.njit(cache=True)
def _is_outside(whole: np.ndarray, canvas: np.ndarray, widest_rad: float) -> bool:
    """Return whether a triangle is sure to show nowhere on the canvas, however its edges bend."""
    shown = 0
    for k in range(3):
        shown += not np.isnan(whole[k, 3])
    if shown == 3:
        for axis in range(2):
            a, b, c = whole[0, 3 + axis], whole[1, 3 + axis], whole[2, 3 + axis]
            low, high = min(a, b, c), max(a, b, c)
            # A bent edge strays from the straight one by less than its length.
            other = 4 - axis
            d, e, f = whole[0, other], whole[1, other], whole[2, other]
            room = high - low + max(d, e, f) - min(d, e, f)
            if low - room > canvas[2 + axis] or high + room < canvas[axis]:
                return True
        return False
    if shown > 0:
        return False
    # None of its corners is shown: the cone around it tells whether its inside may be.
    lengths = np.sqrt((whole[:, :3] ** 2).sum(axis=1))
    middle = (whole[0, :3] + whole[1, :3] + whole[2, :3]) / 3
    away = math.sqrt((middle**2).sum())
    if away == 0.0 or lengths.min() == 0.0:
        return False
    cosine = 1.0
    for k in range(3):
        cosine = min(cosine, (whole[k, :3] * middle).sum() / (lengths[k] * away))
    return cosine > 0.0 and math.acos(max(min(middle[2] / away, 1.0), -1.0)) - math.acos(cosine) > widest_rad


@numba.njit(cache=True)
def _bends(start: np.ndarray, end: np.ndarray, middle: np.ndarray, bending: np.ndarray, intrinsics: np.ndarray) -> bool:
    """Set the middle of an edge, and return whether the edge must be cut there. The same from either end."""
    across, down = end[3] - start[3], end[4] - start[4]
    length2 = across * across + down * down
    if length2 <= _SHORTEST_PX**2:
        return False
    for axis in range(3):
        middle[axis] = 0.5 * (start[axis] + end[axis])
    _see(middle, bending, intrinsics)
    if np.isnan(length2):
        first = math.sqrt(start[0] ** 2 + start[1] ** 2 + start[2] ** 2)
        second = math.sqrt(end[0] ** 2 + end[1] ** 2 + end[2] ** 2)
        chord2 = 0.0
        for axis in range(3):
            chord2 += (start[axis] / max(first, 1e-12) - end[axis] / max(second, 1e-12)) ** 2
        return chord2 > _CLIPPED_RAD**2
    if length2 > _LONGEST_PX**2:
        return True
    beside = across * (middle[4] - 0.5 * (start[4] + end[4])) - down * (middle[3] - 0.5 * (start[3] + end[3]))
    return not beside * beside <= _STRAIGHT_PX**2 * length2


@numba.njit(cache=True)
def _divide(whole: np.ndarray, middles: np.ndarray, split: np.ndarray, cuts: int, waiting: np.ndarray, top: int) -> int:
    """Put the parts of a triangle that is cut at the middles of 1, 2 or 3 edges in ``waiting``; return how many."""
    turn = 0
    if cuts == 1:
        while not split[turn]:
            turn += 1
    elif cuts == 2:
        while not (split[turn] and split[(turn + 1) % 3]):
            turn += 1
    a, b, c = whole[turn], whole[(turn + 1) % 3], whole[(turn + 2) % 3]
    ab, bc, ca = middles[turn], middles[(turn + 1) % 3], middles[(turn + 2) % 3]
    if cuts == 1:
        _put(waiting[top], a, ab, c)
        _put(waiting[top + 1], ab, b, c)
        return 2
    _put(waiting[top], ab, b, bc)
    if cuts == 2:
        _put(waiting[top + 1], a, ab, bc)
        _put(waiting[top + 2], a, bc, c)
        return 3
    _put(waiting[top + 1], a, ab, ca)
    _put(waiting[top + 2], ca, bc, c)
    _put(waiting[top + 3], ab, bc, ca)
    return 4


@numba.njit(cache=True)
def _put(triangle: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> None:
    for k in range(5):
        triangle[0, k], triangle[1, k], triangle[2, k] = a[k], b[k], c[k]


@numba.njit(cache=True)
def _clip(whole: np.ndarray, rim: np.ndarray, bending: np.ndarray, intrinsics: np.ndarray) -> int:
    """Write the corners of the part of a small triangle that the lens shows, and return how many: 0, 3 or 4."""
    count = 0
    for k in range(3):
        start, end = whole[k], whole[(k + 1) % 3]
        if not np.isnan(start[3]):
            rim[count] = start
            count += 1
        if np.isnan(start[3]) != np.isnan(end[3]):
            inner, outer = (end, start) if np.isnan(start[3]) else (start, end)
            good, bad = 0.0, 1.0
            rim[count], rim[count + 1] = inner, inner
            for _ in range(40):  # the last of `rim` is a place to try in
                share = 0.5 * (good + bad)
                for axis in range(3):
                    rim[count + 1, axis] = inner[axis] + share * (outer[axis] - inner[axis])
                _see(rim[count + 1], bending, intrinsics)
                if np.isnan(rim[count + 1, 3]):
                    bad = share
                else:
                    good = share
                    rim[count] = rim[count + 1]
            count += 1
    return count
