"""Bumps too fine for triangles: normal maps, filtered as slopes, and what the filter loses kept as roughness."""

# Inside compiled kernels an element of an array is a number; the type checker takes it for an array.
# pyright: reportArgumentType=false, reportIndexIssue=false

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np

from simgen.render.compiled import inlined, kernel
from simgen.render.environment import Environment, irradiance
from simgen.render.footprint import taps_over
from simgen.render.vectors import Vector, vec
from simgen.scene.material import Material, Texture

_LEVELS = 15
_TAPS = 2
"""Look-ups over a footprint: what is lost between them widens the lobe, as all that is smaller than a pixel does."""

_STEEPEST = 4.0
"""Slopes in a normal map are cut here, at 76 degrees: beyond, eight bits hold no direction."""

_DEVIATION_STEPS = 180.0
"""Bytes per steepest slope in which deviations are kept; the greatest possible is sqrt(2) of it."""


class Reliefs(NamedTuple):
    """The normal maps of a scene's materials.

    Attributes:
        any: whether there is one.
        which: (M,) int32 index of each material's map; -1 for none.
        strength: (M,) factor on the slopes.
        repeat: (M, 2) how often the map repeats along u and v where the material's colour texture does once.
        texels: flat uint8, three bytes a texel: x and y of the normal over its z, around 128, and their deviation
            within the texel.
        start: (T, 15) int64 first byte of each level of each map.
        size: (T, 15, 2) int32 width and height of each level.
        levels: (T,) int32 how many levels there are.
        steepest: (T,) what 127 steps of a slope stand for.
    """

    any: bool
    which: np.ndarray
    strength: np.ndarray
    repeat: np.ndarray
    texels: np.ndarray
    start: np.ndarray
    size: np.ndarray
    levels: np.ndarray
    steepest: np.ndarray


def pack_reliefs(materials: Sequence[Material]) -> Reliefs:
    """Return the normal maps of ``materials``, each stored once."""
    maps: dict[int, tuple[int, Texture]] = {}
    for material in materials:
        if material.normal_texture is not None:
            maps.setdefault(id(material.normal_texture), (len(maps), material.normal_texture))
    chains = [_chain(texture) for _, texture in maps.values()]
    count = max(len(chains), 1)
    start, size = np.zeros((count, _LEVELS), np.int64), np.ones((count, _LEVELS, 2), np.int32)
    levels, steepest = np.ones(count, np.int32), np.ones(count, np.float32)
    at = 0
    for k, (images, range_) in enumerate(chains):
        levels[k], steepest[k] = len(images), range_
        for level, image in enumerate(images):
            start[k, level], size[k, level] = at, (image.shape[1], image.shape[0])
            at += image.size
    flat = [image.reshape(-1) for images, _ in chains for image in images]
    of = [-1 if m.normal_texture is None else maps[id(m.normal_texture)][0] for m in materials]
    return Reliefs(
        any=bool(maps),
        which=np.array(of, dtype=np.int32),
        strength=np.array([m.normal_strength for m in materials], dtype=np.float32),
        repeat=np.array([m.normal_repeat for m in materials], dtype=np.float32).reshape(-1, 2),
        texels=np.concatenate(flat) if flat else np.zeros(3, np.uint8),
        start=start,
        size=size,
        levels=levels,
        steepest=steepest,
    )


def slopes_of(texture: Texture) -> np.ndarray:
    """Return (H, W, 2) float32: x and y of a normal map's vectors over their z, byte 128 being 0 and 255 being 1."""
    vector = (texture.pixels.astype(np.float32) - 128.0) / 127.0
    return np.clip(vector[..., :2] / np.maximum(vector[..., 2:], 1e-3), -_STEEPEST, _STEEPEST)


@lru_cache(maxsize=256)
def _chain(texture: Texture) -> tuple[tuple[np.ndarray, ...], float]:
    """Return the map's slopes and their halvings down to one texel, and the steepest slope.

    Means and mean squares of slopes are linear, so a smaller level holds exactly the mean slope of its texels and, from
    their mean square, how much the slopes within it scatter (Olano and Baker 2010, LEAN mapping, with one deviation for
    both axes).
    """
    slopes = slopes_of(texture)
    steepest = max(float(np.abs(slopes).max()), 1e-3)
    moments = np.concatenate([slopes, (slopes**2).sum(axis=-1, keepdims=True)], axis=-1)
    chain = [_coded(moments, steepest)]
    while max(moments.shape[:2]) > 1 and len(chain) < _LEVELS:
        height, width = max(moments.shape[0] // 2, 1), max(moments.shape[1] // 2, 1)
        moments = cv2.resize(moments, (width, height), interpolation=cv2.INTER_AREA).reshape(height, width, 3)
        chain.append(_coded(moments, steepest))
    return tuple(chain), steepest


def _coded(moments: np.ndarray, steepest: float) -> np.ndarray:
    slopes = np.rint(128.0 + 127.0 * moments[..., :2] / steepest)
    variance = np.maximum(moments[..., 2] - (moments[..., :2] ** 2).sum(axis=-1), 0.0)
    deviation = np.rint(_DEVIATION_STEPS * np.sqrt(variance) / steepest)
    return np.concatenate([slopes, deviation[..., None]], axis=-1).clip(0, 255).astype(np.uint8)


@inlined
def _bilinear(reliefs: Reliefs, k: int, level: int, u: float, v: float) -> Vector:
    """Return the slopes at (u, v), v upwards, wrapped around, and their deviation."""
    width, height = reliefs.size[k, level, 0], reliefs.size[k, level, 1]
    x, y = (u - np.floor(u)) * width - 0.5, (1.0 - (v - np.floor(v))) * height - 0.5
    x0, y0 = int(np.floor(x)), int(np.floor(y))
    fx, fy = x - x0, y - y0
    a = b = c = 0.0
    for corner in range(4):
        right, below = corner & 1, corner >> 1
        weight = (fx if right == 1 else 1.0 - fx) * (fy if below == 1 else 1.0 - fy)
        column, row = x0 + right, y0 + below
        column = column - width if column >= width else (column if column >= 0 else width - 1)
        row = row - height if row >= height else (row if row >= 0 else height - 1)
        at = reliefs.start[k, level] + 3 * (row * width + column)
        a += weight * (reliefs.texels[at] - 128.0)
        b += weight * (reliefs.texels[at + 1] - 128.0)
        c += weight * reliefs.texels[at + 2]
    step = reliefs.steepest[k] / 127.0
    return a * step, b * step, c * reliefs.steepest[k] / _DEVIATION_STEPS


@inlined
def slopes_over(reliefs: Reliefs, k: int, u: float, v: float, du1: float, dv1: float, du2: float, dv2: float) -> Vector:
    """Return the mean x and y over z of normal map ``k``'s vectors over a footprint, and their variance in it.

    The footprint is given as for `simgen.render.atlas.sample_texture`; the variance is the sum of both axes'.
    """
    taps, lower, share, du, dv = taps_over(
        reliefs.size[k, 0, 0], reliefs.size[k, 0, 1], reliefs.levels[k], _TAPS, du1, dv1, du2, dv2
    )
    x = y = square = 0.0
    for tap in range(taps if share <= 0.0 else 2 * taps):
        upper = tap >= taps
        along = ((tap - taps if upper else tap) + 0.5) / taps - 0.5
        a, b, c = _bilinear(reliefs, k, lower + 1 if upper else lower, u + along * du, v + along * dv)
        weight = (share if upper else 1.0 - share) / taps
        x, y, square = x + weight * a, y + weight * b, square + weight * (a * a + b * b + c * c)
    return x, y, max(square - x * x - y * y, 0.0)


@inlined
def tilted(n: Vector, facet: Vector, du: Vector, dv: Vector, x: float, y: float) -> Vector:
    """Return a unit normal tilted by a normal map.

    The map's axes are those along which u and v grow on the triangle, of unit length whatever the texture's scale, laid
    into the plane of the shading normal (Mikkelsen 2020, surface gradients).

    Args:
        n: unit shading normal on the side of ``facet``.
        facet: unit normal of the flat triangle, on the side where its corners run counter-clockwise.
        du: gradient of u on the triangle, 1/m.
        dv: gradient of v.
        x: of the map's vector over its z: towards growing u.
        y: likewise, towards growing v.
    """
    g = facet
    # Along growing u lies what is square to the gradient of v, and the other way round.
    tx, ty, tz = dv[1] * g[2] - dv[2] * g[1], dv[2] * g[0] - dv[0] * g[2], dv[0] * g[1] - dv[1] * g[0]
    bx, by, bz = g[1] * du[2] - g[2] * du[1], g[2] * du[0] - g[0] * du[2], g[0] * du[1] - g[1] * du[0]
    handed = 1.0 if du[0] * tx + du[1] * ty + du[2] * tz >= 0.0 else -1.0
    out, squared = n, 1.0
    for axis in range(2):
        if axis == 1:
            tx, ty, tz = bx, by, bz
        along = tx * n[0] + ty * n[1] + tz * n[2]
        tx, ty, tz = tx - along * n[0], ty - along * n[1], tz - along * n[2]
        squared = tx * tx + ty * ty + tz * tz
        if squared > 1e-20:
            by_much = handed * (x if axis == 0 else y) / math.sqrt(squared)
            out = (out[0] + by_much * tx, out[1] + by_much * ty, out[2] + by_much * tz)
    inverse = 1.0 / math.sqrt(out[0] * out[0] + out[1] * out[1] + out[2] * out[2])
    return out[0] * inverse, out[1] * inverse, out[2] * inverse


@inlined
def widened(roughness: float, variance: float) -> float:
    """Return the roughness of a GGX surface whose facets' slopes scatter by a further variance, both axes' sum.

    Slopes add up: a Beckmann lobe's squared alpha is the sum of both axes' variances, and GGX is taken alike (Olano and
    Baker 2010).
    """
    alpha = roughness * roughness
    return min(math.sqrt(math.sqrt(alpha * alpha + variance)), 1.0)


def tilt_ambient(
    lux: np.ndarray,
    opening: np.ndarray,
    smooth: np.ndarray,
    normal: np.ndarray,
    environment: Environment,
) -> None:
    """Change (N, 3) ambient illuminance, gathered for smooth normals, to what surfaces tilted by relief get.

    The share that comes from the open sky goes as the sky's own light does between the two directions.
    """
    _tilt(len(lux), lux, opening, smooth, normal, environment)


@kernel
def _tilt(
    start: int,
    stop: int,
    lux: np.ndarray,
    opening: np.ndarray,
    smooth: np.ndarray,
    normal: np.ndarray,
    environment: Environment,
) -> None:
    for i in range(start, stop):
        _tilt_at(i, lux, opening, smooth, normal, environment)


@inlined
def _tilt_at(
    i: int, lux: np.ndarray, opening: np.ndarray, smooth: np.ndarray, normal: np.ndarray, environment: Environment
) -> None:
    n, m = vec(smooth, i), vec(normal, i)
    if n[0] * m[0] + n[1] * m[1] + n[2] * m[2] > 0.99999:
        return
    flat = irradiance(environment, n[0], n[1], n[2])
    bent = irradiance(environment, m[0], m[1], m[2])
    for k in range(3):
        if flat[k] > 0.0:
            # Nine harmonics overshoot about a low sun's glow; no bump gathers that much more or less than its base.
            ratio = min(max(bent[k] / flat[k], 0.4), 1.6)
            lux[i, k] *= 1.0 + opening[i] * (ratio - 1.0)
