"""Cuts polygons into triangles: fans where they are convex, ear by ear where they are not."""

from __future__ import annotations

import numba
import numpy as np


def cut_polygons(corners: np.ndarray) -> np.ndarray:
    """Return (K, N - 2, 3) corner numbers of the triangles that (K, N, 3) polygons are cut into."""
    count = corners.shape[1]
    fan = np.array([(0, k, k + 1) for k in range(1, count - 1)])
    cuts = np.repeat(fan[None], len(corners), axis=0)
    if count == 3:
        return cuts
    bends_in, flat = _flatten(corners)
    for k in np.flatnonzero(bends_in.any(axis=1)):
        # A quad is cut from the corner that bends in; other shapes need care.
        cuts[k] = (fan + int(bends_in[k].argmax())) % 4 if count == 4 else _clip_ears(flat[k])
    return cuts


def _flatten(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return (K, N) which corners of (K, N, 3) polygons bend in, and the polygons, counter-clockwise, as (K, N, 2)."""
    normal = np.cross(corners, np.roll(corners, -1, axis=1)).sum(axis=1)  # Newell's normal
    drop = np.abs(normal).argmax(axis=1)
    rows = np.arange(len(corners))
    axes = np.stack([(drop + 1) % 3, (drop + 2) % 3], axis=1)
    axes = np.where((normal[rows, drop] < 0)[:, None], axes[:, ::-1], axes)
    flat = np.take_along_axis(corners, np.repeat(axes[:, None, :], corners.shape[1], axis=1), axis=2)
    before, after = flat - np.roll(flat, 1, axis=1), np.roll(flat, -1, axis=1) - flat
    turn = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    return turn < -1e-9 * np.maximum(np.abs(turn).max(axis=1, keepdims=True), 1e-30), flat


@numba.njit(cache=True)
def _clip_ears(flat: np.ndarray) -> np.ndarray:
    """Cut one counter-clockwise polygon of (N, 2) corners into (N - 2, 3) triangles, ear by ear."""
    left = np.arange(len(flat))
    cuts = np.empty((len(flat) - 2, 3), dtype=np.int64)
    for cut in range(len(cuts) - 1):
        ear = 0
        for k in range(len(left)):
            if _is_ear(flat, left, k):
                ear = k
                break
        cuts[cut] = left[ear - 1], left[ear], left[(ear + 1) % len(left)]
        left = np.concatenate((left[:ear], left[ear + 1 :]))
    cuts[-1] = left
    return cuts


@numba.njit(cache=True)
def _is_ear(flat: np.ndarray, left: np.ndarray, k: int) -> bool:
    """Tell whether the corner at place ``k`` of the remaining polygon can be cut off."""
    here = (left[k - 1], left[k], left[(k + 1) % len(left)])
    (ax, ay), (bx, by), (cx, cy) = flat[here[0]], flat[here[1]], flat[here[2]]
    if (bx - ax) * (cy - by) - (by - ay) * (cx - bx) <= 0:
        return False
    for other in left:
        x, y = flat[other]
        if (
            other not in here
            and (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
            and (cx - bx) * (y - by) - (cy - by) * (x - bx) >= 0
            and (ax - cx) * (y - cy) - (ay - cy) * (x - cx) >= 0
        ):
            return False
    return True
