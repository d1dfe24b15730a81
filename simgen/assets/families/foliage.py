"""Sprays of leaves and needles on cards: pictures with holes, drawn by code, and the cards that carry them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np

from simgen.assets.families.shapes import Shape
from simgen.scene.material import Material, Rgb, Texture, make_material
from simgen.scene.mesh import cross
from simgen.streams import stream

Leaf = Literal["oval", "small", "lobed", "long", "needle", "tuft"]

_CELLS = 2
"""Sprays along each side of a picture."""

_MARGIN = 0.012
"""Of a cell, left out at its rim, so that no card shows its neighbour."""


@dataclass(frozen=True, kw_only=True)
class _Kind:
    """A kind of leaf: how many a spray has, length of one in card lengths, its width over length, its sRGB colour."""

    count: int
    length: float
    width: float
    color: tuple[float, float, float]


_KINDS: dict[Leaf, _Kind] = {
    "oval": _Kind(count=135, length=0.125, width=0.62, color=(96.0, 126.0, 54.0)),
    "small": _Kind(count=270, length=0.085, width=0.70, color=(112.0, 136.0, 62.0)),
    "lobed": _Kind(count=64, length=0.165, width=0.95, color=(92.0, 118.0, 50.0)),
    "long": _Kind(count=150, length=0.16, width=0.28, color=(110.0, 130.0, 72.0)),
    "needle": _Kind(count=900, length=0.060, width=0.0, color=(66.0, 90.0, 58.0)),
    "tuft": _Kind(count=560, length=0.20, width=0.0, color=(84.0, 108.0, 68.0)),
}


@lru_cache(maxsize=16)
def spray_textures(leaf: Leaf) -> tuple[Texture, Texture]:
    """Return four sprays of a leaf, their stems at the lower middle: colour with holes, and how each leaf is tilted."""
    rng = stream(0, f"families/foliage.{leaf}", 0)
    rows = []
    for _ in range(_CELLS):
        cells = [_spray(rng, leaf) for _ in range(_CELLS)]
        rows.append([np.concatenate([cell[part] for cell in cells], axis=1) for part in range(3)])
    color, tilt, mask = (np.concatenate([row[part] for row in rows]) for part in range(3))
    return (
        Texture(name=f"spray_{leaf}", pixels=color, mask=mask > 0),
        Texture(name=f"spray_{leaf}/relief", pixels=tilt),
    )


def leaf_materials(leaf: Leaf, tint: Rgb) -> list[Material]:
    """Return the materials ``leaf_0`` (in the light) to ``leaf_2`` (deep in the crown) of one plant."""
    color, tilt = spray_textures(leaf)
    out = []
    for k, share in enumerate((1.0, 0.84, 0.66)):
        shade = (tint[0] * share, tint[1] * share, tint[2] * share)
        out.append(make_material(f"leaf_{k}", "foliage", shade, texture=color, normal_texture=tilt))
    return out


def cards(
    rng: np.random.Generator,
    base: np.ndarray,
    along: np.ndarray,
    upward: np.ndarray,
    length_m: np.ndarray,
    *,
    width: float = 0.95,
    droop: float = 0.18,
) -> Shape:
    """Return N cards, each with one spray, of four triangles each: bent once across, their tips hanging.

    Args:
        rng: picks the sprays and mirrors half of them.
        base: (N, 3) where the stems begin.
        along: (N, 3) unit vectors, where they grow.
        upward: (N, 3) about where the cards' upper sides look.
        length_m: (N,) of the cards.
        width: of a card over its length.
        droop: how far a tip hangs below the straight line, over the length.
    """
    count = len(base)
    side = cross(upward, along)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    half = (0.5 * width * length_m)[:, None] * side
    points = np.empty((count, 6, 3))
    for k, t in enumerate((0.0, 0.55, 1.0)):
        middle = base + (t * length_m)[:, None] * along
        middle[:, 2] -= droop * t * t * length_m
        points[:, 2 * k], points[:, 2 * k + 1] = middle + half, middle - half
    column, row = rng.integers(_CELLS, size=(2, count))
    flip = rng.random(count) < 0.5
    uv = np.empty((count, 6, 2))
    for k, t in enumerate((0.0, 0.55, 1.0)):
        for right in range(2):
            u = np.where(flip, 1 - right, right) * (1.0 - 2.0 * _MARGIN) + _MARGIN
            v = t * (1.0 - 2.0 * _MARGIN) + _MARGIN
            uv[:, 2 * k + right] = np.stack([(column + u) / _CELLS, (row + v) / _CELLS], axis=1)
    corners = np.array([[0, 1, 3], [0, 3, 2], [2, 3, 5], [2, 5, 4]])
    faces = (6 * np.arange(count)[:, None, None] + corners).reshape(-1, 3)
    return Shape(vertices=points.reshape(-1, 3), faces=faces, uv=uv[:, corners].reshape(-1, 3, 2), crease_deg=60.0)


def _spray(rng: np.random.Generator, leaf: Leaf, size_px: int = 256) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return one spray: (H, W, 3) colour, (H, W, 3) normal map, (H, W) uint8 mask."""
    kind = _KINDS[leaf]
    color = np.empty((size_px, size_px, 3), np.uint8)
    color[:] = np.array(kind.color, np.float64) * 0.8
    tilt = np.empty((size_px, size_px, 3), np.uint8)
    tilt[:] = (128, 128, 255)
    mask = np.zeros((size_px, size_px), np.uint8)
    twigs = _twigs(rng, leaf)
    for line, _ in twigs:
        _draw_twig(line, color, mask, size_px)
    draw = _draw_needle if leaf in ("needle", "tuft") else _draw_leaf
    lengths = np.array([weight for _, weight in twigs])
    for k in range(kind.count):
        line, _ = twigs[int(rng.choice(len(twigs), p=lengths / lengths.sum()))]
        t = rng.uniform(0.12, 1.0) if leaf != "tuft" else rng.uniform(0.55, 1.0)
        at = line[0] + t * (line[1] - line[0])
        heading = math.atan2(*(line[1] - line[0])[::-1])
        spread = rng.normal(0.0, 0.45) + (0.85 if rng.random() < 0.5 else -0.85) * (1.05 - 0.6 * t)
        if leaf == "tuft":
            spread = rng.uniform(-1.5, 1.5)
        light = 0.62 + 0.45 * k / kind.count + rng.normal(0.0, 0.07)
        draw(rng, kind, leaf, at, heading + spread, light, (color, tilt, mask), size_px)
    return color, tilt, mask


def _twigs(rng: np.random.Generator, leaf: Leaf) -> list[tuple[np.ndarray, float]]:
    """Return (start and end, weight) of twigs in a unit square, x to the right and y up, rooted at (0.5, 0)."""
    tip = np.array([0.5 + rng.normal(0.0, 0.04), {"needle": 0.95, "tuft": 0.78}.get(leaf, 0.83)])
    root = np.array([0.5, 0.0])
    found = [(np.array([root, tip]), 1.0)]
    count = {"needle": 13, "tuft": 6}.get(leaf, 7)
    for k in range(count):
        t = (k + 0.6) / (count + 0.4)
        start = root + t * (tip - root)
        sign = 1.0 if k % 2 else -1.0
        reach = {"needle": 0.46 * (1.04 - t) + 0.05, "tuft": 0.34}.get(leaf, 0.40 * math.sqrt(1.0 - t * t) + 0.08)
        reach *= rng.uniform(0.8, 1.1)
        angle = math.pi / 2 - sign * rng.uniform(0.7, 1.0)
        end = start + reach * np.array([math.cos(angle), math.sin(angle)])
        found.append((np.array([start, np.clip(end, 0.08, 0.92)]), reach))
    return found


def _pixels(points: np.ndarray, size_px: int) -> np.ndarray:
    """Return (N, 2) points of the unit square, y up, as pixels in sixteenths."""
    return np.rint(np.stack([points[:, 0], 1.0 - points[:, 1]], axis=1) * size_px * 16).astype(np.int32)


def _draw_twig(line: np.ndarray, color: np.ndarray, mask: np.ndarray, size_px: int) -> None:
    start, end = (tuple(p) for p in _pixels(line, size_px).tolist())
    cv2.line(color, start, end, (78, 66, 50), 2, cv2.LINE_8, 4)
    cv2.line(mask, start, end, 255, 1, cv2.LINE_8, 4)


def _draw_leaf(
    rng: np.random.Generator,
    kind: _Kind,
    leaf: Leaf,
    at: np.ndarray,
    heading: float,
    light: float,
    images: tuple[np.ndarray, np.ndarray, np.ndarray],
    size_px: int,
) -> None:
    """Draw one leaf of uniform tilt, its midrib lighter."""
    color, tilt, mask = images
    length = kind.length * rng.uniform(0.75, 1.15)
    outline = _lobed() if leaf == "lobed" else _oval()
    # Leaves are seen at all slants: the narrower, the more they are turned about their own axis.
    shape = outline * np.array([length, length * kind.width * rng.uniform(0.55, 1.0)])
    c, s = math.cos(heading), math.sin(heading)
    points = at + shape @ np.array([[c, s], [-s, c]])
    points = _pixels(np.clip(points, 0.01, 0.99), size_px)
    warm = rng.normal(0.0, 0.05)
    shade = np.clip(np.array(kind.color) * light * np.array([1.0 + warm, 1.0, 1.0 - warm]), 0, 255)
    lean = rng.normal(0.0, 0.42, 2)
    normal = np.array([*lean, 1.0]) / math.sqrt(1.0 + lean @ lean)
    cv2.fillPoly(mask, [points], 255, cv2.LINE_8, 4)
    cv2.fillPoly(color, [points], shade.tolist(), cv2.LINE_AA, 4)
    cv2.fillPoly(tilt, [points], np.rint(128 + 127 * normal).clip(0, 255).tolist(), cv2.LINE_8, 4)
    rib = _pixels(np.stack([at, at + 0.9 * length * np.array([c, s])]).clip(0.01, 0.99), size_px)
    paler = (shade * 1.18).clip(0, 255).tolist()
    cv2.line(color, tuple(rib[0].tolist()), tuple(rib[1].tolist()), paler, 1, cv2.LINE_AA, 4)


def _draw_needle(
    rng: np.random.Generator,
    kind: _Kind,
    leaf: Leaf,
    at: np.ndarray,
    heading: float,
    light: float,
    images: tuple[np.ndarray, np.ndarray, np.ndarray],
    size_px: int,
) -> None:
    """Draw one needle."""
    color, tilt, mask = images
    length = kind.length * rng.uniform(0.7, 1.2)
    end = at + length * np.array([math.cos(heading), math.sin(heading)])
    points = _pixels(np.stack([at, end]).clip(0.01, 0.99), size_px)
    start, stop = (tuple(p) for p in points.tolist())
    shade = np.clip(np.array(kind.color) * light, 0, 255)
    lean = rng.normal(0.0, 0.4, 2)
    normal = np.array([*lean, 1.0]) / math.sqrt(1.0 + lean @ lean)
    thick = 2 if leaf == "needle" else 1
    cv2.line(mask, start, stop, 255, thick, cv2.LINE_8, 4)
    cv2.line(color, start, stop, shade.tolist(), thick, cv2.LINE_8, 4)
    cv2.line(tilt, start, stop, np.rint(128 + 127 * normal).clip(0, 255).tolist(), thick, cv2.LINE_8, 4)


@lru_cache(maxsize=1)
def _oval() -> np.ndarray:
    """Return a pointed oval along x from 0 to 1, 1 wide."""
    t = np.linspace(0.0, 1.0, 9)
    half = 0.5 * np.sin(math.pi * t**0.8) ** 0.9
    return np.concatenate([np.stack([t, half], axis=1), np.stack([t, -half], axis=1)[-2:0:-1]])


@lru_cache(maxsize=1)
def _lobed() -> np.ndarray:
    """Return a five-lobed leaf, its stem at the origin, about 1 long and 1 wide."""
    angle = np.linspace(-2.35, 2.35, 21)
    reach = 0.34 + 0.22 * np.abs(np.cos(angle * 2.5 / 2.0 * 1.6))
    return np.stack([0.42 + reach * np.cos(angle), reach * np.sin(angle)], axis=1)
