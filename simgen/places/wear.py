"""What years do to a road: repair patches, sealed cracks and manhole covers, as thin pieces on the asphalt."""

from __future__ import annotations

import math

import numpy as np

from simgen.places.path import Path
from simgen.places.pieces import Piece, strip
from simgen.places.road import Road
from simgen.scene.material import Material
from simgen.streams import Draws

_PATCH_Z_M, _TAR_Z_M, _COVER_Z_M = 0.0005, 0.0008, 0.0011


def draw_wear(
    road: Road, draws: Draws, factor: str, per_100_m: tuple[float, float, float] = (3.0, 5.0, 2.5)
) -> list[Piece]:
    """Draw repair patches, sealed cracks and manhole covers over the lanes of a road, at mean numbers per 100 m."""
    rng = draws.rng(factor)
    length = road.span_m[1] - road.span_m[0]
    patches, seams, covers = (int(rng.poisson(mean * length / 100.0)) for mean in per_100_m)
    draws.note(f"{factor}_patches", patches)
    draws.note(f"{factor}_seams", seams)
    draws.note(f"{factor}_manholes", covers)
    pieces: list[Piece] = []
    for _ in range(patches):
        pieces += _patch(road, rng)
    for _ in range(seams):
        pieces.append(_seam(road, rng))
    for _ in range(covers):
        pieces.append(_cover(road, rng))
    return pieces


def _patch(road: Road, rng: np.random.Generator) -> list[Piece]:
    """Return a rectangle of newer asphalt with its sealed joint."""
    right, left = road.section.edges("drive")
    long, wide = float(rng.uniform(0.8, 7.0)), float(rng.uniform(0.6, 1.8))
    if rng.random() < 0.25:
        long, wide = float(rng.uniform(0.5, 0.9)), left - right - 0.05
    a = float(rng.uniform(road.span_m[0], road.span_m[1] - long))
    low = float(rng.uniform(right, left - wide))
    joint = 0.05
    frame = ((low, low + joint, a, a + long), (low + wide - joint, low + wide, a, a + long),
             (low, low + wide, a, a + joint), (low, low + wide, a + long - joint, a + long))  # fmt: skip
    pieces = [strip(road.path, low, low + wide, (a, a + long), _PATCH_Z_M, road.look.patch, 3.1)]
    return pieces + [strip(road.path, r, s, (b, e), _TAR_Z_M, road.look.tar, 1.0) for r, s, b, e in frame]


def _seam(road: Road, rng: np.random.Generator) -> Piece:
    """Return a crack sealed with bitumen: a wandering band of 3 to 6 cm, along or across the lanes."""
    right, left = road.section.edges("drive")
    half = float(rng.uniform(0.015, 0.03))
    if rng.random() < 0.4:
        along = float(rng.uniform(road.span_m[0] + 2, road.span_m[1] - 2))
        lefts = np.arange(right + 0.1, left - 0.1, 0.3)
        points = np.column_stack([along + np.cumsum(rng.normal(0.0, 0.06, len(lefts))), lefts])
    else:
        count = int(rng.integers(6, 40))
        start = float(rng.uniform(road.span_m[0] + 1, max(road.span_m[1] - 1 - 0.5 * count, road.span_m[0] + 2)))
        wander = float(rng.uniform(right + 0.4, left - 0.4)) + np.cumsum(rng.normal(0.0, 0.05, count))
        points = np.column_stack(
            [np.minimum(start + 0.5 * np.arange(count), road.span_m[1]), np.clip(wander, right + 0.1, left - 0.1)]
        )
    xy = np.array([road.path.at(float(s), float(t)) for s, t in points])
    return _band(xy, half, _TAR_Z_M, road.look.tar)


def _band(xy: np.ndarray, half_m: float, z_m: float, material: Material) -> Piece:
    """Return a level band of constant width along (N, 2) points."""
    along = np.gradient(xy, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
    points = np.concatenate([xy - half_m * normal, xy + half_m * normal])
    count = len(xy)
    low = np.arange(count - 1)
    faces = np.concatenate(
        [np.stack([low, low + 1, low + 1 + count], 1), np.stack([low, low + 1 + count, low + count], 1)]
    )
    vertices = np.column_stack([points, np.full(2 * count, z_m)])
    return Piece(vertices=vertices, faces=faces, uv=points, material=material)


def _cover(road: Road, rng: np.random.Generator) -> Piece:
    """Return a manhole cover of 0.6 to 0.7 m, somewhere in the lanes."""
    right, left = road.section.edges("drive")
    radius = float(rng.uniform(0.3, 0.36))
    along = float(rng.uniform(road.span_m[0] + 1, road.span_m[1] - 1))
    return _disc(
        road.path,
        along,
        float(rng.uniform(right + 0.5, left - 0.5)),
        radius,
        float(rng.uniform(0, 6.28)),
        road.look.manhole,
    )


def _disc(path: Path, along_m: float, left_m: float, radius_m: float, turn_rad: float, material: Material) -> Piece:
    angle = np.arange(24) * (2 * math.pi / 24)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    xy = circle * radius_m + path.at(along_m, left_m)
    uv = 0.5 + 0.5 * np.stack([np.cos(angle + turn_rad), np.sin(angle + turn_rad)], axis=1)
    faces = np.array([[0, k, k + 1] for k in range(1, 23)])
    return Piece(vertices=np.column_stack([xy, np.full(24, _COVER_Z_M)]), faces=faces, uv=uv, material=material)
