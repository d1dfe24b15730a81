"""Which lights each point sees: shadow rays towards the sun's disc and the lamps."""

# Inside compiled kernels an element of an array is a number; the type checker takes it for an array.
# pyright: reportArgumentType=false, reportIndexIssue=false

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from simgen.geometry.rays import Rays
from simgen.render.atlas import LEAF
from simgen.render.brdf import COAT_ROUGHNESS, DIELECTRIC_F0, lobe_towards
from simgen.render.compiled import inlined, kernel
from simgen.render.environment import Environment
from simgen.render.lights import Lamps, beam_share, lamp_lux, lamp_point, may_light
from simgen.render.surface import NOTHING, Surface
from simgen.render.vectors import Vector, triple, vec
from simgen.trace.tracer import Tracer

# Steps of the R2 sequence (Roberts 2018), which spreads points evenly over the unit square, and the golden ratio's.
R2_U, R2_V, R1 = 0.7548776662466927, 0.5698402909980532, 0.6180339887498949


@inlined
def spread(pattern: int, step: float, offset: float) -> float:
    """Return the ``pattern``-th number in [0, 1) of an even sequence."""
    value = pattern * step + offset
    return value - math.floor(value)


def sun_visibility(
    surface: Surface,
    environment: Environment,
    tracer: Tracer,
    pattern: np.ndarray,
    offset: np.ndarray,
    time_s: np.ndarray | None = None,
    asked: np.ndarray | None = None,
) -> np.ndarray:
    """Return (N,) float32: how much light of one drawn point of the sun's disc comes: 1, less through glass, or 0.

    Args:
        surface: the points.
        environment: holds the sun.
        tracer: of the scene.
        pattern: (N,) int32; points near each other should differ, so that together they see all of the disc.
        offset: (2,) in [0, 1), shifts all draws.
        time_s: (N,) when what may hide the sun is looked for; None for the scene's instant.
        asked: (N,) booleans, which points' light is wanted; the others get 0. None for all.
    """
    lit = np.zeros(len(surface.kind), dtype=np.float32)
    if not environment.sun_lux.any():
        return lit
    index, sides = _facing_sun(surface, environment, asked)
    origin, direction = _rays_to_sun(index, sides, surface, environment, pattern, offset)
    lit[index] = tracer.transmitted(origin, direction, time_s=None if time_s is None else time_s[index])
    return lit


def sun_blockers(
    shaded: np.ndarray,
    surface: Surface,
    environment: Environment,
    tracer: Tracer,
    pattern: np.ndarray,
    offset: np.ndarray,
) -> np.ndarray:
    """Return (N,) float32 metres to what hides the sun from points marked in (N,) ``shaded``; 0 for all others.

    The same rays are cast as by `sun_visibility`, of which the other arguments must be.
    """
    away = np.zeros(len(surface.kind), dtype=np.float32)
    index, sides = _facing_sun(surface, environment, shaded)
    origin, direction = _rays_to_sun(index, sides, surface, environment, pattern, offset)
    hits = tracer.closest_hit(Rays(origin=origin, direction=direction, time_s=np.zeros(len(index), np.float32)))
    away[index] = np.where(hits.triangle >= 0, hits.range_m, 0.0)
    return away


def _facing_sun(surface: Surface, environment: Environment, asked: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """Return the points among those asked for that the sun may shine on, and (N,) from which side."""
    sides = np.zeros(len(surface.kind), dtype=np.int8)
    _sides_to_sun(len(sides), sides, np.ones(0, np.bool_) if asked is None else asked, surface, environment)
    return np.flatnonzero(sides), sides


def _rays_to_sun(
    index: np.ndarray,
    sides: np.ndarray,
    surface: Surface,
    environment: Environment,
    pattern: np.ndarray,
    offset: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    origin, direction = np.empty((len(index), 3), np.float32), np.empty((len(index), 3), np.float32)
    _aim_at_sun(len(index), origin, direction, index, sides, surface, environment, pattern, offset)
    return origin, direction


@kernel
def _sides_to_sun(
    start: int, stop: int, sides: np.ndarray, asked: np.ndarray, surface: Surface, environment: Environment
) -> None:
    """Set 1 where the sun shines on the viewer's side, -1 where it shines through a leaf, 0 where it cannot."""
    for i in range(start, stop):
        if len(asked) == 0 or asked[i]:
            _side_to_sun(i, sides, surface, environment)


@inlined
def _side_to_sun(i: int, sides: np.ndarray, surface: Surface, environment: Environment) -> None:
    x, y, z = triple(environment.sun_direction)
    if surface.kind[i] != NOTHING:
        n = vec(surface.normal, i)
        cosine = n[0] * x + n[1] * y + n[2] * z
        if cosine > 0.0:
            sides[i] = 1
        elif surface.kind[i] == LEAF:
            sides[i] = -1


@kernel
def _aim_at_sun(
    start: int,
    stop: int,
    origin: np.ndarray,
    direction: np.ndarray,
    index: np.ndarray,
    sides: np.ndarray,
    surface: Surface,
    environment: Environment,
    pattern: np.ndarray,
    offset: np.ndarray,
) -> None:
    for row in range(start, stop):
        _aim_one_at_sun(row, origin, direction, index[row], sides, surface, environment, pattern, offset)


@inlined
def _aim_one_at_sun(
    row: int,
    origin: np.ndarray,
    direction: np.ndarray,
    i: int,
    sides: np.ndarray,
    surface: Surface,
    environment: Environment,
    pattern: np.ndarray,
    offset: np.ndarray,
) -> None:
    x, y, z = triple(environment.sun_direction)
    # Two directions across the line to the sun; level, unless it stands overhead.
    flat = math.sqrt(x * x + y * y)
    ux, uy = (-y / flat, x / flat) if flat > 1e-6 else (1.0, 0.0)
    vx, vy, vz = -z * uy, z * ux, x * uy - y * ux
    radius = environment.sun_radius_rad * math.sqrt(spread(pattern[i], R2_U, offset[0]))
    angle = 2.0 * math.pi * spread(pattern[i], R2_V, offset[1])
    s, t = radius * math.cos(angle), radius * math.sin(angle)
    dx, dy, dz = x + s * ux + t * vx, y + s * uy + t * vy, z + t * vz
    length = math.sqrt(dx * dx + dy * dy + dz * dz)
    direction[row, 0], direction[row, 1], direction[row, 2] = dx / length, dy / length, dz / length
    for k in range(3):
        origin[row, k] = surface.position[i, k] + sides[i] * surface.lift[i, k]


MOST_LAMPS = 6
"""How many lamps light one point; where a scene has more, the last stands for all the weaker ones."""

_NEGLIGIBLE = 0.01

_GLOSSY = 0.5
"""Roughness up to which mirror images of lamps are looked for, so that the brightest are followed in all pixels."""

_LEAST_ALBEDO = 0.02


class Seen(NamedTuple):
    """Which lamps light N points, and how much of them is seen; K is at most `MOST_LAMPS`.

    Attributes:
        lamp: (N, K) int32 index of the lamp.
        share: (N, K) float32 estimated visible share, times what the lamp stands for.
        rest: (N,) float32 what the last of the lamps stands for: light of all others over its own; 0 where for none.
    """

    lamp: np.ndarray
    share: np.ndarray
    rest: np.ndarray


def lamp_visibility(
    surface: Surface,
    lamps: Lamps,
    tracer: Tracer,
    pattern: np.ndarray,
    offset: np.ndarray,
    pick_one: bool,
    asked: np.ndarray | None = None,
) -> Seen:
    """Return which lamps light each point.

    Up to `MOST_LAMPS` lamps are all tested. Of more, each point's strongest are, and one of the others, drawn by its
    illuminance and weighed for them; where the others give less than 1 % in all, they are left out.

    Args:
        surface: the points.
        lamps: L lamps.
        tracer: of the scene.
        pattern: as for `sun_visibility`.
        offset: as for `sun_visibility`.
        pick_one: test one lamp per point, drawn by its illuminance, and weigh it for the others.
        asked: (N,) booleans, which points' light is wanted; that of the others is not tested. None for all.
    """
    count, total = len(surface.kind), len(lamps.center)
    columns = 1 if pick_one and total > 1 else min(total, MOST_LAMPS)
    seen = Seen(
        lamp=np.tile(np.arange(columns, dtype=np.int32), (count, 1)),
        share=np.zeros((count, columns), dtype=np.float32),
        rest=np.zeros(count, dtype=np.float32),
    )
    if not total:
        return seen
    if columns == total:
        _mark_lit(count, seen, surface, lamps)
    elif pick_one:
        _pick_one(count, seen, surface, lamps, pattern, offset)
    else:
        _pick_strongest(count, seen, surface, lamps, pattern, offset)
    for column in range(columns):
        index = np.flatnonzero(seen.share[:, column] if asked is None else (seen.share[:, column] > 0) & asked)
        origin, direction = np.empty((len(index), 3), np.float32), np.empty((len(index), 3), np.float32)
        range_m = np.empty(len(index), np.float32)
        lamp = np.ascontiguousarray(seen.lamp[index, column])
        _aim_at_lamp(len(index), origin, direction, range_m, lamp, index, surface, lamps, pattern, offset)
        seen.share[index, column] *= tracer.transmitted(origin, direction, range_m)
    return seen


@kernel
def _mark_lit(start: int, stop: int, seen: Seen, surface: Surface, lamps: Lamps) -> None:
    for i in range(start, stop):
        _mark_lit_at(i, seen, surface, lamps)


@inlined
def _mark_lit_at(i: int, seen: Seen, surface: Surface, lamps: Lamps) -> None:
    if surface.kind[i] != NOTHING:
        p, n, leaf = vec(surface.position, i), vec(surface.normal, i), surface.kind[i] == LEAF
        for lamp in range(seen.share.shape[1]):
            if may_light(lamps, lamp, p, n, leaf):
                seen.share[i, lamp] = 1.0


@kernel
def _pick_one(
    start: int, stop: int, seen: Seen, surface: Surface, lamps: Lamps, pattern: np.ndarray, offset: np.ndarray
) -> None:
    """Set one lamp per point, weighted by the inverse of its chance."""
    for i in range(start, stop):
        _pick_one_at(i, seen, surface, lamps, pattern, offset)


@inlined
def _pick_one_at(i: int, seen: Seen, surface: Surface, lamps: Lamps, pattern: np.ndarray, offset: np.ndarray) -> None:
    if surface.kind[i] == NOTHING:
        return
    p, n, leaf = vec(surface.position, i), vec(surface.normal, i), surface.kind[i] == LEAF
    total = 0.0
    for lamp in range(len(lamps.center)):
        if may_light(lamps, lamp, p, n, leaf):
            total += _strength(lamps, lamp, p, n, leaf)
    threshold = total * spread(pattern[i], R1, offset[0])
    for lamp in range(len(lamps.center)):
        if may_light(lamps, lamp, p, n, leaf):
            strength = _strength(lamps, lamp, p, n, leaf)
            threshold -= strength
            if threshold < 0.0 and strength > 0.0:
                seen.lamp[i, 0], seen.share[i, 0] = lamp, total / strength
                return


@inlined
def _passed_on(draw: float, chance: float) -> tuple[float, bool]:
    """Return whether a draw in [0, 1) falls into a chance, and what is left of it for the next one, in [0, 1)."""
    if draw < chance:
        return draw / chance, True
    return (draw - chance) / (1.0 - chance), False


@kernel
def _pick_strongest(
    start: int, stop: int, seen: Seen, surface: Surface, lamps: Lamps, pattern: np.ndarray, offset: np.ndarray
) -> None:
    for i in range(start, stop):
        _pick_strongest_at(i, seen, surface, lamps, pattern, offset)


@inlined
def _pick_strongest_at(
    i: int, seen: Seen, surface: Surface, lamps: Lamps, pattern: np.ndarray, offset: np.ndarray
) -> None:
    """Set the strongest lamps, falling, and in the last column one of the others; shares are strengths till the end."""
    if surface.kind[i] == NOTHING:
        return
    p, n, leaf = vec(surface.position, i), vec(surface.normal, i), surface.kind[i] == LEAF
    last = seen.share.shape[1] - 1
    draw = spread(pattern[i], R1, offset[0])
    strongest = others = picked = 0.0
    for candidate in range(len(lamps.center)):
        lamp = candidate
        if not may_light(lamps, lamp, p, n, leaf):
            continue
        strength = _brightness(i, surface, lamps, lamp, p, n, leaf)
        strongest += strength
        for column in range(last):
            if strength > seen.share[i, column]:
                weaker, weaker_lamp = seen.share[i, column], seen.lamp[i, column]
                seen.share[i, column], seen.lamp[i, column] = strength, lamp
                strength, lamp = weaker, weaker_lamp
        if strength > 0.0:
            others += strength
            draw, taken = _passed_on(draw, strength / others)
            if taken:
                seen.lamp[i, last], picked = lamp, strength
    for column in range(last):
        seen.share[i, column] = 1.0 if seen.share[i, column] > 0.0 else 0.0
    if others > _NEGLIGIBLE * strongest:
        seen.rest[i] = others / picked
        seen.share[i, last] = seen.rest[i]


@inlined
def _brightness(i: int, surface: Surface, lamps: Lamps, lamp: int, p: Vector, n: Vector, leaf: bool) -> float:
    """Return about how bright an unhidden lamp makes a point look, scattered and mirrored, as a sum of three colours.

    A lamp that is weak but for its mirror image must not be one among many: its image would come out as dots.
    """
    albedo = (surface.albedo[i, 0] + surface.albedo[i, 1] + surface.albedo[i, 2]) / 3.0
    value = max(albedo, _LEAST_ALBEDO) / math.pi * _strength(lamps, lamp, p, n, leaf)
    coat, roughness = surface.gloss[i, 2], surface.gloss[i, 1]
    if lamp < lamps.panels or (coat <= 0.05 and roughness > _GLOSSY):
        return value
    x, y, z = lamps.center[lamp, 0] - p[0], lamps.center[lamp, 1] - p[1], lamps.center[lamp, 2] - p[2]
    squared = max(x * x + y * y + z * z, 1e-8)
    inverse = 1.0 / math.sqrt(squared)
    x, y, z = x * inverse, y * inverse, z * inverse
    v = vec(surface.away, i)
    n_v = max(n[0] * v[0] + n[1] * v[1] + n[2] * v[2], 1e-3)
    mirrored = 0.0
    for layer in range(2):
        # The surface itself, then its coat.
        share = 1.0 if layer == 0 else coat
        rough = roughness if layer == 0 else COAT_ROUGHNESS
        if share > 0.05 and rough <= _GLOSSY:
            lobe, fifth = lobe_towards(n, v, x, y, z, n_v, max(rough * rough, 2e-3))
            f0 = DIELECTRIC_F0 + (albedo - DIELECTRIC_F0) * surface.gloss[i, 0] if layer == 0 else DIELECTRIC_F0
            mirrored += share * lobe * (f0 + (1.0 - f0) * fifth)
    if mirrored <= 0.0:
        return value
    power = lamps.strength[lamp, 0] + lamps.strength[lamp, 1] + lamps.strength[lamp, 2]
    return value + power * mirrored * beam_share(lamps, lamp, -x, -y, -z) / squared


@inlined
def _strength(lamps: Lamps, lamp: int, p: Vector, n: Vector, leaf: bool) -> float:
    power = lamps.strength[lamp, 0] + lamps.strength[lamp, 1] + lamps.strength[lamp, 2]
    return power * lamp_lux(lamps, lamp, p, n, leaf)


@kernel
def _aim_at_lamp(
    start: int,
    stop: int,
    origin: np.ndarray,
    direction: np.ndarray,
    range_m: np.ndarray,
    lamp: np.ndarray,
    index: np.ndarray,
    surface: Surface,
    lamps: Lamps,
    pattern: np.ndarray,
    offset: np.ndarray,
) -> None:
    for row in range(start, stop):
        _aim_at_lamp_at(row, origin, direction, range_m, lamp, index, surface, lamps, pattern, offset)


@inlined
def _aim_at_lamp_at(
    row: int,
    origin: np.ndarray,
    direction: np.ndarray,
    range_m: np.ndarray,
    lamp: np.ndarray,
    index: np.ndarray,
    surface: Surface,
    lamps: Lamps,
    pattern: np.ndarray,
    offset: np.ndarray,
) -> None:
    i, aim = index[row], lamp[row]
    s = spread(pattern[i], R2_U, offset[0] + R1 * aim)
    t = spread(pattern[i], R2_V, offset[1] + R1 * aim)
    p, n, lift = vec(surface.position, i), vec(surface.normal, i), vec(surface.lift, i)
    tx, ty, tz = lamp_point(lamps, aim, s, t, p[0], p[1], p[2])
    # A leaf's light may come from behind it.
    below = (tx - p[0]) * n[0] + (ty - p[1]) * n[1] + (tz - p[2]) * n[2] < 0.0
    side = -1.0 if below and surface.kind[i] == LEAF else 1.0
    ox, oy, oz = p[0] + side * lift[0], p[1] + side * lift[1], p[2] + side * lift[2]
    dx, dy, dz = tx - ox, ty - oy, tz - oz
    length = max(math.sqrt(dx * dx + dy * dy + dz * dz), 1e-9)
    origin[row, 0], origin[row, 1], origin[row, 2] = ox, oy, oz
    direction[row, 0], direction[row, 1], direction[row, 2] = dx / length, dy / length, dz / length
    # Stops short of the lamp, whose own glass or panel is often part of the scene.
    range_m[row] = length - max(min(0.02, 0.1 * length), min(lamps.lens_m[aim], 0.9 * length))
