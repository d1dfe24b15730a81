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

_BEND = 0.55
"""Where along a card it is bent."""

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
    leaf: Leaf,
    base: np.ndarray,
    along: np.ndarray,
    upward: np.ndarray,
    length_m: np.ndarray,
    *,
    width: float = 0.95,
    droop: float = 0.18,
) -> Shape:
    """Return N cards, each with one spray, cut to its outline: bent once across, their tips hanging.

    Args:
        rng: picks the sprays and mirrors half of them.
        leaf: what the sprays bear.
        base: (N, 3) where the stems begin.
        along: (N, 3) unit vectors, where they grow.
        upward: (N, 3) about where the cards' upper sides look.
        length_m: (N,) of the cards.
        width: of a card over its length.
        droop: how far a tip hangs below the straight line, over the length.
    """
    side = cross(upward, along)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    # At the stem, the bend and the tip.
    middle = base[:, None] + np.array([0.0, _BEND, 1.0])[:, None] * (length_m[:, None] * along)[:, None]
    middle[..., 2] -= droop * np.array([0.0, _BEND, 1.0]) ** 2 * length_m[:, None]
    wide = (width * length_m)[:, None] * side
    column, row = rng.integers(_CELLS, size=(2, len(base)))
    flip = rng.random(len(base)) < 0.5
    points, faces, uv, total = [], [], [], 0
    for of_spray, (corners, triangles) in enumerate(_outlines(leaf)):
        for mirrored in (False, True):
            of = np.flatnonzero((row * _CELLS + column == of_spray) & (flip == mirrored))
            u, t = corners.T
            share = np.stack([1.0 - t / _BEND, np.zeros_like(t), (t - _BEND) / (1.0 - _BEND)]).clip(0.0)
            share[1] = 1.0 - share[0] - share[2]
            across = u - 0.5 if mirrored else 0.5 - u
            there = np.einsum("kc,nkx->ncx", share, middle[of]) + across[:, None] * wide[of, None]
            points.append(there.reshape(-1, 3))
            turning = triangles[:, ::-1] if mirrored else triangles
            faces.append((total + len(corners) * np.arange(len(of))[:, None, None] + turning).reshape(-1, 3))
            cell = np.array([of_spray % _CELLS, of_spray // _CELLS])
            on_picture = (cell + corners * (1.0 - 2.0 * _MARGIN) + _MARGIN) / _CELLS
            uv.append(np.broadcast_to(on_picture[turning], (len(of), *turning.shape, 2)).reshape(-1, 3, 2))
            total += len(points[-1])
    return Shape(vertices=np.concatenate(points), faces=np.concatenate(faces), uv=np.concatenate(uv), crease_deg=60.0)


@lru_cache(maxsize=16)
def _outlines(leaf: Leaf) -> tuple[tuple[np.ndarray, np.ndarray], ...]:
    """Return the outline of each spray, those of the lowest row of the picture first.

    Empty corners of a card would only be holes that rays have to be sent through.

    Returns:
        (C, 2) corners, across and along the card, 0 to 1, of an octagon that holds all that is solid, in two parts
        that meet at the bend; and (F, 3) triangles, counter-clockwise.
    """
    mask = spray_textures(leaf)[0].mask
    assert mask is not None
    size = len(mask) // _CELLS
    out = []
    for row in range(_CELLS - 1, -1, -1):
        for column in range(_CELLS):
            solid = mask[row * size : (row + 1) * size, column * size : (column + 1) * size]
            y, x = np.nonzero(np.kron(solid, np.ones((2, 2), bool)))
            # Corners of the texels, y up.
            texel = np.stack([(x + 1) // 2, size - (y + 1) // 2], axis=1) / size
            octagon = _octagon(((texel - _MARGIN) / (1.0 - 2.0 * _MARGIN)).clip(0.0, 1.0))
            below, above = (_cut(octagon, sign) for sign in (1.0, -1.0))
            faces = [
                [first, first + k, first + k + 1]
                for first, part in ((0, below), (len(below), above))
                for k in range(1, len(part) - 1)
            ]
            out.append((np.concatenate([below, above]), np.array(faces)))
    return tuple(out)


def _octagon(points: np.ndarray) -> np.ndarray:
    """Return (8, 2) corners, counter-clockwise, of the smallest upright octagon of eight directions around points."""
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    total, less = points.sum(axis=1), points[:, 0] - points[:, 1]
    s0, s1, d0, d1 = total.min(), total.max(), less.min(), less.max()
    return np.array(
        [
            (s0 - y0, y0), (d1 + y0, y0), (x1, x1 - d1), (x1, s1 - x1),
            (s1 - y1, y1), (d0 + y1, y1), (x0, x0 - d0), (x0, s0 - x0),
        ]
    )  # fmt: skip


def _cut(corners: np.ndarray, sign: float) -> np.ndarray:
    """Return what of a convex polygon lies below the bend, or above it with ``sign`` -1, without equal corners."""
    kept: list[np.ndarray] = []
    for p, q in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        a, b = sign * (_BEND - p[1]), sign * (_BEND - q[1])
        if a >= 0.0:
            kept.append(p)
        if a * b < 0.0:
            kept.append(p + a / (a - b) * (q - p))
    return np.array([p for k, p in enumerate(kept) if np.abs(p - kept[k - 1]).max() > 1e-6])


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
