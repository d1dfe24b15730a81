"""Soft and draped shapes: cushions, cloth that hangs in folds, rugs; and the cloth they are made of."""

from __future__ import annotations

import math
from functools import lru_cache

import cv2
import numpy as np

from simgen.assets import textures
from simgen.assets.families.shapes import Shape, grid, join, loft
from simgen.geometry.pose import Vector3
from simgen.scene.material import Material, SubstanceName, Texture, make_material, rgb
from simgen.streams import stream

WEAVE_M = 0.12
"""What one tile of the weave covers."""


def cushion(size_m: Vector3, centre_m: Vector3 = (0.0, 0.0, 0.0), round_m: float = 0.04, bulge_m: float = 0.0) -> Shape:
    """Return a box whose edges are rounded and whose faces are stuffed.

    Args:
        size_m: along x, y and z, without the stuffing.
        centre_m: its middle.
        round_m: radius of the edges; cut to 0.49 of the least side.
        bulge_m: how far the middle of each face stands out; a face bulges in proportion to its width, the broadest by
            this.
    """
    half = np.asarray(size_m, dtype=np.float64) / 2
    radius = min(round_m, 0.98 * float(half.min()))
    shapes = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        across, along = _steps(half[u], radius), _steps(half[v], radius)
        for sign in (-1.0, 1.0):
            points = np.empty((len(along), len(across), 3))
            points[..., axis] = sign * half[axis]
            # Rows run so that the face looks outwards.
            points[..., u] = across if sign > 0 else across[::-1]
            points[..., v] = along[:, None]
            inner = np.clip(points, radius - half, half - radius)
            out = points - inner
            out *= radius / np.linalg.norm(out, axis=2, keepdims=True)
            swell = (1 - (points[..., u] / half[u]) ** 2) * (1 - (points[..., v] / half[v]) ** 2)
            points = inner + out
            points[..., axis] += sign * bulge_m * min(half[u], half[v]) / float(np.sort(half)[1]) * swell
            shapes.append(grid(points))
    return join(shapes).creased(75.0).moved(*centre_m).wrapped(WEAVE_M)


def _steps(half: float, radius: float) -> np.ndarray:
    """Return coordinates from -half to half, close together where the edge is rounded."""
    turn = np.tan(np.linspace(0.0, math.pi / 4, 3))
    edge = half - radius + radius * turn
    flat = np.linspace(radius - half, half - radius, 4)
    return np.concatenate([-edge[:0:-1], flat, edge[1:]])


def curtain(width_m: float, height_m: float, folds: int, depth_m: float = 0.05, thick_m: float = 0.003) -> Shape:
    """Return cloth that hangs in folds in the plane y-z, from z = 0 to ``height_m``, a little wider at its hem."""
    along = np.linspace(-0.5, 0.5, 10 * folds + 1)
    rows = []
    for z in (0.0, height_m / 2, height_m):
        spread = 1.0 - 0.06 * z / height_m
        wave = 0.5 * depth_m * (1.0 - 0.35 * z / height_m) * np.sin(2 * math.pi * folds * along)
        front = np.stack([wave + thick_m / 2, along * width_m * spread, np.full_like(along, z)], axis=1)
        back = front - (thick_m, 0.0, 0.0)
        rows.append(np.concatenate([front, back[::-1]]))
    return loft(np.stack(rows), crease_deg=70.0).wrapped(WEAVE_M)


def cloth(name: str, color: str, substance: SubstanceName = "cloth", roughness: float | None = None) -> Material:
    """Return woven cloth of a colour, ``#rrggbb``; leather and the like are without a weave."""
    weave = _weave() if substance == "cloth" else None
    return make_material(name, substance, rgb(color), texture=weave, roughness=roughness, tintable=True)


@lru_cache(maxsize=1)
def _weave() -> Texture:
    """Draw a fine weave, near white: threads of 2 mm, a little uneven."""
    rng, size = stream(0, "families/soft/weave", 0), 256
    y, x = textures.grid(size)
    threads = np.cos(2 * np.pi * x * 64) * np.cos(2 * np.pi * y * 64)
    uneven = textures.noise(rng, size, 64, 24) + textures.noise(rng, size, 24, 64) + 0.7 * textures.noise(rng, size, 9)
    tone = 232.0 * (1.0 + 0.05 * threads + 0.022 * uneven)
    return Texture(
        name="weave", pixels=np.repeat(np.clip(np.rint(tone), 0, 255)[..., None], 3, axis=2).astype(np.uint8)
    )


def rug_pattern(rng: np.random.Generator, size_px: tuple[int, int]) -> Texture:
    """Draw a rug, (width, height) in pixels: plain with a border, stripes, a lattice or a medallion."""
    width, height = size_px
    # Wool is dyed in muted colours: two thirds of each are its own grey.
    dyes = rng.uniform(35, 215, (4, 3))
    dyes = 0.35 * dyes + 0.65 * dyes.mean(axis=1, keepdims=True)
    ink = [tuple(float(c) for c in dye) for dye in dyes[:3]]
    base = dyes[3] * 0.6 + 70.0
    image = np.full((height, width, 3), base, np.float32)
    kind = ("border", "stripes", "lattice", "medallion")[int(rng.integers(4))]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    if kind == "stripes":
        step = float(rng.uniform(14, 46))
        image[(x % (3 * step)) < step] = ink[1]
        image[((x + step * 0.5) % (3 * step)) < step * 0.3] = ink[2]
    elif kind == "lattice":
        step = float(rng.uniform(26, 60))
        lines = np.minimum(np.abs((x + y) % step - step / 2), np.abs((x - y) % step - step / 2)) < 0.06 * step
        image[lines] = ink[1]
    elif kind == "medallion":
        reach = np.hypot((x - width / 2) / width, (y - height / 2) / height)
        turn = np.arctan2(y - height / 2, x - width / 2)
        petals = int(rng.integers(6, 14))
        ring = reach + 0.025 * np.cos(petals * turn)
        for limit, color in ((0.36, ink[1]), (0.3, base), (0.2, ink[2]), (0.1, ink[1])):
            image[ring < limit] = color
    edge = max(round(0.05 * min(width, height)), 3)
    if kind != "stripes":
        cv2.rectangle(image, (edge, edge), (width - edge - 1, height - edge - 1), ink[1], edge)
        cv2.rectangle(
            image, (2 * edge, 2 * edge), (width - 2 * edge - 1, height - 2 * edge - 1), ink[2], max(edge // 4, 1)
        )
    pile = cv2.GaussianBlur(rng.standard_normal((height, width)).astype(np.float32), (0, 0), 0.9)
    image *= (1.0 + 0.16 * pile / float(pile.std()) * 0.5)[..., None]
    return Texture(name=f"rug_{kind}", pixels=np.clip(np.rint(image), 0, 255).astype(np.uint8))
