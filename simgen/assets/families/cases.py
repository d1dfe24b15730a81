"""Desks, cabinets, coffee tables and bookcases of drawn proportions, facing +x; their tops are level and free."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from simgen.assets import textures
from simgen.assets.families.furniture import WOODS
from simgen.assets.families.shapes import Part, Shape, assemble, box, pick, plain, revolve, tube
from simgen.geometry.pose import about
from simgen.scene.asset import Asset
from simgen.scene.material import Material, make_material, rgb

_PAINTS = ("#e8e6e0", "#3a3d40", "#7f8f99", "#5f7160", "#c9b795", "#2b3a4a")
Column = Literal["door", "drawers", "open"]
_COLUMNS: tuple[Column, ...] = ("door", "drawers", "door", "open")
_LOW_COLUMNS: tuple[Column, ...] = ("door", "drawers", "open")
_UPRIGHT = about((0.0, 1.0, 0.0), np.pi / 2)


@dataclass(frozen=True, kw_only=True, eq=False)
class CaseLook:
    """What a case is made of.

    Attributes:
        body: of carcass and top; named ``body``.
        front: of doors and drawers; named ``front``.
        tile_m: metres that one tile of their textures covers.
        metal: of knobs, rails and legs; named ``metal``.
    """

    body: Material
    front: Material
    tile_m: float
    metal: Material

    @property
    def materials(self) -> list[Material]:
        """All of them, with the dark of gaps."""
        return [self.body, self.front, self.metal, plain("gap", "plastic", "#1a1918", 0.8)]


def draw_case_look(rng: np.random.Generator) -> CaseLook:
    """Draw materials: wood, paint, or painted fronts in a wooden body."""
    kind = pick(rng, ("wood", "wood", "paint", "both"))
    tile = textures.TILE_M["table_wood"]
    wood = textures.table_wood(rng, 256, base=WOODS[int(rng.integers(len(WOODS)))])
    paint, gloss = rgb(pick(rng, _PAINTS)), float(rng.uniform(0.25, 0.55))

    def of(name: str, wooden: bool) -> Material:
        if wooden:
            return make_material(name, "wood", (1.0, 1.0, 1.0), texture=wood, roughness=0.5)
        return make_material(name, "painted_metal", paint, roughness=gloss, tintable=True)

    metal = pick(rng, ("#b9babc", "#1c1c1e", "#b09a6c"))
    substance = "painted_metal" if metal == "#1c1c1e" else "metal"
    return CaseLook(
        body=of("body", kind != "paint"),
        front=of("front", kind == "wood"),
        tile_m=tile,
        metal=plain("metal", substance, metal, 0.35),
    )


def cabinet(
    look: CaseLook,
    size_m: tuple[float, float, float],
    columns: Sequence[Column],
    *,
    drawers: int = 3,
    leg_m: float = 0.1,
    name: str = "cabinet",
    category: str = "cabinet",
) -> Asset:
    """Return a case with a column each of a door, drawers or open boards; its top is level.

    Args:
        look: materials.
        size_m: depth (x), width (y) and height (z) of the whole.
        columns: left to right, seen from the front.
        drawers: how many a column of drawers, or boards an open one, has.
        leg_m: height of its legs; 0 for a plinth.
        name: of the asset.
        category: of the asset.
    """
    deep, wide, tall = size_m
    low, thick, face = (leg_m or 0.06), 0.019, 0.019
    inner = deep - face
    parts: list[Part] = [
        (_board((deep, wide, thick), (0.0, 0.0, tall - thick / 2), look), "body"),
        (_board((inner, wide, thick), (-face / 2, 0.0, low + thick / 2), look), "body"),
        (_board((0.006, wide - 2 * thick, tall - low - 2 * thick), (-deep / 2 + 0.003, 0.0, (tall + low) / 2), look),
         "body"),
    ]  # fmt: skip
    edges = np.linspace(wide / 2, -wide / 2, len(columns) + 1)
    upright = tall - low - 2 * thick
    for k, edge in enumerate(edges):
        inset = thick / 2 if 0 < k < len(columns) else 0.0
        y = float(edge) - math.copysign(thick / 2, edge) if not inset else float(edge)
        parts.append((_board((inner, thick, upright), (-face / 2, y, (tall + low) / 2), look), "body"))
    for kind, (left, right) in zip(columns, itertools.pairwise(edges), strict=True):
        parts += _column(look, kind, (float(right), float(left)), (low, tall - thick), deep / 2, drawers, inner)
    if leg_m:
        leg = revolve([(0.0, 0.0), (0.012, 0.0), (0.019, low), (0.0, low)], 14)
        spots = itertools.product((deep / 2 - 0.06, 0.06 - deep / 2), (wide / 2 - 0.07, 0.07 - wide / 2))
        parts += [(leg.moved(x, y), "metal") for x, y in spots]
    else:
        parts.append((box((deep - 0.06, wide - 0.01, low), (-0.02, 0.0, low / 2)), "gap"))
    return assemble(name, category, parts, look.materials)


def draw_cabinet(rng: np.random.Generator) -> Asset:
    """Draw a sideboard or chest of drawers."""
    wide, tall = float(rng.uniform(0.7, 1.8)), float(rng.uniform(0.65, 1.1))
    count = max(1, round(wide / float(rng.uniform(0.4, 0.6))))
    columns: list[Column] = [pick(rng, _COLUMNS) for _ in range(count)]
    size = (float(rng.uniform(0.36, 0.48)), wide, tall)
    return cabinet(
        draw_case_look(rng), size, columns, drawers=int(rng.integers(2, 5)), leg_m=pick(rng, (0.0, 0.1, 0.15))
    )


def media_unit(rng: np.random.Generator, wide_m: float) -> Asset:
    """Draw a low case for a television, so wide."""
    columns: list[Column] = [pick(rng, _LOW_COLUMNS) for _ in range(max(2, round(wide_m / 0.6)))]
    size = (float(rng.uniform(0.36, 0.45)), wide_m, float(rng.uniform(0.38, 0.55)))
    return cabinet(draw_case_look(rng), size, columns, drawers=2, leg_m=pick(rng, (0.0, 0.1, 0.14)), name="media_unit")


def desk(
    look: CaseLook,
    size_m: tuple[float, float, float],
    *,
    legs: Literal["panels", "frame", "trestles"] = "frame",
    pedestal: bool = True,
) -> Asset:
    """Return a desk one sits at from +x: a top on panels, a steel frame or trestles; maybe with drawers under it.

    Args:
        look: materials.
        size_m: depth (x), width (y) and height (z).
        legs: what carries it.
        pedestal: whether drawers stand under its right end, seen by who sits there.
    """
    deep, wide, tall = size_m
    thick = 0.026
    parts: list[Part] = [(_board((deep, wide, thick), (0.0, 0.0, tall - thick / 2), look), "body")]
    under = tall - thick
    for side in (1.0, -1.0):
        y = side * (wide / 2 - 0.05)
        if legs == "panels":
            parts.append((_board((deep - 0.04, 0.022, under), (0.0, y, under / 2), look), "body"))
        elif legs == "frame":
            parts.append((box((deep - 0.08, 0.06, 0.03), (0.0, y, 0.015), 0.003), "metal"))
            parts.append((box((0.05, 0.05, under - 0.06), (-0.05, y, 0.03 + (under - 0.06) / 2)), "metal"))
            parts.append((box((deep - 0.2, 0.05, 0.03), (0.0, y, under - 0.015)), "metal"))
        else:
            for x in (deep / 2 - 0.08, 0.08 - deep / 2):
                for lean in (0.14, -0.14):
                    # Its end is square to its way, so that the lower edge is what touches the floor.
                    foot = (x, y - side * 0.1 + lean, 0.014 * 0.98 * abs(lean) / under)
                    parts.append((tube([foot, (x, y - side * 0.1 + 0.02 * lean, under)], 0.014, 10), "metal"))
            rail = box((deep - 0.1, 0.05, 0.025), (0.0, y - side * 0.1, under - 0.0125))
            parts.append((rail, "metal"))
    if legs != "trestles":
        back = (0.02, wide - 0.16, 0.06 if legs == "frame" else 0.3)
        parts.append((_board(back, (-deep / 2 + 0.1, 0.0, under - back[2] / 2), look), "body"))
    if pedestal:
        w, d = 0.4, min(deep - 0.14, 0.56)
        y, top = wide / 2 - 0.1 - w / 2, under - 0.02
        x = deep / 2 - 0.04 - d / 2
        parts.append((box((d - 0.02, w, top - 0.05), (x - 0.01, y, 0.05 + (top - 0.05) / 2)), "body"))
        parts.append((box((d - 0.08, w - 0.06, 0.05), (x, y, 0.025)), "gap"))
        parts += _column(look, "drawers", (y - w / 2, y + w / 2), (0.05, top), x + d / 2, 3, d)
    return assemble("desk", "desk", parts, look.materials)


def draw_desk(rng: np.random.Generator, size_m: tuple[float, float, float] | None = None) -> Asset:
    """Draw a desk, or one of a size."""
    size = size_m or (float(rng.uniform(0.65, 0.8)), float(rng.uniform(1.2, 1.8)), float(rng.uniform(0.71, 0.75)))
    return desk(
        draw_case_look(rng), size, legs=pick(rng, ("panels", "frame", "frame", "trestles")),
        pedestal=bool(rng.random() < 0.55),
    )  # fmt: skip


def coffee_table(
    look: CaseLook, size_m: tuple[float, float, float], *, board: bool = True, drums: bool = False
) -> tuple[Asset, tuple[tuple[float, float], ...]]:
    """Return a low table and the corners of its top: four legs, maybe a board between them; or round on three legs.

    Args:
        look: materials.
        size_m: length (x), width (y), height (z); a round one is as wide as it is long.
        board: whether it has a board below.
        drums: whether it is round.
    """
    x, y, z = size_m
    thick = 0.03
    if drums:
        r = x / 2
        top = revolve([(0.0, z - thick), (r - 0.004, z - thick), (r, z - thick + 0.004), (r, z - 0.003), (r - 0.003, z),
                       (0.0, z)], 48).wrapped(look.tile_m)  # fmt: skip
        parts: list[Part] = [(top, "body")]
        for k in range(3):
            a = k * 2 * math.pi / 3
            c, s = math.cos(a), math.sin(a)
            parts.append(
                (tube([(0.92 * r * c, 0.92 * r * s, 0.0), (0.6 * r * c, 0.6 * r * s, z - thick)], 0.013, 12), "metal")
            )
        turn = np.arange(40) * (2 * math.pi / 40)
        edge = (r - 0.004) * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        corners = tuple((float(a), float(b)) for a, b in edge)
        return assemble("coffee_table", "table", parts, look.materials), corners
    parts = [(_board((x, y, thick), (0.0, 0.0, z - thick / 2), look), "body")]
    leg = 0.045
    for sx, sy in itertools.product((1.0, -1.0), repeat=2):
        spot = (sx * (x / 2 - leg / 2 - 0.01), sy * (y / 2 - leg / 2 - 0.01), (z - thick) / 2)
        parts.append((box((leg, leg, z - thick), spot, 0.002), "metal" if not board else "body"))
    if board:
        parts.append((_board((x - 0.03, y - 0.03 - 2 * leg, 0.018), (0.0, 0.0, 0.14), look), "body"))
    half = (x / 2, y / 2)
    corners = tuple((sx * half[0], sy * half[1]) for sx, sy in ((-1, -1), (1, -1), (1, 1), (-1, 1)))
    return assemble("coffee_table", "table", parts, look.materials), corners


def draw_coffee_table(rng: np.random.Generator) -> tuple[Asset, tuple[tuple[float, float], ...]]:
    """Draw a coffee table; see `coffee_table`."""
    drums = bool(rng.random() < 0.3)
    length = float(rng.uniform(0.6, 0.9)) if drums else float(rng.uniform(0.5, 0.7))
    size = (length, length if drums else float(rng.uniform(0.9, 1.3)), float(rng.uniform(0.36, 0.46)))
    return coffee_table(draw_case_look(rng), size, board=bool(rng.random() < 0.5), drums=drums)


def _board(size: tuple[float, float, float], centre: tuple[float, float, float], look: CaseLook) -> Shape:
    """Return a board whose grain runs along its longest side."""
    longest = int(np.argmax(size))
    if longest == 0:
        return box(size, centre, 0.001).wrapped(look.tile_m)
    turn = about((0.0, 0.0, 1.0), np.pi / 2) if longest == 1 else _UPRIGHT
    lying = (size[1], size[0], size[2]) if longest == 1 else (size[2], size[1], size[0])
    return box(lying, bevel_m=0.001).wrapped(look.tile_m).turned(turn).moved(*centre)


def _column(
    look: CaseLook,
    kind: Literal["door", "drawers", "open"],
    y: tuple[float, float],
    z: tuple[float, float],
    face_m: float,
    drawers: int,
    deep: float,
) -> list[Part]:
    """Return what closes a column of a case: fronts with a gap of 3 mm around them, or boards."""
    gap, thick = 0.0015, 0.018
    middle, wide = sum(y) / 2, y[1] - y[0] - 2 * gap
    if kind == "open":
        heights = np.linspace(z[0], z[1], drawers + 1)[1:-1]
        return [
            (
                _board((deep - 0.03, wide - 0.016, thick), (face_m - 0.02 - (deep - 0.03) / 2, middle, float(h)), look),
                "body",
            )
            for h in heights
        ]
    edges = np.linspace(z[0], z[1], (drawers if kind == "drawers" else 1) + 1)
    parts: list[Part] = []
    for low, high in itertools.pairwise(edges):
        tall = float(high - low) - 2 * gap
        front = _board((thick, wide, tall), (face_m - thick / 2, middle, float(low + high) / 2), look)
        parts.append((front, "front"))
        knob = revolve([(0.006, 0.0), (0.006, 0.014), (0.014, 0.019), (0.012, 0.026), (0.0, 0.027)], 14).turned(
            _UPRIGHT
        )
        spot = (middle, float(low + high) / 2) if kind == "drawers" else (y[0] + 0.05, float(high) - 0.12)
        parts.append((knob.moved(face_m, *spot), "metal"))
    return parts
