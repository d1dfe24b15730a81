"""Sign gantries over motorways, and the guard rails beside them."""

from __future__ import annotations

import math

import cv2
import numpy as np

from simgen.assets.families import prints
from simgen.assets.families.shapes import Part, assemble, box, grid, panel, plain
from simgen.geometry.pose import about
from simgen.scene.asset import Asset
from simgen.scene.material import Texture, make_material

_BLUE, _GREEN, _WHITE = (0, 70, 150), (0, 105, 60), (238, 240, 240)
CLEARANCE_M = 5.6
"""Free height under a gantry's signs."""

_BEAM = ((0.0, -0.155), (0.03, -0.13), (0.03, -0.09), (-0.05, -0.04), (-0.05, 0.04), (0.03, 0.09), (0.03, 0.13),
         (0.0, 0.155))  # fmt: skip
"""Cross-section of a W-beam: towards the road and up from its middle, metres (some 0.31 m high, 0.08 m deep)."""

BEAM_M = 0.60
"""Height of a guard rail's middle."""


def gantry(rng: np.random.Generator, span_m: float, signs: int) -> Asset:
    """Draw a gantry across ``span_m``: two posts, a box beam and signs facing +x.

    Args:
        rng: of its names and colour.
        span_m: between the posts' middles, along y.
        signs: how many, at least one.
    """
    color = _BLUE if rng.random() < 0.6 else _GREEN
    top, half = CLEARANCE_M + 1.4, span_m / 2
    parts: list[Part] = [
        (box((0.32, 0.32, top + 0.35), (-0.2, s * half, (top + 0.35) / 2), 0.02), "steel") for s in (-1, 1)
    ]
    for x in (-0.34, -0.06):
        for z in (top - 0.3, top + 0.3):
            parts.append((box((0.1, span_m, 0.1), (x, 0.0, z)), "steel"))
    for k in range(round(span_m / 1.5)):
        y = -half + (k + 0.5) * span_m / round(span_m / 1.5)
        tilt = about((1.0, 0.0, 0.0), math.radians(38.0 if k % 2 else -38.0))
        parts += [(box((0.05, 0.05, 0.85)).turned(tilt).moved(x, y, top), "steel") for x in (-0.34, -0.06)]
    materials = [plain("steel", "metal", "#8f9294", roughness=0.5)]
    wide = min(4.2, span_m / signs - 0.5)
    for k in range(signs):
        y, tall = -half + (k + 0.5) * span_m / signs, float(rng.uniform(2.2, 2.9))
        low, face = CLEARANCE_M, f"face_{k}"
        parts.append((box((0.04, wide, tall), (0.04, y, low + tall / 2)), "steel"))
        corners = [(0.062, y - wide / 2, low), (0.062, y + wide / 2, low)]
        corners += [(0.062, y + wide / 2, low + tall), (0.062, y - wide / 2, low + tall)]
        parts.append((panel(corners), face))
        ahead = bool(rng.random() < 0.7)
        texture = _destinations(rng, color, wide / tall, ahead)
        materials.append(make_material(face, "retro_sheet", (1.0, 1.0, 1.0), texture=texture))
    return assemble("gantry", "traffic_sign", parts, materials, tags=("gantry",))


def _destinations(rng: np.random.Generator, color: tuple[int, int, int], aspect: float, ahead: bool) -> Texture:
    """Draw a direction sign with two invented places and an arrow."""
    height = 320
    width = round(height * aspect)
    image = np.full((height, width, 3), color, np.uint8)
    cv2.rectangle(image, (8, 8), (width - 9, height - 9), _WHITE, 5, cv2.LINE_AA)
    for row in range(2):
        prints.write(image, prints.place_name(rng), (width // 2, 70 + 80 * row), 42, _WHITE, width * 0.8)
    x, y = width // 2, 250
    tip = (x, y + 42) if ahead else (x + 36, y - 36)
    tail = (x, y - 42) if ahead else (x - 36, y + 36)
    cv2.arrowedLine(image, tail, tip, _WHITE, 12, cv2.LINE_AA, tipLength=0.42)
    return Texture(name="destinations", pixels=image)


def guard_rail(spots_m: np.ndarray, *, double: bool = False) -> tuple[Asset, tuple[float, float]]:
    """Return a guard rail along (N, 2) points, its road side to the right of their way, and where its middle is.

    Args:
        spots_m: points of the beam's line, some metres apart; posts stand at every one.
        double: whether there is a beam on both sides of the posts.
    """
    steel = make_material("steel", "metal", (0.55, 0.56, 0.57), roughness=0.45)
    ahead = np.gradient(spots_m, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    right = np.stack([ahead[:, 1], -ahead[:, 0]], axis=1)
    parts: list[Part] = []
    for sign in (1.0, -1.0) if double else (1.0,):
        rows = []
        for out, up in _BEAM:
            xy = spots_m + sign * (0.12 + out) * right
            rows.append(np.column_stack([xy, np.full(len(xy), BEAM_M + up)]))
        beam = grid(np.array(rows if sign < 0 else rows[::-1]))
        parts.append((beam, "steel"))
    for (x, y), (a, b) in zip(spots_m, ahead, strict=True):
        post = box((0.05, 0.1, BEAM_M + 0.14), (0.0, 0.0, (BEAM_M + 0.14) / 2))
        parts.append((post.turned(about((0.0, 0.0, 1.0), math.atan2(b, a))).moved(float(x), float(y)), "steel"))
    points = np.concatenate([shape.vertices for shape, _ in parts])
    x, y = (points[:, :2].min(axis=0) + points[:, :2].max(axis=0)) / 2
    return assemble("guard_rail", "barrier", parts, [steel], tags=("guard_rail",)), (float(x), float(y))
