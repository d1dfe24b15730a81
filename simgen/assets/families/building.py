"""Town houses: facades with recessed windows, doors, shop fronts, cornices and roofs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from simgen.assets import textures
from simgen.assets.families.shapes import Part, Shape, assemble, box, join, panel, pick
from simgen.assets.textures import TILE_M
from simgen.scene.asset import Asset
from simgen.scene.material import Rgb, Texture, make_material, rgb

PLASTERS = ("#e6dcc6", "#d9c7a0", "#e9e4da", "#c9b8a4", "#cfa98a", "#b8c0bd", "#d8b46a", "#c5877a", "#a9b39a", "#dcd2d0")
BRICKS = ((150.0, 82.0, 62.0), (128.0, 70.0, 56.0), (168.0, 120.0, 88.0), (140.0, 104.0, 92.0), (176.0, 148.0, 116.0))
AWNINGS = ("#7d1f1f", "#1f4a38", "#22406b", "#c9b68a", "#3a3a3c", "#a3542a")


@dataclass(frozen=True, kw_only=True)
class Bay:
    """One opening in a facade: its width and height, the height of its sill above the floor, and what fills it."""

    width_m: float
    height_m: float
    sill_m: float
    fill: Literal["window", "door", "shop"]


def building(
    *,
    width_m: float = 12.0,
    depth_m: float = 9.0,
    floors: int = 3,
    floor_height_m: float = 3.1,
    ground_height_m: float = 3.6,
    bays: int = 4,
    window_m: tuple[float, float] = (1.15, 1.65),
    recess_m: float = 0.16,
    wall: Literal["plaster", "brick"] = "plaster",
    wall_texture: Texture | None = None,
    wall_color: Rgb = (0.7, 0.65, 0.55),
    frame_color: Rgb = (0.8, 0.8, 0.78),
    door_color: Rgb = (0.08, 0.05, 0.03),
    roof: Literal["flat", "gable"] = "gable",
    roof_texture: Texture | None = None,
    shop: bool = False,
    shop_color: Rgb = (0.05, 0.1, 0.08),
    door_bay: int = 1,
    name: str = "building",
) -> Asset:
    """Return a house of one front, facing +x; its sides and back are bare walls, as where houses stand in rows.

    Args:
        width_m: of the front, along y.
        depth_m: from front to back.
        floors: with the ground floor.
        floor_height_m, ground_height_m: of the upper floors and of the ground floor.
        bays: openings side by side.
        window_m: width and height of the upper windows.
        recess_m: how deep windows lie behind the wall.
        wall, wall_texture, wall_color: what the walls are made of.
        frame_color, door_color: of window frames and door.
        roof, roof_texture: its shape and tiles.
        shop, shop_color: whether the ground floor is a shop front, and its colour.
        door_bay: which bay of the ground floor holds the door.
        name: the asset's name.
    """
    parts: list[Part] = []
    pitch = width_m / bays
    z = 0.0
    for floor in range(floors):
        height = ground_height_m if floor == 0 else floor_height_m
        for bay in range(bays):
            opening = _bay(floor, bay == door_bay, shop, window_m, pitch, height)
            left = -width_m / 2 + bay * pitch
            parts += [(s.moved(x=depth_m / 2), m) for s, m in _front_cell(left, pitch, z, height, opening, recess_m)]
        z += height
        if floor == 0:
            band = box((0.10, width_m + 0.02, 0.22), (depth_m / 2 + 0.04, 0.0, z - 0.02), 0.01)
            parts.append((band, "shop" if shop else "trim"))
    parts += _shell(width_m, depth_m, z)
    parts.append((box((0.12, width_m, 0.45), (depth_m / 2 + 0.03, 0.0, 0.22)), "plinth"))
    parts.append((box((0.34, width_m + 0.04, 0.24), (depth_m / 2 + 0.10, 0.0, z - 0.05), 0.03), "trim"))
    parts += _gable(width_m, depth_m, z) if roof == "gable" else _flat_roof(width_m, depth_m, z)
    color = wall_color if wall == "plaster" else (1.0, 1.0, 1.0)
    materials = [
        make_material("wall", wall, color, texture=wall_texture),
        make_material("plinth", "stone", (0.24, 0.23, 0.22)),
        make_material("trim", "stone", (0.50, 0.48, 0.44)),
        make_material("frame", "painted_metal", frame_color),
        make_material("glass", "glass", (0.03, 0.035, 0.04)),
        make_material("curtain", "cloth", (0.55, 0.52, 0.46)),
        make_material("door", "wood", door_color, roughness=0.5),
        make_material("shop", "painted_metal", shop_color),
        make_material("roof", "brick", (1.0, 1.0, 1.0), texture=roof_texture, nir_reflectance=0.3),
        make_material("sheet", "painted_metal", (0.18, 0.18, 0.19), roughness=0.7),
    ]
    return assemble(name, "building", parts, materials)


def draw_building(rng: np.random.Generator) -> Asset:
    """Draw a town house of two to five floors."""
    floors = int(rng.choice([2, 3, 4, 5], p=[0.2, 0.4, 0.3, 0.1]))
    width = float(rng.uniform(8.0, 17.0))
    pitch = float(rng.uniform(2.3, 3.2))
    bays = max(3, round(width / pitch))
    brick = bool(rng.random() < 0.4)
    roof: Literal["flat", "gable"] = "gable" if rng.random() < 0.6 else "flat"
    base = BRICKS[int(rng.integers(len(BRICKS)))]
    tone = float(rng.uniform(0.85, 1.05))
    color = np.clip(np.array(rgb(pick(rng, PLASTERS))) * tone, 0.0, 1.0)
    return building(
        width_m=width,
        depth_m=float(rng.uniform(8.0, 10.5)),
        floors=floors,
        floor_height_m=float(rng.uniform(2.8, 3.3)),
        ground_height_m=float(rng.uniform(3.2, 4.0)),
        bays=bays,
        window_m=(float(rng.uniform(0.95, min(1.5, 0.62 * width / bays))), float(rng.uniform(1.35, 1.9))),
        recess_m=float(rng.uniform(0.10, 0.24)),
        wall="brick" if brick else "plaster",
        wall_texture=textures.brick(rng, base=base) if brick else textures.plaster(rng, base=(232.0, 230.0, 226.0)),
        wall_color=(float(color[0]), float(color[1]), float(color[2])),
        frame_color=rgb(pick(rng, ("#e9e9e6", "#dcdcd6", "#4a3a2c", "#2f3338", "#6f1f1c"))),
        door_color=rgb(pick(rng, ("#3b2618", "#1e3a2a", "#5a1616", "#22304a", "#2a2a2c", "#7a5a34"))),
        roof=roof,
        roof_texture=textures.roof_tiles(rng),
        shop=bool(rng.random() < 0.45),
        shop_color=rgb(pick(rng, AWNINGS)),
        door_bay=int(rng.integers(0, bays)),
    )


def _bay(floor: int, holds_door: bool, shop: bool, window_m: tuple[float, float], pitch: float, height: float) -> Bay:
    if floor == 0 and holds_door:
        return Bay(width_m=min(1.15, pitch * 0.6), height_m=min(2.35, height - 0.6), sill_m=0.0, fill="door")
    if floor == 0 and shop:
        return Bay(width_m=pitch * 0.86, height_m=height - 1.15, sill_m=0.45, fill="shop")
    return Bay(width_m=window_m[0], height_m=min(window_m[1], height - 1.25), sill_m=0.90, fill="window")


def _front_cell(left: float, pitch: float, z: float, height: float, bay: Bay, recess: float) -> list[Part]:
    """Return one bay of one floor in the plane x = 0: the wall around the opening, its reveal and its filling."""
    a, b = left + (pitch - bay.width_m) / 2, left + (pitch + bay.width_m) / 2
    low, high = z + bay.sill_m, z + bay.sill_m + bay.height_m
    right = left + pitch
    wall = [
        _wall_panel(left, a, z, z + height),
        _wall_panel(b, right, z, z + height),
        _wall_panel(a, b, high, z + height),
    ]
    if low > z:
        wall.append(_wall_panel(a, b, z, low))
    reveal = [
        panel([(-recess, a, low), (0.0, a, low), (0.0, a, high), (-recess, a, high)]),
        panel([(0.0, b, low), (-recess, b, low), (-recess, b, high), (0.0, b, high)]),
        panel([(-recess, a, high), (0.0, a, high), (0.0, b, high), (-recess, b, high)]),
        panel([(0.0, a, low), (-recess, a, low), (-recess, b, low), (0.0, b, low)]),
    ]
    parts: list[Part] = [(join(wall), "wall"), (join(reveal), "trim")]
    if bay.fill == "door":
        leaf = box((0.06, b - a, high - low), (-recess, (a + b) / 2, (low + high) / 2))
        return [*parts, (leaf, "door"), (box((0.3, b - a + 0.3, 0.14), (0.1, (a + b) / 2, z + 0.07)), "plinth")]
    parts += _glazing(a, b, low, high, recess, bay.fill)
    if bay.fill == "window":
        parts.append((box((0.18, b - a + 0.16, 0.07), (0.05, (a + b) / 2, low - 0.035), 0.008), "trim"))
    return parts


def _glazing(a: float, b: float, low: float, high: float, recess: float, fill: str) -> list[Part]:
    """Return a window: pane, frame, cross-bars, and a curtain behind an upper one's upper part."""
    middle, width, tall = (a + b) / 2, b - a, high - low
    bar, x = (0.07, -recess + 0.02) if fill == "window" else (0.06, -recess + 0.02)
    frame = [
        box((0.05, bar, tall), (x, a + bar / 2, (low + high) / 2)),
        box((0.05, bar, tall), (x, b - bar / 2, (low + high) / 2)),
        box((0.05, width, bar), (x, middle, low + bar / 2)),
        box((0.05, width, bar), (x, middle, high - bar / 2)),
        box((0.045, 0.05, tall), (x, middle, (low + high) / 2)),
    ]
    if fill == "window":
        frame.append(box((0.045, width, 0.05), (x, middle, low + tall * 0.68)))
    pane = panel([(-recess, a, low), (-recess, b, low), (-recess, b, high), (-recess, a, high)])
    back = -recess - 0.25
    behind = [panel([(back, a - 0.2, low - 0.2), (back, b + 0.2, low - 0.2), (back, b + 0.2, high), (back, a - 0.2, high)])]
    return [(join(frame), "frame" if fill == "window" else "shop"), (pane, "glass"), (join(behind), "curtain")]


def _wall_panel(a: float, b: float, low: float, high: float) -> Shape:
    shape = panel([(0.0, a, low), (0.0, b, low), (0.0, b, high), (0.0, a, high)])
    corner = np.array([[a, low], [b, low], [b, high], [a, high]]) / TILE_M["brick"]
    return replace(shape, uv=corner[shape.faces])


def _shell(width: float, depth: float, top: float) -> list[Part]:
    """Return the side and back walls."""
    x, y = depth / 2, width / 2
    walls = [
        panel([(x, y, 0.0), (-x, y, 0.0), (-x, y, top), (x, y, top)]),
        panel([(-x, -y, 0.0), (x, -y, 0.0), (x, -y, top), (-x, -y, top)]),
        panel([(-x, y, 0.0), (-x, -y, 0.0), (-x, -y, top), (-x, y, top)]),
    ]
    return [(join(walls).wrapped(TILE_M["brick"]), "wall")]


def _flat_roof(width: float, depth: float, top: float) -> list[Part]:
    x, y, rim = depth / 2, width / 2, 0.55
    deck = panel([(-x, -y, top), (x, -y, top), (x, y, top), (-x, y, top)])
    parapet = [
        box((0.22, width, rim), (x - 0.11, 0.0, top + rim / 2)),
        box((0.22, width, rim), (0.11 - x, 0.0, top + rim / 2)),
        box((depth, 0.22, rim), (0.0, y - 0.11, top + rim / 2)),
        box((depth, 0.22, rim), (0.0, 0.11 - y, top + rim / 2)),
    ]
    cap = box((0.30, width + 0.02, 0.06), (x - 0.11, 0.0, top + rim + 0.03))
    return [(deck, "sheet"), (join(parapet).wrapped(TILE_M["brick"]), "wall"), (cap, "sheet")]


def _gable(width: float, depth: float, top: float) -> list[Part]:
    """Return a roof with its ridge along the street, tiled, and the gable ends' walls."""
    x, y, rise, over = depth / 2, width / 2, depth * 0.36, 0.28
    slope = rise / x
    drop = over * slope
    eaves = [(x + over, top - drop + 0.12), (0.0, top + rise + 0.12), (-x - over, top - drop + 0.12)]
    planes = []
    for (xa, za), (xb, zb) in ((eaves[0], eaves[1]), (eaves[2], eaves[1])):
        flip = 1.0 if xa > xb else -1.0
        corners = [(xa, -y * flip, za), (xa, y * flip, za), (xb, y * flip, zb), (xb, -y * flip, zb)]
        shape = panel(corners)
        long = float(np.hypot(xa - xb, za - zb))
        uv = np.array([[0, 0], [width, 0], [width, long], [0, long]]) / TILE_M["roof_tiles"]
        planes.append(replace(shape, uv=uv[shape.faces]))
    ends = Shape(
        vertices=np.array([(x, y, top), (0, y, top + rise), (-x, y, top), (x, -y, top), (0, -y, top + rise), (-x, -y, top)]),
        faces=np.array([[0, 1, 2], [5, 4, 3]]),
    )
    gutter = box((0.12, width + 0.02, 0.12), (x + over, 0.0, top - drop + 0.08), 0.02)
    return [(join(planes), "roof"), (ends.wrapped(TILE_M["brick"]), "wall"), (gutter, "sheet")]

