"""Tables: a four-legged and a round one, exact to what they are asked to be."""

from __future__ import annotations

import math

import numpy as np

from simgen.places.pieces import Piece, box, joined
from simgen.scene.asset import Asset
from simgen.scene.material import Material


def rectangular_table(
    length_m: float, width_m: float, height_m: float, top: Material, legs: Material, tile_m: float
) -> tuple[Asset, tuple[tuple[float, float], ...]]:
    """Return a four-legged table and its top's corners."""
    slab, leg, inset = 0.028, 0.055, 0.045
    x, y = length_m / 2, width_m / 2
    pieces = [box((0, 0, height_m - slab), (length_m, width_m, slab), 0.0, top, tile_m)]
    under = height_m - slab
    for sx in (-1, 1):
        for sy in (-1, 1):
            spot = (sx * (x - inset - leg / 2), sy * (y - inset - leg / 2), 0.0)
            pieces.append(box(spot, (leg, leg, under), 0.0, legs, tile_m))
    for s in (-1, 1):
        rail = (length_m - 2 * (inset + leg), 0.02, 0.08)
        pieces.append(box((0, s * (y - inset - leg / 2), under - 0.08), rail, 0.0, legs, tile_m))
        rail = (0.02, width_m - 2 * (inset + leg), 0.08)
        pieces.append(box((s * (x - inset - leg / 2), 0, under - 0.08), rail, 0.0, legs, tile_m))
    return joined("room/table", "table", pieces), ((-x, -y), (x, -y), (x, y), (-x, y))


def round_table(
    diameter_m: float, height_m: float, top: Material, legs: Material, tile_m: float
) -> tuple[Asset, tuple[tuple[float, float], ...]]:
    """Return a table with a round top on one column and its top's corners, a polygon of 48."""
    slab = 0.028
    pieces = [
        _disc(diameter_m / 2, height_m - slab, height_m, top, tile_m),
        _disc(0.045, 0.02, height_m - slab, legs, tile_m, 16),
        _disc(diameter_m * 0.28, 0.0, 0.02, legs, tile_m, 32),
    ]
    turn = np.arange(48) * (2 * math.pi / 48)
    corners = tuple((float(x), float(y)) for x, y in diameter_m / 2 * np.stack([np.cos(turn), np.sin(turn)], axis=1))
    return joined("room/table", "table", pieces), corners


def _disc(radius: float, low: float, high: float, material: Material, tile_m: float, sides: int = 48) -> Piece:
    turn = np.arange(sides) * (2 * math.pi / sides)
    ring = radius * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    around = np.arange(sides)
    following = (around + 1) % sides
    levels = [np.column_stack([ring, np.full(sides, z)]) for z in (low, high)]
    vertices = np.concatenate([*levels, [[0, 0, low], [0, 0, high]]])
    faces = np.concatenate(
        [
            np.stack([around, following, following + sides], 1),
            np.stack([around, following + sides, around + sides], 1),
            np.stack([following, around, np.full(sides, 2 * sides)], 1),
            np.stack([around + sides, following + sides, np.full(sides, 2 * sides + 1)], 1),
        ]
    )
    return Piece(vertices=vertices, faces=faces, uv=vertices[:, :2] / tile_m, material=material)
