"""Surfaces with holes cut out of them by their textures' masks: rays go on through the holes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numba
import numpy as np

from simgen.scene.material import Material
from simgen.trace.geometry import Geometry

MOST_LAYERS = 256
"""A ray that has gone through so many holes is in a place that is built wrong."""

Cast = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]
"""Takes (N, 6) float32 origins and directions; returns (N,) ranges, inf for none, triangles and (N, 2) barycentrics."""


class Cutouts(NamedTuple):
    """The faces of a geometry that have holes, F of them.

    Attributes:
        of_face: for each face of the whole geometry, int32 index into the next ones, -1 for those without holes.
        uv: (F, 3, 2) float32 of their corners.
        mask: (F,) int32 index into the next ones.
        solid: flat booleans, row 0 of each mask at the top (v = 1).
        start: (M,) int64 first element of each mask.
        size: (M, 2) int32 width and height of each.
    """

    of_face: np.ndarray
    uv: np.ndarray
    mask: np.ndarray
    solid: np.ndarray
    start: np.ndarray
    size: np.ndarray


def has_holes(materials: Sequence[Material]) -> bool:
    """Return whether a texture of these materials has a mask."""
    return any(m.texture is not None and m.texture.mask is not None for m in materials)


def cutouts_of(geometry: Geometry) -> Cutouts | None:
    """Return the faces of ``geometry`` that have holes, or None where there are none."""
    masks = [None if m.texture is None else m.texture.mask for m in geometry.materials]
    if not has_holes(geometry.materials):
        return None
    kept: dict[int, int] = {}
    flat: list[np.ndarray] = []
    of = np.full(len(masks), -1, np.int32)
    for k, mask in enumerate(masks):
        if mask is not None:
            if id(mask) not in kept:
                kept[id(mask)] = len(flat)
                flat.append(mask)
            of[k] = kept[id(mask)]
    mask_of_face = of[geometry.face_material]
    face = np.flatnonzero(mask_of_face >= 0)
    of_face = np.full(len(mask_of_face), -1, np.int32)
    of_face[face] = np.arange(len(face))
    return Cutouts(
        of_face=of_face,
        uv=np.ascontiguousarray(geometry.uv[geometry.faces[face]]),
        mask=mask_of_face[face],
        solid=np.concatenate([mask.ravel() for mask in flat]),
        start=np.cumsum([0, *(mask.size for mask in flat[:-1])]).astype(np.int64),
        size=np.array([mask.shape[::-1] for mask in flat], np.int32),
    )


@numba.njit(cache=True)
def holes_met(triangle: np.ndarray, barycentric: np.ndarray, cutouts: Cutouts) -> np.ndarray:
    """Return the indices of (N,) hits that are in a hole; ``triangle`` is -1 where nothing was met."""
    index = np.empty(len(triangle), np.int32)
    count = 0
    for i in range(len(triangle)):
        if triangle[i] >= 0:
            t = cutouts.of_face[triangle[i]]
            if t >= 0 and not is_solid(cutouts, t, barycentric[i, 0], barycentric[i, 1]):
                index[count] = i
                count += 1
    return index[:count].copy()


def past_holes(
    cutouts: Cutouts, cast: Cast, packed: np.ndarray, limit_m: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return where rays first meet solid parts of faces with holes, before any face without them and ``limit_m``.

    A ray that meets a hole starts anew just behind it, until it meets something solid, nothing, or the limit.

    Args:
        cutouts: the faces with holes.
        cast: at all faces.
        packed: (N, 6) float32 origins, metres, and unit directions.
        limit_m: (N,) float32 range beyond which a ray need not be followed.

    Returns:
        (N,) float32 ranges, inf for none; (N,) int32 triangles, -1 for none; (N, 2) barycentrics.

    Raises:
        ValueError: a ray went through more than `MOST_LAYERS` holes.
    """
    count = len(packed)
    range_m, triangle = np.full(count, np.inf, np.float32), np.full(count, -1, np.int32)
    barycentric = np.zeros((count, 2), np.float32)
    live, start, ahead = np.arange(count, dtype=np.int32), np.zeros(count), packed.copy()
    for _ in range(MOST_LAYERS):
        if not len(live):
            return range_m, triangle, barycentric
        on = _go_on(live, start, ahead, *cast(ahead), packed, limit_m, range_m, triangle, barycentric, cutouts)
        live, start, ahead = live[:on], start[:on], ahead[:on]
    if not len(live):
        return range_m, triangle, barycentric
    point = ahead[0, :3]
    raise ValueError(
        f"{len(live)} rays went through {MOST_LAYERS} holes of cut-out textures, one of them near "
        f"({point[0]:.2f}, {point[1]:.2f}, {point[2]:.2f}) m; expected fewer: are models placed there in each other, "
        "or is a mask without a solid texel wrapped around one?"
    )


@numba.njit(cache=True, nogil=True)
def _go_on(
    live: np.ndarray,
    start: np.ndarray,
    ahead: np.ndarray,
    met_m: np.ndarray,
    met: np.ndarray,
    weights: np.ndarray,
    packed: np.ndarray,
    limit_m: np.ndarray,
    range_m: np.ndarray,
    triangle: np.ndarray,
    barycentric: np.ndarray,
    cutouts: Cutouts,
) -> int:
    """Note the rays that met a solid texel; move those that met a hole to the front of the first three; count them."""
    on = 0
    for j in range(len(live)):
        i = live[j]
        total = start[j] + met_m[j]
        if not total < limit_m[i]:
            continue
        t = cutouts.of_face[met[j]]
        if t < 0:
            continue
        if is_solid(cutouts, t, weights[j, 0], weights[j, 1]):
            range_m[i], triangle[i] = total, met[j]
            barycentric[i, 0], barycentric[i, 1] = weights[j, 0], weights[j, 1]
            continue
        # Clear of the hole's own face, by more than float32 rounds positions and ranges.
        farthest = total + max(abs(packed[i, 0]), max(abs(packed[i, 1]), abs(packed[i, 2])))
        live[on], start[on] = i, total + 1e-4 + 1e-6 * farthest
        step = np.float32(start[on])
        for k in range(3):
            ahead[on, k] = packed[i, k] + step * packed[i, k + 3]
            ahead[on, k + 3] = packed[i, k + 3]
        on += 1
    return on


@numba.njit
def is_solid(cutouts: Cutouts, t: int, w1: float, w2: float) -> bool:
    """Return whether the ``t``-th of ``cutouts`` is solid where its second and third corner weigh ``w1`` and ``w2``."""
    uv, mask = cutouts.uv[t], cutouts.mask[t]
    w0 = 1.0 - w1 - w2
    u = w0 * uv[0, 0] + w1 * uv[1, 0] + w2 * uv[2, 0]
    v = w0 * uv[0, 1] + w1 * uv[1, 1] + w2 * uv[2, 1]
    width, height = cutouts.size[mask, 0], cutouts.size[mask, 1]
    column = int(np.floor((u - np.floor(u)) * width)) % width
    row = int(np.floor((1.0 - (v - np.floor(v))) * height)) % height
    return bool(cutouts.solid[cutouts.start[mask] + row * width + column])
