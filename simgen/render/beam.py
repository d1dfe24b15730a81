"""The cross-section of a LiDAR's beam: the rays that stand for it, and where one of them will do."""

from __future__ import annotations

import functools
import math

import numpy as np

from simgen.geometry.rays import Hits, Rays
from simgen.render.compiled import inlined, kernel
from simgen.render.lidar_paths import Through, met_last
from simgen.scene.beam_pattern import Rosette
from simgen.scene.lidar import Lidar
from simgen.trace.tracer import Tracer

ONE, PLANE = -1, -2
"""Beams that their middle ray stands for, and those whose rays meet one plane, which needs no casting of them."""

C_MPS = 299_792_458.0

_OFF_PLANE_M = 0.03
"""How far neighbours may lie off the plane that a beam meets for it to count as one."""

_LIKE_NORMALS = 0.95

_LEVEL = 0.25
"""Of the pulse's resolution: a footprint that reaches less far along its beam is as good as square-on."""


def footprint(lidar: Lidar) -> np.ndarray:
    """Return (S, 3) float64, for each ray of a beam its angles across and up from the middle, radians, and its weight.

    Weights sum to 1; the first ray is the middle one. The beam's light falls off as a normal curve whose standard
    deviation is a quarter of the divergence. Seven rays are the cubature that is exact for polynomials up to the fifth
    degree (Stroud 1971, hexagon: half the weight in the middle, a twelfth each at two standard deviations); nineteen
    are a hexagonal lattice weighted by the curve, set so wide that the variance holds.
    """
    across, up = (1e-3 * width / 4.0 for width in lidar.divergence_mrad)
    if lidar.sub_rays == 1 or across == up == 0.0:
        return np.array([[0.0, 0.0, 1.0]])
    turn = np.radians(60.0 * np.arange(6))
    first = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    if lidar.sub_rays == 7:
        places, weights = np.concatenate([np.zeros((1, 2)), 2.0 * first]), np.array([0.5, *[1.0 / 12.0] * 6])
    else:
        second = np.stack([np.cos(turn + math.pi / 6.0), np.sin(turn + math.pi / 6.0)], axis=1) * math.sqrt(3.0)
        places = math.sqrt(2.0) * np.concatenate([np.zeros((1, 2)), first, second, 2.0 * first])
        weights = np.exp(-0.5 * (places**2).sum(axis=1))
        weights /= weights.sum()
        places *= math.sqrt(2.0 / (weights @ (places**2).sum(axis=1)))
    return np.column_stack([places * (across, up), weights])


def resolution_m(lidar: Lidar) -> float:
    """Return how far apart echoes must be to be told apart: half the length of the pulse."""
    return 0.5 * C_MPS * lidar.pulse_s


def cell_rad(lidar: Lidar) -> float:
    """Return half the angle that one ray of a beam stands for."""
    width = 1e-3 * max(lidar.divergence_mrad) / 4.0
    return {1: 0.0, 7: 1.1, 19: 0.8}[lidar.sub_rays] * width


def choose(lidar: Lidar, tracer: Tracer, rays: Rays, hits: Hits, through: Through, always: np.ndarray) -> np.ndarray:
    """Return (N,) int32: `ONE`, `PLANE`, or from 0 on the number of a beam whose other rays are to be cast.

    A beam meets one plane where its neighbours in the sweep, in all four directions, lie within `_OFF_PLANE_M` of the
    plane its middle ray meets, on the same material of the same object. Of a beam that looks through a pane the same
    must hold of the pane and of what is behind it, neither met flatly. Things that fall between the middle rays of two
    neighbours are not noticed; they fall between them without sub-rays too. Of sensors whose beams have no such
    neighbours (rosettes), all rays are cast.

    Args:
        lidar: which sensor.
        tracer: of the scene's objects.
        rays: its beams' middle rays.
        hits: what they meet first.
        through: what they meet behind panes.
        always: (N,) beams that must be cast whatever their neighbours.
    """
    kind = np.zeros(len(rays), np.int32)
    ray = through.ray
    if isinstance(lidar.pattern, Rosette):
        kind[~always & (hits.triangle < 0)] = ONE
    else:
        _mark_plain(kind, lidar, tracer, rays, hits)
        if len(ray):
            behind = np.zeros_like(kind)
            _mark_plain(behind, lidar, tracer, rays, met_last(hits, through))
            kind[ray[(kind[ray] != ONE) | (behind[ray] != ONE)]] = 0
        kind[always] = 0
    cast = np.flatnonzero(kind == 0)
    kind[cast] = np.arange(len(cast))
    return kind


def _mark_plain(kind: np.ndarray, lidar: Lidar, tracer: Tracer, rays: Rays, hits: Hits) -> None:
    """Set (N,) kinds to `ONE` and `PLANE` where a beam and its neighbours meet one plane."""
    _compare(
        len(rays),
        kind,
        hits.range_m,
        hits.triangle,
        hits.instance_id,
        tracer.geometry.face_material,
        np.ascontiguousarray(rays.origin),
        rays.direction,
        hits.normal,
        _steps(lidar),
        lidar.pattern.kind == "spinning",
        2.0 * float(np.abs(footprint(lidar)[:, :2]).max()) / (_LEVEL * resolution_m(lidar)),
    )


@functools.lru_cache(maxsize=8)
def own_directions(lidar: Lidar) -> np.ndarray:
    """Return the sensor's `Lidar.directions` in its own frame, kept from sweep to sweep."""
    directions = lidar.directions()
    directions.flags.writeable = False
    return directions


@functools.lru_cache(maxsize=8)
def own_origins(lidar: Lidar) -> np.ndarray:
    """Return the sensor's `Lidar.origins` in its own frame, kept from sweep to sweep."""
    origins = np.ascontiguousarray(lidar.origins())
    origins.flags.writeable = False
    return origins


@functools.lru_cache(maxsize=8)
def own_times_s(lidar: Lidar) -> np.ndarray:
    """Return the sensor's `Lidar.times_s`, kept from sweep to sweep."""
    times_s = lidar.times_s()
    times_s.flags.writeable = False
    return times_s


@functools.lru_cache(maxsize=16)
def _steps(lidar: Lidar) -> np.ndarray:
    """Return (rings, 2) int64: by how many columns the nearest beam of the ring above and of that below is shifted."""
    directions = own_directions(lidar).reshape(lidar.columns, lidar.rings, 3)
    middle = lidar.columns // 2
    steps = np.zeros((lidar.rings, 2), np.int64)
    for ring in range(lidar.rings - 1):
        nearest = int(np.argmax(directions[:, ring + 1] @ directions[middle, ring])) - middle
        steps[ring, 1], steps[ring + 1, 0] = nearest, -nearest
    return steps


@kernel
def _compare(
    start: int,
    stop: int,
    kind: np.ndarray,
    range_m: np.ndarray,
    triangle: np.ndarray,
    instance: np.ndarray,
    face_material: np.ndarray,
    origin: np.ndarray,
    direction: np.ndarray,
    normal: np.ndarray,
    steps: np.ndarray,
    turns: bool,
    depth_share: float,
) -> None:
    rings = len(steps)
    columns = len(kind) // rings
    for beam in range(start, stop):
        column, ring = beam // rings, beam % rings
        mine = triangle[beam]
        facing = 0.0
        for axis in range(3):
            facing -= normal[beam, axis] * direction[beam, axis]
        plain = mine < 0 or facing > 1e-3
        for side in range(4):
            at, of = column, ring
            if side < 2:
                at += 2 * side - 1
            else:
                of += 2 * side - 5
                if of < 0 or of >= rings:
                    continue
                at += steps[ring, side - 2]
            if turns:
                at %= columns
            elif at < 0 or at >= columns:
                continue
            other = at * rings + of
            if triangle[other] == mine:
                continue
            if mine < 0 or triangle[other] < 0 or instance[other] != instance[beam]:
                plain = False
                break
            off, like = 0.0, 0.0
            for axis in range(3):
                gap = origin[other, axis] - origin[beam, axis]
                gap += range_m[other] * direction[other, axis] - range_m[beam] * direction[beam, axis]
                off += normal[beam, axis] * gap
                like += normal[beam, axis] * normal[other, axis]
            bent = like < _LIKE_NORMALS or abs(off) > _OFF_PLANE_M
            if bent or face_material[triangle[other]] != face_material[mine]:
                plain = False
                break
        if plain:
            slanted = mine >= 0 and range_m[beam] * depth_share * math.sqrt(1.0 - facing * facing) > facing
            kind[beam] = PLANE if slanted else ONE


@inlined
def across_and_up(dx: float, dy: float, dz: float, up: np.ndarray) -> tuple[float, float, float, float, float, float]:
    """Return two unit vectors square to a beam: across, to the left, and up, in the plane of the sensor's axis.

    Args:
        dx: of the beam's direction; dy and dz likewise.
        dy: as ``dx``.
        dz: as ``dx``.
        up: (3,) the sensor's axis.
    """
    x, y, z = up[1] * dz - up[2] * dy, up[2] * dx - up[0] * dz, up[0] * dy - up[1] * dx
    length = math.sqrt(x * x + y * y + z * z)
    if length < 1e-6:  # Along the axis any direction across will do.
        x, y, z = up[1], up[2], up[0]
        length = 1.0
    x, y, z = x / length, y / length, z / length
    return x, y, z, dy * z - dz * y, dz * x - dx * z, dx * y - dy * x


def fan(rays: Rays, which: np.ndarray, pattern: np.ndarray, up: np.ndarray) -> Rays:
    """Return the rays around the middle ones of some beams, beam by beam.

    Args:
        rays: the middle rays of all.
        which: (M,) indices of the beams.
        pattern: (S, 3) of `footprint`.
        up: (3,) the sensor's axis in the rays' frame.

    Returns:
        M * (S - 1) rays.
    """
    others = len(pattern) - 1
    direction = np.empty((len(which) * others, 3), np.float32)
    _fan(len(which), direction, rays.direction, which, pattern, np.asarray(up, dtype=np.float64))
    return Rays(
        origin=np.repeat(rays.origin[which], others, axis=0),
        direction=direction,
        time_s=np.repeat(rays.time_s[which], others),
    )


@kernel
def _fan(
    start: int,
    stop: int,
    out: np.ndarray,
    direction: np.ndarray,
    which: np.ndarray,
    pattern: np.ndarray,
    up: np.ndarray,
) -> None:
    others = len(pattern) - 1
    for k in range(start, stop):
        beam = which[k]
        dx, dy, dz = direction[beam, 0], direction[beam, 1], direction[beam, 2]
        ax, ay, az, ux, uy, uz = across_and_up(dx, dy, dz, up)
        for s in range(others):
            a, u = pattern[s + 1, 0], pattern[s + 1, 1]
            x, y, z = dx + a * ax + u * ux, dy + a * ay + u * uy, dz + a * az + u * uz
            length = math.sqrt(x * x + y * y + z * z)
            row = k * others + s
            out[row, 0], out[row, 1], out[row, 2] = x / length, y / length, z / length
