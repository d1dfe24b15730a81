"""Racks that goods are sold from or stored in: shop gondolas with price rails, warehouse racks with beams."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from simgen.assets.families.shapes import Part, assemble, box, panel, plain
from simgen.geometry.pose import Vector3
from simgen.scene.asset import Asset
from simgen.scene.material import Texture, make_material

BOARD_M = 0.028
"""Thickness of a gondola's boards."""

BEAM_M = 0.09
"""Height of a rack's beams, whose upper side is flush with the deck."""

POST_M = 0.04


def gondola(
    *,
    name: str = "gondola",
    size_m: Vector3 = (0.45, 1.0, 2.0),
    boards_m: Sequence[float] = (0.14, 0.5, 0.86, 1.22, 1.58),
    color: str = "#e6e6e2",
    prices: Texture,
) -> Asset:
    """Return a shop's shelf with a back, open towards +x.

    Args:
        name: of the asset.
        size_m: depth, width and height.
        boards_m: height of the upper side of each board, the lowest first.
        color: ``#rrggbb`` of its sheet steel.
        prices: what is on the price rail at the front of every board.
    """
    x, y, z = size_m
    parts: list[Part] = [(box((0.02, y - 2 * POST_M, z - 0.06), (-x / 2 + 0.01, 0.0, z / 2 + 0.02)), "back")]
    for sign in (1.0, -1.0):
        parts.append((box((0.06, POST_M, z), (-x / 2 + 0.03, sign * (y - POST_M) / 2, z / 2), 0.003), "steel"))
    low = boards_m[0]
    parts.append((box((x - 0.03, y - 0.004, low - BOARD_M), (0.0, 0.0, (low - BOARD_M) / 2)), "plinth"))
    for up in boards_m:
        middle = up - BOARD_M / 2
        parts.append((box((x - 0.03, y - 0.004, BOARD_M), (0.005, 0.0, middle), 0.003), "steel"))
        front, half, tall = x / 2 - 0.006, y / 2 - 0.004, 0.019
        parts.append((box((0.008, y - 0.004, 0.042), (front, 0.0, middle)), "rail"))
        a, out = 2 * half, front + 0.0045
        corners = [(out, -a / 2, middle - tall), (out, a / 2, middle - tall), (out, a / 2, middle + tall),
                   (out, -a / 2, middle + tall)]  # fmt: skip
        parts.append((panel(corners), "prices"))
        if up > low:
            for sign in (1.0, -1.0):
                arm = (x - 0.08, 0.006, 0.05)
                parts.append((box(arm, (-0.02, sign * (y / 2 - 0.03), middle - 0.03)), "steel"))
    materials = [
        plain("back", "painted_metal", color, 0.5),
        plain("steel", "painted_metal", color, 0.45),
        plain("plinth", "painted_metal", "#4a4d50", 0.5),
        plain("rail", "plastic", "#c9ccce", 0.4),
        make_material("prices", "paper", (1.0, 1.0, 1.0), texture=prices, roughness=0.4),
    ]
    return assemble(name, "shelf", parts, materials)


def rack(
    *,
    name: str = "rack",
    size_m: Vector3 = (0.8, 2.0, 2.4),
    boards_m: Sequence[float] = (0.16, 0.86, 1.56, 2.26),
    upright: str = "#1f4f8f",
    beam: str = "#d8641a",
) -> Asset:
    """Return a bay of a warehouse rack, open to both sides: uprights, beams, decks of galvanized steel.

    Args:
        name: of the asset.
        size_m: depth, width and height.
        boards_m: height of the upper side of each deck, the lowest first.
        upright: ``#rrggbb`` of its frames.
        beam: ``#rrggbb`` of its beams.
    """
    x, y, z = size_m
    parts: list[Part] = []
    for sy in (1.0, -1.0):
        at_y = sy * (y - POST_M) / 2
        for sx in (1.0, -1.0):
            at_x = sx * (x - 0.07) / 2
            parts.append((box((0.07, POST_M, z), (at_x, at_y, z / 2), 0.004), "upright"))
            parts.append((box((0.11, POST_M, 0.008), (at_x - sx * 0.02, at_y, 0.004)), "upright"))
            for up in np.arange(0.08, z - 0.05, 0.1):
                parts.append((box((0.016, 0.001, 0.022), (at_x, at_y - sy * (POST_M / 2 + 0.0004), float(up))), "hole"))
        for up in np.arange(0.25, z - 0.1, 0.55):
            parts.append((box((x - 0.14, 0.02, 0.03), (0.0, at_y, float(up))), "upright"))
    for up in boards_m:
        for sx in (1.0, -1.0):
            size = (0.045, y - 2 * POST_M, BEAM_M)
            parts.append((box(size, (sx * (x / 2 - 0.035), 0.0, up - BEAM_M / 2), 0.004), "beam"))
        parts.append((box((x - 0.115, y - 2 * POST_M, 0.012), (0.0, 0.0, up - 0.006)), "deck"))
    materials = [
        plain("upright", "painted_metal", upright, 0.45),
        plain("hole", "painted_metal", "#0c0d0e", 0.8),
        plain("beam", "painted_metal", beam, 0.45),
        plain("deck", "metal", "#a9abae", 0.5),
    ]
    return assemble(name, "shelf", parts, materials)


def price_tags(rng: np.random.Generator, width_m: float = 1.0) -> Texture:
    """Draw a price rail: cards with an invented price and a bar code, some of them of a special offer."""
    height, scale = 38, 1000
    image = np.full((height, round(width_m * scale), 3), 208, np.uint8)
    x = int(rng.integers(5, 60))
    while x < image.shape[1] - 70:
        paper = (250, 214, 40) if rng.random() < 0.15 else (247, 246, 242)
        cv2.rectangle(image, (x, 2), (x + 60, height - 3), paper, -1)
        words = f"{int(rng.integers(0, 20))}.{int(rng.integers(0, 100)):02d}"
        cv2.putText(image, words, (x + 4, 20), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (20, 20, 20), 1, cv2.LINE_AA)
        bar = x + 4
        while bar < x + 50:
            step = int(rng.integers(1, 4))
            image[24:33, bar : bar + step] = 25
            bar += step + int(rng.integers(1, 4))
        x += int(rng.integers(75, 190))
    return Texture(name="prices", pixels=image)
