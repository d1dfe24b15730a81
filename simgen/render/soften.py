"""Turns one shadow ray per pixel and lamp into a smooth penumbra, by sharing the rays of neighbouring pixels."""

from __future__ import annotations

import numpy as np

from simgen.render.compiled import inlined, kernel
from simgen.render.surface import NOTHING, Surface
from simgen.render.vectors import vec

# A window of 4 x 4 pixels sees every point of the tile pattern once; halved rims centre it on the pixel.
_WEIGHTS = np.array([0.5, 1.0, 1.0, 1.0, 0.5])


def soften(seen: np.ndarray, surface: Surface, shape: tuple[int, int], panels: int, cone_rad: float) -> np.ndarray:
    """Return (N, L) float32: each pixel's visible share of the panels, averaged over neighbours on the same surface.

    Args:
        seen: (N, L) drawn visibility of L lamps from the points of all pixels, row by row.
        surface: the points.
        shape: (H, W) of the image.
        panels: how many lamps are panels; the others cast hard shadows and stay as they are.
        cone_rad: angle across a pixel.
    """
    out = seen.copy()
    if panels:
        _soften(shape[0], out, seen, surface, shape[0], shape[1], panels, cone_rad)
    return out


@kernel
def _soften(
    start: int,
    stop: int,
    out: np.ndarray,
    seen: np.ndarray,
    surface: Surface,
    rows: int,
    columns: int,
    panels: int,
    cone_rad: float,
) -> None:
    for row in range(start, stop):
        for column in range(columns):
            _soften_at(row, column, out, seen, surface, rows, columns, panels, cone_rad)


@inlined
def _soften_at(
    row: int,
    column: int,
    out: np.ndarray,
    seen: np.ndarray,
    surface: Surface,
    rows: int,
    columns: int,
    panels: int,
    cone_rad: float,
) -> None:
    i = row * columns + column
    if surface.kind[i] == NOTHING:
        return
    p, n = vec(surface.position, i), vec(surface.normal, i)
    reach = 4.0 * cone_rad * surface.range_m[i] + 1e-4
    total = 0.0
    sums = np.zeros(panels)
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            y, x = row + dy, column + dx
            if not (0 <= y < rows and 0 <= x < columns):
                continue
            j = y * columns + x
            if surface.kind[j] == NOTHING:
                continue
            q, m = vec(surface.position, j), vec(surface.normal, j)
            alike = n[0] * m[0] + n[1] * m[1] + n[2] * m[2]
            apart = abs((q[0] - p[0]) * n[0] + (q[1] - p[1]) * n[1] + (q[2] - p[2]) * n[2])
            if alike > 0.8 and apart < reach:
                weight = _WEIGHTS[dy + 2] * _WEIGHTS[dx + 2]
                total += weight
                for lamp in range(panels):
                    sums[lamp] += weight * seen[j, lamp]
    for lamp in range(panels):
        out[i, lamp] = sums[lamp] / total


def share(
    drawn: np.ndarray, softened: np.ndarray, finer: Surface, surface: Surface, pixel: np.ndarray, cone_rad: float
) -> np.ndarray:
    """Return (M, L) shares for samples within pixels: the pixel's own where a sample lies on the same surface.

    Args:
        drawn: (M, L) drawn visibility from the samples.
        softened: (N, L) of the pixels, from `soften`.
        finer: the samples' M points.
        surface: the pixels' N points.
        pixel: (M,) index of each sample's pixel.
        cone_rad: angle across a pixel.
    """
    alike = (finer.normal * surface.normal[pixel]).sum(axis=1) > 0.8
    apart = np.abs(((finer.position - surface.position[pixel]) * surface.normal[pixel]).sum(axis=1))
    there = (finer.kind != NOTHING) & (surface.kind[pixel] != NOTHING)
    same = there & alike & (apart < 4.0 * cone_rad * surface.range_m[pixel] + 1e-4)
    return np.where(same[:, None], softened[pixel], drawn)
