"""What smooth surfaces mirror and glass lets through, traced."""

# Inside compiled kernels an element of an array is a number; the type checker takes it for an array.
# pyright: reportArgumentType=false, reportIndexIssue=false

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simgen.render.atlas import GLASS
from simgen.render.brdf import COAT_ROUGHNESS
from simgen.render.compiled import inlined, kernel
from simgen.render.gather import Gathered
from simgen.render.lights import darken_lamps
from simgen.render.shading import shade_simply
from simgen.render.surface import NOTHING, Surface
from simgen.render.target import Target, cast
from simgen.render.vectors import Vector, vec
from simgen.render.visibility import R2_U, R2_V, Seen, lamp_visibility, spread, sun_visibility

_GLASS_LAYERS = 6
_LAMP_RAYS, _LAMP_RAYS_BEHIND = 4, 16
"""Rays to each lamp from what is mirrored, and from what is seen behind glass: nothing averages these over pixels, and
fewer leave a pattern."""

_WIDEST, _WIDEST_METAL = 0.5, 0.6
"""Roughness above which no mirror image is traced."""

_MIRROR_ALPHA = 0.002
"""Of surfaces so smooth that no camera sees that they are not quite."""

_PANE_MIRRORS = 0.08


class Mirrored(NamedTuple):
    """What smooth points mirror.

    Attributes:
        nit: (M, 3) float32 luminance, along one direction drawn from each point's lobe.
        away_m: (M,) float32 distance of what is mirrored; infinite for the sky.
        row: (N,) int32 row of the above, or -1.
    """

    nit: np.ndarray
    away_m: np.ndarray
    row: np.ndarray


def no_mirrors(count: int) -> Mirrored:
    """Return that none of ``count`` points mirrors anything."""
    return Mirrored(np.zeros((0, 3), np.float32), np.zeros(0, np.float32), np.full(count, -1, np.int32))


def trace_mirrored(
    surface: Surface,
    target: Target,
    gathered: Gathered,
    pattern: np.ndarray,
    offset: np.ndarray,
    asked: np.ndarray | None = None,
) -> Mirrored:
    """Return what N points mirror, or those of them that are ``asked`` for.

    ``pattern`` (N,) int32 draws the directions, see `sun_visibility`.
    """
    row = np.full(len(surface.kind), -1, np.int32)
    smooth = np.zeros(len(surface.kind), np.bool_)
    _find_smooth(len(smooth), smooth, surface)
    if asked is not None:
        smooth &= asked
    index = np.flatnonzero(smooth)
    row[index] = np.arange(len(index), dtype=np.int32)
    origin, direction = np.empty((len(index), 3), np.float32), np.empty((len(index), 3), np.float32)
    _aim_mirrored(len(index), origin, direction, index, pattern, offset, surface)
    met = cast(origin, direction, surface.range_m[index], target, 2.0 * target.cone_rad)
    darken_lamps(met, target.lamps)
    return Mirrored(_shade_met(met, target, gathered, pattern[index], offset, _LAMP_RAYS), met.range_m, row)


def trace_behind(
    surface: Surface, target: Target, gathered: Gathered, pattern: np.ndarray, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (K, 3) luminance, nit, seen straight through glass and tinted by it, and (N,) int32 rows or -1."""
    row = np.full(len(surface.kind), -1, np.int32)
    index = np.flatnonzero(surface.kind == GLASS)
    row[index] = np.arange(len(index), dtype=np.int32)
    tint = surface.albedo[index].copy()
    out = np.zeros((len(index), 3), np.float32)
    direction = -surface.away[index]
    origin = surface.position[index] + _step_through(surface, index)
    travelled, live, pattern = surface.range_m[index].copy(), np.arange(len(index)), pattern[index]
    for layer in range(_GLASS_LAYERS):
        if not len(live):
            break
        met = cast(origin, direction, travelled, target, target.cone_rad)
        again = (met.kind == GLASS) & (layer < _GLASS_LAYERS - 1)
        done = np.flatnonzero(~again)
        last = Surface(*(part[done] for part in met))
        out[live[done]] = tint[live[done]] * _shade_met(
            last, target, gathered, pattern[done], offset, _LAMP_RAYS_BEHIND
        )
        on = np.flatnonzero(again)
        tint[live[on]] *= met.albedo[on] * np.float32(1.0 - _PANE_MIRRORS)
        origin = met.position[on] + _step_through(met, on)
        direction, travelled = direction[on], travelled[on] + met.range_m[on]
        live, pattern = live[on], pattern[on]
    return out, row


def _step_through(surface: Surface, index: np.ndarray) -> np.ndarray:
    """Return the way from each point to just behind its surface."""
    clear = 1e-4 + 1e-5 * surface.range_m[index] + 4e-7 * np.abs(surface.position[index]).max(axis=1, initial=0.0)
    return -surface.facet[index] * clear[:, None].astype(np.float32)


def _shade_met(
    met: Surface, target: Target, gathered: Gathered, pattern: np.ndarray, offset: np.ndarray, lamp_rays: int
) -> np.ndarray:
    sun = sun_visibility(met, target.environment, target.tracer, pattern, offset)
    # These points have no neighbours to share their rays with, so each sees several places on every lamp.
    # Draws that follow each other spread best.
    rays = lamp_rays if target.lamps.wide else 1
    drawn = [
        lamp_visibility(met, target.lamps, target.tracer, rays * pattern + np.int32(k), offset, pick_one=False)
        for k in range(rays)
    ]
    # All draws choose the same lamps but for the last, which may stand for others each time: its first draw serves.
    share = np.asarray(np.mean([each.share for each in drawn], axis=0, dtype=np.float32))
    seen = drawn[0]._replace(share=np.where(_stands_for_many(drawn[0]), drawn[0].share, share))
    open_share = np.full(len(met.kind), gathered.sky_share, np.float32)
    return shade_simply(met, sun, seen, target.environment, target.lamps, open_share, gathered.bounced_nit)[0]


def _stands_for_many(seen: Seen) -> np.ndarray:
    """Return (N, K) booleans: whether a lamp was drawn from many."""
    many = np.zeros(seen.share.shape, dtype=np.bool_)
    many[:, -1:] = seen.rest[:, None] > 0.0
    return many


@kernel
def _find_smooth(start: int, stop: int, smooth: np.ndarray, surface: Surface) -> None:
    """Mark points whose coat, metal or smooth surface shows a mirror image."""
    for i in range(start, stop):
        _find_smooth_at(i, smooth, surface)


@inlined
def _find_smooth_at(i: int, smooth: np.ndarray, surface: Surface) -> None:
    if surface.kind[i] != NOTHING:
        roughness = surface.gloss[i, 1]
        widest = _WIDEST_METAL if surface.gloss[i, 0] > 0.3 else _WIDEST
        smooth[i] = surface.gloss[i, 2] > 0.05 or roughness < widest


@kernel
def _aim_mirrored(
    start: int,
    stop: int,
    origin: np.ndarray,
    direction: np.ndarray,
    index: np.ndarray,
    pattern: np.ndarray,
    offset: np.ndarray,
    surface: Surface,
) -> None:
    for row in range(start, stop):
        _aim_mirrored_at(row, origin, direction, index[row], pattern[index[row]], offset, surface)


@inlined
def _aim_mirrored_at(
    row: int, origin: np.ndarray, direction: np.ndarray, i: int, pattern: int, offset: np.ndarray, surface: Surface
) -> None:
    n, v, g = vec(surface.normal, i), vec(surface.away, i), vec(surface.facet, i)
    h, alpha = n, mirror_alpha(surface, i)
    if alpha > _MIRROR_ALPHA:
        h = _facet(n, v, alpha, spread(pattern, R2_U, offset[0]), spread(pattern, R2_V, offset[1]))
    twice = 2.0 * (h[0] * v[0] + h[1] * v[1] + h[2] * v[2])
    x, y, z = twice * h[0] - v[0], twice * h[1] - v[1], twice * h[2] - v[2]
    # A mirrored ray must leave the flat face, however the interpolated normal leans.
    below = x * g[0] + y * g[1] + z * g[2]
    if below < 0.01:
        x, y, z = x + (0.01 - below) * g[0], y + (0.01 - below) * g[1], z + (0.01 - below) * g[2]
    length = math.sqrt(x * x + y * y + z * z)
    direction[row, 0], direction[row, 1], direction[row, 2] = x / length, y / length, z / length
    for k in range(3):
        origin[row, k] = surface.position[i, k] + surface.lift[i, k]


@inlined
def mirror_alpha(surface: Surface, i: int) -> float:
    """Return the GGX alpha of the layer whose mirror image is traced: the coat where there is one."""
    roughness = COAT_ROUGHNESS if surface.gloss[i, 2] > 0.05 else surface.gloss[i, 1]
    return roughness * roughness


@inlined
def _facet(n: Vector, v: Vector, alpha: float, s: float, t: float) -> Vector:
    """Return a facet's normal, drawn for (s, t) from those of GGX that the viewer sees (Dupuy and Benyoub 2023)."""
    sign = 1.0 if n[2] >= 0.0 else -1.0
    # A frame about the normal without trigonometry (Duff et al. 2017).
    a = -1.0 / (sign + n[2])
    b = n[0] * n[1] * a
    ux, uy, uz = 1.0 + sign * n[0] * n[0] * a, sign * b, -sign * n[0]
    wx, wy, wz = b, sign + n[1] * n[1] * a, -n[1]
    vx, vy = alpha * (v[0] * ux + v[1] * uy + v[2] * uz), alpha * (v[0] * wx + v[1] * wy + v[2] * wz)
    vz = max(v[0] * n[0] + v[1] * n[1] + v[2] * n[2], 1e-3)
    length = math.sqrt(vx * vx + vy * vy + vz * vz)
    vx, vy, vz = vx / length, vy / length, vz / length
    z = (1.0 - s) * (1.0 + vz) - vz
    sine, turn = math.sqrt(max(1.0 - z * z, 0.0)), 2.0 * math.pi * t
    x, y, z = alpha * (sine * math.cos(turn) + vx), alpha * (sine * math.sin(turn) + vy), max(z + vz, 1e-6)
    length = math.sqrt(x * x + y * y + z * z)
    x, y, z = x / length, y / length, z / length
    return x * ux + y * wx + z * n[0], x * uy + y * wy + z * n[1], x * uz + y * wz + z * n[2]
