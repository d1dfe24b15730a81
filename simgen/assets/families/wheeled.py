"""What people sit in and push: wheelchairs and strollers."""

from __future__ import annotations

import numpy as np

from simgen.assets.families.shapes import Part, assemble, box, hoop, hull, pick, tube
from simgen.scene.asset import Asset
from simgen.scene.material import Material, make_material, rgb

COLORS = ("#22456f", "#8f1d1f", "#2f5a40", "#3a3d42", "#6a4c7a", "#b08a52")


def wheelchair(*, name: str = "wheelchair", wheel_m: float = 0.30, color: str = "#22456f") -> Asset:
    """Return a manual wheelchair facing +x: the large wheels' outer radius and the colour of its frame."""
    r = wheel_m
    parts: list[Part] = [
        (box((0.42, 0.42, 0.05), (0.02, 0.0, 0.50), 0.015), "seat"),
        (box((0.04, 0.42, 0.42), (-0.20, 0.0, 0.76), 0.012), "seat"),
        (box((0.16, 0.34, 0.02), (0.46, 0.0, 0.13)), "dark"),
    ]
    for side in (1.0, -1.0):
        y = side * 0.25
        parts.append((hoop(r - 0.015, 0.015, 28, 8).moved(-0.08, side * 0.29, r), "tyre"))
        parts.append((hoop(r - 0.05, 0.008, 28, 6).moved(-0.08, side * 0.325, r), "metal"))
        for turn in np.arange(8) * (2 * np.pi / 8):
            end = np.array([-0.08 + (r - 0.02) * np.cos(turn), side * 0.29, r + (r - 0.02) * np.sin(turn)])
            parts.append((tube([(-0.08, side * 0.285, r), end], 0.0025, 5), "metal"))
        parts.append((hoop(0.06, 0.018, 16, 6).moved(0.34, y, 0.078), "tyre"))
        frame = [
            (-0.34, y, 0.94),
            (-0.21, y, 0.94),
            (-0.20, y, 0.48),
            (0.24, y, 0.48),
            (0.36, y, 0.40),
            (0.46, y, 0.15),
        ]
        parts.append((tube(frame, 0.012, 8), "frame"))
        parts.append((tube([(-0.20, y, 0.70), (0.10, y, 0.71), (0.12, y, 0.50)], 0.012, 8), "frame"))
        parts.append((tube([(0.30, y, 0.46), (0.34, y, 0.10)], 0.012, 8), "frame"))
        parts.append((tube([(-0.08, side * 0.29, r), (-0.08, y, 0.48)], 0.014, 8), "frame"))
    return assemble(name, "wheelchair", parts, _materials(color, "#26282b"))


def stroller(*, name: str = "stroller", hood: bool = True, color: str = "#22456f") -> Asset:
    """Return a child's stroller facing +x, with or without its hood up, and its cloth's colour."""
    seat = [
        (x, y, z)
        for y in (-0.19, 0.19)
        for x, z in ((-0.18, 0.95), (-0.24, 0.90), (-0.02, 0.48), (0.26, 0.50), (0.28, 0.56), (0.02, 0.60))
    ]
    parts: list[Part] = [(hull(seat, 40.0), "cloth"), (box((0.30, 0.34, 0.12), (-0.02, 0.0, 0.24), 0.03), "seat")]
    if hood:
        arch = [
            (x, y, z)
            for y in (-0.20, 0.20)
            for x, z in ((-0.26, 0.92), (-0.20, 1.06), (-0.02, 1.10), (0.12, 1.02), (0.08, 0.99), (-0.20, 0.88))
        ]
        parts.append((hull(arch, 60.0), "cloth"))
    for side in (1.0, -1.0):
        y = side * 0.24
        parts.append((tube([(-0.52, y, 1.02), (-0.44, y, 1.0), (0.05, y, 0.42), (0.32, y, 0.12)], 0.012, 8), "frame"))
        parts.append((tube([(0.20, y, 0.62), (-0.30, y, 0.14)], 0.012, 8), "frame"))
        for x, radius in ((-0.30, 0.13), (0.34, 0.10)):
            parts.append((hoop(radius - 0.022, 0.022, 20, 8).moved(x, y + side * 0.03, radius), "tyre"))
            parts.append((tube([(x, y - 0.02, radius), (x, y + 0.05 * side, radius)], 0.03, 8), "dark"))
    parts.append((tube([(-0.52, -0.24, 1.02), (-0.52, 0.24, 1.02)], 0.015, 8), "dark"))
    return assemble(name, "stroller", parts, _materials("#8f9296", color))


def draw_wheelchair(rng: np.random.Generator) -> Asset:
    """Draw a wheelchair."""
    return wheelchair(wheel_m=float(rng.uniform(0.28, 0.31)), color=pick(rng, COLORS))


def draw_stroller(rng: np.random.Generator) -> Asset:
    """Draw a stroller."""
    return stroller(hood=bool(rng.random() < 0.7), color=pick(rng, COLORS))


def _materials(frame: str, cloth: str) -> list[Material]:
    return [
        make_material("frame", "car_paint", rgb(frame)),
        make_material("metal", "metal", rgb("#a5a8aa")),
        make_material("tyre", "rubber", rgb("#1a1a1b")),
        make_material("dark", "plastic", rgb("#141415"), roughness=0.6),
        make_material("seat", "cloth", rgb("#26282b")),
        make_material("cloth", "cloth", rgb(cloth), tintable=True),
    ]
