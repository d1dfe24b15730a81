"""Street furniture: cones, barriers, bollards, signs, signals, lamps, bins, benches, hydrants, mailboxes."""

from __future__ import annotations

import itertools
import math
from typing import Literal

import numpy as np

from simgen.assets import textures
from simgen.assets.families import prints
from simgen.assets.families.shapes import (
    Part,
    Shape,
    assemble,
    box,
    disc,
    fan,
    grid,
    hull,
    loft,
    panel,
    pick,
    revolve,
    tube,
)
from simgen.geometry.pose import about
from simgen.scene.asset import Asset
from simgen.scene.material import Material, SubstanceName, make_material, rgb

_GALVANIZED = "#9a9d9e"


def cone(*, name: str = "traffic_cone", height_m: float = 0.75, color: str = "#e2501a") -> Asset:
    """Return a traffic cone with two reflecting bands on a square foot."""
    h, foot, base = height_m, 0.52 * height_m, 0.035
    low, high = 0.185 * h, 0.032 * h

    def radius(z: float) -> float:
        return low + (high - low) * (z - base) / (h - base)

    edges = [base, base + 0.02, 0.36 * h, 0.52 * h, 0.64 * h, 0.78 * h, h - 0.004]
    parts: list[Part] = [(box((foot, foot, base), (0.0, 0.0, base / 2), 0.012), "foot")]
    for k, (a, b) in enumerate(itertools.pairwise(edges)):
        line = [(radius(a), a), (radius(b), b)]
        if k == 0:
            line = [(radius(a) + 0.02, a), (radius(b), b)]
        if k == len(edges) - 2:
            line += [(radius(h) * 0.9, h), (radius(h) * 0.55, h), (radius(h) * 0.5, h - 0.02), (0.0, h - 0.03)]
        parts.append((revolve(line, 24), "band" if k in (2, 4) else "body"))
    materials = [
        _plain("foot", "rubber", "#1d1d1e"),
        _plain("body", "plastic", color),
        _plain("band", "retro_sheet", "#ececea"),
    ]
    return assemble(name, "traffic_cone", parts, materials)


def draw_cone(rng: np.random.Generator) -> Asset:
    """Draw a cone of 0.5 or 0.75 m."""
    return cone(height_m=0.5 if rng.random() < 0.4 else 0.75, color=pick(rng, ("#e2501a", "#d8431c", "#e8641f")))


def jersey(
    *, name: str = "jersey", length_m: float = 2.0, plastic: str | None = None, rng: np.random.Generator
) -> Asset:
    """Return a Jersey barrier lying along y: of concrete, or of plastic of a ``#rrggbb`` colour."""
    half = [(0.30, 0.0), (0.30, 0.075), (0.125, 0.33), (0.08, 0.81), (0.0, 0.81)]
    ring = np.array([*half, *[(-x, z) for x, z in half[-2::-1]]])
    ends = [np.c_[ring[:, 0], np.full(len(ring), y), ring[:, 1]][::-1] for y in (-length_m / 2, length_m / 2)]
    body = loft(np.stack(ends), crease_deg=20.0).wrapped(textures.TILE_M["concrete"])
    slots = [box((0.62, 0.28, 0.07), (0.0, y, 0.032)) for y in (-length_m / 4, length_m / 4)]
    if plastic is None:
        material = make_material("body", "concrete", (1.0, 1.0, 1.0), texture=textures.concrete(rng, 256))
    else:
        material = make_material("body", "plastic", rgb(plastic), tintable=True)
    return assemble(
        name, "barrier", [(body, "body"), *((s, "slot") for s in slots)], [material, _plain("slot", "soil", "#151515")]
    )


def draw_jersey(rng: np.random.Generator) -> Asset:
    """Draw a Jersey barrier."""
    return jersey(
        length_m=float(rng.uniform(1.2, 3.0)),
        plastic=pick(rng, ("#c22a22", "#e9e7e2", "#d9541e")) if rng.random() < 0.5 else None,
        rng=rng,
    )


def board(*, name: str = "board", width_m: float = 1.6, height_m: float = 1.0, boards: int = 2) -> Asset:
    """Return a works barrier along y: red and white boards between two legs with feet."""
    parts: list[Part] = []
    face = prints.bands((196, 30, 34), (240, 240, 238), 4, 1.0)
    for k in range(boards):
        z = height_m - 0.11 - 0.40 * k
        h, w = 0.10, width_m / 2
        parts.append((panel([(0.013, -w, z - h), (0.013, w, z - h), (0.013, w, z + h), (0.013, -w, z + h)]), "board"))
        parts.append(
            (panel([(-0.013, w, z - h), (-0.013, -w, z - h), (-0.013, -w, z + h), (-0.013, w, z + h)]), "board")
        )
        parts.append((box((0.0255, width_m + 0.004, 0.204), (0.0, 0.0, z)), "leg"))
    for sign in (-1, 1):
        y = sign * (width_m / 2 - 0.15)
        parts.append((box((0.04, 0.04, height_m - 0.1), (-0.034, y, (height_m - 0.1) / 2 + 0.05)), "leg"))
        parts.append((box((0.75, 0.22, 0.1), (0.0, y, 0.05), 0.02), "foot"))
    materials = [
        make_material("board", "retro_sheet", texture=face, base_color=(1.0, 1.0, 1.0)),
        _plain("leg", "painted_metal", "#c9c9c7"),
        _plain("foot", "rubber", "#232324"),
    ]
    return assemble(name, "barrier", parts, materials)


def draw_board(rng: np.random.Generator) -> Asset:
    """Draw a works barrier."""
    return board(
        width_m=float(rng.uniform(1.2, 2.0)), height_m=float(rng.uniform(0.95, 1.1)), boards=int(rng.integers(1, 3))
    )


def bollard(*, name: str = "bollard", height_m: float = 0.9, radius_m: float = 0.06, color: str = "#2b2d2f") -> Asset:
    """Return a round steel bollard with a domed top and a reflecting band."""
    h, r = height_m, radius_m
    body = [
        (r * 1.5, 0.0),
        (r * 1.5, 0.03),
        (r * 1.05, 0.05),
        (r, 0.07),
        (r, h - 0.6 * r),
        (r * 0.85, h - 0.28 * r),
        (r * 0.5, h - 0.06 * r),
        (0.0, h),
    ]
    band = [(r + 0.001, h * 0.76), (r + 0.001, h * 0.86)]
    materials = [_plain("body", "painted_metal", color), _plain("band", "retro_sheet", "#ececea")]
    return assemble(name, "bollard", [(revolve(body, 20), "body"), (revolve(band, 20), "band")], materials)


def draw_bollard(rng: np.random.Generator) -> Asset:
    """Draw a bollard."""
    return bollard(
        height_m=float(rng.uniform(0.75, 1.1)),
        radius_m=float(rng.uniform(0.045, 0.085)),
        color=pick(rng, ("#2b2d2f", "#6d7073", "#3a4a3e", "#8f1f1c")),
    )


def sign(*, name: str = "traffic_sign", kind: str = "stop", height_m: float = 2.2, size_m: float = 0.6) -> Asset:
    """Return a traffic sign on a pole, its face towards +x.

    Args:
        name: of the asset.
        kind: one of `prints.SIGNS`.
        height_m: of the face's middle.
        size_m: the face's width.
    """
    outline = _sign_outline(kind) * size_m
    face = fan(np.c_[np.zeros(len(outline)), outline])
    uv = 0.5 + face.vertices[:, 1:][face.faces] / size_m
    front = Shape(vertices=face.vertices + np.array([0.046, 0.0, height_m]), faces=face.faces, uv=uv)
    plate = hull(np.concatenate([np.c_[np.full(len(outline), x), outline] for x in (0.043, 0.0455)]), 30.0)
    pole = revolve([(0.03, 0.0), (0.03, height_m + size_m * 0.42), (0.0, height_m + size_m * 0.42 + 0.01)], 14)
    clamps = [box((0.05, 0.10, 0.03), (0.02, 0.0, height_m + dz)) for dz in (-0.14 * size_m / 0.6, 0.14 * size_m / 0.6)]
    parts: list[Part] = [
        (front, "face"),
        (plate.moved(z=height_m), "steel"),
        (pole, "steel"),
        *((c, "steel") for c in clamps),
    ]
    printed = make_material("face", "retro_sheet", (1.0, 1.0, 1.0), texture=prints.sign_face(kind))
    return assemble(
        name, "traffic_sign", parts, [printed, _plain("steel", "metal", _GALVANIZED, roughness=0.5)], tags=(kind,)
    )


def draw_sign(rng: np.random.Generator) -> Asset:
    """Draw a traffic sign."""
    return sign(
        kind=pick(rng, prints.SIGNS), height_m=float(rng.uniform(2.05, 2.4)), size_m=float(rng.uniform(0.55, 0.75))
    )


def signal(
    *, name: str = "traffic_light", height_m: float = 3.2, lit: Literal["red", "amber", "green"] = "green"
) -> Asset:
    """Return a traffic light on a pole, facing +x; ``lit`` is the lamp that shines."""
    tops = {"red": 0.30, "amber": 0.0, "green": -0.30}
    middle = height_m - 0.5
    parts: list[Part] = [
        (
            revolve([(0.10, 0.0), (0.10, 0.25), (0.057, 0.32), (0.057, height_m - 0.05), (0.0, height_m - 0.03)], 16),
            "pole",
        ),
        (box((0.16, 0.30, 0.95), (0.16, 0.0, middle), 0.035), "housing"),
        (box((0.012, 0.46, 1.12), (0.09, 0.0, middle), 0.004), "housing"),
    ]
    for z in (-0.32, 0.32):
        parts.append((box((0.12, 0.05, 0.05), (0.06, 0.0, middle + z)), "housing"))
    for lamp, dz in tops.items():
        parts.append((disc(0.098, 24).moved(0.2415, 0.0, middle + dz), lamp))
        parts += [(s.moved(0.24, 0.0, middle + dz), "housing") for s in _visor()]
    lamps = {
        "red": ("#c81a16", (3500.0, 160.0, 90.0)),
        "amber": ("#d98a14", (3200.0, 1500.0, 60.0)),
        "green": ("#12a06a", (200.0, 3800.0, 1900.0)),
    }
    materials = [_plain("pole", "painted_metal", "#4b4f52"), _plain("housing", "plastic", "#16181a")]
    for lamp, (color, nits) in lamps.items():
        red, green, blue = rgb(color)
        share = 1.0 if lamp == lit else 0.18
        dim = (red * share, green * share, blue * share)
        materials.append(make_material(lamp, "lamp", dim, emission_nit=nits if lamp == lit else (0.0, 0.0, 0.0)))
    return assemble(name, "traffic_light", parts, materials)


def draw_signal(rng: np.random.Generator) -> Asset:
    """Draw a traffic light."""
    return signal(
        height_m=float(rng.uniform(3.0, 3.5)),
        lit=("red", "amber", "green")[int(np.searchsorted([0.45, 0.55], rng.random()))],
    )


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
        name, "street_lamp", parts, [_plain("post", "painted_metal", color), _plain("lamp", "lamp", "#d9dcda")]
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
        name, "waste_bin", parts, [_plain("body", "painted_metal", color), _plain("dark", "plastic", "#101112")]
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
    return assemble(name, "bench", parts, [wood, _plain("iron", "painted_metal", "#1f2224")])


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
        name, "fire_hydrant", parts, [_plain("body", "painted_metal", color), _plain("caps", "painted_metal", caps)]
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
        _plain("body", "painted_metal", color),
        make_material("flap", "painted_metal", dark),
        _plain("steel", "metal", "#b0b2b4"),
        _plain("plate", "paper", "#e8e6de"),
    ]
    return assemble(name, "mailbox", parts, materials)


def draw_mailbox(rng: np.random.Generator) -> Asset:
    """Draw a letter box."""
    return mailbox(
        height_m=float(rng.uniform(1.1, 1.35)), color=pick(rng, ("#1f4d8f", "#b3201c", "#d8a81a", "#2c5a3c"))
    )


def _plain(name: str, substance: SubstanceName, color: str, roughness: float | None = None) -> Material:
    return make_material(name, substance, rgb(color), roughness=roughness)


def _sign_outline(kind: str) -> np.ndarray:
    """Return a face's outline as (N, 2) points (y, z) in a unit square, counter-clockwise seen from the front."""
    if kind == "yield":
        return np.array([(-0.49, 0.43), (0.0, -0.42), (0.49, 0.43)])
    if kind in ("parking", "crossing"):
        return np.array([(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)])
    count, turn = (8, math.pi / 8) if kind == "stop" else (32, 0.0)
    radius = 0.5 / math.cos(math.pi / 8) if kind == "stop" else 0.5
    angle = np.arange(count) * (2 * math.pi / count) + turn
    return radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)


def _visor() -> list[Shape]:
    """Return a lamp's visor: the upper part of a tube along x, seen from outside and inside."""
    angle = np.linspace(-0.35, math.pi + 0.35, 14)
    reach = 0.10 + 0.09 * np.clip(np.sin(angle), 0.0, 1.0)
    rows = []
    for radius, ahead in ((0.112, 0.0), (0.112, 1.0), (0.106, 1.0), (0.106, 0.0)):
        rows.append(np.stack([reach * ahead, radius * np.cos(angle), radius * np.sin(angle)], axis=1))
    return [grid(np.stack(rows))]
