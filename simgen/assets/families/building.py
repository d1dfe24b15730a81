"""Buildings along a street: a block with a worked-out front towards +x, plain sides and back, and a roof."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np

from simgen.assets import textures
from simgen.assets.families import prints
from simgen.assets.families.facade import (
    Opening,
    balcony_parts,
    blind_parts,
    display_parts,
    door_edges,
    door_parts,
    opening_in,
    plinth_parts,
    room_parts,
    upright,
    wall_around,
    window_parts,
)
from simgen.assets.families.shapes import Part, Shape, assemble, box, hull, join, panel, pick
from simgen.assets.reliefs import RELIEFS
from simgen.scene.asset import Asset
from simgen.scene.material import Texture, make_material, rgb
from simgen.streams import stream


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
    room_m: float = 3.0,
    blinds: float = 0.4,
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
        room_m: how deep the rooms behind the front are.
        blinds: share of the windows whose blinds are lowered, each by a length of its own. Panes are dark, so pictures
            hardly show them or the rooms; LiDAR beams go through.
    """
    front = depth_m / 2
    eaves = ground_m + (floors - 1) * floor_m + 0.35
    bays = max(2, round(width_m / bay_m))
    edges = np.linspace(-width_m / 2, width_m / 2, bays + 1)
    entrance = bays // 2 if not shop else bays - 1
    walls: list[Shape] = []
    storeys = [ground_m + floor * floor_m for floor in range(floors)]
    parts: list[Part] = room_parts([0.1, *storeys], width_m, front, room_m)
    for floor in range(floors):
        low = 0.0 if floor == 0 else ground_m + (floor - 1) * floor_m
        high = ground_m if floor == 0 else low + floor_m
        for bay in range(bays):
            cell = Opening(left=float(edges[bay]), right=float(edges[bay + 1]), low=low, high=high)
            hole = opening_in(cell, floor, bay == entrance, shop)
            walls += wall_around(cell, hole, front)
            if floor == 0 and bay == entrance:
                parts += door_parts(hole, front)
            else:
                parts += window_parts(hole, front, shop and floor == 0)
                # Equal shares of [0, 1), scattered: the golden ratio's multiples.
                place = (0.618034 * (floor * bays + bay) + width_m) % 1.0
                if shop and floor == 0:
                    parts += display_parts(hole, front)
                elif place < blinds:
                    parts += blind_parts(hole, front, 0.3 + 0.7 * place / blinds)
            if floor and balcony and bay % 2 == 1:
                parts += balcony_parts(hole, front)
    top = upright(-width_m / 2, width_m / 2, ground_m + (floors - 1) * floor_m, eaves, front)
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
    parts += plinth_parts(hole_y=door_edges(edges, entrance), width_m=width_m, front=front, shop=shop)
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
        make_material(
            "wall",
            "brick" if wall.name == "brick" else "plaster",
            (1.0, 1.0, 1.0),
            texture=wall,
            normal_texture=_relief(wall.name),
        ),
        make_material("trim", "stone", rgb(trim)),
        make_material("frame", "painted_metal", rgb(frame)),
        make_material("glass", "glass", rgb("#141b20")),
        make_material("curtain", "cloth", rgb("#c9c4b8")),
        make_material("door", "wood", rgb(door)),
        make_material("roof", "brick", (1.0, 1.0, 1.0), texture=tiles, normal_texture=_relief(tiles.name)),
        make_material("felt", "asphalt", rgb("#4a4a4a")),
        make_material("plinth", "stone", (0.8, 0.8, 0.8), texture=plinth, normal_texture=_relief(plinth.name)),
        make_material("board", "painted_metal", (1.0, 1.0, 1.0), texture=board),
        make_material("iron", "painted_metal", rgb("#1c1e20")),
        make_material("room", "plaster", rgb("#9c958a")),
        make_material("blind", "cloth", rgb("#cfcabd")),
    ]
    return assemble(name, "building", parts, materials)


def draw_building(rng: np.random.Generator) -> Asset:
    """Draw a building."""
    brick = bool(rng.random() < 0.45)
    if brick:
        bases = ((150.0, 82.0, 62.0), (128.0, 70.0, 56.0), (168.0, 112.0, 84.0), (186.0, 164.0, 128.0))
        wall = _brick(pick(rng, bases))
    else:
        bases = (
            (214.0, 205.0, 186.0),
            (226.0, 222.0, 214.0),
            (206.0, 184.0, 146.0),
            (198.0, 172.0, 158.0),
            (176.0, 186.0, 190.0),
            (218.0, 196.0, 150.0),
        )
        wall = _plaster(pick(rng, bases))
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
        tiles=_roof_tiles(pick(rng, roofs)),
        plinth=_plinth_stone(),
        board=prints.shop_sign(rng),
        trim=pick(rng, ("#d8d3c6", "#c2bcae", "#e6e3da", "#a9a294")),
        frame=pick(rng, ("#e9e7e1", "#3b3f42", "#6a4a34", "#e9e7e1", "#2f4a3c")),
        door=pick(rng, ("#3a2a20", "#24452f", "#6b1f1c", "#22324f")),
        room_m=float(rng.uniform(2.0, 4.5)),
        blinds=float(rng.uniform(0.1, 0.6)),
    )


# Buildings of one colour share a texture: it is drawn once a process, and kept once in the renderer's memory.


@lru_cache(maxsize=8)
def _brick(base: tuple[float, float, float]) -> Texture:
    return textures.brick(stream(0, "families/building.brick", 0), base=base)


@lru_cache(maxsize=8)
def _plaster(base: tuple[float, float, float]) -> Texture:
    return textures.plaster(stream(0, "families/building.plaster", 0), base=base)


@lru_cache(maxsize=8)
def _roof_tiles(base: tuple[float, float, float]) -> Texture:
    return textures.roof_tiles(stream(0, "families/building.roof_tiles", 0), base=base)


@lru_cache(maxsize=8)
def _relief(kind: str) -> Texture | None:
    """Return the bumps of a texture, or None for what is smooth."""
    draw = RELIEFS.get(kind)
    return None if draw is None else draw(stream(0, f"families/building.{kind}/relief", 0))


@lru_cache(maxsize=1)
def _plinth_stone() -> Texture:
    return textures.concrete(stream(0, "families/building.plinth", 0), 256)


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
