"""Fitted kitchens: base and wall units, worktop, sink, oven, hob, extractor hood and refrigerator.

Units of a run share a frame until they are made: x is 0 at the wall and grows into the room, y runs along the wall, z
is up. Worktops are 0.9 m high and 0.62 m deep, units 0.58 m (DIN EN 1116).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets.families.shapes import Part, Shape, assemble, box, disc, panel, plain, revolve, tube
from simgen.geometry.pose import about
from simgen.scene.asset import Asset
from simgen.scene.material import Material

DEPTH_M, TOP_DEPTH_M, TOP_M, TOP_THICK_M = 0.58, 0.62, 0.90, 0.038
WALL_DEPTH_M = 0.34
_PLINTH_M, _GAP_M, _FRONT_M = 0.10, 0.0015, 0.019

Unit = Literal["doors", "drawers", "oven", "sink"]


@dataclass(frozen=True, kw_only=True, eq=False)
class KitchenLook:
    """What a kitchen is made of.

    Attributes:
        front: of doors and drawers; named ``front``.
        front_tile_m: metres that one tile of its texture covers.
        top: of the worktop; named ``top``.
        top_tile_m: likewise.
        handle: ``bar``, ``knob`` or ``none`` (pushed open).
        framed: whether fronts are panelled.
        metal: of handles.
    """

    front: Material
    front_tile_m: float
    top: Material
    top_tile_m: float
    handle: Literal["bar", "knob", "none"]
    framed: bool
    metal: Material

    @property
    def materials(self) -> list[Material]:
        """All, with those that every kitchen has."""
        return [self.front, self.top, self.metal, *_COMMON]


_COMMON = [
    plain("carcass", "plastic", "#dcdad4", 0.5),
    plain("plinth", "plastic", "#3a3a3c", 0.6),
    plain("steel", "metal", "#b9babc", 0.3),
    plain("black_glass", "plastic", "#0b0c0e", 0.06),
    plain("dark", "plastic", "#17181a", 0.45),
    plain("ring", "plastic", "#5a5c60", 0.3),
    plain("white", "painted_metal", "#e6e6e3", 0.35),
]


def base_unit(look: KitchenLook, kind: Unit, width_m: float) -> Asset:
    """Return a unit that carries the worktop: its front faces +x, its back lies in the plane of its least x.

    Args:
        look: materials.
        kind: what is behind its front.
        width_m: along the wall.
    """
    top, deep = TOP_M - TOP_THICK_M, DEPTH_M - _FRONT_M
    # The sink hangs down into its unit.
    full = top if kind != "sink" else TOP_M - SINK_M[2] - 0.03
    parts: list[Part] = [
        (box((deep, width_m, full - _PLINTH_M), (deep / 2, 0.0, (full + _PLINTH_M) / 2)), "carcass"),
        (box((0.52, width_m, _PLINTH_M), (0.26, 0.0, _PLINTH_M / 2)), "plinth"),
    ]
    if full < top:
        sides = [
            box((deep, 0.018, top - full), (deep / 2, s * (width_m - 0.018) / 2, (top + full) / 2)) for s in (-1, 1)
        ]
        parts += [(side, "carcass") for side in sides]
    if kind == "oven":
        return assemble("kitchen/oven", "oven", parts + _oven(look, width_m, _PLINTH_M, top), look.materials)
    if kind == "drawers":
        edges = np.array([_PLINTH_M, _PLINTH_M + 0.29, _PLINTH_M + 0.58, top])
        for low, high in itertools.pairwise(edges):
            parts += _front(look, (-width_m / 2, width_m / 2), (low, high), "top")
    else:
        leaves = 2 if width_m > 0.65 else 1
        across = np.linspace(-width_m / 2, width_m / 2, leaves + 1)
        for k in range(leaves):
            side = "right" if k == 0 else "left"
            parts += _front(look, (across[k], across[k + 1]), (_PLINTH_M, top), side)
    return assemble(f"kitchen/{kind}", "cabinet", parts, look.materials)


def wall_unit(look: KitchenLook, width_m: float, height_m: float) -> Asset:
    """Return a unit that hangs on the wall, doors towards +x."""
    deep = WALL_DEPTH_M - _FRONT_M
    parts: list[Part] = [(box((deep, width_m, height_m), (deep / 2, 0.0, height_m / 2)), "carcass")]
    leaves = 2 if width_m > 0.65 else 1
    across = np.linspace(-width_m / 2, width_m / 2, leaves + 1)
    for k in range(leaves):
        side = "low_right" if k == 0 else "low_left"
        parts += _front(look, (across[k], across[k + 1]), (0.0, height_m), side, WALL_DEPTH_M)
    return assemble("kitchen/wall_unit", "cabinet", parts, look.materials)


def worktop(look: KitchenLook, length_m: float, sink: tuple[float, float] | None) -> Asset:
    """Return a worktop, its back at its least x, with a hole for a sink.

    Args:
        look: materials.
        length_m: along the wall.
        sink: from where to where along it the hole reaches, from its middle; None for no hole.
    """
    middle = TOP_DEPTH_M / 2

    def slab(x: tuple[float, float], y: tuple[float, float]) -> Part:
        size = (x[1] - x[0], y[1] - y[0], TOP_THICK_M)
        shape = box(size, (x[0] + size[0] / 2, y[0] + size[1] / 2, TOP_THICK_M / 2))
        return shape.wrapped(look.top_tile_m), "top"

    half = length_m / 2
    if sink is None:
        return assemble("kitchen/worktop", "table", [slab((0.0, TOP_DEPTH_M), (-half, half))], look.materials)
    front, back = middle + SINK_M[0] / 2, middle - SINK_M[0] / 2
    parts = [
        slab((0.0, TOP_DEPTH_M), (-half, sink[0])),
        slab((0.0, TOP_DEPTH_M), (sink[1], half)),
        slab((0.0, back), sink),
        slab((front, TOP_DEPTH_M), sink),
    ]
    return assemble("kitchen/worktop", "table", parts, look.materials)


SINK_M = (0.40, 0.50, 0.17)
"""Clear size of a sink's hole out from the wall and along it, and its depth."""


def sink_with_tap(look: KitchenLook) -> tuple[Asset, float]:
    """Return a steel sink with its tap behind it, and where the middle of both lies out from that of the hole.

    Its lowest point lies ``SINK_M[2]`` below the worktop's top.
    """
    x, y, deep = SINK_M
    wall, rim, lift = 0.0012, 0.018, 0.003
    inner = (x - 0.006, y - 0.006)
    parts: list[Part] = []
    for sign in (-1, 1):
        parts.append((box((wall, inner[1], deep), (sign * (inner[0] - wall) / 2, 0.0, -deep / 2)), "steel"))
        parts.append((box((inner[0], wall, deep), (0.0, sign * (inner[1] - wall) / 2, -deep / 2)), "steel"))
        parts.append((box((rim, inner[1] + 2 * rim, lift), (sign * (inner[0] + rim) / 2, 0.0, lift / 2)), "steel"))
        parts.append((box((inner[0], rim, lift), (0.0, sign * (inner[1] + rim) / 2, lift / 2)), "steel"))
    parts.append((box((inner[0], inner[1], wall), (0.0, 0.0, -deep + wall / 2)), "steel"))
    drain = [(0.045, 0.0), (0.045, 0.003), (0.03, 0.002), (0.0, 0.0005)]
    parts.append((revolve(drain).moved(z=-deep + wall), "steel"))
    back = -inner[0] / 2 - rim - 0.035
    parts.append(
        (revolve([(0.026, 0.0), (0.026, 0.008), (0.02, 0.012), (0.016, 0.06), (0.0, 0.06)]).moved(back), "steel")
    )
    bend = np.linspace(0.0, np.pi, 13)
    reach = 0.10
    neck = [(back, 0.0, 0.05), (back, 0.0, 0.20)]
    neck += [(back + reach * (1 - np.cos(a)), 0.0, 0.22 + reach * np.sin(a)) for a in bend]
    neck.append((back + 2 * reach, 0.0, 0.19))
    parts.append((tube(neck, 0.011, 12), "steel"))
    parts.append((tube([(back, 0.015, 0.045), (back, 0.075, 0.075)], 0.005), "steel"))
    return assemble("kitchen/sink", "sink", parts, look.materials), (back - 0.026 + inner[0] / 2 + rim) / 2


def hob(look: KitchenLook, rng: np.random.Generator) -> Asset:
    """Draw a glass hob of four zones."""
    parts: list[Part] = [(box((0.51, 0.58, 0.006), (0.0, 0.0, 0.003), 0.002), "black_glass")]
    flat = about((0.0, 1.0, 0.0), -np.pi / 2)
    sizes = rng.permutation([0.105, 0.09, 0.09, 0.072])
    for (sx, sy), radius in zip(((-1, -1), (-1, 1), (1, -1), (1, 1)), sizes, strict=True):
        spot = (sx * 0.115, sy * 0.145)
        parts.append((disc(radius, 40).turned(flat).moved(*spot, 0.0062), "ring"))
        parts.append((disc(radius - 0.003, 40).turned(flat).moved(*spot, 0.0064), "black_glass"))
    parts.append(
        (panel([(0.225, -0.1, 0.0063), (0.24, -0.1, 0.0063), (0.24, 0.1, 0.0063), (0.225, 0.1, 0.0063)]), "ring")
    )
    return assemble("kitchen/hob", "appliance", parts, look.materials)


def hood(look: KitchenLook, height_m: float) -> Asset:
    """Return an extractor hood: a flat canopy under a chimney, its back at its least x."""
    canopy = box((0.48, 0.6, 0.06), (0.24, 0.0, 0.03), 0.004)
    chimney = box((0.28, 0.28, height_m - 0.06), (0.14, 0.0, 0.03 + height_m / 2), 0.003)
    filters = box((0.3, 0.5, 0.004), (0.26, 0.0, 0.0))
    return assemble(
        "kitchen/hood", "appliance", [(canopy, "steel"), (chimney, "steel"), (filters, "dark")], look.materials
    )


def refrigerator(look: KitchenLook, rng: np.random.Generator) -> Asset:
    """Draw a free-standing refrigerator, two doors towards +x."""
    wide, tall, deep = float(rng.uniform(0.55, 0.62)), float(rng.uniform(1.65, 2.0)), 0.6
    body = "white" if rng.random() < 0.5 else "steel"
    split = float(rng.uniform(0.32, 0.7)) * tall
    parts: list[Part] = [(box((deep, wide, tall), (deep / 2, 0.0, tall / 2), 0.005), body)]
    for low, high in ((0.06, split - 0.004), (split + 0.004, tall - 0.004)):
        door = box((0.05, wide - 0.004, high - low), (deep + 0.027, 0.0, (low + high) / 2), 0.008)
        parts.append((door, body))
        end = high - 0.08 if low < split < tall / 2 or high < tall / 2 else low + 0.08
        other = end + (-0.35 if end > (low + high) / 2 else 0.35)
        parts += _bar((deep + 0.052, -wide / 2 + 0.05, end), (deep + 0.052, -wide / 2 + 0.05, other), "steel")
    return assemble("kitchen/refrigerator", "refrigerator", parts, look.materials)


def _oven(look: KitchenLook, width: float, low: float, top: float) -> list[Part]:
    """Return an oven's front between two heights: a drawer, a glass door under its bar, a row of knobs."""
    sill = top - 0.595
    parts = _front(look, (-width / 2, width / 2), (low, sill), "top") if sill - low > 0.08 else []
    face, wide = DEPTH_M, width - 0.006
    parts.append((box((0.022, wide, 0.115), (face - 0.009, 0.0, top - 0.0595), 0.002), "steel"))
    parts.append((box((0.026, wide, 0.46), (face - 0.007, 0.0, sill + 0.233), 0.003), "steel"))
    parts.append((box((0.004, wide - 0.09, 0.33), (face + 0.0075, 0.0, sill + 0.205)), "black_glass"))
    parts += _bar(
        (face + 0.006, -wide / 2 + 0.06, sill + 0.425), (face + 0.006, wide / 2 - 0.06, sill + 0.425), "steel"
    )
    forward = about((0.0, 1.0, 0.0), np.pi / 2)
    knob = revolve([(0.02, 0.0), (0.018, 0.018), (0.0, 0.02)], 20).turned(forward)
    for k in (-2.0, -1.25, 1.25, 2.0):
        parts.append((knob.moved(face + 0.002, k * 0.11 * width / 0.6, top - 0.06), "dark"))
    parts.append((box((0.002, 0.13, 0.04), (face + 0.003, 0.0, top - 0.06)), "black_glass"))
    return parts


def _front(
    look: KitchenLook, y: tuple[float, float], z: tuple[float, float], handle: str, face_m: float = DEPTH_M
) -> list[Part]:
    """Return a door or drawer front with its handle: along its ``top``, or upright on a side, up or down (``low_``)."""
    wide, tall = y[1] - y[0] - 2 * _GAP_M, z[1] - z[0] - 2 * _GAP_M
    middle, height = (y[0] + y[1]) / 2, (z[0] + z[1]) / 2
    sheet = box((_FRONT_M, wide, tall), (face_m - _FRONT_M / 2, middle, height), 0.0015)
    parts: list[Part] = [(sheet.wrapped(look.front_tile_m), "front")]
    border = 0.055
    if look.framed and min(wide, tall) > 3 * border:
        parts += _frame(look, (middle, height), (wide, tall), border, face_m)
    if look.handle == "none":
        return parts
    if handle == "top":
        spot, span = (middle, z[1] - 0.045), (1.0, 0.0)
    else:
        side = y[1] - 0.04 if handle.endswith("right") else y[0] + 0.04
        spot, span = (side, z[0] + 0.12 if handle.startswith("low") else z[1] - 0.12), (0.0, 1.0)
    out = face_m + (0.006 if look.framed else 0.0)
    if look.handle == "knob":
        ball = revolve([(0.006, 0.0), (0.006, 0.012), (0.015, 0.018), (0.013, 0.027), (0.0, 0.029)], 16)
        return [*parts, (ball.turned(about((0.0, 1.0, 0.0), np.pi / 2)).moved(out, *spot), look.metal.name)]
    half = min(0.064, wide / 3)
    ends = [(out, spot[0] + s * half * span[0], spot[1] + s * half * span[1]) for s in (-1, 1)]
    return parts + _bar(ends[0], ends[1], look.metal.name)


def _frame(
    look: KitchenLook, middle: tuple[float, float], size: tuple[float, float], border: float, face_m: float
) -> list[Part]:
    """Return the raised border of a panelled front."""
    (y, z), (wide, tall), thick = middle, size, 0.006
    bars = [((wide, border), (0.0, s * (tall - border) / 2)) for s in (-1, 1)]
    bars += [((border, tall - 2 * border), (s * (wide - border) / 2, 0.0)) for s in (-1, 1)]
    shapes = [box((thick, w, h), (face_m + thick / 2, y + dy, z + dz), 0.0015) for (w, h), (dy, dz) in bars]
    return [(shape.wrapped(look.front_tile_m), "front") for shape in shapes]


def _bar(first: Sequence[float], second: Sequence[float], material: str) -> list[Part]:
    """Return a round bar handle on two feet that stand on the plane of the given points' x."""
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    out = np.array([0.03, 0.0, 0.0])
    along = (b - a) / np.linalg.norm(b - a)
    shapes: list[Shape] = [tube([a + out - 0.012 * along, b + out + 0.012 * along], 0.006, 10)]
    shapes += [tube([end, end + out], 0.0045) for end in (a, b)]
    return [(shape, material) for shape in shapes]
