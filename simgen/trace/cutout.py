"""What lets rays through: holes that textures' masks cut out of surfaces, and panes of glass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numba
import numpy as np

from simgen.scene.material import Material
from simgen.trace.geometry import Geometry

MOST_LAYERS = 256
"""A ray that has gone through so many holes is in a place that is built wrong."""

Cast = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]
"""Takes (N, 6) float32 origins and directions; returns (N,) ranges, inf for none, (N,) triangles, -1 for none, (N, 2)
barycentrics and (N, 3) normals."""

_GLASS_F0 = 0.04


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


def cutouts_of(geometry: Geometry) -> Cutouts:
    """Return the faces of ``geometry`` that have holes."""
    masks = [None if m.texture is None else m.texture.mask for m in geometry.materials]
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
        solid=np.concatenate([np.zeros(0, np.bool_), *(mask.ravel() for mask in flat)]),
        start=np.cumsum([0, *(mask.size for mask in flat)])[:-1].astype(np.int64),
        size=np.array([mask.shape[::-1] for mask in flat], np.int32).reshape(-1, 2),
    )


def passed_by(geometry: Geometry) -> np.ndarray:
    """Return (F,) float32, how much light a face of ``geometry`` lets through square to it; 0 unless it is of glass.

    A pane's colour is what it lets through besides what both its faces mirror.
    """
    shares = [float(np.mean(m.base_color)) if m.substance == "glass" else 0.0 for m in geometry.materials]
    return np.array(shares, np.float32)[geometry.face_material]


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


class Followed(NamedTuple):
    """What N rays met behind holes and panes.

    Attributes:
        range_m: (N,) float32, inf for nothing.
        triangle: (N,) int32, -1 for none.
        barycentric: (N, 2) float32.
        normal: (N, 3) float32, of any length.
        share: (N,) float32 of the light that panes on the way let through.
    """

    range_m: np.ndarray
    triangle: np.ndarray
    barycentric: np.ndarray
    normal: np.ndarray
    share: np.ndarray


def follow(cutouts: Cutouts, passed: np.ndarray, cast: Cast, packed: np.ndarray, limit_m: np.ndarray) -> Followed:
    """Follow rays through holes, and through faces that let light pass, to what stops them before ``limit_m``.

    A ray that is let through starts anew just behind.

    Args:
        cutouts: the faces with holes.
        passed: (F,) share of light that each face lets through; rays end at those of 0.
        cast: at all faces.
        packed: (N, 6) float32 origins, metres, and unit directions.
        limit_m: (N,) float32 range beyond which a ray need not be followed.

    Raises:
        ValueError: a ray went through more than `MOST_LAYERS` holes and panes.
    """
    count = len(packed)
    found = Followed(
        range_m=np.full(count, np.inf, np.float32),
        triangle=np.full(count, -1, np.int32),
        barycentric=np.zeros((count, 2), np.float32),
        normal=np.zeros((count, 3), np.float32),
        share=np.ones(count, np.float32),
    )
    live, start, ahead = np.arange(count, dtype=np.int32), np.zeros(count), packed.copy()
    for _ in range(MOST_LAYERS):
        if not len(live):
            return found
        on = _go_on(live, start, ahead, *cast(ahead), packed, limit_m, found, cutouts, passed)
        live, start, ahead = live[:on], start[:on], ahead[:on]
    if not len(live):
        return found
    point = ahead[0, :3]
    raise ValueError(
        f"{len(live)} rays went through {MOST_LAYERS} holes of cut-out textures or panes of glass, one of them near "
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
    normal: np.ndarray,
    packed: np.ndarray,
    limit_m: np.ndarray,
    found: Followed,
    cutouts: Cutouts,
    passed: np.ndarray,
) -> int:
    """Note what stops rays; move those that are let through to the front of the first three arrays; count them."""
    on = 0
    for j in range(len(live)):
        i, t = live[j], met[j]
        total = start[j] + met_m[j]
        if not total < limit_m[i]:
            continue
        holed = cutouts.of_face[t]
        if holed < 0 and passed[t] > 0.0:
            found.share[i] *= passed[t] * _unmirrored(normal[j], ahead[j])
        elif holed < 0 or is_solid(cutouts, holed, weights[j, 0], weights[j, 1]):
            found.range_m[i], found.triangle[i] = total, t
            for k in range(3):
                found.normal[i, k] = normal[j, k]
            found.barycentric[i, 0], found.barycentric[i, 1] = weights[j, 0], weights[j, 1]
            continue
        # Clear of the face, by more than float32 rounds positions and ranges.
        farthest = total + max(abs(packed[i, 0]), max(abs(packed[i, 1]), abs(packed[i, 2])))
        live[on], start[on] = i, total + 1e-4 + 1e-6 * farthest
        step = np.float32(start[on])
        for k in range(3):
            ahead[on, k] = packed[i, k] + step * packed[i, k + 3]
            ahead[on, k + 3] = packed[i, k + 3]
        on += 1
    return on


@numba.njit
def _unmirrored(normal: np.ndarray, ray: np.ndarray) -> float:
    """Return the share of light that neither face of a pane mirrors (Schlick 1994)."""
    length = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2)
    cosine = abs(normal[0] * ray[3] + normal[1] * ray[4] + normal[2] * ray[5]) / max(length, 1e-20)
    mirrored = _GLASS_F0 + (1.0 - _GLASS_F0) * (1.0 - min(cosine, 1.0)) ** 5
    return 1.0 - 2.0 * mirrored / (1.0 + mirrored)


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
