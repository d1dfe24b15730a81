"""Turns one shadow ray per pixel and lamp into a smooth penumbra, by sharing the rays of neighbouring pixels."""

from __future__ import annotations

import math

import numpy as np

from simgen.render.atlas import LEAF
from simgen.render.compiled import inlined, kernel, kernel_with_scratch
from simgen.render.reflect import Mirrored, mirror_alpha
from simgen.render.surface import NOTHING, Surface
from simgen.render.target import Target
from simgen.render.vectors import vec
from simgen.render.visibility import Seen, sun_blockers

_UNLIKE = 0.1
"""Difference of the sun's visible share between neighbours that makes a shadow's edge; panes let through a little
more or less from one pixel to the next."""

_NARROW_PX = 0.75
"""Half the width of a shadow's edge that needs no softening: the samples within a pixel do that."""

# A window of 4 x 4 pixels sees every point of the tile pattern once; halved rims centre it on the pixel.
_WEIGHTS = np.array([0.5, 1.0, 1.0, 1.0, 0.5])


def soften(seen: Seen, surface: Surface, shape: tuple[int, int], wide: int, cone_rad: float) -> Seen:
    """Return ``seen`` with the visible share of wide lamps averaged over neighbours on the same surface.

    So is that of a lamp that stands for many others.

    Args:
        seen: drawn visibility of lamps from the points of all pixels, row by row.
        surface: the points.
        shape: (H, W) of the image.
        wide: how many lamps have a size; the others cast hard shadows and stay as they are.
        cone_rad: angle across a pixel.
    """
    out = seen.share.copy()
    if wide or seen.rest.any():
        _soften(shape[0], out, seen, surface, shape[0], shape[1], wide, cone_rad)
    return seen._replace(share=out)


@kernel_with_scratch
def _soften(
    start: int,
    stop: int,
    out: np.ndarray,
    seen: Seen,
    surface: Surface,
    rows: int,
    columns_px: int,
    wide: int,
    cone_rad: float,
) -> None:
    totals, sums = np.zeros(seen.share.shape[1]), np.zeros(seen.share.shape[1])
    for row in range(start, stop):
        for column in range(columns_px):
            _soften_at(row, column, out, totals, sums, seen, surface, rows, columns_px, wide, cone_rad)


@inlined
def _soften_at(
    row: int,
    column: int,
    out: np.ndarray,
    totals: np.ndarray,
    sums: np.ndarray,
    seen: Seen,
    surface: Surface,
    rows: int,
    columns_px: int,
    wide: int,
    cone_rad: float,
) -> None:
    i = row * columns_px + column
    if surface.kind[i] == NOTHING:
        return
    p, n = vec(surface.position, i), vec(surface.normal, i)
    reach = 4.0 * cone_rad * surface.range_m[i] + 1e-4
    columns = seen.share.shape[1]
    for k in range(columns):
        totals[k] = sums[k] = 0.0
    for dy in range(-2, 3):
        for dx in range(-2, 3):
            y, x = row + dy, column + dx
            if not (0 <= y < rows and 0 <= x < columns_px):
                continue
            j = y * columns_px + x
            if surface.kind[j] == NOTHING:
                continue
            q, m = vec(surface.position, j), vec(surface.normal, j)
            alike = n[0] * m[0] + n[1] * m[1] + n[2] * m[2]
            apart = abs((q[0] - p[0]) * n[0] + (q[1] - p[1]) * n[1] + (q[2] - p[2]) * n[2])
            if alike > 0.8 and apart < reach:
                _add_shares(sums, totals, i, j, seen, wide, _WEIGHTS[dy + 2] * _WEIGHTS[dx + 2])
    for k in range(columns):
        if totals[k] > 0.0:
            out[i, k] = sums[k] / totals[k] * (seen.rest[i] if k == columns - 1 and seen.rest[i] > 0.0 else 1.0)


@inlined
def _add_shares(sums: np.ndarray, totals: np.ndarray, i: int, j: int, seen: Seen, wide: int, weight: float) -> None:
    """Add what neighbour ``j`` sees of the lamps that light ``i`` to their sums."""
    columns = seen.share.shape[1]
    for k in range(columns):
        if k == columns - 1 and seen.rest[i] > 0.0:
            if seen.rest[j] > 0.0:
                totals[k] += weight
                sums[k] += weight * seen.share[j, k] / seen.rest[j]
        elif seen.lamp[i, k] < wide:
            for other in range(columns):
                if seen.lamp[j, other] == seen.lamp[i, k] and not (other == columns - 1 and seen.rest[j] > 0.0):
                    totals[k] += weight
                    sums[k] += weight * seen.share[j, other]


def soften_sun(
    lit: np.ndarray, surface: Surface, shape: tuple[int, int], target: Target, pattern: np.ndarray, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return (N,) float32 visible shares of the sun, and (N,) booleans, where samples within a pixel may share them.

    That is where no shadow's edge is near, or a wide one.

    How wide it is follows from the sun's width and how far what casts the shadow stands away. Narrow edges stay as
    they are; wide ones are averaged over up to as many pixels as they are wide.

    Args:
        lit: (N,) from `sun_visibility`, of all pixels' points, row by row.
        surface: the points.
        shape: (H, W) of the image.
        target: the scene.
        pattern: as `sun_visibility` was given.
        offset: as `sun_visibility` was given.
    """
    out, shared, mixed = lit.copy(), surface.kind != LEAF, np.zeros(len(lit), np.bool_)
    if target.environment.sun_radius_rad > 0.0 and lit.any():
        _mark_mixed(shape[0], mixed, lit, surface, *shape)
        away = sun_blockers(mixed & (lit == 0.0), surface, target.environment, target.tracer, pattern, offset)
        across = 2.0 * target.environment.sun_radius_rad / target.cone_rad
        shared &= ~mixed
        _soften_sun(shape[0], out, shared, lit, away, surface, *shape, across, target.cone_rad)
    return out, shared


@kernel
def _mark_mixed(
    start: int, stop: int, mixed: np.ndarray, lit: np.ndarray, surface: Surface, rows: int, columns: int
) -> None:
    """Mark points, leaves aside, that have points around them which get more of the sun or less."""
    for row in range(start, stop):
        for column in range(columns):
            i = row * columns + column
            if surface.kind[i] != NOTHING and surface.kind[i] != LEAF:
                for y in range(max(row - 1, 0), min(row + 2, rows)):
                    for x in range(max(column - 1, 0), min(column + 2, columns)):
                        mixed[i] |= abs(lit[y * columns + x] - lit[i]) > _UNLIKE


@kernel
def _soften_sun(
    start: int,
    stop: int,
    out: np.ndarray,
    shared: np.ndarray,
    lit: np.ndarray,
    away: np.ndarray,
    surface: Surface,
    rows: int,
    columns: int,
    across: float,
    cone_rad: float,
) -> None:
    for row in range(start, stop):
        for column in range(columns):
            _soften_sun_at(row, column, out, shared, lit, away, surface, rows, columns, across, cone_rad)


@inlined
def _soften_sun_at(
    row: int,
    column: int,
    out: np.ndarray,
    shared: np.ndarray,
    lit: np.ndarray,
    away: np.ndarray,
    surface: Surface,
    rows: int,
    columns: int,
    across: float,
    cone_rad: float,
) -> None:
    i = row * columns + column
    if surface.kind[i] == NOTHING or surface.kind[i] == LEAF:
        return
    far, blockers = 0.0, 0
    for y in range(max(row - 2, 0), min(row + 3, rows)):
        for x in range(max(column - 2, 0), min(column + 3, columns)):
            if away[y * columns + x] > 0.0:
                far, blockers = far + away[y * columns + x], blockers + 1
    if blockers == 0:
        return
    reach = min(0.5 * across * far / blockers / surface.range_m[i], 2.0)
    if reach < _NARROW_PX:
        return
    p, n = vec(surface.position, i), vec(surface.normal, i)
    tolerance = 4.0 * cone_rad * surface.range_m[i] + 1e-4
    total = seen = 0.0
    for y in range(max(row - 2, 0), min(row + 3, rows)):
        for x in range(max(column - 2, 0), min(column + 3, columns)):
            j = y * columns + x
            weight = min(max(reach + 0.5 - abs(x - column), 0.0), 1.0) * min(max(reach + 0.5 - abs(y - row), 0.0), 1.0)
            if weight > 0.0 and surface.kind[j] != NOTHING:
                q, m = vec(surface.position, j), vec(surface.normal, j)
                alike = n[0] * m[0] + n[1] * m[1] + n[2] * m[2]
                apart = abs((q[0] - p[0]) * n[0] + (q[1] - p[1]) * n[1] + (q[2] - p[2]) * n[2])
                if alike > 0.8 and apart < tolerance:
                    total, seen = total + weight, seen + weight * lit[j]
    out[i], shared[i] = seen / total, True


def soften_mirrored(
    mirrored: Mirrored, surface: Surface, shape: tuple[int, int], cone_rad: float
) -> tuple[Mirrored, np.ndarray]:
    """Return mirror images without the grain of one ray each: averaged over as many pixels as their blur is wide.

    With them come (N,) booleans, where that was so far that samples within a pixel may share them.

    Args:
        mirrored: of all pixels' points, row by row.
        surface: the points.
        shape: (H, W) of the image.
        cone_rad: angle across a pixel.
    """
    out, shared = mirrored.nit.copy(), np.zeros(len(mirrored.row), np.bool_)
    if len(out):
        _soften_mirrored(shape[0], out, shared, mirrored, surface, *shape, cone_rad)
    return mirrored._replace(nit=out), shared


@kernel
def _soften_mirrored(
    start: int,
    stop: int,
    out: np.ndarray,
    shared: np.ndarray,
    mirrored: Mirrored,
    surface: Surface,
    rows: int,
    columns: int,
    cone_rad: float,
) -> None:
    for row in range(start, stop):
        for column in range(columns):
            if mirrored.row[row * columns + column] >= 0:
                _soften_mirrored_at(row, column, out, shared, mirrored, surface, rows, columns, cone_rad)


@inlined
def _soften_mirrored_at(
    row: int,
    column: int,
    out: np.ndarray,
    shared: np.ndarray,
    mirrored: Mirrored,
    surface: Surface,
    rows: int,
    columns: int,
    cone_rad: float,
) -> None:
    i = row * columns + column
    away, range_m = mirrored.away_m[mirrored.row[i]], surface.range_m[i]
    seen = 1.0 if not math.isfinite(away) else away / (away + range_m)
    reach = min(2.0 * mirror_alpha(surface, i) * seen / cone_rad, 2.0)
    shared[i] = reach >= 1.0
    p, n = vec(surface.position, i), vec(surface.normal, i)
    tolerance = 4.0 * cone_rad * range_m + 1e-4
    total = red = green = blue = 0.0
    for y in range(max(row - 2, 0), min(row + 3, rows)):
        for x in range(max(column - 2, 0), min(column + 3, columns)):
            j = y * columns + x
            at = mirrored.row[j]
            weight = min(max(reach + 0.5 - abs(x - column), 0.0), 1.0) * min(max(reach + 0.5 - abs(y - row), 0.0), 1.0)
            if weight > 0.0 and at >= 0 and abs(surface.gloss[j, 1] - surface.gloss[i, 1]) < 0.1:
                q, m = vec(surface.position, j), vec(surface.normal, j)
                alike = n[0] * m[0] + n[1] * m[1] + n[2] * m[2]
                apart = abs((q[0] - p[0]) * n[0] + (q[1] - p[1]) * n[1] + (q[2] - p[2]) * n[2])
                if alike > 0.8 and apart < tolerance:
                    total += weight
                    red += weight * mirrored.nit[at, 0]
                    green += weight * mirrored.nit[at, 1]
                    blue += weight * mirrored.nit[at, 2]
    at = mirrored.row[i]
    out[at, 0], out[at, 1], out[at, 2] = red / total, green / total, blue / total


def alike(finer: Surface, surface: Surface, pixel: np.ndarray, cone_rad: float) -> np.ndarray:
    """Return (M,) booleans: whether samples within pixels lie on the same surface as the pixels' centres.

    Args:
        finer: the samples' M points.
        surface: the pixels' N points.
        pixel: (M,) index of each sample's pixel.
        cone_rad: angle across a pixel.
    """
    same = np.empty(len(pixel), np.bool_)
    _compare(len(same), same, finer, surface, pixel, cone_rad)
    return same


@kernel
def _compare(
    start: int, stop: int, same: np.ndarray, finer: Surface, surface: Surface, pixel: np.ndarray, cone_rad: float
) -> None:
    for i in range(start, stop):
        _compare_at(i, same, finer, surface, pixel[i], cone_rad)


@inlined
def _compare_at(i: int, same: np.ndarray, finer: Surface, surface: Surface, j: int, cone_rad: float) -> None:
    same[i] = False
    if finer.kind[i] != NOTHING and surface.kind[j] != NOTHING:
        m, n = vec(finer.normal, i), vec(surface.normal, j)
        if m[0] * n[0] + m[1] * n[1] + m[2] * n[2] > 0.8:
            p, q = vec(finer.position, i), vec(surface.position, j)
            apart = abs((p[0] - q[0]) * n[0] + (p[1] - q[1]) * n[1] + (p[2] - q[2]) * n[2])
            same[i] = apart < 4.0 * cone_rad * surface.range_m[j] + 1e-4


def share(drawn: Seen, softened: Seen, same: np.ndarray, pixel: np.ndarray) -> Seen:
    """Return lamps for samples within pixels: the pixel's own for the (M,) that are on the ``same`` surface."""
    mixed = [
        np.where(same if a.ndim == 1 else same[:, None], b[pixel], a) for a, b in zip(drawn, softened, strict=True)
    ]
    return Seen(*mixed)


def share_mirrored(drawn: Mirrored, softened: Mirrored, shared: np.ndarray, pixel: np.ndarray) -> Mirrored:
    """Return mirror images for samples within pixels: the pixel's own for the (M,) ``shared``, else the ``drawn``."""
    which = np.flatnonzero(shared)
    row, taken = drawn.row.copy(), softened.row[pixel[which]]
    row[which] = len(drawn.nit) + np.arange(len(which), dtype=np.int32)
    nit, away_m = (
        np.concatenate([drawn.nit, softened.nit[taken]]),
        np.concatenate([drawn.away_m, softened.away_m[taken]]),
    )
    return Mirrored(nit, away_m, row)
