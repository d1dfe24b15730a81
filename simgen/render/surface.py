"""What the surface is like where a ray met it: position, normals, colour."""

# Inside compiled kernels an element of an array is a number; the type checker takes it for an array.
# pyright: reportArgumentType=false, reportIndexIssue=false

from __future__ import annotations

import math
from typing import NamedTuple

import numba
import numpy as np

from simgen.geometry.rays import Hits
from simgen.render.atlas import Materials, sample_texture
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
        normal: (N, 3) unit shading normal on the viewer's side.
        facet: (N, 3) unit geometric normal on the viewer's side.
        albedo: (N, 3) base colour.
        emission_nit: (N, 3).
        gloss: (N, 3) metallic, roughness, clear coat.
        range_m: (N,) along the ray.
        kind: (N,) uint8; `NOTHING` where the ray met nothing, and only ``away`` is set.
    """

    position: np.ndarray
    lift: np.ndarray
    away: np.ndarray
    normal: np.ndarray
    facet: np.ndarray
    albedo: np.ndarray
    emission_nit: np.ndarray
    gloss: np.ndarray
    range_m: np.ndarray
    kind: np.ndarray


class Triangles(NamedTuple):
    """The arrays of a `Geometry` that kernels read, and its materials."""

    vertices: np.ndarray
    faces: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    face_material: np.ndarray


def triangles_of(geometry: Geometry) -> Triangles:
    """Return the kernels' view of ``geometry``."""
    return Triangles(geometry.vertices, geometry.faces, geometry.normals, geometry.uv, geometry.face_material)


def surface_at(
    direction: np.ndarray,
    hits: Hits,
    travelled_m: np.ndarray,
    cone_rad: float,
    triangles: Triangles,
    materials: Materials,
) -> Surface:
    """Return the surfaces that N rays met.

    Args:
        direction: (N, 3) unit directions of the rays.
        hits: what they met.
        travelled_m: (N,) float32 length of the path before each ray began; widens its footprint.
        cone_rad: angle between neighbouring pixels' rays.
        triangles: the traced triangles.
        materials: their materials.
    """
    count = len(hits)
    surface = Surface(
        position=np.zeros((count, 3), np.float32),
        lift=np.zeros((count, 3), np.float32),
        away=np.zeros((count, 3), np.float32),
        normal=np.zeros((count, 3), np.float32),
        facet=np.zeros((count, 3), np.float32),
        albedo=np.zeros((count, 3), np.float32),
        emission_nit=np.zeros((count, 3), np.float32),
        gloss=np.zeros((count, 3), np.float32),
        range_m=hits.range_m,
        kind=np.zeros(count, np.uint8),
    )
    _fill(surface, direction, hits.triangle, hits.barycentric, travelled_m, cone_rad, triangles, materials)
    return surface


@numba.njit(cache=True, parallel=True, error_model="numpy")
def _fill(
    surface: Surface,
    direction: np.ndarray,
    triangle: np.ndarray,
    barycentric: np.ndarray,
    travelled_m: np.ndarray,
    cone_rad: float,
    triangles: Triangles,
    materials: Materials,
) -> None:
    for i in numba.prange(len(triangle)):
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


@numba.njit(forceinline=True, error_model="numpy")
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
    _fill_color(surface, i, t, w1, w2, width, triangles, materials)


@numba.njit(forceinline=True, error_model="numpy")
def _fill_shape(surface: Surface, i: int, t: int, w1: float, w2: float, triangles: Triangles) -> None:
    """Set position, lift and normals."""
    w0 = 1.0 - w1 - w2
    a, b, c = triangles.faces[t, 0], triangles.faces[t, 1], triangles.faces[t, 2]
    v, n = triangles.vertices, triangles.normals
    px = w0 * v[a, 0] + w1 * v[b, 0] + w2 * v[c, 0]
    py = w0 * v[a, 1] + w1 * v[b, 1] + w2 * v[c, 1]
    pz = w0 * v[a, 2] + w1 * v[b, 2] + w2 * v[c, 2]
    ax, ay, az = surface.away[i, 0], surface.away[i, 1], surface.away[i, 2]
    gx, gy, gz, area = _facet(v, a, b, c)
    if gx * ax + gy * ay + gz * az < 0.0:
        gx, gy, gz = -gx, -gy, -gz
    sx = w0 * n[a, 0] + w1 * n[b, 0] + w2 * n[c, 0]
    sy = w0 * n[a, 1] + w1 * n[b, 1] + w2 * n[c, 1]
    sz = w0 * n[a, 2] + w1 * n[b, 2] + w2 * n[c, 2]
    length = math.sqrt(sx * sx + sy * sy + sz * sz)
    if length < 1e-6:
        sx, sy, sz, length = gx, gy, gz, 1.0
    side = 1.0 if sx * gx + sy * gy + sz * gz >= 0.0 else -1.0
    sx, sy, sz = side * sx / length, side * sy / length, side * sz / length
    facing = sx * ax + sy * ay + sz * az
    if facing < 0.03:
        # An interpolated normal may turn away from the viewer at an outline; bend it back until it just faces.
        sx, sy, sz = sx + (0.03 - facing) * ax, sy + (0.03 - facing) * ay, sz + (0.03 - facing) * az
        length = math.sqrt(sx * sx + sy * sy + sz * sz)
        sx, sy, sz = sx / length, sy / length, sz / length
    lx, ly, lz = _to_smooth_surface(px, py, pz, w0, w1, w2, a, b, c, gx, gy, gz, triangles)
    limit = 0.2 * math.sqrt(area)
    length = math.sqrt(lx * lx + ly * ly + lz * lz)
    if length > limit:
        lx, ly, lz = lx * limit / length, ly * limit / length, lz * limit / length
    # Above the rounding of float32 positions and of the traced range.
    clear = 1e-4 + 1e-5 * surface.range_m[i] + 4e-7 * max(abs(px), max(abs(py), abs(pz)))
    surface.position[i, 0], surface.position[i, 1], surface.position[i, 2] = px, py, pz
    surface.facet[i, 0], surface.facet[i, 1], surface.facet[i, 2] = gx, gy, gz
    surface.normal[i, 0], surface.normal[i, 1], surface.normal[i, 2] = sx, sy, sz
    surface.lift[i, 0], surface.lift[i, 1], surface.lift[i, 2] = lx + clear * gx, ly + clear * gy, lz + clear * gz


@numba.njit(forceinline=True, error_model="numpy")
def _facet(v: np.ndarray, a: int, b: int, c: int) -> tuple[float, float, float, float]:
    """Return a triangle's unit normal and twice its area."""
    x1, y1, z1 = float(v[b, 0]) - v[a, 0], float(v[b, 1]) - v[a, 1], float(v[b, 2]) - v[a, 2]
    x2, y2, z2 = float(v[c, 0]) - v[a, 0], float(v[c, 1]) - v[a, 1], float(v[c, 2]) - v[a, 2]
    gx, gy, gz = y1 * z2 - z1 * y2, z1 * x2 - x1 * z2, x1 * y2 - y1 * x2
    area = math.sqrt(gx * gx + gy * gy + gz * gz)
    if area < 1e-20:
        return 0.0, 0.0, 1.0, 0.0
    return gx / area, gy / area, gz / area, area


@numba.njit(forceinline=True, error_model="numpy")
def _to_smooth_surface(
    px: float, py: float, pz: float, w0: float, w1: float, w2: float, a: int, b: int, c: int,
    gx: float, gy: float, gz: float, triangles: Triangles,
) -> tuple[float, float, float]:  # fmt: skip
    """Return the way from a flat triangle's point to the rounded surface its normals stand for.

    Shadow rays from there do not meet the neighbouring flat faces (Hanika 2021, Hacking the Shadow Terminator).
    """
    lx = ly = lz = 0.0
    for corner in range(3):
        k = a if corner == 0 else (b if corner == 1 else c)
        weight = w0 if corner == 0 else (w1 if corner == 1 else w2)
        nx, ny, nz = triangles.normals[k, 0], triangles.normals[k, 1], triangles.normals[k, 2]
        if nx * gx + ny * gy + nz * gz < 0.0:
            nx, ny, nz = -nx, -ny, -nz
        v = triangles.vertices
        below = (px - v[k, 0]) * nx + (py - v[k, 1]) * ny + (pz - v[k, 2]) * nz
        if below < 0.0:
            lx, ly, lz = lx - weight * below * nx, ly - weight * below * ny, lz - weight * below * nz
    return lx, ly, lz


@numba.njit(forceinline=True, error_model="numpy")
def _fill_color(
    surface: Surface, i: int, t: int, w1: float, w2: float, width_m: float, triangles: Triangles, materials: Materials
) -> None:
    """Set colour, emission, gloss and kind; textures are filtered over the footprint of a ray ``width_m`` wide."""
    m = triangles.face_material[t]
    surface.kind[i] = materials.kind[m]
    red, green, blue = 1.0, 1.0, 1.0
    if materials.texture[m] >= 0:
        u, v, du1, dv1, du2, dv2 = _footprint(surface, i, t, w1, w2, width_m, triangles)
        red, green, blue = sample_texture(materials, materials.texture[m], u, v, du1, dv1, du2, dv2)
    surface.albedo[i, 0] = red * materials.base_color[m, 0]
    surface.albedo[i, 1] = green * materials.base_color[m, 1]
    surface.albedo[i, 2] = blue * materials.base_color[m, 2]
    for k in range(3):
        surface.emission_nit[i, k] = materials.emission_nit[m, k]
        surface.gloss[i, k] = materials.gloss[m, k]


@numba.njit(forceinline=True, error_model="numpy")
def _footprint(
    surface: Surface, i: int, t: int, w1: float, w2: float, width_m: float, triangles: Triangles
) -> tuple[float, float, float, float, float, float]:
    """Return texture coordinates and the two axes, in them, of the patch that the ray covers."""
    a, b, c = triangles.faces[t, 0], triangles.faces[t, 1], triangles.faces[t, 2]
    p, uv = triangles.vertices, triangles.uv
    w0 = 1.0 - w1 - w2
    u = w0 * uv[a, 0] + w1 * uv[b, 0] + w2 * uv[c, 0]
    v = w0 * uv[a, 1] + w1 * uv[b, 1] + w2 * uv[c, 1]
    x1, y1, z1 = float(p[b, 0]) - p[a, 0], float(p[b, 1]) - p[a, 1], float(p[b, 2]) - p[a, 2]
    x2, y2, z2 = float(p[c, 0]) - p[a, 0], float(p[c, 1]) - p[a, 1], float(p[c, 2]) - p[a, 2]
    d11, d12, d22 = x1 * x1 + y1 * y1 + z1 * z1, x1 * x2 + y1 * y2 + z1 * z2, x2 * x2 + y2 * y2 + z2 * z2
    determinant = d11 * d22 - d12 * d12
    if determinant <= 1e-24:
        return u, v, 0.0, 0.0, 0.0, 0.0
    gx, gy, gz = surface.facet[i, 0], surface.facet[i, 1], surface.facet[i, 2]
    ax, ay, az = surface.away[i, 0], surface.away[i, 1], surface.away[i, 2]
    cosine = max(gx * ax + gy * ay + gz * az, 0.02)
    # The longer axis lies where the line of sight falls on the surface, the shorter one across it.
    lx, ly, lz = ax - cosine * gx, ay - cosine * gy, az - cosine * gz
    length = math.sqrt(lx * lx + ly * ly + lz * lz)
    if length < 1e-4:
        inverse = 1.0 / math.sqrt(d11)
        lx, ly, lz = x1 * inverse, y1 * inverse, z1 * inverse
    else:
        lx, ly, lz = lx / length, ly / length, lz / length
    sx, sy, sz = gy * lz - gz * ly, gz * lx - gx * lz, gx * ly - gy * lx
    e1, e2 = lx * x1 + ly * y1 + lz * z1, lx * x2 + ly * y2 + lz * z2
    f1, f2 = sx * x1 + sy * y1 + sz * z1, sx * x2 + sy * y2 + sz * z2
    longer, shorter = width_m / cosine / determinant, width_m / determinant
    b1, b2 = (d22 * e1 - d12 * e2) * longer, (d11 * e2 - d12 * e1) * longer
    c1, c2 = (d22 * f1 - d12 * f2) * shorter, (d11 * f2 - d12 * f1) * shorter
    u1, v1 = float(uv[b, 0]) - uv[a, 0], float(uv[b, 1]) - uv[a, 1]
    u2, v2 = float(uv[c, 0]) - uv[a, 0], float(uv[c, 1]) - uv[a, 1]
    return u, v, b1 * u1 + b2 * u2, b1 * v1 + b2 * v2, c1 * u1 + c2 * u2, c1 * v1 + c2 * v2
