"""Buildings along a street: a block with a worked-out front towards +x, plain sides and back, and a roof."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets import textures
from simgen.assets.families import prints
from simgen.assets.families.shapes import Part, Shape, assemble, box, hull, join, panel, pick
from simgen.scene.asset import Asset
from simgen.scene.material import Texture, make_material, rgb

RECESS_M = 0.16


@dataclass(frozen=True, kw_only=True)
class _Opening:
    """A hole in the front: its edges along y and z, metres."""

    left: float
    right: float
    low: float
    high: float


def building(
    *,
    name: str = "building",
    width_m: float = 12.0,
    depth_m: float = 9.0,
    floors: int = 3,
    ground_m: float = 3.8,
    floor_m: float = 3.1,
    bay_m: float = 2.4,
    roof: Literal["flat", "gabled"] = "gabled",
    shop: bool = True,
    balcony: bool = False,
    wall: Texture,
    wall_tile_m: float,
    tiles: Texture,
    plinth: Texture,
    board: Texture,
    trim: str = "#d8d3c6",
    frame: str = "#e9e7e1",
    door: str = "#3a2a20",
) -> Asset:
    """Return a building.

    Args:
        name: of the asset.
        width_m: of the front, along y.
        depth_m: from front to back.
        floors: with the ground floor.
        ground_m: height of the ground floor.
        floor_m: height of each floor above it.
        bay_m: about how far apart the windows stand.
        roof: flat behind a parapet, or two slopes with the ridge along the front.
        shop: whether the ground floor is a shop front.
        balcony: whether every other bay above the ground floor has a balcony.
        wall: texture of the walls.
        wall_tile_m: metres that one tile of ``wall`` covers.
        tiles: texture of a gabled roof.
        plinth: texture of the base course.
        board: the shop's name board.
        trim: ``#rrggbb`` of cornice and surrounds.
        frame: ``#rrggbb`` of window frames.
        door: ``#rrggbb`` of the door.
    """
    front = depth_m / 2
    eaves = ground_m + (floors - 1) * floor_m + 0.35
    bays = max(2, round(width_m / bay_m))
    edges = np.linspace(-width_m / 2, width_m / 2, bays + 1)
    entrance = bays // 2 if not shop else bays - 1
    walls: list[Shape] = []
    parts: list[Part] = []
    for floor in range(floors):
        low = 0.0 if floor == 0 else ground_m + (floor - 1) * floor_m
        high = ground_m if floor == 0 else low + floor_m
        for bay in range(bays):
            cell = _Opening(left=float(edges[bay]), right=float(edges[bay + 1]), low=low, high=high)
            hole = _hole(cell, floor, bay == entrance, shop)
            walls += _wall_around(cell, hole, front)
            if floor == 0 and bay == entrance:
                parts += _door(hole, front)
            else:
                parts += _window(hole, front, shop and floor == 0)
            if floor and balcony and bay % 2 == 1:
                parts += _balcony(hole, front)
    top = _rect(-width_m / 2, width_m / 2, ground_m + (floors - 1) * floor_m, eaves, front)
    walls += [top, *_other_sides(width_m, depth_m, eaves)]
    if roof == "gabled":
        gable, parts_roof = _gabled(width_m, depth_m, eaves)
        walls += gable
    else:
        parts_roof = _flat(width_m, depth_m, eaves)
    parts += parts_roof
    parts.append((join(walls).creased(20.0).wrapped(wall_tile_m), "wall"))
    parts.append((box((0.30, width_m, 0.22), (front + 0.10, 0.0, eaves - 0.11)), "trim"))
    parts.append((box((0.18, width_m, 0.10), (front + 0.04, 0.0, eaves - 0.27)), "trim"))
    parts.append((box((0.10, width_m, 0.16), (front + 0.03, 0.0, ground_m - 0.02)), "trim"))
    parts += _plinth(hole_y=_door_edges(edges, entrance), width_m=width_m, front=front, shop=shop)
    if shop:
        w = float(edges[-2] - edges[0]) / 2 - 0.15
        y, z = float(edges[0] + edges[-2]) / 2, ground_m - 0.42
        parts.append(
            (
                panel(
                    [
                        (front + 0.101, y - w, z - 0.24),
                        (front + 0.101, y + w, z - 0.24),
                        (front + 0.101, y + w, z + 0.24),
                        (front + 0.101, y - w, z + 0.24),
                    ]
                ),
                "board",
            )
        )
        parts.append((box((0.1, 2 * w + 0.1, 0.56), (front + 0.05, y, z)), "frame"))
    materials = [
        make_material("wall", "brick" if wall.name == "brick" else "plaster", (1.0, 1.0, 1.0), texture=wall),
        make_material("trim", "stone", rgb(trim)),
        make_material("frame", "painted_metal", rgb(frame)),
        make_material("glass", "glass", rgb("#141b20")),
        make_material("curtain", "cloth", rgb("#c9c4b8")),
        make_material("door", "wood", rgb(door)),
        make_material("roof", "brick", (1.0, 1.0, 1.0), texture=tiles),
        make_material("felt", "asphalt", rgb("#4a4a4a")),
        make_material("plinth", "stone", (0.8, 0.8, 0.8), texture=plinth),
        make_material("board", "painted_metal", (1.0, 1.0, 1.0), texture=board),
        make_material("iron", "painted_metal", rgb("#1c1e20")),
    ]
    return assemble(name, "building", parts, materials)


def draw_building(rng: np.random.Generator) -> Asset:
    """Draw a building."""
    brick = bool(rng.random() < 0.45)
    if brick:
        bases = ((150.0, 82.0, 62.0), (128.0, 70.0, 56.0), (168.0, 112.0, 84.0), (186.0, 164.0, 128.0))
        wall = textures.brick(rng, base=bases[int(rng.integers(len(bases)))])
    else:
        bases = (
            (214.0, 205.0, 186.0),
            (226.0, 222.0, 214.0),
            (206.0, 184.0, 146.0),
            (198.0, 172.0, 158.0),
            (176.0, 186.0, 190.0),
            (218.0, 196.0, 150.0),
        )
        wall = textures.plaster(rng, base=bases[int(rng.integers(len(bases)))])
    roofs = ((142.0, 74.0, 54.0), (96.0, 62.0, 52.0), (84.0, 86.0, 90.0))
    return building(
        width_m=float(rng.uniform(8.0, 20.0)),
        depth_m=float(rng.uniform(8.0, 10.0)),
        floors=int(rng.integers(2, 6)),
        ground_m=float(rng.uniform(3.4, 4.2)),
        floor_m=float(rng.uniform(2.85, 3.4)),
        bay_m=float(rng.uniform(2.1, 3.0)),
        roof="gabled" if rng.random() < 0.6 else "flat",
        shop=bool(rng.random() < 0.5),
        balcony=bool(rng.random() < 0.25),
        wall=wall,
        wall_tile_m=textures.TILE_M[wall.name],
        tiles=textures.roof_tiles(rng, base=roofs[int(rng.integers(3))]),
        plinth=textures.concrete(rng, 256),
        board=prints.shop_sign(rng),
        trim=pick(rng, ("#d8d3c6", "#c2bcae", "#e6e3da", "#a9a294")),
        frame=pick(rng, ("#e9e7e1", "#3b3f42", "#6a4a34", "#e9e7e1", "#2f4a3c")),
        door=pick(rng, ("#3a2a20", "#24452f", "#6b1f1c", "#22324f")),
    )


def _rect(left: float, right: float, low: float, high: float, x: float) -> Shape:
    """Return an upright rectangle facing +x."""
    return panel([(x, left, low), (x, right, low), (x, right, high), (x, left, high)])


def _hole(cell: _Opening, floor: int, entrance: bool, shop: bool) -> _Opening:
    """Return the opening in one bay of one floor."""
    middle, width = (cell.left + cell.right) / 2, cell.right - cell.left
    if floor == 0 and entrance:
        return _Opening(left=middle - 0.55, right=middle + 0.55, low=0.12, high=2.55)
    if floor == 0 and shop:
        return _Opening(left=cell.left + 0.14, right=cell.right - 0.14, low=0.45, high=cell.high - 0.82)
    half = min(0.62, width * 0.29)
    return _Opening(
        left=middle - half, right=middle + half, low=cell.low + 0.92, high=min(cell.high - 0.40, cell.low + 2.65)
    )


def _wall_around(cell: _Opening, hole: _Opening, front: float) -> list[Shape]:
    """Return the wall of a bay with its hole left out, and the hole's four reveals."""
    back = front - RECESS_M
    return [
        _rect(cell.left, cell.right, cell.low, hole.low, front),
        _rect(cell.left, cell.right, hole.high, cell.high, front),
        _rect(cell.left, hole.left, hole.low, hole.high, front),
        _rect(hole.right, cell.right, hole.low, hole.high, front),
        panel(
            [
                (back, hole.left, hole.low),
                (front, hole.left, hole.low),
                (front, hole.left, hole.high),
                (back, hole.left, hole.high),
            ][::-1]
        ),
        panel(
            [
                (back, hole.right, hole.low),
                (front, hole.right, hole.low),
                (front, hole.right, hole.high),
                (back, hole.right, hole.high),
            ]
        ),
        panel(
            [
                (back, hole.left, hole.low),
                (front, hole.left, hole.low),
                (front, hole.right, hole.low),
                (back, hole.right, hole.low),
            ]
        ),
        panel(
            [
                (back, hole.left, hole.high),
                (front, hole.left, hole.high),
                (front, hole.right, hole.high),
                (back, hole.right, hole.high),
            ][::-1]
        ),
    ]


def _window(hole: _Opening, front: float, display: bool) -> list[Part]:
    """Return a window in its hole: glass, frame, bars, sill and surround; a shop's window has only a frame."""
    x, bar = front - RECESS_M, 0.06
    middle, width, tall = (hole.left + hole.right) / 2, hole.right - hole.left, hole.high - hole.low
    parts: list[Part] = [(_rect(hole.left, hole.right, hole.low, hole.high, x + 0.012), "glass")]
    for y in (hole.left + bar / 2, hole.right - bar / 2):
        parts.append((box((0.06, bar, tall), (x + 0.03, y, (hole.low + hole.high) / 2)), "frame"))
    for z in (hole.low + bar / 2, hole.high - bar / 2):
        parts.append((box((0.06, width, bar), (x + 0.03, middle, z)), "frame"))
    if display:
        return parts
    parts.append((box((0.05, 0.05, tall), (x + 0.03, middle, (hole.low + hole.high) / 2)), "frame"))
    parts.append((box((0.045, width, 0.04), (x + 0.03, middle, hole.low + 0.68 * tall)), "frame"))
    for y in (hole.left + 0.15 * width, hole.right - 0.15 * width):
        parts.append((_rect(y - 0.09 * width, y + 0.09 * width, hole.low + bar, hole.high - bar, x + 0.016), "curtain"))
    parts.append((box((0.26, width + 0.24, 0.07), (front - 0.01, middle, hole.low - 0.035)), "trim"))
    parts.append((box((0.08, width + 0.24, 0.14), (front, middle, hole.high + 0.07)), "trim"))
    return parts


def _door(hole: _Opening, front: float) -> list[Part]:
    """Return the entrance: a panelled door under a fanlight, with a step and a surround."""
    x, middle = front - RECESS_M, (hole.left + hole.right) / 2
    head = hole.low + 2.05
    parts: list[Part] = [
        (box((0.06, hole.right - hole.left, head - hole.low), (x + 0.02, middle, (head + hole.low) / 2)), "door"),
        (_rect(hole.left, hole.right, head, hole.high, x + 0.02), "glass"),
        (box((0.09, hole.right - hole.left, 0.07), (x + 0.03, middle, head)), "frame"),
        (box((0.09, 0.03, 0.16), (x + 0.06, hole.left + 0.14, hole.low + 1.0)), "frame"),
        (box((0.7, 1.5, 0.12), (front + 0.15, middle, 0.06)), "plinth"),
        (box((0.10, hole.right - hole.left + 0.4, 0.2), (front + 0.02, middle, hole.high + 0.10)), "trim"),
    ]
    for side in (-1, 1):
        parts.append(
            (
                box(
                    (0.10, 0.18, hole.high - hole.low), (front + 0.02, middle + side * 0.64, (hole.low + hole.high) / 2)
                ),
                "trim",
            )
        )
        for low, high in ((0.15, 0.85), (1.0, 1.9)):
            field = box((0.02, 0.36, high - low), (x + 0.055, middle + side * 0.25, hole.low + (low + high) / 2), 0.006)
            parts.append((field, "door"))
    return parts


def _balcony(hole: _Opening, front: float) -> list[Part]:
    """Return a shallow balcony with an iron railing under a window."""
    middle, half, z = (hole.left + hole.right) / 2, (hole.right - hole.left) / 2 + 0.3, hole.low - 0.25
    parts: list[Part] = [(box((0.75, 2 * half, 0.12), (front + 0.375, middle, z)), "trim")]
    for level in (0.12, 1.0):
        parts.append((box((0.03, 2 * half, 0.04), (front + 0.72, middle, z + level)), "iron"))
        parts += [
            (box((0.72, 0.03, 0.04), (front + 0.36, middle + s * (half - 0.015), z + level)), "iron") for s in (-1, 1)
        ]
    for y in np.arange(-half + 0.015, half, 0.13):
        parts.append((box((0.014, 0.014, 0.9), (front + 0.72, middle + float(y), z + 0.55)), "iron"))
    return parts


def _door_edges(edges: np.ndarray, entrance: int) -> tuple[float, float]:
    middle = float(edges[entrance] + edges[entrance + 1]) / 2
    return middle - 0.73, middle + 0.73


def _plinth(*, hole_y: tuple[float, float], width_m: float, front: float, shop: bool) -> list[Part]:
    """Return the base course to both sides of the entrance."""
    parts: list[Part] = []
    for left, right in ((-width_m / 2, hole_y[0]), (hole_y[1], width_m / 2)):
        if right - left > 0.05:
            course = box(
                (0.06, right - left, 0.4 if shop else 0.55), (front + 0.03, (left + right) / 2, 0.2 if shop else 0.275)
            )
            parts.append((course.wrapped(textures.TILE_M["concrete"]), "plinth"))
    return parts


def _other_sides(width: float, depth: float, height: float) -> list[Shape]:
    """Return the plain left, right and back walls."""
    x, y = depth / 2, width / 2
    return [
        panel([(x, y, 0.0), (-x, y, 0.0), (-x, y, height), (x, y, height)]),
        panel([(-x, -y, 0.0), (x, -y, 0.0), (x, -y, height), (-x, -y, height)]),
        panel([(-x, y, 0.0), (-x, -y, 0.0), (-x, -y, height), (-x, y, height)]),
    ]


def _gabled(width: float, depth: float, eaves: float) -> tuple[list[Shape], list[Part]]:
    """Return the two gables and the roof, its ridge along y."""
    x, y = depth / 2, width / 2
    rise = x * math.tan(math.radians(36.0))
    gables = []
    for side in (1.0, -1.0):
        corners = np.array([(x * side, y * side, eaves), (-x * side, y * side, eaves), (0.0, y * side, eaves + rise)])
        gables.append(Shape(vertices=corners, faces=np.array([[0, 1, 2]]), uv=np.zeros((1, 3, 2))))
    over, slope = 0.25, math.hypot(x, rise)
    drop = rise * over / x
    parts: list[Part] = []
    for side in (1.0, -1.0):
        foot, head = (side * (x + over), eaves - drop), (0.0, eaves + rise)
        ends = (-y, y) if side > 0 else (y, -y)
        tile = textures.TILE_M["roof_tiles"]
        for lift, flip in ((0.06, False), (0.0, True)):
            corners = [
                (foot[0], ends[0], foot[1] + lift),
                (foot[0], ends[1], foot[1] + lift),
                (head[0], ends[1], head[1] + lift),
                (head[0], ends[0], head[1] + lift),
            ]
            sheet = panel(corners[::-1] if flip else corners)
            uv = None if sheet.uv is None else sheet.uv * np.array([width / tile, (slope + over) / tile])
            parts.append((replace(sheet, uv=uv), "felt" if flip else "roof"))
        parts += [(_verge(foot, head, end), "trim") for end in (-y, y)]
        gutter = box((0.12, width, 0.10), (foot[0], 0.0, foot[1] + 0.01), 0.03)
        parts.append((gutter, "iron"))
    return gables, parts


def _verge(foot: tuple[float, float], head: tuple[float, float], y: float) -> Shape:
    """Return the board that closes a roof slope's end at ``y``; ``foot`` and ``head`` are (x, z) of its underside."""
    low, high = foot[1] - 0.12, head[1] - 0.12
    ends = [(foot[0], low), (foot[0], foot[1] + 0.075), (head[0], head[1] + 0.075), (head[0], high)]
    return hull([(x, y + d, z) for x, z in ends for d in (-0.015, 0.015)], 30.0)


def _flat(width: float, depth: float, eaves: float) -> list[Part]:
    """Return a felted flat roof behind a parapet, with a chimney."""
    parts: list[Part] = [(box((depth - 0.5, width - 0.5, 0.1), (0.0, 0.0, eaves - 0.05)), "felt")]
    for side in (-1, 1):
        parts.append((box((0.28, width, 0.7), (side * (depth / 2 - 0.14), 0.0, eaves + 0.30)), "trim"))
        parts.append((box((depth - 0.56, 0.28, 0.7), (0.0, side * (width / 2 - 0.14), eaves + 0.30)), "trim"))
    parts.append((box((0.7, 1.1, 1.6), (-depth / 4, width / 5, eaves + 0.8)), "trim"))
    return parts
