"""Where one sample per pixel is not enough, and how several become one."""

from __future__ import annotations

import math
from collections.abc import Iterator

import cv2
import numpy as np

from simgen.render.compiled import inlined, kernel
from simgen.render.exposure import saturation_nit, tone
from simgen.render.surface import NOTHING, Surface
from simgen.render.vectors import vec

_NORMAL_COSINE = 0.95
_CONTRAST = 0.04

_UNEVEN = 0.06
"""Samples within a pixel that differ by more than this, as `_shown` has them, ask for further ones."""

_CONTRASTY = 0.15
"""Pixels whose neighbours' centres differ by more than this ask for all samples at once."""

_HIGHLIGHT = 3.0
"""Samples are cut at this many times saturation."""

_BUSY_AROUND, _BUSY = 5, 22
"""Side of a square of pixels, and edges in it from which on a place counts as busy; a line makes a band three wide."""


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
    _lighting(len(light), light, surface, nit, 0.3 / saturation_nit(ev100))
    edges = np.zeros(instance_id.shape, np.bool_)
    _find(len(edges), edges, surface, instance_id, material, light)
    return edges


@kernel
def _lighting(start: int, stop: int, light: np.ndarray, surface: Surface, nit: np.ndarray, gain: float) -> None:
    """Set about how bright each pixel would look were its surface of a mean grey."""
    for i in range(start, stop):
        _lighting_at(i, light, surface, nit, gain)


@inlined
def _lighting_at(i: int, light: np.ndarray, surface: Surface, nit: np.ndarray, gain: float) -> None:
    value = nit[i, 0] + nit[i, 1] + nit[i, 2]
    albedo = 1.0 if surface.kind[i] == NOTHING else surface.albedo[i, 0] + surface.albedo[i, 1] + surface.albedo[i, 2]
    light[i] = _shown(gain * value / (albedo + 0.15))


@inlined
def _shown(light: float) -> float:
    """Return about how bright light, in saturations, looks on a display, 0 to 1."""
    return math.sqrt(max(tone(light), 0.0))


@kernel
def _find(
    start: int,
    stop: int,
    edges: np.ndarray,
    surface: Surface,
    instance_id: np.ndarray,
    material: np.ndarray,
    light: np.ndarray,
) -> None:
    for row in range(start, stop):
        _find_in_row(row, edges, surface, instance_id, material, light)


@inlined
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


@inlined
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
    """Return (count, 2) positions in a pixel, in 0..1, no two in the same row or column of a count x count grid.

    The first two of four lie spread over the pixel, too.
    """
    if count == 2:
        return np.array([[1.0, 5.0], [5.0, 1.0]]) / 6.0
    if count == 4:
        return np.array([[0.375, 0.125], [0.625, 0.875], [0.875, 0.375], [0.125, 0.625]])
    k = np.arange(count)
    return np.stack([(k + 0.5) / count, (0.5 + k * 0.6180339887498949) % 1.0], axis=1)


def sample_counts(edges: np.ndarray, most: int) -> Iterator[tuple[np.ndarray, int]]:
    """Yield groups of pixels, as indices, with the extra samples that each of a group's pixels is to have.

    A lone outline gets ``most``. Where nearly all pixels around are edges too, as in foliage, half as many do: no eye
    follows an outline there.

    Args:
        edges: (H, W) booleans.
        most: samples, 1 or more.
    """
    around = cv2.boxFilter(
        edges.astype(np.uint8),
        cv2.CV_8U,
        (_BUSY_AROUND, _BUSY_AROUND),
        normalize=False,
        borderType=cv2.BORDER_REPLICATE,
    )
    busy = around >= _BUSY
    for chosen, samples in ((edges & ~busy, most), (edges & busy, (most + 1) // 2)):
        index = np.flatnonzero(chosen)
        if len(index):
            yield index, samples


def shown(nit: np.ndarray, ev100: float) -> np.ndarray:
    """Return (N, C) float32, about how bright (N, C) luminance looks on a display at an exposure, 0 to 1."""
    out = np.empty(nit.shape, np.float32)
    _show(len(out), out, nit, 1.0 / saturation_nit(ev100))
    return out


@kernel
def _show(start: int, stop: int, out: np.ndarray, nit: np.ndarray, gain: float) -> None:
    for i in range(start, stop):
        for k in range(nit.shape[1]):
            out[i, k] = _shown(gain * nit[i, k])


def contrasty(looks: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return (H * W,) booleans: pixels among whose 3 x 3 neighbours some look much brighter than others.

    A line narrower than a pixel may lie between all of the first samples.

    Args:
        looks: (H * W, 3) of the pixels' centres, from `shown`.
        shape: (H, W).
    """
    grey, kernel_ = looks.mean(axis=1).reshape(shape), np.ones((3, 3), np.uint8)
    return (cv2.dilate(grey, kernel_) - cv2.erode(grey, kernel_) > _CONTRASTY).ravel()


def uneven(looks: np.ndarray, extra: np.ndarray) -> np.ndarray:
    """Return (P,) booleans: where the samples of a pixel differ visibly in any channel.

    Args:
        looks: (P, 3) of the pixels' centres, from `shown`.
        extra: (P, S, 3) of the other samples.
    """
    least = np.minimum(looks, extra.min(axis=1))
    most = np.maximum(looks, extra.max(axis=1))
    return np.asarray((most - least > _UNEVEN).any(axis=1))


def glint_limit(ev100: float) -> float:
    """Return the luminance, nit, at which samples are cut, lest one glint keep its whole pixel white and jagged."""
    return _HIGHLIGHT * saturation_nit(ev100)


def resolve(centre: np.ndarray, extra: np.ndarray, limit_nit: float) -> np.ndarray:
    """Return the (P, 3) mean of the samples of P pixels in linear light.

    Args:
        centre: (P, 3) luminance at the pixels' centres.
        extra: (P, S, 3) luminance of the other samples.
        limit_nit: cuts brighter ones.
    """
    total = centre + np.minimum(extra, np.float32(limit_nit)).sum(axis=1)
    return total / np.float32(1 + extra.shape[1])


def mean_excess(centre: np.ndarray, extra: np.ndarray, limit_nit: float) -> np.ndarray:
    """Return the (P, 3) mean of what `resolve` cuts, so that a small lamp's light does not hang on one sample.

    Args:
        centre: (P, 3) what was cut at the pixels' centres.
        extra: (P, S, 3) luminance of the other samples.
        limit_nit: at which they are cut.
    """
    total = centre + np.maximum(extra - np.float32(limit_nit), 0.0).sum(axis=1)
    return total / np.float32(1 + extra.shape[1])
