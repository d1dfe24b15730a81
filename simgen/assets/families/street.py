"""Street furniture: lamps, bins, benches, hydrants, mailboxes."""

from __future__ import annotations

import math

import numpy as np

from simgen.assets import textures
from simgen.assets.families.shapes import (
    Part,
    Shape,
    assemble,
    box,
    hull,
    loft,
    pick,
    plain,
    revolve,
    tube,
)
from simgen.geometry.pose import about
from simgen.scene.asset import Asset
from simgen.scene.material import make_material, rgb


def street_lamp(
    *, name: str = "street_lamp", height_m: float = 7.0, arm_m: float = 1.4, color: str = "#6f7477"
) -> Asset:
    """Return a lamp post with one arm towards +x and a flat lantern."""
    h = height_m
    pole = revolve([(0.095, 0.0), (0.095, 1.1), (0.075, 1.2), (0.045, h - 0.5), (0.0, h - 0.49)], 16)
    bend = [(0.0, 0.0, h - 0.6)] + [
        (arm_m * (1 - math.cos(a)), 0.0, h - 0.5 + 0.5 * math.sin(a)) for a in np.linspace(0.1, 1.35, 6)
    ]
    tip = bend[-1]
    end = (tip[0] + 0.15, 0.0, tip[2] + 0.02)
    arm = tube([*bend, end], [0.045, 0.043, 0.04, 0.037, 0.034, 0.031, 0.03, 0.03], 10)
    x, z = end[0] + 0.24, end[2]
    lantern = hull(
        [
            (x + a, b, z + c)
            for a, b, c in (
                (-0.30, 0.06, 0.0),
                (-0.30, -0.06, 0.0),
                (-0.12, 0.15, -0.03),
                (-0.12, -0.15, -0.03),
                (0.30, 0.13, -0.03),
                (0.30, -0.13, -0.03),
                (0.36, 0.06, 0.0),
                (0.36, -0.06, 0.0),
                (-0.05, 0.09, 0.07),
                (-0.05, -0.09, 0.07),
                (0.22, 0.07, 0.05),
                (0.22, -0.07, 0.05),
            )
        ],
        45.0,
    )
    glass = box((0.40, 0.2, 0.02), (x + 0.08, 0.0, z - 0.034), 0.005)
    door = box((0.012, 0.09, 0.4), (0.092, 0.0, 0.8), 0.004)
    parts: list[Part] = [(pole, "post"), (arm, "post"), (lantern, "post"), (glass, "lamp"), (door, "post")]
    return assemble(
        name, "street_lamp", parts, [plain("post", "painted_metal", color), plain("lamp", "lamp", "#d9dcda")]
    )


def draw_street_lamp(rng: np.random.Generator) -> Asset:
    """Draw a lamp post."""
    return street_lamp(
        height_m=float(rng.uniform(6.0, 8.0)),
        arm_m=float(rng.uniform(0.9, 1.8)),
        color=pick(rng, ("#6f7477", "#2c3033", "#3a4a40", "#8d9193")),
    )


def waste_bin(
    *, name: str = "waste_bin", height_m: float = 0.95, radius_m: float = 0.22, color: str = "#2d4a38"
) -> Asset:
    """Return a round litter bin with slats, a dark opening and a lid."""
    h, r = height_m, radius_m
    core = revolve([(0.0, 0.05), (r * 0.93, 0.05), (r * 0.93, h * 0.69 + 0.049), (0.0, h * 0.69 + 0.049)], 24)
    parts: list[Part] = [(core, "dark"), (revolve([(r * 0.9, 0.0), (r * 0.9, 0.05), (0.0, 0.05)], 24), "body")]
    for z in (0.05, h * 0.36, h * 0.69):
        parts.append((revolve([(r * 0.93, z), (r, z + 0.005), (r, z + 0.045), (r * 0.93, z + 0.05)], 24), "body"))
    for k in range(22):
        slat = box((0.012, r * 0.2, h * 0.66), (r * 0.975, 0.0, 0.06 + h * 0.33))
        parts.append((slat.turned(about((0.0, 0.0, 1.0), 2 * math.pi * k / 22)), "body"))
    for k in range(4):
        post = box((0.02, 0.04, h * 0.2), (r * 0.88, 0.0, h * 0.80))
        parts.append((post.turned(about((0.0, 0.0, 1.0), math.pi * (k + 0.5) / 2)), "body"))
    parts.append(
        (
            revolve(
                [
                    (0.0, h * 0.88),
                    (r * 1.04, h * 0.88),
                    (r * 1.04, h * 0.905),
                    (r * 0.8, h * 0.965),
                    (r * 0.35, h * 0.995),
                    (0.0, h),
                ],
                24,
            ),
            "body",
        )
    )
    return assemble(
        name, "waste_bin", parts, [plain("body", "painted_metal", color), plain("dark", "plastic", "#101112")]
    )


def draw_waste_bin(rng: np.random.Generator) -> Asset:
    """Draw a litter bin."""
    return waste_bin(
        height_m=float(rng.uniform(0.85, 1.05)),
        radius_m=float(rng.uniform(0.2, 0.28)),
        color=pick(rng, ("#2d4a38", "#2b2d30", "#5d6164", "#77322a", "#24405f")),
    )


def bench(*, name: str = "bench", width_m: float = 1.7, rng: np.random.Generator) -> Asset:
    """Return a park bench facing +x: wooden slats on two iron frames."""
    parts: list[Part] = []
    tile = textures.TILE_M["table_wood"]

    def slat(x: float, z: float, wide: float, tilt_deg: float) -> Shape:
        plank = box((width_m, wide, 0.032), bevel_m=0.006).wrapped(tile).turned(about((0.0, 0.0, 1.0), math.pi / 2))
        return plank.turned(about((0.0, 1.0, 0.0), math.radians(tilt_deg))).moved(x, 0.0, z)

    for k in range(4):
        parts.append((slat(0.20 - 0.115 * k, 0.445 - 0.008 * k, 0.095, -3.0), "wood"))
    for k in range(3):
        parts.append((slat(-0.235 - 0.032 * k, 0.56 + 0.115 * k, 0.095, 73.0), "wood"))
    for sy in (-1, 1):
        y = sy * (width_m / 2 - 0.22)
        parts.append((tube([(0.24, y, 0.0), (0.22, y, 0.25), (0.21, y, 0.42)], 0.022, 8), "iron"))
        parts.append(
            (
                tube(
                    [(-0.27, y, 0.0), (-0.20, y, 0.25), (-0.19, y, 0.42), (-0.26, y, 0.62), (-0.335, y, 0.86)], 0.022, 8
                ),
                "iron",
            )
        )
        parts.append((tube([(0.23, y, 0.415), (-0.20, y, 0.395)], 0.02, 8), "iron"))
        parts.append(
            (
                tube(
                    [(-0.27, y, 0.66), (0.0, y, 0.66), (0.20, y, 0.655), (0.235, y, 0.62), (0.215, y, 0.42)], 0.017, 8
                ),
                "iron",
            )
        )
    wood = make_material(
        "wood", "wood", (1.0, 1.0, 1.0), texture=textures.table_wood(rng, 256, base=(128.0, 88.0, 56.0))
    )
    return assemble(name, "bench", parts, [wood, plain("iron", "painted_metal", "#1f2224")])


def draw_bench(rng: np.random.Generator) -> Asset:
    """Draw a bench."""
    return bench(width_m=float(rng.uniform(1.4, 2.0)), rng=rng)


def fire_hydrant(
    *, name: str = "fire_hydrant", height_m: float = 0.75, color: str = "#b3261e", caps: str = "#c9c9c4"
) -> Asset:
    """Return a pillar hydrant: barrel, domed bonnet, one large outlet to the front and two at the sides."""
    s = height_m / 0.75
    barrel = [
        (0.15, 0.0),
        (0.15, 0.03),
        (0.105, 0.035),
        (0.10, 0.06),
        (0.098, 0.40),
        (0.125, 0.41),
        (0.125, 0.445),
        (0.108, 0.45),
        (0.105, 0.56),
        (0.13, 0.565),
        (0.13, 0.59),
        (0.115, 0.595),
        (0.10, 0.645),
        (0.07, 0.68),
        (0.03, 0.70),
        (0.028, 0.75),
        (0.0, 0.75),
    ]
    spout = revolve(
        [(0.05, 0.08), (0.05, 0.125), (0.06, 0.126), (0.06, 0.165), (0.03, 0.17), (0.02, 0.19), (0.0, 0.19)], 16
    )
    parts: list[Part] = [(revolve(barrel, 24).scaled(s, s, s), "body")]
    for turn, size in ((0.0, 1.15), (math.pi / 2, 0.85), (-math.pi / 2, 0.85)):
        outlet = (
            spout.scaled(size, size, 1.0)
            .turned(about((0.0, 1.0, 0.0), math.pi / 2))
            .turned(about((0.0, 0.0, 1.0), turn))
        )
        parts.append((outlet.moved(z=0.50 if turn else 0.46).scaled(s, s, s), "caps"))
    return assemble(
        name, "fire_hydrant", parts, [plain("body", "painted_metal", color), plain("caps", "painted_metal", caps)]
    )


def draw_fire_hydrant(rng: np.random.Generator) -> Asset:
    """Draw a hydrant."""
    return fire_hydrant(
        height_m=float(rng.uniform(0.68, 0.9)),
        color=pick(rng, ("#b3261e", "#c8a11e", "#2f5f9a", "#b3261e")),
        caps=pick(rng, ("#c9c9c4", "#b3261e", "#1f1f20")),
    )


def mailbox(*, name: str = "mailbox", height_m: float = 1.25, color: str = "#1f4d8f") -> Asset:
    """Return a letter box with a round top on four feet, its flap towards +x."""
    h, w, d = height_m, 0.48, 0.46
    turn = np.linspace(0.0, math.pi, 13)
    ring = [(d / 2, 0.16), *[(d / 2 * math.cos(a), h - d / 2 + d / 2 * math.sin(a)) for a in turn], (-d / 2, 0.16)]
    ends = [np.array([(x, y, z) for x, z in ring])[::-1] for y in (-w / 2, w / 2)]
    parts: list[Part] = [(loft(np.stack(ends), crease_deg=35.0), "body")]
    for x in (-1, 1):
        for y in (-1, 1):
            parts.append((box((0.05, 0.05, 0.17), (x * (d / 2 - 0.035), y * (w / 2 - 0.035), 0.085)), "body"))
    parts.append((box((0.02, w * 0.78, 0.16), (d / 2 - 0.02, 0.0, h - 0.21), 0.006), "flap"))
    parts.append((box((0.03, w * 0.6, 0.02), (d / 2 + 0.0, 0.0, h - 0.16), 0.006), "steel"))
    parts.append((box((0.006, w * 0.7, 0.24), (d / 2 + 0.002, 0.0, h * 0.42)), "flap"))
    parts.append((box((0.008, 0.14, 0.09), (d / 2 + 0.004, 0.0, h * 0.46)), "plate"))
    red, green, blue = rgb(color)
    dark = (red * 0.7, green * 0.7, blue * 0.7)
    materials = [
        plain("body", "painted_metal", color),
        make_material("flap", "painted_metal", dark),
        plain("steel", "metal", "#b0b2b4"),
        plain("plate", "paper", "#e8e6de"),
    ]
    return assemble(name, "mailbox", parts, materials)


def draw_mailbox(rng: np.random.Generator) -> Asset:
    """Draw a letter box."""
    return mailbox(
        height_m=float(rng.uniform(1.1, 1.35)), color=pick(rng, ("#1f4d8f", "#b3201c", "#d8a81a", "#2c5a3c"))
    )
