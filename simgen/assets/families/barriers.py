"""What keeps traffic away: cones, barriers and bollards."""

from __future__ import annotations

import itertools

import numpy as np

from simgen.assets import textures
from simgen.assets.families import prints
from simgen.assets.families.shapes import (
    Part,
    assemble,
    box,
    loft,
    panel,
    pick,
    plain,
    revolve,
)
from simgen.scene.asset import Asset, Symmetry
from simgen.scene.material import make_material, rgb


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
        plain("foot", "rubber", "#1d1d1e"),
        plain("body", "plastic", color),
        plain("band", "retro_sheet", "#ececea"),
    ]
    return assemble(name, "traffic_cone", parts, materials, symmetries=(Symmetry(folds=4),))


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
        name, "barrier", [(body, "body"), *((s, "slot") for s in slots)], [material, plain("slot", "soil", "#151515")]
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
        plain("leg", "painted_metal", "#c9c9c7"),
        plain("foot", "rubber", "#232324"),
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
    materials = [plain("body", "painted_metal", color), plain("band", "retro_sheet", "#ececea")]
    return assemble(
        name, "bollard", [(revolve(body, 20), "body"), (revolve(band, 20), "band")], materials, symmetries=(Symmetry(),)
    )


def draw_bollard(rng: np.random.Generator) -> Asset:
    """Draw a bollard."""
    return bollard(
        height_m=float(rng.uniform(0.75, 1.1)),
        radius_m=float(rng.uniform(0.045, 0.085)),
        color=pick(rng, ("#2b2d2f", "#6d7073", "#3a4a3e", "#8f1f1c")),
    )
