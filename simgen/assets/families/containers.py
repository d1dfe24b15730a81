"""Euro containers: open plastic totes in the sizes that fill a pallet, with open handles, ribs and a card."""

from __future__ import annotations

import numpy as np

from simgen.assets.families.shapes import Part, assemble, box, panel
from simgen.geometry.pose import Vector3
from simgen.scene.asset import Asset
from simgen.scene.material import Texture, make_material, rgb

RIM_M = 0.016
"""How far the rim stands out beyond the walls."""

WALL_M, FLOOR_M = 0.003, 0.008
_HANDLE_M = (0.12, 0.034)
_FOOT_M = 0.012


def inner_size(size_m: Vector3) -> Vector3:
    """Return the clear length and width of a container of an outer size, and its depth above its bottom."""
    out = 2 * (RIM_M + WALL_M)
    return size_m[0] - out, size_m[1] - out, size_m[2] - FLOOR_M - _FOOT_M


def bottom_m() -> float:
    """Return how high the bottom's upper side is above what a container stands on."""
    return FLOOR_M + _FOOT_M


def euro_container(
    *,
    name: str = "euro_container",
    size_m: Vector3 = (0.6, 0.4, 0.22),
    color: str = "#2b5fa4",
    card: Texture | None = None,
) -> Asset:
    """Return an open container of an outer length (x), width (y) and height.

    Args:
        name: of the asset.
        size_m: over its rim.
        color: ``#rrggbb``.
        card: what is printed on the card at its long sides; None for no card.
    """
    x, y, z = size_m
    wx, wy = x - 2 * RIM_M, y - 2 * RIM_M
    parts: list[Part] = [
        (box((wx, wy, FLOOR_M), (0.0, 0.0, _FOOT_M + FLOOR_M / 2)), "plastic"),
        (box((wx - 0.04, wy - 0.04, _FOOT_M), (0.0, 0.0, _FOOT_M / 2)), "plastic"),
    ]
    high = z - _FOOT_M
    for sign in (1.0, -1.0):
        parts.append((box((wx, WALL_M, high), (0.0, sign * (wy - WALL_M) / 2, _FOOT_M + high / 2)), "plastic"))
        parts += _end(sign, (wx, wy, z))
        parts += _rim(sign, size_m)
        parts += _ribs(sign, (wx, wy, z))
        if card is not None and z > 0.15:
            out, a, b, up = sign * (wy / 2 + 0.001), sign * 0.1, 0.03, 0.45 * z
            corners = [(a, out, up - b), (-a, out, up - b), (-a, out, up + b), (a, out, up + b)]
            parts.append((panel(corners), "card"))
    plastic = make_material("plastic", "plastic", rgb(color), roughness=0.5, tintable=True)
    printed = [] if card is None else [make_material("card", "paper", (1.0, 1.0, 1.0), texture=card, roughness=0.6)]
    return assemble(name, "picking_bin", parts, [plastic, *printed])


def _end(sign: float, walls_m: Vector3) -> list[Part]:
    """Return the wall of a short side about its open handle."""
    wx, wy, z = walls_m
    at, wide, tall = sign * (wx - WALL_M) / 2, *_HANDLE_M
    inside = wy - 2 * WALL_M
    if z < 0.15:
        high = z - _FOOT_M
        return [(box((WALL_M, inside, high), (at, 0.0, _FOOT_M + high / 2)), "plastic")]
    low, top = z - 0.03 - tall, z - 0.03
    side = (inside - wide) / 2
    found: list[Part] = [
        (box((WALL_M, inside, low - _FOOT_M), (at, 0.0, (low + _FOOT_M) / 2)), "plastic"),
        (box((WALL_M, inside, z - top), (at, 0.0, (z + top) / 2)), "plastic"),
    ]
    for s in (1.0, -1.0):
        found.append((box((WALL_M, side, tall), (at, s * (wide + side) / 2, (low + top) / 2)), "plastic"))
    # The edge of the handle is thicker than the wall.
    found.append((box((0.012, wide + 0.02, 0.006), (at + sign * 0.006, 0.0, low - 0.003), 0.002), "plastic"))
    return found


def _rim(sign: float, size_m: Vector3) -> list[Part]:
    """Return the rim along one long and one short side, a band below it."""
    x, y, z = size_m
    found: list[Part] = []
    for up, tall, out in ((z - 0.011, 0.022, RIM_M), (z - 0.072, 0.005, 0.009)):
        if up < 0.05:
            continue
        reach = out / 2 - RIM_M
        found.append((box((x - 2 * RIM_M + 2 * out, out, tall), (0.0, sign * (y / 2 + reach), up), 0.002), "plastic"))
        found.append((box((out, y - 2 * RIM_M, tall), (sign * (x / 2 + reach), 0.0, up), 0.002), "plastic"))
    return found


def _ribs(sign: float, walls_m: Vector3) -> list[Part]:
    """Return upright ribs on one long and one short side, clear of the handle and the card."""
    wx, wy, z = walls_m
    low, high = _FOOT_M + 0.01, z - 0.022
    size = (0.004, 0.008, high - low)
    found: list[Part] = []
    for share in (-0.46, -0.38, -0.28, 0.28, 0.38, 0.46):
        found.append((box(size, (share * wx, sign * (wy / 2 + 0.004), (low + high) / 2)), "plastic"))
    for y in np.array([-0.44, -0.32, 0.32, 0.44]) * wy:
        across = (0.008, 0.004, high - low)
        found.append((box(across, (sign * (wx / 2 + 0.004), float(y), (low + high) / 2)), "plastic"))
    return found
