"""Lost cargo: pallets, tyres, crates."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.shapes import Part, assemble, box, pick, plain, revolve
from simgen.geometry.pose import about
from simgen.scene.asset import Asset, Symmetry


def pallet(*, name: str = "pallet", length_m: float = 1.2, width_m: float = 0.8, color: str = "#b08d5e") -> Asset:
    """Return a wooden pallet of EPAL's make: five boards on top, three skids (EN 13698-1), 144 mm high."""
    parts: list[Part] = []
    for y in np.linspace(-width_m / 2 + 0.0725, width_m / 2 - 0.0725, 5):
        parts.append(
            (
                box(
                    (length_m, 0.145 if abs(y) in (0.0, width_m / 2 - 0.0725) else 0.10, 0.022), (0.0, float(y), 0.133)
                ),
                "wood",
            )
        )
    for x in (-length_m / 2 + 0.0725, 0.0, length_m / 2 - 0.0725):
        parts.append((box((0.145, width_m, 0.022), (x, 0.0, 0.111)), "wood"))
        for y in (-width_m / 2 + 0.05, 0.0, width_m / 2 - 0.05):
            parts.append((box((0.145, 0.10 if y else 0.145, 0.078), (x, y, 0.061)), "block"))
    for y in (-width_m / 2 + 0.05, 0.0, width_m / 2 - 0.05):
        parts.append((box((length_m, 0.10, 0.022), (0.0, y, 0.011)), "wood"))
    materials = [plain("wood", "wood", color), plain("block", "wood", "#8a6d48")]
    return assemble(name, "pallet", parts, materials, symmetries=(Symmetry(folds=2),))


def tyre(*, name: str = "tyre", radius_m: float = 0.31, width_m: float = 0.2, upright: bool = False) -> Asset:
    """Return a car's tyre, lying or standing on its tread."""
    r, half, bead = radius_m, width_m / 2, radius_m * 0.66
    profile = [(bead, -half * 0.72), (r * 0.86, -half), (r * 0.97, -half * 0.86), (r, -half * 0.5), (r, half * 0.5),
               (r * 0.97, half * 0.86), (r * 0.86, half), (bead, half * 0.72), (bead, -half * 0.72)]  # fmt: skip
    parts: list[Part] = [(revolve(profile, 40, crease_deg=35.0), "tyre")]
    for z in (-0.25, 0.25):
        parts.append((revolve([(r * 1.004, (z - 0.03) * half * 2), (r * 1.004, (z + 0.03) * half * 2)], 40), "groove"))
    axis, middle = (0.0, 0.0, 1.0), (0.0, 0.0, half)
    if upright:
        turn = about((1.0, 0.0, 0.0), -math.pi / 2)
        parts = [(shape.turned(turn), of) for shape, of in parts]
        axis, middle = (0.0, 1.0, 0.0), (0.0, 0.0, r * 1.004)
    materials = [plain("tyre", "rubber", "#1c1c1d"), plain("groove", "rubber", "#0b0b0b")]
    turns = (Symmetry(axis=axis, offset_m=middle), Symmetry(axis=(1.0, 0.0, 0.0), offset_m=middle, folds=2))
    return assemble(name, "tyre", parts, materials, symmetries=turns)


def crate(
    *, name: str = "crate", size_m: tuple[float, float, float] = (0.6, 0.4, 0.32), color: str = "#2a5ba0"
) -> Asset:
    """Return an open transport crate of plastic with ribs."""
    x, y, z = size_m
    wall = 0.012
    parts: list[Part] = [(box((x, y, wall), (0.0, 0.0, wall / 2)), "plastic")]
    for sign in (1.0, -1.0):
        parts.append((box((x, wall, z), (0.0, sign * (y - wall) / 2, z / 2), 0.003), "plastic"))
        parts.append((box((wall, y, z), (sign * (x - wall) / 2, 0.0, z / 2), 0.003), "plastic"))
        parts.append((box((x + 0.02, 0.022, 0.03), (0.0, sign * y / 2, z - 0.02), 0.005), "plastic"))
        parts.append((box((0.022, y + 0.02, 0.03), (sign * x / 2, 0.0, z - 0.02), 0.005), "plastic"))
        parts.append((box((0.006, 0.11, 0.03), (sign * (x / 2 + 0.001), 0.0, z - 0.07)), "dark"))
        for t in np.linspace(-0.4, 0.4, 5):
            parts.append((box((0.012, 0.012, z * 0.86), (float(t) * x, sign * (y / 2 + 0.004), z * 0.45)), "plastic"))
    materials = [plain("plastic", "plastic", color), plain("dark", "plastic", "#101011")]
    return assemble(name, "crate", parts, materials, symmetries=(Symmetry(folds=2),))


def draw_pallet(rng: np.random.Generator) -> Asset:
    """Draw a pallet of 1.2 x 0.8 m or 1.2 x 1.0 m."""
    return pallet(width_m=pick(rng, (0.8, 0.8, 1.0)), color=pick(rng, ("#b08d5e", "#9a8464", "#c4a474", "#7d7160")))


def draw_tyre(rng: np.random.Generator) -> Asset:
    """Draw a tyre."""
    return tyre(
        radius_m=float(rng.uniform(0.28, 0.38)),
        width_m=float(rng.uniform(0.17, 0.27)),
        upright=bool(rng.random() < 0.25),
    )


def draw_crate(rng: np.random.Generator) -> Asset:
    """Draw a crate in the sizes that fit a pallet."""
    size = pick(rng, ((0.6, 0.4, 0.32), (0.6, 0.4, 0.22), (0.4, 0.3, 0.22), (0.6, 0.4, 0.12), (0.4, 0.3, 0.12)))
    return crate(size_m=size, color=pick(rng, ("#2a5ba0", "#b33a2a", "#3a3d40", "#3f7a4a", "#d9a81c", "#8d9196")))
