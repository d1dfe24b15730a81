"""Lamps and the sun as the kernels see them: what they give a point, and where to look for what hides them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from simgen.geometry.pose import Vector3
from simgen.render.atlas import LEAF_PASSES
from simgen.render.beams import high_beam, low_beam
from simgen.render.compiled import inlined
from simgen.render.surface import Surface
from simgen.render.vectors import Vector, vec
from simgen.scene.light import AreaLight, HeadLamp, Light, PointLight, SpotLight

_PANEL_DEPTH_M, _WINDOW_DEPTH_M = 0.05, 0.3
"""How far before and behind its light the glowing part of a lamp, or a window's bright view, may lie."""

GLOBE_REACH = 1.1
"""In radii of a lamp's globe: what lies within belongs to it."""


EVEN, CONE, LOW_BEAM, HIGH_BEAM = 0, 1, 2, 3


class Lamps(NamedTuple):
    """All lights but sun and moon; panels first, then globes, points, spots and head lamps, all float64.

    Attributes:
        panels: how many are panels.
        wide: how many are panels or globes.
        center: (L, 3) metres.
        edge_u: (L, 3) full edge; 0 but for panels.
        edge_v: (L, 3) full edge; 0 but for panels.
        normal: (L, 3) unit, the side that shines; 0 for points, the middle of the beam of spots and head lamps.
        strength: (L, 3) linear RGB; luminance, nit, of panels, and greatest intensity, cd, of the others.
        radius: (L,) metres, of points' globes; 0 for all others.
        beam: (L,) int32, one of `EVEN`, `CONE`, `LOW_BEAM`, `HIGH_BEAM`.
        kerb: (L, 3) unit, level towards the kerb, of head lamps.
        cone: (L, 2) cosines of a spot's inner and outer half angle.
        lens_m: (L,) how near to it a lamp's own globe, lens and housing lie, which it does not light.
    """

    panels: int
    wide: int
    center: np.ndarray
    edge_u: np.ndarray
    edge_v: np.ndarray
    normal: np.ndarray
    strength: np.ndarray
    radius: np.ndarray
    beam: np.ndarray
    kerb: np.ndarray
    cone: np.ndarray
    lens_m: np.ndarray


def lamps_of(lights: Sequence[Light]) -> Lamps:
    """Return the lamps among ``lights``.

    Raises:
        ValueError: a panel's edges span no area.
    """
    panels = [light for light in lights if isinstance(light, AreaLight)]
    points = sorted((light for light in lights if isinstance(light, PointLight)), key=lambda p: p.radius_m == 0.0)
    beams = [light for light in lights if isinstance(light, SpotLight | HeadLamp)]
    small, count = [*points, *beams], len(panels) + len(points) + len(beams)
    nothing = [(0.0, 0.0, 0.0)] * len(small)
    radius = np.array([0.0] * len(panels) + [p.radius_m for p in points] + [0.0] * len(beams))
    lamps = Lamps(
        panels=len(panels),
        wide=len(panels) + sum(p.radius_m > 0.0 for p in points),
        center=_rows([p.center_m for p in panels] + [p.position_m for p in small]),
        edge_u=_rows([p.edge_u_m for p in panels] + nothing),
        edge_v=_rows([p.edge_v_m for p in panels] + nothing),
        normal=np.zeros((count, 3)),
        strength=_rows([p.luminance_nit for p in panels] + [p.intensity_cd for p in small]),
        radius=radius,
        beam=np.zeros(count, np.int32),
        kerb=np.zeros((count, 3)),
        cone=np.zeros((count, 2)),
        lens_m=GLOBE_REACH * radius,
    )
    for k, panel in enumerate(panels):
        normal = np.cross(vec(lamps.edge_u, k), vec(lamps.edge_v, k))
        area = float(np.linalg.norm(normal))
        if not area > 0:
            raise ValueError(
                f"AreaLight at {panel.center_m}: its edges span no area: {panel.edge_u_m}, {panel.edge_v_m}"
            )
        lamps.normal[k] = normal / area
    for k, light in enumerate(beams, start=count - len(beams)):
        _set_beam(lamps, k, light)
    return lamps


def _rows(values: Sequence[Vector3]) -> np.ndarray:
    return np.array(values, dtype=np.float64).reshape(-1, 3)


def _set_beam(lamps: Lamps, k: int, light: SpotLight | HeadLamp) -> None:
    forward = np.array(light.direction, dtype=np.float64)
    lamps.normal[k] = forward = forward / np.linalg.norm(forward)
    lamps.lens_m[k] = light.lens_radius_m
    if isinstance(light, SpotLight):
        lamps.beam[k] = CONE
        lamps.cone[k] = np.cos(np.radians([light.inner_deg, light.outer_deg]))
        return
    lamps.beam[k] = LOW_BEAM if light.beam == "low" else HIGH_BEAM
    right = np.array([forward[1], -forward[0], 0.0]) / math.hypot(forward[0], forward[1])
    lamps.kerb[k] = right if light.kerb == "right" else -right


@inlined
def beam_share(lamps: Lamps, lamp: int, x: float, y: float, z: float) -> float:
    """Return the share of its greatest intensity that a lamp without area sends in the unit direction (x, y, z)."""
    beam = lamps.beam[lamp]
    if beam == EVEN:
        return 1.0
    n = vec(lamps.normal, lamp)
    ahead = x * n[0] + y * n[1] + z * n[2]
    if beam == CONE:
        inner, outer = lamps.cone[lamp, 0], lamps.cone[lamp, 1]
        step = min(max((ahead - outer) / (inner - outer), 0.0), 1.0)
        return step * step * (3.0 - 2.0 * step)
    if ahead < 0.1:
        return 0.0
    k = vec(lamps.kerb, lamp)
    kerbwards = (x * k[0] + y * k[1] + z * k[2]) / ahead
    # Up is across both: the kerb's side may be left or right, so its sign is the world's.
    ux, uy, uz = n[1] * k[2] - n[2] * k[1], n[2] * k[0] - n[0] * k[2], n[0] * k[1] - n[1] * k[0]
    up = (x * ux + y * uy + z * uz) / ahead * (1.0 if uz > 0.0 else -1.0)
    return low_beam(kerbwards, up) if beam == LOW_BEAM else high_beam(kerbwards, up)


@inlined
def lamp_illuminance(
    lamps: Lamps, lamp: int, px: float, py: float, pz: float, nx: float, ny: float, nz: float
) -> float:
    """Return the illuminance of a surface element by an unhidden lamp, for a strength of 1.

    Inverse-square for all small lamps; for panels Lambert's formula for a polygon, cut off at the surface's horizon.
    """
    cx, cy, cz = lamps.center[lamp, 0] - px, lamps.center[lamp, 1] - py, lamps.center[lamp, 2] - pz
    if lamp >= lamps.panels:
        squared = max(cx * cx + cy * cy + cz * cz, 1e-8)
        cosine = max(cx * nx + cy * ny + cz * nz, 0.0)
        if squared < lamps.lens_m[lamp] * lamps.lens_m[lamp]:
            return 0.0
        if lamps.beam[lamp] != EVEN and cosine > 0.0:
            inverse = 1.0 / math.sqrt(squared)
            cosine *= beam_share(lamps, lamp, -cx * inverse, -cy * inverse, -cz * inverse)
        return cosine / (squared * math.sqrt(squared))
    if cx * lamps.normal[lamp, 0] + cy * lamps.normal[lamp, 1] + cz * lamps.normal[lamp, 2] >= 0.0:
        return 0.0
    return panel_light((cx, cy, cz), vec(lamps.edge_u, lamp), vec(lamps.edge_v, lamp), (nx, ny, nz))


@inlined
def lamp_lux(lamps: Lamps, lamp: int, p: Vector, n: Vector, leaf: bool) -> float:
    """Return the same, and if it is of a leaf also that part of what falls on its other side which it lets through."""
    value = 0.0
    for side in range(2 if leaf else 1):
        sign = 1.0 - 2.0 * side
        lux = lamp_illuminance(lamps, lamp, p[0], p[1], p[2], sign * n[0], sign * n[1], sign * n[2])
        value += lux if side == 0 else LEAF_PASSES * lux
    return value


@inlined
def panel_light(middle: Vector, u: Vector, v: Vector, normal: Vector) -> float:
    """Return Lambert's sum over the edges of a panel's part above the horizon: its illuminance for a luminance of 1.

    Args:
        middle: of the panel, from the lit point.
        u: one full edge.
        v: the other.
        normal: unit normal of the lit surface.
    """
    nx, ny, nz = normal
    total = height = 0.0
    started = False
    q = first = last = (0.0, 0.0, 0.0)
    for k in range(5):
        s = -0.5 if (k % 4) in (0, 3) else 0.5
        t = -0.5 if (k % 4) in (0, 1) else 0.5
        x, y, z = middle[0] + s * u[0] + t * v[0], middle[1] + s * u[1] + t * v[1], middle[2] + s * u[2] + t * v[2]
        above = x * nx + y * ny + z * nz
        if k > 0 and (above > 0.0) != (height > 0.0):
            share = height / (height - above)
            cut = (q[0] + share * (x - q[0]), q[1] + share * (y - q[1]), q[2] + share * (z - q[2]))
            if started:
                total += _edge_light(last, cut, nx, ny, nz)
            else:
                started, first = True, cut
            last = cut
        if k < 4 and above > 0.0:
            corner = (x, y, z)
            if started:
                total += _edge_light(last, corner, nx, ny, nz)
            else:
                started, first = True, corner
            last = corner
        q, height = (x, y, z), above
    total += _edge_light(last, first, nx, ny, nz)
    return abs(total) * 0.5


@inlined
def _edge_light(a: Vector, b: Vector, nx: float, ny: float, nz: float) -> float:
    """Return an edge's term of Lambert's formula: the angle it spans, times how its plane faces the normal."""
    wx, wy, wz = a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
    sine = math.sqrt(wx * wx + wy * wy + wz * wz)
    if sine < 1e-12:
        return 0.0
    return math.atan2(sine, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]) * (wx * nx + wy * ny + wz * nz) / sine


@inlined
def may_light(lamps: Lamps, lamp: int, p: Vector, n: Vector, leaf: bool) -> bool:
    """Return whether part of a lamp's shining side is above a surface element's horizon, or lights a leaf at all."""
    cx, cy, cz = lamps.center[lamp, 0] - p[0], lamps.center[lamp, 1] - p[1], lamps.center[lamp, 2] - p[2]
    u, v, m = vec(lamps.edge_u, lamp), vec(lamps.edge_v, lamp), vec(lamps.normal, lamp)
    reach = 0.5 * (abs(u[0] * n[0] + u[1] * n[1] + u[2] * n[2]) + abs(v[0] * n[0] + v[1] * n[1] + v[2] * n[2]))
    shines = lamp >= lamps.panels or cx * m[0] + cy * m[1] + cz * m[2] < 0.0
    return shines and (leaf or cx * n[0] + cy * n[1] + cz * n[2] + reach > 0.0)


@inlined
def lamp_point(lamps: Lamps, lamp: int, s: float, t: float, px: float, py: float, pz: float) -> Vector:
    """Return the point of a lamp at (s, t) in 0..1: along a panel's edges, or on a globe's disc as seen from p."""
    c = vec(lamps.center, lamp)
    if lamp < lamps.panels:
        u, v = s - 0.5, t - 0.5
        first, second = vec(lamps.edge_u, lamp), vec(lamps.edge_v, lamp)
        return (
            c[0] + u * first[0] + v * second[0],
            c[1] + u * first[1] + v * second[1],
            c[2] + u * first[2] + v * second[2],
        )
    x, y, z = px - c[0], py - c[1], pz - c[2]
    length = max(math.sqrt(x * x + y * y + z * z), 1e-9)
    x, y, z = x / length, y / length, z / length
    sign = 1.0 if z >= 0.0 else -1.0
    # A frame about the line of sight without trigonometry (Duff et al. 2017).
    a = -1.0 / (sign + z)
    b = x * y * a
    radius, turn = lamps.radius[lamp] * math.sqrt(s), 2.0 * math.pi * t
    u, v = radius * math.cos(turn), radius * math.sin(turn)
    return (
        c[0] + u * (1.0 + sign * x * x * a) + v * b,
        c[1] + u * sign * b + v * (sign + y * y * a),
        c[2] - u * sign * x - v * y,
    )


def darken_lamps(surface: Surface, lamps: Lamps) -> None:
    """Take away the emission of points on a panel, a globe or a lamp's lens: their light is counted as the lamp's."""
    for lamp in range(lamps.panels):
        offset = surface.position - lamps.center[lamp].astype(np.float32)
        before = offset @ lamps.normal[lamp].astype(np.float32)
        near = (before < _PANEL_DEPTH_M) & (before > -_WINDOW_DEPTH_M)
        for edge in (lamps.edge_u[lamp], lamps.edge_v[lamp]):
            near &= np.abs(offset @ (edge / (edge @ edge)).astype(np.float32)) < 0.55
        surface.emission_nit[near] = 0.0
    glowing = np.flatnonzero(surface.emission_nit.any(axis=1)) if lamps.lens_m.any() else np.zeros(0, np.intp)
    if len(glowing):
        for lamp in np.flatnonzero(lamps.lens_m):
            offset = surface.position[glowing] - lamps.center[lamp].astype(np.float32)
            near = (offset * offset).sum(axis=1) < lamps.lens_m[lamp] ** 2
            surface.emission_nit[glowing[near]] = 0.0
