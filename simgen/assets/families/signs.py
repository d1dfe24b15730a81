"""Traffic signs and signals."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np

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
    pick,
    plain,
    revolve,
)
from simgen.scene.asset import Asset
from simgen.scene.material import Material, make_material, rgb

_GALVANIZED = "#9a9d9e"

Lamp = Literal["red", "amber", "green"]

_LAMPS = {
    "red": ("#c81a16", (3500.0, 160.0, 90.0)),
    "amber": ("#d98a14", (3200.0, 1500.0, 60.0)),
    "green": ("#12a06a", (200.0, 3800.0, 1900.0)),
}
"""Colours of a traffic light's lamps, and what they give off where they shine, cd/m2."""


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
        name, "traffic_sign", parts, [printed, plain("steel", "metal", _GALVANIZED, roughness=0.5)], tags=(kind,)
    )


def draw_sign(rng: np.random.Generator) -> Asset:
    """Draw a traffic sign."""
    return sign(
        kind=pick(rng, prints.SIGNS), height_m=float(rng.uniform(2.05, 2.4)), size_m=float(rng.uniform(0.55, 0.75))
    )


def signal(*, name: str = "traffic_light", height_m: float = 3.2, lit: Lamp = "green") -> Asset:
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
    materials = [plain("pole", "painted_metal", "#4b4f52"), plain("housing", "plastic", "#16181a")]
    materials += [_lamp(lamp, lamp == lit) for lamp in _LAMPS]
    return assemble(name, "traffic_light", parts, materials)


def _lamp(name: str, shines: bool) -> Material:
    color, nits = _LAMPS[name]
    red, green, blue = rgb(color)
    share = 1.0 if shines else 0.18
    dim = (red * share, green * share, blue * share)
    return make_material(name, "lamp", dim, emission_nit=nits if shines else (0.0, 0.0, 0.0))


def showing(light: Asset, lit: Lamp) -> Asset:
    """Return a traffic light with another of its lamps lit; one without lamps of these names stays as it is."""
    if not {"red", "amber", "green"} <= {m.name for m in light.materials}:
        return light
    materials = [_lamp(m.name, m.name == lit) if m.name in _LAMPS else m for m in light.materials]
    return replace(light, materials=tuple(materials))


def draw_signal(rng: np.random.Generator) -> Asset:
    """Draw a traffic light."""
    return signal(
        height_m=float(rng.uniform(3.0, 3.5)),
        lit=("red", "amber", "green")[int(np.searchsorted([0.45, 0.55], rng.random()))],
    )


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
