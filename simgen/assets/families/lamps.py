"""Lamps that stand: floor lamps and table lamps with a shade, jointed desk lamps; each tells where its bulb is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.families.placed import Placed, origin_of
from simgen.assets.families.shapes import Part, assemble, pick, plain, revolve, tube
from simgen.geometry.pose import Vector3, about
from simgen.scene.asset import Asset
from simgen.scene.material import Material, Rgb, make_material, rgb

_METALS = ("#1d1d1f", "#b9babc", "#b09a6c", "#e6e3dc")
_SHADES = ("#efe6d2", "#e8e8e4", "#c9b795", "#8f9aa0", "#3a3c40")


@dataclass(frozen=True, kw_only=True, eq=False)
class Lamp:
    """A lamp's model, where the middle of its bulb is and which way a reflector sends its light (None: all around).

    Both are in the frame it was built in, its foot at the origin.
    """

    placed: Placed
    bulb_m: Vector3
    shines: Vector3 | None = None

    @property
    def asset(self) -> Asset:
        """The model."""
        return self.placed.asset


def shade_lamp(
    *,
    name: str,
    category: Literal["floor_lamp", "lamp"],
    height_m: float,
    shade_m: tuple[float, float, float],
    stand: Literal["pole", "tripod", "turned"] = "pole",
    metal: str = "#1d1d1f",
    shade: str = "#efe6d2",
    glow_nit: Rgb = (0.0, 0.0, 0.0),
) -> Lamp:
    """Return a lamp under a shade that is open above and below, its bulb in the middle of it.

    Args:
        name: of the asset.
        category: ``floor_lamp`` or ``lamp``.
        height_m: of the shade's upper rim.
        shade_m: radius of the upper rim, of the lower, and the shade's height.
        stand: what carries it; ``turned`` is a vase of wood or clay.
        metal: ``#rrggbb`` of foot and pole.
        shade: ``#rrggbb``.
        glow_nit: luminance of the lit shade; 0 for a lamp that is off.
    """
    upper, lower, tall = shade_m
    low = height_m - tall
    cloth = [(lower, low), (upper, height_m), (upper - 0.002, height_m), (lower - 0.002, low), (lower, low)]
    middle = low + 0.45 * tall
    parts: list[Part] = [(revolve(cloth, 40), "shade")]
    # A spider of three wires carries the shade, as on real ones.
    reach = lower + (upper - lower) * 0.1
    for k in range(3):
        a = k * 2 * math.pi / 3
        end = (reach * math.cos(a), reach * math.sin(a), low + 0.1 * tall)
        parts.append((tube([(0.0, 0.0, low + 0.1 * tall), end], 0.0018, 6), "metal"))
    socket = [(0.0, low - 0.03), (0.014, low - 0.03), (0.016, middle - 0.05), (0.0, middle - 0.05)]
    parts.append((revolve(socket, 16), "metal"))
    if stand == "turned":
        r = 0.22 * (low + 0.06)
        vase = [(0.0, 0.0), (0.62 * r, 0.0), (0.66 * r, 0.012), (r, 0.36 * low), (0.8 * r, 0.6 * low),
                (0.3 * r, 0.84 * low), (0.012, 0.9 * low), (0.012, low), (0.0, low)]  # fmt: skip
        parts.append((revolve(vase, 36), "vase"))
    elif stand == "tripod":
        for k in range(3):
            a = k * 2 * math.pi / 3 + 0.3
            foot = (0.27 * math.cos(a), 0.27 * math.sin(a), 0.012)
            parts.append(
                (tube([(0.02 * math.cos(a), 0.02 * math.sin(a), low - 0.04), foot], (0.011, 0.015), 12), "wood")
            )
        parts.append(
            (revolve([(0.0, low - 0.07), (0.035, low - 0.07), (0.035, low - 0.03), (0.0, low - 0.03)], 20), "metal")
        )
    else:
        r = 0.14 if category == "floor_lamp" else 0.07
        parts.append((revolve([(0.0, 0.0), (r, 0.0), (r, 0.012), (0.02, 0.022), (0.0, 0.022)], 36), "metal"))
        parts.append((tube([(0.0, 0.0, 0.015), (0.0, 0.0, low)], 0.009, 14), "metal"))
    materials = [*_materials(metal), make_material("shade", "cloth", rgb(shade), emission_nit=glow_nit)]
    materials.append(plain("vase", "ceramic", metal if metal != "#1d1d1f" else "#50707a", 0.25))
    placed = Placed(asset=assemble(name, category, parts, materials), origin_m=origin_of(parts))
    return Lamp(placed=placed, bulb_m=(0.0, 0.0, middle))


def desk_lamp(
    *,
    name: str = "desk_lamp",
    lower_m: float = 0.28,
    upper_m: float = 0.26,
    raised_deg: float = 68.0,
    bent_deg: float = 95.0,
    metal: str = "#1d1d1f",
    glow_nit: Rgb = (0.0, 0.0, 0.0),
) -> Lamp:
    """Return a lamp with two arms in the plane y = 0 and a reflector that shines down, ahead (+x) of its foot.

    Args:
        name: of the asset.
        lower_m: length of the lower arm.
        upper_m: length of the upper arm.
        raised_deg: of the lower arm above the table; 90 is upright.
        bent_deg: how far the upper arm bends forwards from it.
        metal: ``#rrggbb``.
        glow_nit: luminance of the bulb's front, of which the reflector shows a fifth; 0 for a lamp that is off.
    """
    first, second = math.radians(raised_deg), math.radians(raised_deg - bent_deg)
    foot = np.array([0.0, 0.0, 0.03])
    elbow = foot + lower_m * np.array([-math.cos(first), 0.0, math.sin(first)])
    head = elbow + upper_m * np.array([math.cos(second), 0.0, math.sin(second)])
    parts: list[Part] = [
        (revolve([(0.0, 0.0), (0.085, 0.0), (0.085, 0.016), (0.03, 0.026), (0.0, 0.026)], 36), "metal"),
        (revolve([(0.0, 0.02), (0.014, 0.02), (0.014, 0.045), (0.0, 0.045)], 16), "metal"),
    ]
    for side in (0.011, -0.011):
        shift = np.array([0.0, side, 0.0])
        parts.append((tube([foot + shift, elbow + shift], 0.005, 10), "metal"))
        parts.append((tube([elbow + shift, head + shift], 0.005, 10), "metal"))
    for joint in (foot, elbow, head):
        across = np.array([0.0, 0.017, 0.0])
        parts.append((tube([joint - across, joint + across], 0.011, 14), "steel"))
    tilt = about((0.0, 1.0, 0.0), -0.25)
    parts += [(shape.turned(tilt).moved(*head), of) for shape, of in _HEAD]
    shown = (0.2 * glow_nit[0], 0.2 * glow_nit[1], 0.2 * glow_nit[2])
    materials = [
        *_materials(metal),
        make_material("bulb", "lamp", (0.8, 0.8, 0.8), emission_nit=glow_nit),
        make_material("reflector", "painted_metal", rgb("#e9e9e6"), roughness=0.4, emission_nit=shown),
    ]
    placed = Placed(asset=assemble(name, "lamp", parts, materials), origin_m=origin_of(parts))
    down = tilt.rotate(np.array([[0.0, 0.0, -1.0]]))[0]
    x, y, z = (float(v) for v in head + 0.02 * down)
    return Lamp(placed=placed, bulb_m=(x, y, z), shines=(float(down[0]), 0.0, float(down[2])))


_HEAD: tuple[Part, ...] = (
    (revolve([(0.068, -0.055), (0.06, -0.015), (0.03, 0.03), (0.016, 0.05), (0.0, 0.05)], 32), "metal"),
    (
        revolve(
            [(0.0, 0.045), (0.014, 0.045), (0.028, 0.027), (0.0575, -0.016), (0.0655, -0.055), (0.068, -0.055)], 32
        ),
        "reflector",
    ),
    (revolve([(0.0, -0.006), (0.024, 0.0), (0.026, 0.02), (0.0, 0.02)], 20), "bulb"),
)
"""A desk lamp's head: what its bell, its inside and its bulb are made of; the bulb is at the origin."""


def draw_floor_lamp(rng: np.random.Generator, glow_nit: Rgb = (0.0, 0.0, 0.0)) -> Lamp:
    """Draw a floor lamp."""
    lower, slope = float(rng.uniform(0.16, 0.24)), float(rng.uniform(0.55, 1.0))
    return shade_lamp(
        name="floor_lamp",
        category="floor_lamp",
        height_m=float(rng.uniform(1.4, 1.75)),
        shade_m=(lower * slope, lower, float(rng.uniform(0.2, 0.3))),
        stand=pick(rng, ("pole", "tripod")),
        metal=pick(rng, _METALS),
        shade=pick(rng, _SHADES),
        glow_nit=glow_nit,
    )


def draw_table_lamp(rng: np.random.Generator, glow_nit: Rgb = (0.0, 0.0, 0.0)) -> Lamp:
    """Draw a table lamp."""
    lower, slope = float(rng.uniform(0.1, 0.16)), float(rng.uniform(0.5, 1.0))
    return shade_lamp(
        name="table_lamp",
        category="lamp",
        height_m=float(rng.uniform(0.38, 0.6)),
        shade_m=(lower * slope, lower, float(rng.uniform(0.14, 0.2))),
        stand=pick(rng, ("pole", "turned", "turned")),
        metal=pick(rng, _METALS),
        shade=pick(rng, _SHADES),
        glow_nit=glow_nit,
    )


def draw_desk_lamp(rng: np.random.Generator, glow_nit: Rgb = (0.0, 0.0, 0.0)) -> Lamp:
    """Draw a desk lamp in some posture that keeps its head well above the desk."""
    raised = float(rng.uniform(58.0, 85.0))
    return desk_lamp(
        lower_m=float(rng.uniform(0.26, 0.38)),
        upper_m=float(rng.uniform(0.24, 0.34)),
        raised_deg=raised,
        bent_deg=raised - float(rng.uniform(-12.0, 25.0)),
        metal=pick(rng, (*_METALS, "#b23a2e", "#3f6b57")),
        glow_nit=glow_nit,
    )


def _materials(metal: str) -> list[Material]:
    made_of = "metal" if metal in ("#b9babc", "#b09a6c") else "painted_metal"
    return [
        plain("metal", made_of, metal, 0.35),
        plain("steel", "metal", "#8f9194", 0.35),
        plain("wood", "wood", "#8a6440", 0.5),
        plain("white", "painted_metal", "#e9e9e6", 0.4),
    ]
