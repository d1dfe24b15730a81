"""Two-wheelers: bicycles and motorcycles, parked upright."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets.families import prints
from simgen.assets.families.shapes import Part, Shape, assemble, box, ellipsoid, hoop, hull, panel, pick, revolve, tube
from simgen.geometry.pose import about
from simgen.scene.asset import Asset
from simgen.scene.material import Material, Texture, make_material, rgb

COLORS = ("#1b1d20", "#8f1d1f", "#22456f", "#2f5a40", "#b9bcbf", "#d9d6cc", "#c8641e", "#3d7f93")


def bicycle(
    *,
    name: str = "bicycle",
    wheel_m: float = 0.345,
    base_m: float = 1.05,
    saddle_m: float = 0.95,
    step_through: bool = False,
    color: str = "#22456f",
) -> Asset:
    """Return a city bicycle: the wheels' outer radius, its wheelbase, the saddle's height."""
    r, rear, front = wheel_m, -base_m / 2, base_m / 2
    crank = np.array([rear + 0.43, 0.0, r - 0.06])
    seat = np.array([crank[0] - 0.17, 0.0, saddle_m - 0.16])
    head_top, head_low = np.array([front - 0.17, 0.0, 0.88]), np.array([front - 0.125, 0.0, 0.75])
    low = crank + (seat - crank) * 0.35
    parts: list[Part] = []
    for a, b, radius in (
        (crank, seat, 0.016),
        (crank, head_low, 0.019),
        (low if step_through else crank + (seat - crank) * 0.92, head_low if step_through else head_top, 0.016),
        (head_low, head_top, 0.02),
    ):
        parts.append((tube([a, b], radius, 10), "frame"))
    for side in (1.0, -1.0):
        parts.append((tube([(rear, side * 0.06, r), crank + np.array([-0.02, side * 0.03, 0.0])], 0.010, 8), "frame"))
        parts.append((tube([(rear, side * 0.06, r), seat + np.array([0.0, side * 0.02, -0.03])], 0.008, 8), "frame"))
        parts.append(
            (
                tube(
                    [
                        (front, side * 0.05, r),
                        (front - 0.05, side * 0.05, r + 0.22),
                        (front - 0.115, side * 0.03, r + 0.38),
                    ],
                    [0.009, 0.012, 0.014],
                    8,
                ),
                "frame",
            )
        )
    for x in (rear, front):
        parts += [(s.moved(x, 0.0, r), m) for s, m in _spoked_wheel(r, 0.018)]
        arc = np.linspace(0.1, math.pi - 0.25, 12) if x < 0 else np.linspace(0.75, math.pi - 0.55, 9)
        parts.append((_mudguard(x, r, arc), "frame"))
    parts += _bicycle_drive(crank, rear, r)
    parts.append((tube([seat, seat + np.array([-0.04, 0.0, 0.14])], 0.0135, 8), "metal"))
    top = seat + np.array([-0.04, 0.0, 0.15])
    saddle = hull(
        [
            top + np.array(p)
            for p in (
                (-0.12, 0.08, 0.0),
                (-0.12, -0.08, 0.0),
                (-0.13, 0.05, 0.03),
                (-0.13, -0.05, 0.03),
                (0.02, 0.035, 0.012),
                (0.02, -0.035, 0.012),
                (0.14, 0.015, 0.015),
                (0.14, -0.015, 0.015),
                (0.13, 0.0, -0.015),
                (-0.1, 0.0, -0.02),
            )
        ],
        60.0,
    )
    parts.append((saddle, "dark"))
    stem = head_top + np.array([-0.03, 0.0, 0.14])
    parts.append((tube([head_top, stem, stem + np.array([0.05, 0.0, 0.02])], 0.013, 8), "metal"))
    bar = stem + np.array([0.05, 0.0, 0.02])
    for side in (1.0, -1.0):
        bend = [
            bar,
            bar + np.array([0.02, side * 0.14, 0.03]),
            bar + np.array([-0.06, side * 0.26, 0.05]),
            bar + np.array([-0.13, side * 0.28, 0.045]),
        ]
        parts.append((tube(bend, 0.011, 8), "metal"))
        parts.append(
            (tube([bend[2] * 0.4 + bend[3] * 0.6, bend[3] + np.array([-0.05, side * 0.01, -0.003])], 0.016, 8), "dark")
        )
    parts.append((ellipsoid((0.04, 0.035, 0.035), (front - 0.09, 0.0, 0.84), 12, 8), "metal"))
    parts.append((box((0.012, 0.05, 0.05), (rear - 0.95 * r, 0.0, r + 0.16), 0.005), "reflector"))
    return assemble(name, "bicycle", parts, _materials(color))


def draw_bicycle(rng: np.random.Generator) -> Asset:
    """Draw a bicycle."""
    return bicycle(
        wheel_m=float(rng.uniform(0.33, 0.36)),
        base_m=float(rng.uniform(1.0, 1.12)),
        saddle_m=float(rng.uniform(0.88, 1.05)),
        step_through=bool(rng.random() < 0.4),
        color=pick(rng, COLORS),
    )


def motorcycle(
    *, name: str = "motorcycle", wheel_m: float = 0.31, base_m: float = 1.42, color: str = "#8f1d1f", plate: Texture
) -> Asset:
    """Return a naked road motorcycle: the wheels' outer radius and its wheelbase."""
    r, rear, front = wheel_m, -base_m / 2, base_m / 2
    parts: list[Part] = []
    for x, wide in ((rear, 0.075), (front, 0.055)):
        parts.append((hoop(r - wide * 0.85, wide * 0.85, 28, 10).scaled(1.0, 1.05, 1.0).moved(x, 0.0, r), "tyre"))
        parts.append(
            (
                _turned(
                    revolve(
                        [
                            (r * 0.70, -0.03),
                            (r * 0.74, 0.0),
                            (r * 0.70, 0.03),
                            (r * 0.66, 0.03),
                            (r * 0.66, -0.03),
                            (r * 0.70, -0.03),
                        ],
                        28,
                    )
                ).moved(x, 0.0, r),
                "metal",
            )
        )
        parts.append(
            (_turned(revolve([(0.0, -0.07), (0.045, -0.07), (0.045, 0.07), (0.0, 0.07)], 14)).moved(x, 0.0, r), "metal")
        )
        for k in range(6):
            spoke = box((r * 0.72, 0.03, 0.035), (r * 0.36, 0.0, 0.0)).turned(about((0.0, 1.0, 0.0), math.pi * k / 3))
            parts.append((spoke.moved(x, 0.0, r), "metal"))
        disc_brake = revolve([(0.05, -0.003), (0.145, -0.003), (0.145, 0.003), (0.05, 0.003)], 24)
        parts += [
            (_turned(disc_brake).moved(x, side * 0.085, r), "chrome") for side in ((1.0, -1.0) if x > 0 else (1.0,))
        ]
    head = np.array([front - 0.30, 0.0, 0.93])
    for side in (1.0, -1.0):
        parts.append((tube([(front, side * 0.105, r), (front - 0.17, side * 0.105, 0.66)], 0.030, 10), "metal"))
        parts.append(
            (
                tube([(front - 0.17, side * 0.105, 0.66), head + np.array([0.0, side * 0.105, 0.06])], 0.021, 10),
                "chrome",
            )
        )
        parts.append(
            (
                tube(
                    [(rear, side * 0.13, r), (rear + 0.28, side * 0.13, r + 0.06), (-0.12, side * 0.10, 0.45)], 0.028, 8
                ),
                "dark",
            )
        )
        parts.append((tube([head, (0.05, side * 0.17, 0.68), (-0.20, side * 0.13, 0.60)], 0.022, 8), "dark"))
        parts.append(
            (tube([(rear + 0.06, side * 0.14, r + 0.05), (rear + 0.16, side * 0.14, 0.68)], 0.026, 10), "chrome")
        )
        parts.append((tube([(-0.12, side * 0.15, 0.38), (-0.12, side * 0.25, 0.37)], 0.014, 8), "dark"))
    parts += _motor(rear, front)
    parts += _motorcycle_body(rear, front, head, r)
    return assemble(
        name,
        "motorcycle",
        parts,
        [*_materials(color), make_material("plate", "retro_sheet", (1.0, 1.0, 1.0), texture=plate)],
    )


def draw_motorcycle(rng: np.random.Generator) -> Asset:
    """Draw a motorcycle."""
    return motorcycle(
        wheel_m=float(rng.uniform(0.30, 0.325)),
        base_m=float(rng.uniform(1.36, 1.5)),
        color=pick(rng, COLORS),
        plate=prints.plate(rng),
    )


def _materials(color: str) -> list[Material]:
    return [
        make_material("frame", "car_paint", rgb(color), tintable=True),
        make_material("metal", "metal", rgb("#a5a8aa")),
        make_material("chrome", "chrome", rgb("#cfd1d3")),
        make_material("tyre", "rubber", rgb("#1a1a1b")),
        make_material("dark", "plastic", rgb("#141415"), roughness=0.6),
        make_material("head_lamp", "lamp", rgb("#dfe6ea")),
        make_material("reflector", "retro_sheet", rgb("#a01216")),
    ]


def _turned(shape: Shape) -> Shape:
    """Return what was turned about z, turned about y instead."""
    return shape.turned(about((1.0, 0.0, 0.0), -math.pi / 2))


def _spoked_wheel(radius: float, tyre: float) -> list[Part]:
    """Return a bicycle wheel about the origin, its axle along y."""
    rim = radius - 2 * tyre
    parts: list[Part] = [
        (hoop(radius - tyre, tyre, 36, 8), "tyre"),
        (
            _turned(
                revolve(
                    [
                        (rim - 0.012, -0.010),
                        (rim + 0.006, -0.012),
                        (rim + 0.006, 0.012),
                        (rim - 0.012, 0.010),
                        (rim - 0.012, -0.010),
                    ],
                    36,
                )
            ),
            "metal",
        ),
        (
            _turned(
                revolve(
                    [(0.0, -0.055), (0.012, -0.055), (0.022, -0.03), (0.022, 0.03), (0.012, 0.055), (0.0, 0.055)], 10
                )
            ),
            "metal",
        ),
    ]
    for k in range(24):
        a, b = 2 * math.pi * k / 24, 2 * math.pi * (k + (1.5 if k % 2 else -1.5)) / 24
        side = 0.025 if k % 4 < 2 else -0.025
        spoke = tube(
            [(0.02 * math.cos(b), side, 0.02 * math.sin(b)), (rim * math.cos(a), 0.0, rim * math.sin(a))], 0.0016, 3
        )
        parts.append((spoke, "metal"))
    return parts


def _mudguard(x: float, radius: float, arc: np.ndarray) -> Shape:
    """Return a mudguard over the angles ``arc`` (from the front, over the top)."""
    line = [(x + (radius + 0.02) * math.cos(a), 0.0, radius + (radius + 0.02) * math.sin(a)) for a in arc]
    return tube(line, 0.010, 6).scaled(1.0, 2.6, 1.0)


def _bicycle_drive(crank: np.ndarray, rear: float, radius: float) -> list[Part]:
    """Return chain ring, chain guard, cranks and pedals, on the right side."""
    x, z = float(crank[0]), float(crank[2])
    ring = _turned(revolve([(0.06, -0.002), (0.09, -0.002), (0.09, 0.002), (0.06, 0.002), (0.06, -0.002)], 24)).moved(
        x, -0.05, z
    )
    guard = hull(
        [
            (x + 0.10 * math.cos(a), y, z + 0.10 * math.sin(a))
            for a in np.linspace(-1.7, 1.7, 9)
            for y in (-0.062, -0.056)
        ]
        + [(rear - 0.02, y, radius + dz) for dz in (-0.045, 0.045) for y in (-0.062, -0.056)],
        30.0,
    )
    parts: list[Part] = [(ring, "metal"), (guard, "dark"), (tube([(x, -0.07, z), (x, 0.07, z)], 0.02, 10), "metal")]
    for side, turn in ((1.0, 0.5), (-1.0, 0.5 + math.pi)):
        foot = np.array([x + 0.17 * math.cos(turn), side * 0.075, z + 0.17 * math.sin(turn)])
        parts.append((tube([(x, side * 0.07, z), foot], 0.010, 6), "metal"))
        parts.append((box((0.085, 0.085, 0.022), (float(foot[0]), side * 0.125, float(foot[2])), 0.005), "dark"))
    return parts


def _motor(rear: float, front: float) -> list[Part]:
    """Return a parallel twin, its radiator and the exhaust."""
    parts: list[Part] = [
        (box((0.42, 0.30, 0.26), (0.02, 0.0, 0.38), 0.05), "dark"),
        (box((0.22, 0.32, 0.26), (0.10, 0.0, 0.58), 0.03).turned(about((0.0, 1.0, 0.0), 0.12)), "metal"),
        (
            _turned(
                revolve([(0.0, -0.19), (0.10, -0.19), (0.12, -0.15), (0.12, 0.15), (0.10, 0.19), (0.0, 0.19)], 18)
            ).moved(-0.06, 0.0, 0.40),
            "metal",
        ),
        (box((0.05, 0.34, 0.30), (front - 0.42, 0.0, 0.60), 0.01), "dark"),
    ]
    for k in range(5):
        parts.append((box((0.25, 0.335, 0.010), (0.10, 0.0, 0.49 + 0.045 * k)), "dark"))
    pipe = [(0.22, -0.10, 0.55), (0.33, -0.12, 0.42), (0.28, -0.14, 0.24), (-0.05, -0.17, 0.20), (-0.25, -0.19, 0.24)]
    parts.append((tube(pipe, 0.024, 10), "chrome"))
    parts.append(
        (
            tube(
                [(-0.22, -0.20, 0.24), (-0.30, -0.21, 0.27), (rear + 0.02, -0.22, 0.42), (rear - 0.06, -0.22, 0.45)],
                [0.03, 0.055, 0.06, 0.05],
                14,
            ),
            "chrome",
        )
    )
    return parts


def _motorcycle_body(rear: float, front: float, head: np.ndarray, r: float) -> list[Part]:
    """Return tank, seat, tail, lamps, handlebar, mudguards and number plate."""
    tank = ellipsoid((0.30, 0.155, 0.15), (0.10, 0.0, 0.87), 20, 12)
    v = tank.vertices.copy()
    v[:, 1] *= np.interp(v[:, 0], [-0.20, 0.10, 0.40], [0.70, 1.0, 1.0])
    v[:, 2] = np.maximum(v[:, 2], 0.77)
    parts: list[Part] = [(Shape(vertices=v, faces=tank.faces, crease_deg=60.0), "frame")]
    seat = [
        (-0.16, 0.10, 0.83),
        (-0.16, 0.08, 0.76),
        (-0.45, 0.14, 0.83),
        (-0.45, 0.11, 0.76),
        (-0.72, 0.09, 0.88),
        (-0.72, 0.08, 0.81),
        (-0.60, 0.11, 0.885),
    ]
    parts.append((hull([(x, s * y, z) for x, y, z in seat for s in (1, -1)], 50.0), "dark"))
    tail = [(-0.40, 0.11, 0.78), (-0.40, 0.10, 0.70), (-0.80, 0.06, 0.87), (-0.80, 0.05, 0.81)]
    parts.append((hull([(x, s * y, z) for x, y, z in tail for s in (1, -1)], 40.0), "frame"))
    parts.append((box((0.03, 0.14, 0.05), (-0.81, 0.0, 0.83), 0.01), "reflector"))
    parts.append((ellipsoid((0.10, 0.10, 0.10), (float(head[0]) + 0.12, 0.0, 0.93), 18, 12), "dark"))
    parts.append((ellipsoid((0.04, 0.088, 0.088), (float(head[0]) + 0.185, 0.0, 0.93), 18, 10), "head_lamp"))
    parts.append((box((0.10, 0.24, 0.03), (float(head[0]), 0.0, float(head[2]) + 0.07), 0.01), "dark"))
    top = head + np.array([-0.03, 0.0, 0.12])
    for side in (1.0, -1.0):
        bend = [top, top + np.array([0.0, side * 0.14, 0.05]), top + np.array([-0.10, side * 0.36, 0.03])]
        parts.append((tube(bend, 0.013, 8), "dark"))
        parts.append((tube([bend[1] * 0.4 + bend[2] * 0.6, bend[2]], 0.019, 8), "dark"))
        mirror = top + np.array([0.02, side * 0.34, 0.20])
        parts.append((tube([bend[1] * 0.5 + bend[2] * 0.5, mirror], 0.007, 6), "dark"))
        parts.append((ellipsoid((0.018, 0.06, 0.04), (0.0, 0.0, 0.0), 12, 8).moved(*mirror), "dark"))
        parts.append((ellipsoid((0.03, 0.03, 0.022), (float(head[0]) + 0.09, side * 0.19, 0.88), 8, 6), "reflector"))
    parts.append(
        (
            tube(
                [
                    (front + (r + 0.03) * math.cos(a), 0.0, r + (r + 0.03) * math.sin(a))
                    for a in np.linspace(0.6, 2.5, 10)
                ],
                0.018,
                6,
            ).scaled(1.0, 3.6, 1.0),
            "frame",
        )
    )
    parts.append(
        (
            tube(
                [
                    (rear + (r + 0.05) * math.cos(a), 0.0, r + (r + 0.05) * math.sin(a))
                    for a in np.linspace(1.2, 2.9, 9)
                ],
                0.016,
                6,
            ).scaled(1.0, 4.2, 1.0),
            "dark",
        )
    )
    x, z = rear - r - 0.02, 0.62
    parts.append(
        (panel([(x, 0.10, z - 0.08), (x, -0.10, z - 0.08), (x, -0.10, z + 0.08), (x, 0.10, z + 0.08)]), "plate")
    )
    parts.append((box((0.02, 0.21, 0.17), (x + 0.012, 0.0, z), 0.004), "dark"))
    parts.append((tube([(x + 0.01, 0.0, z + 0.05), (-0.78, 0.0, 0.82)], 0.02, 6), "dark"))
    return parts
