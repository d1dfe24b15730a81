"""Bumps of the surfaces that `simgen.assets.textures` colours: height fields drawn by code, as normal maps.

A relief given a generator in the state its texture was given draws the same fields first, so that its stones and
joints lie where the texture shows them.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simgen.assets.textures import TILE_M, edge_distance, grid, noise
from simgen.scene.material import Texture


def asphalt(rng: np.random.Generator, size_px: int = 1024) -> Texture:
    """Draw the stones of worn asphalt: about 0.6 mm mean height, as dense-graded road has."""
    noise(rng, size_px, size_px // 2)  # the texture's grain
    stones = noise(rng, size_px, size_px // 3)
    height = 0.00055 * np.clip(stones, -1.6, 1.2) + 0.0012 * noise(rng, size_px, 24)
    return normal_map("asphalt", height, TILE_M["asphalt"])


def paving(rng: np.random.Generator, size_px: int = 512, slabs: int = 5) -> Texture:
    """Draw slabs with open joints 4 mm deep, each laid a little out of level."""
    y, x = grid(size_px) * slabs
    row, column = y.astype(int), x.astype(int)
    lean = rng.normal(0.0, 0.006, (2, slabs, slabs))
    side_m = TILE_M["paving"] / slabs
    level = side_m * (lean[0][row, column] * (x % 1 - 0.5) + lean[1][row, column] * (y % 1 - 0.5))
    edge = edge_distance(x, y) * side_m
    height = level - 0.004 * np.clip(1.0 - (edge - 0.003) / 0.006, 0.0, 1.0)
    height += 0.0004 * noise(rng, size_px, size_px // 5)
    return normal_map("paving", height, TILE_M["paving"])


def brick(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw running-bond bricks, their joints struck 5 mm back, each brick set a little askew."""
    y, x = grid(size_px)
    row, column = y * 24, x * 8
    shifted = column + 0.5 * (row.astype(int) % 2)
    where = (row.astype(int), shifted.astype(int) % 8)
    across = np.minimum(shifted % 1, 1 - shifted % 1) * 0.225
    along = np.minimum(row % 1, 1 - row % 1) * 0.075
    edge = np.minimum(across, along)
    lean = rng.normal(0.0, 0.02, (2, 24, 8))
    level = 0.225 * lean[0][where] * (shifted % 1 - 0.5) + 0.075 * lean[1][where] * (row % 1 - 0.5)
    inside = np.clip((edge - 0.003) / 0.004, 0.0, 1.0)
    rough = 0.0006 * noise(rng, size_px, size_px // 4) + 0.0005 * noise(rng, size_px, size_px // 10)
    height = inside * (0.005 + level) + rough
    return normal_map("brick", height, TILE_M["brick"])


def plaster(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw float-finished render: grain of half a millimetre over the trowel's gentle waves."""
    height = 0.0005 * noise(rng, size_px, size_px // 3) + 0.0010 * noise(rng, size_px, 48)
    height += 0.0030 * noise(rng, size_px, 6)
    return normal_map("plaster", height, TILE_M["plaster"])


def concrete(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw cast concrete: slight waves, grain and pores."""
    pores = np.clip(noise(rng, size_px, size_px // 4) - 1.6, 0.0, 0.8)
    height = 0.0003 * noise(rng, size_px, size_px // 3) + 0.0012 * noise(rng, size_px, 12) - 0.0030 * pores
    return normal_map("concrete", height, TILE_M["concrete"])


def kerb_stone(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw hewn granite with one open joint a tile across the u axis."""
    _, x = grid(size_px)
    edge = np.minimum(x, 1.0 - x) * TILE_M["kerb_stone"]
    height = 0.0005 * noise(rng, size_px, size_px // 6) + 0.0012 * noise(rng, size_px, 14)
    height -= 0.005 * np.clip(1.0 - (edge - 0.003) / 0.005, 0.0, 1.0)
    return normal_map("kerb_stone", height, TILE_M["kerb_stone"])


def roof_tiles(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw clay pantiles: each course rises towards its lower edge, lies on the next, and arches across."""
    y, x = grid(size_px)
    course, column = y * 8, x * 10
    down, across = course % 1, column % 1
    lift = rng.normal(0.0, 0.002, (8, 10))[course.astype(int), column.astype(int)]
    # Rows run down the roof, and a tile lies highest at its own lower edge, just above where the next begins.
    height = 0.022 * np.clip(down / 0.95, 0.0, 1.0) * (down < 0.985) + 0.020 * np.sin(np.pi * across) + lift
    height += 0.0006 * noise(rng, size_px, size_px // 6)
    return normal_map("roof_tiles", height, TILE_M["roof_tiles"])


def bark(rng: np.random.Generator, size_px: int = 256) -> Texture:
    """Draw furrows along v, 15 mm deep, where the texture of the same generator has them."""
    warp = 0.035 * noise(rng, size_px, 6)
    ridges = noise(rng, size_px, 28, 7)
    columns = ((np.arange(size_px)[None, :] / size_px + warp) * size_px).astype(int) % size_px
    depth = np.clip(np.abs(np.take_along_axis(ridges, columns, axis=1)) * 1.3, 0.0, 1.0)
    height = 0.012 * depth + 0.0010 * noise(rng, size_px, size_px // 6)
    return normal_map("bark", height, TILE_M["bark"])


def soil(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw crumbs and clods."""
    crumbs = noise(rng, size_px, size_px // 6)
    height = 0.0016 * crumbs + 0.008 * noise(rng, size_px, 14) + 0.0006 * noise(rng, size_px, size_px // 3)
    return normal_map("soil", height, TILE_M["soil"])


def grass(rng: np.random.Generator, size_px: int = 512) -> Texture:
    """Draw a lawn's tufts."""
    height = 0.0045 * noise(rng, size_px, size_px // 8) + 0.010 * noise(rng, size_px, 16)
    return normal_map("grass", height, TILE_M["grass"])


def fabric(rng: np.random.Generator, size_px: int = 256) -> Texture:
    """Draw a plain weave, its threads crossing over and under."""
    y, x = grid(size_px)
    height = 0.00018 * np.cos(2 * np.pi * x * 64) * np.cos(2 * np.pi * y * 64)
    height += 0.00004 * noise(rng, size_px, 64)
    return normal_map("fabric", height, TILE_M["fabric"])


def normal_map(name: str, height_m: np.ndarray, tile_m: float) -> Texture:
    """Return the normal map of a periodic height field.

    Args:
        name: of what it belongs to.
        height_m: (H, W), row 0 at the top (v = 1), metres.
        tile_m: metres that the field covers, along both axes.
    """
    rows, columns = height_m.shape
    along_u = (np.roll(height_m, -1, axis=1) - np.roll(height_m, 1, axis=1)) * (columns / (2.0 * tile_m))
    along_v = (np.roll(height_m, 1, axis=0) - np.roll(height_m, -1, axis=0)) * (rows / (2.0 * tile_m))
    vector = np.dstack([-along_u, -along_v, np.ones_like(height_m)])
    vector /= np.linalg.norm(vector, axis=2, keepdims=True)
    return Texture(name=f"{name}/relief", pixels=np.rint(128.0 + 127.0 * vector).clip(0, 255).astype(np.uint8))


RELIEFS: dict[str, Callable[[np.random.Generator], Texture]] = {
    "asphalt": asphalt,
    "brick": brick,
    "concrete": concrete,
    "fabric": fabric,
    "grass": grass,
    "kerb_stone": kerb_stone,
    "paving": paving,
    "plaster": plaster,
    "roof_tiles": roof_tiles,
    "soil": soil,
}
"""Who draws the relief of a texture, by the name of the function that draws the texture."""
