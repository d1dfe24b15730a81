"""Light from sky and surroundings: rays over the hemisphere at half resolution, smoothed along surfaces."""

# Inside compiled kernels an element of an array is a number; the type checker takes it for an array.
# pyright: reportArgumentType=false, reportIndexIssue=false

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simgen.render.atlas import LEAF, LEAF_PASSES
from simgen.render.compiled import inlined, kernel
from simgen.render.environment import Environment, irradiance, rough_sky
from simgen.render.lights import darken_lamps
from simgen.render.shading import shade_diffusely
from simgen.render.surface import NOTHING, Surface
from simgen.render.target import Target, cast
from simgen.render.vectors import Vector, vec, vec_at
from simgen.render.visibility import R1, R2_U, R2_V, lamp_visibility, spread, sun_visibility

_TILE = 8
"""Side of the square of grid points that between them cast rays in all directions there are."""

_AROUND = 4096
"""Rays that tell how much light surfaces send each other."""

_RARE, _GLARING = 1.0 / 256.0, 64.0
"""Share of the rays, and times their usual luminance: what is both rarer and brighter is cut to these."""

_CLOSE = 4.0
"""In the target's ``nearby_m``: what was met within is looked at more closely, by a ray of its own."""

# Steps of the third and fourth of four numbers spread evenly together (Roberts 2018).
_R4_3, _R4_4 = 0.6287067210378087, 0.5385972572236101

# Weights of neighbours at steps of 1, then 4 points: with halved rims, the two together see each point of a tile once.
_WEIGHTS_1 = np.array([0.5, 1.0, 1.0, 1.0, 0.5])
_WEIGHTS_4 = np.array([0.5, 1.0, 0.5])


class Gathered(NamedTuple):
    """Ambient light on a half-resolution grid; float32.

    Attributes:
        lux: (h, w, 3) illuminance.
        open: (h, w) share of the cosine-weighted hemisphere that is open sky.
        position: (h, w, 3) of the grid's points.
        normal: (h, w, 3) of the grid's points.
        near_per_m: (h, w) mean of the inverse distances of what the rays met; light changes fast where it is large.
        tolerance_m: (h, w) how far off its plane a neighbour still belongs to a point; 0 where there is none.
        sky_share: mean of ``open`` over all points.
        bounced_nit: (3,) float64 mean luminance of the surroundings, all bounces.
    """

    lux: np.ndarray
    open: np.ndarray
    position: np.ndarray
    normal: np.ndarray
    tolerance_m: np.ndarray
    near_per_m: np.ndarray
    sky_share: float
    bounced_nit: np.ndarray


def gather_ambient(
    surface: Surface, shape: tuple[int, int], target: Target, rays_each: int, offset: np.ndarray
) -> Gathered:
    """Return the ambient light of an image's points.

    Args:
        surface: the points of all pixels, row by row.
        shape: (H, W) of the image.
        target: what the rays are cast at.
        rays_each: per point of the half-resolution grid; 0 takes the bare sky without any occlusion.
        offset: (2,) in [0, 1), shifts all draws.
    """
    height, width = shape
    index = (np.arange(0, height, 2)[:, None] * width + np.arange(0, width, 2)[None]).ravel()
    points = Surface(*(np.ascontiguousarray(part[index]) for part in surface))
    grid = ((height + 1) // 2, (width + 1) // 2)
    lux, opening = np.zeros((len(index), 3), np.float32), np.zeros(len(index), np.float32)
    near = np.zeros(len(index), np.float32)
    if rays_each:
        sky_share, bounced = _trace(lux, opening, near, points, grid, target, rays_each, offset)
    else:
        sky_share, bounced = 1.0, np.zeros(3)
        _bare_sky(len(opening), lux, opening, points, target.environment)
    tolerance = np.where(points.kind != NOTHING, 2.0 * target.cone_rad * points.range_m + 1e-4, 0.0).astype(np.float32)
    gathered = Gathered(
        lux=lux.reshape(*grid, 3),
        open=opening.reshape(grid),
        position=points.position.reshape(*grid, 3),
        normal=points.normal.reshape(*grid, 3),
        tolerance_m=tolerance.reshape(grid),
        near_per_m=near.reshape(grid),
        sky_share=sky_share,
        bounced_nit=bounced,
    )
    if rays_each:
        gathered = _smoothed(_smoothed(gathered, 1, _WEIGHTS_1), 4, _WEIGHTS_4)
    return gathered


def _trace(
    lux: np.ndarray,
    opening: np.ndarray,
    near: np.ndarray,
    points: Surface,
    grid: tuple[int, int],
    target: Target,
    rays_each: int,
    offset: np.ndarray,
) -> tuple[float, np.ndarray]:
    """Fill ``lux`` and ``opening`` by casting rays; return the mean sky share and the surroundings' luminance."""
    there = np.flatnonzero(points.kind != NOTHING)
    if not len(there):
        return 1.0, np.zeros(3)
    first = tile_pattern(*grid, _TILE)[there]
    pattern = (first[:, None] + _TILE * _TILE * np.arange(rays_each, dtype=np.int32)[None]).ravel()
    direction, met = _cast_around(points, np.repeat(there, rays_each), pattern, offset, 0, target)
    direct, skylit = _lit_directly(met, pattern, target, offset)
    hit = met.kind != NOTHING
    near[there] = (1.0 / np.maximum(met.range_m, 0.02)).reshape(-1, rays_each).mean(axis=1)
    free = float(1.0 - hit.mean())
    total = direct + np.float32(free) * skylit
    bounced = _light_around(met, pattern, free, target, offset)
    total += met.albedo * bounced.astype(np.float32)
    close = np.flatnonzero(hit & (met.range_m < target.nearby_m * _CLOSE))
    total[close] = direct[close] + _bounced_once_more(met, close, pattern[close], free, bounced, target, offset)
    _cut_glare(total, hit)
    _collect(len(there), lux, opening, there, points.kind, direction, total, hit, target.environment, rays_each)
    return free, bounced


def _cut_glare(total: np.ndarray, hit: np.ndarray) -> None:
    """Darken in place what few rays met that is far brighter than all else, such as the lens of a beacon by night.

    One ray in thousands meets it, and the points that share this ray would be a bright patch. Their light is lost.
    """
    brightness = total.max(axis=1)[hit]
    rare = int(_RARE * len(brightness))
    if not rare:
        return
    ordered = np.partition(brightness, (-16 * rare, -rare))
    limit = max(float(ordered[-rare]), _GLARING * float(ordered[: -16 * rare].mean(dtype=np.float64)))
    if limit > 0.0 and float(ordered[-rare:].max()) > limit:
        at = np.flatnonzero(hit)[brightness > limit]
        total[at] *= (limit / total[at].max(axis=1))[:, None]


def _light_around(met: Surface, pattern: np.ndarray, free: float, target: Target, offset: np.ndarray) -> np.ndarray:
    """Return (3,) the mean luminance that surfaces meet each other with, nit, of a few of them that rays met.

    Not of what the rays met themselves: these may see the one bright patch over a lamp, which the patch does not.
    """
    hit = np.flatnonzero(met.kind != NOTHING)
    # An odd stride goes through all patterns.
    index = hit[:: (len(hit) // _AROUND) | 1]
    if not len(index):
        return np.zeros(3)
    _, beyond = _cast_around(met, index, pattern[index], offset, 1, target)
    direct, skylit = _lit_directly(beyond, pattern[index], target, offset)
    light = direct + np.float32(free) * skylit
    # Light bounces on and on; each time the surroundings return their mean reflectance of it.
    albedo = beyond.albedo.mean(axis=0, dtype=np.float64)
    return light.mean(axis=0, dtype=np.float64) / np.maximum(1.0 - albedo, 0.1)


def _bounced_once_more(
    met: Surface,
    index: np.ndarray,
    pattern: np.ndarray,
    free: float,
    bounced: np.ndarray,
    target: Target,
    offset: np.ndarray,
) -> np.ndarray:
    """Return (K, 3) luminance that points sent on of the light around them, by one more ray from each."""
    direction, beyond = _cast_around(met, index, pattern, offset, 1, target)
    direct, skylit = _lit_directly(beyond, pattern, target, offset)
    share = _share_of_far(beyond, target)
    light = direct + share * (np.float32(free) * skylit + beyond.albedo * bounced.astype(np.float32))
    _add_sky(len(light), light, beyond.kind, direction, target.environment)
    passed = np.where(met.kind[index] == LEAF, 1.0 + LEAF_PASSES, 1.0).astype(np.float32)
    return met.albedo[index] * (passed[:, None] * light)


def _share_of_far(met: Surface, target: Target) -> np.ndarray:
    """Return (N, 1): what lies close by is as hidden from sky and surroundings as the point itself; what is far is not.

    That is said of the last bounce alone; those before it have rays of their own.
    """
    return (1.0 - target.nearby_m / (met.range_m + target.nearby_m)).astype(np.float32)[:, None]


def _lit_directly(
    met: Surface, pattern: np.ndarray, target: Target, offset: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the luminance that points send on of sun and lamps, and the same of an open sky."""
    darken_lamps(met, target.lamps)
    sun = sun_visibility(met, target.environment, target.tracer, pattern, offset)
    seen = lamp_visibility(met, target.lamps, target.tracer, pattern, offset, pick_one=True)
    return shade_diffusely(met, sun, seen, target.environment, target.lamps)


def _cast_around(
    points: Surface, index: np.ndarray, pattern: np.ndarray, offset: np.ndarray, bounce: int, target: Target
) -> tuple[np.ndarray, Surface]:
    """Return the directions of rays from points at (K,) ``index``, weighted by cosine, and what they met."""
    origin, direction = np.empty((len(index), 3), np.float32), np.empty((len(index), 3), np.float32)
    _aim(len(index), origin, direction, index, pattern, points, offset, bounce)
    start = np.zeros(len(index), np.float32)
    return direction, cast(origin, direction, start, target, target.cone_rad, coarse=True)


@kernel
def _aim(
    start: int,
    stop: int,
    origin: np.ndarray,
    direction: np.ndarray,
    index: np.ndarray,
    pattern: np.ndarray,
    points: Surface,
    offset: np.ndarray,
    bounce: int,
) -> None:
    """Draw directions over the hemisphere of each point, weighted by cosine; leaves look to both sides."""
    for row in range(start, stop):
        _aim_at(row, origin, direction, index[row], pattern[row], points, offset, bounce)


@inlined
def _aim_at(
    row: int,
    origin: np.ndarray,
    direction: np.ndarray,
    i: int,
    pattern: int,
    points: Surface,
    offset: np.ndarray,
    bounce: int,
) -> None:
    n = vec(points.normal, i)
    sign = 1.0 if n[2] >= 0.0 else -1.0
    # A frame about the normal without trigonometry (Duff et al. 2017).
    a = -1.0 / (sign + n[2])
    b = n[0] * n[1] * a
    ux, uy, uz = 1.0 + sign * n[0] * n[0] * a, sign * b, -sign * n[0]
    vx, vy, vz = b, sign + n[1] * n[1] * a, -n[1]
    s = spread(pattern, R2_U if bounce == 0 else _R4_3, offset[0])
    angle = 2.0 * math.pi * spread(pattern, R2_V if bounce == 0 else _R4_4, offset[1])
    x, y, z = math.sqrt(s) * math.cos(angle), math.sqrt(s) * math.sin(angle), math.sqrt(1.0 - s)
    side = 1.0
    if points.kind[i] == LEAF and spread(pattern, R1, offset[0]) * (1.0 + LEAF_PASSES) > 1.0:
        side = -1.0
    direction[row, 0] = x * ux + y * vx + side * z * n[0]
    direction[row, 1] = x * uy + y * vy + side * z * n[1]
    direction[row, 2] = x * uz + y * vz + side * z * n[2]
    for axis in range(3):
        origin[row, axis] = points.position[i, axis] + side * points.lift[i, axis]


@kernel
def _collect(
    start: int,
    stop: int,
    lux: np.ndarray,
    opening: np.ndarray,
    there: np.ndarray,
    kind: np.ndarray,
    direction: np.ndarray,
    total: np.ndarray,
    hit: np.ndarray,
    environment: Environment,
    rays_each: int,
) -> None:
    for row in range(start, stop):
        _collect_at(row, lux, opening, there, kind, direction, total, hit, environment, rays_each)


@inlined
def _collect_at(
    row: int,
    lux: np.ndarray,
    opening: np.ndarray,
    there: np.ndarray,
    kind: np.ndarray,
    direction: np.ndarray,
    total: np.ndarray,
    hit: np.ndarray,
    environment: Environment,
    rays_each: int,
) -> None:
    i = there[row]
    red = green = blue = free = 0.0
    for at in range(row * rays_each, (row + 1) * rays_each):
        if hit[at]:
            red, green, blue = red + total[at, 0], green + total[at, 1], blue + total[at, 2]
        else:
            r, g, b = rough_sky(environment, direction[at, 0], direction[at, 1], direction[at, 2], 0.5)
            red, green, blue, free = red + r, green + g, blue + b, free + 1.0
    scale = math.pi / rays_each
    if kind[i] == LEAF:
        scale *= 1.0 + LEAF_PASSES
    lux[i, 0], lux[i, 1], lux[i, 2] = red * scale, green * scale, blue * scale
    opening[i] = free / rays_each


@kernel
def _add_sky(
    start: int, stop: int, light: np.ndarray, kind: np.ndarray, direction: np.ndarray, environment: Environment
) -> None:
    for i in range(start, stop):
        if kind[i] == NOTHING:
            sky = rough_sky(environment, direction[i, 0], direction[i, 1], direction[i, 2], 0.5)
            light[i, 0], light[i, 1], light[i, 2] = sky[0], sky[1], sky[2]


@kernel
def _bare_sky(
    start: int, stop: int, lux: np.ndarray, opening: np.ndarray, points: Surface, environment: Environment
) -> None:
    for i in range(start, stop):
        _bare_sky_at(i, lux, opening, points, environment)


@inlined
def _bare_sky_at(i: int, lux: np.ndarray, opening: np.ndarray, points: Surface, environment: Environment) -> None:
    if points.kind[i] != NOTHING:
        n = vec(points.normal, i)
        lux[i, 0], lux[i, 1], lux[i, 2] = irradiance(environment, n[0], n[1], n[2])
        opening[i] = 1.0


def tile_pattern(height: int, width: int, side: int = 4) -> np.ndarray:
    """Return (height * width,) int32: 0 to side * side - 1, each once in every tile, neighbours far apart.

    Args:
        height: of the image.
        width: of the image.
        side: of a tile, a power of 2.
    """
    order = np.zeros((1, 1), dtype=np.int32)
    while len(order) < side:
        # Bayer's order of a dot screen.
        order = np.block([[4 * order, 4 * order + 2], [4 * order + 3, 4 * order + 1]]).astype(np.int32)
    return np.tile(order, (height // side + 1, width // side + 1))[:height, :width].ravel()


def _smoothed(gathered: Gathered, step: int, weights: np.ndarray) -> Gathered:
    lux, opening, near = (np.zeros_like(part) for part in (gathered.lux, gathered.open, gathered.near_per_m))
    _smooth(len(lux), lux, opening, near, gathered, step, weights)
    return gathered._replace(lux=lux, open=opening, near_per_m=near)


@kernel
def _smooth(
    start: int,
    stop: int,
    lux: np.ndarray,
    opening: np.ndarray,
    near: np.ndarray,
    gathered: Gathered,
    step: int,
    weights: np.ndarray,
) -> None:
    """Average over neighbours ``step`` apart that lie on the same surface and face the same way."""
    rows, columns = opening.shape
    for row in range(start, stop):
        _smooth_at(row, lux, opening, near, gathered, step, weights, rows, columns)


@inlined
def _smooth_at(
    row: int,
    lux: np.ndarray,
    opening: np.ndarray,
    near: np.ndarray,
    gathered: Gathered,
    step: int,
    weights: np.ndarray,
    rows: int,
    columns: int,
) -> None:
    reach = len(weights) // 2
    for column in range(columns):
        tolerance = gathered.tolerance_m[row, column]
        if tolerance == 0.0:
            lux[row, column] = 0.0
            opening[row, column] = 0.0
            continue
        p, n = vec_at(gathered.position, row, column), vec_at(gathered.normal, row, column)
        red = green = blue = free = close = total = 0.0
        for dy in range(-reach, reach + 1):
            for dx in range(-reach, reach + 1):
                y, x = row + dy * step, column + dx * step
                if 0 <= y < rows and 0 <= x < columns and gathered.tolerance_m[y, x] > 0.0:
                    far = step * math.sqrt(dx * dx + dy * dy) + 1.0
                    weight = weights[dy + reach] * weights[dx + reach]
                    weight *= _likeness(gathered, y, x, p, n, tolerance * far)
                    q = vec_at(gathered.position, y, x)
                    squared = (p[0] - q[0]) ** 2 + (p[1] - q[1]) ** 2 + (p[2] - q[2]) ** 2
                    # What changes within less than the grid's own spacing cannot be told from grain.
                    limit = min(max(gathered.near_per_m[row, column], gathered.near_per_m[y, x]), 0.5 / tolerance)
                    weight /= 1.0 + (squared * limit * limit) ** 2
                    close += weight * gathered.near_per_m[y, x]
                    red += weight * gathered.lux[y, x, 0]
                    green += weight * gathered.lux[y, x, 1]
                    blue += weight * gathered.lux[y, x, 2]
                    free += weight * gathered.open[y, x]
                    total += weight
        lux[row, column, 0], lux[row, column, 1], lux[row, column, 2] = red / total, green / total, blue / total
        opening[row, column] = free / total
        near[row, column] = close / total


@inlined
def _likeness(gathered: Gathered, y: int, x: int, p: Vector, n: Vector, tolerance: float) -> float:
    """Return 0 to 1: how far a grid point lies on the surface through ``p`` with normal ``n``."""
    q, m = vec_at(gathered.position, y, x), vec_at(gathered.normal, y, x)
    along = abs((q[0] - p[0]) * n[0] + (q[1] - p[1]) * n[1] + (q[2] - p[2]) * n[2]) / tolerance
    alike = max(n[0] * m[0] + n[1] * m[1] + n[2] * m[2], 0.0)
    alike = alike * alike
    return alike * alike * alike * alike / (1.0 + along * along * along * along)


def ambient_at(
    surface: Surface, uv: np.ndarray, gathered: Gathered, environment: Environment
) -> tuple[np.ndarray, np.ndarray]:
    """Return (N, 3) ambient illuminance, lux, and (N,) openness of points seen at (N, 2) float32 image positions."""
    lux, opening = np.zeros((len(uv), 3), np.float32), np.zeros(len(uv), np.float32)
    _look_up(len(uv), lux, opening, surface, uv, gathered, environment)
    return lux, opening


@kernel
def _look_up(
    start: int,
    stop: int,
    lux: np.ndarray,
    opening: np.ndarray,
    surface: Surface,
    uv: np.ndarray,
    gathered: Gathered,
    environment: Environment,
) -> None:
    rows, columns = gathered.open.shape
    for i in range(start, stop):
        _look_up_at(i, lux, opening, surface, uv, gathered, environment, rows, columns)


@inlined
def _look_up_at(
    i: int,
    lux: np.ndarray,
    opening: np.ndarray,
    surface: Surface,
    uv: np.ndarray,
    gathered: Gathered,
    environment: Environment,
    rows: int,
    columns: int,
) -> None:
    if surface.kind[i] == NOTHING:
        return
    p, n = vec(surface.position, i), vec(surface.normal, i)
    x, y = (uv[i, 0] - 0.5) * 0.5, (uv[i, 1] - 0.5) * 0.5
    x0, y0 = math.floor(x), math.floor(y)
    total = 0.0
    for dy in range(2):
        for dx in range(2):
            r, c = min(max(y0 + dy, 0), rows - 1), min(max(x0 + dx, 0), columns - 1)
            tolerance = gathered.tolerance_m[r, c]
            if tolerance > 0.0:
                near = (1.0 - abs(y - y0 - dy)) * (1.0 - abs(x - x0 - dx)) + 0.01
                weight = near * (_likeness(gathered, r, c, p, n, tolerance * 2.0) + 1e-5)
                for k in range(3):
                    lux[i, k] += weight * gathered.lux[r, c, k]
                opening[i] += weight * gathered.open[r, c]
                total += weight
    if total > 1e-4:
        for k in range(3):
            lux[i, k] /= total
        opening[i] /= total
    else:
        # Too thin for the grid to have met it: the sky as seen by about everything else.
        sky = irradiance(environment, n[0], n[1], n[2])
        for k in range(3):
            lux[i, k] = sky[k] * gathered.sky_share + math.pi * gathered.bounced_nit[k]
        opening[i] = gathered.sky_share
