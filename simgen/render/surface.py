"""What the surface is like where a ray met it: position, normals, colour."""

# Inside compiled kernels an element of an array is a number; the type checker takes it for an array.
# pyright: reportArgumentType=false, reportIndexIssue=false

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simgen.geometry.rays import Hits
from simgen.render.atlas import GLOSS, Materials, sample_texture
from simgen.render.compiled import inlined, kernel
from simgen.render.ground import Ground, lies_at
from simgen.render.relief import Reliefs, slopes_over, tilted, widened
from simgen.render.soil import Soils, soil_at
from simgen.render.vectors import Vector, vec
from simgen.trace.geometry import Geometry

NOTHING = 0
"""The kind of a point where a ray met nothing; others are in `simgen.render.atlas`."""


class Surface(NamedTuple):
    """N points on surfaces, as seen along N rays; all float32.

    Attributes:
        position: (N, 3) metres.
        lift: (N, 3) what to add to the position so that a ray starting there clears the surface it leaves.
        away: (N, 3) unit direction back along the ray.
        normal: (N, 3) unit shading normal on the viewer's side, tilted by normal maps.
        smooth: (N, 3) the same without normal maps; the very array ``normal`` where there are none.
        facet: (N, 3) unit geometric normal on the viewer's side.
        albedo: (N, 3) base colour.
        emission_nit: (N, 3).
        gloss: (N, 5) metallic, roughness, clear coat; retro gain and width in radians.
        range_m: (N,) along the ray.
        kind: (N,) uint8; `NOTHING` where the ray met nothing, and only ``away`` is set.
    """

    position: np.ndarray
    lift: np.ndarray
    away: np.ndarray
    normal: np.ndarray
    smooth: np.ndarray
    facet: np.ndarray
    albedo: np.ndarray
    emission_nit: np.ndarray
    gloss: np.ndarray
    range_m: np.ndarray
    kind: np.ndarray


class Triangles(NamedTuple):
    """A `Geometry` as kernels read it: all they need of a triangle side by side in memory.

    Attributes:
        record: (F, 32) float32, by the names of `_CORNER` and what follows it.
        material: (F,) int32.
    """

    record: np.ndarray
    material: np.ndarray


# Where a record keeps what; normals and gradients are all on the side of the facet's own normal.
_CORNER, _EDGE_1, _EDGE_2, _FACET, _REACH = 0, 3, 6, 9, 12
_NORMAL_0, _NORMAL_1, _NORMAL_2 = 13, 16, 19
_UV, _U_GRADIENT, _V_GRADIENT = 22, 24, 27
_WIDTH = 32


def triangles_of(geometry: Geometry) -> Triangles:
    """Return the kernels' view of ``geometry``."""
    record = np.zeros((len(geometry.faces), _WIDTH), np.float32)
    _pack(len(geometry.faces), record, geometry.vertices, geometry.faces, geometry.normals, geometry.uv)
    return Triangles(record, geometry.face_material)


@kernel
def _pack(
    start: int,
    stop: int,
    record: np.ndarray,
    vertices: np.ndarray,
    faces: np.ndarray,
    normals: np.ndarray,
    uv: np.ndarray,
) -> None:
    for t in range(start, stop):
        _pack_triangle(record, t, faces[t, 0], faces[t, 1], faces[t, 2], vertices, normals, uv)


@inlined
def _pack_triangle(
    record: np.ndarray, t: int, a: int, b: int, c: int, vertices: np.ndarray, normals: np.ndarray, uv: np.ndarray
) -> None:
    p0, p1, p2 = vec(vertices, a), vec(vertices, b), vec(vertices, c)
    # Float64: the cross product of a thin triangle's edges is a small difference of large numbers.
    x1, y1, z1 = np.float64(p1[0]) - p0[0], np.float64(p1[1]) - p0[1], np.float64(p1[2]) - p0[2]
    x2, y2, z2 = np.float64(p2[0]) - p0[0], np.float64(p2[1]) - p0[1], np.float64(p2[2]) - p0[2]
    gx, gy, gz = y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2
    area = math.sqrt(gx * gx + gy * gy + gz * gz)
    if area > 1e-20:
        gx, gy, gz = gx / area, gy / area, gz / area
    else:
        gx, gy, gz = 0.0, 0.0, 1.0
    _put(record, t, _CORNER, p0[0], p0[1], p0[2])
    _put(record, t, _EDGE_1, x1, y1, z1)
    _put(record, t, _EDGE_2, x2, y2, z2)
    _put(record, t, _FACET, gx, gy, gz)
    record[t, _REACH] = 0.2 * math.sqrt(area)
    for corner in range(3):
        n = vec(normals, a if corner == 0 else (b if corner == 1 else c))
        side = 1.0 if n[0] * gx + n[1] * gy + n[2] * gz >= 0.0 else -1.0
        _put(record, t, _NORMAL_0 + 3 * corner, side * n[0], side * n[1], side * n[2])
    record[t, _UV], record[t, _UV + 1] = uv[a, 0], uv[a, 1]
    if area > 1e-20:
        # A corner's weight grows along the facet, square to the edge across from it, by 1 over its height.
        ax, ay, az = (y2 * gz - z2 * gy) / area, (z2 * gx - x2 * gz) / area, (x2 * gy - y2 * gx) / area
        bx, by, bz = (gy * z1 - gz * y1) / area, (gz * x1 - gx * z1) / area, (gx * y1 - gy * x1) / area
        for axis in range(2):
            first, second = np.float64(uv[b, axis]) - uv[a, axis], np.float64(uv[c, axis]) - uv[a, axis]
            at = _U_GRADIENT if axis == 0 else _V_GRADIENT
            _put(record, t, at, first * ax + second * bx, first * ay + second * by, first * az + second * bz)


@inlined
def _put(record: np.ndarray, t: int, at: int, x: float, y: float, z: float) -> None:
    record[t, at], record[t, at + 1], record[t, at + 2] = x, y, z


@inlined
def _get(record: np.ndarray, t: int, at: int) -> Vector:
    return record[t, at], record[t, at + 1], record[t, at + 2]


def surface_at(
    direction: np.ndarray,
    hits: Hits,
    travelled_m: np.ndarray,
    cone_rad: float,
    triangles: Triangles,
    materials: Materials,
    *,
    coarse: bool = False,
) -> Surface:
    """Return the surfaces that N rays met.

    Args:
        direction: (N, 3) unit directions of the rays.
        hits: what they met.
        travelled_m: (N,) float32 length of the path before each ray began; widens its footprint.
        cone_rad: angle between neighbouring pixels' rays.
        triangles: the traced triangles.
        materials: their materials.
        coarse: enough for light that reaches the eye by way of another surface: flat faces of their mean colour.
    """
    count = len(hits)
    normal = np.zeros((count, 3), np.float32)
    surface = Surface(
        position=np.zeros((count, 3), np.float32),
        lift=np.zeros((count, 3), np.float32),
        away=np.zeros((count, 3), np.float32),
        normal=normal,
        smooth=np.zeros((count, 3), np.float32) if materials.reliefs.any and not coarse else normal,
        facet=np.zeros((count, 3), np.float32),
        albedo=np.zeros((count, 3), np.float32),
        emission_nit=np.zeros((count, 3), np.float32),
        gloss=np.zeros((count, GLOSS), np.float32),
        range_m=hits.range_m,
        kind=np.zeros(count, np.uint8),
    )
    if coarse:
        _fill_coarsely(len(hits), surface, direction, hits.triangle, hits.barycentric, triangles, materials)
    else:
        _fill(
            len(hits),
            surface,
            direction,
            hits.triangle,
            hits.barycentric,
            travelled_m,
            cone_rad,
            triangles,
            materials,
        )
    return surface


@kernel
def _fill_coarsely(
    start: int,
    stop: int,
    surface: Surface,
    direction: np.ndarray,
    triangle: np.ndarray,
    barycentric: np.ndarray,
    triangles: Triangles,
    materials: Materials,
) -> None:
    for i in range(start, stop):
        _fill_coarse_point(
            surface, i, vec(direction, i), triangle[i], barycentric[i, 0], barycentric[i, 1], triangles, materials
        )


@inlined
def _fill_coarse_point(
    surface: Surface,
    i: int,
    direction: Vector,
    t: int,
    w1: float,
    w2: float,
    triangles: Triangles,
    materials: Materials,
) -> None:
    for k in range(3):
        surface.away[i, k] = -direction[k]
    if t < 0:
        surface.kind[i] = NOTHING
        return
    c, first, second = (
        _get(triangles.record, t, _CORNER),
        _get(triangles.record, t, _EDGE_1),
        _get(triangles.record, t, _EDGE_2),
    )
    g = _get(triangles.record, t, _FACET)
    side = -1.0 if g[0] * direction[0] + g[1] * direction[1] + g[2] * direction[2] > 0.0 else 1.0
    m = triangles.material[t]
    surface.kind[i] = materials.kind[m]
    for k in range(3):
        surface.position[i, k] = c[k] + w1 * first[k] + w2 * second[k]
    p = vec(surface.position, i)
    clear = _clearance(surface.range_m[i], p[0], p[1], p[2])
    for k in range(3):
        surface.facet[i, k] = side * g[k]
        surface.normal[i, k] = side * g[k]
        surface.lift[i, k] = side * clear * g[k]
        surface.albedo[i, k] = materials.mean_color[m, k]
        surface.emission_nit[i, k] = materials.emission_nit[m, k]
        surface.gloss[i, k] = materials.gloss[m, k]


@kernel
def _fill(
    start: int,
    stop: int,
    surface: Surface,
    direction: np.ndarray,
    triangle: np.ndarray,
    barycentric: np.ndarray,
    travelled_m: np.ndarray,
    cone_rad: float,
    triangles: Triangles,
    materials: Materials,
) -> None:
    for i in range(start, stop):
        _fill_point(
            surface,
            i,
            vec(direction, i),
            triangle[i],
            barycentric[i, 0],
            barycentric[i, 1],
            travelled_m[i],
            cone_rad,
            triangles,
            materials,
        )


@inlined
def _fill_point(
    surface: Surface,
    i: int,
    direction: Vector,
    t: int,
    w1: float,
    w2: float,
    travelled_m: float,
    cone_rad: float,
    triangles: Triangles,
    materials: Materials,
) -> None:
    for k in range(3):
        surface.away[i, k] = -direction[k]
    if t < 0:
        surface.kind[i] = NOTHING
        return
    _fill_shape(surface, i, t, w1, w2, triangles)
    width = cone_rad * (surface.range_m[i] + travelled_m)
    _fill_color(surface, i, t, width, triangles, materials)


@inlined
def _fill_shape(surface: Surface, i: int, t: int, w1: float, w2: float, triangles: Triangles) -> None:
    """Set position, lift and normals."""
    record = triangles.record
    # From the corner to the point.
    first, second = _get(record, t, _EDGE_1), _get(record, t, _EDGE_2)
    dx, dy, dz = w1 * first[0] + w2 * second[0], w1 * first[1] + w2 * second[1], w1 * first[2] + w2 * second[2]
    corner = _get(record, t, _CORNER)
    px, py, pz = corner[0] + dx, corner[1] + dy, corner[2] + dz
    ax, ay, az = surface.away[i, 0], surface.away[i, 1], surface.away[i, 2]
    gx, gy, gz = _get(record, t, _FACET)
    side = 1.0 if gx * ax + gy * ay + gz * az >= 0.0 else -1.0
    n0, n1, n2 = _get(record, t, _NORMAL_0), _get(record, t, _NORMAL_1), _get(record, t, _NORMAL_2)
    w0 = 1.0 - w1 - w2
    sx = side * (w0 * n0[0] + w1 * n1[0] + w2 * n2[0])
    sy = side * (w0 * n0[1] + w1 * n1[1] + w2 * n2[1])
    sz = side * (w0 * n0[2] + w1 * n1[2] + w2 * n2[2])
    squared = sx * sx + sy * sy + sz * sz
    if squared < 1e-12:
        sx, sy, sz, squared = side * gx, side * gy, side * gz, 1.0
    inverse = 1.0 / math.sqrt(squared)
    sx, sy, sz = sx * inverse, sy * inverse, sz * inverse
    # An interpolated normal may turn away from the viewer at an outline.
    sx, sy, sz = _facing((sx, sy, sz), (ax, ay, az))
    # Shadow rays start on the rounded surface that the corners' normals stand for, where the neighbouring flat
    # faces do not hide the light (Hanika 2021, Hacking the Shadow Terminator).
    h0 = side * w0 * min(side * (dx * n0[0] + dy * n0[1] + dz * n0[2]), 0.0)
    ex, ey, ez = dx - first[0], dy - first[1], dz - first[2]
    h1 = side * w1 * min(side * (ex * n1[0] + ey * n1[1] + ez * n1[2]), 0.0)
    fx, fy, fz = dx - second[0], dy - second[1], dz - second[2]
    h2 = side * w2 * min(side * (fx * n2[0] + fy * n2[1] + fz * n2[2]), 0.0)
    lx, ly, lz = (
        -(h0 * n0[0] + h1 * n1[0] + h2 * n2[0]),
        -(h0 * n0[1] + h1 * n1[1] + h2 * n2[1]),
        -(h0 * n0[2] + h1 * n1[2] + h2 * n2[2]),
    )
    squared, limit = lx * lx + ly * ly + lz * lz, record[t, _REACH]
    if squared > limit * limit:
        shorter = limit / math.sqrt(squared)
        lx, ly, lz = lx * shorter, ly * shorter, lz * shorter
    clear = side * _clearance(surface.range_m[i], px, py, pz)
    surface.position[i, 0], surface.position[i, 1], surface.position[i, 2] = px, py, pz
    surface.facet[i, 0], surface.facet[i, 1], surface.facet[i, 2] = side * gx, side * gy, side * gz
    surface.normal[i, 0], surface.normal[i, 1], surface.normal[i, 2] = sx, sy, sz
    surface.smooth[i, 0], surface.smooth[i, 1], surface.smooth[i, 2] = sx, sy, sz
    surface.lift[i, 0], surface.lift[i, 1], surface.lift[i, 2] = lx + clear * gx, ly + clear * gy, lz + clear * gz


@inlined
def _clearance(range_m: float, x: float, y: float, z: float) -> float:
    """Return a height above the rounding of float32 positions and of the traced range, metres."""
    return 1e-4 + 1e-5 * range_m + 4e-7 * max(abs(x), max(abs(y), abs(z)))


@inlined
def _fill_color(surface: Surface, i: int, t: int, width_m: float, triangles: Triangles, materials: Materials) -> None:
    """Set colour, emission, gloss and kind; textures are filtered over the footprint of a ray ``width_m`` wide."""
    m = triangles.material[t]
    surface.kind[i] = materials.kind[m]
    red, green, blue = 1.0, 1.0, 1.0
    bumpy = materials.reliefs.which[m] >= 0
    u = v = du1 = dv1 = du2 = dv2 = 0.0
    if bumpy or materials.texture[m] >= 0:
        u, v, du1, dv1, du2, dv2 = _footprint(surface, i, t, width_m, triangles.record)
    if materials.texture[m] >= 0:
        red, green, blue = sample_texture(materials, materials.texture[m], u, v, du1, dv1, du2, dv2)
    surface.albedo[i, 0] = red * materials.base_color[m, 0]
    surface.albedo[i, 1] = green * materials.base_color[m, 1]
    surface.albedo[i, 2] = blue * materials.base_color[m, 2]
    for k in range(3):
        surface.emission_nit[i, k] = materials.emission_nit[m, k]
    for k in range(GLOSS):
        surface.gloss[i, k] = materials.gloss[m, k]
    if materials.soils.amount[m] > 0.0:
        _soil(surface, i, m, materials.soils)
    if bumpy:
        _tilt(surface, i, t, m, (u, v, du1, dv1, du2, dv2), triangles.record, materials.reliefs)
    if materials.ground.any:
        _weather(surface, i, materials.ground)


@inlined
def _soil(surface: Surface, i: int, m: int, soils: Soils) -> None:
    """Lay dirt on the surface."""
    p = vec(surface.position, i)
    cover, darker = soil_at(soils, m, p[0], p[1], p[2], surface.facet[i, 2])
    for k in range(3):
        mud = 0.205 if k == 0 else (0.165 if k == 1 else 0.118)
        albedo = surface.albedo[i, k] * darker
        surface.albedo[i, k] = albedo + cover * (mud - albedo)
    surface.gloss[i, 0] *= 1.0 - cover
    surface.gloss[i, 1] += cover * (0.95 - surface.gloss[i, 1])
    surface.gloss[i, 2] *= 1.0 - cover
    surface.gloss[i, 3] *= 1.0 - cover


@inlined
def _tilt(
    surface: Surface,
    i: int,
    t: int,
    m: int,
    footprint: tuple[float, float, float, float, float, float],
    record: np.ndarray,
    reliefs: Reliefs,
) -> None:
    """Tilt the normal by the material's normal map, and roughen the surface by the bumps within the footprint."""
    a, b, strength = reliefs.repeat[m, 0], reliefs.repeat[m, 1], reliefs.strength[m]
    u, v, du1, dv1, du2, dv2 = footprint
    x, y, variance = slopes_over(reliefs, reliefs.which[m], a * u, b * v, a * du1, b * dv1, a * du2, b * dv2)
    facet, away, n = _get(record, t, _FACET), vec(surface.away, i), vec(surface.smooth, i)
    # The map's bumps stand out on the triangle's own side; from behind they are dents.
    side = 1.0 if facet[0] * away[0] + facet[1] * away[1] + facet[2] * away[2] >= 0.0 else -1.0
    out = tilted(
        (side * n[0], side * n[1], side * n[2]),
        facet,
        _get(record, t, _U_GRADIENT),
        _get(record, t, _V_GRADIENT),
        strength * x,
        strength * y,
    )
    out = _facing((side * out[0], side * out[1], side * out[2]), away)
    surface.normal[i, 0], surface.normal[i, 1], surface.normal[i, 2] = out
    surface.gloss[i, 1] = widened(surface.gloss[i, 1], strength * strength * variance)


@inlined
def _facing(n: Vector, away: Vector) -> Vector:
    """Return a unit normal that turns away from the viewer turned towards him by as much; others as they are.

    At an outline of few flat faces it would else face him at the very rim all over, and shine as only a rim does.
    """
    facing = n[0] * away[0] + n[1] * away[1] + n[2] * away[2]
    if facing >= 0.03:
        return n
    more = max(-facing, 0.03) - facing
    x, y, z = n[0] + more * away[0], n[1] + more * away[1], n[2] + more * away[2]
    inverse = 1.0 / math.sqrt(x * x + y * y + z * z)
    return x * inverse, y * inverse, z * inverse


@inlined
def _weather(surface: Surface, i: int, ground: Ground) -> None:
    """Wet the surface, or lay snow on it."""
    p, g = vec(surface.position, i), vec(surface.facet, i)
    film, pool, snow = lies_at(ground, p[0], p[1], p[2], g[2])
    metallic, roughness = surface.gloss[i, 0], surface.gloss[i, 1]
    # Water in the pores of a rough surface darkens it (Lagarde 2013); a pool hides it further.
    porous = min(max((roughness - 0.5) / 0.4, 0.0), 1.0) * (1.0 - metallic)
    darker = 1.0 - max(0.55 * film * porous, 0.65 * pool)
    for k in range(3):
        white = 0.86 if k < 2 else 0.89
        albedo = surface.albedo[i, k] * darker
        surface.albedo[i, k] = albedo + snow * (white - albedo)
    rough = roughness + film * porous * (0.4 - roughness)
    rough = rough + pool * (0.02 - rough)
    surface.gloss[i, 0] = metallic * (1.0 - snow)
    surface.gloss[i, 1] = rough + snow * (0.95 - rough)
    # Beads under water or snow return nothing (wet road paint is hardly seen at night).
    surface.gloss[i, 3] *= (1.0 - 0.7 * film) * (1.0 - pool) * (1.0 - snow)
    surface.gloss[i, 2] = max(surface.gloss[i, 2], max(pool, 0.12 * film * film)) * (1.0 - snow)
    if pool > 0.0:
        n = vec(surface.normal, i)
        x, y, z = n[0] + pool * (g[0] - n[0]), n[1] + pool * (g[1] - n[1]), n[2] + pool * (g[2] - n[2])
        inverse = 1.0 / math.sqrt(x * x + y * y + z * z)
        surface.normal[i, 0], surface.normal[i, 1], surface.normal[i, 2] = x * inverse, y * inverse, z * inverse


@inlined
def _footprint(
    surface: Surface, i: int, t: int, width_m: float, record: np.ndarray
) -> tuple[float, float, float, float, float, float]:
    """Return texture coordinates and the two axes, in them, of the patch that the ray covers."""
    p, c = vec(surface.position, i), _get(record, t, _CORNER)
    du, dv = _get(record, t, _U_GRADIENT), _get(record, t, _V_GRADIENT)
    dx, dy, dz = p[0] - c[0], p[1] - c[1], p[2] - c[2]
    u = record[t, _UV] + du[0] * dx + du[1] * dy + du[2] * dz
    v = record[t, _UV + 1] + dv[0] * dx + dv[1] * dy + dv[2] * dz
    g, a = vec(surface.facet, i), vec(surface.away, i)
    cosine = max(g[0] * a[0] + g[1] * a[1] + g[2] * a[2], 0.02)
    # The longer axis lies where the line of sight falls on the surface, the shorter one across it.
    lx, ly, lz = a[0] - cosine * g[0], a[1] - cosine * g[1], a[2] - cosine * g[2]
    squared = lx * lx + ly * ly + lz * lz
    if squared < 1e-8:
        # Seen head-on: any axis will do.
        lx, ly, lz = _get(record, t, _EDGE_1)
        squared = max(lx * lx + ly * ly + lz * lz, 1e-20)
    inverse = 1.0 / math.sqrt(squared)
    lx, ly, lz = lx * inverse, ly * inverse, lz * inverse
    sx, sy, sz = g[1] * lz - g[2] * ly, g[2] * lx - g[0] * lz, g[0] * ly - g[1] * lx
    longer = width_m / cosine
    return (
        u,
        v,
        longer * (du[0] * lx + du[1] * ly + du[2] * lz),
        longer * (dv[0] * lx + dv[1] * ly + dv[2] * lz),
        width_m * (du[0] * sx + du[1] * sy + du[2] * sz),
        width_m * (dv[0] * sx + dv[1] * sy + dv[2] * sz),
    )
