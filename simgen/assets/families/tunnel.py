"""Short road tunnels: a tube of concrete over two lanes, its portals, and a row of lamps under its roof."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.shapes import Part, Shape, assemble, box, grid, join
from simgen.scene.asset import Asset
from simgen.scene.material import make_material, rgb

_ARCH_STEPS = 16


def tunnel(
    *,
    name: str = "tunnel",
    length_m: float = 80.0,
    inside_m: float = 8.6,
    wall_m: float = 3.4,
    rise_m: float = 2.2,
    thick_m: float = 0.8,
    lamps_nit: float = 900.0,
) -> Asset:
    """Return a tunnel along x that stands on the road, closed only by its walls and its vault.

    Args:
        name: of the asset.
        length_m: from portal to portal.
        inside_m: clear width.
        wall_m: height at which the vault begins.
        rise_m: of the vault above that.
        thick_m: of walls and vault.
        lamps_nit: luminance of the lamps under the vault; they are seen but give no light to speak of.
    """
    half, ends = inside_m / 2, np.array([length_m / 2, -length_m / 2])
    outline = _outline(half, wall_m, rise_m)
    outside = _outline(half + thick_m, wall_m, rise_m + thick_m)
    shell = join([_sheet(outline, ends), _sheet(outside, ends[::-1]), *_rims(outline, outside, length_m)])
    parts: list[Part] = [(shell, "concrete")]
    face = _rims(_outline(half + thick_m, wall_m, rise_m + thick_m), _block(half + thick_m, wall_m, rise_m), length_m)
    parts += [(shape, "stone") for shape in face]
    for sign in (1.0, -1.0):
        kerb = box((length_m, 0.35, 0.20), (0.0, sign * (half - 0.175), 0.10), 0.03)
        tiles = box((length_m - 0.4, 0.03, 1.6), (0.0, sign * (half - 0.015), 1.2))
        parts += [(kerb, "kerb"), (tiles, "tiles")]
        for x in np.arange(-length_m / 2 + 4.0, length_m / 2 - 2.0, 8.0):
            lamp = box((1.4, 0.25, 0.10), (float(x), sign * half * 0.45, wall_m + rise_m * 0.86), 0.02)
            parts.append((lamp, "lamp"))
    glow = (lamps_nit * 1.3, lamps_nit, lamps_nit * 0.55)
    materials = [
        make_material("concrete", "concrete", rgb("#7d7c78")),
        make_material("stone", "concrete", rgb("#9c978c")),
        make_material("kerb", "concrete", rgb("#8b8984")),
        make_material("tiles", "ceramic", rgb("#c9c6b8")),
        make_material("lamp", "lamp", rgb("#f2e6c8"), emission_nit=glow),
    ]
    return assemble(name, "building", parts, materials)


def draw_tunnel(rng: np.random.Generator) -> Asset:
    """Draw a tunnel for a street of one lane each way."""
    return tunnel(
        length_m=float(rng.uniform(70.0, 90.0)),
        inside_m=float(rng.uniform(8.2, 9.0)),
        wall_m=float(rng.uniform(3.0, 3.8)),
        rise_m=float(rng.uniform(1.6, 2.6)),
        lamps_nit=float(rng.uniform(500.0, 1500.0)),
    )


def _outline(half: float, wall: float, rise: float) -> np.ndarray:
    """Return (N, 2) points (y, z) up the left wall, over the vault and down the right wall."""
    angle = np.linspace(0.0, math.pi, _ARCH_STEPS + 1)
    vault = np.column_stack([half * np.cos(angle), wall + rise * np.sin(angle)])
    return np.concatenate([[[half, 0.0]], vault, [[-half, 0.0]]])


def _block(half: float, wall: float, rise: float) -> np.ndarray:
    """Return a portal wall's outer edge, one point to each of `_outline`: three metres beside and above the vault."""
    wide, top = half + 3.0, wall + rise + 2.6
    inner = _outline(half, wall, rise)
    points = np.column_stack([np.clip(inner[:, 0] / half * 2.2, -1.0, 1.0) * wide, np.full(len(inner), top)])
    points[[0, -1], 1] = 0.0
    return points


def _sheet(outline: np.ndarray, along: np.ndarray) -> Shape:
    """Return the skin over an outline from the first to the second place, seen from inside for falling ones."""
    rows = np.stack([np.column_stack([np.full(len(outline), x), outline]) for x in along])
    return grid(rows)


def _rims(inner: np.ndarray, outer: np.ndarray, length_m: float) -> list[Shape]:
    """Return the two faces between outlines at both ends, facing outwards."""
    found = []
    for x, turned in ((length_m / 2, False), (-length_m / 2, True)):
        rows = np.stack([np.column_stack([np.full(len(o), x), o]) for o in (inner, outer)])
        found.append(grid(rows[::-1] if turned else rows))
    return found
