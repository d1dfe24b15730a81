"""What closes the view: land out to the horizon with hills, and belts of far trees."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
import trimesh

from simgen.assets.textures import TILE_M
from simgen.places.pieces import Part, Piece, joined
from simgen.places.surfaces import tiled
from simgen.scene.material import Material
from simgen.streams import Draws

HORIZON_M = 450.0
_RINGS_M = (0.0, 40.0, 80.0, 120.0, 150.0, 180.0, 210.0, 250.0, 290.0, 330.0, 370.0, 410.0, HORIZON_M)


def land(
    draws: Draws, material: Material, flat_m: float, z_m: float, hill_m: tuple[float, float] = (4.0, 26.0)
) -> Part:
    """Return the land around the origin: level at ``z_m`` out to ``flat_m``, then rising to hills at the horizon."""
    height, drawn = draw_hills(draws, hill_m)
    sectors = 72
    angle = np.arange(sectors) * (2 * math.pi / sectors)
    waves = sum(a * np.cos(k * angle + phase) for k, a, phase in drawn)
    crest = 0.55 + 0.45 * waves / np.abs(waves).max()
    rows = []
    for radius in _RINGS_M:
        rise = np.clip((radius - flat_m) / (HORIZON_M - flat_m), 0.0, 1.0)
        z = z_m + height * crest * rise * rise * (3 - 2 * rise)
        rows.append(np.column_stack([radius * np.cos(angle), radius * np.sin(angle), z]))
    vertices = np.concatenate(rows)
    index = np.arange(len(vertices)).reshape(len(_RINGS_M), sectors)
    a, b = index[:-1], np.roll(index, -1, axis=1)[:-1]
    c, d = np.roll(index, -1, axis=1)[1:], index[1:]
    faces = np.concatenate([np.stack([a, d, c], -1).reshape(-1, 3), np.stack([a, c, b], -1).reshape(-1, 3)])
    piece = Piece(vertices=vertices, faces=faces, uv=vertices[:, :2] / TILE_M["grass"], material=material)
    return Part(name="land", asset=joined("place/land", "terrain", [piece], crease_deg=80.0))


def draw_hills(draws: Draws, hill_m: tuple[float, float]) -> tuple[float, list[tuple[int, float, float]]]:
    """Draw the hills at the horizon: their height, and waves around it as (number, amplitude, phase)."""
    rng = draws.rng("land")
    height = float(rng.uniform(*hill_m))
    draws.note("hill_m", height)
    return height, [(k, float(rng.uniform(0.3, 1.0)) / k, float(rng.uniform(0, 6.28))) for k in (1, 2, 3, 5, 7, 11)]


def far_trees(
    draws: Draws,
    factor: str,
    rings_m: tuple[float, float],
    count: int,
    z_m: float,
    clear_of: np.ndarray,
    clear_m: float,
    lobes: int = 2,
    ground: Callable[[float, float], float] | None = None,
) -> Part:
    """Return a belt of simple tree crowns around the origin, too far away to be seen close.

    Args:
        draws: where they are drawn from.
        factor: their name.
        rings_m: nearest and farthest distance from the origin.
        count: how many.
        z_m: height of the ground there.
        clear_of: (N, 2) points that none stands near.
        clear_m: how near.
        lobes: how many balls of 80 triangles make a crown.
        ground: height at a point, where the land is not level.
    """
    rng = draws.rng(factor)
    greens = [tiled(draws, f"{factor}_green_{k}", "leaves", (0.5, 1.0)) for k in range(3)]
    pieces = []
    for _ in range(count):
        angle, radius = float(rng.uniform(0, 2 * math.pi)), float(rng.uniform(*rings_m))
        x, y = radius * math.cos(angle), radius * math.sin(angle)
        size = float(rng.uniform(5.0, 11.0)), float(rng.uniform(6.0, 14.0))
        green, shape_rng = greens[int(rng.integers(3))], draws.rng(f"{factor}_shape", len(pieces))
        if float(np.hypot(clear_of[:, 0] - x, clear_of[:, 1] - y).min()) >= clear_m:
            pieces += _crown((x, y, z_m if ground is None else ground(x, y)), size, lobes, green, shape_rng)
    draws.note(f"{factor}_count", len(pieces) // lobes)
    return Part(name=factor, asset=joined(f"place/{factor}", "terrain", pieces, crease_deg=75.0))


def _crown(
    foot_m: tuple[float, float, float],
    size_m: tuple[float, float],
    lobes: int,
    material: Material,
    rng: np.random.Generator,
) -> list[Piece]:
    """Return a crown, ``size_m`` (width, height): a few bumpy balls about its middle, the first the largest."""
    directions, faces = _ball()
    width, height = size_m
    pieces = []
    for k in range(lobes):
        share = 0.92 if k == 0 else float(rng.uniform(0.45, 0.7))
        half = np.array([width, width, height]) / 2 * share
        shift = np.zeros(3) if k == 0 else rng.uniform(-1.0, 1.0, 3) * (width / 3, width / 3, height / 4)
        shape = directions * rng.normal(1.0, 0.07, (len(directions), 1)) * half + shift
        uv = np.column_stack([np.arctan2(directions[:, 1], directions[:, 0]) * half[0], shape[:, 2]])
        middle = np.add(foot_m, (0.0, 0.0, 0.42 * height))
        pieces.append(Piece(vertices=shape + middle, faces=faces, uv=uv / (2 * TILE_M["leaves"]), material=material))
    return pieces


@lru_cache(maxsize=1)
def _ball() -> tuple[np.ndarray, np.ndarray]:
    """Return (42, 3) directions and (80, 3) faces of a ball."""
    ball = trimesh.creation.icosphere(subdivisions=1)
    return np.asarray(ball.vertices), np.asarray(ball.faces)
