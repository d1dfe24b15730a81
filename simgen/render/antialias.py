"""Where one sample per pixel is not enough, and how several become one."""

from __future__ import annotations

import math

import numba
import numpy as np

from simgen.render.exposure import saturation_nit, tone
from simgen.render.surface import NOTHING, Surface
from simgen.render.vectors import vec

_NORMAL_COSINE = 0.95
_CONTRAST = 0.04

_HIGHLIGHT = 3.0
"""Samples above this many times saturation are cut, lest one glint keep its whole pixel white and jagged."""


def find_edges(
    surface: Surface, instance_id: np.ndarray, material: np.ndarray, nit: np.ndarray, ev100: float
) -> np.ndarray:
    """Return (H, W) booleans: pixels that differ from a neighbour in object, material, depth, facing or lighting.

    Textures do not count: they are filtered where they are looked up.

    Args:
        surface: of all pixels' centres, row by row.
        instance_id: (H, W) of the same.
        material: (H * W,) index of the material, -1 for none.
        nit: (H * W, 3) luminance.
        ev100: exposure it will be shown at.
    """
    light = np.empty(len(nit), np.float32)
    _lighting(light, surface, nit, 0.3 / saturation_nit(ev100))
    edges = np.zeros(instance_id.shape, np.bool_)
    _find(edges, surface, instance_id, material, light)
    return edges


@numba.njit(cache=True, parallel=True, error_model="numpy")
def _lighting(light: np.ndarray, surface: Surface, nit: np.ndarray, gain: float) -> None:
    """Set about how bright each pixel would look were its surface of a mean grey."""
    for i in numba.prange(len(light)):
        _lighting_at(i, light, surface, nit, gain)


@numba.njit(forceinline=True, error_model="numpy")
def _lighting_at(i: int, light: np.ndarray, surface: Surface, nit: np.ndarray, gain: float) -> None:
    value = nit[i, 0] + nit[i, 1] + nit[i, 2]
    albedo = 1.0 if surface.kind[i] == NOTHING else surface.albedo[i, 0] + surface.albedo[i, 1] + surface.albedo[i, 2]
    light[i] = math.sqrt(max(tone(gain * value / (albedo + 0.15)), 0.0))


@numba.njit(cache=True, parallel=True, error_model="numpy")
def _find(
    edges: np.ndarray, surface: Surface, instance_id: np.ndarray, material: np.ndarray, light: np.ndarray
) -> None:
    for row in numba.prange(edges.shape[0]):
        _find_in_row(row, edges, surface, instance_id, material, light)


@numba.njit(forceinline=True, error_model="numpy")
def _find_in_row(
    row: int, edges: np.ndarray, surface: Surface, instance_id: np.ndarray, material: np.ndarray, light: np.ndarray
) -> None:
    rows, columns = edges.shape
    for column in range(columns):
        i = row * columns + column
        for side in range(4):
            y = row + (1 if side == 0 else (-1 if side == 1 else 0))
            x = column + (1 if side == 2 else (-1 if side == 3 else 0))
            if 0 <= y < rows and 0 <= x < columns and not edges[row, column]:
                j = y * columns + x
                edges[row, column] = (
                    instance_id[row, column] != instance_id[y, x]
                    or material[i] != material[j]
                    or abs(light[i] - light[j]) > _CONTRAST
                    or _bent(surface, i, j)
                )


@numba.njit(forceinline=True, error_model="numpy")
def _bent(surface: Surface, i: int, j: int) -> bool:
    """Return whether two neighbours face differently or lie on different planes."""
    if surface.kind[i] == NOTHING or surface.kind[j] == NOTHING:
        return surface.kind[i] != surface.kind[j]
    n, m = vec(surface.normal, i), vec(surface.normal, j)
    if n[0] * m[0] + n[1] * m[1] + n[2] * m[2] < _NORMAL_COSINE:
        return True
    p, q, g = vec(surface.position, i), vec(surface.position, j), vec(surface.facet, i)
    off = abs((q[0] - p[0]) * g[0] + (q[1] - p[1]) * g[1] + (q[2] - p[2]) * g[2])
    return off > 0.02 * surface.range_m[i]


def sub_positions(count: int) -> np.ndarray:
    """Return (count, 2) positions in a pixel, in 0..1, no two in the same row or column of a count x count grid."""
    if count == 4:
        return np.array([[0.375, 0.125], [0.875, 0.375], [0.125, 0.625], [0.625, 0.875]])
    k = np.arange(count)
    return np.stack([(k + 0.5) / count, (0.5 + k * 0.6180339887498949) % 1.0], axis=1)


def resolve(nit: np.ndarray, index: np.ndarray, extra: np.ndarray, limit_nit: float) -> None:
    """Average the samples of each edge pixel in linear light, in place.

    Args:
        nit: (H * W, 3) luminance at pixel centres; the pixels of ``index`` are changed, all are cut at ``limit_nit``.
        index: (P,) pixels with more samples.
        extra: (P, S, 3) luminance of those.
        limit_nit: luminance that fills the sensor.
    """
    np.minimum(nit, _HIGHLIGHT * limit_nit, out=nit)
    if len(index):
        total = nit[index] + np.minimum(extra, _HIGHLIGHT * limit_nit).sum(axis=1)
        nit[index] = total / np.float32(1 + extra.shape[1])
