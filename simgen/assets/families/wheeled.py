"""What people push or stand on: strollers, wheelchairs, shopping carts, kick scooters."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families.shapes import Part, Shape, assemble, box, grid, hoop, hull, pick, plain, revolve, tube
from simgen.geometry.pose import about
from simgen.scene.asset import Asset

CLOTHS = ("#1d2733", "#3b3f45", "#7a2a2c", "#2d5a66", "#8a8f78", "#b9a26a", "#5c3f66", "#14171a")


def wheel(radius_m: float, tyre_m: float, spokes: int = 0) -> list[Part]:
    """Return a small wheel about the origin, its axle along y."""
    flat = revolve(
        [(0.0, -tyre_m), (radius_m * 0.72, -tyre_m * 0.6), (radius_m * 0.72, tyre_m * 0.6), (0.0, tyre_m)], 18
    )
    parts: list[Part] = [(hoop(radius_m - tyre_m, tyre_m, 24, 8), "tyre")]
    if not spokes:
        return [*parts, (flat.turned(about((1.0, 0.0, 0.0), -math.pi / 2)), "plastic")]
    rim = radius_m - 1.8 * tyre_m
    for k in range(spokes):
        a = 2 * math.pi * k / spokes
        parts.append((tube([(0.0, 0.0, 0.0), (rim * math.cos(a), 0.0, rim * math.sin(a))], 0.0022, 4), "metal"))
    return [*parts, (hoop(rim, 0.006, 24, 6), "metal")]


def stroller(*, name: str = "stroller", height_m: float = 1.02, hood: float = 1.0, cloth: str = "#1d2733") -> Asset:
    """Return a stroller that rolls to +x, its handle at the rear; ``hood`` is how far the hood is open, 0 to 1."""
    parts: list[Part] = []
    for x, r in ((0.33, 0.09), (-0.27, 0.13)):
        for sign in (1.0, -1.0):
            parts += [(s.moved(x, sign * 0.25, r), m) for s, m in wheel(r, 0.022)]
    for sign in (1.0, -1.0):
        y = sign * 0.24
        parts.append(
            (
                tube([(0.33, y, 0.09), (-0.05, y, 0.50), (-0.42, y, height_m - 0.05), (-0.50, y, height_m)], 0.013, 8),
                "frame",
            )
        )
        parts.append((tube([(-0.27, y, 0.13), (0.02, y, 0.52)], 0.013, 8), "frame"))
    parts.append((tube([(-0.50, 0.24, height_m), (-0.50, -0.24, height_m)], 0.016, 10), "grip"))
    seat = [(0.30, 0.42), (0.28, 0.50), (-0.06, 0.44), (-0.30, 0.92), (-0.36, 0.88), (-0.14, 0.36)]
    parts.append((hull([(x, s * 0.20, z) for x, z in (*seat[:3], *seat[5:]) for s in (1, -1)], 40.0), "cloth"))
    parts.append((hull([(x, s * 0.20, z) for x, z in seat[2:] for s in (1, -1)], 40.0), "cloth"))
    angle = np.linspace(0.15, 0.55 + 1.35 * hood, 8)
    across = np.linspace(-1.0, 1.0, 9)
    middle = np.array([-0.18, 0.0, 0.72])
    dome = np.empty((len(angle), len(across), 3))
    dome[..., 0] = middle[0] - 0.34 * np.cos(angle)[:, None]
    dome[..., 1] = 0.22 * np.sign(across) * np.abs(across) ** 0.6
    dome[..., 2] = middle[2] + 0.34 * np.sin(angle)[:, None] * (1 - 0.25 * across**4)
    for inside in (False, True):
        shape = grid(dome[::-1] if inside else dome)
        parts.append((Shape(vertices=shape.vertices, faces=shape.faces, crease_deg=60.0), "hood"))
    parts.append((box((0.36, 0.36, 0.16), (0.02, 0.0, 0.24), 0.03), "hood"))
    materials = [
        plain("tyre", "rubber", "#1a1a1b"),
        plain("plastic", "plastic", "#3a3c3f"),
        plain("metal", "metal", "#a5a8aa"),
        plain("frame", "metal", "#8d9093"),
        plain("grip", "plastic", "#161617", 0.8),
        plain("cloth", "cloth", cloth),
        plain("hood", "cloth", cloth),
    ]
    return assemble(name, "stroller", parts, materials)


def wheelchair(
    *, name: str = "wheelchair", width_m: float = 0.60, cloth: str = "#14171a", frame: str = "#8d9093"
) -> Asset:
    """Return a wheelchair that faces +x."""
    half = width_m / 2
    parts: list[Part] = []
    for sign in (1.0, -1.0):
        parts += [(s.moved(-0.18, sign * half, 0.30), m) for s, m in wheel(0.30, 0.016, spokes=18)]
        parts.append((hoop(0.265, 0.008, 28, 6).moved(-0.18, sign * (half + 0.045), 0.30), "frame"))
        y = sign * (half - 0.07)
        parts += [(s.moved(0.30, y, 0.075), m) for s, m in wheel(0.075, 0.018)]
        parts.append(
            (
                tube(
                    [(0.30, y, 0.075), (0.27, y, 0.48), (-0.20, y, 0.47), (-0.26, y, 0.92), (-0.38, y, 0.94)], 0.012, 8
                ),
                "frame",
            )
        )
        parts.append((tube([(-0.36, y, 0.94), (-0.46, y, 0.94)], 0.018, 8), "grip"))
        parts.append((tube([(0.27, y, 0.48), (0.42, y, 0.16), (0.50, y, 0.12)], 0.011, 8), "frame"))
        parts.append((box((0.16, 0.13, 0.015), (0.50, sign * 0.10, 0.115), 0.004), "grip"))
        parts.append((box((0.36, 0.045, 0.03), (0.02, y, 0.70), 0.01), "grip"))
        parts.append((tube([(0.16, y, 0.48), (0.16, y, 0.69)], 0.010, 6), "frame"))
        parts.append((tube([(-0.18, y, 0.30), (-0.20, y, 0.47)], 0.014, 6), "frame"))
    parts.append((box((0.46, width_m - 0.16, 0.05), (0.04, 0.0, 0.49), 0.015), "cloth"))
    back = box((0.04, width_m - 0.16, 0.42), (0.0, 0.0, 0.0), 0.012).turned(about((0.0, 1.0, 0.0), -0.13))
    parts.append((back.moved(-0.225, 0.0, 0.70), "cloth"))
    materials = [
        plain("tyre", "rubber", "#1a1a1b"),
        plain("plastic", "plastic", "#3a3c3f"),
        plain("metal", "metal", "#b5b8ba"),
        plain("frame", "metal", frame),
        plain("grip", "plastic", "#161617", 0.8),
        plain("cloth", "cloth", cloth),
    ]
    return assemble(name, "wheelchair", parts, materials)


def shopping_cart(*, name: str = "shopping_cart", length_m: float = 0.95, handle: str = "#b3261e") -> Asset:
    """Return a wire cart that rolls to +x, its handle at the rear."""
    half, wide = length_m / 2, 0.28
    parts: list[Part] = []
    for x, y in ((half - 0.10, 0.18), (0.12 - half, 0.26)):
        for sign in (1.0, -1.0):
            parts += [(s.moved(x, sign * y, 0.065), m) for s, m in wheel(0.065, 0.016)]
            parts.append((tube([(x, sign * y, 0.065), (x - 0.03, sign * y, 0.16)], 0.010, 6), "metal"))
    for sign in (1.0, -1.0):
        parts.append(
            (
                tube(
                    [
                        (half - 0.10, sign * 0.18, 0.16),
                        (0.10 - half, sign * 0.26, 0.17),
                        (0.02 - half, sign * 0.27, 0.55),
                        (-half, sign * 0.27, 1.0),
                    ],
                    0.012,
                    8,
                ),
                "metal",
            )
        )
    parts.append((tube([(-half, 0.28, 1.0), (-half, -0.28, 1.0)], 0.017, 10), "handle"))

    def rim(level: float) -> np.ndarray:
        front, rear = half - 0.10 + 0.10 * level, 0.06 - half - 0.02 * level
        w_front, w_rear, z = 0.17 + 0.05 * level, wide - 0.04 + 0.02 * level, 0.50 + 0.42 * level
        return np.array(
            [
                (front, w_front, z - 0.02),
                (rear, w_rear, z),
                (rear, -w_rear, z),
                (front, -w_front, z - 0.02),
                (front, w_front, z - 0.02),
            ]
        )

    for level in np.linspace(0.0, 1.0, 6):
        parts.append((tube(rim(float(level)), 0.007 if level in (0.0, 1.0) else 0.003, 5), "metal"))
    low, high = rim(0.0), rim(1.0)
    for side in range(4):
        for t in np.linspace(0.0, 1.0, 11 if side % 2 == 0 else 7):
            a, b = low[side] + t * (low[side + 1] - low[side]), high[side] + t * (high[side + 1] - high[side])
            parts.append((tube([a, b], 0.003, 4), "metal"))
    for t in np.linspace(0.08, 0.92, 9):
        a, b = low[0] + t * (low[1] - low[0]), low[3] + t * (low[2] - low[3])
        parts.append((tube([a, b], 0.003, 4), "metal"))
    materials = [
        plain("tyre", "rubber", "#2a2a2b"),
        plain("plastic", "plastic", "#56585b"),
        plain("metal", "chrome", "#b8bbbd"),
        plain("handle", "plastic", handle),
    ]
    return assemble(name, "shopping_cart", parts, materials)


def kick_scooter(*, name: str = "kick_scooter", height_m: float = 1.12, color: str = "#1d2733") -> Asset:
    """Return an electric kick scooter that faces +x."""
    parts: list[Part] = []
    for x in (0.46, -0.44):
        parts += [(s.moved(x, 0.0, 0.11), m) for s, m in wheel(0.11, 0.026)]
    top = np.array([0.30, 0.0, height_m])
    parts.append((tube([(0.42, 0.0, 0.20), (0.385, 0.0, 0.45), top], [0.03, 0.022, 0.02], 10), "body"))
    parts.append(
        (tube([(0.46, 0.06, 0.11), (0.44, 0.05, 0.24), (0.44, -0.05, 0.24), (0.46, -0.06, 0.11)], 0.012, 6), "body")
    )
    parts.append((box((0.66, 0.16, 0.05), (-0.06, 0.0, 0.13), 0.015), "body"))
    parts.append((box((0.60, 0.14, 0.006), (-0.06, 0.0, 0.158)), "grip"))
    parts.append((tube([(0.27, 0.0, 0.15), (0.40, 0.0, 0.24)], 0.03, 8), "body"))
    parts.append((tube([(-0.36, 0.0, 0.13), (-0.44, 0.0, 0.11)], 0.03, 8), "body"))
    parts.append(
        (tube([top + np.array([-0.05, 0.24, 0.0]), top, top + np.array([-0.05, -0.24, 0.0])], 0.013, 8), "body")
    )
    for sign in (1.0, -1.0):
        parts.append(
            (
                tube([top + np.array([-0.03, sign * 0.15, 0.0]), top + np.array([-0.055, sign * 0.26, 0.0])], 0.017, 8),
                "grip",
            )
        )
    parts.append((box((0.05, 0.05, 0.05), (0.355, 0.0, height_m - 0.08), 0.01), "head_lamp"))
    parts.append((box((0.02, 0.06, 0.03), (-0.555, 0.0, 0.22), 0.005), "tail_lamp"))
    parts.append(
        (tube([(-0.36, 0.0, 0.17), (-0.45, 0.0, 0.235), (-0.55, 0.0, 0.22)], 0.016, 6).scaled(1.0, 2.0, 1.0), "grip")
    )
    materials = [
        plain("tyre", "rubber", "#1a1a1b"),
        plain("plastic", "plastic", "#3a3c3f"),
        plain("metal", "metal", "#a5a8aa"),
        plain("body", "painted_metal", color),
        plain("grip", "plastic", "#161617", 0.9),
        plain("head_lamp", "lamp", "#dfe6ea"),
        plain("tail_lamp", "lamp", "#8a0d10"),
    ]
    return assemble(name, "kick_scooter", parts, materials)


def draw_stroller(rng: np.random.Generator) -> Asset:
    """Draw a stroller."""
    return stroller(height_m=float(rng.uniform(0.98, 1.08)), hood=float(rng.uniform(0.2, 1.0)), cloth=pick(rng, CLOTHS))


def draw_wheelchair(rng: np.random.Generator) -> Asset:
    """Draw a wheelchair."""
    return wheelchair(
        width_m=float(rng.uniform(0.56, 0.66)),
        cloth=pick(rng, CLOTHS),
        frame=pick(rng, ("#8d9093", "#20242a", "#8a1f24")),
    )


def draw_shopping_cart(rng: np.random.Generator) -> Asset:
    """Draw a shopping cart."""
    return shopping_cart(
        length_m=float(rng.uniform(0.85, 1.05)), handle=pick(rng, ("#b3261e", "#2a5ba0", "#2f7a4a", "#e0a92c"))
    )


def draw_kick_scooter(rng: np.random.Generator) -> Asset:
    """Draw a kick scooter."""
    return kick_scooter(
        height_m=float(rng.uniform(1.05, 1.2)), color=pick(rng, ("#1d2733", "#3f9a58", "#d9d6cc", "#e2642a", "#141516"))
    )
