"""The shell of a room: floor, walls with a window and a door, ceiling, skirting; its materials and daylight."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from simgen.assets import textures
from simgen.places.pieces import Part, Piece, box, joined
from simgen.scene.light import AreaLight
from simgen.scene.material import Material, SubstanceName, Texture, make_material, rgb
from simgen.streams import Draws, stream

VARIANTS = 8
"""How many textures of each kind there are; drawn once per process and shared by scenes."""

WALL_M = 0.25
"""Thickness of walls, floor and ceiling; a window sits at the outer side."""

_WALL_COLORS = (
    "#f2efe8",
    "#e9e4d8",
    "#dfe3e4",
    "#d8cfc0",
    "#c9d3c8",
    "#b9c6d2",
    "#e6d3c0",
    "#a9b4a2",
    "#d9d9d9",
    "#7f8f99",
)
_SUBSTANCE: dict[str, SubstanceName] = {
    "brick": "brick",
    "brushed_metal": "metal",
    "carpet": "cloth",
    "concrete": "concrete",
    "paint": "plaster",
    "plaster": "plaster",
    "table_wood": "wood",
    "tiles": "ceramic",
    "wallpaper": "paper",
    "wood_planks": "wood",
}
_ROUGHNESS = {"brushed_metal": 0.5, "wood_planks": 0.45, "tiles": 0.25, "table_wood": 0.45}


@dataclass(frozen=True, kw_only=True, eq=False)
class RoomLook:
    """The materials of a room, each with the metres that one tile of its texture covers."""

    floor: Material
    floor_tile_m: float
    wall: Material
    wall_tile_m: float
    ceiling: Material
    trim: Material


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A window in a wall.

    Attributes:
        wall: 0 to 3, the wall at +x, +y, -x, -y.
        along_m: middle of the window from the wall's middle, to the right as seen from inside.
        width_m, height_m, sill_m: of the opening; the sill above the floor.
        luminance_nit: mean luminance seen through it, linear RGB.
    """

    wall: int
    along_m: float
    width_m: float
    height_m: float
    sill_m: float
    luminance_nit: tuple[float, float, float]


@lru_cache(maxsize=64)
def indoor_texture(kind: str, variant: int) -> Texture:
    """Return the texture ``kind`` in a variant: a function of `simgen.assets.textures`, ``paint`` or ``wallpaper``."""
    rng = stream(0, f"interior/{kind}", variant)
    if kind == "paint":
        return textures.plaster(rng, base=(245.0, 245.0, 245.0))
    if kind == "wallpaper":
        return _wallpaper(rng)
    if kind == "carpet":
        red, green, blue = (float(c) for c in rng.uniform((90, 85, 80), (190, 180, 170)))
        return textures.carpet(rng, base=(red, green, blue))
    return getattr(textures, kind)(rng)


def indoor_material(draws: Draws, factor: str, kind: str) -> Material:
    """Draw a material of a textured kind; recorded as ``factor``."""
    rng = draws.rng(factor)
    variant = int(rng.integers(VARIANTS))
    level = float(rng.uniform(0.75, 1.0))
    color = (level, level, level)
    if kind in ("paint", "wallpaper"):
        tint = np.asarray(rgb(_WALL_COLORS[int(rng.integers(len(_WALL_COLORS)))]))
        r, g, b = np.clip(tint * rng.uniform(0.9, 1.05), 0.0, 0.95)
        color = (float(r), float(g), float(b))
    draws.note(factor, f"{kind}/{variant}")
    return make_material(
        f"{factor}/{kind}",
        _SUBSTANCE[kind],
        color,
        roughness=_ROUGHNESS.get(kind),
        texture=indoor_texture(kind, variant),
    )


def draw_look(draws: Draws, floor: str, wall: str) -> RoomLook:
    """Draw the materials of a room whose floor and walls are of given kinds."""
    return RoomLook(
        floor=indoor_material(draws, "floor_material", floor),
        floor_tile_m=textures.TILE_M[floor],
        wall=indoor_material(draws, "wall_material", wall),
        wall_tile_m={"paint": 2.0, "wallpaper": 0.53}.get(wall) or textures.TILE_M[wall],
        ceiling=make_material("ceiling", "plaster", (0.82, 0.82, 0.8), texture=indoor_texture("paint", 0)),
        trim=make_material("trim", "painted_metal", (0.78, 0.78, 0.76), roughness=0.5),
    )


def shell(
    look: RoomLook, size_m: tuple[float, float, float], windows: tuple[Opening, ...], door: tuple[int, float] | None
) -> list[Part]:
    """Return floor, ceiling, walls and windows of a room standing around the origin, its floor at z = 0.

    Args:
        look: materials.
        size_m: clear length (x), width (y) and height.
        windows: openings, at most one in a wall.
        door: wall and position along it of a door, or None.
    """
    length, width, height = size_m
    slab = (length + 2 * WALL_M, width + 2 * WALL_M, WALL_M)
    floor = joined("room/floor", "floor", [box((0, 0, -WALL_M), slab, 0.0, look.floor, look.floor_tile_m)])
    ceiling = joined("room/ceiling", "ceiling", [box((0, 0, height), slab, 0.0, look.ceiling, 2.0)])
    parts = [Part(name="floor", asset=floor), Part(name="ceiling", asset=ceiling)]
    for wall in range(4):
        opening = next((w for w in windows if w.wall == wall), None)
        pieces = _wall(look, wall, size_m, opening)
        pieces += _skirting(look, wall, size_m, door[1] if door and door[0] == wall else None)
        if door is not None and door[0] == wall:
            pieces += _door(look, wall, size_m, door[1])
        parts.append(Part(name=f"wall_{wall}", asset=joined(f"room/wall_{wall}", "wall", pieces)))
        if opening is not None:
            asset = joined(f"room/window_{wall}", "window", _window(look, size_m, opening))
            parts.append(Part(name=f"window_{wall}", asset=asset))
    return parts


def window_light(size_m: tuple[float, float, float], opening: Opening) -> AreaLight:
    """Return the light that a window throws into the room."""
    x, y, z = _at_wall(opening.wall, size_m, opening.along_m, -0.02)
    yaw = _inward_yaw(opening.wall)
    # Inward = edge_u x edge_v; with u to the left as seen from inside and v upwards.
    right = (-math.sin(yaw), math.cos(yaw), 0.0)
    return AreaLight(
        center_m=(x, y, z + opening.sill_m + opening.height_m / 2),
        edge_u_m=(right[0] * opening.width_m, right[1] * opening.width_m, 0.0),
        edge_v_m=(0.0, 0.0, opening.height_m),
        luminance_nit=opening.luminance_nit,
    )


def wall_length(wall: int, size_m: tuple[float, float, float]) -> float:
    """Return the clear length of a wall."""
    return size_m[1] if wall % 2 == 0 else size_m[0]


def _inward_yaw(wall: int) -> float:
    return math.pi + wall * math.pi / 2


def _at_wall(
    wall: int, size_m: tuple[float, float, float], along_m: float, behind_m: float
) -> tuple[float, float, float]:
    """Return the floor point ``along_m`` right of a wall's middle seen from inside, ``behind_m`` beyond its face."""
    yaw = _inward_yaw(wall)
    half = size_m[0] / 2 if wall % 2 == 0 else size_m[1] / 2
    outward, right = (-math.cos(yaw), -math.sin(yaw)), (-math.sin(yaw), math.cos(yaw))
    reach = half + behind_m
    return outward[0] * reach + right[0] * along_m, outward[1] * reach + right[1] * along_m, 0.0


def at_wall(wall: int, size_m: tuple[float, float, float], along_m: float, off_m: float) -> tuple[float, float, float]:
    """Return (x, y, yaw_rad) of something ``off_m`` before a wall, turned to face into the room."""
    x, y, _ = _at_wall(wall, size_m, along_m, -off_m)
    return x, y, _inward_yaw(wall)


def _block(
    wall: int,
    size_m: tuple[float, float, float],
    along_m: tuple[float, float],
    up_m: tuple[float, float],
    depth_m: tuple[float, float],
    material: Material,
    tile_m: float,
) -> Piece:
    """Return a box in a wall's own directions: from-to along it, upwards, and outwards from its face."""
    x, y, _ = _at_wall(wall, size_m, sum(along_m) / 2, sum(depth_m) / 2)
    size = (depth_m[1] - depth_m[0], along_m[1] - along_m[0], up_m[1] - up_m[0])
    return box((x, y, up_m[0]), size, _inward_yaw(wall), material, tile_m)


def _wall(look: RoomLook, wall: int, size_m: tuple[float, float, float], opening: Opening | None) -> list[Piece]:
    half, height, tile = wall_length(wall, size_m) / 2, size_m[2], look.wall_tile_m
    out = (0.0, WALL_M)
    # Walls along y reach over the corners, so that no light leaks in there.
    end = half + (WALL_M if wall % 2 == 0 else 0.0)
    if opening is None:
        return [_block(wall, size_m, (-end, end), (0.0, height), out, look.wall, tile)]
    left, right = opening.along_m - opening.width_m / 2, opening.along_m + opening.width_m / 2
    low, top = opening.sill_m, opening.sill_m + opening.height_m
    return [
        _block(wall, size_m, (-end, left), (0.0, height), out, look.wall, tile),
        _block(wall, size_m, (right, end), (0.0, height), out, look.wall, tile),
        _block(wall, size_m, (left, right), (0.0, low), out, look.wall, tile),
        _block(wall, size_m, (left, right), (top, height), out, look.wall, tile),
    ]


def _skirting(look: RoomLook, wall: int, size_m: tuple[float, float, float], door_m: float | None) -> list[Piece]:
    half = wall_length(wall, size_m) / 2
    spans = [(-half, half)] if door_m is None else [(-half, door_m - 0.5), (door_m + 0.5, half)]
    return [_block(wall, size_m, s, (0.0, 0.08), (-0.014, 0.0), look.trim, 1.0) for s in spans if s[1] > s[0]]


def _door(look: RoomLook, wall: int, size_m: tuple[float, float, float], along_m: float) -> list[Piece]:
    leaf = make_material("door", "wood", rgb("#d9d2c3"), roughness=0.45)
    metal = make_material("handle", "metal", (0.6, 0.6, 0.6))
    a = along_m
    return [
        _block(wall, size_m, (a - 0.50, a - 0.43), (0.0, 2.09), (-0.03, 0.0), look.trim, 1.0),
        _block(wall, size_m, (a + 0.43, a + 0.50), (0.0, 2.09), (-0.03, 0.0), look.trim, 1.0),
        _block(wall, size_m, (a - 0.50, a + 0.50), (2.02, 2.09), (-0.03, 0.0), look.trim, 1.0),
        _block(wall, size_m, (a - 0.43, a + 0.43), (0.005, 2.02), (-0.012, 0.0), leaf, 1.0),
        _block(wall, size_m, (a + 0.24, a + 0.38), (1.02, 1.045), (-0.06, -0.045), metal, 1.0),
        _block(wall, size_m, (a + 0.365, a + 0.385), (1.02, 1.045), (-0.06, -0.012), metal, 1.0),
    ]


def _window(look: RoomLook, size_m: tuple[float, float, float], o: Opening) -> list[Piece]:
    """Return frame, sill and, at the outer side of the wall, a bright view in bands: ground, horizon, sky."""
    left, right, low, top = o.along_m - o.width_m / 2, o.along_m + o.width_m / 2, o.sill_m, o.sill_m + o.height_m
    bar, middle = 0.05, o.along_m
    depth = (0.10, 0.16)
    frame = [
        ((left, left + bar), (low, top)),
        ((right - bar, right), (low, top)),
        ((left + bar, right - bar), (low, low + bar)),
        ((left + bar, right - bar), (top - bar, top)),
        ((middle - bar / 2, middle + bar / 2), (low + bar, top - bar)),
    ]
    pieces = [_block(o.wall, size_m, a, u, depth, look.trim, 1.0) for a, u in frame]
    pieces.append(_block(o.wall, size_m, (left - 0.05, right + 0.05), (low - 0.03, low), (-0.06, 0.10), look.trim, 1.0))
    bands = ((0.0, 0.22, (0.35, 0.42, 0.25)), (0.22, 0.34, (0.55, 0.62, 0.6)), (0.34, 0.55, (1.15, 1.2, 1.25)),
             (0.55, 0.78, (1.2, 1.35, 1.55)), (0.78, 1.0, (1.05, 1.3, 1.7)))  # fmt: skip
    for start, end, share in bands:
        r, g, b = (s * n for s, n in zip(share, o.luminance_nit, strict=True))
        view = make_material(f"view_{start}", "lamp", (0.0, 0.0, 0.0), roughness=1.0, emission_nit=(r, g, b))
        up = (low + start * o.height_m, low + end * o.height_m)
        pieces.append(_block(o.wall, size_m, (left, right), up, (0.20, 0.22), view, 1.0))
    return pieces


def _wallpaper(rng: np.random.Generator) -> Texture:
    """Draw a repeat of wallpaper, near white to be tinted: stripes, or a diamond lattice of small leaves."""
    size = 512
    image = np.full((size, size), 238.0)
    x = np.arange(size) / size
    if rng.random() < 0.5:
        stripes = int(rng.integers(3, 9))
        image += float(rng.uniform(4, 14)) * np.sign(np.sin(2 * np.pi * stripes * x))[None, :]
    else:
        cells, tone = int(rng.integers(3, 6)), float(rng.uniform(195, 226))
        step = size / cells
        for row in range(-1, 2 * cells + 1):
            for column in range(-1, cells + 1):
                centre = ((column + 0.5 * (row % 2)) * step, row * step / 2)
                for turn in (30, 150, 270):
                    a = math.radians(turn)
                    leaf = (centre[0] + 0.12 * step * math.cos(a), centre[1] + 0.12 * step * math.sin(a))
                    middle = (round(leaf[0] * 16), round(leaf[1] * 16))
                    axes = (round(0.11 * step * 16), round(0.045 * step * 16))
                    cv2.ellipse(image, middle, axes, turn, 0, 360, tone, -1, cv2.LINE_AA, 4)
    grain = cv2.GaussianBlur(np.pad(rng.standard_normal((size, size)), 8, mode="wrap"), (0, 0), 1.2)[8:-8, 8:-8]
    image += 3.0 * grain / grain.std()
    return Texture(name="wallpaper", pixels=np.repeat(np.clip(image, 0, 255)[..., None], 3, axis=2).astype(np.uint8))
